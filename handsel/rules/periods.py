"""Billing periods and local days. Periods run anchor to anchor and tile: no gap, no overlap, ever.

Everything is counted from the anchor, never from the last period, so that a short month does not shorten the
months after it: 31 January, 28 February, 31 March. A period is a pair of local dates; an instant comes in only
when something must happen, by the zone's rules at that date (IANA, from the machine's or the `tzdata` package).
"""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from handsel.rules.errors import Invalid

UNITS = ("day", "week", "month", "year")
MAX_COUNT = 366


@dataclass(frozen=True, slots=True)
class Interval:
    """How often something recurs: `count` units of day, week, month or year. Raises `Invalid` for anything else."""

    unit: str
    count: int = 1

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise Invalid.at("interval", "An interval is one of day, week, month, year.")
        if not 1 <= self.count <= MAX_COUNT:
            raise Invalid.at("interval_count", f"This must be from 1 to {MAX_COUNT}.")

    def __str__(self) -> str:
        return f"every {self.unit}" if self.count == 1 else f"every {self.count} {self.unit}s"

    @property
    def months(self) -> int:
        """The interval in months, 0 when it is counted in days."""
        return self.count * {"month": 1, "year": 12}.get(self.unit, 0)

    @property
    def days(self) -> int:
        """The interval in days, 0 when it is counted in months."""
        return self.count * {"day": 1, "week": 7}.get(self.unit, 0)


def period_start(anchor: dt.date, interval: Interval, index: int) -> dt.date:
    """The first day of the period with this index (0 begins on the anchor); a missing day is the month's last."""
    if index < 0:
        raise ValueError("periods are counted from 0, the one that begins on the anchor")
    try:
        if interval.days:
            return anchor + dt.timedelta(days=interval.days * index)
        return _add_months(anchor, interval.months * index)
    except (OverflowError, ValueError):
        raise Invalid.at("start_date", "This period lies beyond the calendar.") from None


def period(anchor: dt.date, interval: Interval, index: int) -> tuple[dt.date, dt.date]:
    """The period with this index as (first day, first day of the next one)."""
    return period_start(anchor, interval, index), period_start(anchor, interval, index + 1)


def index_of(anchor: dt.date, interval: Interval, day: dt.date) -> int:
    """The index of the period that a day, not before the anchor, lies in."""
    if day < anchor:
        raise ValueError("the day lies before the anchor")
    if interval.days:
        return (day - anchor).days // interval.days
    months = (day.year - anchor.year) * 12 + day.month - anchor.month
    # The day may lie before the anchor's day in its month, but never further off than that.
    index = months // interval.months
    return index if period_start(anchor, interval, index) <= day else index - 1


def trial_end(start: dt.date, trial_days: int) -> dt.date:
    """The first billed day: the anchor of a line that begins with a trial."""
    return start + dt.timedelta(days=trial_days)


def first_renewal(start: dt.date, interval: Interval, trial_days: int) -> dt.date:
    """The day on which what starts on `start` is billed after its first payment: the end of its trial, else of its
    first period."""
    return trial_end(start, trial_days) if trial_days else period_start(start, interval, 1)


def zone(tz: str) -> ZoneInfo:
    """The zone of an IANA name. Raises `Invalid` for a name that is none."""
    try:
        return _zone(tz)
    except (KeyError, ValueError, OSError, TypeError):
        raise Invalid.at("timezone", "This is not a time zone, such as Europe/Berlin.") from None


def instant(day: dt.date, tz: str) -> dt.datetime:
    """The instant, in UTC, at which a local day begins.

    Midnight does not exist on some days (Santiago, Beirut, Havana in spring): then the day begins where the clocks
    have jumped to. Where midnight comes twice, the first one counts.
    """
    local = zone(tz)
    midnight = dt.datetime.combine(day, dt.time(), tzinfo=local)
    earlier = midnight.replace(fold=1).astimezone(dt.UTC)
    later = midnight.astimezone(dt.UTC)
    if later <= earlier:
        return later
    return _first_instant_from(midnight.replace(tzinfo=None), earlier, later, local)


def local_date(moment: dt.datetime, tz: str) -> dt.date:
    """The local date at an instant (an aware datetime of any zone)."""
    if moment.tzinfo is None:
        raise ValueError("an instant has a time zone")
    return moment.astimezone(zone(tz)).date()


def period_instants(anchor: dt.date, interval: Interval, index: int, tz: str) -> tuple[dt.datetime, dt.datetime]:
    """The period with this index as instants: from the beginning of its first day to that of the next period's."""
    start, end = period(anchor, interval, index)
    return instant(start, tz), instant(end, tz)


@lru_cache(maxsize=1024)
def _zone(tz: str) -> ZoneInfo:
    return ZoneInfo(tz)


def _add_months(day: dt.date, months: int) -> dt.date:
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > dt.MAXYEAR:
        raise OverflowError
    last = calendar.monthrange(year, month0 + 1)[1]
    return dt.date(year, month0 + 1, min(day.day, last))


def _first_instant_from(wall: dt.datetime, before: dt.datetime, after: dt.datetime, local: ZoneInfo) -> dt.datetime:
    """The jump itself: the first second between the two at which the clocks on the wall have reached `wall`."""
    low, high = 0, int((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        reached = (before + dt.timedelta(seconds=middle)).astimezone(local).replace(tzinfo=None) >= wall
        low, high = (low, middle) if reached else (middle, high)
    return before + dt.timedelta(seconds=high)

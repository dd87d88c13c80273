from __future__ import annotations

import datetime as dt
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handsel.rules.errors import Invalid
from handsel.rules.periods import (
    Interval,
    index_of,
    instant,
    local_date,
    period,
    period_instants,
    period_start,
    trial_end,
    zone,
)

D = dt.date
MONTH, YEAR, WEEK, DAY = Interval("month"), Interval("year"), Interval("week"), Interval("day")

ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "America/Santiago",
    "Asia/Beirut",
    "Africa/Cairo",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Chatham",
    "America/St_Johns",
    "America/Havana",
    "Pacific/Kiritimati",
    "Asia/Tehran",
]

anchors = st.dates(D(1990, 1, 1), D(2090, 12, 31))
intervals = st.builds(Interval, st.sampled_from(["day", "week", "month", "year"]), st.integers(1, 18))


def test_an_anchor_on_the_31st_renews_on_the_last_day_of_short_months_and_on_the_31st_again() -> None:
    starts = [period_start(D(2026, 1, 31), MONTH, index) for index in range(6)]
    assert starts == [D(2026, 1, 31), D(2026, 2, 28), D(2026, 3, 31), D(2026, 4, 30), D(2026, 5, 31), D(2026, 6, 30)]


def test_in_a_leap_year_the_31st_becomes_the_29th_of_february() -> None:
    assert period(D(2028, 1, 31), MONTH, 1) == (D(2028, 2, 29), D(2028, 3, 31))


def test_a_yearly_anchor_on_a_leap_day_comes_back_to_it() -> None:
    starts = [period_start(D(2024, 2, 29), YEAR, index) for index in range(5)]
    assert starts == [D(2024, 2, 29), D(2025, 2, 28), D(2026, 2, 28), D(2027, 2, 28), D(2028, 2, 29)]


@pytest.mark.parametrize(
    ("interval", "index", "expected"),
    [
        (DAY, 59, (D(2026, 3, 31), D(2026, 4, 1))),
        (Interval("week", 2), 1, (D(2026, 2, 14), D(2026, 2, 28))),
        (Interval("month", 3), 1, (D(2026, 4, 30), D(2026, 7, 31))),
        (Interval("year", 2), 1, (D(2028, 1, 31), D(2030, 1, 31))),
    ],
)
def test_an_interval_may_be_several_units(interval: Interval, index: int, expected: tuple[D, D]) -> None:
    assert period(D(2026, 1, 31), interval, index) == expected


def test_twelve_months_are_one_year() -> None:
    for index in range(40):
        assert period(D(2024, 2, 29), Interval("month", 12), index) == period(D(2024, 2, 29), YEAR, index)


@given(anchors, intervals)
def test_two_hundred_periods_tile_without_gap_or_overlap(anchor: dt.date, interval: Interval) -> None:
    expected = anchor
    for index in range(200):
        start, end = period(anchor, interval, index)
        assert start == expected
        assert start < end
        expected = end


@given(anchors, intervals, st.integers(0, 4_000))
def test_every_day_lies_in_the_period_that_index_of_names(anchor: dt.date, interval: Interval, days: int) -> None:
    day = anchor + dt.timedelta(days=days)
    start, end = period(anchor, interval, index_of(anchor, interval, day))
    assert start <= day < end


@given(anchors, intervals, st.integers(0, 300))
def test_a_period_starts_in_itself(anchor: dt.date, interval: Interval, index: int) -> None:
    assert index_of(anchor, interval, period_start(anchor, interval, index)) == index


@pytest.mark.parametrize("tz", ZONES)
@pytest.mark.parametrize("anchor", [D(2009, 12, 31), D(2012, 2, 29), D(2018, 10, 30)])
@pytest.mark.parametrize(("interval", "count"), [(MONTH, 240), (DAY, 1_000)])
def test_periods_tile_as_instants_across_daylight_saving(
    tz: str, anchor: dt.date, interval: Interval, count: int
) -> None:
    previous_end = instant(anchor, tz)
    for index in range(count):
        start, end = period_instants(anchor, interval, index, tz)
        assert start == previous_end
        assert start < end or tz == "Pacific/Apia", "only a day that was skipped has no length"
        previous_end = end


@pytest.mark.parametrize("tz", ZONES)
def test_a_day_begins_at_the_first_instant_that_is_that_day(tz: str) -> None:
    for offset in range(6_000):
        day = D(2010, 1, 1) + dt.timedelta(days=offset)
        begins = instant(day, tz)
        assert begins.tzinfo == dt.UTC
        assert local_date(begins - dt.timedelta(seconds=1), tz) < day
        if (tz, day) != ("Pacific/Apia", D(2011, 12, 30)):
            assert local_date(begins, tz) == day


@pytest.mark.parametrize(
    ("day", "tz", "utc"),
    [
        (D(2026, 3, 29), "Europe/Berlin", "2026-03-28T23:00:00+00:00"),
        (D(2026, 3, 30), "Europe/Berlin", "2026-03-29T22:00:00+00:00"),
        (D(2026, 7, 1), "Asia/Kolkata", "2026-06-30T18:30:00+00:00"),
        # Midnight did not exist: the clocks went from 24:00 to 1:00.
        (D(2018, 11, 4), "America/Sao_Paulo", "2018-11-04T03:00:00+00:00"),
        (D(2022, 9, 11), "America/Santiago", "2022-09-11T04:00:00+00:00"),
        # Midnight came twice: the clocks went from 1:00 back to 0:00.
        (D(2022, 11, 6), "America/Havana", "2022-11-06T04:00:00+00:00"),
        # The whole day did not exist: Samoa crossed the date line.
        (D(2011, 12, 30), "Pacific/Apia", "2011-12-30T10:00:00+00:00"),
        (D(2011, 12, 31), "Pacific/Apia", "2011-12-30T10:00:00+00:00"),
        # The first zone of all to see a new day.
        (D(2026, 1, 1), "Pacific/Kiritimati", "2025-12-31T10:00:00+00:00"),
    ],
)
def test_a_local_day_begins_at_this_instant(day: dt.date, tz: str, utc: str) -> None:
    assert instant(day, tz).isoformat() == utc


@given(st.dates(D(1950, 1, 1), D(2100, 1, 1)), st.sampled_from(sorted(available_timezones())))
def test_days_begin_one_after_the_other_in_every_zone(day: dt.date, tz: str) -> None:
    begins, next_begins = instant(day, tz), instant(day + dt.timedelta(days=1), tz)
    assert begins <= next_begins
    assert next_begins - begins <= dt.timedelta(hours=50)
    assert local_date(begins, tz) >= day


def test_the_same_instant_is_another_day_elsewhere() -> None:
    moment = dt.datetime(2026, 11, 22, 23, 30, tzinfo=dt.UTC)
    assert local_date(moment, "America/New_York") == D(2026, 11, 22)
    assert local_date(moment, "Asia/Tokyo") == D(2026, 11, 23)


def test_an_instant_without_a_zone_is_no_instant() -> None:
    with pytest.raises(ValueError, match="time zone"):
        local_date(dt.datetime(2026, 1, 1), "UTC")  # noqa: DTZ001


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../etc/passwd", "/etc/localtime", "Europe/Berlin\x00", "Europe"])
def test_what_is_no_time_zone_is_refused(name: str) -> None:
    with pytest.raises(Invalid) as caught:
        zone(name)
    assert caught.value.errors[0].loc == "timezone"


@pytest.mark.parametrize(("unit", "count"), [("fortnight", 1), ("", 1), ("month", 0), ("month", -1), ("day", 367)])
def test_what_is_no_interval_is_refused(unit: str, count: int) -> None:
    with pytest.raises(Invalid):
        Interval(unit, count)


def test_an_interval_reads_as_words() -> None:
    assert [str(MONTH), str(Interval("week", 2))] == ["every month", "every 2 weeks"]


def test_periods_before_the_anchor_or_beyond_the_calendar_do_not_exist() -> None:
    with pytest.raises(ValueError, match="from 0"):
        period(D(2026, 1, 1), MONTH, -1)
    with pytest.raises(ValueError, match="before the anchor"):
        index_of(D(2026, 1, 1), MONTH, D(2025, 12, 31))
    for interval in (DAY, YEAR):
        with pytest.raises(Invalid):
            period(D(9999, 12, 1), interval, 40)


def test_a_trial_moves_the_first_billed_day_and_skips_no_month() -> None:
    anchor = trial_end(D(2026, 1, 17), 14)
    assert anchor == D(2026, 1, 31)
    assert [period_start(anchor, MONTH, index).month for index in range(4)] == [1, 2, 3, 4]

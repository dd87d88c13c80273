"""Moves of a test partner's clock."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from handsel.models import ClockAdvance, Event, Partner
from handsel.reads.history.events import HistoryEntry, entries
from handsel.rules.errors import NotFound

SHOWN = 10
TOLD = 50


@dataclass(frozen=True, slots=True)
class AdvanceView:
    """One move of the clock. `percent` is how much of the way lies behind it, 0 to 100."""

    advance: ClockAdvance

    @property
    def is_running(self) -> bool:
        return self.advance.finished_at is None

    @property
    def percent(self) -> int:
        if not self.is_running:
            return 100
        way = self.advance.to_at - self.advance.from_at
        done = self.advance.reached_at - self.advance.from_at
        return max(0, min(100, int(done / way * 100))) if way > dt.timedelta() else 100


def advances_of(partner: Partner) -> list[AdvanceView]:
    """The newest moves of the clock, at most `SHOWN`."""
    return [AdvanceView(row) for row in ClockAdvance.objects.order_by("-id")[:SHOWN]]


def advance_of(partner: Partner, advance_id: uuid.UUID) -> AdvanceView:
    """Raises NotFound."""
    row = ClockAdvance.objects.filter(id=advance_id).first()
    if row is None:
        raise NotFound("not_found", "There is no such move of the clock.")
    return AdvanceView(row)


def happened_during(partner: Partner, advance: ClockAdvance) -> list[HistoryEntry]:
    """What the clock did between the move's two ends, in order, at most `TOLD` things.

    Ids are made in real time, so the events of a move lie between its own id and the moment that it was finished.
    """
    rows = Event.objects.filter(id__gt=advance.id).exclude(subject_kind="clock")
    if advance.finished_at is not None:
        rows = rows.filter(id__lt=_first_id_at(advance.finished_at))
    return entries(partner, list(rows.order_by("id")[:TOLD]))


def _first_id_at(moment: dt.datetime) -> uuid.UUID:
    """The smallest UUIDv7 that is made at this real instant (RFC 9562: 48 bits of milliseconds stand first)."""
    return uuid.UUID(int=int(moment.timestamp() * 1000) << 80)

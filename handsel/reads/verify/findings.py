"""What a check is, and what it finds."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from handsel.database.ids import show

MOST_FINDINGS: Final = 1000
"""Of one check and partner: whoever has more has one cause, and no use for a longer list."""

_PREFIXES = {
    "order": "ord", "payment": "pay", "refund": "ref", "invoice": "inv", "subscription": "sub", "activation": "act",
    "event": "evt", "offer": "ofr", "credit note": "crn",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is off: the check that found it, whose it is, what it is, and in words what is wrong with it."""

    check: str
    partner: str
    subject: str
    message: str

    def __str__(self) -> str:
        return f"{self.check}  {self.partner}  {self.subject}  {self.message}"


Found = tuple[str, uuid.UUID | str, str]
"""A kind of thing ("payment"), its id, and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Check:
    """One named check of one invariant of RELIABILITY.md; `run` looks at the partner whose scope is open."""

    name: str
    invariant: str
    run: Callable[[uuid.UUID], Iterator[Found]]


CHECKS: list[Check] = []


def checks(
    invariant: str,
) -> Callable[[Callable[[uuid.UUID], Iterator[Found]]], Callable[[uuid.UUID], Iterator[Found]]]:
    """Registers a function as a check of this invariant, under its own name."""

    def register(run: Callable[[uuid.UUID], Iterator[Found]]) -> Callable[[uuid.UUID], Iterator[Found]]:
        CHECKS.append(Check(run.__name__, invariant, run))
        return run

    return register


def found(partner_id: uuid.UUID, query: str, **values: str | int | list[str]) -> Iterator[Found]:
    """Runs one statement that selects what is off as (kind, id, message); `%(partner)s` is the partner.

    One statement sees one instant of the database, so rows that change meanwhile are no findings.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"{query} LIMIT {MOST_FINDINGS}", dict[str, Any](partner=partner_id, **values))
        yield from cursor.fetchall()


def shown(kind: str, row_id: uuid.UUID | str) -> str:
    """The id as people see it, where the kind has a prefix."""
    if isinstance(row_id, uuid.UUID) and kind in _PREFIXES:
        return show(_PREFIXES[kind], row_id)
    return f"{kind} {row_id}"

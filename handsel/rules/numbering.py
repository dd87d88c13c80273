"""How documents are numbered: a prefix of the partner's own and a number of its series, which only ever goes up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

MAX_START = 900_000_000
"""Far below what a counter holds, so that a series that starts here never runs full."""

_PREFIX = re.compile(r"(?:[A-Za-z0-9./_-]*[A-Za-z./_-])?")


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a partner's; `digits` are the least that a number is written with."""

    code: str
    label: str
    digits: int

    @property
    def prefix_field(self) -> str:
        """The partner's field that holds what its numbers begin with."""
        return f"{self.code}_prefix"

    def number(self, prefix: str, count: int) -> str:
        return f"{prefix}{count:0{self.digits}}"


ORDERS = Series("order", "Orders", 5)
INVOICES = Series("invoice", "Invoices", 6)
CREDIT_NOTES = Series("credit_note", "Credit notes", 6)

SERIES: Mapping[str, Series] = MappingProxyType({each.code: each for each in (ORDERS, INVOICES, CREDIT_NOTES)})


def prefix_complaint(prefix: str) -> str:
    """What is wrong with a prefix; empty where nothing is.

    It ends in no digit: where the prefix ends and the count begins must show, or two prefixes of one series could
    make the same number twice.
    """
    if _PREFIX.fullmatch(prefix):
        return ""
    if prefix[-1:].isdigit():
        return "The last character must not be a digit: INV-2026- gives INV-2026-000001."
    return "Write letters, digits and the signs - . / _ only."


def same_prefixes(prefixes: Mapping[str, str]) -> list[tuple[Series, Series]]:
    """The series whose numbers could be taken for each other, since they begin alike; upper and lower case are the
    same on the telephone."""
    all_series = [each for each in SERIES.values() if each.code in prefixes]
    return [
        (one, other)
        for place, one in enumerate(all_series)
        for other in all_series[place + 1 :]
        if prefixes[one.code].casefold() == prefixes[other.code].casefold()
    ]

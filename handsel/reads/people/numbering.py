"""A partner's series of numbers: what they begin with, and which number comes next."""

from __future__ import annotations

from dataclasses import dataclass

from handsel.models import Counter, Partner
from handsel.rules.numbering import SERIES, Series


@dataclass(frozen=True, slots=True)
class SeriesView:
    """One series; `has_begun` once a number was given, from then on only its prefix can be changed."""

    series: Series
    prefix: str
    next_count: int
    has_begun: bool

    @property
    def next_number(self) -> str:
        return self.series.number(self.prefix, self.next_count)


def numbering_of(partner: Partner) -> list[SeriesView]:
    """Every series of the partner's, in one statement."""
    counters = {row.series: row for row in Counter.objects.filter(series__in=list(SERIES))}
    found = []
    for code, series in SERIES.items():
        counter = counters.get(code)
        last = counter.last if counter else 0
        begun = counter is not None and counter.last >= counter.first
        found.append(SeriesView(series, str(getattr(partner, series.prefix_field)), last + 1, begun))
    return found

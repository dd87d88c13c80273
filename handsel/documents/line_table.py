"""The lines of an invoice or a credit note as a table: net, tax and total each have a column where tax is charged;
without tax one column says it all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from handsel.documents.localised import Localised
from handsel.documents.sheet import Cell, Column, Table


class Taxed(Protocol):
    """A line with its amounts in minor units: `net_minor` without tax, `total_minor` with it."""

    @property
    def net_minor(self) -> int: ...
    @property
    def tax_label(self) -> str: ...
    @property
    def tax_minor(self) -> int: ...
    @property
    def total_minor(self) -> int: ...


Line = TypeVar("Line", bound=Taxed)


def line_table(
    lines: Sequence[Line], columns: Sequence[str], cells: Callable[[Line], tuple[Cell, ...]], write: Localised
) -> Table:
    """`columns` are the labels of what comes before the amounts, the first one being text; `cells` fills them."""
    words = write.words
    taxed = any(line.tax_label or line.tax_minor for line in lines)
    amounts = (words.net, words.tax, words.total) if taxed else (words.amount,)
    first, *others = columns
    heads = (Column(first, numeric=False), *(Column(label, numeric=True) for label in (*others, *amounts)))
    return Table(heads, tuple((*cells(line), *_amounts(line, taxed, write)) for line in lines))


def _amounts(line: Taxed, taxed: bool, write: Localised) -> tuple[Cell, ...]:
    total = Cell(write.money(line.total_minor))
    if not taxed:
        return (total,)
    tax = Cell(write.money(line.tax_minor), tuple(filter(None, (line.tax_label,))))
    return (Cell(write.money(line.net_minor)), tax, total)

"""Keyset paging: a page begins after the last row of the one before, so page 40,000 costs what page 1 does."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import BooleanField, F, Func, Model, QuerySet, Value

from handsel.rules.errors import NotFound

MAX_LIMIT = 100
DEFAULT_LIMIT = 25

T = TypeVar("T")
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a list; `next_id` is what to ask on after, None on the last page."""

    rows: list[T]
    has_more: bool
    next_id: uuid.UUID | None


def page(
    queryset: QuerySet[Row],
    after: uuid.UUID | None = None,
    limit: int = DEFAULT_LIMIT,
    *,
    by: str = "id",
    descending: bool = True,
) -> Page[Row]:
    """The rows after the one with id `after`, newest first; with `by` sorted by that column, ids breaking ties.

    Two statements where a column other than the id is sorted by and a page is continued, else one. Raises NotFound
    when `after` is not a row of this partner.
    """
    assert 1 <= limit <= MAX_LIMIT
    if after is not None:
        queryset = queryset.filter(_beyond(queryset, after, by, descending))
    sign = "-" if descending else ""
    columns = [f"{sign}id"] if by == "id" else [f"{sign}{by}", f"{sign}id"]
    found = list(queryset.order_by(*columns)[: limit + 1])
    rows, has_more = found[:limit], len(found) > limit
    return Page(rows, has_more, rows[-1].pk if has_more else None)


def _beyond(queryset: QuerySet[Any], after: uuid.UUID, by: str, descending: bool) -> Func:
    names = ("id",) if by == "id" else (by, "id")
    values: tuple[Any, ...] = (after,)
    if by != "id":
        row = queryset.model._default_manager.filter(id=after).values_list(by).first()
        if row is None:
            raise NotFound("not_found", "The row to go on after is not there.")
        values = (row[0], after)
    fields = [queryset.model._meta.get_field(name) for name in names]
    left = [F(name) for name in names]
    right = [Value(value, output_field=field) for value, field in zip(values, fields, strict=True)]
    # A row comparison, (total, id) < (x, y), is one condition on the index; the same written with OR is not.
    return Func(
        Func(*left, function="ROW", output_field=BooleanField()),
        Func(*right, function="ROW", output_field=BooleanField()),
        template="%(expressions)s",
        arg_joiner=" < " if descending else " > ",
        output_field=BooleanField(),
    )

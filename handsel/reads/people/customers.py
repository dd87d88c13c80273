"""The list of customers."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Literal

from handsel.models import Customer, Partner
from handsel.reads.filters import created_between
from handsel.reads.paging import DEFAULT_LIMIT, Page, page
from handsel.reads.search import matching
from handsel.rules.permissions import Actor

CustomerSort = Literal["newest", "name"]
SORTS: dict[CustomerSort, tuple[str, bool]] = {"newest": ("id", True), "name": ("name", False)}


@dataclass(frozen=True, slots=True)
class CustomerFilters:
    """What narrows the list. `q` finds by name, e-mail and number."""

    created_from: dt.datetime | None = None
    created_until: dt.datetime | None = None
    q: str = ""


def list_customers(
    partner: Partner,
    actor: Actor,
    filters: CustomerFilters = CustomerFilters(),
    *,
    after: uuid.UUID | None = None,
    limit: int = DEFAULT_LIMIT,
    sort: CustomerSort = "newest",
) -> Page[Customer]:
    """One page of the partner's customers; every member may see them. One statement."""
    rows = created_between(Customer.objects.all(), filters.created_from, filters.created_until)
    column, descending = SORTS[sort]
    return page(matching(rows, "customer", filters.q), after, limit, by=column, descending=descending)

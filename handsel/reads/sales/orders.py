"""The list of orders: filters, search, sorting, and the counts on its tabs."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Literal

from django.db.models import Prefetch, Sum

from handsel.models import Order, OrderCount, OrderTag, Partner
from handsel.reads.filters import created_between
from handsel.reads.paging import DEFAULT_LIMIT, Page, page
from handsel.reads.search import matching
from handsel.reads.visibility import own_id, sees_all_orders, visible_orders
from handsel.rules.order_states import ORDER
from handsel.rules.order_status import OrderStatus
from handsel.rules.permissions import Actor

OrderSort = Literal["newest", "oldest", "total", "total_ascending", "updated"]

SORTS: dict[OrderSort, tuple[str, bool]] = {
    "newest": ("id", True),
    "oldest": ("id", False),
    "total": ("total_minor", True),
    "total_ascending": ("total_minor", False),
    "updated": ("updated_at", True),
}
"""How a list may be sorted: the column and whether it descends. Each is served by an index."""


@dataclass(frozen=True, slots=True)
class OrderFilters:
    """What narrows the list; nothing given shows all but archived orders. `archived` shows only those."""

    statuses: tuple[str, ...] = ()
    customer_id: uuid.UUID | None = None
    created_from: dt.datetime | None = None
    created_until: dt.datetime | None = None
    q: str = ""
    tag: str = ""
    owner_id: uuid.UUID | None = None
    archived: bool = False


def list_orders(
    partner: Partner,
    actor: Actor,
    filters: OrderFilters = OrderFilters(),
    *,
    after: uuid.UUID | None = None,
    limit: int = DEFAULT_LIMIT,
    sort: OrderSort = "newest",
) -> Page[Order]:
    """One page of the orders this actor may see, each with its customer, its owner and its tags (`row.tag_rows`):
    two statements."""
    rows = visible_orders(actor)
    if filters.statuses:
        one = len(filters.statuses) == 1
        rows = rows.filter(status=filters.statuses[0]) if one else rows.filter(status__in=filters.statuses)
    elif filters.archived:
        rows = rows.filter(status=OrderStatus.ARCHIVED)
    else:
        rows = rows.exclude(status=OrderStatus.ARCHIVED)
    if filters.customer_id is not None:
        rows = rows.filter(customer_id=filters.customer_id)
    if filters.owner_id is not None:
        rows = rows.filter(owner_id=filters.owner_id)
    if filters.tag:
        rows = rows.filter(id__in=OrderTag.objects.filter(tag=filters.tag).values("order_id"))
    rows = created_between(rows, filters.created_from, filters.created_until)
    rows = matching(rows, "order", filters.q)
    tags = Prefetch("tags", queryset=OrderTag.objects.order_by("id"), to_attr="tag_rows")
    rows = rows.select_related("customer", "owner__user").prefetch_related(tags)
    column, descending = SORTS[sort]
    return page(rows, after, limit, by=column, descending=descending)


def status_counts(partner: Partner, actor: Actor) -> dict[str, int]:
    """How many orders of each status this actor may see, every status named: kept, not counted (`OrderCount`)."""
    rows = OrderCount.objects.all()
    if not sees_all_orders(actor):
        rows = rows.filter(owner_id=own_id(actor))
    sums = dict(rows.order_by().values_list("status").annotate(total=Sum("change")))
    return {status: int(sums.get(status, 0)) for status in ORDER.statuses}

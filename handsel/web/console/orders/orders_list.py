"""The list of orders: tabs with counts, filters that stand in the address, search, sorting, paging by keys."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from handsel.database.ids import parse
from handsel.models import Customer, Order
from handsel.reads.paging import Page
from handsel.reads.sales.orders import SORTS, OrderFilters, OrderSort, list_orders, status_counts
from handsel.rules.errors import NotFound
from handsel.rules.order_states import ORDER
from handsel.rules.order_status import OrderStatus
from handsel.rules.periods import instant, local_date
from handsel.rules.permissions import Grant
from handsel.web.console.orders.page import is_part
from handsel.web.guards import Desk, staff

PAGE = 50

GROUPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (OrderStatus.DECLINED, "Declined", (OrderStatus.DECLINED,)),
    (OrderStatus.DRAFT, "Drafted", (OrderStatus.DRAFT,)),
    ("in_review", "In review", (OrderStatus.PENDING, OrderStatus.RESUBMITTED)),
    (OrderStatus.AWAITING_CUSTOMER_APPROVAL, "Awaiting customer", (OrderStatus.AWAITING_CUSTOMER_APPROVAL,)),
    (OrderStatus.APPROVED, "Approved", (OrderStatus.APPROVED,)),
    ("under_way", "Processing", (OrderStatus.PROCESSING_PAYMENT, OrderStatus.PROCESSING)),
    (OrderStatus.SCHEDULED, "Scheduled", (OrderStatus.SCHEDULED,)),
    (OrderStatus.ACTIVATION_ERRORS, "Activation errors", (OrderStatus.ACTIVATION_ERRORS,)),
    (OrderStatus.ACTIVATED, "Activated", (OrderStatus.ACTIVATED,)),
    ("ended", "Cancelled", (OrderStatus.CANCELLATION_REQUESTED, OrderStatus.CANCELLED)),
    (OrderStatus.ARCHIVED, "Archived", (OrderStatus.ARCHIVED,)),
)
"""The chips: what needs somebody first, then the way of an order. Those without orders are left out; one of a single
status has that status's name in the address, so that links from elsewhere need not know of chips."""

OPPOSITE: dict[OrderSort, OrderSort] = {
    "newest": "oldest",
    "oldest": "newest",
    "total": "total_ascending",
    "total_ascending": "total",
}
"""The order in which one reads back to the page before; a sort without one goes back to the first page."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for. Nonsense in it narrows nothing: a shared link never breaks."""

    status: str = ""
    customer: str = ""
    tag: str = ""
    created_from: str = ""
    created_until: str = ""
    owner: str = ""
    q: str = ""
    sort: OrderSort = "newest"
    after: str = ""
    before: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> Asked:
        named = {name: query.get(name, "")[:200] for name in cls.__dataclass_fields__}
        sort = named.pop("sort")
        return cls(sort=sort if sort in SORTS else "newest", **named)

    def url(self, **changes: Any) -> str:
        """The address with these changes; from the first page on unless a page is named."""
        asked = replace(self, **({"after": "", "before": ""} | changes))
        given = {name: getattr(asked, name) for name in self.__dataclass_fields__}
        said = {name: value for name, value in given.items() if value and (name, value) != ("sort", "newest")}
        return f"{reverse('orders')}?{urlencode(said)}" if said else reverse("orders")


@require_GET
@staff
def orders(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The list, or the part of it that htmx asks for."""
    asked = Asked.of(request.GET)
    found, newer = _page(desk, asked)
    rows = found.rows
    for row in rows:
        row.changed_on = local_date(row.updated_at, desk.partner.timezone)  # type: ignore[attr-defined]
    context = {
        "asked": asked,
        "orders": rows,
        "chips": _status_chips(desk, asked),
        "filters": _filter_chips(desk, asked),
        "heads": _heads(asked),
        "older": asked.url(after=rows[-1].shown_id) if found.has_more and rows else "",
        "newer": newer,
        "narrowed": any((asked.status, asked.customer, asked.tag, asked.created_from, asked.created_until, asked.q)),
        "everything": asked.url(status="", customer="", tag="", created_from="", created_until="", q="", owner=""),
        "may_create": desk.may(Grant.ORDERS_CREATE),
        "sees_all": desk.may(Grant.ORDERS_VIEW_ALL),
        "mine": asked.url(owner="" if asked.owner == "me" else "me"),
    }
    template = "orders/_list.html" if is_part(request) else "orders/list.html"
    response = render(request, template, context)
    if is_part(request):
        response["HX-Push-Url"] = asked.url(after=asked.after, before=asked.before)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _page(desk: Desk, asked: Asked) -> tuple[Page[Order], str]:
    """The rows, and the address of the page before; an address whose row is gone starts over."""
    filters = _filters(desk, asked)
    before = parse(Order.prefix, asked.before)
    back = OPPOSITE.get(asked.sort)
    try:
        if before is not None and back is not None:
            found = list_orders(desk.partner, desk.actor, filters, after=before, limit=PAGE, sort=back)
            rows = found.rows[::-1]
            newer = asked.url(before=rows[0].shown_id) if found.has_more else ""
            return Page(rows, True, None), newer if rows else asked.url()
        after = parse(Order.prefix, asked.after)
        found = list_orders(desk.partner, desk.actor, filters, after=after, limit=PAGE, sort=asked.sort)
    except NotFound:
        found, after = list_orders(desk.partner, desk.actor, filters, limit=PAGE, sort=asked.sort), None
    if after is None:
        return found, ""
    newer = asked.url(before=found.rows[0].shown_id) if back and found.rows else asked.url()
    return found, newer


def _filters(desk: Desk, asked: Asked) -> OrderFilters:
    statuses = next((statuses for name, _, statuses in GROUPS if name == asked.status), ())
    if not statuses and asked.status in ORDER.labels:
        statuses = (asked.status,)
    until = _day(asked.created_until)
    return OrderFilters(
        statuses=statuses,
        customer_id=parse(Customer.prefix, asked.customer),
        created_from=_start(desk, _day(asked.created_from)),
        created_until=_start(desk, until + dt.timedelta(days=1) if until else None),
        q=asked.q,
        tag=asked.tag,
        owner_id=uuid.UUID(desk.actor.id) if asked.owner == "me" else None,
    )


def _day(text: str) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1970 < day.year < 2200 else None


def _start(desk: Desk, day: dt.date | None) -> dt.datetime | None:
    return instant(day, desk.partner.timezone) if day else None


def _status_chips(desk: Desk, asked: Asked) -> list[dict[str, Any]]:
    counts = status_counts(desk.partner, desk.actor)
    alive = sum(count for status, count in counts.items() if status != OrderStatus.ARCHIVED)
    chips = [{"label": "All", "url": asked.url(status=""), "count": alive, "current": not asked.status}]
    for name, label, statuses in GROUPS:
        count = sum(counts[status] for status in statuses)
        if count or asked.status == name:
            current = asked.status == name
            chips.append({"label": label, "url": asked.url(status=name), "count": count, "current": current})
    return chips


def _filter_chips(desk: Desk, asked: Asked) -> list[dict[str, str]]:
    """What else narrows the list, each with the address that takes it away."""
    chips = []
    if asked.status in ORDER.labels and asked.status not in {name for name, *_ in GROUPS}:
        chips.append((f"Status: {ORDER.labels[asked.status]}", asked.url(status="")))
    if asked.customer:
        chips.append((f"Customer: {_customer_name(asked.customer)}", asked.url(customer="")))
    if asked.tag:
        chips.append((f"Tag: {asked.tag}", asked.url(tag="")))
    if asked.created_from:
        chips.append((f"Created from {asked.created_from}", asked.url(created_from="")))
    if asked.created_until:
        chips.append((f"Created until {asked.created_until}", asked.url(created_until="")))
    if asked.owner == "me":
        chips.append(("Mine", asked.url(owner="")))
    if asked.q:
        chips.append((f"Search: {asked.q}", asked.url(q="")))
    return [{"label": label, "url": url} for label, url in chips]


def _customer_name(shown: str) -> str:
    wanted = parse(Customer.prefix, shown)
    customer = Customer.objects.filter(id=wanted).first() if wanted is not None else None
    return customer.name if customer is not None else "unknown"


def _heads(asked: Asked) -> dict[str, dict[str, str]]:
    """Which columns sort, which way they do now, and what a click does."""

    def head(descending: OrderSort, ascending: OrderSort | None = None) -> dict[str, str]:
        if asked.sort == descending:
            return {"sorted": "descending", "url": asked.url(sort=ascending or descending)}
        return {"sorted": "ascending" if asked.sort == ascending else "none", "url": asked.url(sort=descending)}

    return {
        "created": head("newest", "oldest"),
        "total": head("total", "total_ascending"),
        "updated": head("updated"),
    }

"""Orders: made, read, changed."""

from __future__ import annotations

import uuid
from typing import Any, Literal, cast

from django.http import HttpResponse
from ninja import Query, Router

from handsel.database.tenancy import reading
from handsel.flows.sales import draft as flows
from handsel.flows.sales.lines import LineDraft
from handsel.models import Contact, Customer, Member, Order, OrderLine, PaymentMethod, Product
from handsel.reads.sales.order import order_view
from handsel.reads.sales.orders import OrderFilters
from handsel.reads.sales.orders import list_orders as read_orders
from handsel.rules.errors import Invalid
from handsel.rules.money import parse_percent
from handsel.rules.order_status import OrderStatus
from handsel.rules.pricing import AmountOff, Discount, PercentOff
from handsel.web.api.asking import Created, Search, after_of, check_query, sent, tell_page
from handsel.web.api.face import PROBLEMS, Caller, tell
from handsel.web.api.schemas.base import ListOf, known, known_or_none
from handsel.web.api.schemas.orders import DiscountAsked, LineAsked, NotesAsked, OrderChange, OrderNew
from handsel.web.api.schemas.orders_told import OrderRowTold, OrderTold
from handsel.web.guards import Desk

router = Router(tags=["Orders"])


class OrderQuery(Created):
    """`sort` by newest, oldest, total, total_ascending or updated."""

    status: list[OrderStatus] = []
    customer: str | None = None
    owner: str | None = None
    tag: str = ""
    q: Search = ""
    archived: bool = False
    sort: Literal["newest", "oldest", "total", "total_ascending", "updated"] = "newest"


@router.post("/orders", response={201: OrderTold, **PROBLEMS}, summary="Write an order")
def create_order(request: Caller, body: OrderNew) -> HttpResponse:
    """A new draft of your own, priced and taxed at the customer's address. Nothing is charged."""
    desk = request.desk
    order = flows.create_order(
        desk.partner,
        desk.actor,
        customer_id=known(Customer.prefix, body.customer),
        currency=body.currency,
        lines=drafts_of(body.lines),
        contract_start_on=body.contract_start_date,
        tags=body.tags,
        billing_recipient_id=known_or_none(Contact.prefix, body.billing_recipient),
        billing_method_id=known_or_none(PaymentMethod.prefix, body.billing_payment_method),
        claim=request.claim,
        **_notes(body.notes),
    )
    return tell_order(desk, order.id, status=201)


@router.get("/orders", response={200: ListOf[OrderRowTold], **PROBLEMS}, summary="List orders")
def list_orders(request: Caller, query: Query[OrderQuery]) -> HttpResponse:
    """The orders that you may see, newest first, without archived ones; `q` finds by number and customer."""
    check_query(request, query)
    filters = OrderFilters(
        statuses=tuple(query.status),
        customer_id=known_or_none(Customer.prefix, query.customer),
        created_from=query.created_from,
        created_until=query.created_until,
        q=query.q,
        tag=query.tag,
        owner_id=known_or_none(Member.prefix, query.owner),
        archived=query.archived,
    )
    desk, after = request.desk, after_of(Order.prefix, query)
    page = read_orders(desk.partner, desk.actor, filters, after=after, limit=query.limit, sort=query.sort)
    return tell_page(page, Order.prefix, OrderRowTold.of)


@router.get("/orders/{order_id}", response={200: OrderTold, **PROBLEMS}, summary="Read an order")
def read_order(request: Caller, order_id: str) -> HttpResponse:
    """One order with all that hangs on it, and the actions that you may take now."""
    return tell_order(request.desk, known(Order.prefix, order_id), status=200)


@router.patch("/orders/{order_id}", response={200: OrderTold, **PROBLEMS}, summary="Change an order")
def change_order(request: Caller, order_id: str, body: OrderChange) -> HttpResponse:
    """Change a draft, or an order under your review. `lines` replaces all lines; a line's `id` keeps it."""
    values = sent(body, "version", "contract_start_date", "billing_recipient", "billing_payment_method")
    changes: dict[str, Any] = _notes(values.pop("notes", None))
    version = values.pop("version", None)
    if "lines" in values:
        changes["lines"] = drafts_of(values["lines"])
    if "tags" in values:
        changes["tags"] = values["tags"]
    if "contract_start_date" in values:
        changes["contract_start_on"] = values["contract_start_date"]
    if "billing_recipient" in values:
        changes["billing_recipient_id"] = known_or_none(Contact.prefix, values["billing_recipient"])
    if "billing_payment_method" in values:
        changes["billing_method_id"] = known_or_none(PaymentMethod.prefix, values["billing_payment_method"])
    desk, row_id = request.desk, known(Order.prefix, order_id)
    flows.update_order(desk.partner, desk.actor, row_id, version, cast(flows.OrderChanges, changes))
    return tell_order(desk, row_id, status=200)


def tell_order(desk: Desk, order_id: uuid.UUID, *, status: int | None = None) -> HttpResponse:
    """The order as it stands now; without `status` 202 while the outcome of a payment is open, else 200."""
    with reading(desk.partner.id):
        view = order_view(desk.partner, desk.actor, order_id)
        body = OrderTold.seen(view)
    return tell(body, status or (202 if view.live_payment is not None else 200))


def drafts_of(lines: list[LineAsked]) -> list[LineDraft]:
    """The lines as the flow wants them. Raises Invalid and NotFound."""
    return [_draft(f"lines.{index}", line) for index, line in enumerate(lines)]


def _draft(loc: str, line: LineAsked) -> LineDraft:
    discount = line.discount
    off = discount.amount if discount is not None else None
    if line.unit_price is not None and off is not None and off.currency != line.unit_price.currency:
        raise Invalid.at(f"{loc}.discount", "Price and discount are in one currency.", code="currency_mismatch")
    priced_in = line.unit_price or off
    return LineDraft(
        product_id=known(Product.prefix, line.product),
        quantity=line.quantity,
        unit_price_minor=line.unit_price.amount if line.unit_price is not None else None,
        discount=None if discount is None else _discount(f"{loc}.discount", discount),
        discount_periods=line.discount_periods,
        start_on=line.start_date,
        periods=line.periods,
        id=known_or_none(OrderLine.prefix, line.id),
        currency=priced_in.currency if priced_in is not None else None,
    )


def _discount(loc: str, asked: DiscountAsked) -> Discount:
    if (asked.percent is None) == (asked.amount is None):
        raise Invalid.at(loc, "Name either a percent or an amount.")
    if asked.amount is not None:
        return AmountOff(asked.amount.amount)
    assert asked.percent is not None
    try:
        return PercentOff(parse_percent(asked.percent))
    except Invalid as error:
        raise error.under(loc) from None


def _notes(notes: NotesAsked | None) -> dict[str, str]:
    named = sent(notes) if notes is not None else {}
    return {f"{who}_notes": text for who, text in named.items()}

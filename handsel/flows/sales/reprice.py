"""Orders that nothing was charged for follow the tax that applies: when a customer moves or its exemption changes, and
when a tax rate does. What was sold keeps what it froze, and so does what a customer may still accept."""

from __future__ import annotations

import uuid
from collections import defaultdict

from django.db.models import Exists, OuterRef, QuerySet

from handsel.flows.sales.lines import PricedLines, freeze, input_of
from handsel.flows.sales.pricing import price_together, tax_rules_for_each
from handsel.flows.work import Work, working
from handsel.models import Customer, Offer, Order, OrderLine, Partner
from handsel.rules.order_status import OrderStatus
from handsel.rules.permissions import SYSTEM

UNSOLD = (
    OrderStatus.DRAFT,
    OrderStatus.PENDING,
    OrderStatus.RESUBMITTED,
    OrderStatus.APPROVED,
    OrderStatus.DECLINED,
)
_LINE_COLUMNS = ["taxes", "subtotal_minor", "discount_minor", "net_minor", "tax_minor", "total_minor", "renewal_minor"]


def reprice_customer(work: Work, customer: Customer) -> None:
    """The customer's unsold orders at its address and exemption of now, in the open transaction."""
    _reprice(work, Order.objects.filter(customer_id=customer.id), {customer.id: customer})


def reprice_country(partner: Partner, country: str) -> None:
    """All unsold orders to a country whose tax rates changed; the job of that name."""
    with working(partner, SYSTEM) as work:
        orders = Order.objects.filter(customer__country=country)
        customers = {row.id: row for row in Customer.objects.filter(country=country)}
        _reprice(work, orders, customers)


def reprice_order(work: Work, order: Order) -> None:
    """One order that can be changed again: while it was offered its prices stayed as they were."""
    _reprice(work, Order.objects.filter(id=order.id), {order.customer_id: order.customer})


def _reprice(work: Work, orders: QuerySet[Order], customers: dict[uuid.UUID, Customer]) -> None:
    """Three statements to read and two to write, however many orders; those whose sums stay are left alone."""
    offered = Offer.objects.filter(order_id=OuterRef("id"), closed_at=None)
    rows = orders.filter(~Exists(offered), status__in=UNSOLD)
    unsold = list(rows.select_for_update(of=("self",), no_key=True).order_by("id"))
    lines: dict[uuid.UUID, list[OrderLine]] = defaultdict(list)
    for line in OrderLine.objects.filter(order_id__in=[order.id for order in unsold]).select_related("product"):
        lines[line.order_id].append(line)
    rules = tax_rules_for_each([customers[customer_id] for customer_id in {order.customer_id for order in unsold}])
    changed = []
    for order in unsold:
        customer = customers[order.customer_id]
        own = sorted(lines[order.id], key=lambda line: line.position)
        totals = price_together([input_of(line, rules[customer.id], customer, line.product) for line in own])
        if (totals.total_minor, totals.tax_minor) == (order.total_minor, order.tax_minor):
            continue
        for line, priced in zip(own, totals.lines, strict=True):
            freeze(line, priced)
        was = order.total_minor
        for column, value in PricedLines(tuple(own), totals).order_columns().items():
            setattr(order, column, value)
        order.version, order.updated_at = order.version + 1, work.now
        work.record("order.repriced", order, changes={"total_minor": [was, order.total_minor]})
        changed.append(order)
    OrderLine.objects.bulk_update([line for order in changed for line in lines[order.id]], _LINE_COLUMNS)
    sums = ["subtotal_minor", "discount_minor", "tax_minor", "total_minor", "contract_value_minor", "line_count"]
    Order.objects.bulk_update(changed, [*sums, "version", "updated_at"])

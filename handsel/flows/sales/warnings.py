"""What staff should know before they submit an order. A warning forbids nothing."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from handsel.models import Activation, Order, OrderLine, Product
from handsel.rules.activation_states import ActivationStatus

ACTIVE = (ActivationStatus.ACTIVATED, ActivationStatus.PENDING, ActivationStatus.SCHEDULED)


@dataclass(frozen=True, slots=True)
class OrderWarning:
    """One sentence about the order, or about one line of it."""

    code: str
    message: str
    line_id: uuid.UUID | None = None


def warnings_for(order: Order, lines: Sequence[OrderLine], today: dt.date) -> list[OrderWarning]:
    """What is odd about this order on this day (the customer's). Two statements, inside an open scope; a third where
    the order came without its customer."""
    products = {
        product.id: product
        for product in Product.objects.select_related("prerequisite").filter(id__in={line.product_id for line in lines})
    }
    active = _active_products(order, products)
    ordered = {line.product_id for line in lines}
    return [
        *_about_order(order, today),
        *(
            warning
            for line in lines
            for warning in _about_line(line, products[line.product_id], active, ordered, today)
        ),
    ]


def _about_order(order: Order, today: dt.date) -> Iterator[OrderWarning]:
    if not order.customer.has_address:
        yield OrderWarning("no_address", f"{order.customer.name} has no address, so no tax can be worked out.")
    if order.contract_start_on is not None and order.contract_start_on < today:
        yield OrderWarning("start_in_past", "The contract start date is in the past.")


def _about_line(
    line: OrderLine, product: Product, active: frozenset[uuid.UUID], ordered: set[uuid.UUID], today: dt.date
) -> Iterator[OrderWarning]:
    if line.start_on is not None and line.start_on < today:
        yield OrderWarning("start_in_past", f"The start date of {line.name} is in the past.", line.id)
    if product.id in active:
        yield OrderWarning("already_active", f"{line.name} is already active for this customer.", line.id)
    needed = product.prerequisite
    if needed is not None and needed.id not in active | ordered:
        yield OrderWarning(
            "prerequisite_missing",
            f"{line.name} needs {needed.name}, which is neither active for this customer nor on this order.",
            line.id,
        )


def _active_products(order: Order, products: dict[uuid.UUID, Product]) -> frozenset[uuid.UUID]:
    wanted = {*products, *(p.prerequisite_id for p in products.values() if p.prerequisite_id)}
    if not wanted:
        return frozenset()
    rows = Activation.objects.filter(
        order__customer_id=order.customer_id, product_id__in=wanted, status__in=ACTIVE
    ).exclude(order_id=order.id)
    return frozenset(rows.values_list("product_id", flat=True))

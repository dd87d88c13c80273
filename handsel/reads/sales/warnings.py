"""What a salesperson should know before an order is charged (DOMAIN.md section 5). Warnings stop nobody."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from handsel.models import Activation, Order, OrderLine, Partner, Product
from handsel.models.people import now_of
from handsel.rules.activation_states import ActivationStatus
from handsel.rules.order_states import OrderStatus
from handsel.rules.periods import local_date

STILL_TO_SELL = frozenset(
    {OrderStatus.DRAFT, OrderStatus.PENDING, OrderStatus.RESUBMITTED, OrderStatus.APPROVED, OrderStatus.DECLINED}
)
_IN_PLACE = (
    ActivationStatus.SCHEDULED,
    ActivationStatus.PENDING,
    ActivationStatus.ACTIVATED,
    ActivationStatus.ERRORED,
    ActivationStatus.ERRORS_IGNORED,
)


@dataclass(frozen=True, slots=True)
class OrderWarning:
    """`code` is one of already_active, prerequisite_missing, date_in_past, customer_without_address; `line_id` names
    the line it is about, None for the whole order."""

    code: str
    message: str
    line_id: uuid.UUID | None = None


def warnings_of(partner: Partner, order: Order, lines: Sequence[OrderLine]) -> list[OrderWarning]:
    """The warnings of an order that is not sold yet: at most two statements. The lines have their products loaded."""
    if order.status not in STILL_TO_SELL:
        return []
    found = []
    if not order.customer.has_address:
        text = f"{order.customer.name} has no address, so no tax can be worked out."
        found.append(OrderWarning("customer_without_address", text))
    today = local_date(now_of(partner), order.customer.timezone)
    if order.contract_start_on is not None and order.contract_start_on < today:
        found.append(OrderWarning("date_in_past", f"The contract starts on {order.contract_start_on}, in the past."))
    wanted = {line.product.prerequisite_id for line in lines} - {None}
    active = _active(order, {line.product_id for line in lines} | wanted) if lines else frozenset()
    missing = wanted - active - {line.product_id for line in lines}
    names = dict(Product.objects.filter(id__in=missing).values_list("id", "name")) if missing else {}
    for line in lines:
        if line.start_on is not None and line.start_on < today:
            text = f"{line.name} starts on {line.start_on}, in the past."
            found.append(OrderWarning("date_in_past", text, line.id))
        if line.product_id in active:
            text = f"{line.name} is already active for {order.customer.name}."
            found.append(OrderWarning("already_active", text, line.id))
        if line.product.prerequisite_id in missing:
            text = (
                f"{line.name} needs {names[line.product.prerequisite_id]}, which {order.customer.name} does not have."
            )
            found.append(OrderWarning("prerequisite_missing", text, line.id))
    return found


def _active(order: Order, product_ids: set[uuid.UUID]) -> frozenset[uuid.UUID]:
    rows = Activation.objects.filter(
        product_id__in=product_ids, status__in=_IN_PLACE, order__customer_id=order.customer_id
    )
    return frozenset(rows.exclude(order_id=order.id).values_list("product_id", flat=True))

"""An order as the rules see it, found and locked for the one who acts on it."""

from __future__ import annotations

import uuid

from handsel.models import Order
from handsel.rules.errors import NotFound, Refused
from handsel.rules.order_status import OrderStatus
from handsel.rules.permissions import Actor, OrderFacts, may_see_order


def facts(order: Order, *, clearing: bool = False, debt_on_invoice: bool = False) -> OrderFacts:
    """What `rules.permissions` asks about an order."""
    return OrderFacts(
        status=order.status,
        decline_cause=order.decline_cause or None,
        cancel_cause=order.cancel_cause or None,
        previous_status=order.previous_status or None,
        owner_id=str(order.owner_id),
        declined_before=order.declined_before,
        debt_on_invoice=debt_on_invoice,
        live_payment=order.status == OrderStatus.PROCESSING_PAYMENT,
        clearing=clearing,
        line_count=order.line_count,
        due_minor=order.due_minor,
    )


def order_for(actor: Actor, order_id: uuid.UUID, version: int | None = None) -> Order:
    """The order with its customer, locked. NotFound where it does not exist for this actor; `order_changed` where it
    is not the version that was seen."""
    rows = Order.objects.select_for_update(of=("self",), no_key=True).select_related("customer")
    order = rows.filter(id=order_id).first()
    if order is None or not may_see_order(actor, str(order.owner_id)):
        raise NotFound("not_found", "There is no such order.")
    if version is not None and version != order.version:
        raise Refused(
            "order_changed", "This order was changed since you looked. Nothing was charged; look again and decide anew."
        )
    return order

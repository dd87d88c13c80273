"""An order as the rules see it, found and locked for the one who acts on it."""

from __future__ import annotations

import datetime as dt
import uuid

from handsel.models import Offer, Order
from handsel.rules.errors import NotFound, Refused
from handsel.rules.offers import OfferFacts
from handsel.rules.order_status import OrderStatus
from handsel.rules.permissions import Actor, OrderFacts, may_see_order


def facts(
    order: Order, *, clearing: bool = False, debt_on_invoice: bool = False, offer: OfferFacts | None = None
) -> OrderFacts:
    """What `rules.permissions` asks about an order; `offer` where the customer acts on it."""
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
        sender_id=str(order.sent_by_id) if order.sent_by_id else None,
        offer=offer,
    )


def offer_facts(order: Order, offer: Offer, now: dt.datetime, *, may_retry: bool, newest: bool = True) -> OfferFacts:
    """What the rules ask about an offer at the partner's time `now`, for who came by its newest link or an older."""
    return OfferFacts(
        require_payment=offer.require_payment,
        closed_as=offer.closed_as,
        is_over=offer.expires_at <= now,
        is_locked=offer.locked_at is not None,
        same_revision=(offer.revision, offer.total_minor) == (order.revision, order.total_minor),
        may_retry=may_retry,
        link_is_newest=newest,
    )


def order_for(actor: Actor, order_id: uuid.UUID, version: int | None = None, *, lock: bool = True) -> Order:
    """The order with its customer, locked unless told otherwise. NotFound where it does not exist for this actor;
    `order_changed` where it is not the version that was seen."""
    rows = Order.objects.select_related("customer").filter(id=order_id)
    order = (rows.select_for_update(of=("self",), no_key=True) if lock else rows).first()
    if order is None or not may_see_order(actor, str(order.owner_id)):
        raise NotFound("not_found", "There is no such order.")
    if version is not None and version != order.version:
        raise Refused(
            "order_changed", "This order was changed since you looked. Nothing was charged; look again and decide anew."
        )
    return order

"""What was sold ends: subscriptions bill no more, what was to come does not come, what runs is switched off."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence

from handsel.flows.sales.activation import conclude
from handsel.flows.transition import move
from handsel.flows.work import Work
from handsel.models import Activation, InvoiceLine, Order, OrderLine, Payment, Subscription
from handsel.rules.activation_states import ActivationStatus
from handsel.rules.errors import Refused
from handsel.rules.order_status import OrderStatus
from handsel.rules.subscription_states import SubscriptionStatus

TO_COME = (ActivationStatus.SCHEDULED, ActivationStatus.PENDING, ActivationStatus.ERRORED)
RUNNING = (ActivationStatus.ACTIVATED, ActivationStatus.ERRORS_IGNORED)
ENDABLE = (
    SubscriptionStatus.SCHEDULED,
    SubscriptionStatus.ACTIVE,
    SubscriptionStatus.PAST_DUE,
    SubscriptionStatus.PAUSED,
)
_FOLLOWS_ITS_LINES = (OrderStatus.PROCESSING, OrderStatus.ACTIVATION_ERRORS)


def lines_paid_by(payment: Payment) -> list[uuid.UUID]:
    """The order lines whose service a payment paid for: all of its order's, or those that its invoice renewed."""
    if payment.order_id is not None:
        return list(OrderLine.objects.filter(order_id=payment.order_id).values_list("id", flat=True))
    assert payment.invoice is not None
    if payment.invoice.order_id is not None:
        return list(OrderLine.objects.filter(order_id=payment.invoice.order_id).values_list("id", flat=True))
    renewed = InvoiceLine.objects.filter(invoice_id=payment.invoice.id, subscription_id__isnull=False)
    return list(renewed.values_list("subscription__line_id", flat=True))


def lock_orders_of(lines: Collection[uuid.UUID]) -> list[Order]:
    """The orders of these lines, locked in the order of their ids. Raises Refused where one of them has not begun:
    such an order is cancelled, which asks about its money too."""
    ids = OrderLine.objects.filter(id__in=lines).values_list("order_id", flat=True)
    rows = Order.objects.select_for_update(of=("self",), no_key=True).filter(id__in=list(set(ids)))
    orders = list(rows.select_related("customer").order_by("id"))
    begun = {*_FOLLOWS_ITS_LINES, OrderStatus.ACTIVATED, OrderStatus.CANCELLED}
    waiting = [order.id for order in orders if order.status not in begun]
    to_come = Activation.objects.filter(order_id__in=waiting, status__in=TO_COME)
    still_to_begin = set(to_come.values_list("order_id", flat=True)) if waiting else set()
    for order in orders:
        if order.id in still_to_begin:
            raise Refused(
                "action_not_allowed",
                f"Order {order.number} is “{order.status_label}”: cancel it to end what is still to come, "
                "and refund it there.",
            )
    return orders


def end_lines(work: Work, orders: Sequence[Order], lines: Collection[uuid.UUID]) -> None:
    """End what these lines sold, of orders that are locked; each order follows its lines."""
    for activation in locked_activations(lines):
        stop(work, activation)
    for subscription in locked_subscriptions(lines):
        end_subscription(work, subscription)
    following = {order.id: order for order in orders if order.status in _FOLLOWS_ITS_LINES}
    outcomes: defaultdict[uuid.UUID, list[str]] = defaultdict(list)
    if following:
        rows = Activation.objects.filter(order_id__in=following).values_list("order_id", "status")
        for order_id, status in rows:
            outcomes[order_id].append(status)
    for order_id, order in following.items():
        conclude(work, order, outcomes[order_id])


def locked_activations(lines: Collection[uuid.UUID]) -> list[Activation]:
    rows = Activation.objects.select_for_update(of=("self",), no_key=True).select_related("line")
    return list(rows.filter(line_id__in=lines, status__in=(*TO_COME, *RUNNING)).order_by("id"))


def locked_subscriptions(lines: Collection[uuid.UUID]) -> list[Subscription]:
    rows = Subscription.objects.select_for_update(of=("self",), no_key=True).select_related("line")
    return list(rows.filter(line_id__in=lines, status__in=ENDABLE).order_by("id"))


def stop(work: Work, activation: Activation) -> None:
    """What is still to come is cancelled, what runs is deactivated."""
    if activation.status in TO_COME:
        move(work, activation, "cancel", ActivationStatus.CANCELLED, next_attempt_at=None)
    elif activation.status in RUNNING:
        move(work, activation, "deactivate", ActivationStatus.DEACTIVATED, next_attempt_at=None)


def end_subscription(work: Work, subscription: Subscription) -> None:
    """From now on it bills nothing."""
    move(work, subscription, "cancel", SubscriptionStatus.CANCELLED, renews_at=None, ended_at=work.now)

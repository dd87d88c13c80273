"""What the top of an order's page tells: what happened, what it means for the money, what to do now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from handsel.models import Payment
from handsel.reads.money.payments import PaymentView
from handsel.reads.sales.offer import SentOffer
from handsel.reads.sales.order_page import OrderPage
from handsel.rules.order_status import CancelCause, DeclineCause, OrderStatus
from handsel.rules.payment_states import PaymentStatus

DONE = frozenset({OrderStatus.PROCESSING, OrderStatus.SCHEDULED, OrderStatus.ACTIVATED, OrderStatus.ACTIVATION_ERRORS})
"""Where an order stands once its first payment is settled."""

POLL: Mapping[str, str] = {
    "asking": "1s", "unknown": "3s", "customer": "5s", "clearing": "60s", "activating": "3s", "awaiting": "3s",
    "locked": "10s", "declined_on_link": "3s",
}  # fmt: skip
"""How often a page whose story is still open asks again."""

_PAYMENT_KINDS: Mapping[str, str] = {
    PaymentStatus.CREATED: "asking",
    PaymentStatus.SUBMITTED: "asking",
    PaymentStatus.UNKNOWN: "unknown",
    PaymentStatus.REQUIRES_ACTION: "customer",
    PaymentStatus.CLEARING: "clearing",
}
_ORDER_KINDS: Mapping[str, str] = {
    OrderStatus.PENDING: "review",
    OrderStatus.RESUBMITTED: "review",
    OrderStatus.APPROVED: "approved",
    OrderStatus.PROCESSING: "activating",
    OrderStatus.ACTIVATION_ERRORS: "activation_errors",
    OrderStatus.CANCELLATION_REQUESTED: "cancellation_requested",
    OrderStatus.ARCHIVED: "archived",
}


@dataclass(frozen=True, slots=True)
class Story:
    """`kind` names the part of `orders/_story.html` that tells it; nothing to tell is an empty one."""

    kind: str
    payment: PaymentView | None = None
    sent: SentOffer | None = None
    may_retry: bool = False  # the customer may try another card by the link

    @property
    def every(self) -> str:
        """How often to ask whether it goes on; empty where it has ended."""
        return POLL.get(self.kind, "")

    @property
    def money(self) -> Payment | None:
        return self.payment.payment if self.payment else None


def story_of(page: OrderPage, *, just_now: bool = False, retries: bool = False) -> Story:
    """`just_now` is for who sees the outcome of what they did a moment ago: they are told that it went well. `retries`:
    the partner lets customers try another card after a decline."""
    order, payment = page.order, page.first_payment
    if order.status == OrderStatus.PROCESSING_PAYMENT:
        live = page.view.live_payment or payment
        return Story(_PAYMENT_KINDS.get(live.payment.status, "asking") if live else "asking", live)
    if order.status == OrderStatus.DECLINED:
        return _declined(page, payment, retries)
    if order.status == OrderStatus.AWAITING_CUSTOMER_APPROVAL and page.view.offer is not None:
        sent = page.view.offer
        return Story("locked" if sent.offer.locked_at else "awaiting", payment, sent)
    if order.status == OrderStatus.CANCELLED and order.cancel_cause == CancelCause.EXPIRED:
        return Story("expired", payment, page.view.offer)
    if just_now and order.status in DONE:
        return Story("paid", payment)
    if just_now and payment is not None and payment.payment.status == PaymentStatus.CANCELLED:
        return Story("payment_cancelled", payment)
    return Story(_ORDER_KINDS.get(order.status, ""), payment)


def _declined(page: OrderPage, payment: PaymentView | None, retries: bool) -> Story:
    """By whom: an admin, the customer, or the bank; and whether the customer may try another card by the link."""
    cause, sent = page.order.decline_cause, page.view.offer
    if cause != DeclineCause.PAYMENT:
        return Story("declined_by_customer" if cause == DeclineCause.CUSTOMER else "declined_by_admin", payment, sent)
    if sent is None or not sent.is_open:
        return Story("declined", payment)
    over = sent.offer.locked_at is not None or sent.offer.expires_at <= page.now
    return Story("declined_on_link", payment, sent, may_retry=retries and not over)

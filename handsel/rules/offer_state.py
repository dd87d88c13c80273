"""What an offer's page tells its reader, from the offer, its order and its payment."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from handsel.rules.offers import ClosedAs, OfferFacts
from handsel.rules.order_facts import OrderFacts
from handsel.rules.order_status import DeclineCause, OrderStatus
from handsel.rules.payment_states import PaymentStatus


class OfferState(StrEnum):
    OPEN = "open"
    PAYING = "paying"
    CHALLENGE = "challenge"  # the payer's bank asks
    FINDING_OUT = "finding_out"
    CLEARING = "clearing"
    PAY_AGAIN = "pay_again"  # the bank said no, another card may be tried
    DECLINED_BY_BANK = "declined_by_bank"  # and no other may
    DONE = "done"
    DECLINED = "declined"  # by the customer
    EXPIRED = "expired"
    RECALLED = "recalled"
    REPLACED = "replaced"  # by a newer link
    LOCKED = "locked"
    UNAVAILABLE = "unavailable"  # put away, cancelled, or under question


OVER = frozenset({OfferState.EXPIRED, OfferState.RECALLED, OfferState.REPLACED, OfferState.UNAVAILABLE})
"""States in which the link tells whose it was, and nothing of what was offered."""

_CLOSED: Mapping[str, OfferState] = MappingProxyType(
    {
        ClosedAs.APPROVED: OfferState.DONE,
        ClosedAs.DECLINED: OfferState.DECLINED,
        ClosedAs.RECALLED: OfferState.RECALLED,
        ClosedAs.EXPIRED: OfferState.EXPIRED,
        ClosedAs.CANCELLED: OfferState.UNAVAILABLE,
    }
)
_PAYING: Mapping[str, OfferState] = MappingProxyType(
    {
        PaymentStatus.REQUIRES_ACTION: OfferState.CHALLENGE,
        PaymentStatus.UNKNOWN: OfferState.FINDING_OUT,
        PaymentStatus.CLEARING: OfferState.CLEARING,
    }
)


def offer_state(order: OrderFacts, payment_status: str | None) -> OfferState:
    """`order.offer` is the link's offer; `payment_status` is that of the order's live payment, if it has one."""
    offer = order.offer
    assert offer is not None
    if not offer.link_is_newest:
        return OfferState.REPLACED
    if order.status == OrderStatus.ARCHIVED:
        return OfferState.UNAVAILABLE
    if offer.closed_as:
        return _CLOSED[offer.closed_as]
    if not offer.same_revision:
        return OfferState.RECALLED
    if order.status == OrderStatus.PROCESSING_PAYMENT:
        return _PAYING.get(payment_status or "", OfferState.PAYING)
    return _waiting(order, offer)


def _waiting(order: OrderFacts, offer: OfferFacts) -> OfferState:
    awaits = order.status == OrderStatus.AWAITING_CUSTOMER_APPROVAL
    if not awaits and not (order.status == OrderStatus.DECLINED and order.decline_cause == DeclineCause.PAYMENT):
        return OfferState.UNAVAILABLE
    if offer.is_locked:
        return OfferState.LOCKED
    if offer.is_over:
        return OfferState.EXPIRED
    if awaits:
        return OfferState.OPEN
    return OfferState.PAY_AGAIN if offer.may_retry else OfferState.DECLINED_BY_BANK

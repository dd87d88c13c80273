"""What needs somebody about offers: questions nobody answered, locked links, offers about to run out, and what was said
no to."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import F, Q

from handsel.models import Message, Offer, Order
from handsel.reads.visibility import own_id, sees_all_orders, visible_orders
from handsel.rules.order_status import DeclineCause, OrderStatus
from handsel.rules.permissions import Actor

SOON = dt.timedelta(days=3)
"""An offer that runs out within so long is worth a call."""

LATEST_MESSAGES = 100
"""Conversations older than so many messages of all are not looked through again on every home page."""

ASKED, LOCKED, EXPIRING, DECLINED = "asked", "locked", "expiring", "declined"


@dataclass(frozen=True, slots=True)
class OfferNeed:
    """One order and why it needs somebody; `message` where its customer asked, `offer` where it is about the link."""

    why: str
    order: Order
    offer: Offer | None = None
    message: Message | None = None


def offer_needs(actor: Actor, now: dt.datetime, most: int) -> list[OfferNeed]:
    """The most urgent first, at most `most` of each kind: three statements."""
    return [*_asked(actor, most), *_open(actor, now, most), *_declined(actor, most)]


def _asked(actor: Actor, most: int) -> list[OfferNeed]:
    """Conversations whose last word is the customer's, among the newest messages."""
    rows = Message.objects.select_related("order__customer", "order__owner__user").order_by("-id")
    if not sees_all_orders(actor):
        rows = rows.filter(order__owner_id=own_id(actor))
    last: dict[object, Message] = {}
    for message in rows[:LATEST_MESSAGES]:
        last.setdefault(message.order_id, message)
    asked = [each for each in last.values() if each.member_id is None and each.order.status != OrderStatus.ARCHIVED]
    return [OfferNeed(ASKED, each.order, message=each) for each in asked[:most]]


def _open(actor: Actor, now: dt.datetime, most: int) -> list[OfferNeed]:
    """Locked links, and offers that wait and soon cannot be answered any more."""
    rows = Offer.objects.select_related("order__customer").defer("pdf", "content").filter(closed_at=None)
    if not sees_all_orders(actor):
        rows = rows.filter(order__owner_id=own_id(actor))
    waits = Q(expires_at__lt=now + SOON, order__status=OrderStatus.AWAITING_CUSTOMER_APPROVAL)
    found = rows.filter(Q(locked_at__isnull=False) | waits)
    offers = found.order_by(F("locked_at").desc(nulls_last=True), "expires_at")[:most]
    return [OfferNeed(LOCKED if each.locked_at else EXPIRING, each.order, offer=each) for each in offers]


def _declined(actor: Actor, most: int) -> list[OfferNeed]:
    """One's own orders that the customer or an admin said no to."""
    rows = visible_orders(actor).select_related("customer").filter(status=OrderStatus.DECLINED, owner_id=own_id(actor))
    said_no = rows.filter(decline_cause__in=(DeclineCause.CUSTOMER, DeclineCause.ADMIN)).order_by("-id")[:most]
    return [OfferNeed(DECLINED, order) for order in said_no]

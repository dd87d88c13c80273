"""Messages between the customer, on the offer's page, and the people who sell, on the order's."""

from __future__ import annotations

import uuid

from handsel.flows.fields import REASON_LENGTH, Fields
from handsel.flows.idempotency import Claim
from handsel.flows.sales.facts import order_for
from handsel.flows.sales.link import OfferLink, locked_offer
from handsel.flows.work import Work, working
from handsel.models import Message, Offer, Order, Partner
from handsel.rules.errors import Invalid, NotAllowed, Refused
from handsel.rules.offers import ClosedAs
from handsel.rules.permissions import Actor, Grant

MOST = 200
"""Messages on one order: a conversation, not a store."""

_OVER = frozenset({ClosedAs.RECALLED, ClosedAs.EXPIRED, ClosedAs.CANCELLED})


def write_to_customer(
    partner: Partner, actor: Actor, order_id: uuid.UUID, text: str, *, claim: Claim | None = None
) -> Message:
    """Staff write to the contact of the order's newest offer. Raises NotFound, NotAllowed, Invalid, and Refused where
    the order was never sent."""
    said = _text(text)
    with working(partner, actor) as work:
        order = order_for(actor, order_id)
        if not (actor.owns(str(order.owner_id)) or actor.may(Grant.ORDERS_MANAGE)):
            raise NotAllowed("not_allowed", "Only the order's owner, or who manages orders, can do this.")
        offer = Offer.objects.defer("pdf", "content").filter(order_id=order.id).order_by("-id").first()
        if offer is None:
            raise Refused("action_not_allowed", "This order was not sent to its customer yet.")
        message = Message(member_id=uuid.UUID(actor.id), author=actor.label, text=said)
        if claim is not None:
            claim.remember("message", message.id)
        return _write(work, order, offer, message)


def write_to_seller(partner: Partner, link: OfferLink, text: str) -> Message:
    """The customer writes on the page of the newest link. Raises Invalid, and Refused where the offer is over."""
    said = _text(text)
    with working(partner, link.actor) as work:
        order, offer = locked_offer(work, link)
        if offer.closed_as in _OVER or not link.is_newest(offer):
            raise Refused("offer_recalled", "This link accepts nothing any more.")
        return _write(work, order, offer, Message(author=offer.contact_name, text=said))


def _write(work: Work, order: Order, offer: Offer, message: Message) -> Message:
    if Message.objects.filter(order_id=order.id).count() >= MOST:
        raise Invalid.at("text", f"An order has at most {MOST} messages.")
    message.partner_id, message.order, message.offer = work.partner.id, order, offer
    message.customer_id, message.created_at = order.customer_id, work.now
    message.save(force_insert=True)
    by = "staff" if message.member_id else "customer"
    work.record(
        "message.written", message, changes={"by": by, "offer": offer.shown_id}, personal={"text": message.text}
    )
    return message


def _text(text: str) -> str:
    fields = Fields()
    said = fields.text("text", text, REASON_LENGTH, needed=True, breaks=True)
    fields.check()
    return said

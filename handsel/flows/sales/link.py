"""Who comes by an offer's link: what the secret opens, and that the page was asked for and looked at.

Whoever holds the link is the customer. A secret finds its offer as long as that exists, so that a link that is over can
say so; what may still be done with it is for the rules (`rules.offers`).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from handsel.database.ids import show
from handsel.database.tenancy import reading
from handsel.flows.sales.facts import facts, offer_facts
from handsel.flows.sales.offers import offer_token
from handsel.flows.work import Work, working
from handsel.models import Credential, Offer, Order, Partner
from handsel.models.access import hash_secret
from handsel.rules.errors import NotFound
from handsel.rules.order_facts import OrderFacts
from handsel.rules.permissions import Actor


@dataclass(frozen=True, slots=True)
class Visitor:
    """From where and with what somebody came, as the request tells; for the evidence of a signature."""

    address: str
    user_agent: str = ""


@dataclass(frozen=True, slots=True)
class OfferLink:
    """A link in somebody's hands. `token_hash` tells whether a newer one has replaced it."""

    offer_id: uuid.UUID
    token_hash: str
    visitor: Visitor

    @property
    def actor(self) -> Actor:
        """Its holder as the one who acts, before the offer is read and tells the name."""
        return Actor("link", show(Offer.prefix, self.offer_id), "Customer", source="link")

    def is_newest(self, offer: Offer) -> bool:
        return hash_secret(offer_token(offer)) == self.token_hash


def link_for(token: str, visitor: Visitor) -> tuple[Partner, OfferLink] | None:
    """The partner and the offer that a secret opens, revoked or not; None for one that never was."""
    rows = Credential.objects.select_related("partner").filter(kind=Credential.OFFER_LINK)
    credential = rows.filter(hash=hash_secret(token)).first()
    if credential is None:
        return None
    return credential.partner, OfferLink(credential.row_id, credential.hash, visitor)


def link_actor(offer: Offer) -> Actor:
    """The holder of the link as the one who acts: the history names the offer, and its contact."""
    return Actor("link", offer.shown_id, offer.contact_name, source="link")


def offer_of(link: OfferLink, *, with_pdf: bool = False) -> Offer:
    """The link's offer with its order and customer, as it stands; inside an open scope."""
    rows = Offer.objects.select_related("order__customer", "sender__user")
    found: Offer | None = (rows if with_pdf else rows.defer("pdf")).filter(id=link.offer_id).first()
    if found is None:
        raise NotFound("not_found", "There is no such offer.")
    return found


def locked_offer(work: Work, link: OfferLink) -> tuple[Order, Offer]:
    """The order, then the offer, both locked: in the order of all locks. The work is its contact's from here on."""
    order_id = Offer.objects.values_list("order_id", flat=True).filter(id=link.offer_id).first()
    if order_id is None:
        raise NotFound("not_found", "There is no such offer.")
    orders = Order.objects.select_for_update(of=("self",), no_key=True).select_related("customer")
    order: Order = orders.get(id=order_id)
    offers = Offer.objects.select_for_update(of=("self",), no_key=True).defer("pdf")
    offer: Offer = offers.get(id=link.offer_id)
    work.actor = link_actor(offer)
    return order, offer


def facts_by_link(work: Work, order: Order, offer: Offer, link: OfferLink) -> OrderFacts:
    """What the rules ask about the order when its customer acts."""
    may_retry = work.partner.settings().customers_can_retry_declined
    known = offer_facts(order, offer, work.now, may_retry=may_retry, newest=link.is_newest(offer))
    return facts(order, offer=known)


def open_offer(partner: Partner, link: OfferLink) -> None:
    """The page was asked for: noted the first time, by the newest link of an offer that is open."""
    _note(partner, link, "opened_at", "offer.opened")


def view_offer(partner: Partner, link: OfferLink) -> None:
    """Somebody looked: a browser showed the page, which no mail scanner does. Noted the first time."""
    _note(partner, link, "viewed_at", "offer.viewed")


def _note(partner: Partner, link: OfferLink, column: str, event: str) -> None:
    with reading(partner.id):
        offer = offer_of(link)
    if getattr(offer, column) is not None or offer.closed_at is not None or not link.is_newest(offer):
        return
    with working(partner, link.actor) as work:
        _, offer = locked_offer(work, link)
        if getattr(offer, column) is None and offer.closed_at is None:
            note_once(work, offer, column, event)


def note_once(work: Work, offer: Offer, column: str, event: str) -> None:
    """Write that the offer was opened or viewed, with its event."""
    setattr(offer, column, work.now)
    offer.save(update_fields=[column])
    work.record(event, offer, changes={"revision": offer.revision, "sends": offer.sends})

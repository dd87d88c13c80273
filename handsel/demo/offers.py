"""What becomes of the sales that went to their customers, each step by the flow that the page would call."""

from __future__ import annotations

import datetime as dt
import io
import uuid

from PIL import Image, ImageDraw

from handsel.database.tenancy import reading
from handsel.demo.agency import BUYERS
from handsel.demo.desk import Desk, token
from handsel.demo.story import Sale
from handsel.flows.money.begin import NewMethod
from handsel.flows.money.take import approve_and_pay
from handsel.flows.sales.answer import Answer, SignatureGiven, approve_as_customer, decline_as_customer
from handsel.flows.sales.certify import certify_offer
from handsel.flows.sales.conversation import write_to_customer, write_to_seller
from handsel.flows.sales.link import OfferLink, Visitor, link_for, open_offer, view_offer
from handsel.flows.sales.offers import ContactAsked, Until, offer_token, send_offer
from handsel.models import Contact, Offer
from handsel.models.people import now_of
from handsel.reads.people.customer import contacts_of

PHONE = Visitor("203.0.113.24", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_2 like Mac OS X) Safari/604.1")
CONSENT = "I sign this offer of Harbour & Vine Marketing LLC, and am bound by it."
KEEPING = "I agree that this card is kept by Harbour & Vine Marketing LLC and charged for the renewals shown."


def offered(desk: Desk, sale: Sale, order_id: uuid.UUID) -> None:
    """With the customer, who has looked at it and asks something."""
    offer = _sent(desk, sale, order_id, "As we talked about on the phone. The price holds for two weeks.", days=14)
    link = _viewed(desk, offer)
    write_to_seller(desk.partner, link, "Thank you! Could we begin a week later? We are closed until the ninth.")


def offered_and_talked_over(desk: Desk, sale: Sale, order_id: uuid.UUID) -> None:
    """With the customer, who asked something and was answered; it runs out soon."""
    offer = _sent(desk, sale, order_id, days=2)
    link = _viewed(desk, offer)
    write_to_seller(desk.partner, link, "Is the photographer's travel included?")
    write_to_customer(desk.partner, desk.actor(sale.seller), order_id, "Yes, within an hour of your shop.")


def offer_declined(desk: Desk, sale: Sale, order_id: uuid.UUID) -> None:
    offer = _sent(desk, sale, order_id)
    decline_as_customer(desk.partner, _viewed(desk, offer), "We found somebody nearer. Perhaps next year.")


def offer_ran_out(desk: Desk, sale: Sale, order_id: uuid.UUID) -> None:
    """Nobody answers, and the clock will cancel it."""
    open_offer(desk.partner, _link(_sent(desk, sale, order_id, days=5)))


def signed_and_paid(desk: Desk, sale: Sale, order_id: uuid.UUID) -> None:
    """Signed with the finger and paid, on a phone."""
    offer = _sent(desk, sale, order_id)
    link = _viewed(desk, offer)
    source = NewMethod(token(sale.card), save=True, consent=KEEPING)
    approve_and_pay(desk.partner, link, _answer(sale, offer, drawn=True, keeps=True), source)
    desk.tell_vendors()
    certify_offer(desk.partner, offer.id)


def signed(desk: Desk, sale: Sale, order_id: uuid.UUID) -> None:
    """Signed with a typed name; what is due goes onto an invoice."""
    offer = _sent(desk, sale, order_id, pays=False)
    approve_as_customer(desk.partner, _viewed(desk, offer), _answer(sale, offer))
    desk.tell_vendors()
    certify_offer(desk.partner, offer.id)


def declined_on_the_link(desk: Desk, sale: Sale, order_id: uuid.UUID) -> None:
    """Signed, but the bank said no; another card may be tried by the same link."""
    offer = _sent(desk, sale, order_id)
    source = NewMethod(token(sale.card), save=False)
    approve_and_pay(desk.partner, _viewed(desk, offer), _answer(sale, offer, drawn=True), source)


def _sent(
    desk: Desk, sale: Sale, order_id: uuid.UUID, message: str = "", *, days: int = 30, pays: bool = True
) -> Offer:
    return send_offer(
        desk.partner,
        desk.actor(sale.seller),
        order_id,
        contact=ContactAsked(id=_person(desk, sale).id),
        require_payment=pays,
        until=Until(at=now_of(desk.partner) + dt.timedelta(days=days)),
        message=message,
    )


def _person(desk: Desk, sale: Sale) -> Contact:
    """The person to talk to at the buyer's, not the office."""
    with reading(desk.partner.id):
        contacts = contacts_of(desk.partner, desk.buyers[sale.buyer])
    return next(each for each in contacts if each.name == BUYERS[sale.buyer].contact)


def _link(offer: Offer) -> OfferLink:
    found = link_for(offer_token(offer), PHONE)
    assert found is not None, "an offer that was sent has a link"
    return found[1]


def _viewed(desk: Desk, offer: Offer) -> OfferLink:
    link = _link(offer)
    open_offer(desk.partner, link)
    view_offer(desk.partner, link)
    return link


def _answer(sale: Sale, offer: Offer, *, drawn: bool = False, keeps: bool = False) -> Answer:
    name = BUYERS[sale.buyer].contact
    given = SignatureGiven(name, "drawn", _drawing()) if drawn else SignatureGiven(name, "typed")
    agreed = (KEEPING,) if keeps else ()
    return Answer(offer.sha256, given, CONSENT, agreed=agreed, accepts_terms=True)


_STROKES = (
    ((24, 96), (40, 40), (66, 28), (74, 52), (52, 92), (36, 104), (70, 100), (96, 72)),
    ((96, 72), (88, 100), (108, 98), (120, 74), (116, 100), (136, 96), (146, 70), (142, 100), (166, 92), (178, 70)),
    ((178, 70), (172, 100), (196, 98), (230, 84), (262, 92), (318, 80)),
    ((60, 116), (140, 108), (240, 110), (330, 102)),
)
"""A name written with a finger: four strokes, on a pad of 360 by 140."""


def _drawing() -> bytes:
    picture = Image.new("RGBA", (720, 280), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    for stroke in _STROKES:
        pen.line([(2 * x, 2 * y) for x, y in stroke], fill=(16, 24, 40, 255), width=6, joint="curve")
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()

"""Offers for tests: sent by Bob, and what their customer would give."""

from __future__ import annotations

import io
import uuid
from typing import Any

from PIL import Image, ImageDraw

from handsel.database.tenancy import reading
from handsel.flows.money.begin import NewMethod
from handsel.flows.money.take import approve_and_pay
from handsel.flows.sales.answer import Answer, SignatureGiven
from handsel.flows.sales.link import OfferLink, Visitor, link_for
from handsel.flows.sales.offers import ContactAsked, offer_token, send_offer
from handsel.models import Offer, Order
from tests.cast import read_order
from tests.flows.money.desk import Desk

VISITOR = Visitor("203.0.113.7", "Mozilla/5.0 (a phone)")
CONSENT = "By signing I accept this offer."
KEEPING = "My card may be charged for the renewals shown."


def drawing(ink: int = 3) -> bytes:
    """A PNG with a stroke across it; with no ink an empty one."""
    picture = Image.new("RGBA", (300, 100), (0, 0, 0, 0))
    if ink:
        ImageDraw.Draw(picture).line([(20, 70), (90, 20), (160, 80), (270, 30)], fill=(10, 10, 60, 255), width=ink)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def send(desk: Desk, order: Order | None = None, *, require_payment: bool = True, **more: Any) -> Offer:
    """The order's offer, to Dana; by default the desk's order of three lines."""
    wanted = order or desk.order()
    given = {"contact": ContactAsked(name="Dana Baker", email="dana@bakery.example"), "actor": desk.bob, **more}
    return send_offer(desk.partner, order_id=wanted.id, require_payment=require_payment, **given)


def link_to(offer: Offer, visitor: Visitor = VISITOR) -> OfferLink:
    """The newest link of the offer, in its customer's hands."""
    found = link_for(offer_token(offer), visitor)
    assert found is not None
    return found[1]


def answer_to(offer: Offer, **changes: Any) -> Answer:
    """A typed signature under the document that was sent."""
    given: dict[str, Any] = {
        "document_sha256": offer.sha256,
        "signature": SignatureGiven("Dana Baker", "typed"),
        "consent": CONSENT,
        "accepts_terms": True,
        **changes,
    }
    return Answer(**given)


def pay(desk: Desk, offer: Offer, token: str = "pm_card_visa", **changes: Any) -> Order:
    """Sign and pay by the link; the order as it stands afterwards."""
    source = NewMethod(token, save=True, consent=KEEPING)
    approve_and_pay(desk.partner, link_to(offer), answer_to(offer, **changes), source)
    return read_order(desk.partner, offer.order_id)


def read_offer(desk: Desk, offer_id: uuid.UUID) -> Offer:
    with reading(desk.partner.id):
        return Offer.objects.get(id=offer_id)

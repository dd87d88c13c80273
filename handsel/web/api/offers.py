"""Offers of an order: sent, sent again, taken back; their documents; the conversation with the customer."""

from __future__ import annotations

import datetime as dt

from django.http import HttpResponse
from ninja import Body, Router

from handsel.database.tenancy import reading
from handsel.flows.sales.conversation import write_to_customer
from handsel.flows.sales.offers import ContactAsked, Until, recall_offer, resend_offer, send_offer
from handsel.models import Contact, Offer, Order, SignedDocument
from handsel.reads.sales.offer import messages_of, offer_pdf, offers_of
from handsel.reads.sales.order import order_of
from handsel.web.api.face import PDF, PROBLEMS, Caller, tell, tell_all
from handsel.web.api.order_actions import ANSWERS, NO_ACT
from handsel.web.api.orders import tell_order
from handsel.web.api.schemas.base import known, known_or_none
from handsel.web.api.schemas.offers import ContactTo, MessageAsked, MessageTold, OfferTold, ResendAct, SendAct
from handsel.web.api.schemas.orders import Act

router = Router(tags=["Offers"])
NO_RESEND = Body(default_factory=ResendAct)


@router.post("/orders/{order_id}/send-for-customer-approval", response=ANSWERS, summary="Send an order to its customer")
def send(request: Caller, order_id: str, body: SendAct) -> HttpResponse:
    """Freeze the order as an offer and mail its link. The answer is the order; its `offer` has the link."""
    desk, row_id = request.desk, known(Order.prefix, order_id)
    send_offer(
        desk.partner,
        desk.actor,
        row_id,
        contact=_contact(body.contact),
        require_payment=body.require_payment,
        until=_until(body.expires_at),
        message=body.message,
        version=body.version,
        claim=request.claim,
    )
    return tell_order(desk, row_id)


@router.post("/orders/{order_id}/resend", response=ANSWERS, summary="Send an offer again")
def resend(request: Caller, order_id: str, body: ResendAct = NO_RESEND) -> HttpResponse:
    """By a new link, to the same or another contact; older links stop working, the newest expiry holds."""
    desk, row_id = request.desk, known(Order.prefix, order_id)
    resend_offer(
        desk.partner,
        desk.actor,
        row_id,
        contact=_contact(body.contact) if body.contact is not None else None,
        until=_until(body.expires_at),
        message=body.message,
        version=body.version,
        claim=request.claim,
    )
    return tell_order(desk, row_id)


@router.post("/orders/{order_id}/recall", response=ANSWERS, summary="Take an offer back")
def recall(request: Caller, order_id: str, body: Act = NO_ACT) -> HttpResponse:
    """The link stops working and the order is a draft again; what is sent next is a new revision."""
    desk, row_id = request.desk, known(Order.prefix, order_id)
    recall_offer(desk.partner, desk.actor, row_id, version=body.version, claim=request.claim)
    return tell_order(desk, row_id)


@router.get("/orders/{order_id}/offers", response={200: list[OfferTold], **PROBLEMS}, summary="An order's offers")
def list_offers(request: Caller, order_id: str) -> HttpResponse:
    """Every revision that was sent, newest first."""
    desk, row_id = request.desk, known(Order.prefix, order_id)
    with reading(desk.partner.id):
        order_of(desk.actor, row_id)
        return tell_all([OfferTold.of(each) for each in offers_of(row_id)])


@router.get(
    "/orders/{order_id}/offers/{offer_id}/document",
    response={200: None, **PROBLEMS},
    openapi_extra=PDF,
    summary="The document that was offered",
)
def document(request: Caller, order_id: str, offer_id: str) -> HttpResponse:
    """The PDF whose SHA-256 is the offer's."""
    return _pdf(request, order_id, offer_id, None)


@router.get(
    "/orders/{order_id}/offers/{offer_id}/signed-document",
    response={200: None, **PROBLEMS},
    openapi_extra=PDF,
    summary="The document with our digital signature",
)
def signed_document(request: Caller, order_id: str, offer_id: str) -> HttpResponse:
    """There a few seconds after the offer was answered."""
    return _pdf(request, order_id, offer_id, SignedDocument.OFFER)


@router.get(
    "/orders/{order_id}/offers/{offer_id}/certificate",
    response={200: None, **PROBLEMS},
    openapi_extra=PDF,
    summary="The certificate of the signature",
)
def certificate(request: Caller, order_id: str, offer_id: str) -> HttpResponse:
    """The evidence, digitally signed; anyone can check it offline."""
    return _pdf(request, order_id, offer_id, SignedDocument.CERTIFICATE)


@router.get(
    "/orders/{order_id}/messages", response={200: list[MessageTold], **PROBLEMS}, summary="Messages with the customer"
)
def list_messages(request: Caller, order_id: str) -> HttpResponse:
    """The conversation, oldest first."""
    desk, row_id = request.desk, known(Order.prefix, order_id)
    with reading(desk.partner.id):
        order_of(desk.actor, row_id)
        return tell_all([MessageTold.of(each) for each in messages_of(row_id)])


@router.post("/orders/{order_id}/messages", response={201: MessageTold, **PROBLEMS}, summary="Write to the customer")
def write(request: Caller, order_id: str, body: MessageAsked) -> HttpResponse:
    """It stands on the page of the offer, and goes to its contact by mail."""
    desk, row_id = request.desk, known(Order.prefix, order_id)
    message = write_to_customer(desk.partner, desk.actor, row_id, body.text, claim=request.claim)
    return tell(MessageTold.of(message), 201)


def _pdf(request: Caller, order_id: str, offer_id: str, kind: str | None) -> HttpResponse:
    desk, row_id = request.desk, known(Order.prefix, order_id)
    with reading(desk.partner.id):
        order = order_of(desk.actor, row_id)
        content, name = offer_pdf(order, known(Offer.prefix, offer_id), kind)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _contact(asked: ContactTo) -> ContactAsked:
    return ContactAsked(id=known_or_none(Contact.prefix, asked.id), name=asked.name, email=asked.email)


def _until(at: dt.datetime | None) -> Until:
    return Until(at=at)

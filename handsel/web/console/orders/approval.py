"""APPROVAL: what was sent to the customer, what became of it, the proof of it, and what both sides wrote."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from handsel.database.ids import show
from handsel.database.tenancy import reading
from handsel.flows.sales.conversation import write_to_customer
from handsel.models import Offer, Signature, SignedDocument
from handsel.reads.history.events import HistoryEntry
from handsel.reads.sales.offer import SentOffer, offer_pdf
from handsel.reads.sales.offer_story import offer_stories
from handsel.reads.sales.order import order_of
from handsel.reads.sales.order_page import OrderPage, order_page
from handsel.rules.errors import NotFound
from handsel.rules.offers import ClosedAs
from handsel.rules.order_status import DeclineCause, OrderStatus
from handsel.rules.permissions import Grant
from handsel.web.console.event_words import SOURCE_WORDS, words
from handsel.web.console.forms import REFUSALS, Form
from handsel.web.console.once import claim_of, made_by
from handsel.web.console.orders.page import id_from, order_id_from, seen_of, show_order
from handsel.web.guards import Desk, staff

ENDED = {
    ClosedAs.APPROVED: ("Approved", "good"),
    ClosedAs.DECLINED: ("Declined by the customer", "bad"),
    ClosedAs.RECALLED: ("Recalled", "neutral"),
    ClosedAs.EXPIRED: ("Expired", "warn"),
    ClosedAs.CANCELLED: ("Cancelled", "neutral"),
}


@require_GET
@staff
def approval(request: HttpRequest, desk: Desk, order_id: str) -> HttpResponse:
    """Every offer with its timeline, newest first, and the conversation."""
    page = order_page(desk.partner, desk.actor, order_id_from(order_id))
    return show_order(request, desk, page, "approval", **approval_context(desk, page))


@require_POST
@staff
def write(request: HttpRequest, desk: Desk, order_id: str) -> HttpResponse:
    """A message to the customer; the same form sent twice is one message."""
    wanted, form = order_id_from(order_id), Form.posted(request)
    with reading(desk.partner.id):
        order_of(desk.actor, wanted)
        written = made_by(request, desk) is not None
    status = 200
    try:
        if not written:
            claim = claim_of(request, desk)
            write_to_customer(desk.partner, desk.actor, wanted, form.text("text"), claim=claim)
        form = Form()
    except REFUSALS as refusal:
        status = form.refuse(refusal)
    with reading(desk.partner.id):
        page = order_page(desk.partner, desk.actor, wanted)
        context = approval_context(desk, page) | {"typed": form}
        response = show_order(request, desk, page, "approval", **context)
    response.status_code = status
    if status != 200:
        response["HX-Retarget"], response["HX-Reswap"] = "#order", "innerHTML"
    return response


@require_GET
@staff
def document(request: HttpRequest, desk: Desk, order_id: str, offer_id: str) -> HttpResponse:
    """The PDF as it was offered: its SHA-256 is the offer's."""
    return _pdf(desk, order_id, offer_id, None)


@require_GET
@staff
def signed_document(request: HttpRequest, desk: Desk, order_id: str, offer_id: str) -> HttpResponse:
    """The same PDF with our digital signature, there a few seconds after the answer."""
    return _pdf(desk, order_id, offer_id, SignedDocument.OFFER)


@require_GET
@staff
def certificate(request: HttpRequest, desk: Desk, order_id: str, offer_id: str) -> HttpResponse:
    """The evidence of the signature, digitally signed."""
    return _pdf(desk, order_id, offer_id, SignedDocument.CERTIFICATE)


@require_GET
@staff
def signature(request: HttpRequest, desk: Desk, order_id: str, offer_id: str) -> HttpResponse:
    """The drawing that the customer signed with, byte for byte."""
    order = order_of(desk.actor, order_id_from(order_id))
    rows = Signature.objects.filter(order_id=order.id, offer_id=id_from(Offer.prefix, offer_id))
    found = rows.exclude(image=None).first()
    if found is None or found.image is None:
        raise NotFound("not_found", "There is no such drawing.")
    return _file(bytes(found.image), "image/png", "signature.png", download=False)


def _pdf(desk: Desk, order_id: str, offer_id: str, kind: str | None) -> HttpResponse:
    order = order_of(desk.actor, order_id_from(order_id))
    content, name = offer_pdf(order, id_from(Offer.prefix, offer_id), kind)
    return _file(content, "application/pdf", name, download=True)


def _file(content: bytes, content_type: str, name: str, *, download: bool) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(download, name) or "attachment"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def approval_context(desk: Desk, page: OrderPage) -> dict[str, Any]:
    """What `orders/_approval.html` reads."""
    stories = offer_stories(desk.partner, page.view.offers, page.view.payments)
    return {
        "follows": bool(page.view.offers),
        "news_url": f"{reverse('order_status', args=[page.order.shown_id])}?tab=approval&seen={seen_of(page)}",
        "offers": [_offer(page, sent, stories[sent.offer.id]) for sent in page.view.offers],
        "may_write": desk.actor.owns(str(page.order.owner_id)) or desk.may(Grant.ORDERS_MANAGE),
        "written": sum(1 for each in page.messages if each.member_id is not None),
        "typed": Form(),
    }


def _offer(page: OrderPage, sent: SentOffer, story: list[HistoryEntry]) -> dict[str, Any]:
    """One offer with its state in words and its moments; `waits_for` is what would come next, empty once it ended."""
    label, tone = _state(page, sent)
    return {
        "sent": sent,
        "offer": sent.offer,
        "label": label,
        "tone": tone,
        "moments": [_moment(entry, sent.offer) for entry in story],
        "waits_for": waits_for(page, sent),
        "number": show(Offer.prefix, sent.offer.id),
        "has_terms": bool(sent.signature and sent.signature.terms),
        "is_drawn": bool(sent.signature and sent.signature.kind == Signature.DRAWN),
        "signed_document": SignedDocument.OFFER in sent.documents,
        "certificate": SignedDocument.CERTIFICATE in sent.documents,
    }


def _moment(entry: HistoryEntry, offer: Offer) -> dict[str, Any]:
    event = entry.event
    said = words(event.type, event.changes, entry.personal, offer.currency)
    return {
        "title": said.title,
        "more": said.more,
        "tone": said.tone,
        "icon": said.icon,
        "at": event.occurred_at,
        "actor": entry.actor_name,
        "source": SOURCE_WORDS.get(event.source, event.source) if event.actor_kind == "member" else "",
    }


def _state(page: OrderPage, sent: SentOffer) -> tuple[str, str]:
    """The offer's state as a pill shows it."""
    offer, order = sent.offer, page.order
    if offer.closed_as:
        return ENDED[ClosedAs(offer.closed_as)]
    if order.status == OrderStatus.PROCESSING_PAYMENT:
        return "Being paid", "info"
    if order.status == OrderStatus.DECLINED and order.decline_cause == DeclineCause.PAYMENT:
        return "Declined by the bank", "bad"
    if offer.locked_at is not None:
        return "Locked", "bad"
    if offer.expires_at <= page.now:
        return "Expired", "warn"
    if order.status != OrderStatus.AWAITING_CUSTOMER_APPROVAL:
        return "Over", "neutral"
    return ("Viewed", "info") if offer.viewed_at else ("Opened", "info") if offer.opened_at else ("Sent", "info")


def waits_for(page: OrderPage, sent: SentOffer) -> str:
    """The next step of an open offer, in words."""
    offer = sent.offer
    if not sent.is_open or offer.locked_at is not None or offer.expires_at <= page.now:
        return ""
    if page.order.status != OrderStatus.AWAITING_CUSTOMER_APPROVAL:
        return ""
    if offer.opened_at is None:
        return "Not opened yet"
    if offer.viewed_at is None:
        return "Not looked at yet"
    if sent.signature is not None:
        return "Not paid yet"
    return "Not signed and paid yet" if offer.require_payment and offer.total_minor else "Not signed yet"

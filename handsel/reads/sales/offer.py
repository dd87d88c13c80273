"""An offer: what its customer sees by the link, and what staff see of every offer of an order."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from handsel.flows.sales.facts import facts, offer_facts
from handsel.flows.sales.link import OfferLink, link_actor, offer_of
from handsel.flows.sales.offers import offer_url
from handsel.models import Attachment, Customer, Invoice, Message, Offer, Order, Partner, Signature, SignedDocument
from handsel.models.people import now_of
from handsel.reads.money.payments import PaymentView, payments_for
from handsel.rules.errors import NotFound
from handsel.rules.offer_content import OfferContent, OfferRenewal
from handsel.rules.offer_state import OfferState, offer_state
from handsel.rules.offers import ClosedAs
from handsel.rules.payment_states import PaymentStatus
from handsel.rules.periods import Interval, first_renewal, local_date
from handsel.rules.permissions import allowed_actions


@dataclass(frozen=True, slots=True)
class DatedRenewal:
    """What is charged again, and when first: if the offer is accepted today, or as it was accepted."""

    renewal: OfferRenewal
    first_on: dt.date


@dataclass(frozen=True, slots=True)
class OfferPage:
    """What the holder of a link sees. `may` are the verbs that the link may do now; `payment` is the newest that was
    started on it; `documents` are the signed ones that are made, by kind, without their bytes."""

    offer: Offer
    content: OfferContent
    state: OfferState
    may: tuple[str, ...]
    payment: PaymentView | None
    signature: Signature | None
    messages: list[Message]
    invoice: Invoice | None
    documents: dict[str, SignedDocument]
    renewals: tuple[DatedRenewal, ...]

    @property
    def order(self) -> Order:
        return self.offer.order

    @property
    def customer(self) -> Customer:
        return self.offer.order.customer


def offer_page(partner: Partner, link: OfferLink) -> OfferPage:
    """The whole page in a fixed number of statements. Raises NotFound."""
    offer = offer_of(link)
    order, content, now = offer.order, OfferContent.from_json(offer.content), now_of(partner)
    settings = partner.settings()
    payments = [view for view in payments_for(partner, [order.id]) if view.payment.offer_id == offer.id]
    live = next((view.payment for view in payments if view.is_open), None)
    offered = offer_facts(
        order, offer, now, may_retry=settings.customers_can_retry_declined, newest=link.is_newest(offer)
    )
    seen = facts(order, offer=offered, clearing=live is not None and live.status == PaymentStatus.CLEARING)
    return OfferPage(
        offer=offer,
        content=content,
        state=offer_state(seen, live.status if live else None),
        may=allowed_actions(seen, link_actor(offer), settings),
        payment=payments[0] if payments else None,
        signature=Signature.objects.filter(offer_id=offer.id).first(),
        messages=messages_of(order.id),
        invoice=Invoice.objects.filter(order_id=order.id).first(),
        documents={row.kind: row for row in SignedDocument.objects.defer("content").filter(offer_id=offer.id)},
        renewals=_dated(content, local_date(_accepted_at(offer) or now, order.customer.timezone)),
    )


def messages_of(order_id: uuid.UUID) -> list[Message]:
    """The conversation about an order, oldest first."""
    return list(Message.objects.filter(order_id=order_id).order_by("id"))


def offered_attachment(page: OfferPage, attachment_id: uuid.UUID) -> Attachment:
    """One of the files that were offered, as it was then. Raises NotFound."""
    row = Attachment.objects.filter(id=attachment_id, order_id=page.offer.order_id, for_customer=True).first()
    if row is None or (row.shown_id, row.sha256) not in {(each.id, each.sha256) for each in page.content.attachments}:
        raise NotFound("not_found", "There is no such file.")
    return row


@dataclass(frozen=True, slots=True)
class SentOffer:
    """An offer as staff see it on its order."""

    offer: Offer
    url: str
    signature: Signature | None
    documents: frozenset[str]

    @property
    def is_open(self) -> bool:
        return self.offer.closed_at is None


def offers_of(order_id: uuid.UUID) -> list[SentOffer]:
    """Every offer of an order, newest first, without their bytes: three statements, one where it was never sent."""
    offers = list(
        Offer.objects.select_related("sender__user").defer("pdf", "content").filter(order_id=order_id).order_by("-id")
    )
    if not offers:
        return []
    signatures = {row.offer_id: row for row in Signature.objects.defer("image").filter(order_id=order_id)}
    made: dict[uuid.UUID, set[str]] = {}
    for offer_id, kind in SignedDocument.objects.filter(offer__order_id=order_id).values_list("offer_id", "kind"):
        made.setdefault(offer_id, set()).add(kind)
    return [
        SentOffer(offer, offer_url(offer), signatures.get(offer.id), frozenset(made.get(offer.id, ())))
        for offer in offers
    ]


def offer_pdf(order: Order, offer_id: uuid.UUID, kind: str | None) -> tuple[bytes, str]:
    """The bytes and the name of an offer's document: the one that was sent where `kind` is None, else a signed one.
    Raises NotFound, also where it is not made yet."""
    offer = Offer.objects.filter(id=offer_id, order_id=order.id).first()
    if offer is None:
        raise NotFound("not_found", "There is no such offer.")
    stem = f"{order.number}-{offer.revision}"
    if kind is None:
        return bytes(offer.pdf), f"{stem}.pdf"
    made = SignedDocument.objects.filter(offer_id=offer.id, kind=kind).first()
    if made is None:
        raise NotFound("not_found", "There is no such document, or not yet.")
    return bytes(made.content), f"{stem}-{'certificate' if kind == SignedDocument.CERTIFICATE else 'signed'}.pdf"


def _accepted_at(offer: Offer) -> dt.datetime | None:
    return offer.closed_at if offer.closed_as == ClosedAs.APPROVED else None


def _dated(content: OfferContent, today: dt.date) -> tuple[DatedRenewal, ...]:
    dated = [DatedRenewal(each, each.first_on or _first(each, today)) for each in content.renewals]
    return tuple(sorted(dated, key=lambda each: each.first_on))


def _first(renewal: OfferRenewal, today: dt.date) -> dt.date:
    return first_renewal(today, Interval(renewal.interval, renewal.interval_count), renewal.trial_days)

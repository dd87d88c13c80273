"""An offer that was signed and accepted gets its proof: the signed PDF, and the certificate (DOMAIN.md section 4).

(1) Everything is read, (2) with no transaction open both are made, (3) both are written with their event. Whoever does
it twice, at once or after a crash, finds the first ones there.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from handsel.database.tenancy import reading
from handsel.documents.certificate import CertificateDocument, render_certificate, signing_reasons
from handsel.documents.signing import sign_pdf
from handsel.flows.sales.sign import evidence_of
from handsel.flows.sales.signing_keys import key_material, signing_key
from handsel.flows.work import working
from handsel.models import Event, EventPersonal, Offer, Partner, Payment, Signature, SignedDocument, SigningKey
from handsel.models.people import now_of
from handsel.rules.certificate import TrailEntry
from handsel.rules.evidence import Evidence
from handsel.rules.offer_content import OfferContent
from handsel.rules.offers import ClosedAs
from handsel.rules.permissions import SYSTEM

TRAIL = (
    "offer.sent", "offer.opened", "offer.viewed", "offer.signed", "offer.closed",
    "payment.created", "payment.declined", "payment.succeeded",
)  # fmt: skip
"""What of the order's history belongs to the proof of a signature."""

_TOLD = ("sha256", "sends", "evidence_sha256", "document_sha256", "as")
"""Of an event's changes, what its entry says."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a signed offer when its proof is made."""

    content: OfferContent
    evidence: Evidence
    trail: tuple[TrailEntry, ...]
    timezone: str
    pdf: bytes = field(repr=False)
    image: bytes | None = field(repr=False)


def certify_offer(partner: Partner, offer_id: uuid.UUID) -> None:
    """Make and keep the signed documents of an accepted offer that has none. One that is not accepted, or whose payment
    is still clearing, is left alone."""
    with reading(partner.id):
        known = _read(offer_id)
    if known is None:
        return
    key, now = signing_key(partner), now_of(partner)
    connection.close()
    documents = _documents(known, key, now)
    # If we die here: nothing is stored; it is made again, with the same evidence inside.
    with working(partner, SYSTEM) as work:
        offer = Offer.objects.select_for_update(of=("self",), no_key=True).defer("pdf", "content").get(id=offer_id)
        if offer.certified_at is not None:
            return
        rows = [
            SignedDocument(
                partner_id=partner.id,
                offer=offer,
                kind=kind,
                content=content,
                sha256=hashlib.sha256(content).hexdigest(),
                made_at=now,
            )
            for kind, content in documents.items()
        ]
        SignedDocument.objects.bulk_create(rows)
        offer.certified_at = now
        offer.save(update_fields=["certified_at"])
        hashes = {f"{row.kind}_sha256": row.sha256 for row in rows}
        work.record("offer.certified", offer, changes={**hashes, "fingerprint": key.fingerprint})


def _documents(known: _Known, key: SigningKey, now: dt.datetime) -> dict[str, bytes]:
    """Both documents, by kind. The certificate holds the offer as it was sent: its hash is what was signed."""
    material = key_material(key)
    certificate = render_certificate(
        CertificateDocument(
            content=known.content,
            evidence=known.evidence,
            trail=known.trail,
            timezone=known.timezone,
            made_at=now,
            fingerprint=key.fingerprint,
            offer_pdf=known.pdf,
            image=known.image,
        )
    )
    of_offer, of_certificate = signing_reasons(known.content, known.evidence.name)
    return {
        SignedDocument.OFFER: sign_pdf(known.pdf, material, reason=of_offer, field_name="HandselOffer", signed_at=now),
        SignedDocument.CERTIFICATE: sign_pdf(
            certificate, material, reason=of_certificate, field_name="HandselCertificate", signed_at=now
        ),
    }


def _read(offer_id: uuid.UUID) -> _Known | None:
    offer = Offer.objects.select_related("order", "customer").filter(id=offer_id).first()
    if offer is None or offer.closed_as != ClosedAs.APPROVED or offer.certified_at is not None:
        return None
    signature = Signature.objects.filter(offer_id=offer.id).first()
    if signature is None:
        return None  # `handsel verify` tells: no accepted offer is without one.
    return _Known(
        content=OfferContent.from_json(offer.content),
        evidence=evidence_of(signature, offer.order.number),
        trail=_trail(offer),
        timezone=offer.customer.timezone,
        pdf=bytes(offer.pdf),
        image=None if signature.image is None else bytes(signature.image),
    )


def _trail(offer: Offer) -> tuple[TrailEntry, ...]:
    """What happened to this offer and to the payments by its link, in the order in which it did."""
    payments = {payment.id: payment for payment in Payment.objects.filter(order_id=offer.order_id, offer_id=offer.id)}
    rows = Event.objects.filter(order_id=offer.order_id, type__in=TRAIL).order_by("id")
    events = [event for event in rows if event.subject_id == offer.id or event.subject_id in payments]
    said = _personal(events)
    return tuple(
        TrailEntry(
            event=event.shown_id,
            type=event.type,
            at=event.occurred_at,
            actor=event.actor_kind,
            details=_details(event, said.get(event.id, {}), payments.get(event.subject_id)),
        )
        for event in events
    )


def _personal(events: Sequence[Event]) -> dict[uuid.UUID, Mapping[str, Any]]:
    ids = [event.id for event in events if event.personal_digest]
    return {row.event_id: row.content for row in EventPersonal.objects.filter(event_id__in=ids)}


def _details(event: Event, personal: Mapping[str, Any], payment: Payment | None) -> dict[str, Any]:
    """An entry's own words. A name or an address that was erased since is a dash."""
    details = {name: event.changes[name] for name in _TOLD if name in event.changes}
    if payment is not None:
        details |= {"payment": payment.shown_id, "amount_minor": payment.amount_minor, "currency": payment.currency}
    if event.type in ("offer.sent", "offer.signed"):
        details |= {name: personal.get(name, "–") for name in ("name", "email")}
    if event.type == "offer.signed":
        details["address"] = personal.get("address", "–")
    return details

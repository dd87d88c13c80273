"""The customer's signature: a fact, written once for an offer, with the evidence of who, when, from where and to what.

It is bound to its revision and survives a decline by the bank, so a second card asks for no second signature.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from handsel.database.ids import show
from handsel.flows.fields import Fields
from handsel.flows.sales.drawing import NotADrawing, check_drawing
from handsel.flows.sales.link import Visitor, note_once
from handsel.flows.work import Work
from handsel.models import Offer, Order, Signature
from handsel.rules.errors import Refused
from handsel.rules.evidence import Evidence
from handsel.rules.offer_content import OfferContent, OfferTerms
from handsel.rules.sensitive import mask

ADDRESS_LENGTH, AGENT_LENGTH = 45, 500
_KEPT = (
    "revision", "document_sha256", "name", "email", "kind", "image_sha256", "consent", "terms", "address",
    "user_agent", "sent_at", "viewed_at", "signed_at",
)  # fmt: skip
"""What of the evidence stands in columns of its own name."""


@dataclass(frozen=True, slots=True)
class SignatureGiven:
    """A signature as it came: the name, typed or beside a drawing (a PNG)."""

    name: str
    kind: str
    image: bytes | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What was signed, and how. `consent` and `agreed` are the sentences that the page showed, in its reader's
    language: our own words, never what a browser sent. `signature` may be None where the revision is signed already."""

    document_sha256: str
    signature: SignatureGiven | None
    consent: str
    agreed: tuple[str, ...] = ()
    accepts_terms: bool = False


def sign(work: Work, order: Order, offer: Offer, answer: Answer, visitor: Visitor) -> Signature:
    """The signature of this offer: the one that stands, or a new one, in the open transaction. Raises Refused
    (`order_changed`) where another document was read, Invalid where name, drawing or acceptance is missing."""
    if answer.document_sha256 != offer.sha256:
        raise Refused("order_changed", "This offer changed since you read it. Nothing was signed; read it again.")
    there: Signature | None = Signature.objects.filter(offer_id=offer.id).first()
    if there is not None:
        return there
    terms = OfferContent.from_json(offer.content).terms
    name, image = _checked(answer, terms)
    if offer.viewed_at is None:
        note_once(work, offer, "viewed_at", "offer.viewed")
    evidence = _evidence(work, order, offer, answer, visitor, name, image)
    signature = Signature(
        partner_id=work.partner.id,
        offer=offer,
        order=order,
        customer_id=order.customer_id,
        image=image,
        agreed=list(evidence.agreed),
        evidence_sha256=evidence.sha256,
        **{name: getattr(evidence, name) for name in _KEPT},
    )
    signature.save(force_insert=True)
    work.record(
        "offer.signed",
        offer,
        changes={
            "signature": signature.shown_id,
            "revision": offer.revision,
            "document_sha256": offer.sha256,
            "evidence_sha256": signature.evidence_sha256,
            "terms_version": terms.version if terms else None,
        },
        personal={"name": name, "email": signature.email, "address": evidence.address},
    )
    return signature


def _checked(answer: Answer, terms: OfferTerms | None) -> tuple[str, bytes | None]:
    """The name and the drawing, if they are a signature, and the terms if they were accepted."""
    fields, given = Fields(), answer.signature
    name = fields.text("name", given.name if given else "", 200, needed=True)
    image = given.image if given and given.kind == Signature.DRAWN else None
    if given is None or given.kind not in (Signature.DRAWN, Signature.TYPED):
        fields.complain("signature", "A signature is drawn or typed.")
    elif given.kind == Signature.DRAWN:
        try:
            check_drawing(image or b"")
        except NotADrawing as error:
            fields.complain("signature", str(error))
    if terms is not None and not answer.accepts_terms:
        fields.complain("terms", "This has to be accepted.")
    fields.check()
    return name, image


def _evidence(
    work: Work, order: Order, offer: Offer, answer: Answer, visitor: Visitor, name: str, image: bytes | None
) -> Evidence:
    terms, given = OfferContent.from_json(offer.content).terms, answer.signature
    assert given is not None
    assert offer.viewed_at is not None
    ticks = ((terms.tick,) if terms else ()) + answer.agreed
    agent = "".join(letter for letter in visitor.user_agent if letter.isprintable())
    return Evidence(
        offer=offer.shown_id,
        order=order.shown_id,
        number=order.number,
        revision=offer.revision,
        document_sha256=offer.sha256,
        name=name,
        email=offer.contact_email,
        kind=given.kind,
        image_sha256=hashlib.sha256(image).hexdigest() if image else "",
        consent=answer.consent,
        agreed=tuple(dict.fromkeys(ticks)),
        terms={"title": terms.title, "version": terms.version, "sha256": terms.sha256} if terms else None,
        address=visitor.address[:ADDRESS_LENGTH],
        user_agent=mask(agent)[:AGENT_LENGTH],
        sent_at=offer.sent_at,
        viewed_at=offer.viewed_at,
        signed_at=work.now,
    )


def evidence_of(signature: Signature, number: str) -> Evidence:
    """The evidence behind a signature's row: what `evidence_sha256` is over. `number` is the order's."""
    return Evidence(
        offer=show(Offer.prefix, signature.offer_id),
        order=show(Order.prefix, signature.order_id),
        number=number,
        agreed=tuple(signature.agreed),
        **{name: getattr(signature, name) for name in _KEPT},
    )

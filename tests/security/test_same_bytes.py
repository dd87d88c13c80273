"""T29, CASES.md 21: what the customer is shown is what is stored, signed, certified and mailed, byte for byte."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from handsel.database.ids import show
from handsel.database.tenancy import reading
from handsel.documents.certificate_check import check_certificate
from handsel.flows.history.seal import seal_events
from handsel.flows.people.api_keys import create_api_key
from handsel.flows.people.customers import update_customer
from handsel.flows.sales.answer import SignatureGiven, approve_as_customer
from handsel.flows.sales.certify import certify_offer
from handsel.flows.sales.offers import offer_token
from handsel.messages.compose import compose_mails
from handsel.messages.send import send_mail
from handsel.models import Mail, Member, Offer, Order, Signature, SignedDocument
from tests.flows.money.desk import Desk
from tests.flows.sales.offering import answer_to, drawing, link_to, read_offer, send
from tests.sandbox import SandboxServer


@pytest.fixture
def desk(sandbox: SandboxServer) -> Desk:
    return Desk()


@pytest.fixture
def signed(desk: Desk) -> Offer:
    """Shown, signed by hand, certified; the bytes that the page gave before are in `shown`."""
    update_customer(desk.partner, desk.alice, desk.dana.id, {"locale": "fr_FR"})
    offer = send(desk, require_payment=False)
    offer.shown = by_link(offer, "document")  # type: ignore[attr-defined]
    given = SignatureGiven("Dana Baker", "drawn", drawing())
    approve_as_customer(desk.partner, link_to(offer), answer_to(offer, signature=given))
    certify_offer(desk.partner, offer.id)
    return offer


def by_link(offer: Offer, what: str) -> bytes:
    answer = Client().get(f"/approve/{offer_token(offer)}/{what}")
    assert answer.status_code == 200, what
    return bytes(answer.content)


def by_api(desk: Desk, offer: Offer, what: str) -> bytes:
    member = Member.objects.filter(partner=desk.partner, role="admin")[0]
    _, key = create_api_key(desk.partner, desk.alice, member, "documents")
    path = f"/api/v1/orders/{show(Order.prefix, offer.order_id)}/offers/{offer.shown_id}/{what}"
    answer = Client(headers={"Authorization": f"Bearer {key}"}).get(path)
    assert answer.status_code == 200, what
    return bytes(answer.content)


def by_mail(desk: Desk, settings: Any) -> dict[str, bytes]:
    """What was attached to the mail to the signer, by name."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []
    while seal_events(desk.partner):
        pass
    while compose_mails(desk.partner):
        pass
    (row,) = desk.rows(Mail, kind="offer_signed_customer")
    send_mail(desk.partner, row.id)
    (sent,) = mail.outbox
    return {str(each[0]): bytes(each[1]) for each in sent.attachments}


def test_the_offer_shown_is_the_offer_stored_signed_and_certified(desk: Desk, signed: Offer) -> None:
    stored = bytes(read_offer(desk, signed.id).pdf)
    shown: bytes = signed.shown  # type: ignore[attr-defined]
    with reading(desk.partner.id):
        signature = Signature.objects.get(offer_id=signed.id)
        made = {row.kind: bytes(row.content) for row in SignedDocument.objects.filter(offer_id=signed.id)}

    assert shown == stored == by_link(signed, "document") == by_api(desk, signed, "document")
    assert hashlib.sha256(stored).hexdigest() == signed.sha256 == signature.document_sha256
    assert made["offer"].startswith(stored)
    assert check_certificate(made["certificate"], offer=stored).files["offer.pdf"] == stored
    assert check_certificate(made["certificate"]).files["signature.png"] == bytes(signature.image or b"") == drawing()


def test_the_proof_stored_is_the_proof_shown_and_mailed(desk: Desk, signed: Offer, settings: Any) -> None:
    with reading(desk.partner.id):
        made = {row.kind: bytes(row.content) for row in SignedDocument.objects.filter(offer_id=signed.id)}
    mailed = by_mail(desk, settings)
    stem = f"{signed.content['number']}-{signed.revision}"

    assert mailed == {f"{stem}-signed.pdf": made["offer"], f"{stem}-certificate.pdf": made["certificate"]}
    assert by_link(signed, "signed/offer") == by_api(desk, signed, "signed-document") == made["offer"]
    assert by_link(signed, "signed/certificate") == by_api(desk, signed, "certificate") == made["certificate"]
    assert check_certificate(mailed[f"{stem}-certificate.pdf"], offer=mailed[f"{stem}-signed.pdf"]).findings == ()

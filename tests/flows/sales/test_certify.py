"""The proof of a signature: made by the worker, once, from what is stored."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pypdf
import pytest
from django.db import connection

from handsel.database.tenancy import reading
from handsel.documents.certificate import render_certificate
from handsel.documents.certificate_check import check_certificate
from handsel.documents.signature_check import check_signature
from handsel.flows.due import offers_to_certify
from handsel.flows.money.settle import settle
from handsel.flows.sales.answer import SignatureGiven, approve_as_customer, decline_as_customer
from handsel.flows.sales.certify import certify_offer
from handsel.flows.sales.link import view_offer
from handsel.flows.sales.offers import resend_offer
from handsel.flows.sales.sign import evidence_of
from handsel.flows.sales.signing_keys import bring_signing_key
from handsel.gateways.base import Approved, Clearing
from handsel.models import Event, Offer, Signature, SignedDocument
from handsel.reads.verify import check_all
from tests.cast import event_types
from tests.documents.reading import text
from tests.flows.money.desk import Desk
from tests.flows.sales.offering import CONSENT, answer_to, drawing, link_to, pay, read_offer, send
from tests.flows.sales.signing_pairs import certificate, curve_key, key_pem
from tests.sandbox import SandboxServer


@pytest.fixture
def desk(sandbox: SandboxServer) -> Desk:
    return Desk()


def documents_of(desk: Desk, offer: Offer) -> dict[str, SignedDocument]:
    with reading(desk.partner.id):
        return {row.kind: row for row in SignedDocument.objects.filter(offer_id=offer.id)}


def signed_offer(desk: Desk, **changes: Any) -> Offer:
    """Signed by Dana with nothing to pay now, and certified."""
    offer = send(desk, require_payment=False)
    view_offer(desk.partner, link_to(offer))
    approve_as_customer(desk.partner, link_to(offer), answer_to(offer, **changes))
    certify_offer(desk.partner, offer.id)
    return read_offer(desk, offer.id)


def test_a_signed_offer_gets_its_signed_pdf_and_its_certificate(desk: Desk) -> None:
    offer = signed_offer(desk, signature=SignatureGiven("Dana Baker", "drawn", drawing()))
    made = documents_of(desk, offer)
    signed, proof = bytes(made["offer"].content), bytes(made["certificate"].content)

    checked = check_certificate(proof, offer=signed)

    assert checked.findings == ()
    assert signed.startswith(bytes(offer.pdf))
    assert hashlib.sha256(signed[: len(bytes(offer.pdf))]).hexdigest() == offer.sha256
    assert checked.files == {
        "evidence.json": checked.files["evidence.json"],
        "offer.pdf": bytes(offer.pdf),
        "signature.png": drawing(),
    }
    assert [each["type"] for each in checked.said["trail"]] == [
        "offer.sent", "offer.viewed", "offer.signed", "offer.closed",
    ]  # fmt: skip
    assert checked.said["evidence"]["consent"] == CONSENT
    with reading(desk.partner.id):
        signature = Signature.objects.get(offer_id=offer.id)
        event = Event.objects.get(subject_id=offer.id, type="offer.certified")
    given = evidence_of(signature, offer.content["number"]).as_json()
    assert checked.said["evidence"] == json.loads(json.dumps(given))
    assert checked.said["evidence_sha256"] == signature.evidence_sha256
    assert checked.signed is not None
    assert event.changes == {
        "offer_sha256": hashlib.sha256(signed).hexdigest(),
        "certificate_sha256": hashlib.sha256(proof).hexdigest(),
        "fingerprint": checked.signed.fingerprint,
    }
    assert check_all(desk.partner.id) == []


def test_a_typed_signature_is_printed_as_one(desk: Desk) -> None:
    made = documents_of(desk, signed_offer(desk))
    proof = bytes(made["certificate"].content)

    assert check_certificate(proof).findings == ()
    assert "Name typed as signature" in text(proof)
    assert "Dana Baker" in text(proof)
    assert "203.0.113.7" in text(proof)
    assert set(pypdf.PdfReader(io.BytesIO(proof)).attachments) == {"evidence.json", "offer.pdf"}


def test_a_paid_offer_tells_its_payment(desk: Desk) -> None:
    offer = send(desk)
    pay(desk, offer)
    certify_offer(desk.partner, offer.id)

    checked = check_certificate(bytes(documents_of(desk, offer)["certificate"].content))
    kinds = [each["type"] for each in checked.said["trail"]]
    assert checked.findings == ()
    assert kinds.index("offer.signed") < kinds.index("payment.created") < kinds.index("payment.succeeded")


def test_a_second_card_leaves_the_first_decline_in_the_trail(desk: Desk) -> None:
    offer = send(desk)
    pay(desk, offer, "pm_card_visa_chargeDeclined")
    certify_offer(desk.partner, offer.id)
    assert documents_of(desk, offer) == {}, "declined by the bank is not accepted"

    pay(desk, offer, signature=None)
    certify_offer(desk.partner, offer.id)

    said = check_certificate(bytes(documents_of(desk, offer)["certificate"].content)).said
    kinds = [each["type"] for each in said["trail"]]
    assert kinds.count("offer.signed") == 1
    assert kinds.index("payment.declined") < kinds.index("payment.succeeded")


def test_a_payment_that_clears_certifies_nothing_yet(desk: Desk) -> None:
    offer = send(desk)
    order = pay(desk, offer, "pm_card_authenticationRequired")
    payment = desk.payment(order)
    settle(desk.partner, payment.id, Clearing(payment.reference))
    assert desk.payment(order).status == "clearing"

    certify_offer(desk.partner, offer.id)

    assert documents_of(desk, offer) == {}
    assert (desk.partner.id, offer.id) not in offers_to_certify()

    settle(desk.partner, payment.id, Approved(payment.reference, payment.amount_minor, "USD", None, None))
    certify_offer(desk.partner, offer.id)

    assert set(documents_of(desk, offer)) == {"offer", "certificate"}


def test_what_was_resent_names_every_sending(desk: Desk) -> None:
    offer = send(desk, require_payment=False)
    resend_offer(desk.partner, desk.bob, offer.order_id)
    newest = read_offer(desk, offer.id)
    approve_as_customer(desk.partner, link_to(newest), answer_to(newest))
    certify_offer(desk.partner, offer.id)

    said = check_certificate(bytes(documents_of(desk, offer)["certificate"].content)).said
    assert [each["details"]["sends"] for each in said["trail"] if each["type"] == "offer.sent"] == [1, 2]


def test_open_and_declined_offers_get_no_proof(desk: Desk) -> None:
    offer = send(desk, require_payment=False)
    certify_offer(desk.partner, offer.id)
    decline_as_customer(desk.partner, link_to(offer), "Too dear.")
    certify_offer(desk.partner, offer.id)

    assert documents_of(desk, offer) == {}
    assert "offer.certified" not in event_types(desk.partner, offer.id)


def test_what_is_due_is_found_and_found_no_more_once_it_is_done(desk: Desk) -> None:
    offer = send(desk, require_payment=False)
    approve_as_customer(desk.partner, link_to(offer), answer_to(offer))
    assert (desk.partner.id, offer.id) in offers_to_certify()

    certify_offer(desk.partner, offer.id)

    assert (desk.partner.id, offer.id) not in offers_to_certify()


def test_two_workers_at_once_and_a_third_later_make_one_pair(desk: Desk) -> None:
    offer = send(desk, require_payment=False)
    approve_as_customer(desk.partner, link_to(offer), answer_to(offer))

    def work(_: int) -> None:
        try:
            certify_offer(desk.partner, offer.id)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, range(4)))
    before = documents_of(desk, offer)
    certify_offer(desk.partner, offer.id)

    assert set(before) == {"offer", "certificate"}
    assert {row.id for row in documents_of(desk, offer).values()} == {row.id for row in before.values()}
    assert event_types(desk.partner, offer.id).count("offer.certified") == 1


def test_nothing_is_made_while_a_transaction_is_open(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    offer = send(desk, require_payment=False)
    approve_as_customer(desk.partner, link_to(offer), answer_to(offer))
    seen: list[bool] = []

    def watched(document: Any) -> bytes:
        seen.append(connection.connection is None and not connection.in_atomic_block)
        return render_certificate(document)

    monkeypatch.setattr("handsel.flows.sales.certify.render_certificate", watched)
    certify_offer(desk.partner, offer.id)

    assert seen == [True]


def test_the_partners_own_key_signs(desk: Desk) -> None:
    key = curve_key()
    brought = bring_signing_key(desk.partner, desk.alice, key_pem(key), certificate(key, "Harbour Agency"))
    proof = bytes(documents_of(desk, signed_offer(desk))["certificate"].content)

    signed = check_signature(proof)
    assert (signed.fingerprint, signed.name) == (brought.fingerprint, "CN=Harbour Agency")
    assert abs(signed.signed_at - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=5)
    assert check_certificate(proof, fingerprint=brought.fingerprint).findings == ()


def test_the_evidence_inside_is_readable_by_any_program(desk: Desk) -> None:
    proof = bytes(documents_of(desk, signed_offer(desk))["certificate"].content)

    inside = pypdf.PdfReader(io.BytesIO(proof)).attachments["evidence.json"][0]
    assert json.loads(inside)["evidence"]["name"] == "Dana Baker"

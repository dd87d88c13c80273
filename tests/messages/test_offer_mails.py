"""Mails about offers: the link to the customer, the answer to the salesperson, messages both ways."""

from __future__ import annotations

import pytest

from handsel.flows.history.seal import seal_events
from handsel.flows.people.customers import update_customer
from handsel.flows.sales.answer import approve_as_customer, decline_as_customer
from handsel.flows.sales.certify import certify_offer
from handsel.flows.sales.conversation import write_to_customer, write_to_seller
from handsel.flows.sales.moves import act
from handsel.flows.sales.offers import offer_url, recall_offer, resend_offer
from handsel.messages.compose import compose_mails
from handsel.models import Mail
from tests.flows.money.desk import Desk
from tests.flows.sales.offering import answer_to, link_to, pay, read_offer, send
from tests.sandbox import SandboxServer


@pytest.fixture
def desk(sandbox: SandboxServer) -> Desk:
    return Desk()


def mails(desk: Desk, kind: str) -> list[Mail]:
    while seal_events(desk.partner):
        pass
    while compose_mails(desk.partner):
        pass
    return desk.rows(Mail, kind=kind)


def test_the_contact_gets_the_link_with_the_amount_and_the_message(desk: Desk) -> None:
    offer = send(desk, message="As we agreed on the phone.")
    (mail,) = mails(desk, "offer_customer")
    assert mail.recipient == "dana@bakery.example"
    assert offer_url(offer) in mail.text
    assert "$170.00" in mail.text
    assert "As we agreed on the phone." in mail.text


def test_the_link_is_mailed_in_the_customers_language(desk: Desk) -> None:
    update_customer(desk.partner, desk.alice, desk.dana.id, {"locale": "de_DE"})
    send(desk)
    (mail,) = mails(desk, "offer_customer")
    assert mail.subject.startswith("Ihr Angebot")
    assert "170,00\N{NO-BREAK SPACE}$" in mail.text


def test_a_link_that_was_replaced_or_taken_back_before_its_mail_is_not_sent(desk: Desk) -> None:
    offer = send(desk)
    again = resend_offer(desk.partner, desk.bob, offer.order_id)
    (mail,) = mails(desk, "offer_customer")
    assert offer_url(again) in mail.text
    taken_back = send(desk)
    recall_offer(desk.partner, desk.bob, taken_back.order_id)
    assert len(mails(desk, "offer_customer")) == 1


def test_the_salesperson_is_told_what_the_customer_answered(desk: Desk) -> None:
    declined, approved = send(desk), send(desk, require_payment=False)
    decline_as_customer(desk.partner, link_to(declined), "Too expensive.")
    approve_as_customer(desk.partner, link_to(approved), answer_to(approved))
    (no,) = mails(desk, "offer_declined_staff")
    assert "Too expensive." in no.text
    assert len(mails(desk, "offer_approved_staff")) == 1


def test_a_declined_card_is_mailed_with_the_way_back_to_the_page(desk: Desk) -> None:
    offer = send(desk)
    pay(desk, offer, "pm_card_visa_chargeDeclined")
    (mail,) = mails(desk, "payment_declined_customer")
    assert offer_url(offer) in mail.text


def test_a_bank_that_asks_a_payer_on_the_page_is_not_mailed_about(desk: Desk) -> None:
    pay(desk, send(desk), "pm_card_authenticationRequired")
    assert mails(desk, "confirm_payment_customer") == []


def test_a_locked_link_is_told_to_its_sender_and_to_who_manages_orders(desk: Desk) -> None:
    offer = send(desk)
    for _ in range(5):
        pay(desk, offer, "pm_card_visa_chargeDeclined")
    assert read_offer(desk, offer.id).locked_at is not None
    told = {mail.recipient_name for mail in mails(desk, "offer_locked_staff")}
    assert told == {"Alice", "Bob"}


def test_messages_go_to_the_other_side(desk: Desk) -> None:
    offer = send(desk)
    write_to_seller(desk.partner, link_to(offer), "Is training included?")
    write_to_customer(desk.partner, desk.bob, offer.order_id, "Yes, two hours.")
    (to_staff,) = mails(desk, "message_staff")
    assert (to_staff.recipient_name, "Is training included?" in to_staff.text) == ("Bob", True)
    (to_customer,) = mails(desk, "message_customer")
    assert (to_customer.recipient, "Yes, two hours." in to_customer.text) == ("dana@bakery.example", True)


def test_who_manages_orders_is_told_of_a_requested_cancellation(desk: Desk) -> None:
    offer = send(desk)
    act(desk.partner, desk.bob, "request_cancellation", offer.order_id, reason="Wrong customer.")
    (mail,) = mails(desk, "cancellation_requested_staff")
    assert "Wrong customer." in mail.text


def test_the_signer_gets_both_documents_in_their_language(desk: Desk) -> None:
    update_customer(desk.partner, desk.alice, desk.dana.id, {"locale": "es_ES"})
    offer = send(desk, require_payment=False)
    approve_as_customer(desk.partner, link_to(offer), answer_to(offer))
    assert mails(desk, "offer_signed_customer") == []

    certify_offer(desk.partner, offer.id)
    certify_offer(desk.partner, offer.id)
    (mail,) = mails(desk, "offer_signed_customer")

    assert mail.recipient == "dana@bakery.example"
    assert mail.subject.startswith("Firmada: su oferta de")
    assert "170,00\N{NO-BREAK SPACE}US$" in mail.text
    assert mail.attachments == [
        {"kind": "signed_offer", "id": str(offer.id)},
        {"kind": "certificate", "id": str(offer.id)},
    ]

"""What the customer answers by the link: signed, paid, declined; the evidence of it; cards that fail."""

from __future__ import annotations

import uuid
from decimal import Decimal

import pytest
from django.db import IntegrityError

from handsel.database.ids import new_id
from handsel.database.tenancy import reading, writing
from handsel.flows.history.seal import seal_events
from handsel.flows.money.begin import NewMethod
from handsel.flows.money.cancel import cancel_payment_by_link
from handsel.flows.money.challenge import challenge_answered, open_challenge
from handsel.flows.money.saved_by_link import save_method_by_link
from handsel.flows.money.take import approve_and_pay, submit_with_payment
from handsel.flows.sales.answer import SignatureGiven, approve_as_customer, decline_as_customer
from handsel.flows.sales.conversation import write_to_customer, write_to_seller
from handsel.flows.sales.draft import LineDraft
from handsel.flows.sales.link import open_offer, view_offer
from handsel.flows.sales.moves import act
from handsel.flows.sales.offers import resend_offer
from handsel.flows.sales.sign import evidence_of
from handsel.models import Event, Message, Offer, OrderTag, PaymentMethod, Signature
from handsel.reads.sales.offer import offer_page
from handsel.reads.verify import check_all
from handsel.rules.errors import Invalid, PaymentRequired, Refused
from handsel.rules.permissions import OrderSettings
from handsel.rules.pricing import PercentOff
from tests.cast import make_partner, read_order
from tests.flows.money.desk import Desk
from tests.flows.sales.offering import KEEPING, answer_to, drawing, link_to, pay, read_offer, send
from tests.oracle import assert_sound
from tests.sandbox import SandboxServer


@pytest.fixture
def desk(sandbox: SandboxServer) -> Desk:
    return Desk()


def state(desk: Desk, offer_id: uuid.UUID) -> str:
    with reading(desk.partner.id):
        return offer_page(desk.partner, link_to(Offer.objects.get(id=offer_id))).state


def test_signed_and_paid_in_one_step_the_order_is_set_to_work(desk: Desk, sandbox: SandboxServer) -> None:
    offer = send(desk)
    order = pay(desk, offer)

    assert order.status == "activated"
    assert read_offer(desk, offer.id).closed_as == "approved"
    payment = desk.payment(order)
    assert (payment.offer_id, payment.source, payment.initiated_by) == (offer.id, "link", "Dana Baker")
    (method,) = desk.rows(PaymentMethod)
    assert method.consent["text"] == KEEPING
    assert (method.consent["source"], method.consent["authentication"]) == ("link", "payment")
    assert desk.billing().default_payment_method_id == method.id
    assert_sound(desk.partner, order, sandbox=sandbox)


def test_the_evidence_says_who_signed_what_when_and_from_where(desk: Desk) -> None:
    offer = send(desk)
    open_offer(desk.partner, link_to(offer))
    view_offer(desk.partner, link_to(offer))
    pay(desk, offer, signature=SignatureGiven("Dana Baker", "drawn", drawing()))

    (signature,) = desk.rows(Signature)
    assert (signature.name, signature.email, signature.kind) == ("Dana Baker", "dana@bakery.example", "drawn")
    assert (signature.address, signature.user_agent) == ("203.0.113.7", "Mozilla/5.0 (a phone)")
    assert signature.document_sha256 == offer.sha256
    assert signature.sent_at <= signature.viewed_at <= signature.signed_at
    evidence = evidence_of(signature, offer.order.number)
    assert evidence.sha256 == signature.evidence_sha256
    signed = next(event for event in desk.rows(Event) if event.type == "offer.signed")
    assert signed.changes["evidence_sha256"] == signature.evidence_sha256


def test_a_signature_is_never_changed_or_deleted(desk: Desk) -> None:
    offer = send(desk)
    pay(desk, offer)
    for change in (lambda rows: rows.update(name="Mallory"), lambda rows: rows.delete()):
        with pytest.raises(Exception, match=r"never changed|permission denied"), writing(desk.partner.id):
            change(Signature.objects.filter(offer_id=offer.id))


@pytest.mark.parametrize(
    ("signature", "field"),
    [
        (None, "name"),
        (SignatureGiven("", "typed"), "name"),
        (SignatureGiven("   ", "drawn", drawing()), "name"),
        (SignatureGiven("Dana", "drawn", None), "signature"),
        (SignatureGiven("Dana", "drawn", drawing(ink=0)), "signature"),
        (SignatureGiven("Dana", "drawn", b"\x89PNG\r\n\x1a\nnonsense"), "signature"),
        (SignatureGiven("Dana", "stamped"), "signature"),
    ],
)
def test_an_empty_name_or_an_empty_drawing_is_no_signature(
    desk: Desk, signature: SignatureGiven | None, field: str
) -> None:
    offer = send(desk)
    with pytest.raises(Invalid) as refused:
        pay(desk, offer, signature=signature)
    assert field in {error.loc for error in refused.value.errors}
    assert desk.rows(Signature) == []
    assert desk.payments(offer.order_id) == []


def test_a_document_that_was_not_the_one_sent_is_not_signed(desk: Desk) -> None:
    offer = send(desk)
    with pytest.raises(Refused) as refused:
        pay(desk, offer, document_sha256="0" * 64)
    assert refused.value.code == "order_changed"
    assert desk.payments(offer.order_id) == []


def test_signed_without_payment_the_debt_passes_to_an_invoice(desk: Desk, sandbox: SandboxServer) -> None:
    offer = send(desk, require_payment=False)
    with pytest.raises(Refused):
        approve_and_pay(desk.partner, link_to(offer), answer_to(offer), NewMethod("pm_card_visa", save=False))

    approve_as_customer(desk.partner, link_to(offer), answer_to(offer))

    order = read_order(desk.partner, offer.order_id)
    assert order.status == "activated"
    (invoice,) = desk.invoices(order)
    assert (invoice.status, invoice.total_minor) == ("due", 17_000)
    assert sandbox.captured(order=order.shown_id) == []
    while seal_events(desk.partner):
        pass
    assert check_all(desk.partner.id) == []


def test_a_total_of_zero_is_signed_without_a_card(desk: Desk) -> None:
    """CASES.md 17."""
    free = desk.order(LineDraft(product_id=desk.website.id, discount=PercentOff(Decimal(100))))
    offer = send(desk, free, require_payment=True)
    approve_as_customer(desk.partner, link_to(offer), answer_to(offer))
    order = read_order(desk.partner, offer.order_id)
    assert order.status == "activated"
    (invoice,) = desk.invoices(order)
    assert (invoice.status, invoice.total_minor) == ("paid", 0)


def test_where_payment_is_required_signing_alone_is_refused(desk: Desk) -> None:
    """What a peer did: an order that was never paid was confirmed by posting the signature directly."""
    offer = send(desk)
    with pytest.raises(Refused) as refused:
        approve_as_customer(desk.partner, link_to(offer), answer_to(offer))
    assert refused.value.code == "payment_method_required"
    assert read_order(desk.partner, offer.order_id).status == "awaiting_customer_approval"
    assert desk.rows(Signature) == []


def test_a_declined_card_leaves_the_signature_and_another_card_asks_for_no_second_one(
    desk: Desk, sandbox: SandboxServer
) -> None:
    offer = send(desk)
    order = pay(desk, offer, "pm_card_visa_chargeDeclinedInsufficientFunds")
    assert (order.status, order.decline_cause) == ("declined", "payment")
    assert state(desk, offer.id) == "pay_again"
    assert [tag.tag for tag in desk.rows(OrderTag, order_id=order.id)] == ["Payment declined"]
    (signature,) = desk.rows(Signature)

    order = pay(desk, offer, "pm_card_visa", signature=None)

    assert order.status == "activated"
    assert desk.rows(Signature) == [signature]
    assert desk.rows(OrderTag, order_id=order.id) == []
    assert state(desk, offer.id) == "done"
    assert_sound(desk.partner, order, sandbox=sandbox)


def test_where_the_partner_allows_no_second_card_the_link_says_so(sandbox: SandboxServer) -> None:
    settings = OrderSettings(salespeople_can_send_for_customer_approval=True, customer_approval_can_accept_payment=True)
    desk = Desk(partner=make_partner(settings=settings))
    offer = send(desk)
    pay(desk, offer, "pm_card_visa_chargeDeclined")
    assert state(desk, offer.id) == "declined_by_bank"
    with pytest.raises(Refused):
        pay(desk, offer, signature=None)
    assert len(desk.payments(offer.order_id)) == 1


def test_a_paid_order_is_paid_once(desk: Desk, sandbox: SandboxServer) -> None:
    """What a peer did: a second full payment was taken for a paid order."""
    offer = send(desk)
    order = pay(desk, offer)
    with pytest.raises(Refused) as refused:
        pay(desk, offer)
    assert refused.value.code in ("already_paid", "offer_answered")
    with pytest.raises(Refused):
        submit_with_payment(desk.partner, desk.bob, order.id, NewMethod("pm_card_visa", save=False))
    assert len(sandbox.captured(order=order.shown_id)) == 1


def test_the_customer_declines_with_a_reason(desk: Desk) -> None:
    offer = send(desk)
    with pytest.raises(Invalid):
        decline_as_customer(desk.partner, link_to(offer), "  ")
    decline_as_customer(desk.partner, link_to(offer), "Too expensive.")
    order = read_order(desk.partner, offer.order_id)
    assert (order.status, order.decline_cause, order.decline_reason) == ("declined", "customer", "Too expensive.")
    assert state(desk, offer.id) == "declined"
    with pytest.raises(Refused) as refused:
        pay(desk, offer)
    assert refused.value.code == "offer_answered"
    assert act(desk.partner, desk.bob, "convert_to_draft", order.id).status == "draft"


def test_the_bank_asks_on_the_page_and_the_order_goes_on(desk: Desk, sandbox: SandboxServer) -> None:
    offer = send(desk)
    order = pay(desk, offer, "pm_card_authenticationRequired")
    assert (order.status, state(desk, offer.id)) == ("processing_payment", "challenge")
    payment = desk.payment(order)
    url = open_challenge(desk.partner, payment.id)
    assert url is not None
    sandbox.answer_challenge(url)
    challenge_answered(desk.partner, payment.id)
    assert read_order(desk.partner, order.id).status == "activated"
    assert_sound(desk.partner, order, sandbox=sandbox)


def test_a_payer_who_gives_up_at_the_bank_is_back_where_they_were_with_their_signature(desk: Desk) -> None:
    offer = send(desk)
    order = pay(desk, offer, "pm_card_authenticationRequired")
    cancel_payment_by_link(desk.partner, link_to(offer))
    assert read_order(desk.partner, order.id).status == "awaiting_customer_approval"
    assert state(desk, offer.id) == "open"
    assert len(desk.rows(Signature)) == 1
    assert pay(desk, offer, signature=None).status == "activated"


def test_too_many_failed_cards_lock_the_link_and_staff_are_told(desk: Desk, sandbox: SandboxServer) -> None:
    """CASES.md 23, RELIABILITY.md T27."""
    offer = send(desk)
    for _ in range(5):
        pay(desk, offer, "pm_card_visa_chargeDeclined")
    assert state(desk, offer.id) == "locked"
    with pytest.raises(Refused) as refused:
        pay(desk, offer)
    assert refused.value.code == "offer_locked"
    assert len(desk.payments(offer.order_id)) == 5
    assert "offer.locked" in desk.events(subject_id=offer.id)


def test_the_failed_cards_of_one_customer_count_over_all_its_links(desk: Desk) -> None:
    for _ in range(3):
        offer = send(desk)
        for _ in range(4):
            pay(desk, offer, "pm_card_visa_chargeDeclined")
        assert read_offer(desk, offer.id).locked_at is None
    offer = send(desk)
    for _ in range(3):
        pay(desk, offer, "pm_card_visa_chargeDeclined")
    assert read_offer(desk, offer.id).locked_at is not None


def test_opened_and_viewed_are_noted_once_for_each_sending(desk: Desk) -> None:
    offer = send(desk)
    for _ in range(2):
        open_offer(desk.partner, link_to(offer))
        view_offer(desk.partner, link_to(offer))
    again = resend_offer(desk.partner, desk.bob, offer.order_id)
    view_offer(desk.partner, link_to(offer))
    assert read_offer(desk, offer.id).viewed_at is None
    view_offer(desk.partner, link_to(again))
    types = desk.events(subject_id=offer.id)
    assert (types.count("offer.opened"), types.count("offer.viewed")) == (1, 2)


def test_the_customer_and_the_salesperson_write_to_each_other(desk: Desk) -> None:
    offer = send(desk)
    write_to_seller(desk.partner, link_to(offer), "Is training included?")
    write_to_customer(desk.partner, desk.bob, offer.order_id, "Yes, two hours.")
    said = [(message.author, message.text) for message in desk.rows(Message)]
    assert said == [("Dana Baker", "Is training included?"), ("Bob", "Yes, two hours.")]
    with pytest.raises(Refused):
        write_to_customer(desk.partner, desk.bob, desk.order().id, "Hello?")
    with pytest.raises(Invalid):
        write_to_seller(desk.partner, link_to(offer), "")


def test_the_database_keeps_one_signature_for_an_offer(desk: Desk) -> None:
    offer = send(desk)
    pay(desk, offer)
    (signature,) = desk.rows(Signature)
    signature.id = new_id()
    with pytest.raises(IntegrityError, match="one_signature_per_offer"), writing(desk.partner.id):
        signature.save(force_insert=True)


def test_where_nothing_is_due_a_card_is_kept_for_the_renewals(desk: Desk) -> None:
    """DOMAIN.md section 3.11."""
    trial = desk.order(desk.product("Trial hosting", 2_000, interval="month", trial_days=14))
    offer = send(desk, trial)
    approve_as_customer(desk.partner, link_to(offer), answer_to(offer))

    method = save_method_by_link(desk.partner, link_to(offer), "pm_card_visa", KEEPING)

    assert (method.consent["text"], method.consent["source"]) == (KEEPING, "link")
    assert desk.billing().default_payment_method_id == method.id


def test_where_something_is_due_or_nothing_renews_a_link_saves_no_card(desk: Desk) -> None:
    for offer in (send(desk), send(desk, desk.order(desk.website))):
        with pytest.raises(Refused):
            save_method_by_link(desk.partner, link_to(offer), "pm_card_visa", KEEPING)
    assert desk.rows(PaymentMethod) == []


def test_cards_that_cannot_be_kept_count_against_the_link(desk: Desk) -> None:
    offer = send(desk, desk.order(desk.product("Trial hosting", 2_000, interval="month", trial_days=14)))
    for _ in range(5):
        with pytest.raises(PaymentRequired):
            save_method_by_link(desk.partner, link_to(offer), "pm_card_visa_chargeDeclined", KEEPING)
    with pytest.raises(Refused) as refused:
        save_method_by_link(desk.partner, link_to(offer), "pm_card_visa", KEEPING)
    assert refused.value.code == "offer_locked"
    assert "offer.locked" in desk.events(subject_id=offer.id)

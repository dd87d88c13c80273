"""People give money back: within the capture, with its credit note, above a limit by two persons."""

from __future__ import annotations

import datetime as dt

import pytest

from handsel.flows.billing.renew import renew_customer
from handsel.flows.clock import advance_clock
from handsel.flows.money.refund_requests import approve_refund, refuse_refund
from handsel.flows.people.members import update_member
from handsel.models import CreditNote, Event, Invoice, LedgerPosting, Partner, Payment, Refund
from handsel.models.people import now_of
from handsel.rules.errors import Invalid, NotAllowed, NotFound, Refused
from tests.cast import acting, make_member
from tests.flows.money.desk import Desk
from tests.flows.money.refunding import Counter, given_back
from tests.oracle import assert_sound
from tests.sandbox import SandboxServer


@pytest.fixture
def desk(sandbox: SandboxServer) -> Counter:
    return Counter()


def payment_now(desk: Desk, payment: Payment) -> Payment:
    (found,) = desk.rows(Payment, id=payment.id)
    assert isinstance(found, Payment)
    return found


# The whole and a part


def test_a_refund_gives_all_back_and_credits_the_invoice(desk: Counter, sandbox: SandboxServer) -> None:
    order, payment = desk.paid()
    refund = desk.refund(payment)
    assert (refund.status, refund.amount_minor, refund.cause) == ("pending", 18_403, "request")
    assert desk.driven(refund).status == "succeeded"
    assert given_back(sandbox, payment) == 18_403

    now = payment_now(desk, payment)
    assert (now.captured_minor, now.refunded_minor, now.refunding_minor) == (18_403, 18_403, 0)
    invoice = desk.invoice(order)
    assert (invoice.status, invoice.credited_minor, invoice.due_minor) == ("paid", 18_403, 0)
    (note,) = desk.notes(order)
    assert (note.number, note.net_minor, note.tax_minor, note.total_minor) == ("CN-000001", 17_000, 1_403, 18_403)
    assert note.refund_id == refund.id
    assert note.parties == invoice.parties
    assert [line["total_minor"] for line in note.lines] == [10_825, 2_165, 5_413]
    assert desk.balances(invoice.id) == {}
    assert_sound(desk.partner, sandbox=sandbox)


def test_parts_of_a_payment_are_refunded_until_nothing_is_left(desk: Counter, sandbox: SandboxServer) -> None:
    order, payment = desk.paid()
    for part in (3_333, 1, 5_000, None):
        desk.driven(desk.refund(payment, part))
    assert payment_now(desk, payment).refunded_minor == given_back(sandbox, payment) == 18_403
    notes = desk.notes(order)
    assert [note.number for note in notes] == [f"CN-00000{n}" for n in (1, 2, 3, 4)]
    assert [note.total_minor for note in notes] == [3_333, 1, 5_000, 10_069]
    assert (sum(note.net_minor for note in notes), sum(note.tax_minor for note in notes)) == (17_000, 1_403)
    assert desk.balances(desk.invoice(order).id) == {}
    with pytest.raises(Refused) as nothing_left:
        desk.refund(payment)
    assert nothing_left.value.code == "refund_too_large"
    assert_sound(desk.partner, sandbox=sandbox)


@pytest.mark.parametrize(("currency", "percent"), [("JPY", "8.25"), ("KWD", "10")])
def test_the_smallest_units_of_a_currency_are_given_back_as_they_were_taken(
    sandbox: SandboxServer, currency: str, percent: str
) -> None:
    desk = Counter(currency=currency, percent=percent)
    order, payment = desk.paid()
    desk.driven(desk.refund(payment, 7_770))
    desk.driven(desk.refund(payment))
    assert payment_now(desk, payment).refunded_minor == payment.captured_minor
    notes = desk.notes(order)
    assert sum(note.tax_minor for note in notes) == desk.invoice(order).tax_minor
    assert_sound(desk.partner, sandbox=sandbox)


def test_more_than_was_captured_is_not_refunded(desk: Counter, sandbox: SandboxServer) -> None:
    order, payment = desk.paid()
    with pytest.raises(Refused) as refused:
        desk.refund(payment, 18_404)
    assert refused.value.code == "refund_too_large"
    desk.refund(payment, 10_000)
    with pytest.raises(Refused):
        desk.refund(payment, 8_404)
    assert (len(desk.refunds(payment)), len(desk.notes(order))) == (1, 1)
    assert payment_now(desk, payment).refunding_minor == 10_000


@pytest.mark.parametrize("amount", [0, -1])
def test_an_amount_is_above_zero(desk: Counter, amount: int) -> None:
    _, payment = desk.paid()
    with pytest.raises(Invalid):
        desk.refund(payment, amount)


def test_a_reason_is_needed(desk: Counter) -> None:
    _, payment = desk.paid()
    with pytest.raises(Invalid) as refused:
        desk.refund(payment, reason="  ")
    assert refused.value.errors[0].loc == "reason"


def test_a_declined_payment_has_nothing_to_refund(desk: Counter) -> None:
    order = desk.pay(desk.order(), "pm_card_visa_chargeDeclined")
    with pytest.raises(Refused):
        desk.refund(desk.payment(order))


def test_only_who_may_refund_does(desk: Counter) -> None:
    _, payment = desk.paid()
    with pytest.raises(NotAllowed):
        desk.refund(payment, actor=desk.bob)
    assert desk.refunds(payment) == []


def test_another_partners_payment_does_not_exist(desk: Counter, sandbox: SandboxServer) -> None:
    other = Counter()
    _, payment = other.paid()
    with pytest.raises(NotFound):
        desk.refund(payment)


def test_a_renewals_refund_credits_its_own_invoice(desk: Counter, sandbox: SandboxServer) -> None:
    order = desk.pay(desk.order(desk.hosting))
    advance_clock(desk.partner, desk.alice, now_of(desk.partner) + dt.timedelta(days=32))
    renewal = desk.rows(Invoice, order=None)[0]
    (payment,) = desk.payments(renewal.id)
    assert payment.status == "succeeded"
    desk.driven(desk.refund(payment))
    assert [note.total_minor for note in desk.rows(CreditNote, invoice_id=renewal.id)] == [renewal.total_minor]
    assert desk.notes(order) == []
    assert desk.balances(renewal.id) == {}
    assert_sound(desk.partner, sandbox=sandbox)


def test_history_and_order_say_that_money_went_back(desk: Counter, sandbox: SandboxServer) -> None:
    order, payment = desk.paid()
    desk.driven(desk.refund(payment, 1_000))
    types = desk.events(order_id=order.id)
    assert types[-3:] == ["refund.created", "credit_note.issued", "refund.succeeded"]
    (said,) = desk.rows(Event, type="refund.created")
    assert "Sold by mistake" not in str(said.changes)


# A gateway that refuses, an answer that is lost


def test_a_refused_refund_leaves_the_money_unapplied_and_is_not_credited_twice(
    desk: Counter, sandbox: SandboxServer
) -> None:
    order, payment = desk.paid()
    sandbox.client().v1.refunds.create({"payment_intent": payment.reference, "amount": 15_000})  # behind our back
    first = desk.driven(desk.refund(payment, 10_000))
    assert (first.status, payment_now(desk, payment).refunding_minor) == ("failed", 0)
    invoice = desk.invoice(order)
    assert (invoice.status, desk.balances(invoice.id)["unapplied"]) == ("paid", -10_000)
    assert len(desk.notes(order)) == 1

    second = desk.driven(desk.refund(payment, 3_000))
    assert second.status == "succeeded"
    assert [note.total_minor for note in desk.notes(order)] == [10_000]
    assert desk.balances(invoice.id)["unapplied"] == -7_000

    third = desk.refund(payment, 9_000)
    assert [note.total_minor for note in desk.notes(order)] == [10_000, 2_000]
    assert desk.driven(third).status == "failed"
    assert desk.balances(invoice.id)["unapplied"] == -9_000
    assert_sound(desk.partner, sandbox=sandbox)


def test_a_lost_answer_leaves_the_refund_pending_and_counted(desk: Counter, sandbox: SandboxServer) -> None:
    _, payment = desk.paid()
    refund = desk.refund(payment)
    sandbox.faults(drop_response_rate=1, paths="/v1/refunds", methods=["POST"], times=1)
    assert desk.driven(refund).status == "pending"
    sandbox.faults()
    assert payment_now(desk, payment).refunding_minor == 18_403
    assert desk.driven(refund).status == "succeeded"
    assert given_back(sandbox, payment) == 18_403
    assert_sound(desk.partner, sandbox=sandbox)


# Two persons


def test_above_the_limit_nothing_happens_until_a_second_person_agrees(desk: Counter, sandbox: SandboxServer) -> None:
    desk.limit(10_000)
    order, payment = desk.paid()
    refund = desk.refund(payment, end_service=True)
    assert refund.is_waiting
    assert refund.next_attempt_at is None
    desk.driven(refund)
    assert (desk.again(refund).status, given_back(sandbox, payment)) == ("pending", 0)
    assert (desk.notes(order), payment_now(desk, payment).refunding_minor) == ([], 18_403)
    assert {each.status for each in desk.subscriptions(order)} == {"active"}
    assert_sound(desk.partner, order, sandbox=sandbox)

    approve_refund(desk.partner, desk.carol, refund.id)
    assert desk.driven(refund).status == "succeeded"
    assert given_back(sandbox, payment) == 18_403
    assert {each.status for each in desk.subscriptions(order)} == {"cancelled"}
    assert [note.total_minor for note in desk.notes(order)] == [18_403]
    assert desk.events(subject_id=refund.id) == ["refund.created", "refund.approved", "refund.succeeded"]
    assert_sound(desk.partner, sandbox=sandbox)


def test_whoever_asked_is_no_second_person(desk: Counter, sandbox: SandboxServer) -> None:
    desk.limit(10_000)
    _, payment = desk.paid()
    refund = desk.refund(payment)
    with pytest.raises(NotAllowed) as refused:
        approve_refund(desk.partner, desk.alice, refund.id)
    assert refused.value.code == "second_person_needed"
    assert desk.again(refund).is_waiting


def test_a_second_person_needs_the_permission(desk: Counter, sandbox: SandboxServer) -> None:
    desk.limit(10_000)
    _, payment = desk.paid()
    refund = desk.refund(payment)
    for act in (approve_refund, refuse_refund):
        with pytest.raises(NotAllowed):
            act(desk.partner, desk.bob, refund.id)
    assert desk.again(refund).is_waiting


def test_a_refused_approval_gives_the_promise_up_and_leaves_no_credit_note(
    desk: Counter, sandbox: SandboxServer
) -> None:
    desk.limit(10_000)
    order, payment = desk.paid()
    refund = desk.refund(payment, end_service=True)
    refuse_refund(desk.partner, desk.carol, refund.id)
    after = desk.again(refund)
    assert (after.status, after.failure_code) == ("failed", "not_approved")
    assert (payment_now(desk, payment).refunding_minor, desk.notes(order)) == (0, [])
    assert {each.status for each in desk.subscriptions(order)} == {"active"}
    for act in (approve_refund, refuse_refund):
        with pytest.raises(Refused):
            act(desk.partner, desk.carol, refund.id)
    desk.driven(refund)
    assert given_back(sandbox, payment) == 0
    assert_sound(desk.partner, order, sandbox=sandbox)


def test_whoever_asked_may_take_it_back(desk: Counter, sandbox: SandboxServer) -> None:
    desk.limit(10_000)
    _, payment = desk.paid()
    refund = desk.refund(payment)
    refuse_refund(desk.partner, desk.alice, refund.id)
    assert desk.again(refund).status == "failed"


def test_a_large_refund_in_small_parts_is_a_large_one(desk: Counter, sandbox: SandboxServer) -> None:
    desk.limit(10_000)
    _, payment = desk.paid()
    assert [desk.refund(payment, 5_000).is_waiting for _ in range(3)] == [False, False, True]


def test_a_refund_at_the_limit_needs_one_person(desk: Counter, sandbox: SandboxServer) -> None:
    desk.limit(18_403)
    _, payment = desk.paid()
    assert not desk.refund(payment).is_waiting


def test_what_waits_is_promised_and_cannot_be_refunded_once_more(desk: Counter, sandbox: SandboxServer) -> None:
    desk.limit(10_000)
    _, payment = desk.paid()
    desk.refund(payment, 15_000)
    with pytest.raises(Refused):
        desk.refund(payment, 5_000)


def test_in_another_currency_every_refund_is_above_the_limit(sandbox: SandboxServer) -> None:
    desk = Counter(currency="JPY")
    desk.limit(1_000_000)
    _, payment = desk.paid()
    assert desk.refund(payment, 100).is_waiting


def test_money_that_came_late_is_given_back_whatever_the_limit(desk: Counter, sandbox: SandboxServer) -> None:
    desk.limit(0)
    sandbox.faults(wrong_amount_rate=1, paths="/v1/payment_intents")
    order = desk.pay(desk.order())
    sandbox.faults()
    payment = desk.payment(order)
    assert payment.refunding_minor == payment.captured_minor > 0
    (refund,) = desk.refunds(payment)
    assert desk.driven(refund).status == "succeeded"
    now = payment_now(desk, payment)
    assert (now.refunding_minor, now.refunded_minor) == (0, now.captured_minor)
    assert_sound(desk.partner, order, sandbox=sandbox)


# Ending the service


def test_a_full_refund_with_end_service_is_followed_by_no_later_charge(desk: Counter, sandbox: SandboxServer) -> None:
    """CASES.md 39."""
    order, payment = desk.paid()
    desk.driven(desk.refund(payment, end_service=True))
    charges = len(sandbox.captured(partner=str(desk.partner.id)))
    assert {each.status for each in desk.subscriptions(order)} == {"cancelled"}
    assert {each.status for each in desk.activations(order)} == {"deactivated"}
    advance_clock(desk.partner, desk.alice, now_of(desk.partner) + dt.timedelta(days=800))
    renew_customer(desk.partner, desk.dana.id)
    assert len(sandbox.captured(partner=str(desk.partner.id))) == charges
    assert len(desk.rows(Invoice)) == 1
    assert_sound(desk.partner, sandbox=sandbox)


def test_without_end_service_renewals_go_on(desk: Counter, sandbox: SandboxServer) -> None:
    """The control of CASES.md 39."""
    _, payment = desk.paid()
    desk.driven(desk.refund(payment))
    advance_clock(desk.partner, desk.alice, now_of(desk.partner) + dt.timedelta(days=32))
    assert len(sandbox.captured(partner=str(desk.partner.id))) == 2


def test_a_renewals_refund_ends_only_what_it_renewed(desk: Counter, sandbox: SandboxServer) -> None:
    order = desk.pay(desk.order(desk.hosting, desk.care))
    advance_clock(desk.partner, desk.alice, now_of(desk.partner) + dt.timedelta(days=32))
    (payment,) = desk.payments(desk.rows(Invoice, order=None)[0].id)
    desk.refund(payment, end_service=True)
    by_product = {each.product_id: each.status for each in desk.subscriptions(order)}
    assert by_product == {desk.hosting.id: "cancelled", desk.care.id: "active"}
    assert {each.product_id: each.status for each in desk.activations(order)} == {
        desk.hosting.id: "deactivated",
        desk.care.id: "activated",
    }


def test_a_line_under_way_is_cancelled_and_its_order_follows(desk: Counter, sandbox: SandboxServer) -> None:
    slow = desk.product("Listing", 3_000, vendor_url="http://127.0.0.1:9/never")
    order = desk.pay(desk.order(slow))
    assert order.status == "processing"
    desk.driven(desk.refund(desk.payment(order), end_service=True))
    assert [each.status for each in desk.activations(order)] == ["cancelled"]
    assert_sound(desk.partner, sandbox=sandbox)


def test_an_order_that_has_not_begun_is_cancelled_instead(desk: Counter, sandbox: SandboxServer) -> None:
    later = now_of(desk.partner).date() + dt.timedelta(days=10)
    order = desk.pay(desk.order(desk.hosting, contract_start_on=later))
    assert order.status == "scheduled"
    with pytest.raises(Refused) as refused:
        desk.refund(desk.payment(order), end_service=True)
    assert "cancel it" in refused.value.message
    assert desk.rows(Refund) == []


def test_who_loses_the_permission_refunds_nothing(desk: Counter, sandbox: SandboxServer) -> None:
    dave = make_member(desk.partner, "Dave", "salesperson", grants={"payments.refund"})
    _, payment = desk.paid()
    assert not desk.refund(payment, 100, actor=acting(dave)).is_waiting
    dave = update_member(desk.partner, desk.alice, dave.id, {"grants": []})
    with pytest.raises(NotAllowed):
        desk.refund(payment, 100, actor=acting(dave))


def test_every_posting_of_a_refund_names_it(desk: Counter, sandbox: SandboxServer) -> None:
    _, payment = desk.paid()
    refund = desk.driven(desk.refund(payment, 1_083))
    postings = desk.rows(LedgerPosting, refund_id=refund.id)
    assert [(each.debit, each.credit, each.amount_minor) for each in postings] == [
        ("revenue", "unapplied", 1_000),
        ("tax", "unapplied", 83),
        ("unapplied", "gateway", 1_083),
    ]


def test_a_partners_credit_notes_have_their_own_series_and_prefix(desk: Counter, sandbox: SandboxServer) -> None:
    Partner.objects.filter(id=desk.partner.id).update(credit_note_prefix="G-")
    desk.partner.credit_note_prefix = "G-"
    order, payment = desk.paid()
    desk.refund(payment, 500)
    assert [note.number for note in desk.notes(order)] == ["G-000001"]

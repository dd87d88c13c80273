"""A due invoice is lessened by credit notes or void; what was paid is credited by its refund."""

from __future__ import annotations

import datetime as dt

import pytest

from handsel.flows.billing.credit_notes import credit_invoice
from handsel.flows.billing.renew import collect_invoice
from handsel.flows.billing.void import void_invoice
from handsel.flows.clock import advance_clock
from handsel.flows.people.billing_settings import update_billing_settings
from handsel.flows.sales.activate import activate
from handsel.models import CreditNote, Invoice, Order
from handsel.models.people import now_of
from handsel.rules.errors import Invalid, NotAllowed, NotFound, Refused
from tests.flows.money.refunding import Counter
from tests.oracle import assert_sound
from tests.sandbox import SandboxServer


@pytest.fixture
def desk(sandbox: SandboxServer) -> Counter:
    return Counter()


def owed(desk: Counter) -> tuple[Order, Invoice]:
    """An order that was activated without payment: 184.03 are due."""
    order = desk.order()
    activate(desk.partner, desk.alice, order.id)
    return order, desk.invoice(order)


def credit(desk: Counter, invoice: Invoice, minor: int | None = None) -> CreditNote:
    return credit_invoice(desk.partner, desk.alice, invoice.id, amount_minor=minor, reason="Agreed on the phone")


def test_a_credit_note_lessens_what_is_due_and_the_rest_is_charged(desk: Counter, sandbox: SandboxServer) -> None:
    card = desk.saved_card()
    update_billing_settings(desk.partner, desk.alice, desk.dana.id, {"default_payment_method_id": card.id})
    order, invoice = owed(desk)
    note = credit(desk, invoice, 8_403)
    assert (note.number, note.total_minor, note.refund_id) == ("CN-000001", 8_403, None)
    after = desk.invoice(order)
    assert (after.status, after.due_minor, after.credited_minor) == ("due", 10_000, 8_403)
    assert desk.balances(invoice.id)["receivable"] == 10_000

    collect_invoice(desk.partner, desk.alice, invoice.id)
    after = desk.invoice(order)
    assert (after.status, after.paid_minor, after.due_minor) == ("paid", 10_000, 0)
    assert "receivable" not in desk.balances(invoice.id)
    assert_sound(desk.partner, sandbox=sandbox)

    (payment,) = desk.payments(invoice.id)
    desk.driven(desk.refund(payment))
    assert [each.total_minor for each in desk.notes(order)] == [8_403, 10_000]
    assert desk.balances(invoice.id) == {}
    assert_sound(desk.partner, sandbox=sandbox)


def test_an_invoice_that_is_credited_whole_is_settled(desk: Counter, sandbox: SandboxServer) -> None:
    order, invoice = owed(desk)
    credit(desk, invoice, 1)
    credit(desk, invoice)
    after = desk.invoice(order)
    assert (after.status, after.paid_minor, after.due_minor) == ("paid", 0, 0)
    assert desk.balances(invoice.id) == {}
    with pytest.raises(Refused):
        credit(desk, invoice)
    assert_sound(desk.partner, sandbox=sandbox)


def test_no_more_is_credited_than_is_due(desk: Counter, sandbox: SandboxServer) -> None:
    order, invoice = owed(desk)
    with pytest.raises(Refused) as refused:
        credit(desk, invoice, 18_404)
    assert refused.value.code == "credit_too_large"
    with pytest.raises(Invalid):
        credit(desk, invoice, 0)
    with pytest.raises(Invalid):
        credit_invoice(desk.partner, desk.alice, invoice.id, reason="")
    assert desk.notes(order) == []


def test_a_paid_invoice_is_credited_by_its_refund_only(desk: Counter, sandbox: SandboxServer) -> None:
    order, _ = desk.paid()
    with pytest.raises(Refused) as refused:
        credit(desk, desk.invoice(order))
    assert "Refund its payment" in refused.value.message


def test_an_invoice_that_is_being_paid_is_neither_credited_nor_void(desk: Counter, sandbox: SandboxServer) -> None:
    card = desk.saved_card()
    update_billing_settings(desk.partner, desk.alice, desk.dana.id, {"default_payment_method_id": card.id})
    order, invoice = owed(desk)
    sandbox.faults(drop_request_rate=1)
    collect_invoice(desk.partner, desk.alice, invoice.id)
    sandbox.faults()
    with pytest.raises(Refused) as credited:
        credit(desk, invoice)
    with pytest.raises(Refused) as voided:
        void_invoice(desk.partner, desk.alice, invoice.id)
    assert {credited.value.code, voided.value.code} == {"payment_in_progress"}
    assert desk.invoice(order).status == "due"


def test_a_void_invoice_is_owed_by_nobody_and_keeps_its_number(desk: Counter, sandbox: SandboxServer) -> None:
    order, invoice = owed(desk)
    credit(desk, invoice, 3_333)
    void_invoice(desk.partner, desk.alice, invoice.id)
    after = desk.invoice(order)
    assert (after.status, after.number, after.due_minor) == ("void", invoice.number, 0)
    assert desk.balances(invoice.id) == {}
    for again in (void_invoice, collect_invoice):
        with pytest.raises(Refused):
            again(desk.partner, desk.alice, invoice.id)
    assert_sound(desk.partner, sandbox=sandbox)


def test_a_subscription_that_owed_only_the_void_invoice_recovers(desk: Counter, sandbox: SandboxServer) -> None:
    order = desk.pay(desk.order(desk.hosting), "pm_card_chargeCustomerFail")
    order = desk.pay(desk.order(desk.hosting))
    sandbox.faults(error_rate=0)
    update_billing_settings(desk.partner, desk.alice, desk.dana.id, {"default_payment_method_id": None})
    advance_clock(desk.partner, desk.alice, now_of(desk.partner) + dt.timedelta(days=32))
    (renewal,) = desk.rows(Invoice, order=None)
    assert [each.status for each in desk.subscriptions(order)] == ["past_due"]
    void_invoice(desk.partner, desk.alice, renewal.id)
    assert [each.status for each in desk.subscriptions(order)] == ["active"]
    advance_clock(desk.partner, desk.alice, now_of(desk.partner) + dt.timedelta(days=1))
    assert len(desk.rows(Invoice, order=None)) == 1, "the period of a void invoice is not asked for again"
    assert_sound(desk.partner, sandbox=sandbox)


def test_only_who_manages_billing_does(desk: Counter, sandbox: SandboxServer) -> None:
    _, invoice = owed(desk)
    with pytest.raises(NotAllowed):
        credit_invoice(desk.partner, desk.bob, invoice.id, reason="mine")
    with pytest.raises(NotAllowed):
        void_invoice(desk.partner, desk.bob, invoice.id)


def test_another_partners_invoice_does_not_exist(desk: Counter, sandbox: SandboxServer) -> None:
    _, invoice = owed(Counter())
    with pytest.raises(NotFound):
        credit(desk, invoice)
    with pytest.raises(NotFound):
        void_invoice(desk.partner, desk.alice, invoice.id)

"""Money that came outside of any gateway goes the same way as any other: begun, asked, settled, in the ledger."""

from __future__ import annotations

import datetime as dt

import pytest

from handsel.database.tenancy import reading
from handsel.flows.billing.renew import mark_paid
from handsel.flows.history.seal import seal_events
from handsel.flows.money.begin import OfflineMethod
from handsel.flows.money.gateway_accounts import add_offline_account, close_account
from handsel.flows.money.reconcile import look
from handsel.flows.money.refund import drive_refund
from handsel.flows.money.refund_requests import refund_payment
from handsel.flows.money.take import _begin_order
from handsel.flows.sales.activate import activate
from handsel.flows.work import working
from handsel.messages.compose import compose_mails
from handsel.models import GatewayAccount, LedgerPosting, Mail, Payment
from handsel.reads.verify import check_all
from handsel.rules.errors import Invalid, NotAllowed, Refused
from handsel.rules.permissions import Grant
from tests.cast import acting, make_member, read_order
from tests.flows.money.desk import Desk

CHEQUE = OfflineMethod("cheque", "No. 1207")


@pytest.fixture
def desk() -> Desk:
    """A desk whose partner records what comes outside of its gateway."""
    made = Desk()
    add_offline_account(made.partner, made.alice)
    return made


def findings(desk: Desk) -> list[str]:
    while seal_events(desk.partner):
        pass
    return [str(finding) for finding in check_all(desk.partner.id)]


def moved(postings: list[LedgerPosting]) -> list[tuple[str, str, int]]:
    return sorted((each.debit, each.credit, each.amount_minor) for each in postings)


def test_a_cheque_pays_an_order_and_everything_follows(desk: Desk) -> None:
    order = desk.pay(desk.order(), CHEQUE)
    (payment,) = desk.payments(order.id)
    (invoice,) = desk.invoices(order)
    assert (order.status, payment.status, invoice.status) == ("activated", "succeeded", "paid")
    assert (payment.captured_minor, payment.reference) == (17_000, payment.shown_id)
    today = payment.method_facts.pop("received_on")
    assert payment.method_facts == {"brand": "cheque", "reference": "No. 1207"}
    assert dt.date.fromisoformat(today) <= dt.datetime.now(dt.UTC).date()
    assert moved(desk.postings(invoice_id=invoice.id)) == [
        ("offline", "receivable", 17_000), ("receivable", "revenue", 17_000),
    ]  # fmt: skip
    assert len(desk.subscriptions(order)) == 2
    assert findings(desk) == []


def test_the_customer_gets_a_receipt_that_says_how_it_was_paid(desk: Desk) -> None:
    desk.pay(desk.order(), OfflineMethod("transfer", "Statement 17, line 4"))
    findings(desk)
    while compose_mails(desk.partner):
        pass
    (receipt,) = desk.rows(Mail, kind="receipt_customer")
    assert "Bank transfer" in receipt.text
    assert "Statement 17" not in receipt.text, "what it is found again by is ours"


def test_a_crash_before_the_asking_is_settled_by_the_next_look_and_once(desk: Desk) -> None:
    order = desk.order()
    begun = _begin_order(desk.partner, desk.bob, order.id, CHEQUE, None, None)
    assert begun is not None
    for _ in range(3):
        look(desk.partner, begun.payment.id, now_due=True)
    assert read_order(desk.partner, order.id).status == "activated"
    assert len(desk.invoices(order)) == 1
    assert findings(desk) == []


def test_a_refund_is_given_back_by_hand_and_leaves_the_offline_account(desk: Desk) -> None:
    order = desk.pay(desk.order(), CHEQUE)
    payment = desk.payment(order)
    owed = refund_payment(desk.partner, desk.alice, payment.id, reason="Changed their mind")
    drive_refund(desk.partner, owed.id, now_due=True)
    (refund,) = desk.refunds(payment)
    assert refund.status == "succeeded"
    out = [each for each in desk.postings(refund_id=refund.id) if each.credit == "offline"]
    assert [each.amount_minor for each in out] == [17_000]
    assert findings(desk) == []


def test_verify_finds_money_that_stands_in_the_other_account(desk: Desk) -> None:
    """The control of the ledger's check: a payment at the gateway is not one by hand."""
    from handsel.database.tenancy import writing

    order = desk.pay(desk.order(), CHEQUE)
    assert findings(desk) == []
    with writing(desk.partner.id):
        sandbox = GatewayAccount.objects.get(name="sandbox")
        Payment.objects.filter(order_id=order.id).update(account_id=sandbox.id)
    assert any("the ledger has 0 in" in each for each in findings(desk))


@pytest.mark.parametrize(
    ("method", "field"),
    [
        (OfflineMethod("bitcoin", "x"), "kind"),
        (OfflineMethod("cheque"), "reference"),
        (OfflineMethod("transfer", "  "), "reference"),
        (OfflineMethod("cash", "4000 1290 8347 0012"), "reference"),
        (OfflineMethod("cash", "x" * 101), "reference"),
        (OfflineMethod("cash", "", dt.date(2199, 1, 1)), "received_on"),
        (OfflineMethod("cash", "", dt.date(1999, 1, 1)), "received_on"),
    ],
    ids=["kind", "no number", "blank", "card", "long", "tomorrow", "long ago"],
)
def test_what_nobody_could_have_received_is_refused_and_nothing_is_begun(
    desk: Desk, method: OfflineMethod, field: str
) -> None:
    order = desk.order()
    with pytest.raises(Invalid) as refused:
        desk.pay(order, method)
    assert [error.loc for error in refused.value.errors] == [field]
    assert (read_order(desk.partner, order.id).status, desk.payments(order.id)) == ("draft", [])


def test_cash_needs_no_reference_and_the_day_may_be_past(desk: Desk) -> None:
    order = desk.pay(desk.order(), OfflineMethod("cash", received_on=dt.date(2026, 1, 2)))
    assert desk.payment(order).method_facts["received_on"] == "2026-01-02"


def test_nothing_is_recorded_where_no_such_account_is_open() -> None:
    desk = Desk()
    order = desk.order()
    with pytest.raises(Refused) as refused:
        desk.pay(order, CHEQUE)
    assert refused.value.code == "offline_not_accepted"
    account = add_offline_account(desk.partner, desk.alice)
    close_account(desk.partner, desk.alice, account.id)
    with pytest.raises(Refused):
        desk.pay(order, CHEQUE)


def test_it_needs_the_grant_to_collect_and_not_to_enter_cards(desk: Desk) -> None:
    carol = acting(
        make_member(desk.partner, "Carol", "salesperson", [Grant.ORDERS_VIEW_ALL, Grant.PAYMENTS_ENTER_CARD])
    )
    dave = acting(make_member(desk.partner, "Dave", "salesperson", [Grant.PAYMENTS_COLLECT, Grant.ORDERS_VIEW_ALL]))
    order = desk.order()
    with pytest.raises(NotAllowed):
        desk.pay(order, CHEQUE, carol)
    desk.pay(order, CHEQUE, dave)


def test_a_due_invoice_is_marked_paid_once(desk: Desk) -> None:
    order = desk.order()
    activate(desk.partner, desk.alice, order.id)
    (invoice,) = desk.invoices(order)
    mark_paid(desk.partner, desk.alice, invoice.id, CHEQUE)
    (invoice,) = desk.invoices(order)
    assert (invoice.status, invoice.paid_minor) == ("paid", 17_000)
    with pytest.raises(Refused) as refused:
        mark_paid(desk.partner, desk.alice, invoice.id, CHEQUE)
    assert refused.value.code == "already_paid"
    with pytest.raises(NotAllowed):
        mark_paid(desk.partner, desk.bob, invoice.id, CHEQUE)
    assert len(desk.payments(invoice.id)) == 1
    assert findings(desk) == []


def test_who_records_a_debt_that_is_being_charged_learns_so(desk: Desk) -> None:
    """One live payment per debt, whatever its gateway: the database's word."""
    order = desk.order()
    activate(desk.partner, desk.alice, order.id)
    (invoice,) = desk.invoices(order)
    from handsel.flows.money.begin import begin

    with working(desk.partner, desk.alice) as work:
        begin(work, desk.dana, invoice, invoice.due_minor, CHEQUE)
    with pytest.raises(Refused) as refused:
        mark_paid(desk.partner, desk.alice, invoice.id, CHEQUE)
    assert refused.value.code == "payment_in_progress"


def test_the_history_says_what_came(desk: Desk) -> None:
    from handsel.models import Event
    from handsel.web.console.event_words import words

    order = desk.pay(desk.order(), CHEQUE)
    with reading(desk.partner.id):
        event = Event.objects.get(type="payment.created", subject_id=desk.payment(order).id)
    assert words(event.type, event.changes, {}).title == "$170.00 recorded as received: cheque"
    assert "1207" not in str(event.changes)

"""Collecting what renewals ask for: shared invoices, cards that cannot be charged, and how a debt is paid later."""

from __future__ import annotations

import datetime as dt

import pytest

from handsel.flows.billing.renew import collect_invoice, renew_customer
from handsel.flows.money.challenge import challenge_answered, open_challenge
from handsel.flows.money.reconcile import look
from handsel.flows.people.billing_settings import update_billing_settings
from handsel.flows.people.customers import update_customer
from handsel.flows.sales.activate import activate
from handsel.models import BillingSettings, Event, Invoice, InvoiceLine, Subscription
from handsel.rules.errors import NotAllowed, NotFound, Refused
from tests.cast import CALIFORNIA, make_customer, make_member, make_tax_rate
from tests.flows.calendar import (
    billed_periods,
    desk_in,
    expire,
    fresh,
    go_to,
    on_file,
    own_method,
    renewals,
    sound,
)
from tests.flows.money.desk import Desk
from tests.sandbox import SandboxServer

BERLIN = "Europe/Berlin"
FIRST, SECOND = dt.date(2027, 3, 10), dt.date(2027, 4, 10)


@pytest.fixture
def desk(sandbox: SandboxServer) -> Desk:
    """At 10 February 2027; its hosting is sold by the month."""
    return desk_in(BERLIN, day=dt.date(2027, 2, 10))


def subscribed(desk: Desk, token: str = "pm_card_visa") -> Subscription:
    """Hosting at 20.00 a month, paid with a card that works; `token` is what its renewals find on file."""
    order = desk.pay(desk.order(desk.hosting))
    if token != "pm_card_visa":
        on_file(desk, token)
    (subscription,) = desk.subscriptions(order)
    return subscription


def only_renewal(desk: Desk) -> Invoice:
    (invoice,) = renewals(desk)
    return invoice


def collect(desk: Desk, invoice: Invoice) -> Invoice:
    collect_invoice(desk.partner, desk.alice, invoice.id)
    collected: Invoice = fresh(desk, invoice)
    return collected


def test_renewals_of_one_day_and_method_share_an_invoice_and_a_charge(desk: Desk, sandbox: SandboxServer) -> None:
    backups = desk.product("Backups", 700, interval="month")
    desk.pay(desk.order(desk.hosting, backups))
    desk.pay(desk.order(backups))
    go_to(desk, FIRST)

    invoice = only_renewal(desk)
    assert (invoice.total_minor, invoice.status) == (3_400, "paid")
    with_lines = desk.rows(InvoiceLine, invoice_id=invoice.id)
    assert sorted((line.position, line.total_minor) for line in with_lines) == [(1, 2_000), (2, 700), (3, 700)]
    assert [charge["amount"] for charge in sandbox.captured(invoice=invoice.shown_id)] == [3_400]
    assert sound(desk) == []


def test_a_subscription_with_a_card_of_its_own_has_an_invoice_of_its_own(desk: Desk, sandbox: SandboxServer) -> None:
    order = desk.pay(desk.order(desk.hosting, desk.product("Backups", 700, interval="month")))
    other = on_file(desk, "pm_card_mastercard", default=False)
    own_method(desk, desk.subscriptions(order)[0], other)
    go_to(desk, FIRST)

    paid_with = {invoice.total_minor: desk.payments(invoice.id)[0].method_facts["brand"] for invoice in renewals(desk)}
    assert sorted(paid_with) == [700, 2_000]
    assert set(paid_with.values()) == {"visa", "mastercard"}
    assert sound(desk) == []


def test_customers_do_not_share_invoices(desk: Desk) -> None:
    desk.pay(desk.order(desk.hosting))
    dana = desk.dana
    desk.dana = make_customer(desk.partner, desk.alice, timezone=BERLIN)
    desk.pay(desk.order(desk.hosting))
    go_to(desk, FIRST)

    assert len(renewals(desk)) == 1
    desk.dana = dana
    assert len(renewals(desk)) == 1


def test_a_declined_renewal_leaves_the_invoice_due_and_the_subscription_past_due(
    desk: Desk, sandbox: SandboxServer
) -> None:
    subscription = subscribed(desk, "pm_card_chargeCustomerFail")
    go_to(desk, FIRST)

    invoice = only_renewal(desk)
    assert (invoice.status, invoice.paid_minor, invoice.number) == ("due", 0, "INV-000002")
    assert fresh(desk, subscription).status == "past_due"
    (payment,) = desk.payments(invoice.id)
    assert (payment.status, payment.decline_code) == ("declined", "generic_decline")
    assert sandbox.captured(invoice=invoice.shown_id) == []
    assert sound(desk) == []


def test_past_due_goes_on_being_billed(desk: Desk) -> None:
    subscription = subscribed(desk, "pm_card_chargeCustomerFail")
    go_to(desk, SECOND)

    assert [invoice.status for invoice in renewals(desk)] == ["due", "due"]
    assert fresh(desk, subscription).status == "past_due"


def test_another_card_pays_later_and_the_subscription_recovers(desk: Desk, sandbox: SandboxServer) -> None:
    subscription = subscribed(desk, "pm_card_chargeCustomerFail")
    go_to(desk, FIRST)
    on_file(desk, "pm_card_mastercard")
    invoice = collect(desk, only_renewal(desk))

    assert (invoice.status, invoice.paid_minor) == ("paid", 2_000)
    assert invoice.paid_at is not None
    assert fresh(desk, subscription).status == "active"
    assert [payment.status for payment in desk.payments(invoice.id)] == ["declined", "succeeded"]
    assert len(sandbox.captured(invoice=invoice.shown_id)) == 1
    assert sound(desk) == []


def test_a_subscription_recovers_with_the_last_of_its_open_renewals(desk: Desk) -> None:
    subscription = subscribed(desk, "pm_card_chargeCustomerFail")
    go_to(desk, SECOND)
    on_file(desk, "pm_card_mastercard")
    first, second = renewals(desk)
    collect(desk, first)
    assert fresh(desk, subscription).status == "past_due"
    collect(desk, second)

    assert fresh(desk, subscription).status == "active"


def test_a_customer_without_a_card_owes_the_invoice(desk: Desk) -> None:
    subscription = subscribed(desk)
    update_billing_settings(desk.partner, desk.alice, desk.dana.id, {"default_payment_method_id": None})
    go_to(desk, FIRST)

    invoice = only_renewal(desk)
    assert (invoice.status, desk.payments(invoice.id)) == ("due", [])
    assert fresh(desk, subscription).status == "past_due"
    (refused,) = desk.rows(Event, type="invoice.collection_refused")
    assert refused.changes == {"code": "payment_method_required"}
    assert sound(desk) == []


def test_an_expired_card_is_not_charged(desk: Desk, sandbox: SandboxServer) -> None:
    subscription = subscribed(desk)
    expire(desk, on_file(desk))
    go_to(desk, FIRST)

    invoice = only_renewal(desk)
    assert (invoice.status, desk.payments(invoice.id)) == ("due", [])
    assert fresh(desk, subscription).status == "past_due"
    assert sandbox.captured(invoice=invoice.shown_id) == []
    (refused,) = desk.rows(Event, type="invoice.collection_refused")
    assert refused.changes == {"code": "method_expired"}


def test_who_pays_by_invoice_is_not_charged_and_not_past_due(desk: Desk) -> None:
    subscription = subscribed(desk)
    by_invoice = BillingSettings.SEND_INVOICE
    update_billing_settings(
        desk.partner, desk.alice, desk.dana.id, {"collection": by_invoice, "payment_terms_days": 30, "memo": "PO 7"}
    )
    go_to(desk, FIRST)

    invoice = only_renewal(desk)
    assert desk.payments(invoice.id) == []
    assert fresh(desk, subscription).status == "active"
    assert invoice.memo == "PO 7"
    assert sound(desk) == []
    assert (invoice.status, invoice.due_on) == ("due", FIRST + dt.timedelta(days=30))


def test_a_renewal_that_costs_nothing_is_paid_at_once(desk: Desk) -> None:
    order = desk.pay(desk.order(desk.product("Free plan", 0, interval="month")), None)
    go_to(desk, FIRST)

    invoice = only_renewal(desk)
    assert (invoice.status, invoice.total_minor, desk.payments(invoice.id)) == ("paid", 0, [])
    assert fresh(desk, desk.subscriptions(order)[0]).status == "active"
    assert sound(desk) == []


def test_a_renewal_is_taxed_by_the_rates_of_its_day(desk: Desk) -> None:
    update_customer(desk.partner, desk.alice, desk.dana.id, {"address": CALIFORNIA})
    subscribed(desk)
    make_tax_rate(desk.partner, desk.alice, percent="10")
    go_to(desk, FIRST)

    invoice = only_renewal(desk)
    assert (invoice.subtotal_minor, invoice.tax_minor, invoice.total_minor) == (2_000, 200, 2_200)
    assert sound(desk) == []


def test_a_renewal_that_the_bank_asks_about_waits_for_the_customer(desk: Desk, sandbox: SandboxServer) -> None:
    order = desk.order(desk.hosting)
    desk.pay(order, "pm_card_authenticationRequired")
    answer(desk, sandbox, order.id)
    (subscription,) = desk.subscriptions(order)
    go_to(desk, FIRST)
    invoice = only_renewal(desk)
    assert [payment.status for payment in desk.payments(invoice.id)] == ["requires_action"]
    assert (invoice.status, fresh(desk, subscription).status) == ("due", "active")
    answer(desk, sandbox, invoice.id)

    assert fresh(desk, invoice).status == "paid"
    assert len(sandbox.captured(invoice=invoice.shown_id)) == 1
    assert sound(desk) == []


def test_a_bank_that_is_told_no_makes_the_renewal_past_due(desk: Desk, sandbox: SandboxServer) -> None:
    order = desk.order(desk.hosting)
    desk.pay(order, "pm_card_authenticationRequired")
    answer(desk, sandbox, order.id)
    (subscription,) = desk.subscriptions(order)
    go_to(desk, FIRST)
    invoice = only_renewal(desk)
    answer(desk, sandbox, invoice.id, "refuse")

    assert fresh(desk, invoice).status == "due"
    assert fresh(desk, subscription).status == "past_due"


def test_a_card_that_was_set_up_renews_without_a_question(desk: Desk, sandbox: SandboxServer) -> None:
    order = desk.order(desk.hosting)
    desk.pay(order, "pm_card_authenticationRequiredOnSetup")
    answer(desk, sandbox, order.id)
    go_to(desk, FIRST)

    assert only_renewal(desk).status == "paid"


def answer(desk: Desk, sandbox: SandboxServer, debt_id: object, result: str = "approve") -> None:
    """Follow the link that the customer was mailed, and answer the bank."""
    payment = desk.payments(debt_id)[-1]  # type: ignore[arg-type]
    if payment.status != "requires_action":
        return
    url = open_challenge(desk.partner, payment.id)
    assert url is not None
    sandbox.answer_challenge(url, result)
    challenge_answered(desk.partner, payment.id)


def test_a_renewal_whose_answer_was_lost_is_settled_once(desk: Desk, sandbox: SandboxServer) -> None:
    subscription = subscribed(desk)
    sandbox.faults(drop_response_rate=1, paths="/v1/payment_intents", methods="POST", times=1)
    go_to(desk, FIRST)
    invoice = only_renewal(desk)
    (payment,) = desk.payments(invoice.id)
    assert (payment.status, invoice.status) == ("unknown", "due")
    sandbox.faults()
    with pytest.raises(Refused) as refusal:
        collect(desk, invoice)
    assert refusal.value.code == "payment_in_progress"
    look(desk.partner, payment.id, now_due=True)
    renew_customer(desk.partner, desk.dana.id)

    assert fresh(desk, invoice).status == "paid"
    assert len(sandbox.captured(invoice=invoice.shown_id)) == 1
    assert len(billed_periods(desk, subscription)) == 2
    assert sound(desk) == []


def test_an_invoice_that_is_paid_is_not_charged_again(desk: Desk, sandbox: SandboxServer) -> None:
    subscribed(desk)
    go_to(desk, FIRST)
    invoice = only_renewal(desk)
    with pytest.raises(Refused) as refusal:
        collect(desk, invoice)

    assert refusal.value.code == "already_paid"
    assert len(sandbox.captured(invoice=invoice.shown_id)) == 1


def test_an_invoice_needs_a_card_to_be_charged(desk: Desk) -> None:
    order = desk.order()
    activate(desk.partner, desk.alice, order.id)
    (invoice,) = desk.invoices(order)
    with pytest.raises(Refused) as refusal:
        collect(desk, invoice)

    assert refusal.value.code == "payment_method_required"
    assert desk.payments(invoice.id) == []


def test_an_order_activated_without_payment_is_paid_through_its_invoice(desk: Desk, sandbox: SandboxServer) -> None:
    order = desk.order()
    activate(desk.partner, desk.alice, order.id)
    on_file(desk)
    (invoice,) = desk.invoices(order)
    assert (invoice.status, invoice.total_minor) == ("due", 17_000)
    invoice = collect(desk, invoice)

    assert (invoice.status, invoice.paid_minor) == ("paid", 17_000)
    assert len(sandbox.captured(invoice=invoice.shown_id)) == 1
    assert sound(desk) == []


def test_only_who_may_charge_methods_collects(desk: Desk) -> None:
    order = desk.order()
    activate(desk.partner, desk.alice, order.id)
    on_file(desk)
    (invoice,) = desk.invoices(order)
    nobody = make_member(desk.partner, "Erin", "salesperson", grants=["orders.create"]).actor("console")
    with pytest.raises(NotAllowed):
        collect_invoice(desk.partner, nobody, invoice.id)

    assert desk.payments(invoice.id) == []


def test_another_partners_invoice_is_not_found(desk: Desk) -> None:
    other = Desk()
    order = other.order()
    activate(other.partner, other.alice, order.id)
    (invoice,) = other.invoices(order)
    with pytest.raises(NotFound):
        collect_invoice(desk.partner, desk.alice, invoice.id)

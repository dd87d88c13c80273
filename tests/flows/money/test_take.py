"""Taking the first payment: what an approval sets up, what a decline leaves, who is told what."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from handsel.database.tenancy import writing
from handsel.flows.money.begin import NewMethod, SavedMethod
from handsel.flows.money.take import submit_with_payment
from handsel.flows.sales.draft import LineDraft, update_order
from handsel.flows.sales.moves import act
from handsel.models import BillingSettings, Contact, OrderTag, PaymentMethod
from handsel.models.people import now_of
from handsel.rules.errors import Invalid, NotAllowed, NotFound, Refused
from handsel.rules.pricing import PercentOff
from tests.cast import acting, make_customer, make_method, make_partner, read_order
from tests.flows.money.desk import Desk
from tests.sandbox import SandboxServer


@pytest.fixture
def desk(sandbox: SandboxServer) -> Desk:
    return Desk()


def test_an_approved_payment_sets_the_whole_order_to_work(desk: Desk, sandbox: SandboxServer) -> None:
    order = desk.pay(desk.order())

    assert order.status == "activated"
    payment = desk.payment(order)
    assert (payment.status, payment.captured_minor, payment.method_facts["last4"]) == ("succeeded", 17_000, "4242")
    (invoice,) = desk.invoices(order)
    assert (invoice.status, invoice.total_minor, invoice.paid_minor) == ("paid", 17_000, 17_000)
    assert invoice.number == "INV-000001"
    assert sorted(subscription.unit_price_minor for subscription in desk.subscriptions(order)) == [2_000, 5_000]
    assert all(subscription.status == "active" for subscription in desk.subscriptions(order))
    assert [activation.status for activation in desk.activations(order)] == ["activated"] * 3
    (charge,) = sandbox.captured(payment=payment.shown_id)
    assert (charge["amount"], charge["currency"]) == (17_000, "usd")


def test_the_ledger_balances_per_debt_after_an_approval(desk: Desk) -> None:
    order = desk.pay(desk.order())

    (invoice,) = desk.invoices(order)
    moved = [(p.debit, p.credit, p.amount_minor) for p in desk.postings(debt_id=invoice.id)]
    assert sorted(moved) == [("gateway", "receivable", 17_000), ("receivable", "revenue", 17_000)]


def test_default_billing_is_filled_only_where_it_was_null(desk: Desk) -> None:
    desk.pay(desk.order())
    first = desk.billing()
    assert first.recipient_id is not None
    assert first.default_payment_method_id is not None

    desk.pay(desk.order(), "pm_card_mastercard")

    assert desk.billing().default_payment_method_id == first.default_payment_method_id
    assert len(desk.rows(PaymentMethod, customer_id=desk.dana.id)) == 2


def test_a_recipient_that_was_set_stays(desk: Desk) -> None:
    with writing(desk.partner.id):
        other = Contact.objects.create(
            partner=desk.partner, customer=desk.dana, name="Books", email="books@dana.example"
        )
        BillingSettings.objects.filter(customer_id=desk.dana.id).update(recipient_id=other.id)
    desk.pay(desk.order())
    assert desk.billing().recipient_id == other.id


def test_a_card_that_was_not_to_be_kept_is_not_kept(desk: Desk) -> None:
    order = desk.pay(desk.order(), NewMethod("pm_card_visa", save=False))
    assert order.status == "activated"
    assert desk.rows(PaymentMethod, customer_id=desk.dana.id) == []
    assert desk.billing().default_payment_method_id is None


def test_a_saved_card_is_charged_off_session_as_the_same_gateway_customer(desk: Desk, sandbox: SandboxServer) -> None:
    card = desk.saved_card()
    order = desk.pay(desk.order(), card)
    assert order.status == "activated"
    payment = desk.payment(order)
    assert payment.method_id == card.id
    assert payment.request["off_session"] is True
    assert payment.request["customer_reference"]


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("pm_card_visa_chargeDeclined", "generic_decline"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "insufficient_funds"),
        ("pm_card_visa_chargeDeclinedLostCard", "lost_card"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card"),
        ("pm_card_chargeDeclinedProcessingError", "processing_error"),
    ],
)
def test_a_declined_payment_marks_the_order_and_keeps_the_reason(desk: Desk, token: str, code: str) -> None:
    order = desk.pay(desk.order(), token)

    assert (order.status, order.decline_cause) == ("declined", "payment")
    payment = desk.payment(order)
    assert (payment.status, payment.decline_code, payment.captured_minor) == ("declined", code, 0)
    assert [tag.tag for tag in desk.rows(OrderTag, order_id=order.id)] == ["Payment declined"]
    assert desk.invoices(order) == []
    assert desk.postings(debt_id=order.id) == []
    assert "order.declined" in desk.events(subject_id=order.id)


def test_a_declined_order_is_mended_and_paid_and_the_tag_goes(desk: Desk, sandbox: SandboxServer) -> None:
    order = desk.pay(desk.order(), "pm_card_visa_chargeDeclined")
    act(desk.partner, desk.bob, "convert_to_draft", order.id)
    assert read_order(desk.partner, order.id).revision == 2

    order = desk.pay(order)

    assert order.status == "activated"
    assert desk.rows(OrderTag, order_id=order.id) == []
    assert [payment.status for payment in desk.payments(order.id)] == ["declined", "succeeded"]
    first, second = desk.payments(order.id)
    assert second.request["customer_reference"] is not None, "the second try knows the first one's gateway customer"
    assert len(sandbox.captured(order=order.shown_id)) == 1
    assert first.reference != second.reference


def test_nothing_due_needs_no_card_and_makes_a_zero_invoice(desk: Desk, sandbox: SandboxServer) -> None:
    order = desk.order(LineDraft(product_id=desk.hosting.id, discount=PercentOff(Decimal(100))))
    order = desk.pay(order, None)
    assert order.status == "activated"
    (invoice,) = desk.invoices(order)
    assert (invoice.status, invoice.total_minor, invoice.number) == ("paid", 0, "INV-000001")
    assert desk.payments(order.id) == []
    assert len(desk.subscriptions(order)) == 1


def test_a_contract_that_starts_later_is_paid_now_and_scheduled(desk: Desk) -> None:
    start = now_of(desk.partner).date() + dt.timedelta(days=30)
    order = desk.pay(desk.order(contract_start_on=start))
    assert order.status == "scheduled"
    assert {activation.status for activation in desk.activations(order)} == {"scheduled"}
    assert {subscription.status for subscription in desk.subscriptions(order)} == {"scheduled"}
    assert {subscription.period_start_on for subscription in desk.subscriptions(order)} == {start}


def test_a_trial_is_not_charged_until_it_ends(desk: Desk) -> None:
    trial = desk.product("Trial plan", 3_000, interval="month", trial_days=14)
    order = desk.pay(desk.order(trial, desk.website))
    assert desk.payment(order).amount_minor == 10_000
    (subscription,) = desk.subscriptions(order)
    assert subscription.periods_billed == 0
    assert subscription.trial_ends_on == subscription.anchor_on


def test_yen_are_counted_in_yen(sandbox: SandboxServer) -> None:
    desk = Desk(currency="JPY")
    order = desk.pay(desk.order(desk.product("Sticker", 80)))
    payment = desk.payment(order)
    assert (payment.captured_minor, payment.currency) == (80, "JPY")
    (charge,) = sandbox.captured(payment=payment.shown_id)
    assert (charge["amount"], charge["currency"]) == (80, "jpy")


def test_an_amount_below_the_gateways_minimum_is_refused_before_anything_is_sent(desk: Desk) -> None:
    order = desk.order(desk.product("Crumb", 10))
    with pytest.raises(Refused) as refused:
        desk.pay(order)
    assert refused.value.code == "below_minimum"
    assert desk.payments(order.id) == []
    assert read_order(desk.partner, order.id).status == "draft"


def test_an_expired_card_on_file_is_refused_before_anything_is_sent(desk: Desk) -> None:
    method = make_method(desk.partner, desk.dana, exp_year=2020, exp_month=1)
    order = desk.order()
    with pytest.raises(Refused) as refused:
        desk.pay(order, SavedMethod(method.id))
    assert refused.value.code == "method_expired"
    assert desk.payments(order.id) == []


def test_another_customers_card_does_not_exist_here(desk: Desk) -> None:
    other = make_customer(desk.partner, desk.alice)
    method = make_method(desk.partner, other)
    order = desk.order()
    with pytest.raises(NotFound):
        desk.pay(order, SavedMethod(method.id))
    assert read_order(desk.partner, order.id).status == "draft"


def test_a_stale_version_charges_nothing(desk: Desk) -> None:
    order = desk.order()
    update_order(desk.partner, desk.bob, order.id, order.version, {"staff_notes": "changed meanwhile"})
    with pytest.raises(Refused) as refused:
        submit_with_payment(
            desk.partner, desk.bob, order.id, NewMethod("pm_card_visa", save=True), version=order.version
        )
    assert refused.value.code == "order_changed"
    assert desk.payments(order.id) == []


def test_a_paid_order_cannot_be_paid_again(desk: Desk) -> None:
    order = desk.pay(desk.order())
    with pytest.raises(Refused) as refused:
        desk.pay(order)
    assert refused.value.code == "already_paid"
    assert len(desk.payments(order.id)) == 1


def test_a_used_token_is_declined_and_takes_nothing(desk: Desk, sandbox: SandboxServer) -> None:
    client = sandbox.client()
    minted = client.v1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}})
    desk.pay(desk.order(), NewMethod(minted.id, save=False))
    order = desk.pay(desk.order(), NewMethod(minted.id, save=False))
    assert order.status == "declined"
    assert sandbox.captured(order=order.shown_id) == []


@pytest.mark.parametrize("token", ["", "4242424242424242", "pm_\x00", "pm_é", "pm_" + "x" * 100])
def test_a_token_that_is_none_is_refused(desk: Desk, token: str) -> None:
    order = desk.order()
    with pytest.raises(Invalid):
        desk.pay(order, token)
    assert desk.payments(order.id) == []


def test_the_seller_must_be_known_before_a_first_number_is_given(sandbox: SandboxServer) -> None:
    desk = Desk(partner=make_partner(legal_name=""))
    with pytest.raises(Refused) as refused:
        desk.pay(desk.order())
    assert refused.value.code == "billing_details_missing"


def test_a_salesperson_without_the_grant_charges_nothing(desk: Desk) -> None:
    from tests.cast import make_member

    eve = acting(make_member(desk.partner, "Eve", "salesperson", grants=["orders.create", "orders.view_all"]))
    order = desk.order()
    with pytest.raises(NotAllowed):
        desk.pay(order, actor=eve)
    assert desk.payments(order.id) == []

"""The home page: what needs somebody, for whom, and what business came to."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from handsel.database.tenancy import reading, writing
from handsel.flows.clock import advance_clock
from handsel.flows.money.begin import NewMethod
from handsel.flows.money.saved_methods import save_method, set_default_method
from handsel.flows.money.take import submit_with_payment
from handsel.flows.people.partners import update_partner
from handsel.flows.sales.answer import decline_as_customer
from handsel.flows.sales.conversation import write_to_customer, write_to_seller
from handsel.flows.sales.draft import LineDraft
from handsel.flows.sales.moves import act
from handsel.flows.sales.offers import ContactAsked, send_offer
from handsel.models import Customer, Invoice, Member, Offer, Order, Partner, Product
from handsel.models.people import now_of
from handsel.reads.money.attention import attention
from handsel.reads.money.figures import figures
from tests.cast import acting, make_customer, make_member, make_order
from tests.flows.sales.offering import link_to
from tests.sandbox import SandboxServer
from tests.web.console.world import signed_in

DECLINES, ASKS = "pm_card_visa_chargeDeclinedInsufficientFunds", "pm_card_authenticationRequired"


@pytest.fixture
def sold(partner: Partner, bob: Member, dana: Customer, website: Product) -> Order:
    """A draft of Bob's over 100.00 USD."""
    return make_order(partner, acting(bob), dana, [LineDraft(product_id=website.id)])


def test_nothing_needs_anybody_in_the_beginning(partner: Partner, alice: Member) -> None:
    page = signed_in(alice).get("/home").content.decode()
    assert "Nothing needs you" in page
    assert "cannot be numbered" not in page


def test_missing_business_details_are_asked_for_before_the_first_sale(partner: Partner, alice: Member) -> None:
    update_partner(partner, acting(alice), {"tax_id": ""})
    page = signed_in(alice).get("/home").content.decode()
    assert "Invoices cannot be numbered yet" in page
    assert "Still missing: tax id" in page


def test_a_declined_payment_comes_first_with_what_to_do(
    partner: Partner, alice: Member, bob: Member, sold: Order, sandbox: SandboxServer
) -> None:
    submit_with_payment(partner, acting(bob), sold.id, NewMethod(DECLINES, save=False))
    for member in (alice, bob):
        page = signed_in(member).get("/home").content.decode()
        assert "Declined payments" in page
        assert "insufficient_funds" in page
        assert "Nothing was charged" in page
        assert f"/orders/{sold.shown_id}/payment" in page


def test_a_salesperson_is_not_shown_what_needs_others(
    partner: Partner, alice: Member, bob: Member, dana: Customer, website: Product, sandbox: SandboxServer
) -> None:
    order = make_order(partner, acting(alice), dana, [LineDraft(product_id=website.id)])
    submit_with_payment(partner, acting(alice), order.id, NewMethod(DECLINES, save=False))
    assert "Nothing needs you" in signed_in(bob).get("/home").content.decode()


def test_an_open_question_of_the_customers_bank_is_shown(
    partner: Partner, bob: Member, sold: Order, sandbox: SandboxServer
) -> None:
    submit_with_payment(partner, acting(bob), sold.id, NewMethod(ASKS, save=False))
    assert "Waiting for the customer's bank" in signed_in(bob).get("/home").content.decode()


def test_an_outcome_that_is_not_known_for_long_is_shown_and_a_fresh_one_is_not(
    partner: Partner, alice: Member, bob: Member, sold: Order, sandbox: SandboxServer
) -> None:
    sandbox.faults(drop_response_rate=1)
    submit_with_payment(partner, acting(bob), sold.id, NewMethod("pm_card_visa", save=False))
    with reading(partner.id):
        assert attention(partner, acting(bob)).unknown == []
    advance_clock(partner, acting(alice), now_of(partner) + dt.timedelta(minutes=20))
    partner = Partner.objects.get(id=partner.id)
    with reading(partner.id):
        assert [payment.debt_id for payment in attention(partner, acting(bob)).unknown] == [sold.id]


def test_orders_that_wait_for_approval_are_shown_to_those_who_approve(
    partner: Partner, alice: Member, bob: Member, sold: Order
) -> None:
    act(partner, acting(bob), "submit_to_admin", sold.id)
    assert "Waiting for you" in signed_in(alice).get("/home").content.decode()
    assert "Waiting for you" not in signed_in(bob).get("/home").content.decode()


def test_a_renewal_that_was_not_paid_leads_to_its_invoice(
    partner: Partner, alice: Member, dana: Customer, hosting: Product, sandbox: SandboxServer
) -> None:
    order = make_order(partner, acting(alice), dana, [LineDraft(product_id=hosting.id)])
    submit_with_payment(partner, acting(alice), order.id, NewMethod("pm_card_visa", save=True))
    fails = save_method(partner, acting(alice), dana.id, "pm_card_chargeCustomerFail")
    set_default_method(partner, acting(alice), dana.id, fails.id)
    advance_clock(partner, acting(alice), now_of(partner) + dt.timedelta(days=32))
    with reading(partner.id):
        due = Invoice.objects.filter(status="due").first()
    page = signed_in(alice).get("/home").content.decode()
    assert due is not None
    assert "Renewals that were not paid" in page
    assert f"/invoices/{due.shown_id}" in page


def test_the_figures_count_a_debt_once_and_tell_what_was_recovered(
    partner: Partner, alice: Member, bob: Member, sold: Order, dana: Customer, sandbox: SandboxServer
) -> None:
    for card in (DECLINES, DECLINES, "pm_card_visa"):
        _try(partner, bob, sold, card)
    with reading(partner.id):
        found = figures(partner)
    assert (found.collected[-1], found.declined[-1], found.recovered[-1]) == (10_000, 10_000, 10_000)
    assert found.collected[:-1] == [0] * 11


def test_what_renews_each_month_is_worth_the_same_whatever_its_interval(
    partner: Partner, alice: Member, dana: Customer, hosting: Product, sandbox: SandboxServer
) -> None:
    lines = [LineDraft(product_id=hosting.id, quantity=3)]
    order = make_order(partner, acting(alice), dana, lines)
    submit_with_payment(partner, acting(alice), order.id, NewMethod("pm_card_visa", save=True))
    with reading(partner.id):
        found = figures(partner)
    assert (found.recurring[-1], found.recurring[-2], found.subscriptions) == (6_000, 0, 1)


def test_the_home_page_asks_the_database_no_more_for_more_orders(
    partner: Partner, alice: Member, website: Product, sandbox: SandboxServer
) -> None:
    client, counts = signed_in(alice), []
    for _ in range(2):
        for _ in range(2):
            customer = make_customer(partner, acting(alice))
            order = make_order(partner, acting(alice), customer, [LineDraft(product_id=website.id)])
            submit_with_payment(partner, acting(alice), order.id, NewMethod(DECLINES, save=False))
        with CaptureQueriesContext(connection) as asked:
            client.get("/home")
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[0] <= 20


def _try(partner: Partner, member: Member, order: Order, card: str) -> None:
    with reading(partner.id):
        row = Order.objects.get(id=order.id)
    if row.status == "declined":
        act(partner, acting(member), "convert_to_draft", order.id)
    submit_with_payment(partner, acting(member), order.id, NewMethod(card, save=False))


def test_what_offers_need_is_shown_to_whose_orders_they_are(
    partner: Partner, alice: Member, bob: Member, dana: Customer, website: Product
) -> None:
    orders = [make_order(partner, acting(bob), dana, [LineDraft(product_id=website.id)]) for _ in range(5)]
    asked, locked, expiring, declined, quiet = (_sent(partner, bob, order) for order in orders)
    write_to_seller(partner, link_to(asked), "May we begin a week later?")
    write_to_seller(partner, link_to(quiet), "Is it still so?")
    write_to_customer(partner, acting(bob), quiet.order_id, "It is.")
    decline_as_customer(partner, link_to(declined), "We found somebody nearer.")
    with writing(partner.id):
        now = now_of(partner)
        Offer.objects.filter(id=locked.id).update(locked_at=now, failed_cards=5)
        Offer.objects.filter(id=expiring.id).update(expires_at=now + dt.timedelta(days=1))
    with reading(partner.id):
        found = {need.order.id: need.why for need in attention(partner, acting(bob)).offers}
        assert [need.why for need in attention(partner, acting(alice)).offers] == ["asked", "locked", "expiring"]
    assert found == {
        asked.order_id: "asked", locked.order_id: "locked", expiring.order_id: "expiring",
        declined.order_id: "declined",
    }  # fmt: skip
    page = signed_in(bob).get("/home").content.decode()
    for said in (
        "May we begin a week later?",
        "5 cards failed",
        "nobody looked at it yet",
        "We found somebody nearer.",
    ):
        assert said in page
    eve = make_member(partner, "Eve", "salesperson")
    assert "Nothing needs you" in signed_in(eve).get("/home").content.decode()


def test_whose_order_an_admin_declined_is_told_why(partner: Partner, alice: Member, bob: Member, sold: Order) -> None:
    act(partner, acting(bob), "submit_to_admin", sold.id)
    act(partner, acting(alice), "decline", sold.id, reason="Too cheap.")
    page = signed_in(bob).get("/home").content.decode()
    assert "An admin said no." in page
    assert "Too cheap." in page
    assert "Too cheap." not in signed_in(alice).get("/home").content.decode()


def _sent(partner: Partner, member: Member, order: Order) -> Offer:
    contact = ContactAsked(name="Dana Baker", email="dana@bakery.example")
    return send_offer(partner, acting(member), order.id, contact=contact, require_payment=True)

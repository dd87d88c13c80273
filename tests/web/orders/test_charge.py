"""The charge dialog: one button, the amount from our rows, and what came of it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from babel.dates import format_date

from handsel.flows.sales.draft import LineDraft
from handsel.models import PaymentMethod
from handsel.rules.pricing import PercentOff
from tests.cast import acting, make_customer, make_member, make_method, make_order
from tests.sandbox import SandboxServer
from tests.web.orders.conftest import Place, html, signed_in


def test_charging_shows_what_came_of_it_and_a_repeat_charges_nothing(place: Place, sandbox: SandboxServer) -> None:
    typed = {"version": "1", "method": "new", "token": "pm_card_visa", "save": "on"}
    shown = html(place.bob.post(f"{place.url}/charge", typed))
    assert "$120.00 was charged" in shown
    assert "INV-000001" in shown
    assert "Activated" in shown
    again = place.bob.post(f"{place.url}/charge", typed)
    assert again.status_code == 409
    assert again["HX-Retarget"] == "#charge-problem"
    assert len(sandbox.captured(order=place.order.shown_id)) == 1


def test_a_decline_is_told_with_its_code_and_what_to_do(place: Place, sandbox: SandboxServer) -> None:
    typed = {"version": "1", "method": "new", "token": "pm_card_visa_chargeDeclinedInsufficientFunds"}
    shown = html(place.bob.post(f"{place.url}/charge", typed))
    assert "The payment of $120.00 was declined" in shown
    assert "Nothing was charged" in shown
    assert "insufficient_funds" in shown
    assert "Convert to draft" in shown
    tab = html(place.bob.get(f"{place.url}/payment"))
    assert "For the customer" in tab
    assert "For staff" in tab
    assert "try_again_later" in tab


@pytest.mark.parametrize(
    ("typed", "code"), [({"version": "7"}, 409), ({"method": "new", "token": ""}, 422), ({"token": "tok_1"}, 422)]
)
def test_what_is_refused_before_the_bank_is_asked_keeps_the_dialog_open(
    place: Place, typed: dict[str, str], code: int
) -> None:
    answer = place.bob.post(f"{place.url}/charge", {"version": "1", "method": "new", "token": "pm_card_visa"} | typed)
    assert answer.status_code == code
    assert answer["HX-Retarget"] == "#charge-problem"
    assert "othing was charged" in html(answer)
    assert place.desk.payments(place.order.id) == []
    assert place.fresh().status == "draft"


def test_an_amount_from_a_browser_changes_nothing(place: Place, sandbox: SandboxServer) -> None:
    typed = {"version": "1", "method": "new", "token": "pm_card_visa", "amount": "1", "amount_minor": "1"}
    place.bob.post(f"{place.url}/charge", typed)
    assert [each["amount"] for each in sandbox.captured(order=place.order.shown_id)] == [12_000]


def test_who_may_not_enter_cards_is_offered_the_saved_ones_only(place: Place) -> None:
    finn = make_member(place.desk.partner, "Finn", "salesperson", grants=["orders.create", "payments.collect"])
    make_method(place.desk.partner, place.desk.dana)
    order = make_order(place.desk.partner, acting(finn), place.desk.dana, [place.desk.website])
    shown = html(signed_in(finn).get(f"/orders/{order.shown_id}/charge"))
    assert "4242" in shown
    assert "Another card" not in shown
    assert "data-card-fields" not in shown


def test_another_customers_card_is_not_found(place: Place) -> None:
    theirs = make_method(place.desk.partner, make_customer(place.desk.partner, place.desk.alice))
    answer = place.bob.post(f"{place.url}/charge", {"version": "1", "method": theirs.shown_id})
    assert answer.status_code == 404
    assert place.desk.payments(place.order.id) == []


def test_a_card_on_file_is_verified_without_an_amount(place: Place, sandbox: SandboxServer) -> None:
    method = place.desk.saved_card()
    with_card = place.bob.get(place.url)
    assert "Verify" in html(with_card)
    shown = place.desk.rows(PaymentMethod, id=method.id)[0].shown_id
    answer = place.bob.post(f"{place.url}/methods/{shown}/verify")
    assert answer.status_code == 200
    assert "The bank confirmed this card. Nothing was charged." in html(answer)
    assert place.eve.post(f"{place.url}/methods/{shown}/verify").status_code == 404
    assert place.charlie.post(f"{place.url}/methods/{shown}/verify").status_code == 404


def test_where_nothing_is_due_no_card_is_asked_for_and_the_order_is_set_to_work(place: Place) -> None:
    free = LineDraft(place.desk.website.id, discount=PercentOff(Decimal(100)))
    order = place.desk.order(free)
    asked = html(place.bob.get(f"/orders/{order.shown_id}/charge"))
    assert "Nothing to pay" in asked
    assert "data-card-fields" not in asked
    shown = html(place.bob.post(f"/orders/{order.shown_id}/charge", {"version": "1"}))
    assert "The order is set to work" in shown
    assert place.desk.payments(order.id) == []
    assert [(each.status, each.total_minor) for each in place.desk.invoices(order)] == [("paid", 0)]


def test_a_renewal_is_shown_on_the_customers_day(sandbox: SandboxServer, place: Place) -> None:
    tokyo = make_customer(place.desk.partner, place.desk.alice, name="Kissa Tokyo", timezone="Asia/Tokyo")
    order = make_order(place.desk.partner, place.desk.bob, tokyo, [place.desk.hosting])
    place.desk.pay(order)
    (subscription,) = place.desk.subscriptions(order)
    assert subscription.period_end_on is not None
    day = format_date(subscription.period_end_on, "medium", locale="en_US")
    shown = html(place.bob.get(f"/orders/{order.shown_id}"))
    assert f"renews {day}" in shown
    assert f"every month from {day}" in shown

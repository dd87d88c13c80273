"""T19, small dose: what the customer's bank may ask, on the link, at the desk and at renewals. Nothing activates before
the money is there, and a challenge that was left, or answered twice, changes nothing more.
"""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils.timezone import now as real_now

from handsel.database.tenancy import writing
from handsel.flows.clock import advance_clock
from handsel.flows.money.begin import NewMethod
from handsel.flows.money.challenge import challenge_answered, open_challenge
from handsel.flows.money.reconcile import look
from handsel.flows.money.saved_methods import save_method
from handsel.models import Order, Payment, PaymentMethod
from handsel.models.people import now_of
from handsel.rules.errors import PaymentRequired
from tests.cast import read_order
from tests.flows.money.desk import Desk
from tests.flows.sales.offering import pay, send
from tests.oracle import assert_sound, converge
from tests.sandbox import SandboxServer

CARDS = {
    # token: after the first answer on the link, whether it can be saved without a payment
    "pm_card_visa": ("activated", True),
    "pm_card_visa_chargeDeclined": ("declined", False),
    "pm_card_visa_chargeDeclinedInsufficientFunds": ("declined", False),
    "pm_card_visa_chargeDeclinedLostCard": ("declined", False),
    "pm_card_chargeDeclinedExpiredCard": ("declined", False),
    "pm_card_chargeCustomerFail": ("declined", True),
    "pm_card_authenticationRequiredOnSetup": ("processing_payment", False),
    "pm_card_authenticationRequired": ("processing_payment", False),
}


@pytest.fixture
def desk(sandbox: SandboxServer) -> Desk:
    return Desk()


def answer_the_bank(desk: Desk, sandbox: SandboxServer, payment: Payment, result: str = "approve") -> None:
    url = open_challenge(desk.partner, payment.id)
    assert url is not None
    sandbox.answer_challenge(url, result)
    challenge_answered(desk.partner, payment.id)


def nothing_is_active(desk: Desk, order: Order) -> bool:
    return not desk.activations(order) and not desk.subscriptions(order) and not desk.invoices(order)


@pytest.mark.parametrize("token", CARDS)
def test_paid_on_the_link_nothing_activates_before_the_bank_is_satisfied(
    desk: Desk, sandbox: SandboxServer, token: str
) -> None:
    order = pay(desk, send(desk), token)
    assert order.status == CARDS[token][0]
    if order.status == "processing_payment":
        assert nothing_is_active(desk, order)
        answer_the_bank(desk, sandbox, desk.payment(order))
        assert read_order(desk.partner, order.id).status == "activated"
    assert nothing_is_active(desk, order) == (order.status == "declined")
    assert_sound(desk.partner, read_order(desk.partner, order.id), sandbox=sandbox)


@pytest.mark.parametrize("token", CARDS)
def test_saved_at_the_desk_a_card_is_on_file_only_if_its_bank_agreed(desk: Desk, token: str) -> None:
    if CARDS[token][1]:
        save_method(desk.partner, desk.bob, desk.dana.id, token)
    else:
        with pytest.raises(PaymentRequired):
            save_method(desk.partner, desk.bob, desk.dana.id, token)
    assert len(desk.rows(PaymentMethod)) == int(CARDS[token][1])


@pytest.mark.parametrize(
    ("token", "renewed"),
    [("pm_card_authenticationRequiredOnSetup", "succeeded"), ("pm_card_authenticationRequired", "requires_action")],
)
def test_a_renewal_asks_again_only_where_the_bank_always_asks(
    desk: Desk, sandbox: SandboxServer, token: str, renewed: str
) -> None:
    """CASES.md 27 and 28."""
    order = pay(desk, send(desk, desk.order(desk.hosting)), token)
    answer_the_bank(desk, sandbox, desk.payment(order))
    assert read_order(desk.partner, order.id).status == "activated"

    advance_clock(desk.partner, desk.alice, now_of(desk.partner) + dt.timedelta(days=32))

    (renewal,) = desk.rows(Payment, order_id=None)
    assert renewal.status == renewed


def test_answered_twice_and_gone_back_it_is_one_payment(desk: Desk, sandbox: SandboxServer) -> None:
    order = pay(desk, send(desk), "pm_card_authenticationRequired")
    payment = desk.payment(order)
    first, second = open_challenge(desk.partner, payment.id), open_challenge(desk.partner, payment.id)
    assert first is not None
    assert second is not None
    sandbox.answer_challenge(second)
    challenge_answered(desk.partner, payment.id)
    challenge_answered(desk.partner, payment.id)
    assert open_challenge(desk.partner, payment.id) is None
    assert len(desk.payments(order.id)) == 1
    assert_sound(desk.partner, read_order(desk.partner, order.id), sandbox=sandbox)


def test_refused_at_the_bank_the_customer_may_try_another_card(desk: Desk, sandbox: SandboxServer) -> None:
    offer = send(desk)
    order = pay(desk, offer, "pm_card_authenticationRequired")
    answer_the_bank(desk, sandbox, desk.payment(order), "refuse")
    converge(desk.partner)
    declined = read_order(desk.partner, order.id)
    assert (declined.status, declined.decline_cause) == ("declined", "payment")
    assert pay(desk, offer, signature=None).status == "activated"


def test_left_on_the_page_a_challenge_ends_after_half_an_hour_and_the_offer_is_open_again(
    desk: Desk, sandbox: SandboxServer
) -> None:
    order = pay(desk, send(desk), "pm_card_authenticationRequired")
    payment = desk.payment(order)
    assert not look(desk.partner, payment.id, now_due=True) or desk.payment(order).status == "requires_action"
    with writing(desk.partner.id):
        Payment.objects.filter(id=payment.id).update(created_at=now_of(desk.partner) - dt.timedelta(minutes=31))
    desk.make_due(payment, next_look_at=real_now())
    look(desk.partner, payment.id)
    assert desk.payment(order).status == "cancelled"
    assert read_order(desk.partner, order.id).status == "awaiting_customer_approval"
    assert nothing_is_active(desk, order)


def test_mailed_a_challenge_stays_for_seven_days(desk: Desk) -> None:
    order = desk.pay(desk.order(), NewMethod("pm_card_authenticationRequired", save=True))
    payment = desk.payment(order)
    with writing(desk.partner.id):
        Payment.objects.filter(id=payment.id).update(created_at=now_of(desk.partner) - dt.timedelta(days=6))
    desk.make_due(payment)
    look(desk.partner, payment.id)
    assert desk.payment(order).status == "requires_action"

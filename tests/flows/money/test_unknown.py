"""No answer, a late answer, a wrong answer: nothing is guessed, nothing is charged twice, nothing is lost (T4)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils.timezone import now as real_now

from handsel.database.tenancy import reading
from handsel.flows.money.begin import SavedMethod
from handsel.flows.money.cancel import cancel_payment
from handsel.flows.money.challenge import challenge_answered, open_challenge
from handsel.flows.money.reconcile import look
from handsel.flows.money.settle import settle
from handsel.gateways.base import Approved, Cancelled, Clearing, Unknown
from handsel.models import GatewayAccount, Payment
from handsel.rules.errors import Refused
from handsel.rules.permissions import CLOCK
from tests.cast import read_order
from tests.flows.money.desk import Desk
from tests.oracle import assert_sound, converge
from tests.sandbox import SandboxServer

INTENTS = "/v1/payment_intents"


@pytest.fixture
def desk(sandbox: SandboxServer) -> Desk:
    return Desk()


FAULTS: dict[str, dict[str, Any]] = {
    "answered, then dropped": {"drop_response_rate": 1},
    "never arrived": {"drop_request_rate": 1},
    "500 after the effect": {"error_after_rate": 1},
    "500 before the effect": {"error_before_rate": 1},
    "429": {"rate_limit_rate": 1},
    "key in use": {"key_in_use_rate": 1},
    "bad JSON": {"bad_json_rate": 1},
    "cut body": {"cut_body_rate": 1},
    "reset": {"reset_rate": 1},
    "silence": {"stall_s": 3},
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("token", ["pm_card_visa", "pm_card_visa_chargeDeclined"])
def test_a_fault_leaves_the_payment_unknown_and_then_one_fact(
    desk: Desk, sandbox: SandboxServer, fault: str, token: str
) -> None:
    order = desk.order()
    sandbox.faults(**FAULTS[fault], paths=INTENTS, methods=["POST"], times=1)
    order = desk.pay(order, token)
    if order.status == "processing_payment":
        assert desk.payment(order).status == "unknown"
        with pytest.raises(Refused) as refused:
            desk.pay(order, token)
        assert refused.value.code == "payment_in_progress"

    sandbox.faults()
    converge(desk.partner)

    order = read_order(desk.partner, order.id)
    assert order.status == ("activated" if token == "pm_card_visa" else "declined")
    assert len(sandbox.captured(order=order.shown_id)) == (1 if token == "pm_card_visa" else 0)
    assert_sound(desk.partner, order, sandbox=sandbox)


def test_a_request_that_arrives_late_charges_once(desk: Desk, sandbox: SandboxServer) -> None:
    """The client gave up; the reconciler looks, finds nothing, sends the same key; then the first request lands."""
    order = desk.order()
    sandbox.faults(late_request_ms=1500, paths=INTENTS, methods=["POST"], times=1)
    order = desk.pay(order)
    assert desk.payment(order).status == "unknown"
    converge(desk.partner)
    sandbox.faults()
    assert read_order(desk.partner, order.id).status == "activated"
    converge(desk.partner)
    look(desk.partner, desk.payment(order).id, now_due=True)
    assert_sound(desk.partner, order, sandbox=sandbox)


def test_a_wrong_amount_never_pays_and_is_given_back(desk: Desk, sandbox: SandboxServer) -> None:
    order = desk.order()
    sandbox.faults(wrong_amount_rate=1, paths=INTENTS)
    order = desk.pay(order)
    sandbox.faults()
    payment = desk.payment(order)
    assert (order.status, payment.status, payment.decline_code) == ("declined", "declined", "amount_mismatch")
    converge(desk.partner)
    (refund,) = desk.refunds(payment)
    assert (refund.status, refund.cause, refund.amount_minor) == (
        "succeeded",
        "amount_mismatch",
        payment.captured_minor,
    )
    assert_sound(desk.partner, order, sandbox=sandbox)


def test_the_same_success_three_times_changes_once(desk: Desk) -> None:
    order = desk.pay(desk.order())
    payment = desk.payment(order)
    before = desk.events()
    fact = Approved(payment.reference, payment.amount_minor, "USD", None, None)
    for _ in range(3):
        settle(desk.partner, payment.id, fact)
    assert desk.events() == before
    assert len(desk.invoices(order)) == 1


def test_no_later_fact_but_money_changes_an_ended_payment(desk: Desk) -> None:
    order = desk.pay(desk.order())
    payment = desk.payment(order)
    for fact in (Cancelled(payment.reference), Clearing(payment.reference), Unknown("late")):
        settle(desk.partner, payment.id, fact)
    assert desk.payment(order).status == "succeeded"
    assert read_order(desk.partner, order.id).status == "activated"


def test_money_after_a_decline_is_recorded_and_refunded_once(desk: Desk) -> None:
    """A gateway that says no and later says yes: the order stays declined, the money goes back (CASES.md 13)."""
    order = desk.pay(desk.order(), "pm_card_visa_chargeDeclined")
    late = desk.payment(order)
    fact = Approved("pi_late_" + late.shown_id, late.amount_minor, "USD", None, None)
    settle(desk.partner, late.id, fact)
    settle(desk.partner, late.id, fact)

    assert read_order(desk.partner, order.id).status == "declined"
    assert desk.payment(order).captured_minor == late.amount_minor
    assert [refund.cause for refund in desk.refunds(late)] == ["late"]
    assert [(p.debit, p.credit) for p in desk.postings(payment_id=late.id)] == [("gateway", "unapplied")]
    assert desk.events(subject_id=late.id).count("payment.captured_late") == 1
    assert desk.activations(order) == []


def test_the_bank_asks_and_the_customers_answer_finishes_the_order(desk: Desk, sandbox: SandboxServer) -> None:
    order = desk.pay(desk.order(), "pm_card_authenticationRequired")
    payment = desk.payment(order)
    assert (order.status, payment.status) == ("processing_payment", "requires_action")
    assert sandbox.captured(order=order.shown_id) == []
    assert desk.activations(order) == []

    url = open_challenge(desk.partner, payment.id)
    assert url is not None
    sandbox.answer_challenge(url)
    challenge_answered(desk.partner, payment.id)

    assert read_order(desk.partner, order.id).status == "activated"
    assert_sound(desk.partner, order, sandbox=sandbox)


def test_a_refused_challenge_declines_and_nothing_is_charged(desk: Desk, sandbox: SandboxServer) -> None:
    order = desk.pay(desk.order(), "pm_card_authenticationRequired")
    url = open_challenge(desk.partner, desk.payment(order).id)
    assert url is not None
    sandbox.answer_challenge(url, "refuse")
    challenge_answered(desk.partner, desk.payment(order).id)
    assert read_order(desk.partner, order.id).status == "declined"
    assert_sound(desk.partner, order, sandbox=sandbox)


def test_a_card_set_up_with_authentication_is_charged_later_without_a_challenge(
    desk: Desk, sandbox: SandboxServer
) -> None:
    order = desk.pay(desk.order(), "pm_card_authenticationRequiredOnSetup")
    url = open_challenge(desk.partner, desk.payment(order).id)
    assert url is not None
    sandbox.answer_challenge(url)
    challenge_answered(desk.partner, desk.payment(order).id)
    settings = desk.billing()
    assert settings.default_payment_method_id is not None
    again = desk.pay(desk.order(), SavedMethod(settings.default_payment_method_id))
    assert again.status == "activated"


def test_a_waiting_payment_is_cancelled_only_by_the_gateways_word(desk: Desk, sandbox: SandboxServer) -> None:
    order = desk.pay(desk.order(), "pm_card_authenticationRequired")
    cancel_payment(desk.partner, desk.bob, order.id)
    assert desk.payment(order).status == "cancelled"
    assert read_order(desk.partner, order.id).status == "draft"
    again = desk.pay(order)
    assert again.status == "activated"
    assert_sound(desk.partner, order, sandbox=sandbox)


def test_an_unanswered_challenge_is_cancelled_after_seven_days(desk: Desk, sandbox: SandboxServer) -> None:
    order = desk.pay(desk.order(), "pm_card_authenticationRequired")
    payment = desk.payment(order)
    desk.make_due(payment, created_at=real_now() - dt.timedelta(days=8))
    look(desk.partner, payment.id)
    assert desk.payment(order).status == "cancelled"
    assert read_order(desk.partner, order.id).status == "draft"


def test_an_absent_payment_is_sent_again_within_23_hours_only(desk: Desk, sandbox: SandboxServer) -> None:
    sandbox.faults(drop_request_rate=1, paths=INTENTS, methods=["POST"])
    order = desk.pay(desk.order())
    sandbox.faults()
    long_ago = real_now() - dt.timedelta(hours=23, minutes=30)
    desk.make_due(desk.payment(order), first_sent_at=long_ago, last_sent_at=long_ago)
    look(desk.partner, desk.payment(order).id)
    assert desk.payment(order).status == "unknown"
    assert sandbox.captured(order=order.shown_id) == []

    longer_ago = real_now() - dt.timedelta(hours=24, minutes=1)
    desk.make_due(desk.payment(order), first_sent_at=longer_ago, last_sent_at=longer_ago)
    look(desk.partner, desk.payment(order).id)
    assert desk.payment(order).status == "cancelled"
    assert read_order(desk.partner, order.id).status == "draft"


def test_staff_are_told_after_ten_minutes_of_not_knowing(desk: Desk, sandbox: SandboxServer) -> None:
    sandbox.faults(drop_request_rate=1)
    order = desk.pay(desk.order())
    desk.make_due(desk.payment(order), first_sent_at=real_now() - dt.timedelta(minutes=11))
    look(desk.partner, desk.payment(order).id)
    desk.make_due(desk.payment(order))
    look(desk.partner, desk.payment(order).id)
    sandbox.faults()
    assert desk.events(subject_id=desk.payment(order).id).count("payment.outcome_overdue") == 1


def test_the_first_answer_after_an_outage_makes_every_look_due(desk: Desk, sandbox: SandboxServer) -> None:
    sandbox.faults(drop_request_rate=1)
    waiting = desk.payment(desk.pay(desk.order()))
    desk.make_due(waiting, looks=4, next_look_at=real_now() + dt.timedelta(hours=1))
    with reading(desk.partner.id):
        assert GatewayAccount.objects.get().failing_since is not None
    sandbox.faults()
    desk.pay(desk.order())
    with reading(desk.partner.id):
        assert GatewayAccount.objects.get().failing_since is None
        next_look = Payment.objects.get(id=waiting.id).next_look_at
    assert next_look is not None
    assert next_look <= real_now()


def test_a_look_that_is_not_due_asks_nobody(desk: Desk, sandbox: SandboxServer) -> None:
    sandbox.faults(drop_request_rate=1)
    order = desk.pay(desk.order())
    looks = desk.payment(order).looks
    look(desk.partner, desk.payment(order).id)
    assert desk.payment(order).looks == looks


def test_only_those_who_may_collect_cancel_a_payment(desk: Desk) -> None:
    order = desk.pay(desk.order(), "pm_card_authenticationRequired")
    cancel_payment(desk.partner, CLOCK, order.id)
    assert desk.payment(order).status == "cancelled"

"""What must not keep a payment's outcome from being written, and from being told."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import OperationalError
from django.utils.timezone import now as real_now

from handsel.database.tenancy import reading, writing
from handsel.flows.money import settle as settling
from handsel.flows.money.begin import NewMethod
from handsel.flows.money.reconcile import look
from handsel.flows.money.saved_methods import save_method
from handsel.flows.money.settle import settle
from handsel.gateways.base import Approved, Rejected
from handsel.models import GatewayAccount, GatewayCustomer, Payment, PaymentMethod
from tests.cast import read_order
from tests.flows.money.desk import Desk
from tests.oracle import assert_sound, converge
from tests.sandbox import SandboxServer


@pytest.fixture
def desk(sandbox: SandboxServer) -> Desk:
    return Desk()


def test_a_token_that_is_on_file_already_pays_and_is_kept_once(desk: Desk, sandbox: SandboxServer) -> None:
    minted = sandbox.client().v1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}})
    kept = save_method(desk.partner, desk.bob, desk.dana.id, minted.id)

    order = desk.pay(desk.order(), NewMethod(kept.reference, save=True))

    assert order.status == "activated"
    assert [method.id for method in desk.rows(PaymentMethod)] == [kept.id]
    assert desk.payment(order).method_id == kept.id
    assert_sound(desk.partner, order, sandbox=sandbox)


def test_a_failure_after_the_gateway_answered_is_an_open_outcome_and_no_error(
    desk: Desk, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database went away between the two transactions: the answer is the order, and the reconciler finishes it."""

    def broken(*_: object) -> None:
        raise OperationalError("the connection is closed")

    order = desk.order()
    monkeypatch.setattr(settling, "settle", broken)
    assert desk.pay(order).status == "processing_payment"
    monkeypatch.undo()
    converge(desk.partner)
    assert read_order(desk.partner, order.id).status == "activated"
    assert_sound(desk.partner, order, sandbox=sandbox)


def test_a_success_over_nothing_is_declined_and_gives_nothing_back(desk: Desk, sandbox: SandboxServer) -> None:
    sandbox.faults(drop_request_rate=1, paths="/v1/payment_intents", methods=["POST"])
    order = desk.pay(desk.order())
    payment = desk.payment(order)
    for _ in range(2):
        settle(desk.partner, payment.id, Approved("pi_of_nothing", 0, "USD", None, None))
    assert desk.payment(order).decline_code == "amount_mismatch"
    assert desk.refunds(payment) == []


def test_the_gateways_customer_of_a_rejected_try_serves_the_next(desk: Desk, sandbox: SandboxServer) -> None:
    order = desk.pay(desk.order(), "pm_1NobodyKnowsThisToken0000")
    assert order.status == "declined"
    with reading(desk.partner.id):
        assert GatewayCustomer.objects.filter(customer_id=desk.dana.id).count() == 1


def test_a_rejection_that_names_no_customer_keeps_none(desk: Desk, sandbox: SandboxServer) -> None:
    sandbox.faults(drop_request_rate=1)
    order = desk.pay(desk.order())
    sandbox.faults()
    settle(desk.partner, desk.payment(order).id, Rejected("resource_missing"))
    assert read_order(desk.partner, order.id).status == "declined"
    assert desk.rows(GatewayCustomer) == []


def test_after_an_outage_the_waits_between_looks_are_short_again(desk: Desk, sandbox: SandboxServer) -> None:
    """RELIABILITY.md I9: nothing stays open for longer than 60 s of a healthy gateway."""
    sandbox.faults(drop_request_rate=1)
    waiting = desk.payment(desk.pay(desk.order()))
    desk.make_due(waiting, looks=9, next_look_at=real_now() + dt.timedelta(hours=1))
    sandbox.faults()
    desk.pay(desk.order())

    sandbox.faults(key_in_use_rate=1, paths="/v1/payment_intents", methods=["POST"])
    look(desk.partner, waiting.id)
    sandbox.faults()
    with reading(desk.partner.id):
        next_look_at = Payment.objects.get(id=waiting.id).next_look_at
    assert next_look_at is not None
    assert next_look_at <= real_now() + dt.timedelta(seconds=60)


def test_a_gateway_that_only_says_500_counts_as_failing(desk: Desk, sandbox: SandboxServer) -> None:
    sandbox.faults(error_before_rate=1)
    desk.pay(desk.order())
    with writing(desk.partner.id):
        assert GatewayAccount.objects.get().failing_since is not None

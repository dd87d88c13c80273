"""An automatic refund happens once, whoever drives it, however late the gateway's answer comes."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils.timezone import now as real_now

from handsel.database.tenancy import writing
from handsel.flows.money.refund import drive_refund
from handsel.models import GatewayAccount, Order, Payment, Refund
from tests.flows.money.desk import Desk
from tests.oracle import assert_sound
from tests.sandbox import SandboxServer


@pytest.fixture
def desk(sandbox: SandboxServer) -> Desk:
    return Desk()


def owed(desk: Desk, sandbox: SandboxServer) -> Refund:
    """A wrong amount was captured, so all of it is to be given back."""
    sandbox.faults(wrong_amount_rate=1, paths="/v1/payment_intents")
    order = desk.pay(desk.order())
    sandbox.faults()
    (refund,) = desk.refunds(desk.payment(order))
    assert isinstance(refund, Refund)
    return refund


def refreshed(desk: Desk, refund: Refund) -> Refund:
    (row,) = desk.rows(Refund, id=refund.id)
    assert isinstance(row, Refund)
    return row


def test_a_refund_that_is_not_due_asks_nobody(desk: Desk, sandbox: SandboxServer) -> None:
    refund = owed(desk, sandbox)
    sandbox.faults(drop_request_rate=1)
    drive_refund(desk.partner, refund.id)
    drive_refund(desk.partner, refund.id)
    assert (refreshed(desk, refund).status, refreshed(desk, refund).attempts) == ("pending", 1)


@pytest.fixture
def own_sandbox(sandbox: SandboxServer, tmp_path: Path) -> Iterator[SandboxServer]:
    """A gateway of the test's own, which it may make forget."""
    server = SandboxServer(tmp_path, secret_key=sandbox.secret_key).start()
    yield server
    server.stop()


def test_a_refund_whose_key_the_gateway_forgot_is_found_and_not_made_again(own_sandbox: SandboxServer) -> None:
    """The answer was lost and nobody asked for two days: the key is gone, but the refund is on the gateway's list."""
    desk, sandbox = Desk(), own_sandbox
    with writing(desk.partner.id):
        GatewayAccount.objects.update(api_base=sandbox.url)
    refund = owed(desk, sandbox)
    sandbox.faults(drop_response_rate=1, paths="/v1/refunds", methods=["POST"], times=1)
    drive_refund(desk.partner, refund.id)
    sandbox.faults()
    assert refreshed(desk, refund).status == "pending"

    sandbox.stop()
    with contextlib.closing(sqlite3.connect(next(sandbox.data.glob("*.sqlite*")))) as kept, kept:
        kept.execute("DELETE FROM answers")
    sandbox.start()
    drive_refund(desk.partner, refund.id, now_due=True)

    assert refreshed(desk, refund).status == "succeeded"
    (payment,) = desk.rows(Payment, id=refund.payment_id)
    assert payment.refunded_minor == payment.captured_minor
    listed = sandbox.client().v1.refunds.list({"payment_intent": payment.reference})
    assert [item.amount for item in listed.data] == [refund.amount_minor]


def test_a_refund_that_never_arrived_is_sent_again(desk: Desk, sandbox: SandboxServer) -> None:
    refund = owed(desk, sandbox)
    sandbox.faults(drop_request_rate=1, paths="/v1/refunds")
    drive_refund(desk.partner, refund.id)
    sandbox.faults()
    with writing(desk.partner.id):
        Refund.objects.filter(id=refund.id).update(next_attempt_at=real_now())
    drive_refund(desk.partner, refund.id)
    assert refreshed(desk, refund).status == "succeeded"
    (order,) = desk.rows(Order)
    assert_sound(desk.partner, order, sandbox=sandbox)

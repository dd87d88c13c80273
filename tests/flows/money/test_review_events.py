"""What an event must not lose, and what it must not wait for."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils.timezone import now as real_now

from handsel.database.ids import new_id
from handsel.database.tenancy import writing
from handsel.flows.money.incoming import apply_event
from handsel.flows.money.settle import settle
from handsel.gateways.base import Cancelled
from handsel.models import GatewayAccount, GatewayEvent, Payment
from tests.cast import read_order
from tests.flows.money.desk import Desk
from tests.oracle import assert_sound, converge
from tests.sandbox import SandboxServer


@pytest.fixture
def desk(sandbox: SandboxServer) -> Desk:
    return Desk()


def an_event(desk: Desk, payment: Payment | None, kind: str = "payment_intent") -> GatewayEvent:
    """A stored event about this payment, due now."""
    with writing(desk.partner.id):
        event = GatewayEvent(
            partner=desk.partner,
            account=GatewayAccount.objects.get(),
            event=f"evt_{new_id().hex}",
            type=f"{kind}.succeeded",
            object_kind=kind,
            object_reference=f"object_{new_id().hex}",
            payment_id=payment.id if payment else None,
            occurred_at=real_now(),
            next_attempt_at=real_now(),
        )
        event.save(force_insert=True)
    return event


def refreshed(desk: Desk, event: GatewayEvent) -> GatewayEvent:
    (row,) = desk.rows(GatewayEvent, id=event.id)
    assert isinstance(row, GatewayEvent)
    return row


def test_news_of_late_money_waits_for_a_gateway_that_does_not_answer(desk: Desk, sandbox: SandboxServer) -> None:
    """The payment was cancelled and has no look of its own any more: the event is all that knows of the money."""
    order = desk.order()
    sandbox.faults(drop_response_rate=1, paths="/v1/payment_intents", methods=["POST"], times=1)
    payment = desk.payment(desk.pay(order))
    settle(desk.partner, payment.id, Cancelled(""))
    event = an_event(desk, payment)

    sandbox.faults(drop_request_rate=1)
    apply_event(desk.partner, event.id)
    assert refreshed(desk, event).applied_at is None
    assert refreshed(desk, event).next_attempt_at is not None

    sandbox.faults()
    apply_event(desk.partner, event.id)
    assert refreshed(desk, event).applied_at is not None
    converge(desk.partner)
    assert [refund.status for refund in desk.refunds(payment)] == ["succeeded"]
    assert read_order(desk.partner, order.id).status == "draft"
    assert_sound(desk.partner, order, sandbox=sandbox)


def test_an_event_about_something_else_is_not_kept_waiting(desk: Desk) -> None:
    event = an_event(desk, None, kind="customer")
    apply_event(desk.partner, event.id)
    assert (refreshed(desk, event).next_attempt_at, refreshed(desk, event).outcome) == (None, "matches nothing")


def test_an_event_about_a_payment_nobody_knows_is_asked_for_again_and_at_last_given_up(desk: Desk) -> None:
    event = an_event(desk, None)
    apply_event(desk.partner, event.id)
    assert refreshed(desk, event).next_attempt_at is not None
    with writing(desk.partner.id):
        GatewayEvent.objects.filter(id=event.id).update(received_at=real_now() - dt.timedelta(days=4))
    apply_event(desk.partner, event.id)
    assert refreshed(desk, event).next_attempt_at is None

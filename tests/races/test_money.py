"""Reply, event, look, cancellation and renewal meet on one payment, refund or customer: one counts, none is lost.

The control of the renewals takes locks and index away, and must bill a period twice.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import threading
import uuid
from collections.abc import Iterator
from urllib.error import HTTPError

import psycopg
import pytest
from django.db.models import QuerySet
from django.utils.timezone import now as real_now

from handsel.database.tenancy import writing
from handsel.flows.billing import renew
from handsel.flows.billing.renew import renew_customer
from handsel.flows.money import incoming
from handsel.flows.money.cancel import cancel_payment
from handsel.flows.money.challenge import challenge_answered, open_challenge
from handsel.flows.money.incoming import apply_event
from handsel.flows.money.reconcile import look
from handsel.flows.money.refund import drive_refund
from handsel.flows.money.settle import settle
from handsel.gateways.base import Approved
from handsel.models import GatewayAccount, GatewayEvent, InvoiceLine, Order, Payment, Subscription
from tests.cast import read_order
from tests.flows.money.desk import Desk
from tests.oracle import assert_sound, converge
from tests.races.together import together
from tests.sandbox import SandboxServer

pytestmark = pytest.mark.races
INTENTS = "/v1/payment_intents"


@pytest.fixture
def desk(sandbox: SandboxServer) -> Desk:
    return Desk()


def event_about(desk: Desk, payment_id: uuid.UUID) -> uuid.UUID:
    """A stored hint about the payment, due now."""
    with writing(desk.partner.id):
        event = GatewayEvent(
            partner=desk.partner,
            account=GatewayAccount.objects.get(),
            event=f"evt_{uuid.uuid4().hex}",
            type="payment_intent.succeeded",
            object_kind="payment_intent",
            object_reference="",
            payment_id=payment_id,
            occurred_at=real_now(),
            next_attempt_at=real_now(),
        )
        event.save(force_insert=True)
    return event.id


def test_a_cancellation_meets_the_customers_answer_and_an_event(desk: Desk, sandbox: SandboxServer) -> None:
    """Whichever the gateway heard first: paid and at work, or cancelled and where it was. Never both, never neither."""
    orders: list[Order] = []
    for _ in range(4):
        order = desk.pay(desk.order(), "pm_card_authenticationRequired")
        payment = desk.payment(order)
        url = open_challenge(desk.partner, payment.id)
        assert url is not None
        event = event_about(desk, payment.id)

        def answers(url: str = url, payment: Payment = payment) -> None:
            with contextlib.suppress(HTTPError):  # The bank's page may be gone by now.
                sandbox.answer_challenge(url)
            challenge_answered(desk.partner, payment.id)

        told = together(
            answers,
            lambda order=order: cancel_payment(desk.partner, desk.bob, order.id),  # type: ignore[misc]
            lambda event=event: apply_event(desk.partner, event),  # type: ignore[misc]
        )
        assert set(told) <= {"done", "action_not_allowed"}
        converge(desk.partner)
        look(desk.partner, payment.id, now_due=True)
        status = read_order(desk.partner, order.id).status
        assert (status, len(sandbox.captured(order=order.shown_id))) in {("activated", 1), ("draft", 0)}
        orders.append(order)
    assert_sound(desk.partner, *orders, sandbox=sandbox)


def test_an_event_and_a_look_meet_the_reply(desk: Desk, sandbox: SandboxServer) -> None:
    """CASES.md 2, with the request still at the gateway: asked three times under one key, settled once."""
    order = desk.order()
    begun = threading.Event()

    def while_it_runs(ask: object) -> None:
        assert begun.wait(5)
        (payment,) = desk.payments(order.id)
        if ask is look:
            look(desk.partner, payment.id, now_due=True)
        else:
            apply_event(desk.partner, event_about(desk, payment.id))

    def submit() -> str:
        threading.Timer(0.3, begun.set).start()
        return desk.pay(order).status

    sandbox.faults(stall_s=1, paths=INTENTS, methods=["POST"], times=1)
    told = together(submit, lambda: while_it_runs(look), lambda: while_it_runs(incoming))
    sandbox.faults()
    assert told["done"] == 2
    assert sum(told.values()) == 3
    assert set(told) <= {"done", "activated", "processing_payment"}
    converge(desk.partner)
    assert desk.events(subject_id=order.id).count("order.paid") == 1
    assert_sound(desk.partner, order, sandbox=sandbox)


def test_the_same_success_from_four_sides_at_once_settles_once(desk: Desk, sandbox: SandboxServer) -> None:
    sandbox.faults(drop_response_rate=1, paths=INTENTS, methods=["POST"], times=1)
    order = desk.pay(desk.order())
    payment = desk.payment(order)
    (charge,) = sandbox.captured(order=order.shown_id)
    fact = Approved(charge["payment_intent"], payment.amount_minor, "USD", None, None)
    assert together(*[lambda: settle(desk.partner, payment.id, fact)] * 4) == {"done": 4}
    assert desk.events(subject_id=payment.id).count("payment.succeeded") == 1
    assert_sound(desk.partner, order, sandbox=sandbox)


def test_a_refund_driven_from_four_sides_at_once_is_made_once(desk: Desk, sandbox: SandboxServer) -> None:
    sandbox.faults(wrong_amount_rate=1, paths=INTENTS)
    order = desk.pay(desk.order())
    sandbox.faults()
    payment = desk.payment(order)
    (refund,) = desk.refunds(payment)
    told = together(*[lambda: drive_refund(desk.partner, refund.id, now_due=True)] * 4)
    assert told == {"done": 4}
    converge(desk.partner)
    assert desk.payment(order).refunded_minor == desk.payment(order).captured_minor == refund.amount_minor
    assert desk.events(subject_id=refund.id).count("refund.succeeded") == 1
    assert len(sandbox.client().v1.refunds.list({"payment_intent": payment.reference}).data) == 1
    assert_sound(desk.partner, order, sandbox=sandbox)


# Two billing workers at once (CASES.md 8)


def subscribed(desk: Desk) -> Subscription:
    """A subscription of Dana's, billed to the card on file, whose period is over."""
    order = desk.pay(desk.order(desk.hosting))
    (subscription,) = desk.subscriptions(order)
    with writing(desk.partner.id):
        Subscription.objects.filter(id=subscription.id).update(renews_at=real_now() - dt.timedelta(minutes=1))
    return subscription


def all_at_once(desk: Desk) -> set[str]:
    return set(together(*[lambda: renew_customer(desk.partner, desk.dana.id)] * 4))


def test_four_billing_workers_bill_a_period_once(desk: Desk, sandbox: SandboxServer) -> None:
    subscription = subscribed(desk)
    assert all_at_once(desk) == {"done"}
    converge(desk.partner)
    assert len(desk.rows(InvoiceLine, subscription_id=subscription.id)) == 2
    assert len(sandbox.captured(partner=str(desk.partner.id))) == 2
    assert_sound(desk.partner, sandbox=sandbox)


def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody locks a row, and all wait for each other before they write the invoice."""
    issue, all_here = renew._issue, threading.Barrier(4)

    def wait_and_issue(*args: object) -> object:
        all_here.wait(timeout=5)
        return issue(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_: rows)
    monkeypatch.setattr(renew, "_advance", _advance_unseen)
    monkeypatch.setattr(renew, "_issue", wait_and_issue)


def _advance_unseen(_: object, __: object, subscription: Subscription) -> bool:
    """The next period, not written down: a row that is written is locked."""
    subscription.periods_billed += 1
    subscription.period_start_on = subscription.period_end_on
    return True


def test_without_locks_the_index_still_bills_a_period_once(
    desk: Desk, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscription = subscribed(desk)
    without_locks(monkeypatch)
    assert all_at_once(desk) == {"done", "IntegrityError"}
    monkeypatch.undo()
    assert len(desk.rows(InvoiceLine, subscription_id=subscription.id)) == 2
    assert len(sandbox.captured(partner=str(desk.partner.id))) == 2


@contextlib.contextmanager
def without_index(partner_id: uuid.UUID) -> Iterator[None]:
    name = "one_line_per_subscription_and_period"
    with psycopg.connect(os.environ["OWNER_DATABASE_URL"], autocommit=True) as owner:
        owner.execute(f"DROP INDEX {name}")
        try:
            yield
        finally:
            owner.execute(f"SET handsel.partner = '{partner_id}'")
            owner.execute("UPDATE invoice_lines SET subscription_id = NULL")
            owner.execute(
                f"CREATE UNIQUE INDEX {name} ON invoice_lines (partner_id, subscription_id, period_start_on) "
                "WHERE subscription_id IS NOT NULL"
            )


def test_control_without_locks_and_index_a_period_is_billed_twice(
    desk: Desk, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscription = subscribed(desk)
    with without_index(desk.partner.id):
        without_locks(monkeypatch)
        all_at_once(desk)
        monkeypatch.undo()
        assert len(desk.rows(InvoiceLine, subscription_id=subscription.id)) > 2
    assert len(sandbox.captured(partner=str(desk.partner.id))) > 2

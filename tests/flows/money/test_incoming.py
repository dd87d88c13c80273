"""What the gateway tells us: hints, in any order, as often as it likes, or never (CASES.md 2, 10-14; T9)."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator

import pytest
from django.utils.timezone import now as real_now

from handsel.database.ids import parse
from handsel.database.secrets import encrypt
from handsel.database.tenancy import reading, writing
from handsel.flows.money.incoming import apply_event, receive
from handsel.models import GatewayAccount, GatewayEvent, Order, Payment
from tests.cast import read_order
from tests.flows.money.desk import Desk
from tests.oracle import assert_sound, converge
from tests.sandbox import SandboxServer, WebhookReceiver, eventually


class Listening(Desk):
    """A desk whose gateway's events are collected, to be handed in when and as often as a test wants."""

    def listen(self, sandbox: SandboxServer, receiver: WebhookReceiver) -> Listening:
        self.receiver = receiver
        secret = sandbox.listen(receiver.url, "payment_intent.succeeded", "payment_intent.created")
        with writing(self.partner.id):
            GatewayAccount.objects.update(event_secret_encrypted=encrypt(secret))
            self.account = GatewayAccount.objects.get()
        return self

    def hand_in(self, body: bytes, signature: str) -> bool:
        """Deliver one event, and let the worker apply what waits."""
        accepted = receive(self.partner, self.account.id, body, signature)
        self.apply()
        return accepted

    def apply(self) -> None:
        with writing(self.partner.id):
            GatewayEvent.objects.filter(next_attempt_at__isnull=False).update(next_attempt_at=real_now())
        for event in self.rows(GatewayEvent, next_attempt_at__isnull=False):
            apply_event(self.partner, event.id)

    def events_about(self, order: Order, kind: str) -> list[tuple[bytes, str]]:
        def found() -> list[tuple[bytes, str]]:
            return [
                (body, signature)
                for body, signature in list(self.receiver.received)
                if order.shown_id.encode() in body and f'"{kind}"'.encode() in body
            ]

        return eventually(found)


@pytest.fixture
def desk(sandbox: SandboxServer) -> Iterator[Listening]:
    receiver = WebhookReceiver()
    yield Listening().listen(sandbox, receiver)
    receiver.close()


def test_the_event_alone_finishes_an_order_whose_answer_was_lost(desk: Listening, sandbox: SandboxServer) -> None:
    order = desk.order()
    sandbox.faults(drop_response_rate=1, paths="/v1/payment_intents", methods=["POST"], times=1)
    desk.pay(order)
    ((body, signature),) = desk.events_about(order, "payment_intent.succeeded")
    assert desk.hand_in(body, signature)
    assert read_order(desk.partner, order.id).status == "activated"
    assert_sound(desk.partner, order, sandbox=sandbox)


def test_the_same_success_three_times_makes_one_invoice(desk: Listening, sandbox: SandboxServer) -> None:
    order = desk.pay(desk.order())
    ((body, signature),) = desk.events_about(order, "payment_intent.succeeded")
    history = desk.events()
    for _ in range(3):
        assert desk.hand_in(body, signature)
    assert desk.events() == history
    assert len(desk.rows(GatewayEvent)) == 1
    assert_sound(desk.partner, order, sandbox=sandbox)


def test_a_signature_that_does_not_hold_is_not_stored(desk: Listening) -> None:
    order = desk.pay(desk.order())
    ((body, signature),) = desk.events_about(order, "payment_intent.succeeded")
    assert not desk.hand_in(body.replace(b"succeeded", b"succeedex"), signature)
    assert not desk.hand_in(body, signature[:-2] + ("00" if signature[-2:] != "00" else "11"))
    assert not desk.hand_in(body, "")
    assert desk.rows(GatewayEvent) == []


def test_an_event_before_its_payment_is_kept_and_applied_later(desk: Listening, sandbox: SandboxServer) -> None:
    """CASES.md 10: the row of the payment is hidden while the event comes, then appears."""
    order = desk.order()
    sandbox.faults(drop_response_rate=1, paths="/v1/payment_intents", methods=["POST"], times=1)
    desk.pay(order)
    payment = desk.payment(order)
    with writing(desk.partner.id):
        other = GatewayAccount.objects.get()
        other.id, other.is_default = parse("pay", payment.shown_id), False  # any free id will do
        other.save(force_insert=True)
        Payment.objects.filter(id=payment.id).update(account_id=other.id)
    ((body, signature),) = desk.events_about(order, "payment_intent.succeeded")
    desk.hand_in(body, signature)
    (event,) = desk.rows(GatewayEvent)
    assert (event.applied_at, event.outcome) == (None, "matches nothing")
    assert event.next_attempt_at <= real_now() + dt.timedelta(seconds=60)

    with writing(desk.partner.id):
        Payment.objects.filter(id=payment.id).update(account_id=desk.account.id)
    desk.apply()
    assert read_order(desk.partner, order.id).status == "activated"


def test_events_in_any_order_and_number_end_in_one_state(desk: Listening, sandbox: SandboxServer) -> None:
    """T9, small dose: duplicated and shuffled, before and after the reply."""
    chance = random.Random(9)
    orders = [desk.order() for _ in range(6)]
    sandbox.faults(drop_response_rate=0.5, seed=9, paths="/v1/payment_intents", methods=["POST"])
    for order in orders:
        desk.pay(order)
    sandbox.faults()
    told = [
        event
        for order in orders
        for kind in ("payment_intent.created", "payment_intent.succeeded")
        for event in desk.events_about(order, kind) * 2
    ]
    for _ in range(5):
        chance.shuffle(told)
        for body, signature in told:
            receive(desk.partner, desk.account.id, body, signature)
            if chance.random() < 0.2:
                desk.apply()
    desk.apply()
    assert {read_order(desk.partner, order.id).status for order in orders} == {"activated"}
    assert_sound(desk.partner, *orders, sandbox=sandbox)


def test_no_event_at_all_and_everything_settles(desk: Listening, sandbox: SandboxServer) -> None:
    sandbox.faults(hold_events_s=600, drop_response_rate=1, paths="/v1/payment_intents", methods=["POST"])
    orders = [desk.order() for _ in range(3)]
    for order in orders:
        desk.pay(order)
    sandbox.faults()
    converge(desk.partner)
    with reading(desk.partner.id):
        assert not GatewayEvent.objects.exists()
    assert_sound(desk.partner, *orders, sandbox=sandbox)

"""Events: what is raised, how it is signed, and that none is lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import stripe

from tests.sandbox import SandboxServer, WebhookReceiver, eventually

PAYMENT = {
    "amount": 5000, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True,
    "return_url": "https://shop.example/back",
}  # fmt: skip


def types_for(receiver: WebhookReceiver, object_id: str) -> list[str]:
    return [event["type"] for event in receiver.events() if event["data"]["object"]["id"] == object_id]


def test_a_payment_is_announced_and_the_signature_holds(
    sandbox: SandboxServer, client: stripe.StripeClient, receiver: WebhookReceiver
) -> None:
    secret = sandbox.listen(receiver.url)
    intent = client.v1.payment_intents.create(PAYMENT)  # type: ignore[arg-type]
    eventually(lambda: "payment_intent.succeeded" in types_for(receiver, intent.id))
    assert set(types_for(receiver, intent.id)) == {"payment_intent.created", "payment_intent.succeeded"}
    assert "charge.succeeded" in types_for(receiver, str(intent.latest_charge))
    for body, signature in list(receiver.received):
        event = stripe.Webhook.construct_event(body, signature, secret)
        assert event.data.object["id"]
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(body + b" ", signature, secret)


def test_each_outcome_has_its_event(
    sandbox: SandboxServer, client: stripe.StripeClient, receiver: WebhookReceiver
) -> None:
    sandbox.listen(receiver.url)
    with pytest.raises(stripe.CardError) as caught:
        client.v1.payment_intents.create(PAYMENT | {"payment_method": "pm_card_visa_chargeDeclined"})  # type: ignore[arg-type]
    assert caught.value.error is not None
    assert caught.value.error.payment_intent is not None
    failed = caught.value.error.payment_intent.id
    client.v1.payment_intents.cancel(failed)
    asked = client.v1.payment_intents.create(PAYMENT | {"payment_method": "pm_card_authenticationRequired"}).id  # type: ignore[arg-type]
    paid = client.v1.payment_intents.create(PAYMENT)  # type: ignore[arg-type]
    refund = client.v1.refunds.create({"payment_intent": paid.id}).id
    expected = {
        failed: {"payment_intent.payment_failed", "payment_intent.canceled"},
        asked: {"payment_intent.requires_action"},
        refund: {"refund.created"},
        str(paid.latest_charge): {"charge.refunded"},
    }
    for object_id, wanted in expected.items():
        eventually(lambda object_id=object_id, wanted=wanted: wanted <= set(types_for(receiver, object_id)))  # type: ignore[misc]


def test_an_endpoint_that_fails_is_tried_again(
    sandbox: SandboxServer, client: stripe.StripeClient, receiver: WebhookReceiver
) -> None:
    sandbox.listen(receiver.url, "customer.created")
    receiver.status = 503
    client.v1.customers.create({})
    eventually(lambda: len(receiver.received) >= 2)
    receiver.status = 200
    seen = len(receiver.received)
    eventually(lambda: len(receiver.received) > seen)
    assert len({event["id"] for event in receiver.events()}) == 1


def test_events_may_come_twice(sandbox: SandboxServer, client: stripe.StripeClient, receiver: WebhookReceiver) -> None:
    sandbox.listen(receiver.url, "customer.created")
    sandbox.faults(duplicate_events_rate=1)
    customer = client.v1.customers.create({}).id
    eventually(lambda: len(types_for(receiver, customer)) == 2)
    assert len({event["id"] for event in receiver.events()}) == 1


def test_held_events_come_when_the_fault_ends(
    sandbox: SandboxServer, client: stripe.StripeClient, receiver: WebhookReceiver
) -> None:
    sandbox.listen(receiver.url, "customer.created")
    sandbox.faults(hold_events_s=3600)
    customer = client.v1.customers.create({}).id
    assert client.v1.events.list({"type": "customer.created", "limit": 1}).data[0].data.object["id"] == customer
    assert receiver.received == []
    sandbox.faults()
    eventually(lambda: types_for(receiver, customer))


def test_a_configured_endpoint_gets_what_a_kill_delayed(tmp_path: Path, receiver: WebhookReceiver) -> None:
    server = SandboxServer(tmp_path, webhook_url=receiver.url, webhook_secret="whsec_of_the_test").start()
    try:
        server.faults(hold_events_s=3600)
        customer = server.client().v1.customers.create({}).id
        server.kill9()
        assert receiver.received == []
        server.start()
        eventually(lambda: types_for(receiver, customer))
        body, signature = receiver.received[0]
        assert stripe.Webhook.construct_event(body, signature, "whsec_of_the_test").id == json.loads(body)["id"]
    finally:
        server.stop()

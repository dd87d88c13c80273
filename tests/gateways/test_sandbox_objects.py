"""What the sandbox answers has the fields and types that Stripe's library declares."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from tests.gateways.stripe_types import departures
from tests.sandbox import SandboxServer


def paid(client: stripe.StripeClient, token: str = "pm_card_visa", **more: object) -> stripe.PaymentIntent:
    customer = client.v1.customers.create({"name": "Dana", "email": "dana@example.com"})
    return client.v1.payment_intents.create(
        {
            "amount": 124_000,
            "currency": "usd",
            "customer": customer.id,
            "payment_method": token,
            "confirm": True,
            "setup_future_usage": "off_session",
            "return_url": "https://shop.example/back",
            "metadata": {"payment": "pay_1"},
            **more,  # type: ignore[typeddict-item]
        }
    )


def test_a_customer_has_stripes_types(client: stripe.StripeClient) -> None:
    address: Any = {"line1": "1 High St", "city": "Leeds", "country": "GB", "postal_code": "LS1 1AA"}
    customer = client.v1.customers.create({"name": "Dana", "address": address, "metadata": {"a": "b"}})
    assert departures(customer) == []
    changed = client.v1.customers.update(customer.id, {"email": "d@example.com", "metadata": {"a": "", "c": "d"}})
    assert (changed.email, changed.name, changed.to_dict()["metadata"]) == ("d@example.com", "Dana", {"c": "d"})
    assert departures(client.v1.customers.retrieve(customer.id)) == []


def test_a_payment_with_everything_expanded_has_stripes_types(client: stripe.StripeClient) -> None:
    intent = paid(client, expand=["latest_charge.refunds", "customer", "payment_method"])
    assert departures(intent) == []
    assert isinstance(intent.latest_charge, stripe.Charge)
    assert intent.latest_charge.refunds is not None
    assert isinstance(intent.customer, stripe.Customer)
    assert isinstance(intent.payment_method, stripe.PaymentMethod)


def test_a_declined_payment_has_stripes_types(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.CardError) as caught:
        paid(client, "pm_card_visa_chargeDeclined")
    error = caught.value.error
    assert error is not None
    assert departures(error) == []
    assert error.payment_intent is not None
    assert departures(client.v1.payment_intents.retrieve(error.payment_intent.id, {"expand": ["latest_charge"]})) == []


def test_a_challenged_payment_has_stripes_types(client: stripe.StripeClient) -> None:
    intent = paid(client, "pm_card_authenticationRequired")
    assert intent.status == "requires_action"
    assert departures(intent) == []


def test_a_setup_intent_and_its_method_have_stripes_types(client: stripe.StripeClient) -> None:
    customer = client.v1.customers.create({})
    for token in ("pm_card_amex", "pm_card_authenticationRequiredOnSetup"):
        intent = client.v1.setup_intents.create(
            {
                "customer": customer.id,
                "payment_method": token,
                "confirm": True,
                "return_url": "https://shop.example/back",
                "expand": ["payment_method"],
            }
        )
        assert departures(intent) == []
        assert isinstance(intent.payment_method, stripe.PaymentMethod)


def test_refunds_events_and_endpoints_have_stripes_types(client: stripe.StripeClient) -> None:
    intent = paid(client)
    refund = client.v1.refunds.create({"payment_intent": intent.id, "amount": 500, "expand": ["charge"]})
    endpoint = client.v1.webhook_endpoints.create({"url": "http://127.0.0.1:9/x", "enabled_events": ["refund.created"]})
    event = client.v1.events.list({"limit": 1}).data[0]
    assert departures(refund) == departures(endpoint) == departures(event) == []


def test_the_checker_sees_a_wrong_type_and_a_missing_field(client: stripe.StripeClient) -> None:
    intent = paid(client)
    intent["amount"] = "124000"
    del intent["currency"]
    found = departures(intent)
    assert any("amount" in line for line in found)
    assert any("currency is missing" in line for line in found)


def test_every_published_field_of_stripes_examples_is_answered(sandbox: SandboxServer) -> None:
    client = sandbox.client()
    charge = client.v1.charges.list({"limit": 1, "payment_intent": paid(client).id}).data[0]
    assert {"outcome", "payment_method_details", "amount_captured", "failure_code", "disputed"} <= set(charge.to_dict())
    assert charge.payment_method_details is not None
    assert charge.payment_method_details.card is not None
    assert charge.payment_method_details.card.last4 == "4242"

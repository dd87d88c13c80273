"""Stripe's objects as the protocol's facts, and a frozen request as Stripe's parameters: field by field, nothing
decided."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

import stripe

from handsel.gateways.base import DeclineFacts, IncomingEvent, MethodFacts, PaymentRequest
from handsel.rules.sensitive import mask

SIGNATURE_TOLERANCE = dt.timedelta(minutes=5)
AUTHENTICATION_REQUIRED = "authentication_required"
EXPAND = ["payment_method"]


def part(of: Any, name: str) -> Any:
    """A field that Stripe may leave out; None too where there is nothing to have it."""
    return of[name] if of is not None and name in of else None


def id_of(expandable: Any) -> str | None:
    """The id of a field that may be expanded."""
    if expandable is None or isinstance(expandable, str):
        return expandable
    return str(expandable.id)


def method_facts(method: Any) -> MethodFacts | None:
    """From an expanded payment method; None where Stripe gave only its id, or nothing."""
    if method is None or isinstance(method, str):
        return None
    card = method.card if method.type == "card" else None
    return MethodFacts(
        reference=method.id,
        kind=method.type,
        brand=card.brand if card else "",
        last4=card.last4 if card else "",
        exp_month=card.exp_month if card else None,
        exp_year=card.exp_year if card else None,
        country=(card.country if card else None) or "",
        fingerprint=(card.fingerprint if card else None) or "",
        customer_reference=id_of(method.customer),
    )


def decline_facts(error: Any) -> DeclineFacts:
    """From an intent's last error, or an error's own body: the same fields in both. Should the message repeat what was
    typed, the card number in it goes no further."""
    if error is None:
        return DeclineFacts(code="generic_decline")
    return DeclineFacts(
        code=part(error, "decline_code") or part(error, "code") or part(error, "type") or "generic_decline",
        network_code=part(error, "network_decline_code") or "",
        advice_code=part(error, "advice_code") or "",
        gateway_message=mask(part(error, "message") or ""),
    )


def challenge_url(intent: stripe.PaymentIntent | stripe.SetupIntent) -> str | None:
    """The bank's page, where the intent waits for its customer."""
    url: str | None = part(part(intent.next_action, "redirect_to_url"), "url")
    return url


def awaits_customer(intent: stripe.PaymentIntent) -> bool:
    """Challenged on-session, or refused off-session only because nobody was there to be asked."""
    if intent.status == "requires_action":
        return True
    code = part(intent.last_payment_error, "code")
    return intent.status == "requires_payment_method" and code == AUTHENTICATION_REQUIRED


def likelier(intent: stripe.PaymentIntent) -> int:
    """Should a payment ever have two intents, the one that took money is the answer."""
    order = ("succeeded", "processing", "requires_action", "requires_payment_method", "canceled")
    return order.index(intent.status) if intent.status in order else len(order)


def incoming_event(body: bytes, signature: str, secret: str, now: dt.datetime) -> IncomingEvent | None:
    """Verified as docs.stripe.com/webhooks describes for scheme v1: HMAC-SHA256 over "{t}.{body}", compared in
    constant time, no older or newer than five minutes."""
    parts = [part.partition("=")[::2] for part in signature.split(",")]
    stamps = [value for name, value in parts if name.strip() == "t"]
    if len(stamps) != 1 or not stamps[0].isdecimal() or len(stamps[0]) > 12:
        return None
    expected = hmac.new(secret.encode(), stamps[0].encode() + b"." + body, hashlib.sha256).hexdigest().encode()
    given = [value.strip().encode() for name, value in parts if name.strip() == "v1"]
    genuine = [hmac.compare_digest(expected, one) for one in given]
    if not any(genuine) or abs(now.timestamp() - int(stamps[0])) > SIGNATURE_TOLERANCE.total_seconds():
        return None
    return _event(body)


def _event(body: bytes) -> IncomingEvent | None:
    try:
        event = json.loads(body)
        about = event["data"]["object"]
        return IncomingEvent(
            id=str(event["id"]),
            type=str(event["type"]),
            object_id=str(about["id"]),
            object_kind=str(about["object"]),
            payment=str((about.get("metadata") or {}).get("payment", "")),
            created_at=dt.datetime.fromtimestamp(event["created"], dt.UTC),
        )
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
        return None


def intent_parameters(request: PaymentRequest, amount: int, customer: str) -> Mapping[str, Any]:
    """What Stripe is sent: a function of the frozen request only, so that every try sends the same.

    A method that is to be kept is authenticated now, with its customer: Stripe takes `off_session` only without
    `setup_future_usage`.
    """
    away = request.off_session and not request.save_method
    return {
        "amount": amount,
        "currency": request.currency.lower(),
        "customer": customer,
        "payment_method": request.method_reference,
        "payment_method_types": ["card"],
        "confirm": True,
        "description": request.description,
        "metadata": {**request.metadata, "payment": request.payment},
        "expand": EXPAND,
        **({"off_session": True} if away else {"return_url": request.return_url}),
        **({"setup_future_usage": "off_session"} if request.save_method else {}),
    }

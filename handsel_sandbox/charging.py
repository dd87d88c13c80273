"""One attempt to take money: asks the card's bank, writes the charge, moves the intent."""

from __future__ import annotations

import time

from handsel_sandbox import payment_methods
from handsel_sandbox.call import Call, new_id, now
from handsel_sandbox.cards import AUTHENTICATION_REQUIRED, Decline
from handsel_sandbox.errors import ApiError, Json
from handsel_sandbox.store import public


def needs_authentication(method: Json, *, asked_for: bool) -> bool:
    """Whether the bank wants its customer: always, until the card was set up once, or because the request asks."""
    wish = payment_methods.behaviour(method).authentication
    return asked_for or wish == "always" or (wish == "unless_set_up" and not method["_sandbox"]["set_up"])


def capture(call: Call, intent: Json, method: Json, *, authenticated: bool) -> None:
    """Charge now; a decline is raised as Stripe answers it, and what it wrote stands."""
    decline = payment_methods.decline_now(method)
    if decline is not None:
        raise declined(call, intent, method, decline)
    _bind(call, intent, method)
    amount, currency = _taken(call, intent)
    charge = _charge(call, intent, method, amount=amount, currency=currency, decline=None, authenticated=authenticated)
    intent.update(
        status="succeeded",
        amount_received=amount,
        currency=currency,
        latest_charge=charge["id"],
        next_action=None,
        last_payment_error=None,
        payment_method=method["id"],
    )
    if intent["setup_future_usage"] and intent["customer"]:
        method["_sandbox"]["set_up"] = True
        call.store.update(method)
        payment_methods.attach_to(call, method, intent["customer"])
    call.store.update(intent)
    call.emit("charge.succeeded", charge)
    call.emit("payment_intent.succeeded", intent)


def require_authentication(call: Call, intent: Json, method: Json) -> None:
    """Send the customer to the bank's page; without a `return_url` Stripe leaves the way to its own script."""
    _bind(call, intent, method)
    intent.update(
        status="requires_action",
        payment_method=method["id"],
        next_action=next_action(call, intent),
        last_payment_error=None,
    )
    call.store.update(intent)
    call.emit("payment_intent.requires_action", intent)


def next_action(call: Call, intent: Json) -> Json:
    page = f"{call.base_url}/3ds/{intent['id']}/{intent['client_secret']}"
    return_url = intent["_sandbox"].get("return_url")
    if return_url:
        return {"type": "redirect_to_url", "redirect_to_url": {"return_url": return_url, "url": page}}
    return {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect", "stripe_js": page}}


def refuse_off_session(call: Call, intent: Json, method: Json) -> ApiError:
    return declined(call, intent, method, AUTHENTICATION_REQUIRED)


def declined(call: Call, intent: Json, method: Json, decline: Decline) -> ApiError:
    """Write the failed charge and the open intent; answer 402 with both."""
    if decline is not AUTHENTICATION_REQUIRED:
        _bind(call, intent, method)
    amount, currency = intent["amount"], intent["currency"]
    charge = _charge(call, intent, method, amount=amount, currency=currency, decline=decline, authenticated=False)
    facts: Json = {
        "advice_code": decline.advice_code,
        "charge": charge["id"],
        "code": decline.code,
        "decline_code": decline.decline_code,
        "doc_url": f"https://stripe.com/docs/error-codes/{decline.code.replace('_', '-')}",
        "message": decline.message,
        "network_decline_code": decline.network_code,
        "payment_method": public(method),
        "type": "card_error",
    }
    fail(call, intent, facts, charge["id"])
    call.emit("charge.failed", charge)
    call.emit("payment_intent.payment_failed", intent)
    extra = {key: value for key, value in facts.items() if key not in ("message", "type")}
    return ApiError(402, "card_error", decline.message, extra=extra | {"payment_intent": public(intent)}, keep=True)


def fail(call: Call, intent: Json, facts: Json, charge_id: str | None) -> None:
    intent.update(
        status="requires_payment_method",
        payment_method=None,
        last_payment_error=facts,
        latest_charge=charge_id or intent["latest_charge"],
        next_action=None,
    )
    call.store.update(intent)


def _bind(call: Call, intent: Json, method: Json) -> None:
    """An unattached method serves the intent it was first used for, and no other."""
    if method["customer"] is None and method["_sandbox"]["used_by"] is None:
        method["_sandbox"]["used_by"] = intent["id"]
        call.store.update(method)


def _taken(call: Call, intent: Json) -> tuple[int, str]:
    if call.wrong == "amount":
        return intent["amount"] + 100, intent["currency"]
    if call.wrong == "currency":
        return intent["amount"], "eur" if intent["currency"] == "usd" else "usd"
    return intent["amount"], intent["currency"]


# What every charge begins with.
_UNTOUCHED: Json = {
    "amount_refunded": 0,
    "application": None,
    "application_fee": None,
    "application_fee_amount": None,
    "disputed": False,
    "failure_balance_transaction": None,
    "livemode": False,
    "on_behalf_of": None,
    "receipt_number": None,
    "receipt_url": None,
    "refunded": False,
    "review": None,
    "shipping": None,
    "source": None,
    "source_transfer": None,
    "statement_descriptor": None,
    "statement_descriptor_suffix": None,
    "transfer_data": None,
    "transfer_group": None,
}


def _charge(
    call: Call,
    intent: Json,
    method: Json,
    *,
    amount: int,
    currency: str,
    decline: Decline | None,
    authenticated: bool,
) -> Json:
    paid = decline is None
    charge: Json = {
        "id": new_id("ch"),
        **_UNTOUCHED,
        "object": "charge",
        "amount": amount,
        "amount_captured": amount if paid else 0,
        "balance_transaction": new_id("txn") if paid else None,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": "HANDSEL SANDBOX",
        "captured": paid,
        "created": now(),
        "currency": currency,
        "customer": intent["customer"],
        "description": intent["description"],
        "failure_code": None if decline is None else decline.code,
        "failure_message": None if decline is None else decline.message,
        "fraud_details": {},
        "metadata": intent["metadata"],
        "outcome": _outcome(decline),
        "paid": paid,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {"card": _card_details(method, amount, authenticated), "type": "card"},
        "receipt_email": intent["receipt_email"],
        "status": "succeeded" if paid else "failed",
        "_sandbox": {"idempotency_key": call.idempotency_key, "at": time.time()},
    }
    call.store.insert(charge)
    return charge


def _outcome(decline: Decline | None) -> Json:
    if decline is None:
        return {
            "advice_code": None,
            "network_advice_code": None,
            "network_decline_code": None,
            "network_status": "approved_by_network",
            "reason": None,
            "risk_level": "normal",
            "seller_message": "Payment complete.",
            "type": "authorized",
        }
    return {
        "advice_code": decline.advice_code,
        "network_advice_code": None,
        "network_decline_code": decline.network_code,
        "network_status": "declined_by_network",
        "reason": decline.decline_code,
        "risk_level": "normal",
        "seller_message": "The bank did not approve this payment.",
        "type": "issuer_declined",
    }


def _card_details(method: Json, amount: int, authenticated: bool) -> Json:
    card = method["card"]
    kept = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4", "wallet")
    secure = {
        "authentication_flow": "challenge",
        "electronic_commerce_indicator": "05",
        "exemption_indicator": None,
        "result": "authenticated",
        "result_reason": None,
        "transaction_id": new_id("tds"),
        "version": "2.2.0",
    }
    return {name: card[name] for name in kept} | {
        "amount_authorized": amount,
        "authorization_code": None,
        "extended_authorization": {"status": "disabled"},
        "incremental_authorization": {"status": "unavailable"},
        "installments": None,
        "mandate": None,
        "multicapture": {"status": "unavailable"},
        "network": card["brand"],
        "network_token": {"used": False},
        "network_transaction_id": None,
        "overcapture": {"maximum_amount_capturable": amount, "status": "unavailable"},
        "regulated_status": "unregulated",
        "three_d_secure": secure if authenticated else None,
    }

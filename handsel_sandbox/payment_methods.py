"""Payment methods: minted from test names, made by the card frame, attached and detached.

Of a card typed into the frame only brand, last four, expiry, country and a salted fingerprint are kept.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets

from handsel_sandbox import cards, customers
from handsel_sandbox.call import Call, new_id, now
from handsel_sandbox.cards import TestCard
from handsel_sandbox.errors import ApiError, Json, invalid, no_such, refused
from handsel_sandbox.listing import answer_list
from handsel_sandbox.params import Params
from handsel_sandbox.store import Store

USED_UP = (
    "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a"
    " connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use"
    " a PaymentMethod multiple times, you must attach it to a Customer first."
)
_UNEXPECTED = "payment_method_unexpected_state"


def mint(call: Call, card: TestCard, *, exp_month: int = 0, exp_year: int = 0, billing: Json | None = None) -> Json:
    """A new, unattached method; a test name does so at each use."""
    method: Json = {
        "id": new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": billing or billing_details(None),
        "card": {
            "brand": card.brand,
            "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "unchecked"},
            "country": card.country,
            "display_brand": card.brand,
            "exp_month": exp_month or 12,
            "exp_year": exp_year or dt.datetime.now(dt.UTC).year + 4,
            "fingerprint": _fingerprint(call.store, card.number),
            "funding": card.funding,
            "generated_from": None,
            "last4": card.number[-4:],
            "networks": {"available": [card.brand], "preferred": None},
            "regulated_status": "unregulated",
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        },
        "created": now(),
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "type": "card",
        "_sandbox": {"card": card.token, "set_up": False, "used_by": None},
    }
    call.store.insert(method)
    return method


def _fingerprint(store: Store, number: str) -> str:
    salt = store.fact("fingerprint_salt")
    if salt is None:
        salt = secrets.token_hex(16)
        store.set_fact("fingerprint_salt", salt)
    return hmac.new(salt.encode(), number.encode(), hashlib.sha256).hexdigest()[:16]


def billing_details(params: Params | None) -> Json:
    if params is None:
        params = Params({})
    read: Json = {name: params.text(name) or None for name in ("email", "name", "phone", "tax_id")}
    where = customers.address(params.nested("address"))
    read["address"] = where or dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
    params.finish()
    return read


def find(call: Call, method_id: str, *, param: str = "payment_method", in_path: bool = False) -> Json:
    """The method of this id; a test name (`pm_card_visa`) mints a new one."""
    if method_id in cards.BY_TOKEN:
        return mint(call, cards.BY_TOKEN[method_id])
    method = call.store.find("payment_method", method_id)
    if method is None:
        raise no_such("PaymentMethod", method_id, param=param, in_path=in_path)
    return method


def behaviour(method: Json) -> TestCard:
    return cards.BY_TOKEN[method["_sandbox"]["card"]]


def decline_now(method: Json) -> cards.Decline | None:
    """What the bank answers to a charge today: the card's own behaviour, or that it has expired."""
    today = dt.datetime.now(dt.UTC)
    if (method["card"]["exp_year"], method["card"]["exp_month"]) < (today.year, today.month):
        return cards.EXPIRED
    return behaviour(method).decline


def refusal_to_save(method: Json) -> cards.Decline | None:
    decline = decline_now(method)
    return None if decline is behaviour(method).decline and behaviour(method).saves else decline


def check_usable(method: Json, customer_id: str | None, intent_id: str) -> None:
    """Stripe's rules: an attached method needs its customer; an unattached one serves one intent only."""
    if method["customer"] is not None:
        if customer_id is None:
            raise refused(
                "The PaymentMethod supplied belongs to a Customer. Please include the Customer in the `customer`"
                " parameter.",
                param="payment_method",
            )
        if customer_id != method["customer"]:
            raise refused(
                f"The customer does not have a payment method with the ID {method['id']}. The payment method must be"
                " attached to the customer.",
                code="resource_missing",
                param="payment_method",
            )
    elif method["_sandbox"]["used_by"] not in (None, intent_id):
        raise refused(USED_UP, code=_UNEXPECTED, param="payment_method")


def attach_to(call: Call, method: Json, customer_id: str) -> None:
    """Attach without asking the bank again: an intent has just done so."""
    if method["customer"] == customer_id:
        return
    method["customer"] = customer_id
    call.store.update(method)
    call.emit("payment_method.attached", method)


def create(call: Call) -> Json:
    """The frame's call, with the publishable key: raw card fields become a token."""
    params = call.params
    if params.required("type") != "card":
        raise invalid("Invalid type: only card is served here", param="type")
    card_params = params.nested("card")
    if card_params is None:
        raise invalid("Missing required param: card.", code="parameter_missing", param="card")
    billing = billing_details(params.nested("billing_details"))
    if not call.publishable and not card_params.has("token"):
        raise ApiError(
            402,
            "card_error",
            "Sending credit card numbers directly to the API is generally unsafe. Use the card frame instead.",
            code="card_declined",
            began=False,
        )
    card, month, year = _typed_card(card_params)
    metadata = params.metadata()
    params.texts("expand")
    params.finish("allow_redisplay")
    method = mint(call, card, exp_month=month, exp_year=year, billing=billing)
    method["metadata"] = metadata or {}
    method["card"]["checks"]["cvc_check"] = "unchecked"
    call.store.update(method)
    return method


def _typed_card(params: Params) -> tuple[TestCard, int, int]:
    token = params.text("token")
    if token is not None:
        name = token.replace("tok_", "pm_card_", 1)
        if name not in cards.BY_TOKEN:
            raise no_such("token", token, param="card[token]", in_path=False)
        params.finish()
        return cards.BY_TOKEN[name], 0, 0
    number = params.required("number").replace(" ", "")
    month, year = params.integer("exp_month") or 0, params.integer("exp_year") or 0
    cvc = params.text("cvc")
    params.finish()
    if not number.isdecimal() or not 12 <= len(number) <= 19 or not cards.luhn_holds(number):
        raise card_error("incorrect_number", "Your card number is incorrect.", "number")
    today = dt.datetime.now(dt.UTC)
    year += 2000 if year < 100 else 0
    if not 1 <= month <= 12:
        raise card_error("invalid_expiry_month", "Your card's expiration month is invalid.", "exp_month")
    if (year, month) < (today.year, today.month) or year > today.year + 50:
        raise card_error("invalid_expiry_year", "Your card's expiration year is invalid.", "exp_year")
    card = cards.by_number(number)
    if card is None:
        message = "Your card was declined. Your request was in test mode, but used a non test card."
        raise card_error("card_declined", message, "number", decline_code="test_mode_live_card")
    if cvc is not None and not (cvc.isdecimal() and len(cvc) == (4 if card.brand == "amex" else 3)):
        raise card_error("invalid_cvc", "Your card's security code is invalid.", "cvc")
    return card, month, year


def card_error(code: str, message: str, param: str, decline_code: str | None = None) -> ApiError:
    extra = {"decline_code": decline_code} if decline_code else None
    return ApiError(402, "card_error", message, code=code, param=param, extra=extra)


def retrieve(call: Call, method_id: str) -> Json:
    method = find(call, method_id, in_path=True)
    call.params.texts("expand")
    call.params.finish()
    return method


def update(call: Call, method_id: str) -> Json:
    """Billing details, metadata, and the expiry of an attached card."""
    method = find(call, method_id, in_path=True)
    params = call.params
    if params.has("billing_details"):
        method["billing_details"] = billing_details(params.nested("billing_details"))
    method["metadata"] = customers.merged(method["metadata"], params.metadata())
    card = params.nested("card")
    if card is not None:
        for name in ("exp_month", "exp_year"):
            method["card"][name] = card.integer(name) or method["card"][name]
        card.finish()
    params.texts("expand")
    params.finish("allow_redisplay")
    call.store.update(method)
    call.emit("payment_method.updated", method)
    return method


def attach(call: Call, method_id: str) -> Json:
    customer = customers.find(call, call.params.required("customer"), param="customer", in_path=False)
    call.params.texts("expand")
    call.params.finish()
    method = find(call, method_id, in_path=True)
    if method["customer"] is not None and method["customer"] != customer["id"]:
        raise refused("The payment method you provided has already been attached to a customer.", code=_UNEXPECTED)
    if method["customer"] is None and method["_sandbox"]["used_by"] is not None:
        raise refused(
            "This PaymentMethod was previously used without being attached to a Customer or was detached from a"
            " Customer, and may not be used again.",
            code=_UNEXPECTED,
        )
    decline = refusal_to_save(method)
    if decline is not None:
        extra = {
            "decline_code": decline.decline_code,
            "network_decline_code": decline.network_code,
            "advice_code": decline.advice_code,
        }
        raise ApiError(402, "card_error", decline.message, code=decline.code, extra=extra)
    attach_to(call, method, customer["id"])
    return method


def detach(call: Call, method_id: str) -> Json:
    method = find(call, method_id, in_path=True)
    call.params.texts("expand")
    call.params.finish()
    if method["customer"] is None:
        raise refused("The payment method you provided is not attached to a customer so detachment is impossible.")
    method["customer"] = None
    method["_sandbox"]["used_by"] = "detached"
    call.store.update(method)
    call.emit("payment_method.detached", method)
    return method


def answer_all(call: Call) -> Json:
    call.params.text("type")
    return answer_list(call, "payment_method", "/v1/payment_methods", ("customer", "type"))


def answer_of_customer(call: Call, customer_id: str) -> Json:
    customers.find(call, customer_id)
    call.params.put("customer", customer_id)
    return answer_list(call, "payment_method", f"/v1/customers/{customer_id}/payment_methods", ("customer", "type"))

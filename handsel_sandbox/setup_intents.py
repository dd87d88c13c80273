"""SetupIntents: a card made ready for later charges, without an amount."""

from __future__ import annotations

from handsel_sandbox import charging, customers, payment_methods
from handsel_sandbox.call import Call, new_id
from handsel_sandbox.call import now as the_time
from handsel_sandbox.cards import Decline
from handsel_sandbox.errors import ApiError, Json, invalid, no_such, refused
from handsel_sandbox.listing import answer_list
from handsel_sandbox.store import public

_OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")
_REASONS = ("abandoned", "duplicate", "requested_by_customer")


def find(call: Call, intent_id: str) -> Json:
    intent = call.store.find("setup_intent", intent_id)
    if intent is None:
        raise no_such("setupintent", intent_id, param="intent")
    return intent


def _unexpected_state(intent: Json, message: str) -> ApiError:
    return refused(message, code="setup_intent_unexpected_state", extra={"setup_intent": public(intent)})


def create(call: Call) -> Json:
    params = call.params
    confirmed = params.flag("confirm") or False
    intent = _new(call)
    method_id, return_url = params.text("payment_method"), params.text("return_url")
    params.texts("expand")
    params.finish("mandate_data", "payment_method_options", "use_stripe_sdk")
    if intent["customer"]:
        customers.find(call, intent["customer"], param="customer", in_path=False)
    method = None
    if method_id:
        method = payment_methods.find(call, method_id)
        payment_methods.check_usable(method, intent["customer"], intent["id"])
        intent.update(payment_method=method["id"], status="requires_confirmation")
    elif confirmed:
        raise refused("You cannot confirm this SetupIntent because it's missing a payment method.")
    call.store.insert(intent)
    call.emit("setup_intent.created", intent)
    if confirmed and method is not None:
        intent["_sandbox"]["return_url"] = return_url
        _attempt(call, intent, method)
    return intent


def _new(call: Call) -> Json:
    params = call.params
    intent_id = new_id("seti")
    types = params.texts("payment_method_types")
    automatic = params.nested("automatic_payment_methods")
    redirects = "always"
    if automatic is not None:
        automatic.flag("enabled")
        redirects = automatic.choice("allow_redirects", ("always", "never")) or "always"
        automatic.finish()
    return {
        "id": intent_id,
        "object": "setup_intent",
        "application": None,
        "automatic_payment_methods": None if types else {"allow_redirects": redirects, "enabled": True},
        "cancellation_reason": None,
        "client_secret": new_id(f"{intent_id}_secret", 32),
        "created": the_time(),
        "customer": params.text("customer") or None,
        "customer_account": None,
        "description": params.text("description", limit=1000) or None,
        "excluded_payment_method_types": None,
        "flow_directions": None,
        "last_setup_error": None,
        "latest_attempt": None,
        "livemode": False,
        "mandate": None,
        "metadata": params.metadata() or {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {"card": {"mandate_options": None, "network": None, "request_three_d_secure": None}},
        "payment_method_types": ["card"],
        "single_use_mandate": None,
        "status": "requires_payment_method",
        "usage": params.choice("usage", ("off_session", "on_session")) or "off_session",
        "_sandbox": {"return_url": None},
    }


def confirm(call: Call, intent_id: str) -> Json:
    params = call.params
    intent = find(call, intent_id)
    method_id, return_url = params.text("payment_method"), params.text("return_url")
    params.texts("expand")
    params.finish("mandate_data", "payment_method_options", "use_stripe_sdk")
    if intent["status"] not in _OPEN:
        raise _unexpected_state(
            intent, f"This SetupIntent's status is {intent['status']}, so it could not be confirmed."
        )
    chosen = method_id or intent["payment_method"]
    if not chosen:
        raise _unexpected_state(intent, "You cannot confirm this SetupIntent because it's missing a payment method.")
    method = payment_methods.find(call, chosen)
    payment_methods.check_usable(method, intent["customer"], intent["id"])
    intent["_sandbox"]["return_url"] = return_url or intent["_sandbox"].get("return_url")
    _attempt(call, intent, method)
    return intent


def _attempt(call: Call, intent: Json, method: Json) -> None:
    automatic = intent["automatic_payment_methods"]
    if automatic and automatic["allow_redirects"] == "always" and not intent["_sandbox"]["return_url"]:
        raise invalid("This SetupIntent may redirect your customer, so a `return_url` is needed.", param="return_url")
    decline = payment_methods.refusal_to_save(method)
    if decline is not None:
        raise _declined(call, intent, method, decline)
    if charging.needs_authentication(method, asked_for=False):
        if method["customer"] is None:
            method["_sandbox"]["used_by"] = intent["id"]
            call.store.update(method)
        intent.update(status="requires_action", payment_method=method["id"], last_setup_error=None)
        intent["next_action"] = charging.next_action(call, intent)
        call.store.update(intent)
        call.emit("setup_intent.requires_action", intent)
        return
    _succeed(call, intent, method)


def _succeed(call: Call, intent: Json, method: Json) -> None:
    method["_sandbox"].update(set_up=True, used_by=intent["id"])
    call.store.update(method)
    if intent["customer"]:
        payment_methods.attach_to(call, method, intent["customer"])
    intent.update(status="succeeded", payment_method=method["id"], next_action=None, last_setup_error=None)
    call.store.update(intent)
    call.emit("setup_intent.succeeded", intent)


def _declined(call: Call, intent: Json, method: Json, decline: Decline) -> ApiError:
    if method["customer"] is None:
        method["_sandbox"]["used_by"] = intent["id"]
        call.store.update(method)
    facts: Json = {
        "advice_code": decline.advice_code,
        "code": decline.code,
        "decline_code": decline.decline_code,
        "doc_url": f"https://stripe.com/docs/error-codes/{decline.code.replace('_', '-')}",
        "message": decline.message,
        "network_decline_code": decline.network_code,
        "payment_method": public(method),
        "type": "card_error",
    }
    _fail(call, intent, facts)
    extra = {key: value for key, value in facts.items() if key not in ("message", "type")}
    return ApiError(402, "card_error", decline.message, extra=extra | {"setup_intent": public(intent)}, keep=True)


def _fail(call: Call, intent: Json, facts: Json) -> None:
    intent.update(status="requires_payment_method", payment_method=None, next_action=None, last_setup_error=facts)
    call.store.update(intent)
    call.emit("setup_intent.setup_failed", intent)


def authenticated(call: Call, intent: Json, *, approved: bool) -> None:
    """The customer has answered on the bank's page."""
    method = payment_methods.find(call, intent["payment_method"])
    if approved:
        _succeed(call, intent, method)
        return
    facts: Json = {
        "code": "setup_intent_authentication_failure",
        "doc_url": "https://stripe.com/docs/error-codes/setup-intent-authentication-failure",
        "message": "The latest attempt to set up the payment method has failed because authentication failed.",
        "payment_method": public(method),
        "type": "invalid_request_error",
    }
    _fail(call, intent, facts)


def cancel(call: Call, intent_id: str) -> Json:
    intent = find(call, intent_id)
    reason = call.params.choice("cancellation_reason", _REASONS)
    call.params.texts("expand")
    call.params.finish()
    if intent["status"] not in _OPEN:
        raise _unexpected_state(
            intent, f"You cannot cancel this SetupIntent because it has a status of {intent['status']}."
        )
    intent.update(status="canceled", cancellation_reason=reason, next_action=None)
    call.store.update(intent)
    call.emit("setup_intent.canceled", intent)
    return intent


def retrieve(call: Call, intent_id: str) -> Json:
    intent = find(call, intent_id)
    secret = call.params.text("client_secret")
    if call.publishable and secret != intent["client_secret"]:
        raise no_such("setupintent", intent_id, param="intent")
    call.params.texts("expand")
    call.params.finish()
    return intent


def answer_all(call: Call) -> Json:
    return answer_list(call, "setup_intent", "/v1/setup_intents", ("customer", "payment_method"))

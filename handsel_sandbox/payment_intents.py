"""PaymentIntents: created, confirmed, authenticated, cancelled, read, listed, searched."""

from __future__ import annotations

from handsel_sandbox import charging, customers, payment_methods
from handsel_sandbox.call import Call, new_id, now
from handsel_sandbox.currencies import check_amount
from handsel_sandbox.errors import ApiError, Json, invalid, no_such, refused
from handsel_sandbox.listing import answer_list, answer_search
from handsel_sandbox.store import public

_IGNORED = ("statement_descriptor", "statement_descriptor_suffix", "confirmation_method", "shipping", "mandate_data")
_OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")
_REASONS = ("duplicate", "fraudulent", "requested_by_customer", "abandoned")


def find(call: Call, intent_id: str) -> Json:
    intent = call.store.find("payment_intent", intent_id)
    if intent is None:
        raise no_such("payment_intent", intent_id, param="intent")
    return intent


def unexpected_state(intent: Json, message: str) -> ApiError:
    extra = {"payment_intent": public(intent)}
    return refused(message, code="payment_intent_unexpected_state", extra=extra)


def create(call: Call) -> Json:
    params = call.params
    params.required("amount")
    amount, currency = params.integer("amount") or 0, params.required("currency").lower()
    check_amount(amount, currency)
    confirm, off_session = params.flag("confirm") or False, params.flag("off_session") or False
    if off_session and not confirm:
        raise invalid("The parameter `off_session` can only be used with `confirm=true`.", param="off_session")
    intent = _new(call, amount, currency)
    method_id = params.text("payment_method")
    return_url = _return_url(call)
    if return_url and not confirm:
        raise invalid("`return_url` can only be passed when confirming.", param="return_url")
    params.texts("expand")
    params.finish(*_IGNORED)
    customer_id = intent["customer"]
    if customer_id:
        customers.find(call, customer_id, param="customer", in_path=False)
    method = None
    if method_id:
        method = payment_methods.find(call, method_id)
        payment_methods.check_usable(method, customer_id, intent["id"])
        intent.update(payment_method=method["id"], status="requires_confirmation")
    elif confirm:
        raise refused(
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            code="payment_intent_unexpected_state",
        )
    call.store.insert(intent)
    call.emit("payment_intent.created", intent)
    if confirm and method is not None:
        intent["_sandbox"]["return_url"] = return_url
        attempt(call, intent, method, off_session=off_session)
    return intent


# What every intent begins with.
_AT_FIRST: Json = {
    "amount_capturable": 0,
    "amount_received": 0,
    "application": None,
    "application_fee_amount": None,
    "canceled_at": None,
    "cancellation_reason": None,
    "customer_account": None,
    "excluded_payment_method_types": None,
    "last_payment_error": None,
    "latest_charge": None,
    "livemode": False,
    "next_action": None,
    "on_behalf_of": None,
    "payment_method": None,
    "payment_method_configuration_details": None,
    "processing": None,
    "review": None,
    "shipping": None,
    "source": None,
    "statement_descriptor": None,
    "statement_descriptor_suffix": None,
    "transfer_data": None,
    "transfer_group": None,
}


def _new(call: Call, amount: int, currency: str) -> Json:
    params = call.params
    intent_id = new_id("pi")
    types = params.texts("payment_method_types")
    if types and types != ["card"]:
        raise invalid("Only card is served here.", param="payment_method_types")
    automatic = _automatic(call) if not types else None
    return {
        "id": intent_id,
        **_AT_FIRST,
        "object": "payment_intent",
        "amount": amount,
        "amount_details": {"tip": {}},
        "automatic_payment_methods": automatic,
        "capture_method": params.choice("capture_method", ("automatic", "automatic_async")) or "automatic_async",
        "client_secret": new_id(f"{intent_id}_secret", 25),
        "confirmation_method": "automatic",
        "created": now(),
        "currency": currency,
        "customer": params.text("customer") or None,
        "description": params.text("description", limit=1000) or None,
        "metadata": params.metadata() or {},
        "payment_method_options": _options(call),
        "payment_method_types": ["card"],
        "receipt_email": params.text("receipt_email") or None,
        "setup_future_usage": params.choice("setup_future_usage", ("off_session", "on_session")),
        "status": "requires_payment_method",
        "_sandbox": {"return_url": None},
    }


def _automatic(call: Call) -> Json:
    params = call.params.nested("automatic_payment_methods")
    if params is None:
        return {"allow_redirects": "always", "enabled": True}
    enabled = params.flag("enabled")
    redirects = params.choice("allow_redirects", ("always", "never")) or "always"
    params.finish()
    return {"allow_redirects": redirects, "enabled": bool(enabled)}


def _options(call: Call) -> Json:
    card: Json = {
        "installments": None,
        "mandate_options": None,
        "network": None,
        "request_three_d_secure": "automatic",
    }
    options = call.params.nested("payment_method_options")
    of_card = options.nested("card") if options is not None else None
    if of_card is not None:
        wish = of_card.choice("request_three_d_secure", ("any", "automatic", "challenge"))
        card["request_three_d_secure"] = wish or "automatic"
        of_card.finish("setup_future_usage")
    if options is not None:
        options.finish()
    return {"card": card}


def _return_url(call: Call) -> str | None:
    url = call.params.text("return_url")
    if url and not url.startswith(("http://", "https://")):
        raise invalid("Not a valid URL", code="url_invalid", param="return_url")
    return url or None


def confirm(call: Call, intent_id: str) -> Json:
    params = call.params
    intent = find(call, intent_id)
    off_session = params.flag("off_session") or False
    method_id, return_url = params.text("payment_method"), _return_url(call)
    usage = params.choice("setup_future_usage", ("off_session", "on_session"))
    options = _options(call)
    params.texts("expand")
    params.finish("mandate_data", "receipt_email", "shipping", "use_stripe_sdk")
    if intent["status"] not in _OPEN:
        raise unexpected_state(
            intent, f"This PaymentIntent's status is {intent['status']}, so it could not be confirmed."
        )
    chosen = method_id or intent["payment_method"]
    if not chosen:
        raise unexpected_state(intent, "You cannot confirm this PaymentIntent because it's missing a payment method.")
    method = payment_methods.find(call, chosen)
    payment_methods.check_usable(method, intent["customer"], intent["id"])
    intent["setup_future_usage"] = usage or intent["setup_future_usage"]
    if options["card"]["request_three_d_secure"] != "automatic":
        intent["payment_method_options"] = options
    intent["_sandbox"]["return_url"] = return_url or intent["_sandbox"].get("return_url")
    attempt(call, intent, method, off_session=off_session)
    return intent


def attempt(call: Call, intent: Json, method: Json, *, off_session: bool) -> None:
    """Ask the bank: charge, send to its page, or refuse because nobody is there to be asked."""
    intent["_sandbox"]["idempotency_key"] = call.idempotency_key
    automatic = intent["automatic_payment_methods"]
    redirects = automatic is not None and automatic["enabled"] and automatic["allow_redirects"] == "always"
    if redirects and not off_session and not intent["_sandbox"]["return_url"]:
        raise refused(
            "This PaymentIntent may redirect your customer off of your page, so a `return_url` is needed. To not accept"
            " such payment methods set `automatic_payment_methods[allow_redirects]` to `never`.",
            param="return_url",
        )
    wish = intent["payment_method_options"]["card"]["request_three_d_secure"]
    if not charging.needs_authentication(method, asked_for=wish != "automatic" and not off_session):
        charging.capture(call, intent, method, authenticated=False)
    elif off_session:
        raise charging.refuse_off_session(call, intent, method)
    else:
        charging.require_authentication(call, intent, method)


def authenticated(call: Call, intent: Json, *, approved: bool) -> None:
    """The customer has answered on the bank's page."""
    method = payment_methods.find(call, intent["payment_method"])
    if approved:
        try:
            charging.capture(call, intent, method, authenticated=True)
        except ApiError:
            return  # The bank knew its customer and declined all the same: the intent says so.
        return
    message = (
        "We are unable to authenticate your payment method. Please choose a different payment method and try again."
    )
    facts: Json = {
        "code": "payment_intent_authentication_failure",
        "doc_url": "https://stripe.com/docs/error-codes/payment-intent-authentication-failure",
        "message": message,
        "payment_method": public(method),
        "type": "invalid_request_error",
    }
    charging.fail(call, intent, facts, None)
    call.emit("payment_intent.payment_failed", intent)


def cancel(call: Call, intent_id: str) -> Json:
    intent = find(call, intent_id)
    reason = call.params.choice("cancellation_reason", _REASONS)
    call.params.texts("expand")
    call.params.finish()
    if intent["status"] not in _OPEN:
        raise unexpected_state(
            intent,
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}. Only a PaymentIntent"
            " with one of the following statuses may be canceled: requires_payment_method, requires_capture,"
            " requires_confirmation, requires_action, processing.",
        )
    intent.update(status="canceled", canceled_at=now(), cancellation_reason=reason, next_action=None)
    call.store.update(intent)
    call.emit("payment_intent.canceled", intent)
    return intent


def retrieve(call: Call, intent_id: str) -> Json:
    """With the publishable key only by the intent's own secret."""
    intent = find(call, intent_id)
    secret = call.params.text("client_secret")
    if call.publishable and secret != intent["client_secret"]:
        raise no_such("payment_intent", intent_id, param="intent")
    call.params.texts("expand")
    call.params.finish()
    return intent


def answer_all(call: Call) -> Json:
    return answer_list(call, "payment_intent", "/v1/payment_intents", ("customer",))


def search(call: Call) -> Json:
    return answer_search(call, "payment_intent", "/v1/payment_intents/search")

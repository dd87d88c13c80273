"""Stripe, and the sandbox by another address: the same adapter on Stripe's own library.

What an idempotency key replays is what Stripe said the first time. It is never taken for the present: after a replayed
answer the object is retrieved, and that is what is reported.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import stripe

from handsel.gateways import stripe_amounts as amounts
from handsel.gateways.base import (
    Approved,
    Cancelled,
    Clearing,
    Declined,
    EventsRegistered,
    GatewayWell,
    IncomingEvent,
    LookOutcome,
    MethodNeedsCustomer,
    MethodSaved,
    NeedsCustomer,
    NotListed,
    PaymentRequest,
    PayOutcome,
    Refunded,
    RefundFailed,
    RefundOutcome,
    RefundPending,
    RefundRequest,
    Rejected,
    SaveOutcome,
    Unknown,
)
from handsel.gateways.guard import forbid_open_transaction
from handsel.gateways.stripe_calls import CREDENTIALS_REFUSED, Answered, NoFact, Refusal, Reply, ask, client_for
from handsel.gateways.stripe_facts import (
    AUTHENTICATION_REQUIRED,
    EXPAND,
    awaits_customer,
    challenge_url,
    decline_facts,
    id_of,
    incoming_event,
    intent_parameters,
    likelier,
    method_facts,
    part,
)

Intent = stripe.PaymentIntent
_UNDECIDED = ("requires_payment_method", "requires_confirmation", "requires_capture")
_CLOCK_SKEW = dt.timedelta(minutes=5)  # between our clock and Stripe's, when intents are listed by their time
_LIST_LIMIT = 10_000  # intents looked through after a lost answer, before a person has to look
# What changes a payment; whoever asks for more has it stored and matched with nothing.
_EVENTS = tuple(
    f"payment_intent.{what}" for what in ("succeeded", "payment_failed", "requires_action", "processing", "canceled")
)
_CUSTOMER_TRIES = ("customer", "customer:2", "customer:3")


class StripeGateway:
    """Implements `handsel.gateways.base.Gateway`. Safe to share between threads; holds its key in memory only."""

    def __init__(self, secret_key: str, api_base: str | None = None, timeout_seconds: float = 20) -> None:
        """`api_base` is the sandbox's address, None is Stripe itself. Connecting waits at most 3 s."""
        self.name = "sandbox" if api_base else "stripe"
        self._api = client_for(secret_key, api_base, timeout_seconds).v1

    def __repr__(self) -> str:
        return f"<StripeGateway {self.name}>"

    def minimum_minor(self, currency: str) -> int:
        return amounts.minimum_minor(currency)

    # Payments

    def pay(self, request: PaymentRequest) -> PayOutcome:
        """1. The customer, where there is none yet. 2. One intent, created and confirmed under the payment's key.
        3. A decline counts once the intent is cancelled. Any step may be repeated: its key answers the same."""
        forbid_open_transaction()
        try:
            amount = amounts.to_stripe(request.amount_minor, request.currency)
        except amounts.NotRepresentable:
            return Rejected("amount_not_representable", customer_reference=request.customer_reference)
        customer = request.customer_reference or self._make_customer(
            request.payment,
            name=request.customer_name,
            email=request.customer_email,
            metadata=request.customer_metadata,
        )
        # If we die here: the customer exists at Stripe; the same key finds it again.
        if isinstance(customer, NoFact):
            return customer.unknown()
        if isinstance(customer, Refusal):
            return Rejected(customer.code, customer.message)
        asked: Any = intent_parameters(request, amount, customer)
        key: Any = {"idempotency_key": f"{request.payment}:pay"}
        reply = ask("pay", lambda: self._api.payment_intents.create(asked, key), subject=request.payment)
        # If we die here: the money may have moved; `pay` again, or `look`, tells.
        return self._outcome(request, reply, None, customer)

    def look(self, request: PaymentRequest, reference: str | None, since: dt.datetime) -> LookOutcome:
        forbid_open_transaction()
        if reference is not None:
            return self._outcome(request, self._retrieve(reference), reference)
        listed = ask("look", lambda: self._list(since, request.customer_reference), subject=request.payment)
        if not isinstance(listed, Answered):
            return listed.unknown() if isinstance(listed, NoFact) else Unknown(listed.code, answered=True)
        found: list[Intent] = []
        try:
            for seen, intent in enumerate(listed.object.auto_paging_iter()):
                if seen >= _LIST_LIMIT:
                    return Unknown("too_many_intents", answered=True)
                if part(intent.metadata, "payment") == request.payment:
                    found.append(intent)
        except (stripe.StripeError, AttributeError, KeyError, TypeError, ValueError):
            return Unknown("listing_broken_off", answered=False)
        if not found:
            return NotListed()
        chosen = min(found, key=likelier)
        return self._outcome(request, self._retrieve(chosen.id), chosen.id)

    def challenge(self, request: PaymentRequest, reference: str) -> PayOutcome:
        forbid_open_transaction()
        present = self._retrieve(reference)
        if not isinstance(present, Answered):
            return self._outcome(request, present, reference)
        intent = present.object
        if not awaits_customer(intent) or challenge_url(intent):
            return self._outcome(request, present, reference)
        failed = intent.last_payment_error
        method = id_of(part(failed, "payment_method"))
        asked: Any = {
            "payment_method": method or request.method_reference,
            "return_url": request.return_url,
            "expand": EXPAND,
            **({"setup_future_usage": "off_session"} if request.save_method else {}),
        }
        key: Any = {"idempotency_key": f"{request.payment}:challenge"}
        reply = ask("challenge", lambda: self._api.payment_intents.confirm(reference, asked, key), subject=reference)
        # If we die here: the intent waits for its customer; asked again, it is retrieved and gives its page.
        return self._outcome(request, reply, reference)

    def cancel(self, request: PaymentRequest, reference: str) -> PayOutcome:
        """Without an idempotency key: cancelling twice harms nothing, a failure kept under one would bar the way."""
        forbid_open_transaction()
        reply = self._cancel(reference)
        if isinstance(reply, Refusal):
            # Something else was faster. What it was stands at Stripe; it is not undone from here.
            reply = self._retrieve(reference)
            if isinstance(reply, Answered) and reply.object.status in (*_UNDECIDED, "requires_action"):
                return Unknown("not_cancellable_now", reference, answered=True)
        return self._outcome(request, reply, reference)

    def _retrieve(self, reference: str) -> Reply[Intent]:
        asked: Any = {"expand": EXPAND}
        return ask("retrieve", lambda: self._api.payment_intents.retrieve(reference, asked), subject=reference)

    def _cancel(self, reference: str) -> Reply[Intent]:
        return ask("cancel", lambda: self._api.payment_intents.cancel(reference), subject=reference)

    def _list(self, since: dt.datetime, customer: str | None) -> stripe.ListObject[Intent]:
        asked: Any = {"created": {"gte": int((since - _CLOCK_SKEW).timestamp())}, "limit": 100}
        return self._api.payment_intents.list(asked | ({"customer": customer} if customer else {}))

    def _outcome(
        self, request: PaymentRequest, reply: Reply[Intent], reference: str | None, customer: str | None = None
    ) -> PayOutcome:
        """A reply about the payment's intent as an outcome, the present state retrieved where the reply is old."""
        if isinstance(reply, NoFact):
            return reply.unknown(reference)
        if isinstance(reply, Refusal):
            about = reply.error.payment_intent if reply.error else None
            if about is None:
                if reference is not None:  # The intent is there: a refused question about it ends nothing.
                    return Unknown(reply.code, reference, answered=True)
                return Rejected(reply.code, reply.message, customer)
            return self._outcome(request, self._retrieve(about.id), about.id, customer)
        if reply.replayed:
            return self._outcome(request, self._retrieve(reply.object.id), reply.object.id, customer)
        return self._state(reply.object, customer or request.customer_reference)

    def _state(self, intent: Intent, customer: str | None) -> PayOutcome:
        customer = id_of(intent.customer) or customer
        method = method_facts(intent.payment_method)
        if intent.status == "succeeded":
            currency = intent.currency.upper()
            taken = amounts.from_stripe(intent.amount_received, currency)
            return Approved(intent.id, taken, currency, customer, method)
        if intent.status == "processing":
            return Clearing(intent.id, customer, method)
        failed = intent.last_payment_error
        if awaits_customer(intent):
            asked = method or method_facts(part(failed, "payment_method"))
            return NeedsCustomer(intent.id, challenge_url(intent), customer, asked)
        declined = None
        if failed is not None:
            tried = method_facts(part(failed, "payment_method"))
            declined = Declined(intent.id, decline_facts(failed), customer, tried)
        if intent.status == "canceled":
            # A challenge given up is cancelled without a decline, whatever the first try had met.
            return declined if declined and declined.decline.code != AUTHENTICATION_REQUIRED else Cancelled(intent.id)
        return self._close(intent, declined or Cancelled(intent.id))

    def _close(self, intent: Intent, outcome: Declined | Cancelled) -> PayOutcome:
        """An intent left open could be confirmed later: the outcome counts when it is cancelled."""
        reply = self._cancel(intent.id)
        if isinstance(reply, Answered) and reply.object.status == "canceled":
            return outcome
        if isinstance(reply, Refusal):
            now = self._retrieve(intent.id)
            if isinstance(now, Answered) and now.object.status not in _UNDECIDED:
                return self._state(now.object, id_of(now.object.customer))
        return Unknown("decline_not_cancelled", intent.id, answered=isinstance(reply, Refusal))

    def _make_customer(
        self, stem: str, *, name: str, email: str, metadata: Mapping[str, str]
    ) -> str | Refusal | NoFact:
        """The gateway's customer under the stem's key. Where Stripe keeps a failure under it, the next key is taken:
        a customer too many costs nothing, and each key's answer stays the same, so every try finds the same one."""
        asked: Any = {"name": name, "email": email, "metadata": dict(metadata)}
        reply: Reply[stripe.Customer] = NoFact("no_customer", answered=True)
        for suffix in _CUSTOMER_TRIES:
            key: Any = {"idempotency_key": f"{stem}:{suffix}"}
            reply = ask("customer", lambda key=key: self._api.customers.create(asked, key), subject=stem)  # type: ignore[misc]
            if not (isinstance(reply, NoFact) and reply.replayed):
                break
        return reply.object.id if isinstance(reply, Answered) else reply

    # Refunds

    def refund(self, request: RefundRequest) -> RefundOutcome:
        forbid_open_transaction()
        try:
            amount = amounts.to_stripe(request.amount_minor, request.currency)
        except amounts.NotRepresentable:
            return RefundFailed("amount_not_representable")
        asked: Any = {
            "payment_intent": request.payment_reference,
            "amount": amount,
            "metadata": {**request.metadata, "refund": request.refund},
        }
        key: Any = {"idempotency_key": request.refund}
        reply = ask("refund", lambda: self._api.refunds.create(asked, key), subject=request.refund)
        # If we die here: the money may be on its way back; the same key, or `look_refund`, tells.
        if isinstance(reply, Answered) and reply.replayed:
            return self._refund_now(reply.object.id)
        return _refund_outcome(reply, None)

    def look_refund(self, request: RefundRequest, reference: str | None) -> RefundOutcome | NotListed:
        forbid_open_transaction()
        if reference is not None:
            return self._refund_now(reference)
        asked: Any = {"payment_intent": request.payment_reference, "limit": 100}
        listed = ask("look_refund", lambda: self._api.refunds.list(asked), subject=request.refund)
        if isinstance(listed, NoFact):
            return listed.unknown()
        if isinstance(listed, Refusal):
            return Unknown(listed.code, answered=True)
        for refund in listed.object.data:
            if part(refund.metadata, "refund") == request.refund:
                return _refund_outcome(Answered(refund, replayed=False), refund.id)
        return NotListed()

    def _refund_now(self, reference: str) -> RefundOutcome:
        reply = ask("look_refund", lambda: self._api.refunds.retrieve(reference), subject=reference)
        return _refund_outcome(reply, reference)

    # Methods

    def save_method(
        self,
        *,
        key: str,
        token: str,
        customer_reference: str | None,
        customer_name: str,
        customer_email: str,
        customer_metadata: Mapping[str, str],
        return_url: str,
    ) -> SaveOutcome:
        forbid_open_transaction()
        customer = customer_reference or self._make_customer(
            key, name=customer_name, email=customer_email, metadata=customer_metadata
        )
        # If we die here: the customer exists at Stripe; the same key finds it again.
        if isinstance(customer, NoFact):
            return customer.unknown()
        if isinstance(customer, Refusal):
            return Rejected(customer.code, customer.message)
        return self._set_up(f"{key}:save", token, customer, return_url)

    def verify_method(self, *, key: str, method: str, customer_reference: str, return_url: str) -> SaveOutcome:
        forbid_open_transaction()
        return self._set_up(f"{key}:verify", method, customer_reference, return_url)

    def detach_method(self, *, key: str, method: str) -> None:
        """Best effort: a method that stays attached is charged by nobody, since our row of it is gone."""
        forbid_open_transaction()
        options: Any = {"idempotency_key": f"{key}:detach"}
        ask("detach", lambda: self._api.payment_methods.detach(method, None, options), subject=method)

    def _set_up(self, key: str, method: str, customer: str, return_url: str) -> SaveOutcome:
        asked: Any = {
            "customer": customer,
            "payment_method": method,
            "usage": "off_session",
            "confirm": True,
            "return_url": return_url,
            "payment_method_types": ["card"],
            "expand": EXPAND,
        }
        options: Any = {"idempotency_key": key}
        reply = ask("set_up", lambda: self._api.setup_intents.create(asked, options), subject=key)
        about = reply.object.id if isinstance(reply, Answered) and reply.replayed else None
        if isinstance(reply, Refusal) and reply.error and reply.error.setup_intent:
            about = reply.error.setup_intent.id
        if about is not None:
            expanded: Any = {"expand": EXPAND}
            reply = ask("set_up", lambda: self._api.setup_intents.retrieve(about, expanded), subject=about)
        if isinstance(reply, NoFact):
            return reply.unknown(about)
        if isinstance(reply, Refusal):
            return Rejected(reply.code, reply.message, customer)
        return self._set_up_state(reply.object, customer)

    def _set_up_state(self, intent: stripe.SetupIntent, customer: str) -> SaveOutcome:
        method = method_facts(intent.payment_method)
        if intent.status == "succeeded" and method is not None:
            return MethodSaved(method, customer)
        if intent.status == "requires_action":
            return MethodNeedsCustomer(intent.id, challenge_url(intent))
        if intent.status in ("requires_payment_method", "canceled"):
            if intent.status != "canceled":
                ask("cancel", lambda: self._api.setup_intents.cancel(intent.id), subject=intent.id)
            failed = intent.last_setup_error
            tried = method_facts(part(failed, "payment_method"))
            return Declined(intent.id, decline_facts(failed), customer, tried)
        return Unknown(intent.status, intent.id, answered=True)

    def check(self) -> GatewayWell | Rejected | Unknown:
        """Asks for what the reconciler lives on, one payment intent of the list: a restricted key without that right
        is of no use either."""
        forbid_open_transaction()
        one: Any = {"limit": 1}
        reply = ask("check", lambda: self._api.payment_intents.list(one), subject="account")
        if isinstance(reply, Answered):
            return GatewayWell()
        if isinstance(reply, NoFact) and reply.why != CREDENTIALS_REFUSED:
            return reply.unknown()
        return Rejected(reply.code, reply.message) if isinstance(reply, Refusal) else Rejected(reply.why)

    def register_events(self, *, key: str, url: str) -> EventsRegistered | Rejected | Unknown:
        forbid_open_transaction()
        asked: Any = {"url": url, "enabled_events": list(_EVENTS)}
        options: Any = {"idempotency_key": f"{key}:events"}
        reply = ask("register_events", lambda: self._api.webhook_endpoints.create(asked, options), subject=key)
        if isinstance(reply, NoFact):
            return reply.unknown()
        if isinstance(reply, Refusal):
            return Rejected(reply.code, reply.message)
        secret = reply.object.secret
        return EventsRegistered(secret) if secret else Unknown("no_secret", answered=True)

    def read_event(self, body: bytes, signature: str, secret: str, now: dt.datetime) -> IncomingEvent | None:
        return incoming_event(body, signature, secret, now)


def _refund_outcome(reply: Reply[stripe.Refund], reference: str | None) -> RefundOutcome:
    if isinstance(reply, NoFact):
        return reply.unknown(reference)
    if isinstance(reply, Refusal):
        if reference is not None:
            return Unknown(reply.code, reference, answered=True)
        return RefundFailed(reply.code)
    refund = reply.object
    match refund.status:
        case "succeeded":
            return Refunded(refund.id)
        case "pending" | "requires_action":
            return RefundPending(refund.id)
        case _:
            return RefundFailed(part(refund, "failure_reason") or refund.status or "failed", refund.id)

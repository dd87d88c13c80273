"""The protocol between our flows and whatever moves the money, and the outcomes it may answer.

Every expected outcome is a value; the flows match on it exhaustively. A gateway module only translates: it decides
nothing, writes nothing and is never called while a database transaction is open (`forbid_open_transaction`).
Amounts are integer minor units of ISO 4217; where a gateway counts otherwise its adapter converts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class MethodFacts:
    """What may be known and kept of a payment method: a token and what is printed on a receipt. Never a number."""

    reference: str
    kind: str  # "card" or "us_bank_account"
    brand: str
    last4: str
    exp_month: int | None
    exp_year: int | None
    country: str
    fingerprint: str
    customer_reference: str | None = None


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """The whole frozen request of one payment: every try of it sends exactly this, under the same keys.

    It is stored as JSON in the payment row before the gateway is asked (`as_json`/`from_json` round-trip exactly).
    """

    payment: str  # our payment id, the stem of every idempotency key: "{payment}:customer", "{payment}:pay", …
    amount_minor: int
    currency: str  # ISO 4217, upper case
    method_reference: str
    customer_reference: str | None  # None: the gateway customer is made first, from the three fields below
    customer_name: str
    customer_email: str
    customer_metadata: Mapping[str, str]
    off_session: bool
    save_method: bool
    description: str
    return_url: str
    metadata: Mapping[str, str]  # partner, payment, order or invoice: what the hunt after a lost answer matches

    def as_json(self) -> dict[str, Any]:
        return {
            name: dict(value) if isinstance(value := getattr(self, name), Mapping) else value
            for name in self.__dataclass_fields__
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> PaymentRequest:
        return cls(**stored)


@dataclass(frozen=True, slots=True)
class DeclineFacts:
    """The gateway's and the network's codes, as they came; `rules.declines` classes them."""

    code: str  # Stripe: decline_code, else error code
    network_code: str = ""
    advice_code: str = ""
    gateway_message: str = ""  # shown to staff only, never matched on


@dataclass(frozen=True, slots=True)
class Approved:
    reference: str
    amount_minor: int
    currency: str
    customer_reference: str | None
    method: MethodFacts | None


@dataclass(frozen=True, slots=True)
class Declined:
    """The bank said no, and the intent is confirmed cancelled: nothing can take this money any more."""

    reference: str | None
    decline: DeclineFacts
    customer_reference: str | None = None
    method: MethodFacts | None = None


@dataclass(frozen=True, slots=True)
class NeedsCustomer:
    """The customer's bank asks (3-D Secure). `url` is the gateway's challenge page, None until confirmed on-session."""

    reference: str
    url: str | None
    customer_reference: str | None = None
    method: MethodFacts | None = None


@dataclass(frozen=True, slots=True)
class Clearing:
    reference: str
    customer_reference: str | None = None
    method: MethodFacts | None = None


@dataclass(frozen=True, slots=True)
class Cancelled:
    reference: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """No fact came: timeout, reset, 5xx, 429, nonsense. `reference` where the intent at least is known.

    `answered` is True when the gateway is well and just does not know, or not yet (409, a failure kept under the key);
    False when it is not well, for us: silence, 5xx, 429, refused credentials. Its next fact then ends an outage.
    """

    why: str
    reference: str | None = None
    answered: bool = False


@dataclass(frozen=True, slots=True)
class NotListed:
    """The gateway lists no intent for this payment. Not a proof of absence until 24 h after the last send."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """The gateway refuses the request itself (unknown or used token, amount below its minimum): no money, no intent.

    For flows this is a decline in which nothing was taken; `code` is the gateway's error code.
    """

    code: str
    gateway_message: str = ""
    customer_reference: str | None = None


PayOutcome = Approved | Declined | NeedsCustomer | Clearing | Cancelled | Rejected | Unknown
LookOutcome = PayOutcome | NotListed


@dataclass(frozen=True, slots=True)
class RefundRequest:
    refund: str  # our refund id, the idempotency key
    payment_reference: str
    amount_minor: int
    currency: str
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refunded:
    reference: str


@dataclass(frozen=True, slots=True)
class RefundPending:
    reference: str


@dataclass(frozen=True, slots=True)
class RefundFailed:
    code: str
    reference: str | None = None


RefundOutcome = Refunded | RefundPending | RefundFailed | Unknown


@dataclass(frozen=True, slots=True)
class MethodSaved:
    method: MethodFacts
    customer_reference: str


@dataclass(frozen=True, slots=True)
class MethodNeedsCustomer:
    reference: str
    url: str | None


SaveOutcome = MethodSaved | MethodNeedsCustomer | Declined | Rejected | Unknown


@dataclass(frozen=True, slots=True)
class IncomingEvent:
    """A verified event: only a hint that the object changed. `payment` is our id from its metadata, "" when absent."""

    id: str
    type: str
    object_id: str
    object_kind: str  # "payment_intent", "refund", "setup_intent", …
    payment: str
    created_at: dt.datetime


@dataclass(frozen=True, slots=True)
class EventsRegistered:
    """From now on the gateway sends its events there, signed with this secret, which it tells once."""

    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class GatewayWell:
    """The gateway answers, and this key may ask it what our payments need."""


class Gateway(Protocol):
    name: str

    def minimum_minor(self, currency: str) -> int:
        """The smallest amount this gateway takes in `currency`, in minor units of ISO 4217."""

    def pay(self, request: PaymentRequest) -> PayOutcome:
        """Make the gateway customer if needed, create and confirm one intent. A decline is answered only after the
        intent is confirmed cancelled (else Unknown with its reference). Safe to repeat: same keys, same answer."""

    def look(self, request: PaymentRequest, reference: str | None, since: dt.datetime) -> LookOutcome:
        """What became of it: retrieve by `reference`, else list intents created after `since` and match
        metadata["payment"]. A declined but still open intent is cancelled first, as in `pay`."""

    def challenge(self, request: PaymentRequest, reference: str) -> PayOutcome:
        """Confirm the same intent on-session, for the customer who has come by link: answers with the page's url."""

    def cancel(self, request: PaymentRequest, reference: str) -> PayOutcome:
        """Ask to cancel; answers Cancelled, or whatever won the race."""

    def refund(self, request: RefundRequest) -> RefundOutcome: ...

    def look_refund(self, request: RefundRequest, reference: str | None) -> RefundOutcome | NotListed:
        """What became of it: retrieve by `reference`, else list the payment's refunds and match
        metadata["refund"]."""

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
        """Attach and set up a token for later off-session charges (a SetupIntent, usage off_session), no amount."""

    def verify_method(self, *, key: str, method: str, customer_reference: str, return_url: str) -> SaveOutcome:
        """Ask the bank about a saved method without an amount (a confirmed SetupIntent)."""

    def detach_method(self, *, key: str, method: str) -> None: ...

    def check(self) -> GatewayWell | Rejected | Unknown:
        """Whether the gateway answers to this key; Rejected with `credentials_refused` where it does not. It changes
        nothing there."""

    def register_events(self, *, key: str, url: str) -> EventsRegistered | Rejected | Unknown:
        """Have what happens to payments sent to `url`."""

    def read_event(self, body: bytes, signature: str, secret: str, now: dt.datetime) -> IncomingEvent | None:
        """Verify the signature (constant time, 5 min tolerance); None when it does not hold."""

"""What the product refuses, as exceptions with a stable code, and the register in which every code is
explained.

These are for what is refused *before* money is asked for; once a payment exists, its outcome is a value,
never an exception. The faces turn them into problem+json (RFC 9457) or into a message beside a field;
`status` is the HTTP status that fits. A code is a promise to API clients: it is never renamed, and one that
is not in `CODES` cannot be raised.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Self

CODES: Mapping[str, str] = MappingProxyType(
    {
        # About the request as such.
        "validation_error": "One or more fields are missing, malformed or out of range; `errors` names each.",
        "malformed_body": "The body is not valid UTF-8 JSON.",
        "payload_too_large": "The body is larger than this endpoint accepts.",
        "unsupported_media_type": "The body's content type is not one that this endpoint reads.",
        "method_not_allowed": "The resource exists, but not with this HTTP method.",
        "unauthenticated": "There is no sign-in or API key with this request, or it is not valid any more.",
        "not_allowed": "The member lacks the grant, the setting or the ownership that the action needs.",
        "csrf_failed": "The form was not sent from a page of ours, or the page is too old; reload it.",
        "not_found": "There is nothing under this address that this key or member may see.",
        "too_many_requests": "Too many requests in a short time; try again after the time in `Retry-After`.",
        "idempotency_mismatch": "The idempotency key was used before with another request.",
        "request_in_progress": "The first request with this idempotency key still runs; ask again shortly.",
        "try_later": "The service could not do this at the moment. Nothing was sent and nothing was charged.",
        "gateway_unavailable": "The payment gateway could not be reached. Nothing was charged.",
        "internal_error": "Something failed on our side; it has been recorded.",
        # About orders.
        "action_not_allowed": "The status does not allow this action; `allowed_actions` lists what it allows.",
        "order_changed": "The order changed since the version that was named; read it again and decide anew.",
        "order_not_editable": "Only a draft, or an order under an admin's review, can be edited.",
        "order_has_no_lines": "An order without lines cannot be submitted.",
        "payment_in_progress": "A payment for this debt is under way; nobody can pay again until its outcome is known.",
        "payment_clearing": "The bank is clearing this payment; it cannot be cancelled any more.",
        "already_paid": "This debt is settled; nothing more is due.",
        "debt_on_invoice": "The debt of this order has passed to an invoice; pay the invoice instead.",
        "payment_not_needed": "Nothing is due, so no payment can be taken.",
        "payment_method_required": "Something is due, so the request must name a payment method or a token.",
        "currency_mismatch": "The currency differs from the customer's currency.",
        "amount_too_large": "An amount is beyond what the product can count.",
        "amount_mismatch": "The captured amount or currency is not what was due; it is refunded.",
        "below_minimum": "The amount is below the smallest that the gateway accepts.",
        # About offers.
        "offer_recalled": "The offer was taken back, or its order was changed since; its link accepts nothing.",
        "offer_replaced": "A newer link was sent for this offer; this one accepts nothing.",
        "offer_expired": "The offer's time is over; its link accepts nothing.",
        "offer_answered": "The offer was signed or declined already.",
        "offer_locked": "Too many cards failed on this link; it accepts no more. Sending it again makes a new link.",
        "terms_changed": "Another version of the terms was published since the one that was named; read it first.",
        # About payment methods.
        "method_expired": "The card on file has expired.",
        "method_detached": "The payment method was removed and cannot be charged.",
        "gateway_closed": "The payment method is at a gateway account that was closed; it cannot be charged any more.",
        "gateway_in_use": "The gateway account is the default, or payments at it are still open; it stays open.",
        "offline_not_accepted": "The partner records no payments outside of a gateway.",
        "method_in_use": "A subscription bills this payment method; give it another one first.",
        "method_not_saved": "The bank or the gateway refused to save the payment method. Nothing was charged.",
        "token_used": "The token was used before; enter the card again to get a new one.",
        "token_unknown": "The gateway does not know this token.",
        "consent_required": "A payment method is saved only with the customer's consent.",
        # About members.
        "invitation_over": "The invitation was accepted, withdrawn or sent anew, or its time is over.",
        "two_factor_missing": "Who requires a second proof of all members must have set one up themselves.",
        # About the rest.
        "billing_details_missing": "An invoice number needs the seller's legal name, address and tax id.",
        "product_not_sold": "The product is archived, or is not sold in this currency.",
        "in_use": "Other things depend on this; it cannot be removed.",
        "duplicate": "There is one like this already.",
        "test_mode_only": "This exists for partners in test mode only.",
        "live_mode_only": "This exists for partners in live mode only.",
        "clock_cannot_go_back": "The test clock moves forward only.",
        # About money that goes back.
        "refund_too_large": "The refunds together would exceed what was captured.",
        "second_person_needed": "Whoever asked for a refund above the limit cannot approve it; somebody else does.",
        "credit_too_large": "The credit notes together would exceed what is due on the invoice.",
        "choices_missing": "The order cannot be cancelled until each thing that hangs on it has a choice; `errors` "
        "names those without one.",
    }
)


class HandselError(Exception):
    """A refusal with a documented `code` and one sentence for the person who reads it."""

    status: ClassVar[int] = 500
    default_code: ClassVar[str] = "internal_error"
    default_message: ClassVar[str] = "Something failed on our side."

    def __init__(self, code: str = "", message: str = "") -> None:
        self.code = code or self.default_code
        if self.code not in CODES:
            raise AssertionError(f"error code {self.code!r} is not documented in CODES")
        self.message = message or self.default_message
        super().__init__(self.code, self.message)

    def __str__(self) -> str:
        return self.message


class Refused(HandselError):
    """The thing is not in a state that allows this (409)."""

    status = 409
    default_code = "action_not_allowed"
    default_message = "This is not possible now."


class NotAllowed(HandselError):
    """The person may not do this (403)."""

    status = 403
    default_code = "not_allowed"
    default_message = "You are not allowed to do this."


class NotFound(HandselError):
    """There is no such thing, or it is not this reader's: the two answers are the same (404)."""

    status = 404
    default_code = "not_found"
    default_message = "There is nothing under this address."


class TryLater(HandselError):
    """It could not be done at the moment, and nothing was sent (503)."""

    status = 503
    default_code = "try_later"
    default_message = "This did not work at the moment. Nothing was charged; try again."


class PaymentRequired(HandselError):
    """Saving a payment method failed (402). A declined *payment* is no error: it is an order's state."""

    status = 402
    default_code = "method_not_saved"
    default_message = "The payment method could not be saved. Nothing was charged."


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field's complaint. `loc` is the dotted path in the request (`lines.0.quantity`), `msg` says why."""

    loc: str
    msg: str


class Invalid(HandselError):
    """What was sent makes no sense (422). `errors` names the fields; empty when no field is to blame."""

    status = 422
    default_code = "validation_error"
    default_message = "Some of what was sent is not valid."

    def __init__(self, code: str = "", message: str = "", errors: Iterable[FieldError] = ()) -> None:
        super().__init__(code, message)
        self.errors: tuple[FieldError, ...] = tuple(errors)

    @classmethod
    def at(cls, loc: str, msg: str, code: str = "") -> Self:
        """The common case: one field, whose complaint is the whole message."""
        return cls(code, msg, (FieldError(loc, msg),))

    def under(self, prefix: str) -> Invalid:
        """The same complaint seen from an outer document: every `loc` gains `prefix.` in front."""
        moved = (FieldError(f"{prefix}.{e.loc}" if e.loc else prefix, e.msg) for e in self.errors)
        return Invalid(self.code, self.message, moved)

"""One call to Stripe: time-outs, no silent retries, a log line, and every failure turned into a value."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar

import httpx
import stripe
import structlog

from handsel.gateways.base import Unknown
from handsel.rules.sensitive import mask

CONNECT_SECONDS = 3.0
CREDENTIALS_REFUSED = "credentials_refused"
_log = structlog.get_logger("handsel.gateways")
T = TypeVar("T", bound=stripe.StripeObject)


@dataclass(frozen=True, slots=True)
class Answered(Generic[T]):
    """Stripe's object. `replayed`: it is what the key was told the first time, and may be out of date."""

    object: T
    replayed: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """Stripe understood and said no: a decline (402) or a request it does not accept (400, 404)."""

    code: str
    message: str
    replayed: bool
    declined: bool
    error: stripe.ErrorObject | None


@dataclass(frozen=True, slots=True)
class NoFact:
    """Nothing is known. `replayed`: Stripe kept a failure under this key and will repeat it."""

    why: str
    answered: bool
    replayed: bool = False

    def unknown(self, reference: str | None = None) -> Unknown:
        return Unknown(self.why, reference, self.answered)


Reply = Answered[T] | Refusal | NoFact


@lru_cache(maxsize=4)
def _http_client(timeout_seconds: float) -> stripe.HTTPXClient:
    """One pool of connections per process and time-out, shared by its threads."""
    timeout = httpx.Timeout(timeout_seconds, connect=min(CONNECT_SECONDS, timeout_seconds))
    return stripe.HTTPXClient(timeout=timeout, allow_sync_methods=True)


# A forked child must not write into its parent's connections.
os.register_at_fork(after_in_child=_http_client.cache_clear)


def client_for(secret_key: str, api_base: str | None, timeout_seconds: float) -> stripe.StripeClient:
    return stripe.StripeClient(
        secret_key,
        base_addresses={"api": api_base.rstrip("/")} if api_base else {},
        http_client=_http_client(timeout_seconds),
        max_network_retries=0,
    )


def ask(act: str, send: Callable[[], T], *, subject: str) -> Reply[T]:
    """Send one request and say what came: `act` and `subject` (an id of ours or theirs) are all that is logged."""
    started = time.monotonic()
    reply: Reply[T]
    request_id: str | None = None
    try:
        answer = send()
        headers = _headers(answer.last_response)
        request_id = headers.get("request-id")
        reply = Answered(answer, _was_replayed(headers))
    except stripe.StripeError as error:
        request_id = error.request_id
        reply = _failure(error)
    except (AttributeError, KeyError, TypeError, ValueError):
        # Stripe's library met an answer that is JSON but nothing of Stripe's.
        reply = NoFact("nonsense", answered=False)
    _log.info(
        "gateway.call",
        act=act,
        subject=subject,
        request=request_id,
        milliseconds=round((time.monotonic() - started) * 1000),
        outcome=_summary(reply),
    )
    return reply


def _failure(error: stripe.StripeError) -> Refusal | NoFact:
    """By type, status and code, never by its English."""
    replayed = _was_replayed(error.headers or {})
    if isinstance(error, stripe.CardError | stripe.InvalidRequestError):
        details = error.error
        code = error.code or (details.type if details else None) or "invalid_request_error"
        message = (details.message if details else None) or ""
        return Refusal(code, mask(message), replayed, isinstance(error, stripe.CardError), details)
    if isinstance(error, stripe.APIConnectionError):
        return NoFact("no_answer", answered=False)
    if isinstance(error, stripe.RateLimitError):
        return NoFact("rate_limited", answered=False)
    if isinstance(error, stripe.IdempotencyError):
        return NoFact("idempotency_mismatch", answered=True)
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        # An earlier try may have gone through before the key was changed: a refused key says nothing of it.
        return NoFact(CREDENTIALS_REFUSED, answered=False)
    if error.http_status == 409:
        return NoFact("key_in_use", answered=True)
    # A failure that the key repeats is an old one: the gateway may be well by now.
    return NoFact(f"http_{error.http_status}", answered=replayed, replayed=replayed)


def _headers(response: Any) -> Mapping[str, str]:
    return {} if response is None else {name.lower(): value for name, value in response.headers.items()}


def _was_replayed(headers: Mapping[str, str]) -> bool:
    return any(name.lower() == "idempotent-replayed" and value == "true" for name, value in headers.items())


def _summary(reply: Answered[T] | Refusal | NoFact) -> str:
    if isinstance(reply, Answered):
        return str(getattr(reply.object, "status", "ok"))
    return reply.code if isinstance(reply, Refusal) else reply.why

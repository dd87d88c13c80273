"""Telling a vendor to activate: a signed webhook (Standard Webhooks), and what its answer means.

A vendor answers 2xx with {"status": "done"}, {"status": "failed", "reason": "…"} or {"status": "later"}; an empty
2xx is done. Anything else is no answer, and is asked again with the same id.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

import httpx
import structlog
from django.utils.timezone import now as real_now
from standardwebhooks import Webhook

from handsel.database.secrets import decrypt
from handsel.gateways.guard import forbid_open_transaction
from handsel.messages.addresses import AddressRefused, AddressUnknown, Destination, public_destination
from handsel.models import Activation, Partner
from handsel.rules.sensitive import mask

log = structlog.get_logger(__name__)
_TIMEOUT = httpx.Timeout(10, connect=3)
_WHOLE_ANSWER_SECONDS = 15
"""For all of an answer, since each piece of it may take its time-out anew."""
_MAX_ANSWER_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Done:
    """The product is available at the customer's."""


@dataclass(frozen=True, slots=True)
class Failed:
    reason: str


@dataclass(frozen=True, slots=True)
class Later:
    """The vendor has begun and wants to be asked again."""


@dataclass(frozen=True, slots=True)
class NoAnswer:
    why: str


VendorAnswer = Done | Failed | Later | NoAnswer


def tell(partner: Partner, activation: Activation) -> VendorAnswer:
    """Send the webhook once. Loopback addresses are for test mode only; others must be public."""
    forbid_open_transaction()
    product, body = activation.product, json.dumps(_payload(activation))
    sent_at = real_now()
    headers = {
        "content-type": "application/json",
        "webhook-id": activation.shown_id,
        "webhook-timestamp": str(int(sent_at.timestamp())),
        "webhook-signature": Webhook(decrypt(product.vendor_secret_encrypted)).sign(activation.shown_id, sent_at, body),
    }
    try:
        destination = public_destination(product.vendor_url, loopback_allowed=partner.is_test)
        answer = _post(destination, body, headers)
    except AddressRefused as refused:
        return Failed(str(refused))
    except (AddressUnknown, httpx.HTTPError, httpx.InvalidURL) as error:
        answer = NoAnswer(type(error).__name__)
    log.info("vendor_told", activation=activation.shown_id, answer=type(answer).__name__)
    return answer


def _post(destination: Destination, body: str, headers: dict[str, str]) -> VendorAnswer:
    """One request to the checked address, never following a redirect, never reading more than an answer may be long."""
    began, read = time.monotonic(), b""
    with (
        httpx.Client(timeout=_TIMEOUT, follow_redirects=False, trust_env=False) as client,
        client.stream(
            "POST",
            destination.url,
            content=body,
            headers={**headers, "host": destination.host_header, "accept-encoding": "identity"},
            extensions={"sni_hostname": destination.server_name},
        ) as response,
    ):
        if not response.is_success:
            return NoAnswer(f"HTTP {response.status_code}")
        for piece in response.iter_raw():
            read += piece
            if len(read) > _MAX_ANSWER_BYTES:
                return NoAnswer("an answer that is too long")
            if time.monotonic() - began > _WHOLE_ANSWER_SECONDS:
                return NoAnswer("an answer that does not end")
    return _understood(read)


def _payload(activation: Activation) -> dict[str, Any]:
    return {
        "type": "activation.requested",
        "id": activation.shown_id,
        "product": {"id": activation.product.shown_id, "sku": activation.product.sku},
        "quantity": activation.line.quantity,
        "order": activation.order.shown_id,
        "customer": {"id": activation.order.customer.shown_id, "name": activation.order.customer.name},
        "starts_on": activation.starts_on.isoformat(),
    }


def _understood(content: bytes) -> VendorAnswer:
    if not content.strip():
        return Done()
    try:
        answer = json.loads(content)
        status = answer["status"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return NoAnswer("an answer that is no JSON object with a status")
    match status:
        case "done":
            return Done()
        case "later":
            return Later()
        case "failed":
            return Failed(mask(str(answer.get("reason") or "The vendor gave no reason."))[:500])
        case _:
            return NoAnswer(f"an unknown status {str(status)[:40]!r}")

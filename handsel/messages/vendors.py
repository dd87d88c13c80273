"""Telling a vendor to activate: a signed webhook (Standard Webhooks), and what its answer means.

A vendor answers 2xx with {"status": "done"}, {"status": "failed", "reason": "…"} or {"status": "later"}; an empty 2xx is
done. Anything else is no answer, and is asked again with the same id.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import httpx
import structlog
from django.utils.timezone import now as real_now
from standardwebhooks import Webhook

from handsel.database.secrets import decrypt
from handsel.gateways.guard import forbid_open_transaction
from handsel.messages.addresses import AddressRefused, check_public_address
from handsel.models import Activation, Partner

log = structlog.get_logger(__name__)
_TIMEOUT = httpx.Timeout(10, connect=3)
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
    signature = Webhook(decrypt(product.vendor_secret_encrypted)).sign(activation.shown_id, sent_at, body)
    headers = {
        "content-type": "application/json",
        "webhook-id": activation.shown_id,
        "webhook-timestamp": str(int(sent_at.timestamp())),
        "webhook-signature": signature,
    }
    try:
        check_public_address(product.vendor_url, loopback_allowed=partner.is_test)
        with httpx.Client(timeout=_TIMEOUT, follow_redirects=False, trust_env=False) as client:
            response = client.post(product.vendor_url, content=body, headers=headers)
    except AddressRefused as refused:
        return Failed(str(refused))
    except httpx.HTTPError as error:
        return NoAnswer(type(error).__name__)
    log.info("vendor_told", activation=activation.shown_id, status=response.status_code)
    return _understood(response)


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


def _understood(response: httpx.Response) -> VendorAnswer:
    if not response.is_success:
        return NoAnswer(f"HTTP {response.status_code}")
    if not response.content:
        return Done()
    try:
        answer = json.loads(response.content[:_MAX_ANSWER_BYTES])
        status = answer["status"]
    except (ValueError, KeyError, TypeError):
        return NoAnswer("an answer that is no JSON object with a status")
    if status == "failed":
        return Failed(str(answer.get("reason") or "The vendor gave no reason.")[:500])
    return {"done": Done(), "later": Later()}.get(status, NoAnswer(f"an unknown status {str(status)[:40]!r}"))

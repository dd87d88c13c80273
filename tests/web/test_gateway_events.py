"""What a gateway sends: stored once if its signature holds, refused otherwise."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import Any

from django.conf import settings
from django.test import Client

from handsel.database.tenancy import reading
from handsel.flows.money.account_rows import gateway_events_path
from handsel.models import GatewayAccount, GatewayEvent, Partner


def address(partner: Partner) -> str:
    with reading(partner.id):
        return gateway_events_path(GatewayAccount.objects.get())


def event(number: str = "evt_1") -> bytes:
    intent = {"id": "pi_1", "object": "payment_intent", "metadata": {}}
    told: dict[str, Any] = {
        "id": number, "object": "event", "type": "payment_intent.succeeded", "created": int(time.time()),
        "data": {"object": intent},
    }  # fmt: skip
    return json.dumps(told).encode()


def send(path: str, body: bytes, secret: str, at: float | None = None) -> Any:
    moment = int(at if at is not None else time.time())
    signed = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"Stripe-Signature": f"t={moment},v1={signed}"}
    return Client(enforce_csrf_checks=True).generic("POST", path, body, "application/json", headers=headers)


def stored(partner: Partner) -> list[str]:
    with reading(partner.id):
        return [row.event for row in GatewayEvent.objects.order_by("id")]


def test_an_event_is_stored_once_however_often_it_comes(partner: Partner) -> None:
    path = address(partner)
    for _ in range(3):
        answer = send(path, event(), settings.SANDBOX_WEBHOOK_SECRET)
        assert (answer.status_code, answer.json()) == (200, {"received": True})
    assert stored(partner) == ["evt_1"]


def test_an_event_whose_signature_does_not_hold_is_refused(partner: Partner) -> None:
    path = address(partner)
    secret = settings.SANDBOX_WEBHOOK_SECRET
    assert send(path, event(), "whsec_other").status_code == 400
    assert send(path, event(), secret, at=time.time() - 3_600).status_code == 400
    assert Client().post(path, event(), content_type="application/json").status_code == 400
    assert stored(partner) == []


def test_an_address_that_was_never_given_out_is_none(partner: Partner) -> None:
    path = address(partner)
    assert send(path.replace("gwa_", "gwx_"), event(), settings.SANDBOX_WEBHOOK_SECRET).status_code == 404
    assert Client().get(path).status_code == 405
    too_long = b" " * (1024 * 1024 + 1)
    assert send(path, too_long, settings.SANDBOX_WEBHOOK_SECRET).status_code == 413

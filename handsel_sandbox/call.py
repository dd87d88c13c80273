"""One request to the API, as an endpoint sees it, and the events it raises."""

from __future__ import annotations

import secrets
import string
import time
from dataclasses import dataclass, field

from handsel_sandbox.errors import Json
from handsel_sandbox.params import Params
from handsel_sandbox.store import Store, public

API_VERSION = "2026-10-28.endive"
_ALPHABET = string.ascii_letters + string.digits


def new_id(prefix: str, length: int = 24) -> str:
    return f"{prefix}_{''.join(secrets.choice(_ALPHABET) for _ in range(length))}"


def now() -> int:
    return int(time.time())


@dataclass(slots=True)
class Call:
    """`wrong` is set by a fault: this request's capture takes another amount or currency than asked."""

    store: Store
    params: Params
    base_url: str
    request_id: str
    idempotency_key: str | None = None
    publishable: bool = False
    wrong: str = ""
    raised: list[str] = field(default_factory=list)

    def emit(self, kind: str, stored: Json) -> None:
        """Write the event and what is owed to each endpoint, in the transaction that made it true."""
        event: Json = {
            "id": new_id("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": now(),
            "data": {"object": public(stored)},
            "livemode": False,
            "pending_webhooks": 0,
            "request": {"id": self.request_id, "idempotency_key": self.idempotency_key},
            "type": kind,
        }
        endpoints = [
            endpoint
            for endpoint in self.store.select("webhook_endpoint", [], limit=100)
            if endpoint["status"] == "enabled" and {"*", kind} & set(endpoint["enabled_events"])
        ]
        event["pending_webhooks"] = len(endpoints)
        self.store.insert(event)
        for endpoint in endpoints:
            self.store.owe_delivery(event["id"], endpoint["id"])
        self.raised.append(event["id"])

"""Calling the API as a program does: a key, JSON, a status and a body."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from handsel.models import Member
from tests.cast import make_api_key

ROOT = "/api/v1"
BODIES: dict[str, dict[str, Any]] = {
    "cancel": {"reason": "no"},
    "decline": {"reason": "no"},
    "request_cancellation": {"reason": "no"},
    "send_for_customer_approval": {
        "contact": {"name": "Dana Baker", "email": "dana@bakery.example"},
        "require_payment": True,
    },
}
"""What the actions that need more than an order are sent with."""


@dataclass
class Answer:
    """What came back. Every refusal must be a problem of RFC 9457 with its own status in it."""

    response: Any

    @property
    def status(self) -> int:
        return int(self.response.status_code)

    @property
    def bytes(self) -> bytes:
        return bytes(self.response.content)

    @property
    def body(self) -> Any:
        return json.loads(self.response.content)

    @property
    def code(self) -> str:
        assert self.response["Content-Type"] == "application/problem+json", self.bytes
        assert self.body["status"] == self.status
        return str(self.body["code"])

    @property
    def locs(self) -> list[str]:
        return [error["loc"] for error in self.body["errors"]]

    def told(self, status: int = 200) -> Any:
        assert self.status == status, f"{self.status}: {self.bytes[:2000]!r}"
        return self.body


@dataclass
class Caller:
    """One API key at work; without a key a stranger."""

    key: str | None
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def headers(self, more: dict[str, str] | None = None) -> dict[str, str]:
        known = {} if self.key is None else {"Authorization": f"Bearer {self.key}"}
        return {**known, **(more or {})}

    def send(self, method: str, path: str, body: bytes, content_type: str, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        response: Any = self.client.generic(
            method, ROOT + path, body, content_type=content_type, headers=self.headers(named)
        )
        return Answer(response)

    def get(self, path: str, **query: Any) -> Answer:
        return Answer(self.client.get(ROOT + path, query, headers=self.headers()))

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> Answer:
        headers = {} if key is None else {"Idempotency-Key": key}
        text = b"" if body is None else json.dumps(body).encode()
        return self.send("POST", path, text, "application/json", **headers)

    def patch(self, path: str, body: Any) -> Answer:
        return self.send("PATCH", path, json.dumps(body).encode(), "application/json")

    def delete(self, path: str) -> Answer:
        return Answer(self.client.delete(ROOT + path, headers=self.headers()))

    def upload(self, path: str, form: dict[str, Any], *, key: str | None = None) -> Answer:
        headers = self.headers({} if key is None else {"Idempotency-Key": key})
        return Answer(self.client.post(ROOT + path, form, headers=headers))


def caller(member: Member) -> Caller:
    """The API with a fresh key of this member's."""
    return Caller(make_api_key(member.partner, member))


def usd(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "USD"}

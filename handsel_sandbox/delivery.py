"""Signed webhooks, as Stripe sends them: at least once, in no promised order, retried with growing pauses."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import sqlite3
import time

import aiohttp

from handsel_sandbox.call import API_VERSION
from handsel_sandbox.errors import Json
from handsel_sandbox.faults import Faults
from handsel_sandbox.store import Store, public

_FIRST_PAUSE_SECONDS = 0.5  # Stripe waits minutes to hours; a sandbox that did would only slow its readers
_LONGEST_PAUSE_SECONDS = 60.0
_GIVEN_UP_AFTER_SECONDS = 3 * 86400
_AT_ONCE = 8
_ANSWER_SECONDS = 10


def signature(secret: str, body: bytes, at: int) -> str:
    """Stripe's scheme v1: HMAC-SHA256 over `{timestamp}.{body}`."""
    signed = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={signed}"


class Deliverer:
    """One task that sends what is owed. The debts are rows, so a kill only delays them."""

    def __init__(self, store: Store, faults: Faults) -> None:
        self._store = store
        self._faults = faults
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        self._woken.set()

    async def start(self) -> None:
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_ANSWER_SECONDS))
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self._session.close()

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            now = time.time()
            held = self._faults.settings.hold_events_s
            due = self._store.due_deliveries(now, now - held, 10 * _AT_ONCE)
            self._faults.shuffle(due)
            for start in range(0, len(due), _AT_ONCE):
                await asyncio.gather(*(self._deliver(row) for row in due[start : start + _AT_ONCE]))
            if not due:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), timeout=0.25)

    async def _deliver(self, row: sqlite3.Row) -> None:
        event = self._store.find("event", row["event"])
        endpoint = self._store.find("webhook_endpoint", row["endpoint"])
        if event is None or endpoint is None or endpoint["status"] != "enabled":
            self._store.delivery_done(row["id"])
            return
        accepted = await self._post(endpoint, event)
        if accepted and self._faults.duplicates_event():
            await self._post(endpoint, event)
        if accepted or time.time() - row["created_at"] > _GIVEN_UP_AFTER_SECONDS:
            self._store.delivery_done(row["id"])
            return
        pause = min(_FIRST_PAUSE_SECONDS * 2 ** min(row["attempts"], 10), _LONGEST_PAUSE_SECONDS)
        self._store.delivery_failed(row["id"], time.time() + pause)

    async def _post(self, endpoint: Json, event: Json) -> bool:
        body = json.dumps(public(event), indent=2).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (handsel sandbox)",
            "Stripe-Version": API_VERSION,
            "Stripe-Signature": signature(endpoint["_sandbox"]["secret"], body, int(time.time())),
        }
        try:
            async with self._session.post(endpoint["url"], data=body, headers=headers, allow_redirects=False) as answer:
                return 200 <= answer.status < 300
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return False

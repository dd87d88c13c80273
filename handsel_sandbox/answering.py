"""From a parsed request to a kept answer: authentication, idempotency, one transaction.

What is answered and what is remembered under the key are written together, so that a key replays exactly what the
first request was told, also after a `kill -9` between the two.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from handsel_sandbox import routes
from handsel_sandbox.call import Call
from handsel_sandbox.config import Config
from handsel_sandbox.errors import ApiError, Json
from handsel_sandbox.faults import Draw
from handsel_sandbox.listing import expand
from handsel_sandbox.params import Params
from handsel_sandbox.store import Store, public

_log = logging.getLogger("handsel_sandbox")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request as it came: nothing of it is kept but its fingerprint."""

    method: str
    path: str
    values: dict[str, Any]
    authorization: str
    idempotency_key: str | None
    base_url: str
    request_id: str


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: str
    request_id: str
    replayed: bool = False


def answer_of(error: ApiError, request_id: str) -> Answer:
    return Answer(error.status, json.dumps(error.body, indent=2), request_id)


def key_in_use(key: str) -> ApiError:
    message = (
        "There is currently another in-progress request using this Idempotent Key. Please try again later."
        f" ({key[:60]})"
    )
    return ApiError(409, "idempotency_error", message, code="idempotency_key_in_use", began=False)


def internal_error() -> ApiError:
    return ApiError(500, "api_error", "An unknown error occurred.")


class Answering:
    def __init__(self, config: Config, store: Store) -> None:
        self._config = config
        self._store = store
        self._in_flight: set[tuple[str, str]] = set()

    def who(self, exchange: Exchange) -> bool:
        """Check the key; True when it is the publishable one."""
        key = _key_of(exchange.authorization) or str(exchange.values.get("key", ""))
        if not key:
            raise ApiError(401, "invalid_request_error", "You did not provide an API key.", began=False)
        if hmac.compare_digest(key.encode(), self._config.secret_key.encode()):
            return False
        if hmac.compare_digest(key.encode(), self._config.publishable_key.encode()):
            return True
        shown = f"{key[:8]}{'*' * 8}"
        raise ApiError(401, "invalid_request_error", f"Invalid API Key provided: {shown}", began=False)

    @contextmanager
    def claim(self, exchange: Exchange) -> Iterator[None]:
        """Hold the idempotency key while its request runs; a second one meanwhile is refused."""
        key = exchange.idempotency_key if exchange.method == "POST" else None
        if key is None:
            yield
            return
        claimed = (self._account(exchange), key)
        if claimed in self._in_flight:
            raise key_in_use(key)
        self._in_flight.add(claimed)
        try:
            yield
        finally:
            self._in_flight.discard(claimed)

    def answer(self, exchange: Exchange, draw: Draw) -> Answer:
        """Perform the request, or replay what its key was told."""
        try:
            publishable = self.who(exchange)
            endpoint, ids = routes.resolve(exchange.method, exchange.path, publishable=publishable)
            if exchange.idempotency_key is not None and len(exchange.idempotency_key) > 255:
                raise ApiError(
                    400, "invalid_request_error", "Idempotency keys are at most 255 characters.", began=False
                )
            with self._store.transaction():
                kept = self._replay(exchange)
                if kept is not None:
                    return kept
                answer, keep = self._perform(exchange, draw, publishable, endpoint, ids)
                if keep and exchange.idempotency_key is not None and exchange.method == "POST":
                    self._keep(exchange, answer)
                return answer
        except ApiError as error:
            return answer_of(error, exchange.request_id)
        except Exception:  # noqa: BLE001 (a server answers 500 and goes on)
            _log.exception("request failed", extra={"request_id": exchange.request_id})
            return answer_of(internal_error(), exchange.request_id)

    def _perform(
        self, exchange: Exchange, draw: Draw, publishable: bool, endpoint: routes.Endpoint, ids: tuple[str, ...]
    ) -> tuple[Answer, bool]:
        """The effect inside a savepoint; the answer, and whether its key keeps it."""
        values = {name: value for name, value in exchange.values.items() if name != "key"}
        call = Call(
            store=self._store,
            params=Params(values),
            base_url=exchange.base_url,
            request_id=exchange.request_id,
            idempotency_key=exchange.idempotency_key,
            publishable=publishable,
            wrong=draw.wrong,
        )
        body: Json | None = None
        standing: ApiError | None = None
        try:
            with self._store.savepoint():
                try:
                    body = expand(self._store, public(endpoint(call, *ids)), call.params.texts("expand"))
                except ApiError as error:
                    if not error.keep:
                        raise
                    standing = error  # A declined charge: what was written stands.
        except ApiError as error:
            return answer_of(error, exchange.request_id), error.began
        if draw.fault == "error_after":
            return answer_of(internal_error(), exchange.request_id), True
        if standing is not None:
            return answer_of(standing, exchange.request_id), True
        return Answer(200, json.dumps(body, indent=2), exchange.request_id), True

    def _account(self, exchange: Exchange) -> str:
        return hashlib.sha256(_key_of(exchange.authorization).encode()).hexdigest()[:16]

    def _fingerprint(self, exchange: Exchange) -> str:
        canonical = json.dumps([exchange.method, exchange.path, exchange.values], sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()

    def _replay(self, exchange: Exchange) -> Answer | None:
        key = exchange.idempotency_key
        if key is None or exchange.method != "POST":
            return None
        kept = self._store.kept_answer(self._account(exchange), key)
        if kept is None:
            return None
        if kept["fingerprint"] != self._fingerprint(exchange):
            message = (
                "Keys for idempotent requests can only be used with the same parameters they were first used with. Try"
                f" using a key other than '{key[:60]}' if you meant to execute a different request."
            )
            raise ApiError(400, "idempotency_error", message, began=False)
        return Answer(kept["status"], kept["body"], kept["request_id"], replayed=True)

    def _keep(self, exchange: Exchange, answer: Answer) -> None:
        assert exchange.idempotency_key is not None
        self._store.keep_answer(
            self._account(exchange),
            exchange.idempotency_key,
            self._fingerprint(exchange),
            answer.status,
            answer.body,
            answer.request_id,
        )


def _key_of(authorization: str) -> str:
    """`Bearer KEY`, or basic authentication with the key as user name."""
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value.strip(), validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return ""

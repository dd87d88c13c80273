"""Idempotency keys, as Stripe documents them."""

from __future__ import annotations

import http.client
import json
import threading
import urllib.parse
from typing import Any

import pytest

from tests.sandbox import SandboxServer, a_key, eventually

PAYMENT = {
    "amount": "5000", "currency": "usd", "payment_method": "pm_card_visa", "confirm": "true",
    "return_url": "https://shop.example/back",
}  # fmt: skip


def send(sandbox: SandboxServer, path: str, body: dict[str, str], key: str | None) -> tuple[int, str, dict[str, str]]:
    """One raw request: status, body, headers."""
    connection = http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=10)
    headers = {
        "Authorization": f"Bearer {sandbox.secret_key}",
        "Content-Type": "application/x-www-form-urlencoded",
        **({"Idempotency-Key": key} if key else {}),
    }
    try:
        connection.request("POST", path, urllib.parse.urlencode(body), headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), dict(answer.getheaders())
    finally:
        connection.close()


def charges_of(sandbox: SandboxServer, key: str) -> list[dict[str, Any]]:
    return [charge for charge in sandbox.charges() if charge["idempotency_key"] == key]


def test_the_same_request_again_gets_the_same_bytes_and_charges_once(sandbox: SandboxServer) -> None:
    key = a_key()
    first = send(sandbox, "/v1/payment_intents", PAYMENT, key)
    again = send(sandbox, "/v1/payment_intents", PAYMENT, key)
    assert first[:2] == again[:2]
    assert first[0] == 200
    assert "Idempotent-Replayed" not in first[2]
    assert again[2]["Idempotent-Replayed"] == "true"
    assert again[2]["Request-Id"] == first[2]["Request-Id"]
    assert len(charges_of(sandbox, key)) == 1


def test_without_a_key_each_request_charges(sandbox: SandboxServer) -> None:
    before = len(sandbox.charges())
    for _ in range(2):
        assert send(sandbox, "/v1/payment_intents", PAYMENT, None)[0] == 200
    assert len(sandbox.charges()) == before + 2


def test_other_parameters_or_another_path_under_the_same_key_are_refused(sandbox: SandboxServer) -> None:
    key = a_key()
    send(sandbox, "/v1/payment_intents", PAYMENT, key)
    for path, body in (("/v1/payment_intents", PAYMENT | {"amount": "5001"}), ("/v1/customers", {})):
        status, text, _ = send(sandbox, path, body, key)
        assert (status, json.loads(text)["error"]["type"]) == (400, "idempotency_error")
    assert len(charges_of(sandbox, key)) == 1


def test_a_decline_is_kept(sandbox: SandboxServer) -> None:
    key = a_key()
    body = PAYMENT | {"payment_method": "pm_card_visa_chargeDeclined"}
    first, again = (send(sandbox, "/v1/payment_intents", body, key) for _ in range(2))
    assert first[:2] == again[:2]
    assert first[0] == 402
    assert len(charges_of(sandbox, key)) == 1


def test_an_invalid_request_is_not_kept(sandbox: SandboxServer) -> None:
    key = a_key()
    assert send(sandbox, "/v1/payment_intents", PAYMENT | {"amount": "much"}, key)[0] == 400
    assert send(sandbox, "/v1/payment_intents", PAYMENT, key)[0] == 200


def test_an_unknown_method_is_a_kept_answer(sandbox: SandboxServer) -> None:
    key = a_key()
    body = PAYMENT | {"payment_method": "pm_unknown"}
    assert send(sandbox, "/v1/payment_intents", body, key)[0] == 400
    assert send(sandbox, "/v1/payment_intents", body, key)[2]["Idempotent-Replayed"] == "true"


def test_a_500_after_the_effect_is_replayed_though_the_charge_exists(sandbox: SandboxServer) -> None:
    key = a_key()
    sandbox.faults(error_after_rate=1, times=1)
    assert send(sandbox, "/v1/payment_intents", PAYMENT, key)[0] == 500
    assert send(sandbox, "/v1/payment_intents", PAYMENT, key)[0] == 500
    assert [charge["status"] for charge in charges_of(sandbox, key)] == ["succeeded"]


@pytest.mark.parametrize(("fault", "status"), [("error_before_rate", 500), ("rate_limit_rate", 429)])
def test_what_failed_before_anything_began_is_not_kept(sandbox: SandboxServer, fault: str, status: int) -> None:
    key = a_key()
    sandbox.faults(**{fault: 1, "times": 1})
    assert send(sandbox, "/v1/payment_intents", PAYMENT, key)[0] == status
    assert charges_of(sandbox, key) == []
    assert send(sandbox, "/v1/payment_intents", PAYMENT, key)[0] == 200


def test_two_at_once_under_one_key_charge_once_and_one_is_told(sandbox: SandboxServer) -> None:
    key = a_key()
    sandbox.faults(latency_ms=600, paths="/v1/payment_intents")
    answers: list[tuple[int, str, dict[str, str]]] = []

    def ask() -> None:
        answers.append(send(sandbox, "/v1/payment_intents", PAYMENT, key))

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(status for status, _, _ in answers) == [200, 409]
    refused = next(json.loads(text) for status, text, _ in answers if status == 409)
    assert refused["error"]["code"] == "idempotency_key_in_use"
    assert len(charges_of(sandbox, key)) == 1
    sandbox.faults()
    assert send(sandbox, "/v1/payment_intents", PAYMENT, key)[0] == 200


def test_a_key_survives_a_kill(tmp_path: Any) -> None:
    server = SandboxServer(tmp_path).start()
    try:
        key = a_key()
        first = send(server, "/v1/payment_intents", PAYMENT, key)
        server.kill9()
        server.start()
        assert send(server, "/v1/payment_intents", PAYMENT, key)[:2] == first[:2]
        assert len(server.charges()) == 1
    finally:
        server.stop()


def test_killed_in_the_middle_nothing_that_was_answered_is_lost(tmp_path: Any) -> None:
    server = SandboxServer(tmp_path).start()
    acknowledged: list[str] = []
    done = threading.Event()

    def keep_paying() -> None:
        while not done.is_set():
            try:
                status, text, _ = send(server, "/v1/payment_intents", PAYMENT, a_key())
            except (OSError, http.client.HTTPException):
                return
            if status == 200:
                acknowledged.append(json.loads(text)["id"])

    thread = threading.Thread(target=keep_paying)
    thread.start()
    try:
        eventually(lambda: len(acknowledged) >= 20)
        server.kill9()
        thread.join()
        server.start()
        assert set(acknowledged) <= {charge["payment_intent"] for charge in server.charges()}
    finally:
        done.set()
        server.stop()

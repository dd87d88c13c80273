"""Misbehaviour on request, and that it ends when it is told to."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import Any

import pytest
import stripe

from tests.sandbox import SandboxServer, a_key, eventually

PAYMENT = {
    "amount": 5000, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True,
    "return_url": "https://shop.example/back",
}  # fmt: skip


def pay(sandbox: SandboxServer, key: str, *, timeout_seconds: float = 5) -> stripe.PaymentIntent:
    client = sandbox.client(timeout_seconds=timeout_seconds)
    return client.v1.payment_intents.create(PAYMENT, {"idempotency_key": key})  # type: ignore[arg-type]


def made(sandbox: SandboxServer, key: str) -> list[dict[str, Any]]:
    return [charge for charge in sandbox.charges() if charge["idempotency_key"] == key]


@pytest.mark.parametrize(
    ("fault", "raised", "charged"),
    [
        ("drop_request_rate", stripe.APIConnectionError, 0),
        ("drop_response_rate", stripe.APIConnectionError, 1),
        ("reset_rate", stripe.APIConnectionError, 1),
        ("error_before_rate", stripe.APIError, 0),
        ("error_after_rate", stripe.APIError, 1),
        ("rate_limit_rate", stripe.RateLimitError, 0),
        ("key_in_use_rate", stripe.StripeError, 0),
        ("bad_json_rate", stripe.APIError, 1),
        ("cut_body_rate", stripe.StripeError, 1),
    ],
)
def test_each_fault_does_what_it_says(
    sandbox: SandboxServer, fault: str, raised: type[Exception], charged: int
) -> None:
    key = a_key(fault)
    sandbox.faults(**{fault: 1, "times": 1})
    with pytest.raises(raised):
        pay(sandbox, key)
    assert len(made(sandbox, key)) == charged
    if fault != "error_after_rate":
        assert pay(sandbox, key).status == "succeeded"
    assert len(made(sandbox, key)) == 1


def test_a_stall_outlasts_the_clients_patience_and_the_money_moved(sandbox: SandboxServer) -> None:
    key = a_key()
    sandbox.faults(stall_s=30)
    with pytest.raises(stripe.APIConnectionError):
        pay(sandbox, key, timeout_seconds=0.3)
    sandbox.faults()
    assert len(made(sandbox, key)) == 1


def test_a_late_request_takes_effect_after_its_sender_gave_up(sandbox: SandboxServer) -> None:
    key = a_key()
    sandbox.faults(late_request_ms=400, times=1)
    with pytest.raises(stripe.APIConnectionError):
        pay(sandbox, key)
    assert made(sandbox, key) == []
    eventually(lambda: made(sandbox, key))


def test_a_late_request_after_its_retry_charges_nothing_more(sandbox: SandboxServer) -> None:
    key = a_key()
    sandbox.faults(late_request_ms=200, times=1)
    with pytest.raises(stripe.APIConnectionError):
        pay(sandbox, key)
    assert pay(sandbox, key).status == "succeeded"
    settled = time.monotonic() + 0.4
    eventually(lambda: time.monotonic() > settled)
    assert len(made(sandbox, key)) == 1


def test_a_wrong_amount_or_currency_is_captured(sandbox: SandboxServer) -> None:
    sandbox.faults(wrong_amount_rate=1, seed=1)
    seen = {(intent.amount_received, intent.currency) for intent in (pay(sandbox, a_key()) for _ in range(12))}
    assert seen == {(5100, "usd"), (5000, "eur")}


def test_latency_is_felt(sandbox: SandboxServer) -> None:
    sandbox.faults(latency_ms=300)
    started = time.monotonic()
    sandbox.client().v1.customers.create({})
    assert time.monotonic() - started >= 0.3


def test_the_same_seed_gives_the_same_misfortunes(sandbox: SandboxServer) -> None:
    def run() -> list[bool]:
        sandbox.faults(rate_limit_rate=0.5, seed=42)
        fates = []
        for _ in range(12):
            try:
                sandbox.client().v1.customers.create({})
                fates.append(True)
            except stripe.RateLimitError:
                fates.append(False)
        return fates

    first = run()
    assert run() == first
    assert {True, False} == set(first)


def test_faults_are_narrowed_to_paths_and_ended(sandbox: SandboxServer) -> None:
    sandbox.faults(error_before_rate=1, paths=["/v1/refunds"])
    assert pay(sandbox, a_key()).status == "succeeded"
    with pytest.raises(stripe.APIError):
        sandbox.client().v1.refunds.list()
    sandbox.faults()
    assert sandbox.client().v1.refunds.list().data is not None


@pytest.mark.parametrize("body", [b"[]", b"nonsense", b'{"no_such_fault": 1}', b'{"error_rate": 2}'])
def test_nonsense_faults_are_refused(sandbox: SandboxServer, body: bytes) -> None:
    request = urllib.request.Request(f"{sandbox.url}/_test/faults", data=body, method="POST")
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=5)
    assert caught.value.code == 400
    caught.value.close()


def test_it_answers_health_stops_cleanly_and_refuses_real_keys(tmp_path: Any) -> None:
    server = SandboxServer(tmp_path).start()
    assert server.get("/healthz") == {"status": "ok"}
    assert server.stop() == 0
    command = [sys.executable, "-m", "handsel_sandbox", "--data", str(tmp_path), "--secret-key", "sk_live_x"]
    assert subprocess.run(command, capture_output=True, timeout=20, check=False).returncode == 2

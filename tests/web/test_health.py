"""Whether the process lives, whether money can be taken, and who may read the numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.utils.timezone import now as real_now

from handsel.database.tenancy import writing
from handsel.models import Customer, GatewayAccount, GatewayEvent, Partner
from handsel.web import health
from tests.sandbox import SandboxServer


@pytest.fixture(autouse=True)
def _asked_anew() -> Iterator[None]:
    health.forget()
    yield
    health.forget()


@pytest.fixture
def waiting(partner: Partner) -> Iterator[None]:
    """Something of a partner's fell due ten minutes ago and nobody has done it."""
    with writing(partner.id):
        ago = real_now() - dt.timedelta(minutes=10)
        event = GatewayEvent(
            partner=partner, account=GatewayAccount.objects.get(), event="evt_1", type="t",
            object_kind="payment_intent", object_reference="pi_1", occurred_at=ago, next_attempt_at=ago,
        )  # fmt: skip
        event.save(force_insert=True)
    yield
    with writing(partner.id):
        GatewayEvent.objects.update(next_attempt_at=None)


def test_a_process_that_answers_lives() -> None:
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert Client().post("/healthz").status_code == 405


def test_database_and_gateway_are_asked(sandbox: SandboxServer) -> None:
    checks = Client().get("/readyz").json()["checks"]
    assert checks["database"] == {"ok": True}
    assert checks["gateway"] == {"ok": True}


def test_a_gateway_that_is_away_makes_the_product_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "SANDBOX_URL", "http://127.0.0.1:9")
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["status"] == "not ready"
    assert answer.json()["checks"]["gateway"]["ok"] is False


@pytest.mark.usefixtures("waiting", "sandbox")
def test_work_that_waits_too_long_makes_the_product_not_ready() -> None:
    answer = Client().get("/readyz")
    worker = answer.json()["checks"]["worker"]
    assert answer.status_code == 503
    assert worker["ok"] is False
    assert worker["lag_seconds"] >= 600


def test_an_event_that_is_not_sealed_counts_as_lag(dana: Customer) -> None:
    """Nobody seals in these tests, so Dana's own coming waits from the moment it was written."""
    assert health.CHECKS["worker"]()["lag_seconds"] > 0


def test_the_answer_is_kept_for_a_few_seconds(monkeypatch: pytest.MonkeyPatch, sandbox: SandboxServer) -> None:
    first = Client().get("/readyz").json()["checks"]["gateway"]
    monkeypatch.setattr(settings, "SANDBOX_URL", "http://127.0.0.1:9")
    assert Client().get("/readyz").json()["checks"]["gateway"] == first == {"ok": True}


def test_the_numbers_are_for_this_machine_or_for_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    assert b"django_http_requests" in Client().get("/metrics").content
    elsewhere = Client(REMOTE_ADDR="203.0.113.7")
    assert elsewhere.get("/metrics").status_code == 404
    assert elsewhere.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
    monkeypatch.setenv("HANDSEL_METRICS_TOKEN", "let-me-in")
    assert elsewhere.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
    assert elsewhere.get("/metrics", headers={"Authorization": "Bearer let-me-in"}).status_code == 200

"""Whether this process lives, whether the product can take money now, and numbers for whoever watches it."""

from __future__ import annotations

import datetime as dt
import hmac
import ipaddress
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.db.models import Min
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.timezone import now as real_now
from django.views.decorators.http import require_GET
from django_prometheus.exports import ExportToDjangoView

from handsel.database.tenancy import across_partners
from handsel.models import Activation, GatewayEvent, Mail, Payment, Refund, UnsealedEvent
from handsel.rules.errors import NotFound
from handsel.web.guards import address_of

log = structlog.get_logger(__name__)

ANSWER_KEPT_SECONDS = 5
GATEWAY_TIMEOUT_SECONDS = 2
MOST_LAG_SECONDS = 60
"""The oracle's I9: nothing unsettled and no event unsealed is older than this while all is well."""

_DUE: tuple[tuple[Any, str], ...] = (
    (Payment, "next_look_at"),
    (Refund, "next_attempt_at"),
    (GatewayEvent, "next_attempt_at"),
    (Activation, "next_attempt_at"),
    (Mail, "next_attempt_at"),
)


@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as this process answers; it asks nobody."""
    return JsonResponse({"status": "ok"})


@require_GET
def readyz(request: HttpRequest) -> HttpResponse:
    """200 while database, gateway and worker are well, else 503; the answer is at most five seconds old."""
    checks = _checks()
    ready = all(check["ok"] for check in checks.values())
    return JsonResponse({"status": "ready" if ready else "not ready", "checks": checks}, status=200 if ready else 503)


@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus's text format, for this machine, or for whoever brings HANDSEL_METRICS_TOKEN as a bearer token."""
    token = os.environ.get("HANDSEL_METRICS_TOKEN", "")
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not _is_loopback(address_of(request)) and not (token and hmac.compare_digest(given.encode(), token.encode())):
        raise NotFound
    response: HttpResponse = ExportToDjangoView(request)
    return response


_lock = threading.Lock()
_kept: tuple[float, Mapping[str, dict[str, Any]]] = (-ANSWER_KEPT_SECONDS, {})


def _checks() -> Mapping[str, dict[str, Any]]:
    """One caller at a time asks; the others get what it found."""
    global _kept
    with _lock:
        at, found = _kept
        if time.monotonic() - at >= ANSWER_KEPT_SECONDS:
            found = {name: _tried(check) for name, check in CHECKS.items()}
            _kept = (time.monotonic(), found)
        return found


def forget() -> None:
    """Ask anew at the next call."""
    global _kept
    with _lock:
        _kept = (-ANSWER_KEPT_SECONDS, {})


def _tried(check: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return check()
    except (DatabaseError, httpx.HTTPError, OSError) as error:
        log.warning("readiness_check_failed", check=check.__name__, error=type(error).__name__)
        return {"ok": False, "error": type(error).__name__}


def _database() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {"ok": True}


def _gateway() -> dict[str, Any]:
    """The gateway's address answers at all. With Stripe alone its own status is not ours to ask for at each probe:
    accounts that stopped answering are what counts there."""
    if not settings.SANDBOX_URL:
        return {"ok": True}
    host = urlsplit(settings.SANDBOX_URL)
    response = httpx.get(f"{host.scheme}://{host.netloc}/healthz", timeout=GATEWAY_TIMEOUT_SECONDS)
    return {"ok": response.status_code < 500}


def _worker() -> dict[str, Any]:
    """How long the oldest thing that fell due has waited for the worker, in seconds."""
    now = real_now()
    with across_partners("readiness: the age of the oldest due thing, no partner's content is read"):
        waiting = [moment for moment in _oldest(now) if moment is not None]
    lag = max(((now - moment).total_seconds() for moment in waiting), default=0.0)
    return {"ok": lag <= MOST_LAG_SECONDS, "lag_seconds": round(max(lag, 0.0), 1)}


def _oldest(now: dt.datetime) -> Iterator[dt.datetime | None]:
    for model, column in _DUE:
        yield model.objects.filter(**{f"{column}__lte": now}).aggregate(at=Min(column))["at"]
    event_id = UnsealedEvent.objects.order_by("event_id").values_list("event_id", flat=True).first()
    # A UUIDv7 begins with the milliseconds of its making: real time, where `occurred_at` may be a test clock's.
    yield None if event_id is None else dt.datetime.fromtimestamp((event_id.int >> 80) / 1000, dt.UTC)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


CHECKS: Mapping[str, Callable[[], dict[str, Any]]] = {"database": _database, "gateway": _gateway, "worker": _worker}

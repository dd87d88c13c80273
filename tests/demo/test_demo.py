"""The demo partner: made once by the flows, believable, sound by its books, and left alone the second time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from handsel.database.tenancy import reading
from handsel.demo.make import free_slug
from handsel.models import (
    Credential,
    Customer,
    GatewayAccount,
    Invoice,
    Message,
    Offer,
    Order,
    Partner,
    Payment,
    PaymentMethod,
    Product,
    Signature,
    SignedDocument,
    Subscription,
    TaxRate,
    Terms,
    User,
)
from handsel.models.access import hash_secret
from handsel.models.people import now_of
from handsel.reads.verify import check_all
from tests.sandbox import SandboxServer

MOST_SECONDS = 180  # on a machine that runs other tests beside it; alone it takes under half a minute

Made = dict[str, Any]


def make(out: Path, url: str = "http://127.0.0.1:8000") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "handsel.demo", "--out", str(out), "--url", url]
    command += ["--gateway-url", os.environ["HANDSEL_SANDBOX_URL"]]
    return subprocess.run(command, capture_output=True, text=True, timeout=MOST_SECONDS, check=False)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory, sandbox_process: SandboxServer) -> Iterator[Path]:
    file = tmp_path_factory.mktemp("demo") / "demo.json"
    told = make(file)
    assert told.returncode == 0, told.stderr
    assert "verify:" not in told.stderr
    yield file
    sandbox_process.unlisten()


@pytest.fixture(scope="module")
def made(out: Path) -> Made:
    read: Made = json.loads(out.read_text())
    return read


@pytest.fixture(scope="module")
def agency(made: Made) -> Partner:
    return Partner.objects.get(slug=made["partner"])


def test_the_file_holds_exactly_what_is_promised_and_is_private(out: Path, made: Made) -> None:
    assert set(made) == {"url", "gateway_url", "partner", "api_key", "salesperson_api_key", "admin", "salesperson"}
    assert out.stat().st_mode & 0o777 == 0o600
    for role in ("admin", "salesperson"):
        user = User.objects.get(email=made[role]["email"])
        assert PBKDF2PasswordHasher().verify(made[role]["password"], user.password)
    for key in ("api_key", "salesperson_api_key"):
        assert Credential.objects.filter(hash=hash_secret(made[key]), kind=Credential.API_KEY).exists()


def test_its_books_are_sound(agency: Partner) -> None:
    assert [str(finding) for finding in check_all(agency.id)] == []


def test_there_is_something_on_every_page(agency: Partner) -> None:
    with reading(agency.id):
        assert (Customer.objects.count(), Product.objects.count(), Order.objects.count()) == (30, 15, 67)
        assert TaxRate.objects.count() >= 3
        statuses = Counter(list(Order.objects.values_list("status", flat=True)))
        payments = set(Payment.objects.values_list("status", flat=True))
        subscriptions = set(Subscription.objects.values_list("status", flat=True))
        invoices = set(Invoice.objects.values_list("status", flat=True))
        intervals = set(Product.objects.values_list("interval", flat=True))
        assert Product.objects.filter(trial_days__gt=0).exists()
        assert Product.objects.filter(prerequisite__isnull=False).exists()
    assert set(statuses) >= {
        "draft", "pending", "resubmitted", "approved", "processing_payment", "processing", "scheduled", "activated",
        "activation_errors", "declined", "cancellation_requested", "archived", "cancelled",
        "awaiting_customer_approval",
    }  # fmt: skip
    assert payments >= {"succeeded", "declined", "requires_action"}
    assert subscriptions >= {"active", "past_due", "scheduled"}
    assert invoices >= {"paid", "due"}
    assert intervals == {None, "month", "year"}


def test_offers_are_in_every_part_of_their_life(agency: Partner) -> None:
    with reading(agency.id):
        ended = set(Offer.objects.exclude(closed_at=None).values_list("closed_as", flat=True))
        kinds = set(Signature.objects.values_list("kind", flat=True))
        open_ones = Offer.objects.filter(closed_at=None, order__status="awaiting_customer_approval")
        assert open_ones.exclude(viewed_at=None).count() == 2
        assert Order.objects.filter(status="declined", decline_cause="payment", offers__closed_at=None).exists()
        assert {message.member_id is None for message in Message.objects.all()} == {True, False}
        assert SignedDocument.objects.count() == 4
        assert Terms.objects.get().version == 1
    assert ended == {"approved", "declined", "expired"}
    assert kinds == {"drawn", "typed"}


def test_orders_are_spread_over_months(agency: Partner) -> None:
    with reading(agency.id):
        months = {created_at.strftime("%Y-%m") for created_at in Order.objects.values_list("created_at", flat=True)}
    assert len(months) >= 5


def test_some_cards_have_expired_by_the_partners_clock(agency: Partner) -> None:
    today = now_of(agency).date()
    with reading(agency.id):
        cards = list(PaymentMethod.objects.filter(kind="card"))
    expired = [card for card in cards if (card.exp_year or 0, card.exp_month or 0) < (today.year, today.month)]
    assert expired
    assert len(expired) < len(cards) / 2


def test_a_second_start_changes_nothing(out: Path, made: Made) -> None:
    partners = Partner.objects.count()
    assert make(out).returncode == 0
    assert json.loads(out.read_text()) == made
    assert Partner.objects.count() == partners


def test_at_another_address_the_gateway_is_told_where_events_go(
    out: Path, agency: Partner, sandbox_process: SandboxServer
) -> None:
    with reading(agency.id):
        before = GatewayAccount.objects.get()
    assert make(out, url="http://127.0.0.1:8999").returncode == 0
    assert json.loads(out.read_text())["url"] == "http://127.0.0.1:8999"
    endpoints = sandbox_process.client().v1.webhook_endpoints.list().data
    assert all(endpoint.url.endswith(f"/gateway/sandbox/{before.shown_id}/events") for endpoint in endpoints)
    with reading(agency.id):
        assert GatewayAccount.objects.get().event_secret_encrypted != before.event_secret_encrypted


def test_after_an_unfinished_one_another_gets_another_name(agency: Partner) -> None:
    """Nobody knows the passwords of the first; nothing of it is touched."""
    assert (agency.slug, free_slug()) == ("harbour-vine", "harbour-vine-2")

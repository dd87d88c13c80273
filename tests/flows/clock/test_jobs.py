"""The calendar's jobs, run as the worker runs them: an order goes from paid to mailed without anybody's hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import structlog
from procrastinate.contrib.django import app

from handsel import worker
from handsel.database.tenancy import writing
from handsel.flows import due
from handsel.flows.billing.renew import collect_invoice
from handsel.flows.sales.activate import activate
from handsel.models import Mail, Partner, Seal, UnsealedEvent
from tests.cast import read_order
from tests.flows.activation.vendor import VendorServer
from tests.flows.calendar import on_file, renewals, sound
from tests.flows.money.desk import Desk
from tests.sandbox import SandboxServer

CALENDAR = (
    "reconcile_payments",
    "apply_gateway_events",
    "drive_refunds",
    "start_activations",
    "start_subscriptions",
    "certify_offers",
    "expire_offers",
    "renew_subscriptions",
    "seal_and_compose",
    "send_mails",
    "fold_order_counts",
    "forget_old_answers",
    "resume_clock_advances",
)


LISTS = (
    "payments_to_look_at",
    "gateway_events_to_apply",
    "refunds_to_drive",
    "activations_to_start",
    "subscriptions_to_start",
    "offers_to_certify",
    "offers_to_expire",
    "customers_to_renew",
    "partners_with_unsealed_events",
    "partners_with_unread_seals",
    "mails_to_send",
    "clock_advances_to_resume",
)


def run(*names: str) -> None:
    for name in names:
        app.tasks[name].func(0)


@pytest.fixture(autouse=True)
def _only_partners_of_this_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests left work behind in this database; what is due is listed whole, and theirs is passed over."""
    before = set(Partner.objects.values_list("id", flat=True))
    monkeypatch.setattr(due, "BATCH", 1_000_000)

    def without_theirs(listed: Callable[[], list[Any]]) -> Callable[[], list[Any]]:
        return lambda: [row for row in listed() if (row[0] if isinstance(row, tuple) else row) not in before]

    for name in LISTS:
        monkeypatch.setattr(due, name, without_theirs(getattr(due, name)))


@pytest.fixture
def mails(settings: Any, tmp_path: Path) -> Callable[[], str]:
    """What lies in the folder of mails."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mails")

    def read() -> str:
        folder = tmp_path / "mails"
        return "\n".join(file.read_text() for file in sorted(folder.iterdir())) if folder.exists() else ""

    return read


def test_the_calendar_is_what_the_worker_runs() -> None:
    periodic = {task.name for task, *_ in ((entry.task,) for entry in app.periodic_registry.periodic_tasks.values())}

    assert periodic == {*CALENDAR, "retry_stalled_jobs"}
    assert worker.log is not None


def test_from_paid_to_activated_to_mailed(sandbox: SandboxServer, mails: Callable[[], str]) -> None:
    vendor = VendorServer()
    vendor.says((200, '{"status": "done"}'))
    desk = Desk()
    order = desk.pay(desk.order(desk.product("Vendor hosting", 2_000, interval="month", vendor_url=vendor.url)))
    run(*CALENDAR)
    vendor.close()

    assert read_order(desk.partner, order.id).status == "activated"
    assert desk.rows(UnsealedEvent, event__order_id=order.id) == []
    sent = desk.rows(Mail)
    assert [mail.sent_at is not None for mail in sent] == [True, True]
    assert all(mail.message_id in mails() for mail in sent)
    assert sound(desk) == []


def test_a_clock_that_runs_ahead_makes_things_due_for_the_worker(sandbox: SandboxServer) -> None:
    desk = Desk()
    order = desk.pay(desk.order(desk.hosting))
    run("renew_subscriptions")
    assert renewals(desk) == []
    with writing(desk.partner.id):
        Partner.objects.filter(id=desk.partner.id).update(clock_offset_seconds=40 * 86400)
    run("renew_subscriptions")

    (invoice,) = renewals(desk)
    assert invoice.status == "paid"
    assert invoice.issued_on is not None
    assert invoice.issued_on > dt.date.fromisoformat(order.created_at.date().isoformat()) + dt.timedelta(days=30)


def test_one_row_that_fails_does_not_keep_the_others_waiting(sandbox: SandboxServer, mails: Callable[[], str]) -> None:
    first, second = Desk(), Desk()
    for desk in (first, second):
        desk.pay(desk.order())
    run("seal_and_compose")
    with writing(first.partner.id):
        Mail.objects.update(attachments=[{"kind": "invoice"}])  # no id: rendering it is an error nobody foresaw
    with structlog.testing.capture_logs() as lines:
        run("send_mails")

    assert {line["event"] for line in lines} >= {"job_failed", "mail_sent"}
    assert all(mail.sent_at for mail in second.rows(Mail))
    waiting = first.rows(Mail)
    assert [mail.sent_at for mail in waiting] == [None, None]
    assert all(mail.next_attempt_at is not None and mail.attempts == 1 for mail in waiting)


def test_a_day_of_the_worker_leaves_nothing_unsealed(sandbox: SandboxServer, mails: Callable[[], str]) -> None:
    desk = Desk()
    order = desk.order()
    activate(desk.partner, desk.alice, order.id)
    on_file(desk, "pm_card_chargeCustomerFail")
    (invoice,) = desk.invoices(order)
    collect_invoice(desk.partner, desk.alice, invoice.id)
    for _ in range(2):
        run(*CALENDAR)

    assert desk.rows(UnsealedEvent) == []
    assert len(desk.rows(Seal)) == len(desk.events())
    assert "did not go through" in mails()

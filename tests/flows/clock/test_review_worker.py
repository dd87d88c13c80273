"""What the worker survives: being killed, a database that restarts, rows that fail and gateways that are slow."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import uuid
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection
from django.utils.timezone import now as real_now
from procrastinate import PsycopgConnector
from procrastinate.contrib.django import app

from handsel import worker
from handsel.database.tenancy import across_partners, reading, writing
from handsel.flows import clock, due
from handsel.flows.clock import begin_advance, run_advance
from handsel.models import ClockAdvance, Partner, Subscription
from handsel.models.people import now_of
from tests.cast import make_partner
from tests.flows.money.desk import Desk
from tests.sandbox import SandboxServer


def retry_stalled() -> None:
    async def run() -> None:
        with app.replace_connector(PsycopgConnector(conninfo=os.environ["DATABASE_URL"])) as connected:
            async with connected.open_async():
                context: Any = SimpleNamespace(app=connected)
                await worker.retry_stalled_jobs.func(context, timestamp=0)

    asyncio.run(run())


def a_job(name: str, status: str, **locks: str) -> int:
    """A job in the table of jobs; one that is "doing" belongs to a worker that is gone."""
    names = {"lock": None, "queueing_lock": None, **locks}
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as database:
        row = database.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, status) "
            "VALUES ('default', %s, %s, %s, %s) RETURNING id",
            [name, names["lock"], names["queueing_lock"], status],
        ).fetchone()
    assert row is not None
    return int(row[0])


def statuses(*jobs: int) -> list[str | None]:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as database:
        found: dict[int, str] = dict(database.execute("SELECT id, status::text FROM procrastinate_jobs").fetchall())
    return [found.get(job) for job in jobs]


def test_a_killed_job_of_the_calendar_gives_its_lock_to_the_one_that_waits() -> None:
    name = f"calendar-{uuid.uuid4()}"
    killed = a_job(name, "doing", lock=name, queueing_lock=name)
    waiting = a_job(name, "todo", lock=name, queueing_lock=name)
    other = a_job("apply_gateway_event", "doing")
    retry_stalled()
    assert statuses(killed, waiting, other) == [None, "todo", "todo"]


def test_a_broken_connection_fails_one_job_and_not_the_next() -> None:
    with across_partners("looking at the connection"), connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        ((backend,),) = cursor.fetchall()
    with psycopg.connect(os.environ["HANDSEL_TEST_SUPERUSER_URL"], autocommit=True) as superuser:
        superuser.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])
    forget_answers: Any = app.tasks["forget_old_answers"]
    with pytest.raises(OperationalError):
        forget_answers.func(0)
    forget_answers.func(0)


def test_a_slow_partner_does_not_keep_the_others_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    slow, quick = make_partner(), make_partner()
    seen: list[uuid.UUID] = []
    ticking = iter([0.0, 60.0, 60.0, 60.1])
    monkeypatch.setattr(worker, "time", SimpleNamespace(monotonic=lambda: next(ticking)))
    rows = [(slow.id, uuid.uuid4()), (slow.id, uuid.uuid4()), (quick.id, uuid.uuid4())]
    worker._each(rows, lambda partner, _: seen.append(partner.id))
    assert seen == [slow.id, quick.id]


def test_a_row_that_fails_does_not_stop_the_clock(sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()
    desk.pay(desk.order(desk.hosting))
    renewals: list[object] = []

    def broken(*row: object) -> None:
        renewals.append(row)
        raise RuntimeError("nobody foresaw this")

    broken.__name__ = "renew_customer"
    monkeypatch.setattr(clock, "renew_customer", broken)
    to = now_of(desk.partner) + dt.timedelta(days=90)
    advance = begin_advance(desk.partner, desk.alice, to, in_background=False)
    assert run_advance(desk.partner, advance.id, desk.alice).finished_at is not None
    assert renewals
    assert now_of(Partner.objects.get(id=desk.partner.id)) >= to


def test_a_move_of_the_clock_whose_runner_died_is_carried_on(sandbox: SandboxServer) -> None:
    desk = Desk()
    desk.pay(desk.order(desk.hosting))
    advance = begin_advance(desk.partner, desk.alice, now_of(desk.partner) + dt.timedelta(days=40), in_background=False)
    with reading(desk.partner.id):
        assert Subscription.objects.get().periods_billed == 1
    assert (desk.partner.id, advance.id) not in due.clock_advances_to_resume()
    with writing(desk.partner.id):
        ClockAdvance.objects.filter(id=advance.id).update(started_at=real_now() - dt.timedelta(minutes=2))
    app.tasks["resume_clock_advances"].func(0)
    with reading(desk.partner.id):
        assert ClockAdvance.objects.get().finished_at is not None
        assert Subscription.objects.get().periods_billed == 2

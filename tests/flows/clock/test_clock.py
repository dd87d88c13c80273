"""The test clock: what falls due on the way is done, in order, whatever happens to whoever moves it."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils.timezone import now as real_now

from handsel.flows.clock import FURTHEST, advance_clock, begin_advance, run_advance
from handsel.flows.sales.draft import LineDraft
from handsel.flows.work import partner_by_id
from handsel.models import ClockAdvance, Event, Partner
from handsel.models.people import now_of
from handsel.rules.errors import Invalid, NotAllowed, Refused
from handsel.rules.periods import local_date
from tests.cast import admin_of, make_partner
from tests.flows.calendar import desk_in, fresh, go_to, noon, renewals, sound, today
from tests.flows.money.desk import Desk
from tests.oracle import converge
from tests.sandbox import SandboxServer

START = dt.date(2027, 1, 15)
LATER = dt.date(2027, 4, 20)


def selling(desk: Desk) -> None:
    """Hosting by the month, backups by the week for three weeks, and a website that starts on 1 March."""
    backups = desk.product("Backups", 300, interval="week")
    website = LineDraft(desk.website.id, start_on=dt.date(2027, 3, 1))
    desk.pay(desk.order(desk.hosting, LineDraft(backups.id, periods=3), website))


@pytest.fixture
def desk(sandbox: SandboxServer) -> Desk:
    desk = desk_in("Europe/Berlin", day=START)
    selling(desk)
    return desk


def history(desk: Desk) -> list[tuple[str, str]]:
    """What the calendar did, with the customer's days on which it did."""
    done = ("subscription.renewed", "subscription.ended", "activation.started")
    events: list[Event] = desk.rows(Event, type__in=done)
    days = [local_date(event.occurred_at, desk.dana.timezone).isoformat() for event in events]
    return [(event.type.partition(".")[2], day) for event, day in zip(events, days, strict=True)]


THREE_MONTHS = [
    ("renewed", "2027-01-22"),
    ("renewed", "2027-01-29"),
    ("ended", "2027-02-05"),
    ("renewed", "2027-02-15"),
    ("started", "2027-03-01"),
    ("renewed", "2027-03-15"),
    ("renewed", "2027-04-15"),
]


def test_three_months_pass_and_everything_falls_due_on_its_day(desk: Desk) -> None:
    advance = go_to(desk, LATER)

    assert history(desk) == THREE_MONTHS
    assert today(desk) == LATER
    assert advance.finished_at is not None
    assert (advance.ran, advance.reached_at, advance.doing) == (7, advance.to_at, "")
    assert [event.occurred_at for event in desk.rows(Event)] == sorted(e.occurred_at for e in desk.rows(Event))
    assert sound(desk) == []


def test_going_there_in_steps_comes_to_the_same(desk: Desk) -> None:
    for day in ("2027-01-16", "2027-02-05", "2027-02-28", "2027-04-20"):
        go_to(desk, dt.date.fromisoformat(day))

    assert history(desk) == THREE_MONTHS


def test_with_nothing_due_only_the_time_is_moved(sandbox: SandboxServer) -> None:
    desk = Desk()
    before = now_of(desk.partner)
    advance = go_to(desk, before + dt.timedelta(days=1))

    assert advance.ran == 0
    assert now_of(desk.partner) - before >= dt.timedelta(days=1)
    assert desk.events(type__startswith="clock.") == ["clock.advance_started", "clock.advanced"]


class Died(BaseException):
    """Nobody catches this, as nobody catches a killed process."""


def dies_at(statement: int) -> Callable[..., Any]:
    """Lets so many statements through, and then no more."""
    seen = iter(range(statement))

    def wrapper(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if next(seen, None) is None:
            raise Died
        return execute(sql, params, many, context)

    return wrapper


@pytest.mark.parametrize("statement", [1, 9, 25, 40, 47, 55, 62, 90, 140, 200])
def test_a_move_that_died_on_the_way_is_carried_on(desk: Desk, sandbox: SandboxServer, statement: int) -> None:
    advance = begin_advance(desk.partner, desk.alice, noon(desk, LATER), in_background=False)
    try:
        with connection.execute_wrapper(dies_at(statement)):
            run_advance(desk.partner, advance.id, desk.alice)
    except Died:
        connection.close()
    finished = run_advance(desk.partner, advance.id, desk.alice)
    desk.partner = partner_by_id(desk.partner.id)
    converge(desk.partner)

    assert finished.finished_at is not None
    assert [what for what, _ in history(desk)] == [what for what, _ in THREE_MONTHS]
    assert [invoice.status for invoice in renewals(desk)] == ["paid"] * 5
    assert len(sandbox.captured(partner=str(desk.partner.id))) == 6
    assert sound(desk) == []


def test_two_who_carry_out_the_same_move_do_it_once(desk: Desk, sandbox: SandboxServer) -> None:
    advance = begin_advance(desk.partner, desk.alice, noon(desk, LATER), in_background=False)
    start, finished = threading.Barrier(2), []

    def runs() -> None:
        start.wait()
        finished.append(run_advance(desk.partner, advance.id, desk.alice).finished_at)
        connection.close()

    workers = [threading.Thread(target=runs) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    desk.partner = partner_by_id(desk.partner.id)

    assert len(finished) == 2
    assert set(finished) == {fresh(desk, advance).finished_at}
    assert sorted(history(desk)) == sorted(THREE_MONTHS)
    assert len(sandbox.captured(partner=str(desk.partner.id))) == 6
    assert desk.events(type="clock.advanced", subject_id=advance.id) == ["clock.advanced"]
    assert sound(desk) == []


def test_the_clock_does_not_go_back() -> None:
    partner = make_partner()
    with pytest.raises(Invalid) as refusal:
        advance_clock(partner, admin_of(partner), now_of(partner) - dt.timedelta(seconds=1))

    assert refusal.value.code == "clock_cannot_go_back"
    assert partner_by_id(partner.id).clock_offset_seconds == 0


def test_the_clock_goes_five_years_at_most() -> None:
    partner = make_partner()
    with pytest.raises(Invalid):
        advance_clock(partner, admin_of(partner), now_of(partner) + FURTHEST + dt.timedelta(days=1))


def test_a_live_partner_has_no_clock_to_move() -> None:
    partner = make_partner(mode=Partner.LIVE)
    with pytest.raises(Refused) as refusal:
        advance_clock(partner, admin_of(partner), real_now() + dt.timedelta(days=1))

    assert refusal.value.code == "test_mode_only"
    assert partner_by_id(partner.id).clock_offset_seconds == 0


def test_only_who_changes_settings_moves_the_clock(sandbox: SandboxServer) -> None:
    desk = Desk()
    with pytest.raises(NotAllowed):
        advance_clock(desk.partner, desk.bob, now_of(desk.partner) + dt.timedelta(days=1))

    assert desk.rows(ClockAdvance) == []


def test_a_second_move_waits_for_the_first(sandbox: SandboxServer) -> None:
    desk = Desk()
    to = now_of(desk.partner) + dt.timedelta(days=1)
    first = begin_advance(desk.partner, desk.alice, to, in_background=False)
    with pytest.raises(Refused) as refusal:
        begin_advance(desk.partner, desk.alice, to, in_background=False)
    assert refusal.value.code == "request_in_progress"
    run_advance(desk.partner, first.id, desk.alice)
    desk.partner = partner_by_id(desk.partner.id)

    assert go_to(desk, to + dt.timedelta(days=1)).finished_at is not None


def test_a_move_in_the_background_wakes_its_job(sandbox: SandboxServer) -> None:
    desk = Desk()
    advance = begin_advance(desk.partner, desk.alice, now_of(desk.partner) + dt.timedelta(days=1), in_background=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = 'advance_clock' ORDER BY id DESC LIMIT 1")
        (job,) = cursor.fetchall()
    connection.close()

    assert str(desk.partner.id) in str(job)
    assert str(advance.id) in str(job)
    assert fresh(desk, advance).finished_at is None


def test_the_time_of_one_partner_is_not_that_of_another(sandbox: SandboxServer) -> None:
    desk, other = Desk(), Desk()
    go_to(desk, now_of(desk.partner) + dt.timedelta(days=40))

    assert partner_by_id(other.partner.id).clock_offset_seconds == 0

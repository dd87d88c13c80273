"""Refunds that meet on one payment: together never above what was captured (CASES.md 38, RELIABILITY.md T20).

The controls take away the row lock and the constraint that counts them; then more is promised than was taken.
"""

from __future__ import annotations

import contextlib
import threading
import uuid
from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.db.models import QuerySet

from handsel.flows.money import refund_requests
from handsel.flows.money.refund import drive_refund, insert_refund
from handsel.flows.money.refund_requests import approve_refund, refuse_refund
from handsel.flows.work import Work
from handsel.models import CreditNote, Partner, Payment, Refund
from handsel.rules.permissions import Actor
from tests.flows.money.refunding import Counter, given_back
from tests.oracle import assert_sound, converge
from tests.races.together import together
from tests.sandbox import SandboxServer

pytestmark = pytest.mark.races
PARALLEL = 50


@pytest.fixture
def desk(sandbox: SandboxServer) -> Counter:
    return Counter()


def promised(desk: Counter, payment: Payment) -> int:
    return sum(each.amount_minor for each in desk.refunds(payment) if each.status != "failed")


def asks(desk: Counter, payment: Payment, minor: int) -> None:
    desk.refund(payment, minor)


def without_looking(monkeypatch: pytest.MonkeyPatch, parties: int) -> None:
    """Nobody locks a row, and all have looked at what is left before the first promises any of it."""
    all_here = threading.Barrier(parties)

    def wait_and_insert(work: Work, payment: Payment, refund: Refund) -> None:
        all_here.wait(timeout=20)
        insert_refund(work, payment, refund)

    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_: rows)
    monkeypatch.setattr(refund_requests, "insert_refund", wait_and_insert)


@contextlib.contextmanager
def without_constraint(owner_url: str, payment: Payment) -> Iterator[None]:
    name = "refunds_within_capture"
    with psycopg.connect(owner_url, autocommit=True) as owner:
        made_by = owner.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name])
        row = made_by.fetchone()
        assert row is not None
        owner.execute(f"ALTER TABLE payments DROP CONSTRAINT {name}")
        try:
            yield
        finally:
            owner.execute(f"SET handsel.partner = '{payment.partner_id}'")
            owner.execute("UPDATE payments SET refunding_minor = 0, refunded_minor = 0")
            owner.execute(f"ALTER TABLE payments ADD CONSTRAINT {name} {row[0]}")


def test_of_two_refunds_at_once_that_are_together_above_the_capture_one_fails(
    desk: Counter, sandbox: SandboxServer
) -> None:
    """CASES.md 38."""
    for _ in range(4):
        _, payment = desk.paid()
        told = together(lambda p=payment: asks(desk, p, 10_000), lambda p=payment: asks(desk, p, 9_000))  # type: ignore[misc]
        assert told == {"done": 1, "refund_too_large": 1}
        converge(desk.partner)
        assert given_back(sandbox, payment) in (10_000, 9_000)
    assert_sound(desk.partner, sandbox=sandbox)


def test_without_the_lock_the_constraint_still_lets_only_one_through(
    desk: Counter, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, payment = desk.paid()
    without_looking(monkeypatch, 2)
    told = together(lambda: asks(desk, payment, 10_000), lambda: asks(desk, payment, 9_000))
    monkeypatch.undo()
    assert told == {"done": 1, "refund_too_large": 1}
    assert promised(desk, payment) <= payment.captured_minor


def test_control_without_lock_and_constraint_more_is_promised_than_was_taken(
    desk: Counter, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch, owner_url: str
) -> None:
    _, payment = desk.paid()
    # The invoice has a guard of its own: what was credited of a line cannot be credited again.
    monkeypatch.setattr(refund_requests, "release", lambda *_: None)
    with without_constraint(owner_url, payment):
        without_looking(monkeypatch, 2)
        told = together(lambda: asks(desk, payment, 10_000), lambda: asks(desk, payment, 9_000))
        monkeypatch.undo()
        assert told == {"done": 2}
        assert promised(desk, payment) > payment.captured_minor


def test_fifty_refunds_at_once_take_no_more_than_there_is(desk: Counter, sandbox: SandboxServer) -> None:
    """RELIABILITY.md T20: 184.03 hold eighteen refunds of ten."""
    _, payment = desk.paid()
    told = together(*[lambda: asks(desk, payment, 1_000)] * PARALLEL)
    assert told == {"done": 18, "refund_too_large": PARALLEL - 18}
    converge(desk.partner)
    assert given_back(sandbox, payment) == 18_000
    assert [note.number for note in desk.rows(CreditNote)] == [f"CN-{n:06}" for n in range(1, 19)]
    assert_sound(desk.partner, sandbox=sandbox)


def test_control_fifty_refunds_without_lock_and_constraint_promise_too_much(
    desk: Counter, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch, owner_url: str
) -> None:
    _, payment = desk.paid()
    monkeypatch.setattr(refund_requests, "release", lambda *_: None)
    with without_constraint(owner_url, payment):
        without_looking(monkeypatch, 8)
        told = together(*[lambda: asks(desk, payment, 10_000)] * 8)
        monkeypatch.undo()
        assert told == {"done": 8}
        assert promised(desk, payment) == 80_000


def test_an_approval_meets_a_refusal_and_another_approval(desk: Counter, sandbox: SandboxServer) -> None:
    """One answer counts: sent once with one credit note, or not at all."""
    desk.limit(1_000)
    for _ in range(4):
        order, payment = desk.paid()
        refund = desk.refund(payment)
        told = together(
            lambda r=refund: _answer(approve_refund, desk, r),  # type: ignore[misc]
            lambda r=refund: _answer(approve_refund, desk, r),  # type: ignore[misc]
            lambda r=refund: _answer(refuse_refund, desk, r),  # type: ignore[misc]
            lambda r=refund: drive_refund(desk.partner, r.id, now_due=True),  # type: ignore[misc]
        )
        assert told == {"done": 2, "action_not_allowed": 2}
        converge(desk.partner)
        sent = desk.again(refund).status == "succeeded"
        assert given_back(sandbox, payment) == (18_403 if sent else 0)
        assert len(desk.notes(order)) == int(sent)
    assert_sound(desk.partner, sandbox=sandbox)


def test_a_refund_that_waits_and_one_that_does_not_never_take_the_same_money(
    desk: Counter, sandbox: SandboxServer
) -> None:
    desk.limit(10_000)
    _, payment = desk.paid()
    waiting = desk.refund(payment, 12_000)
    told = together(
        lambda: _answer(approve_refund, desk, waiting),
        lambda: asks(desk, payment, 6_403),
        lambda: asks(desk, payment, 6_403),
    )
    assert told == {"done": 2, "refund_too_large": 1}
    converge(desk.partner)
    assert given_back(sandbox, payment) == 18_403
    assert_sound(desk.partner, sandbox=sandbox)


def _answer(flow: Callable[[Partner, Actor, uuid.UUID], Refund], desk: Counter, refund: Refund) -> None:
    flow(desk.partner, desk.carol, refund.id)

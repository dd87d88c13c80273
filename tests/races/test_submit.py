"""T5, small dose: many submit one order at once. One takes money; the others learn that it is under way or settled.

The control takes the partial unique index and the order's lock away, and must charge twice.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest

from handsel.flows.money import take
from handsel.flows.money.begin import NewMethod, SavedMethod
from handsel.flows.money.take import submit_with_payment
from handsel.models import Order
from tests.flows.money.desk import Desk
from tests.oracle import assert_sound, converge
from tests.races.together import together
from tests.sandbox import SandboxServer

pytestmark = pytest.mark.races

LIVE = "('clearing', 'created', 'requires_action', 'submitted', 'unknown')"
ORDERS, AT_ONCE = 20, 10
"""The small dose; `make chaos` has the full one."""


@pytest.fixture
def desk(sandbox: SandboxServer) -> Desk:
    return Desk()


def clicking(desk: Desk, order: Order, source: NewMethod | SavedMethod) -> Callable[[], str]:
    def click() -> str:
        submit_with_payment(desk.partner, desk.bob, order.id, source)
        return "done"

    return click


def test_fifty_clicks_on_one_order_charge_it_once(desk: Desk, sandbox: SandboxServer) -> None:
    card = desk.saved_card()
    sources: list[NewMethod | SavedMethod] = [
        NewMethod("pm_card_visa", save=True),
        NewMethod("pm_card_mastercard", save=False),
        card,
    ]
    orders = [desk.order() for _ in range(ORDERS)]
    for order in orders:
        told = together(*(clicking(desk, order, sources[number % 3]) for number in range(AT_ONCE)))
        assert told["done"] == 1
        assert set(told) <= {"done", "payment_in_progress", "already_paid", "order_changed"}
        assert sum(told.values()) == AT_ONCE
    converge(desk.partner)
    assert_sound(desk.partner, *orders, sandbox=sandbox)
    assert sum(len(sandbox.captured(order=order.shown_id)) for order in orders) == ORDERS


@contextmanager
def without_index_and_lock(owner_url: str, partner_id: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Both things that keep two payments of one debt apart, switched off: the index, and the lock with its check."""
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("DROP INDEX one_live_payment_per_debt")
        try:
            monkeypatch.setattr(take, "order_for", _unlocked)
            monkeypatch.setattr(take, "move", lambda *_, **__: None)
            yield
        finally:
            monkeypatch.undo()
            # What the control left alive would keep the index from coming back.
            owner.execute(f"SET handsel.partner = '{partner_id}'")
            owner.execute(f"UPDATE payments SET status = 'cancelled' WHERE status IN {LIVE}")
            owner.execute(
                f"CREATE UNIQUE INDEX one_live_payment_per_debt ON payments (partner_id, debt_id) "
                f"WHERE status IN {LIVE}"
            )


def _unlocked(_: object, order_id: uuid.UUID, __: object = None) -> Order:
    return Order.objects.select_related("customer").get(id=order_id)


def test_control_without_index_and_lock_it_is_charged_twice(
    sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch, owner_url: str
) -> None:
    desk = Desk()
    order = desk.order()
    with without_index_and_lock(owner_url, desk.partner.id, monkeypatch):
        together(*(clicking(desk, order, NewMethod("pm_card_visa", save=False)) for _ in range(4)))
        assert len(sandbox.captured(order=order.shown_id)) > 1

"""T1, small dose: staff submit is killed at every boundary, one order for each, and the user tries again or leaves.

Afterwards there is no double charge, no charge unrecorded, and no order at work without a charge. The control does the
same to a design without the intent row, and must do harm; otherwise these tests prove nothing.
"""

from __future__ import annotations

import contextlib
import dataclasses

import pytest
from django.db import connection

from handsel.database.ids import new_id, show
from handsel.flows.money.begin import NewMethod, begin
from handsel.flows.money.reconcile import look
from handsel.flows.money.settle import settle
from handsel.flows.money.take import submit_with_payment
from handsel.flows.sales.facts import order_for
from handsel.flows.transition import move
from handsel.flows.work import working
from handsel.models import Order
from handsel.rules.errors import Refused
from handsel.rules.order_status import OrderStatus
from tests.cast import read_order
from tests.crashes.killed import run_killed
from tests.flows.money.desk import Desk
from tests.oracle import Harm, assert_sound, converge, harm_to
from tests.sandbox import SandboxServer

pytestmark = pytest.mark.crashes


@pytest.fixture
def desk(sandbox: SandboxServer) -> Desk:
    return Desk()


def submit(desk: Desk, order: Order, token: str) -> None:
    submit_with_payment(desk.partner, desk.bob, order.id, NewMethod(token, save=True))


def again(desk: Desk, order: Order, token: str) -> None:
    """The user clicks once more, and is told what the state allows."""
    with contextlib.suppress(Refused):  # payment_in_progress, already_paid: what matters is what the gateway took
        submit(desk, order, token)


@pytest.mark.parametrize("token", ["pm_card_visa", "pm_card_visa_chargeDeclined"])
def test_killed_anywhere_an_order_is_charged_once_or_not_at_all(desk: Desk, sandbox: SandboxServer, token: str) -> None:
    # The first order also makes the gateway's customer; from the second on, all cross the same boundaries.
    orders = [desk.order(), desk.order()]
    for order in orders:
        _, boundaries = run_killed(lambda order=order: submit(desk, order, token))  # type: ignore[misc]
    assert boundaries > 30, "two transactions and a gateway call have more boundaries than this"
    for tries_again in (True, False):
        for fatal in range(boundaries):
            order = desk.order()
            killed, _ = run_killed(lambda order=order: submit(desk, order, token), fatal)  # type: ignore[misc]
            assert killed
            orders.append(order)
            if tries_again:
                again(desk, order, token)
    converge(desk.partner)
    assert_sound(desk.partner, *orders, sandbox=sandbox)
    paid = [order for order in orders if read_order(desk.partner, order.id).status == "activated"]
    assert bool(paid) == (token == "pm_card_visa")


def test_killed_while_recovering_it_still_converges(desk: Desk, sandbox: SandboxServer) -> None:
    """T3: the recovery is killed too, at every boundary of its own."""

    def lost() -> Order:
        order = desk.order()
        sandbox.faults(drop_response_rate=1, paths="/v1/payment_intents", methods=["POST"], times=1)
        return desk.pay(order)

    rehearsal = lost()
    payment = desk.payment(rehearsal)
    _, boundaries = run_killed(lambda: look(desk.partner, payment.id, now_due=True))
    orders = [rehearsal]
    for fatal in range(0, boundaries, 2):
        order = lost()
        payment = desk.payment(order)
        run_killed(lambda payment=payment: look(desk.partner, payment.id, now_due=True), fatal)  # type: ignore[misc]
        orders.append(order)
    converge(desk.partner)
    assert_sound(desk.partner, *orders, sandbox=sandbox)


def without_intent_row(desk: Desk, order: Order) -> None:
    """The control: one request, one transaction, a new key for each click. What many systems do."""
    with working(desk.partner, desk.bob) as work:
        locked = order_for(desk.bob, order.id)
        if locked.status != OrderStatus.DRAFT:
            return
        begun = begin(work, locked.customer, locked, locked.due_minor, NewMethod("pm_card_visa", save=True))
        move(work, locked, "submit_with_payment", OrderStatus.PROCESSING_PAYMENT)
        fresh = dataclasses.replace(begun.request, payment=show("pay", new_id()))
        connection.in_atomic_block = False  # The guard would stop this, as it should.
        outcome = begun.gateway.pay(fresh)
        connection.in_atomic_block = True
    settle(desk.partner, begun.payment.id, outcome)


def test_control_without_the_intent_row_there_is_harm(desk: Desk, sandbox: SandboxServer) -> None:
    _, boundaries = run_killed(lambda: without_intent_row(desk, desk.order()))
    total = Harm()
    for fatal in range(boundaries):
        order = desk.order()
        run_killed(lambda order=order: without_intent_row(desk, order), fatal)  # type: ignore[misc]
        without_intent_row(desk, order)
        harm = harm_to(desk.partner, order, sandbox)
        total = Harm(total.double + harm.double, total.unrecorded + harm.unrecorded, total.unpaid + harm.unpaid)
    assert total.double > 0

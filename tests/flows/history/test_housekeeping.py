"""What the calendar tidies: counts that are folded stay right, answers that are old are forgotten."""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter

import pytest
from django.db import connection
from django.utils.timezone import now as real_now

from handsel.database.tenancy import reading, writing
from handsel.flows.history.housekeeping import ANSWERS_KEPT, fold_order_counts, forget_old_answers
from handsel.flows.sales.moves import act
from handsel.models import IdempotencyRecord, Order, OrderCount
from handsel.reads.sales.orders import status_counts
from tests.cast import make_member
from tests.flows.money.desk import Desk


@pytest.fixture
def desk() -> Desk:
    """Five drafts of Bob, of which two were sent to an admin and one of these approved."""
    desk = Desk()
    orders = [desk.order() for _ in range(5)]
    for order in orders[:2]:
        act(desk.partner, desk.bob, "submit_to_admin", order.id)
    act(desk.partner, desk.alice, "approve", orders[0].id)
    return desk


def counted(desk: Desk) -> dict[str, int]:
    """What the kept counts come to, by status."""
    sums: Counter[str] = Counter()
    for row in desk.rows(OrderCount):
        sums[row.status] += row.change
    return {status: number for status, number in sums.items() if number}


def real(desk: Desk) -> dict[str, int]:
    return dict(Counter(order.status for order in desk.rows(Order)))


def test_every_change_is_counted_by_the_database_itself(desk: Desk) -> None:
    assert counted(desk) == real(desk) == {"draft": 3, "pending": 1, "approved": 1}


def test_folding_leaves_one_row_each_and_the_same_sums(desk: Desk) -> None:
    assert len(desk.rows(OrderCount)) > 3
    fold_order_counts()

    assert counted(desk) == real(desk)
    assert len(desk.rows(OrderCount)) == 3


def test_who_reads_the_counts_sees_no_folding(desk: Desk) -> None:
    with reading(desk.partner.id):
        before = status_counts(desk.partner, desk.alice)
    fold_order_counts()
    with reading(desk.partner.id):
        assert status_counts(desk.partner, desk.alice) == before

    assert before["draft"] == 3


def test_two_who_fold_while_orders_move_count_nothing_twice(desk: Desk) -> None:
    start = threading.Barrier(3)

    def folds() -> None:
        start.wait()
        for _ in range(10):
            fold_order_counts()
        connection.close()

    folders = [threading.Thread(target=folds) for _ in range(2)]
    for folder in folders:
        folder.start()
    start.wait()
    for order in [desk.order() for _ in range(6)]:
        act(desk.partner, desk.bob, "submit_to_admin", order.id)
    for folder in folders:
        folder.join()
    fold_order_counts()

    assert counted(desk) == real(desk)


def test_an_order_that_changes_hands_is_counted_with_its_new_owner(desk: Desk) -> None:
    erin = make_member(desk.partner, "Erin", "salesperson")
    order = desk.order()
    act(desk.partner, desk.alice, "reassign", order.id, member_id=erin.id)
    fold_order_counts()

    rows = {(row.owner_id, row.status): row.change for row in desk.rows(OrderCount)}
    assert rows[(erin.id, "draft")] == 1


def test_answers_are_kept_for_a_day_and_then_forgotten(desk: Desk) -> None:
    member = make_member(desk.partner, "Erin", "salesperson")

    def remembered(age: dt.timedelta) -> IdempotencyRecord:
        row = IdempotencyRecord(
            partner=desk.partner, key_hash=str(age), request_hash="x", member=member, path="/api/v1/orders",
            created_at=real_now() - age,
        )  # fmt: skip
        with writing(desk.partner.id):
            row.save(force_insert=True)
        return row

    young = remembered(ANSWERS_KEPT - dt.timedelta(minutes=5))
    remembered(ANSWERS_KEPT + dt.timedelta(minutes=5))
    forget_old_answers()

    assert [row.id for row in desk.rows(IdempotencyRecord)] == [young.id]

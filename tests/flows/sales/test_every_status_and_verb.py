"""Every status × every verb (T17): what the table allows is done, everything else is refused and changes nothing; by
flow, and by SQL past all flows."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.db.utils import IntegrityError

from handsel.database.tenancy import writing
from handsel.flows.sales.facts import facts
from handsel.flows.sales.moves import MOVES, REASONED, act
from handsel.models import Customer, Member, Order, Partner, Product
from handsel.rules.errors import HandselError, Refused
from handsel.rules.order_facts import target_status
from handsel.rules.order_states import ORDER
from handsel.rules.order_status import CancelCause, OrderStatus
from handsel.rules.permissions import Actor, check_action
from tests.cast import acting, event_types, make_order, read_order

STATUSES = ORDER.statuses
CAME_FROM = {OrderStatus.ARCHIVED: OrderStatus.DRAFT, OrderStatus.CANCELLATION_REQUESTED: OrderStatus.APPROVED}


@pytest.fixture
def order(partner: Partner, alice: Member, dana: Customer, website: Product) -> Order:
    return make_order(partner, acting(alice), dana, [website])


def write_status(partner: Partner, order_id: uuid.UUID, status: str) -> None:
    """By SQL, past flows and ORM."""
    with writing(partner.id), connection.cursor() as cursor:
        cursor.execute("UPDATE orders SET status = %s WHERE id = %s", [status, order_id])


def stand_in(partner: Partner, order: Order, status: str) -> Order:
    """The order as it would stand in this status. SQL walks there over allowed pairs, since the trigger is on."""
    for step in _way(order.status, status):
        write_status(partner, order.id, step)
    with writing(partner.id):
        Order.objects.filter(id=order.id).update(
            previous_status=CAME_FROM.get(OrderStatus(status), ""),
            cancel_cause=CancelCause.EXPIRED if status == OrderStatus.CANCELLED else "",
        )
    return read_order(partner, order.id)


def _way(start: str, end: str) -> list[str]:
    """The shortest way over the table's pairs."""
    ways = {start: [start]}
    for here in (queue := [start]):
        for source, target in sorted(ORDER.pairs()):
            if source == here and target not in ways:
                ways[target] = [*ways[here], target]
                queue.append(target)
    return ways[end][1:]


def _refusal(verb: str, order: Order, actor: Actor, partner: Partner) -> HandselError | None:
    try:
        check_action(verb, facts(order), actor, partner.settings())
    except HandselError as refusal:
        return refusal
    return None


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("verb", sorted(MOVES))
def test_an_act_does_what_the_table_says_or_is_refused_and_changes_nothing(
    partner: Partner, alice: Member, order: Order, verb: str, status: str
) -> None:
    order = stand_in(partner, order, status)
    actor, known = acting(alice), facts(order)
    before = event_types(partner, order.id)
    inputs = {"reason": "Because." if verb in REASONED else "", "member_id": alice.id}
    if refusal := _refusal(verb, order, actor, partner):
        with pytest.raises(type(refusal)) as caught:
            act(partner, actor, verb, order.id, **inputs)  # type: ignore[arg-type]
        assert caught.value.code == refusal.code
        after = read_order(partner, order.id)
        assert (after.status, after.version) == (status, order.version)
        assert event_types(partner, order.id) == before
    else:
        act(partner, actor, verb, order.id, **inputs)  # type: ignore[arg-type]
        assert status in {source for row in ORDER.rows(verb) for source in row.sources}
        after = read_order(partner, order.id)
        assert (after.status, after.version) == (target_status(verb, known), order.version + 1)
        wanted = ORDER.check(verb, status, after.status).event
        assert event_types(partner, order.id) == [*before, wanted]


def test_every_other_pair_of_statuses_is_refused_by_sql(
    partner: Partner, alice: Member, dana: Customer, website: Product
) -> None:
    """One order for each status; every change that the table does not know is tried on it."""
    allowed = ORDER.pairs()
    for status in STATUSES:
        order = stand_in(partner, make_order(partner, acting(alice), dana, [website]), status)
        for target in STATUSES:
            if target == status or (status, target) in allowed:
                continue
            with pytest.raises(IntegrityError, match="orders_status_check"):
                write_status(partner, order.id, target)
            assert read_order(partner, order.id).status == status


@pytest.mark.parametrize(("source", "target"), sorted(ORDER.pairs()))
def test_every_allowed_pair_by_sql_is_accepted(partner: Partner, order: Order, source: str, target: str) -> None:
    stand_in(partner, order, source)
    write_status(partner, order.id, target)
    assert read_order(partner, order.id).status == target


def test_a_status_that_is_none_is_refused_by_sql(partner: Partner, order: Order) -> None:
    with pytest.raises(IntegrityError):
        write_status(partner, order.id, "paid")


def test_a_stale_version_moves_nothing(partner: Partner, alice: Member, order: Order) -> None:
    with pytest.raises(Refused) as caught:
        act(partner, acting(alice), "submit_to_admin", order.id, version=order.version + 1)
    assert caught.value.code == "order_changed"
    assert read_order(partner, order.id).status == "draft"

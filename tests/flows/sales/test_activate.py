"""Activated without payment: on the contract start date, or today although that is still to come."""

from __future__ import annotations

import datetime as dt

import pytest

from handsel.flows.sales.activate import activate
from handsel.flows.sales.draft import LineDraft
from handsel.models.people import now_of
from handsel.rules.periods import local_date
from tests.cast import read_order
from tests.flows.money.desk import Desk
from tests.sandbox import SandboxServer


@pytest.fixture
def desk(sandbox: SandboxServer) -> Desk:
    return Desk()


def today(desk: Desk) -> dt.date:
    return local_date(now_of(desk.partner), desk.dana.timezone)


def test_on_the_contract_start_date_unless_told_otherwise(desk: Desk) -> None:
    start = today(desk) + dt.timedelta(days=20)
    order = desk.order(contract_start_on=start)
    activate(desk.partner, desk.alice, order.id)
    assert read_order(desk.partner, order.id).status == "scheduled"
    assert {activation.starts_on for activation in desk.activations(order)} == {start}


def test_today_although_the_contract_starts_later(desk: Desk) -> None:
    order = desk.order(contract_start_on=today(desk) + dt.timedelta(days=20))
    activate(desk.partner, desk.alice, order.id, start_now=True)
    now = read_order(desk.partner, order.id)
    assert (now.status, now.contract_start_on) == ("activated", today(desk))
    assert {activation.starts_on for activation in desk.activations(order)} == {today(desk)}


def test_a_line_with_a_day_of_its_own_keeps_it(desk: Desk) -> None:
    own = today(desk) + dt.timedelta(days=5)
    order = desk.order(
        LineDraft(product_id=desk.website.id, start_on=own),
        LineDraft(product_id=desk.hosting.id),
        contract_start_on=today(desk) + dt.timedelta(days=20),
    )
    activate(desk.partner, desk.alice, order.id, start_now=True)
    assert [activation.starts_on for activation in desk.activations(order)] == [own, today(desk)]

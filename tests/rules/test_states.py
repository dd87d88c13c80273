"""The machinery of the tables, on a small table of its own, and what every table of the product must hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from handsel.rules.activation_states import ACTIVATION, ActivationStatus, order_status_after
from handsel.rules.errors import Refused
from handsel.rules.invoice_states import INVOICE, InvoiceStatus
from handsel.rules.order_states import ORDER
from handsel.rules.order_status import OrderStatus
from handsel.rules.payment_states import (
    LIVE_PAYMENT_STATUSES,
    PAYMENT,
    REFUND,
    PaymentStatus,
    RefundStatus,
)
from handsel.rules.permissions import CONDITIONS, OrderSettings
from handsel.rules.states import RETURN, SAME, Edge, StateTable
from handsel.rules.subscription_states import SUBSCRIPTION, SubscriptionStatus

TABLES = {table.noun: table for table in (ORDER, PAYMENT, REFUND, SUBSCRIPTION, INVOICE, ACTIVATION)}
each_table = pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)

DOOR = StateTable(
    noun="door",
    labels={"open": "Open", "closed": "Closed", "locked": "Locked", "barred": "Barred"},
    initial="open",
    edges=(
        Edge(verb="close", sources=("open",), targets=("closed",), event="door.closed", who="staff", label="Close it"),
        Edge(verb="open", sources=("closed",), targets=("open",), event="door.opened", who="staff"),
        Edge(verb="lock", sources=("closed",), targets=("locked",), event="door.locked", who="clock"),
        Edge(verb="bar", sources=("closed", "locked"), targets=("barred",), event="door.barred", who="staff"),
        Edge(verb="unbar", sources=("barred",), targets=(RETURN,), event="door.unbarred", who="staff"),
        Edge(verb="paint", sources=("open", "closed"), targets=(SAME,), event="door.painted", who="staff"),
    ),
)


def test_an_edge_is_found_by_verb_and_source() -> None:
    edge = DOOR.edge("lock", "closed")
    assert edge is not None
    assert (edge.event, edge.targets) == ("door.locked", ("locked",))
    assert DOOR.edge("lock", "open") is None
    assert DOOR.edge("fly", "open") is None


def test_the_verbs_from_a_status_come_in_table_order() -> None:
    assert [edge.verb for edge in DOOR.verbs_from("closed")] == ["open", "lock", "bar", "paint"]


def test_a_return_leads_back_to_every_status_one_could_have_come_from_and_to_no_other() -> None:
    assert DOOR.targets("unbar", "barred") == ("closed", "locked")
    assert DOOR.check("unbar", "barred", "locked").event == "door.unbarred"
    with pytest.raises(Refused):
        DOOR.check("unbar", "barred", "open")
    assert DOOR.remembers == {"barred"}


def test_an_act_that_changes_no_status_is_checked_but_is_no_pair() -> None:
    assert DOOR.check("paint", "open", "open").event == "door.painted"
    with pytest.raises(Refused):
        DOOR.check("paint", "open", "closed")
    assert DOOR.pairs() == {
        ("open", "closed"),
        ("closed", "open"),
        ("closed", "locked"),
        ("closed", "barred"),
        ("locked", "barred"),
        ("barred", "closed"),
        ("barred", "locked"),
    }


def test_a_refusal_names_where_it_is_and_what_is_possible() -> None:
    with pytest.raises(Refused) as caught:
        DOOR.check("lock", "open", "locked")
    assert caught.value.code == "action_not_allowed"
    assert caught.value.message == (
        "This door is “Open”, so “lock” is not possible. Possible now: “Close it”, “paint”."
    )


def test_the_diagram_shows_each_change_once() -> None:
    drawing = DOOR.mermaid()
    assert drawing == DOOR.mermaid()
    assert drawing.startswith('stateDiagram-v2\n    state "Open" as open\n')
    arrows = re.findall(r"(\w+) --> (\w+): \w+", drawing)
    assert set(arrows) == DOOR.pairs()
    assert len(arrows) == len(DOOR.pairs())


BROKEN: dict[str, Callable[[], StateTable]] = {
    "unknown target": lambda: replace(DOOR, edges=(replace(DOOR.edges[0], targets=("gone",)),)),
    "unknown source": lambda: replace(DOOR, edges=(replace(DOOR.edges[0], sources=("gone",)),)),
    "no target": lambda: replace(DOOR, edges=(replace(DOOR.edges[0], targets=()),)),
    "event of another noun": lambda: replace(DOOR, edges=(replace(DOOR.edges[0], event="window.closed"),)),
    "unknown actor": lambda: replace(DOOR, edges=(replace(DOOR.edges[0], who="ghost"),)),
    "a row twice": lambda: replace(DOOR, edges=(DOOR.edges[0], DOOR.edges[0])),
    "initial without label": lambda: replace(DOOR, initial="ajar"),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_table_that_contradicts_itself_does_not_load(broken: Callable[[], StateTable]) -> None:
    with pytest.raises(AssertionError):
        broken()


@each_table
def test_every_status_has_a_label_of_its_own(table: StateTable) -> None:
    assert len(set(table.labels.values())) == len(table.labels)
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", status) for status in table.statuses)


@each_table
def test_the_events_are_in_the_past_tense_of_their_noun(table: StateTable) -> None:
    irregular = {"paid", "lost", "fell", "written", "withdrawn", "sent", "resent"}
    for event in table.events:
        noun, _, rest = event.partition(".")
        assert noun == table.noun
        assert any(word.endswith("ed") or word in irregular for word in rest.split("_")), event


@each_table
def test_every_row_says_why_and_every_button_belongs_to_a_person(table: StateTable) -> None:
    for edge in table.edges:
        assert edge.note.endswith("."), edge.verb
        assert not edge.label or {"staff", "link"} & set(edge.actors), edge.verb


@each_table
def test_from_every_pair_some_verb_leads_and_check_agrees_with_targets(table: StateTable) -> None:
    reached = {
        (source, target)
        for verb in table.verbs
        for source in table.statuses
        for target in table.targets(verb, source)
        if table.check(verb, source, target).verb == verb
    }
    assert {(a, b) for a, b in reached if a != b} == table.pairs()


@each_table
def test_check_refuses_every_step_that_targets_does_not_list(table: StateTable) -> None:
    for verb in table.verbs:
        for source in table.statuses:
            for target in set(table.statuses) - set(table.targets(verb, source)):
                with pytest.raises(Refused, match=re.escape(table.labels[source])):
                    table.check(verb, source, target)


@each_table
def test_settings_and_conditions_that_a_row_names_exist(table: StateTable) -> None:
    for edge in table.edges:
        assert set(edge.conditions) <= set(CONDITIONS)
        assert edge.setting is None or hasattr(OrderSettings(), edge.setting)


def test_the_live_payment_statuses_are_all_but_the_three_ends() -> None:
    ends = {PaymentStatus.SUCCEEDED, PaymentStatus.DECLINED, PaymentStatus.CANCELLED}
    assert set(PaymentStatus) - ends == LIVE_PAYMENT_STATUSES
    assert all(not PAYMENT.verbs_from(end) for end in ends), "nothing leaves an end"


def test_late_money_does_not_turn_a_declined_payment_into_a_paid_one() -> None:
    for status in (PaymentStatus.DECLINED, PaymentStatus.CANCELLED):
        with pytest.raises(Refused):
            PAYMENT.check("settle_succeeded", status, PaymentStatus.SUCCEEDED)


@pytest.mark.parametrize("status", sorted(LIVE_PAYMENT_STATUSES))
@pytest.mark.parametrize(
    ("verb", "target"),
    [
        ("settle_succeeded", "succeeded"),
        ("settle_declined", "declined"),
        ("settle_cancelled", "cancelled"),
        ("ask", "requires_action"),
        ("clear", "clearing"),
        ("lose", "unknown"),
    ],
)
def test_every_live_payment_can_take_every_fact(status: str, verb: str, target: str) -> None:
    assert PAYMENT.targets(verb, status) == (target,)


def test_a_refund_ends_once() -> None:
    assert REFUND.pairs() == {("pending", "succeeded"), ("pending", "failed")}
    assert set(REFUND.labels) == set(RefundStatus)


def test_a_subscription_falls_past_due_recovers_and_ends_for_good() -> None:
    assert SUBSCRIPTION.targets("fall_past_due", "active") == ("past_due",)
    assert SUBSCRIPTION.targets("recover", "past_due") == ("active",)
    assert not SUBSCRIPTION.verbs_from("cancelled")
    assert not SUBSCRIPTION.verbs_from("ended")
    assert set(SUBSCRIPTION.labels) == set(SubscriptionStatus)


def test_a_paid_invoice_stays_paid() -> None:
    assert not INVOICE.verbs_from("paid")
    assert INVOICE.targets("pay", "uncollectible") == ("paid",)
    assert not INVOICE.targets("pay", "draft"), "a number comes first"
    assert set(INVOICE.labels) == set(InvoiceStatus)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], OrderStatus.ACTIVATED),
        (["activated", "activated"], OrderStatus.ACTIVATED),
        (["activated", "errors_ignored", "cancelled"], OrderStatus.ACTIVATED),
        (["activated", "scheduled"], OrderStatus.SCHEDULED),
        (["pending", "scheduled", "activated"], None),
        (["errored", "pending", "scheduled"], OrderStatus.ACTIVATION_ERRORS),
        (["errored", "activated"], OrderStatus.ACTIVATION_ERRORS),
    ],
)
def test_an_order_becomes_what_its_lines_say(lines: list[str], expected: OrderStatus | None) -> None:
    assert order_status_after(lines) == expected
    assert set(ACTIVATION.labels) == set(ActivationStatus)

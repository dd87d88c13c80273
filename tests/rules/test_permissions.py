"""Who may do what. Alice is an admin, Bob a salesperson who owns the order, Carl a salesperson who does not."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handsel.rules.errors import NotAllowed, Refused
from handsel.rules.offers import OfferFacts
from handsel.rules.order_states import ORDER
from handsel.rules.order_status import OrderStatus
from handsel.rules.permissions import (
    CLOCK,
    DEFAULT_GRANTS,
    GATEWAY,
    GRANT_EXPLANATIONS,
    GRANT_LABELS,
    SETTING_LABELS,
    SYSTEM,
    Actor,
    Grant,
    OrderFacts,
    OrderSettings,
    Role,
    allowed_actions,
    check_action,
    check_grant,
    check_offer_payment,
    check_payment_source,
    may_edit_order,
    may_see_order,
)

ALICE = Actor("member", "alice", "Alice", Role.ADMIN, DEFAULT_GRANTS[Role.ADMIN])
BOB = Actor("member", "bob", "Bob", Role.SALESPERSON, DEFAULT_GRANTS[Role.SALESPERSON])
CARL = replace(BOB, id="carl", label="Carl", grants=BOB.grants | {Grant.ORDERS_VIEW_ALL})
LINK = Actor("link", "ofr_1", "Dana", source="link")
VENDOR = Actor("vendor", "ven_1", "Vendor", source="vendor")

NEW_PARTNER = OrderSettings()
ALL_ON = OrderSettings(
    salespeople_can_send_for_customer_approval=True,
    customer_approval_can_accept_payment=True,
    salespeople_can_charge=True,
    admins_can_bypass_approval=True,
    customers_can_retry_declined=True,
)
ORDER_OF_BOB = OrderFacts(status="draft", owner_id="bob", sender_id="bob", line_count=2, due_minor=4999)


def at(status: str, **facts: object) -> OrderFacts:
    return replace(ORDER_OF_BOB, status=status, **facts)  # type: ignore[arg-type]


def test_the_grants_are_those_of_the_specification_each_with_label_and_explanation() -> None:
    assert {grant.value for grant in Grant} == {
        "orders.view_all",
        "orders.create",
        "orders.manage",
        "payments.collect",
        "payments.enter_card",
        "payments.refund",
        "payments.approve_refund",
        "billing.manage",
        "catalog.manage",
        "settings.manage",
        "members.manage",
        "reports.view",
    }
    assert set(GRANT_LABELS) == set(GRANT_EXPLANATIONS) == set(Grant)
    assert "SAQ C-VT" in GRANT_EXPLANATIONS[Grant.PAYMENTS_ENTER_CARD]


def test_salespeople_start_with_three_grants_and_admins_with_all() -> None:
    assert DEFAULT_GRANTS[Role.ADMIN] == set(Grant)
    assert DEFAULT_GRANTS[Role.SALESPERSON] == {"orders.create", "payments.collect", "payments.enter_card"}


def test_a_new_partner_has_submit_to_admin_on_and_every_other_switch_off() -> None:
    switches = {name for name in SETTING_LABELS if getattr(NEW_PARTNER, name) is True}
    assert switches == {"salespeople_can_submit_to_admin"}
    assert (NEW_PARTNER.offer_valid_days, NEW_PARTNER.failed_cards_per_link) == (30, 5)


# What each person is offered, status by status, with every switch on.
OFFERED: dict[str, tuple[str, str]] = {
    "draft": (
        "submit_with_payment submit_to_admin send_for_customer_approval activate cancel archive duplicate reassign",
        "submit_with_payment submit_to_admin send_for_customer_approval archive duplicate",
    ),
    "pending": (
        "withdraw approve decline request_cancellation cancel duplicate reassign",
        "withdraw request_cancellation duplicate",
    ),
    "resubmitted": (
        "withdraw approve decline request_cancellation cancel duplicate reassign",
        "withdraw request_cancellation duplicate",
    ),
    "awaiting_customer_approval": (
        "resend recall request_cancellation cancel duplicate reassign",
        "resend recall request_cancellation duplicate",
    ),
    "approved": (
        "submit_with_payment send_for_customer_approval activate request_cancellation cancel duplicate reassign",
        "submit_with_payment send_for_customer_approval request_cancellation duplicate",
    ),
    "processing_payment": ("cancel_payment duplicate reassign", "cancel_payment duplicate"),
    "processing": ("duplicate reassign", "duplicate"),
    "scheduled": ("request_cancellation cancel duplicate reassign", "request_cancellation duplicate"),
    "activated": ("request_cancellation cancel archive duplicate reassign", "request_cancellation duplicate"),
    "activation_errors": (
        "retry_activation ignore_errors request_cancellation cancel archive duplicate reassign",
        "request_cancellation duplicate",
    ),
    "declined": ("convert_to_draft archive duplicate reassign", "convert_to_draft duplicate"),
    "cancellation_requested": ("refuse_cancellation cancel duplicate reassign", "duplicate"),
    "cancelled": ("archive duplicate reassign", "duplicate"),
    "archived": ("unarchive duplicate reassign", "duplicate"),
}


@pytest.mark.parametrize("status", [status.value for status in OrderStatus])
def test_admin_and_owner_are_offered_exactly_what_they_may_do(status: str) -> None:
    admins, owners = OFFERED[status]
    assert set(allowed_actions(at(status), ALICE, ALL_ON)) == set(admins.split())
    assert set(allowed_actions(at(status), BOB, ALL_ON)) == set(owners.split())


def test_actions_are_offered_in_table_order() -> None:
    for status, actor in itertools.product(OrderStatus, (ALICE, BOB)):
        offered = allowed_actions(at(status), actor, ALL_ON)
        assert list(offered) == sorted(offered, key=ORDER.verbs.index)


def test_a_salesperson_who_does_not_own_the_order_may_not_act_as_its_owner() -> None:
    for status in ("pending", "declined", "draft", "activated"):
        offered = set(allowed_actions(at(status), CARL, ALL_ON))
        assert not offered & {"withdraw", "convert_to_draft", "archive", "request_cancellation"}
    with pytest.raises(NotAllowed, match="owner"):
        check_action("withdraw", at("pending"), CARL, ALL_ON)


def test_an_order_that_one_may_not_see_offers_nothing_and_accepts_nothing() -> None:
    stranger = replace(CARL, grants=BOB.grants)
    assert not may_see_order(stranger, "bob")
    for status in OrderStatus:
        assert allowed_actions(at(status), stranger, ALL_ON) == ()
    with pytest.raises(NotAllowed):
        check_action("duplicate", at("draft"), stranger, ALL_ON)


def test_an_order_is_seen_by_its_owner_and_by_who_sees_all() -> None:
    assert may_see_order(BOB, "bob")
    assert may_see_order(CARL, "bob")
    assert may_see_order(ALICE, "bob")
    assert may_see_order(LINK, "bob")
    assert not may_see_order(BOB, None)
    assert not may_see_order(replace(LINK, kind="member"), "bob")


@pytest.mark.parametrize(
    ("verb", "setting"),
    [("submit_to_admin", "salespeople_can_submit_to_admin"), ("submit_with_payment", "salespeople_can_charge")],
)
def test_a_switch_that_is_off_stops_salespeople_and_never_admins(verb: str, setting: str) -> None:
    off = replace(ALL_ON, **{setting: False})
    assert check_action(verb, at("draft"), BOB, ALL_ON).verb == verb
    assert check_action(verb, at("draft"), ALICE, off).verb == verb
    with pytest.raises(NotAllowed, match=SETTING_LABELS[setting]):
        check_action(verb, at("draft"), BOB, off)


def test_a_switch_gives_nothing_to_who_lacks_the_grant() -> None:
    bare = replace(BOB, grants=frozenset())
    bare_admin = replace(ALICE, grants=frozenset({Grant.ORDERS_VIEW_ALL}))
    for actor in (bare, bare_admin):
        for verb in ("submit_with_payment", "submit_to_admin", "duplicate"):
            with pytest.raises(NotAllowed, match="permission"):
                check_action(verb, at("draft"), actor, ALL_ON)


def test_admins_bypass_the_approval_only_when_the_partner_lets_them() -> None:
    assert check_action("activate", at("draft"), ALICE, ALL_ON).setting == "admins_can_bypass_approval"
    assert check_action("activate", at("approved"), ALICE, NEW_PARTNER).setting is None
    assert "activate" not in allowed_actions(at("draft"), ALICE, NEW_PARTNER)
    with pytest.raises(Refused) as caught:
        check_action("activate", at("draft"), ALICE, NEW_PARTNER)
    assert caught.value.code == "action_not_allowed"


@pytest.mark.parametrize(
    ("grants", "saved", "allowed"),
    [
        ({Grant.PAYMENTS_COLLECT}, True, True),
        ({Grant.PAYMENTS_COLLECT}, False, False),
        ({Grant.PAYMENTS_ENTER_CARD}, True, False),
        ({Grant.PAYMENTS_ENTER_CARD}, False, True),
    ],
)
def test_a_saved_method_and_a_typed_card_need_different_grants(grants: set[Grant], saved: bool, allowed: bool) -> None:
    actor = replace(BOB, grants=frozenset(grants))
    assert check_action("submit_with_payment", at("draft"), actor, ALL_ON).verb == "submit_with_payment"
    if allowed:
        check_payment_source(actor, saved)
    else:
        with pytest.raises(NotAllowed):
            check_payment_source(actor, saved)


def test_what_nobody_may_do_in_that_role_is_refused_as_such_whatever_the_status() -> None:
    for status in OrderStatus:
        with pytest.raises(NotAllowed):
            check_action("approve", at(status), BOB, ALL_ON)
        with pytest.raises(NotAllowed):
            check_action("settle_succeeded", at(status), ALICE, ALL_ON)


REFUSALS = [
    ("submit_with_payment", at("draft", line_count=0), "order_has_no_lines"),
    ("submit_to_admin", at("draft", line_count=0), "order_has_no_lines"),
    ("activate", at("draft", line_count=0), "order_has_no_lines"),
    ("submit_with_payment", at("approved", debt_on_invoice=True), "debt_on_invoice"),
    ("submit_with_payment", at("activated", debt_on_invoice=True), "debt_on_invoice"),
    ("submit_with_payment", at("draft", live_payment=True), "payment_in_progress"),
    ("submit_with_payment", at("processing_payment", live_payment=True), "payment_in_progress"),
    ("submit_with_payment", at("processing_payment"), "payment_in_progress"),
    ("submit_with_payment", at("processing"), "already_paid"),
    ("submit_with_payment", at("scheduled"), "already_paid"),
    ("submit_with_payment", at("activated"), "already_paid"),
    ("submit_with_payment", at("activation_errors"), "already_paid"),
    ("submit_with_payment", at("declined"), "action_not_allowed"),
    ("submit_with_payment", at("pending"), "action_not_allowed"),
    ("cancel_payment", at("processing_payment", clearing=True), "payment_clearing"),
    ("convert_to_draft", at("cancelled"), "action_not_allowed"),
    ("convert_to_draft", at("declined", live_payment=True), "payment_in_progress"),
    ("withdraw", at("draft"), "action_not_allowed"),
    ("fly", at("draft"), "action_not_allowed"),
]


@pytest.mark.parametrize(("verb", "order", "code"), REFUSALS)
def test_a_refusal_has_the_code_that_says_why(verb: str, order: OrderFacts, code: str) -> None:
    assert verb not in allowed_actions(order, ALICE, ALL_ON)
    with pytest.raises(Refused) as caught:
        check_action(verb, order, ALICE, ALL_ON)
    assert caught.value.code == code


def test_a_refusal_by_status_lists_what_this_person_could_do_instead() -> None:
    with pytest.raises(Refused) as caught:
        check_action("withdraw", at("declined"), BOB, ALL_ON)
    assert caught.value.message == (
        "This order is “Declined”, so “Withdraw” is not possible. Possible now: “Convert to draft”, “Duplicate”."
    )


def test_an_expired_order_can_become_a_draft_again() -> None:
    assert "convert_to_draft" in allowed_actions(at("cancelled", cancel_cause="expired"), BOB, ALL_ON)
    assert "convert_to_draft" not in allowed_actions(at("cancelled", cancel_cause="staff"), BOB, ALL_ON)


def test_an_owner_brings_back_an_archived_draft_and_who_manages_orders_the_rest() -> None:
    assert "unarchive" in allowed_actions(at("archived", previous_status="draft"), BOB, ALL_ON)
    assert "unarchive" not in allowed_actions(at("archived", previous_status="activated"), BOB, ALL_ON)
    assert "unarchive" in allowed_actions(at("archived", previous_status="activated"), ALICE, ALL_ON)


def test_powers_without_a_role_do_only_what_is_theirs() -> None:
    everywhere = {
        actor.label: {verb for status in OrderStatus for verb in allowed_actions(at(status), actor, ALL_ON)}
        for actor in (LINK, CLOCK, GATEWAY, VENDOR, SYSTEM)
    }
    assert everywhere == {
        "Dana": {"cancel_payment"},
        "Clock": {"cancel_payment", "expire_offer", "start_activation", "finish_activation"},
        "Payment gateway": {"settle_succeeded", "settle_declined", "settle_cancelled", "finish_activation"},
        "Vendor": {"finish_activation"},
        "Handsel": {
            "cancel_payment",
            "expire_offer",
            "start_activation",
            "finish_activation",
            "settle_succeeded",
            "settle_declined",
            "settle_cancelled",
        },
    }


def offered(status: str = "awaiting_customer_approval", *, due_minor: int = 4999, **offer: Any) -> set[str]:
    """What the holder of an offer's link may do."""
    facts = OfferFacts(**{"require_payment": True, **offer})
    order = at(status, due_minor=due_minor, offer=facts, decline_cause="payment" if status == "declined" else None)
    return set(allowed_actions(order, LINK, ALL_ON))


def test_a_link_signs_and_pays_in_one_step_where_payment_is_required_and_only_signs_where_not() -> None:
    assert offered() == {"approve_and_pay", "decline_as_customer"}
    assert offered(require_payment=False) == {"approve_as_customer", "decline_as_customer"}
    assert offered(due_minor=0) == {"approve_as_customer", "decline_as_customer"}


def test_after_the_banks_no_a_link_pays_again_where_the_partner_lets_it() -> None:
    assert offered("declined") == {"approve_and_pay"}
    assert offered("declined", may_retry=False) == set()


@pytest.mark.parametrize(
    ("offer", "code"),
    [
        ({"is_over": True}, "offer_expired"),
        ({"closed_as": "expired", "is_over": True}, "offer_expired"),
        ({"closed_as": "recalled"}, "offer_recalled"),
        ({"same_revision": False}, "offer_recalled"),
        ({"link_is_newest": False}, "offer_replaced"),
        ({"closed_as": "approved"}, "offer_answered"),
        ({"closed_as": "declined"}, "offer_answered"),
        ({"is_locked": True}, "offer_locked"),
    ],
)
def test_a_link_that_is_over_accepts_nothing_and_says_why(offer: dict[str, Any], code: str) -> None:
    for verb, status in itertools.product(
        ("approve_and_pay", "decline_as_customer"), ("awaiting_customer_approval", "declined")
    ):
        if (verb, status) == ("decline_as_customer", "declined"):
            continue
        order = at(status, decline_cause="payment", offer=OfferFacts(**{"require_payment": True, **offer}))
        with pytest.raises(Refused) as refused:
            check_action(verb, order, LINK, ALL_ON)
        assert refused.value.code == code


def test_only_who_sent_an_offer_or_manages_orders_takes_it_back() -> None:
    sent_by_carl = at("awaiting_customer_approval", sender_id="carl")
    assert "recall" not in allowed_actions(sent_by_carl, BOB, ALL_ON)
    assert "recall" in allowed_actions(sent_by_carl, CARL, ALL_ON)
    assert "recall" in allowed_actions(sent_by_carl, ALICE, ALL_ON)


def test_an_offer_of_a_salesperson_asks_for_a_payment_only_where_the_setting_lets_it() -> None:
    check_offer_payment(ALICE, NEW_PARTNER)
    check_offer_payment(BOB, ALL_ON)
    with pytest.raises(NotAllowed, match="can accept payment"):
        check_offer_payment(BOB, NEW_PARTNER)


def test_who_may_edit_an_order() -> None:
    assert may_edit_order(at("draft"), BOB)
    assert may_edit_order(at("draft"), ALICE)
    assert not may_edit_order(at("draft"), CARL)
    assert not may_edit_order(at("pending"), BOB)
    assert may_edit_order(at("pending"), ALICE)
    assert not may_edit_order(at("processing_payment"), ALICE)
    assert not may_edit_order(at("draft"), CLOCK)


def test_a_missing_grant_is_named() -> None:
    check_grant(ALICE, Grant.CATALOG_MANAGE)
    with pytest.raises(NotAllowed, match="Manage products and taxes"):
        check_grant(BOB, Grant.CATALOG_MANAGE)


@pytest.mark.parametrize("wrong", [{"kind": "ghost"}, {"source": "phone"}, {"kind": "link"}])
def test_an_actor_that_cannot_be_does_not_come_to_be(wrong: dict[str, str]) -> None:
    with pytest.raises(AssertionError):
        replace(BOB, **wrong)  # type: ignore[arg-type]


orders = st.builds(
    OrderFacts,
    status=st.sampled_from([status.value for status in OrderStatus]),
    cancel_cause=st.sampled_from([None, "expired", "staff"]),
    previous_status=st.sampled_from([None, "draft", "approved", "activated"]),
    owner_id=st.sampled_from(["alice", "bob", None]),
    debt_on_invoice=st.booleans(),
    live_payment=st.booleans(),
    clearing=st.booleans(),
    line_count=st.integers(0, 3),
    due_minor=st.integers(0, 100),
)
members = st.builds(
    Actor,
    kind=st.just("member"),
    id=st.sampled_from(["alice", "bob", "carl"]),
    label=st.just("Somebody"),
    role=st.sampled_from(Role),
    grants=st.frozensets(st.sampled_from(Grant)),
)
settings = st.builds(
    OrderSettings,
    **{name: st.booleans() for name in SETTING_LABELS if not name.endswith(("days", "link"))},
)


@given(orders, members | st.sampled_from([CLOCK, GATEWAY, SYSTEM, LINK]), settings)
def test_what_is_offered_is_accepted_and_nothing_else(order: OrderFacts, actor: Actor, switches: OrderSettings) -> None:
    offered = allowed_actions(order, actor, switches)
    for verb in ORDER.verbs:
        try:
            edge = check_action(verb, order, actor, switches)
        except (Refused, NotAllowed):
            assert verb not in offered
        else:
            assert verb in offered
            assert order.status in edge.sources


@given(orders, members, settings, st.sampled_from(Grant))
def test_another_grant_never_takes_an_action_away(
    order: OrderFacts, actor: Actor, switches: OrderSettings, grant: Grant
) -> None:
    more = replace(actor, grants=actor.grants | {grant})
    assert set(allowed_actions(order, actor, switches)) <= set(allowed_actions(order, more, switches))


@given(orders, members, settings)
def test_an_admin_may_whatever_a_salesperson_with_the_same_grants_may(
    order: OrderFacts, actor: Actor, switches: OrderSettings
) -> None:
    salesperson, admin = replace(actor, role=Role.SALESPERSON), replace(actor, role=Role.ADMIN)
    assert set(allowed_actions(order, salesperson, switches)) <= set(allowed_actions(order, admin, switches))

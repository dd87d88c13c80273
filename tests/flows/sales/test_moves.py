from __future__ import annotations

import datetime as dt

import pytest

from handsel.database.tenancy import reading
from handsel.flows.catalog.products import update_product
from handsel.flows.idempotency import Claim
from handsel.flows.sales.draft import LineDraft
from handsel.flows.sales.duplicate import duplicate
from handsel.flows.sales.moves import act
from handsel.models import Customer, Event, EventPersonal, IdempotencyRecord, Member, Order, Partner, Product
from handsel.rules.errors import Invalid, NotAllowed, NotFound, Refused
from handsel.rules.pricing import AmountOff
from tests.cast import acting, event_types, make_member, make_order, read_lines, read_order


@pytest.fixture
def order(partner: Partner, bob: Member, dana: Customer, website: Product) -> Order:
    return make_order(partner, acting(bob), dana, [website])


def test_a_declined_order_comes_back_as_a_new_revision_and_is_resubmitted(
    partner: Partner, alice: Member, bob: Member, order: Order
) -> None:
    act(partner, acting(bob), "submit_to_admin", order.id)
    assert read_order(partner, order.id).submitted_at is not None
    act(partner, acting(alice), "decline", order.id, reason=" Too cheap. ")
    declined = read_order(partner, order.id)
    assert (declined.status, declined.decline_cause, declined.decline_reason) == ("declined", "admin", "Too cheap.")
    act(partner, acting(bob), "convert_to_draft", order.id)
    again = read_order(partner, order.id)
    assert (again.status, again.revision, again.decline_cause, again.decline_reason) == ("draft", 2, "", "")
    assert again.declined_before
    act(partner, acting(bob), "submit_to_admin", order.id)
    assert read_order(partner, order.id).status == "resubmitted"
    assert event_types(partner, order.id) == [
        "order.created", "order.submitted", "order.declined", "order.converted_to_draft", "order.resubmitted",
    ]  # fmt: skip


def test_a_reason_stands_on_the_erasable_side_of_the_event(
    partner: Partner, alice: Member, bob: Member, order: Order
) -> None:
    act(partner, acting(bob), "submit_to_admin", order.id)
    act(partner, acting(alice), "decline", order.id, reason="Dana owes us.")
    with reading(partner.id):
        event = Event.objects.get(subject_id=order.id, type="order.declined")
        personal = EventPersonal.objects.get(event_id=event.id)
    assert event.changes == {"from": "pending", "to": "declined", "cause": "admin"}
    assert personal.content == {"reason": "Dana owes us."}


@pytest.mark.parametrize("reason", ["", "   ", "x" * 2_001])
def test_a_decline_without_a_readable_reason_is_refused(
    partner: Partner, alice: Member, bob: Member, order: Order, reason: str
) -> None:
    act(partner, acting(bob), "submit_to_admin", order.id)
    with pytest.raises(Invalid) as caught:
        act(partner, acting(alice), "decline", order.id, reason=reason)
    assert [error.loc for error in caught.value.errors] == ["reason"]
    assert read_order(partner, order.id).status == "pending"


def test_a_refused_cancellation_leads_back_to_where_it_was(
    partner: Partner, alice: Member, bob: Member, order: Order
) -> None:
    act(partner, acting(bob), "submit_to_admin", order.id)
    act(partner, acting(alice), "approve", order.id)
    act(partner, acting(bob), "request_cancellation", order.id, reason="Changed their mind.")
    asked = read_order(partner, order.id)
    assert (asked.status, asked.previous_status, asked.cancellation_reason) == (
        "cancellation_requested", "approved", "Changed their mind.",
    )  # fmt: skip
    act(partner, acting(alice), "refuse_cancellation", order.id)
    after = read_order(partner, order.id)
    assert (after.status, after.cancellation_reason) == ("approved", "")


def test_an_archived_draft_comes_back_as_a_draft(partner: Partner, bob: Member, order: Order) -> None:
    act(partner, acting(bob), "archive", order.id)
    assert read_order(partner, order.id).status == "archived"
    act(partner, acting(bob), "unarchive", order.id)
    assert read_order(partner, order.id).status == "draft"


def test_a_reassigned_order_is_the_other_members(partner: Partner, alice: Member, bob: Member, order: Order) -> None:
    carla = make_member(partner, "Carla", "salesperson")
    act(partner, acting(alice), "reassign", order.id, member_id=carla.id)
    assert read_order(partner, order.id).owner_id == carla.id
    with pytest.raises(NotFound):
        act(partner, acting(bob), "submit_to_admin", order.id)


def test_an_order_is_not_reassigned_to_another_partners_member(
    partner: Partner, alice: Member, charlie: Member, order: Order
) -> None:
    with pytest.raises(NotFound):
        act(partner, acting(alice), "reassign", order.id, member_id=charlie.id)
    with pytest.raises(Invalid):
        act(partner, acting(alice), "reassign", order.id)


def test_a_salesperson_does_not_approve(partner: Partner, bob: Member, order: Order) -> None:
    act(partner, acting(bob), "submit_to_admin", order.id)
    with pytest.raises(NotAllowed):
        act(partner, acting(bob), "approve", order.id)


def test_another_partners_order_does_not_exist(charlie: Member, order: Order) -> None:
    with pytest.raises(NotFound):
        act(charlie.partner, acting(charlie), "archive", order.id)


def test_an_order_without_lines_is_not_submitted(partner: Partner, bob: Member, dana: Customer) -> None:
    empty = make_order(partner, acting(bob), dana)
    with pytest.raises(Refused) as caught:
        act(partner, acting(bob), "submit_to_admin", empty.id)
    assert caught.value.code == "order_has_no_lines"


def test_a_key_used_again_while_its_record_stands_moves_nothing(partner: Partner, bob: Member, order: Order) -> None:
    claim = Claim(partner.id, bob.id, "k" * 64, "r" * 64, "/api/v1/orders")
    act(partner, acting(bob, "api"), "submit_to_admin", order.id, claim=claim)
    with pytest.raises(Refused) as caught:
        act(partner, acting(bob, "api"), "withdraw", order.id, claim=claim)
    assert caught.value.code == "request_in_progress"
    assert read_order(partner, order.id).status == "pending"
    with reading(partner.id):
        record = IdempotencyRecord.objects.get()
    assert (record.subject_kind, record.subject_id) == ("order", order.id)


def test_a_duplicate_has_the_lines_and_notes_but_no_date_in_the_past(
    partner: Partner, alice: Member, bob: Member, dana: Customer, website: Product, hosting: Product
) -> None:
    future = dt.date(2199, 1, 1)
    source = make_order(
        partner,
        acting(bob),
        dana,
        [
            LineDraft(website.id, unit_price_minor=7_000, start_on=dt.date(2020, 1, 1)),
            LineDraft(hosting.id, discount=AmountOff(100), periods=12, start_on=future),
        ],
        contract_start_on=dt.date(2020, 1, 1),
        customer_notes="As agreed.",
        tags=["fair"],
    )
    update_product(partner, acting(alice), hosting.id, {"price_minor": 2_500})
    copy = duplicate(partner, acting(alice), source.id)
    kept = read_order(partner, copy.id)
    assert (kept.status, kept.customer_notes, kept.contract_start_on) == ("draft", "As agreed.", None)
    assert (kept.owner_id, kept.number) == (alice.id, "O-00002")
    first, second = read_lines(partner, copy)
    assert (first.unit_price_minor, first.start_on) == (7_000, None)
    assert (second.unit_price_minor, second.discount_amount_minor, second.periods, second.start_on) == (
        2_500, 100, 12, future,
    )  # fmt: skip
    assert read_order(partner, source.id).version == 1
    assert event_types(partner, source.id)[-1] == "order.duplicated"


def test_what_is_not_sold_any_more_is_not_duplicated(
    partner: Partner, alice: Member, order: Order, website: Product
) -> None:
    update_product(partner, acting(alice), website.id, {"is_active": False})
    with pytest.raises(Refused) as caught:
        duplicate(partner, acting(alice), order.id)
    assert caught.value.code == "product_not_sold"

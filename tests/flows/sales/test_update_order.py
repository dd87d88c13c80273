from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from handsel.database.tenancy import reading, writing
from handsel.flows.catalog.products import update_product
from handsel.flows.sales.draft import LineDraft, update_order
from handsel.flows.sales.moves import act
from handsel.models import Customer, Event, Member, Order, OrderTag, Partner, Product
from handsel.rules.errors import Invalid, NotAllowed, NotFound, Refused
from tests.cast import acting, event_types, make_customer, make_member, make_method, make_order, read_lines, read_order


@pytest.fixture
def order(partner: Partner, bob: Member, dana: Customer, website: Product) -> Order:
    return make_order(partner, acting(bob), dana, [website], staff_notes="First call.", tags=["fair"])


def tags_of(partner: Partner, order: Order) -> set[str]:
    with reading(partner.id):
        return {tag.tag for tag in OrderTag.objects.filter(order_id=order.id)}


def test_only_what_is_named_changes(partner: Partner, bob: Member, order: Order) -> None:
    update_order(partner, acting(bob), order.id, 1, {"contract_start_on": dt.date(2027, 2, 1)})
    after = read_order(partner, order.id)
    assert (after.contract_start_on, after.staff_notes) == (dt.date(2027, 2, 1), "First call.")
    assert (after.total_minor, after.version, after.revision) == (10_000, 2, 1)
    assert tags_of(partner, order) == {"fair"}


def test_lines_are_replaced_and_a_named_line_keeps_its_id_and_what_it_froze(
    partner: Partner, alice: Member, bob: Member, order: Order, website: Product, hosting: Product
) -> None:
    first = read_lines(partner, order)[0]
    update_product(partner, acting(alice), website.id, {"price_minor": 99_000, "name": "Bigger website"})
    lines = [LineDraft(hosting.id), LineDraft(website.id, quantity=2, id=first.id)]
    update_order(partner, acting(bob), order.id, 1, {"lines": lines})
    added, kept = read_lines(partner, order)
    assert (kept.id, kept.name, kept.unit_price_minor, kept.quantity) == (first.id, "Website", 10_000, 2)
    assert added.name == "Hosting"
    after = read_order(partner, order.id)
    assert (after.line_count, after.total_minor) == (2, 22_000)


def test_a_kept_line_may_name_a_product_that_is_not_sold_any_more(
    partner: Partner, alice: Member, bob: Member, order: Order, website: Product
) -> None:
    first = read_lines(partner, order)[0]
    update_product(partner, acting(alice), website.id, {"is_active": False})
    update_order(partner, acting(bob), order.id, 1, {"lines": [LineDraft(website.id, quantity=3, id=first.id)]})
    assert read_order(partner, order.id).total_minor == 30_000
    with pytest.raises(Invalid) as caught:
        update_order(partner, acting(bob), order.id, 2, {"lines": [LineDraft(website.id)]})
    assert caught.value.code == "product_not_sold"


def test_another_orders_line_is_not_found(
    partner: Partner, bob: Member, dana: Customer, order: Order, website: Product
) -> None:
    other = read_lines(partner, make_order(partner, acting(bob), dana, [website]))[0]
    with pytest.raises(NotFound):
        update_order(partner, acting(bob), order.id, 1, {"lines": [LineDraft(website.id, id=other.id)]})


def test_a_line_named_twice_is_refused(partner: Partner, bob: Member, order: Order, website: Product) -> None:
    line = LineDraft(website.id, id=read_lines(partner, order)[0].id)
    with pytest.raises(Invalid) as caught:
        update_order(partner, acting(bob), order.id, 1, {"lines": [line, line]})
    assert [error.loc for error in caught.value.errors] == ["lines.1.id"]


def test_an_edit_that_changes_nothing_leaves_no_trace(
    partner: Partner, bob: Member, order: Order, website: Product
) -> None:
    same = [LineDraft(website.id, id=read_lines(partner, order)[0].id)]
    update_order(partner, acting(bob), order.id, 1, {"lines": same, "staff_notes": "First call. ", "tags": ["fair"]})
    assert read_order(partner, order.id).version == 1
    assert event_types(partner, order.id) == ["order.created"]


def test_a_stale_version_overwrites_nothing(partner: Partner, bob: Member, order: Order) -> None:
    update_order(partner, acting(bob), order.id, 1, {"staff_notes": "Mine."})
    with pytest.raises(Refused) as caught:
        update_order(partner, acting(bob), order.id, 1, {"staff_notes": "Yours."})
    assert caught.value.code == "order_changed"
    assert read_order(partner, order.id).staff_notes == "Mine."


def test_what_is_offered_makes_a_new_revision_once_submitted_and_staff_notes_do_not(
    partner: Partner, alice: Member, bob: Member, order: Order, website: Product
) -> None:
    act(partner, acting(bob), "submit_to_admin", order.id)
    update_order(partner, acting(alice), order.id, None, {"staff_notes": "Looks fine."})
    assert read_order(partner, order.id).revision == 1
    update_order(partner, acting(alice), order.id, None, {"lines": [LineDraft(website.id, quantity=2)]})
    assert read_order(partner, order.id).revision == 2
    with pytest.raises(Refused) as caught:
        update_order(partner, acting(bob), order.id, None, {"staff_notes": "Me too."})
    assert caught.value.code == "order_not_editable"


def test_who_sees_all_orders_does_not_edit_them(partner: Partner, order: Order) -> None:
    reader = make_member(partner, "Rita", "salesperson", grants=["orders.view_all", "orders.create"])
    with pytest.raises(NotAllowed):
        update_order(partner, acting(reader), order.id, None, {"staff_notes": "Mine now."})


def test_another_salespersons_order_does_not_exist(partner: Partner, order: Order) -> None:
    carla = make_member(partner, "Carla", "salesperson")
    with pytest.raises(NotFound):
        update_order(partner, acting(carla), order.id, None, {"staff_notes": "Mine now."})


def test_tags_are_replaced_but_the_products_own_stays(partner: Partner, bob: Member, order: Order) -> None:
    with writing(partner.id):
        OrderTag(partner=partner, order_id=order.id, tag=OrderTag.PAYMENT_DECLINED).save(force_insert=True)
    update_order(partner, acting(bob), order.id, 1, {"tags": ["vip"]})
    assert tags_of(partner, order) == {"vip", "Payment declined"}
    update_order(partner, acting(bob), order.id, 2, {"tags": ["vip", "Payment declined"]})
    assert tags_of(partner, order) == {"vip", "Payment declined"}


def test_billing_recipient_and_method_are_the_customers_own(
    partner: Partner, alice: Member, bob: Member, order: Order, dana: Customer
) -> None:
    method = make_method(partner, dana)
    update_order(partner, acting(bob), order.id, 1, {"billing_method_id": method.id})
    assert read_order(partner, order.id).billing_method_id == method.id
    elsewhere = make_method(partner, make_customer(partner, acting(alice)))
    with pytest.raises(NotFound):
        update_order(partner, acting(bob), order.id, 2, {"billing_method_id": elsewhere.id})
    update_order(partner, acting(bob), order.id, 2, {"billing_method_id": None})
    assert read_order(partner, order.id).billing_method_id is None


def test_notes_stand_on_the_erasable_side_of_the_event(partner: Partner, bob: Member, order: Order) -> None:
    update_order(partner, acting(bob), order.id, 1, {"customer_notes": "Dear Dana"})
    with reading(partner.id):
        event = Event.objects.get(subject_id=order.id, type="order.updated")
    assert event.changes == {"fields": ["customer_notes"]}
    assert event.personal_digest


@pytest.mark.parametrize("notes", ["a\x00b", "\x1b[31m", "x" * 10_001, "\ud800"])
def test_notes_that_cannot_be_stored_or_read_are_refused(
    partner: Partner, bob: Member, order: Order, notes: str
) -> None:
    with pytest.raises(Invalid) as caught:
        update_order(partner, acting(bob), order.id, 1, {"staff_notes": notes})
    assert [error.loc for error in caught.value.errors] == ["notes.staff"]


def test_the_number_of_statements_does_not_grow_with_the_lines(
    partner: Partner, bob: Member, order: Order, website: Product, hosting: Product
) -> None:
    def statements(lines: list[LineDraft]) -> int:
        with CaptureQueriesContext(connection) as captured:
            update_order(partner, acting(bob), order.id, None, {"lines": lines})
        return len(captured)

    one = statements([LineDraft(website.id, quantity=7)])
    thirty = statements([LineDraft(website.id), LineDraft(hosting.id)] * 15)
    assert thirty == one
    assert one <= 11  # BEGIN and COMMIT among them

"""Numbers: what they begin with may change, what was given may not."""

from __future__ import annotations

import concurrent.futures
import threading

import pytest
from django.db import connection

from handsel.database.tenancy import reading
from handsel.flows.numbers import next_number
from handsel.flows.people.numbering import update_numbering
from handsel.flows.work import working
from handsel.models import Event, Member, Partner
from handsel.reads.people.numbering import numbering_of
from handsel.reads.verify import check_all
from handsel.rules.errors import Invalid, NotAllowed
from handsel.rules.permissions import SYSTEM
from tests.cast import acting, event_types, make_order
from tests.flows.money.desk import Desk
from tests.sandbox import SandboxServer


def next_numbers(partner: Partner) -> list[str]:
    with reading(partner.id):
        return [view.next_number for view in numbering_of(Partner.objects.get(id=partner.id))]


def test_a_new_partner_begins_at_one(partner: Partner) -> None:
    assert next_numbers(partner) == ["O-00001", "INV-000001", "CN-000001"]


def test_a_new_prefix_is_for_what_comes_and_what_exists_keeps_its_number(sandbox: SandboxServer) -> None:
    desk = Desk()
    first = desk.order(desk.website)
    partner = update_numbering(desk.partner, desk.alice, prefixes={"order": "HV/", "invoice": "R-"})
    desk.partner = partner
    second = desk.pay(desk.order(desk.website))
    assert (first.number, second.number) == ("O-00001", "HV/00002")
    assert desk.invoices(second)[0].number == "R-000001"
    assert [str(finding) for finding in check_all(partner.id)] == []


def test_an_empty_series_may_begin_anywhere_and_verify_agrees(sandbox: SandboxServer) -> None:
    desk = Desk()
    update_numbering(desk.partner, desk.alice, starts={"invoice": 43, "order": 500})
    assert next_numbers(desk.partner) == ["O-00500", "INV-000043", "CN-000001"]
    update_numbering(desk.partner, desk.alice, starts={"invoice": 42})
    order = desk.pay(desk.order(desk.website))
    assert (order.number, desk.invoices(order)[0].number) == ("O-00500", "INV-000042")
    desk.pay(desk.order(desk.website))
    assert next_numbers(desk.partner)[1] == "INV-000044"
    assert [str(finding) for finding in check_all(desk.partner.id)] == []


def test_a_series_that_has_begun_goes_on_where_it_is(sandbox: SandboxServer) -> None:
    desk = Desk()
    desk.order(desk.website)
    for start in (1, 7, 1_000):
        with pytest.raises(Invalid) as refused:
            update_numbering(desk.partner, desk.alice, prefixes={"order": "Z-"}, starts={"order": start})
        assert [error.loc for error in refused.value.errors] == ["order_start"]
    assert next_numbers(desk.partner)[0] == "O-00002", "and nothing else was changed"
    update_numbering(desk.partner, desk.alice, starts={"order": 2})


def test_who_sets_a_start_waits_for_who_takes_a_number(partner: Partner, alice: Member) -> None:
    """The control is the order of the two locks: the counter first, then the look whether it was used."""
    taken, go_on = threading.Event(), threading.Event()

    def take() -> None:
        try:
            with working(partner, SYSTEM) as work:
                next_number(work, "invoice")
                taken.set()
                go_on.wait(10)
        finally:
            connection.close()

    def set_start() -> None:
        try:
            update_numbering(partner, acting(alice), starts={"invoice": 900})
        finally:
            connection.close()

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        first = pool.submit(take)
        assert taken.wait(10)
        second = pool.submit(set_start)
        go_on.set()
        first.result()
        with pytest.raises(Invalid):
            second.result()
    assert next_numbers(partner)[1] == "INV-000002"


def test_what_could_be_taken_for_another_number_is_refused(partner: Partner, alice: Member) -> None:
    for prefixes, fields in (
        ({"invoice": "O-"}, ["invoice_prefix"]),
        ({"credit_note": "inv-"}, ["credit_note_prefix"]),
        ({"order": "20"}, ["order_prefix"]),
        ({"order": "a b", "invoice": "#"}, ["order_prefix", "invoice_prefix"]),
        ({"order": "4000 1290 83"}, ["order_prefix"]),
    ):
        with pytest.raises(Invalid) as refused:
            update_numbering(partner, acting(alice), prefixes=prefixes)
        assert [error.loc for error in refused.value.errors] == fields
    assert event_types(partner, partner.id) == ["partner.created"]


@pytest.mark.parametrize("start", [0, -1, 900_000_001])
def test_a_start_is_a_number_that_can_be_counted_on_from(partner: Partner, alice: Member, start: int) -> None:
    with pytest.raises(Invalid):
        update_numbering(partner, acting(alice), starts={"order": start})


def test_it_is_written_down_once_and_needs_the_grant(partner: Partner, alice: Member, bob: Member) -> None:
    for _ in range(2):
        update_numbering(partner, acting(alice), prefixes={"order": "HV-"}, starts={"credit_note": 5})
    assert event_types(partner, partner.id)[1:] == ["partner.numbering_updated", "partner.series_started"]
    with reading(partner.id):
        changed, begun = Event.objects.filter(subject_id=partner.id).order_by("id")[1:]
    assert changed.changes == {"fields": ["order_prefix"], "order_prefix": ["O-", "HV-"]}
    assert begun.changes == {"fields": ["credit_note_start"], "credit_note_start": [1, 5]}
    with pytest.raises(NotAllowed):
        update_numbering(partner, acting(bob), prefixes={"order": "X-"})


def test_another_partners_series_stay_as_they_are(partner: Partner, alice: Member, charlie: Member) -> None:
    update_numbering(charlie.partner, acting(charlie), starts={"order": 50})
    assert next_numbers(partner)[0] == "O-00001"
    assert make_order(partner, acting(alice), Desk(partner=partner).dana).number == "O-00001"

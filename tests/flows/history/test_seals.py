"""The chain of events: sealed in order, by one sealer at a time, and broken by any change (RELIABILITY.md I8)."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import psycopg
import pytest
from django.db import DatabaseError, connection

from handsel.database.tenancy import writing
from handsel.flows.history import seal
from handsel.flows.history.seal import GENESIS, chained, seal_events
from handsel.flows.people.customers import update_customer
from handsel.flows.work import working
from handsel.messages.compose import compose_mails
from handsel.models import Customer, Event, EventPersonal, Member, Partner, Seal, UnsealedEvent
from tests.cast import acting, make_customer, make_member, make_partner
from tests.cli.test_verify import superuser
from tests.flows.calendar import fresh, sound
from tests.flows.money.desk import Desk
from tests.sandbox import SandboxServer


@pytest.fixture
def desk(sandbox: SandboxServer) -> Desk:
    """One paid order, everything sealed."""
    desk = Desk()
    desk.pay(desk.order())
    assert sound(desk) == []
    return desk


@pytest.fixture
def broken() -> Iterator[psycopg.Connection]:
    """A superuser with triggers asleep: whoever has this may change anything, and must be found out."""
    with superuser() as hand:
        yield hand


def test_events_are_sealed_in_the_order_in_which_they_happened(desk: Desk) -> None:
    events, seals = desk.rows(Event), desk.rows(Seal)

    assert [row.position for row in seals] == list(range(1, len(events) + 1))
    assert [row.event_id for row in seals] == [event.id for event in events]
    assert seals[0].previous == GENESIS
    assert [row.previous for row in seals[1:]] == [row.hash for row in seals[:-1]]
    assert desk.rows(UnsealedEvent) == []
    assert seal_events(desk.partner) == 0


def test_a_long_queue_is_sealed_in_pieces_of_one_chain(
    partner: Partner, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seal, "BATCH", 3)
    for _ in range(4):
        make_customer(partner, acting(alice))
    pieces = []
    while sealed := seal_events(partner):
        pieces.append(sealed)

    assert pieces[0] == 3
    assert max(pieces) == 3
    assert sum(pieces) >= 5


def test_sealers_at_once_make_one_chain(partner: Partner, alice: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seal, "BATCH", 2)
    for _ in range(8):
        make_customer(partner, acting(alice))
    start, counts = threading.Barrier(4), []

    def seals() -> None:
        start.wait()
        while sealed := seal_events(partner):
            counts.append(sealed)
        connection.close()

    sealers = [threading.Thread(target=seals) for _ in range(4)]
    for sealer in sealers:
        sealer.start()
    for sealer in sealers:
        sealer.join()

    with writing(partner.id):
        events, positions = Event.objects.count(), sorted(Seal.objects.values_list("position", flat=True))
    assert sum(counts) == events
    assert positions == list(range(1, events + 1))


def test_an_event_that_commits_late_is_sealed_later(partner: Partner, alice: Member) -> None:
    make_customer(partner, acting(alice))
    first = seal_events(partner)
    make_customer(partner, acting(alice))

    assert first > 0
    assert seal_events(partner) == 1


def test_each_partner_has_a_chain_of_its_own(partner: Partner, alice: Member) -> None:
    other = make_partner()
    make_customer(partner, acting(alice))
    seal_events(partner)

    with writing(other.id):
        assert Seal.objects.count() == 0
        assert UnsealedEvent.objects.count() > 0


ALTERED = [
    "UPDATE events SET type = 'order.cancelled' WHERE {row}",
    "UPDATE events SET occurred_at = occurred_at + interval '1 microsecond' WHERE {row}",
    "UPDATE events SET actor_kind = 'system' WHERE {row}",
    "UPDATE events SET actor_id = actor_id || 'x' WHERE {row}",
    "UPDATE events SET role = role || 'x' WHERE {row}",
    "UPDATE events SET source = 'link' WHERE {row}",
    "UPDATE events SET subject_kind = 'refund' WHERE {row}",
    "UPDATE events SET subject_id = gen_random_uuid() WHERE {row}",
    "UPDATE events SET order_id = NULL WHERE {row}",
    "UPDATE events SET order_id = gen_random_uuid() WHERE {row}",
    "UPDATE events SET customer_id = gen_random_uuid() WHERE {row}",
    "UPDATE events SET changes = changes || '{{\"amount_minor\": 1}}' WHERE {row}",
    "UPDATE events SET changes = changes - 'to' WHERE {row}",
    "UPDATE events SET personal_digest = repeat('0', 64) WHERE {row}",
    "DELETE FROM events WHERE {row}",
    "UPDATE seals SET hash = repeat('0', 64) WHERE partner_id = %(p)s AND event_id = %(e)s",
    "UPDATE seals SET previous = repeat('0', 64) WHERE partner_id = %(p)s AND event_id = %(e)s",
    "UPDATE seals SET position = position + 1000 WHERE partner_id = %(p)s AND event_id = %(e)s",
    "DELETE FROM seals WHERE partner_id = %(p)s AND event_id = %(e)s",
]


@pytest.mark.parametrize("statement", ALTERED)
def test_any_change_of_a_sealed_event_is_found(desk: Desk, broken: psycopg.Connection, statement: str) -> None:
    (event,) = desk.rows(Event, type="order.paid")
    told = broken.execute(
        statement.format(row="partner_id = %(p)s AND id = %(e)s"), {"p": desk.partner.id, "e": event.id}
    )

    assert told.rowcount == 1
    assert sound(desk) != []


def test_a_forged_event_with_a_hash_of_its_own_breaks_what_follows(desk: Desk, broken: psycopg.Connection) -> None:
    (event,) = desk.rows(Event, type="order.paid")
    (link,) = desk.rows(Seal, event_id=event.id)
    event.changes = {**event.changes, "to": "cancelled"}
    broken.execute(
        "UPDATE events SET changes = jsonb_set(changes, '{to}', '\"cancelled\"') WHERE partner_id = %s AND id = %s",
        [desk.partner.id, event.id],
    )
    broken.execute(
        "UPDATE seals SET hash = %s WHERE partner_id = %s AND event_id = %s",
        [chained(link.previous, event), desk.partner.id, event.id],
    )
    found = [line for line in sound(desk) if line.startswith("the_chain_verifies")]

    assert len(found) == 1
    assert f"at position {link.position + 1}" in found[0]


def test_an_end_that_was_cut_off_is_found_by_what_was_read_of_it(desk: Desk, broken: psycopg.Connection) -> None:
    while compose_mails(desk.partner):
        pass
    last = desk.rows(Seal)[-1]
    for table, column in (("seals", "event_id"), ("events", "id"), ("event_personal", "event_id")):
        broken.execute(f"DELETE FROM {table} WHERE partner_id = %s AND {column} = %s", [desk.partner.id, last.event_id])
    found = [line for line in sound(desk) if line.startswith("the_chain_verifies")]

    assert found
    assert "were read" in found[0]


def test_what_is_personal_can_be_erased_and_the_chain_still_verifies(partner: Partner, alice: Member) -> None:
    customer = make_customer(partner, acting(alice))
    update_customer(partner, acting(alice), customer.id, {"name": "Another Name"})
    seal_events(partner)
    with writing(partner.id):
        said = EventPersonal.objects.filter(event__customer_id=customer.id) | EventPersonal.objects.filter(
            event__subject_id=customer.id
        )
        assert said.delete()[0] > 0

    assert sound(Desk(partner=partner)) == []


def test_what_is_personal_stands_beside_the_event_and_not_in_it(partner: Partner) -> None:
    actor = acting(make_member(partner))
    customer = make_customer(partner, actor, name="Delphine Unlikely", email="delphine@unlikely.example")
    update_customer(partner, actor, customer.id, {"name": "Delphine Improbable"})
    with writing(partner.id):
        events = list(Event.objects.filter(subject_id=customer.id))
        beside = list(EventPersonal.objects.filter(event__subject_id=customer.id))

    assert "elphine" not in str([event.changes for event in events])
    assert "Delphine Improbable" in str([side.content for side in beside])


@pytest.mark.parametrize("model", [Event, Seal])
def test_the_application_can_neither_change_nor_delete_what_is_append_only(
    desk: Desk, model: type[Event] | type[Seal]
) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), writing(desk.partner.id):
        model.objects.update(id=desk.partner.id)
    with pytest.raises(DatabaseError, match="permission denied"), writing(desk.partner.id):
        model.objects.all()._raw_delete("default")


def test_even_the_owner_of_the_tables_meets_the_trigger(desk: Desk) -> None:
    with superuser() as hand:
        hand.execute("SET session_replication_role = origin")
        with pytest.raises(psycopg.errors.CheckViolation, match="never changed"):
            hand.execute("UPDATE events SET role = 'x' WHERE partner_id = %s", [desk.partner.id])
        with pytest.raises(psycopg.errors.CheckViolation, match="never changed"):
            hand.execute("DELETE FROM seals WHERE partner_id = %s", [desk.partner.id])


def test_an_event_is_written_with_its_change_or_not_at_all(desk: Desk) -> None:
    before = len(desk.rows(Event))
    with pytest.raises(ZeroDivisionError):
        _rename_and_fail(desk)

    assert len(desk.rows(Event)) == before
    assert fresh(desk, desk.dana).name == desk.dana.name


def _rename_and_fail(desk: Desk) -> None:
    with working(desk.partner, desk.bob) as work:
        Customer.objects.filter(id=desk.dana.id).update(name="Nobody")
        work.record("customer.updated", desk.dana)
        work.flush()
        raise ZeroDivisionError

"""History: I8. Every change of a status has exactly one event, and nobody changed, removed or reordered an event."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from handsel.database.after_migrate import STATUS_TABLES
from handsel.flows.history.seal import GENESIS, chained
from handsel.flows.work import personal_digest
from handsel.models import EventPersonal, MailCursor, Seal
from handsel.reads.verify.findings import Found, checks, found
from handsel.rules.states import StateTable

PAGE = 1000
SEALED_WITHIN_SECONDS = 60
_BIRTH = {"invoice": "invoice.issued"}  # every other noun begins with its `created`
_MADE_AT = "to_timestamp(('x' || substr(replace(event_id::text, '-', ''), 1, 12))::bit(48)::bigint / 1000.0)"
"""The real time in a UUIDv7 (RFC 9562, 5.7): `occurred_at` is the partner's time, which a test clock moves."""


@checks("I8")
def statuses_follow_their_events(partner_id: uuid.UUID) -> Iterator[Found]:
    """The status changes in a row's history make one path, from the status it was made in to the one it has."""
    for table, states in STATUS_TABLES.items():
        yield from _paths(partner_id, table, states)


def _paths(partner_id: uuid.UUID, table: str, states: StateTable) -> Iterator[Found]:
    return found(
        partner_id,
        f"""
        WITH born AS (
          SELECT subject_id, min(coalesce(changes->>'status', %(initial)s)) AS status, count(*) AS times
          FROM events WHERE partner_id = %(partner)s AND type = %(birth)s GROUP BY subject_id
        ), steps AS (
          SELECT subject_id, changes->>'from' AS source, changes->>'to' AS target,
                 lag(changes->>'to') OVER told AS before, lead(id) OVER told IS NULL AS is_last
          FROM events
          WHERE partner_id = %(partner)s AND type = ANY(%(types)s) AND changes->>'to' IS NOT NULL
          WINDOW told AS (PARTITION BY subject_id ORDER BY id)
        )
        SELECT %(noun)s, row.id, format('is %%s, its %%s events of making and its last change say %%s', row.status,
                                        coalesce(born.times, 0), coalesce(steps.target, born.status, 'nothing'))
        FROM {table} row
        LEFT JOIN born ON born.subject_id = row.id
        LEFT JOIN steps ON steps.subject_id = row.id AND steps.is_last
        WHERE row.partner_id = %(partner)s
          AND (coalesce(born.times, 0) <> 1 OR row.status <> coalesce(steps.target, born.status))
        UNION ALL
        SELECT %(noun)s, steps.subject_id,
               format('went from %%s although it was %%s', steps.source, coalesce(before, born.status, 'nothing'))
        FROM steps LEFT JOIN born ON born.subject_id = steps.subject_id
        WHERE steps.source IS DISTINCT FROM coalesce(before, born.status)
        """,
        noun=states.noun,
        initial=states.initial,
        birth=_BIRTH.get(states.noun, f"{states.noun}.created"),
        types=list(states.events),
    )


@checks("I8")
def the_chain_verifies(partner_id: uuid.UUID) -> Iterator[Found]:
    """Every seal follows the one before it, and its hash is that of its event as it stands. Read in pages, so that a
    chain of any length takes the same memory."""
    position, previous = 0, GENESIS
    while True:
        seals = Seal.objects.select_related("event").filter(position__gt=position).order_by("position")[:PAGE]
        page = list(seals)
        for seal in page:
            if seal.position != position + 1:
                yield "event", seal.event_id, f"is sealed at {seal.position}, after {position}: the chain has a gap"
            elif seal.previous != previous or seal.hash != chained(previous, seal.event):
                yield "event", seal.event_id, f"at position {seal.position} is not what was sealed"
            position, previous = seal.position, seal.hash
        yield from _personal_sides({seal.event_id: seal.event.personal_digest for seal in page})
        if len(page) < PAGE:
            break
    was_read = MailCursor.objects.get().position
    if was_read > position:
        # A chain whose end is cut off is whole in itself; who has read further knows better.
        yield "event", "the newest", f"is sealed at {position}, although {was_read} were read once"


def _personal_sides(digests: dict[uuid.UUID, str]) -> Iterator[Found]:
    """What stands beside the chain is what its digest covers; it may have been erased, never replaced."""
    for side in EventPersonal.objects.filter(event_id__in=list(digests)).order_by("event_id"):
        if personal_digest(side.salt, side.content) != digests[side.event_id]:
            yield "event", side.event_id, "has a personal side that is not what was sealed"


@checks("I8")
def events_are_sealed_in_time(partner_id: uuid.UUID) -> Iterator[Found]:
    """An event is sealed, or it is younger than 60 s and waits to be; never both, never neither."""
    return found(
        partner_id,
        f"""
        SELECT 'event', event_id, 'has waited for its seal for more than a minute' FROM unsealed_events
        WHERE partner_id = %(partner)s AND {_MADE_AT} < now() - make_interval(secs => %(within)s)
        UNION ALL
        SELECT 'event', e.id, format('has %%s seals and %%s places in the queue', count(s.id), count(u.id))
        FROM events e
        LEFT JOIN seals s ON s.partner_id = e.partner_id AND s.event_id = e.id
        LEFT JOIN unsealed_events u ON u.partner_id = e.partner_id AND u.event_id = e.id
        WHERE e.partner_id = %(partner)s GROUP BY e.id HAVING count(s.id) + count(u.id) <> 1
        """,
        within=SEALED_WITHIN_SECONDS,
    )

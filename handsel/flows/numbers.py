"""Numbers in series, per partner: what they look like is in `rules.numbering`."""

from __future__ import annotations

from django.db import connection

from handsel.database.ids import new_id
from handsel.flows.work import Work


def next_number(work: Work, series: str) -> int:
    """The next number of a series, from the first one, without gaps: it is given back if the transaction does not
    commit.

    The counter's row stays locked until then, so a flow takes its number as the last thing it does but insert.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO counters (partner_id, id, series, first, last) VALUES (%s, %s, %s, 1, 1) "
            "ON CONFLICT ON CONSTRAINT one_counter_per_series DO UPDATE SET last = counters.last + 1 RETURNING last",
            [work.partner.id, new_id(), series],
        )
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])

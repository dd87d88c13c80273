"""What a partner's numbers look like, and where its series begin."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.db import connection

from handsel.database.ids import new_id
from handsel.flows.changes import change
from handsel.flows.fields import Fields
from handsel.flows.work import Work, working
from handsel.models import Counter, CreditNote, Invoice, Order, Partner
from handsel.rules.errors import FieldError, Invalid
from handsel.rules.numbering import MAX_START, SERIES, Series, prefix_complaint, same_prefixes
from handsel.rules.permissions import Actor, Grant, check_grant

NUMBERED: Mapping[str, Any] = MappingProxyType({"order": Order, "invoice": Invoice, "credit_note": CreditNote})


def update_numbering(
    partner: Partner, actor: Actor, *, prefixes: Mapping[str, str] = MappingProxyType({}),
    starts: Mapping[str, int] = MappingProxyType({}),
) -> Partner:  # fmt: skip
    """Change what numbers begin with, by series; and with which number a series begins that has none yet.

    What exists keeps its number. A number is never given twice and none is left out, so a series that has begun goes
    on where it is: naming another start for it is Invalid.
    """
    check_grant(actor, Grant.SETTINGS_MANAGE)
    fields = Fields()
    named = {SERIES[code]: prefix_text(fields, SERIES[code], text) for code, text in prefixes.items()}
    begins = {SERIES[code]: fields.whole(f"{code}_start", start, 1, MAX_START) for code, start in starts.items()}
    fields.check()
    with working(partner, actor) as work:
        row = Partner.objects.select_for_update(no_key=True).get(id=partner.id)
        _check_apart(row, named)
        moved = {
            f"{series.code}_start": pair for series, start in begins.items() if (pair := _begin(work, series, start))
        }
        change(work, row, "partner.numbering_updated", {each.prefix_field: text for each, text in named.items()})
        if moved:
            work.record("partner.series_started", row, changes={"fields": sorted(moved), **moved})
    return row


def prefix_text(fields: Fields, series: Series, text: str) -> str:
    """What the numbers of a series are to begin with; complains where that would make two numbers alike."""
    prefix = fields.text(series.prefix_field, text, 12)
    complaint = prefix_complaint(prefix)
    if complaint:
        fields.complain(series.prefix_field, complaint)
    return prefix


def _check_apart(partner: Partner, named: Mapping[Series, str]) -> None:
    wanted = {code: named.get(series, str(getattr(partner, series.prefix_field))) for code, series in SERIES.items()}
    alike = [pair for pair in same_prefixes(wanted) if named.keys() & set(pair)]
    if alike:
        raise Invalid(
            message="Two series would begin alike, so that their numbers could be taken for each other.",
            errors=[
                FieldError(
                    (other if other in named else one).prefix_field,
                    f"“{one.label}” and “{other.label}” must not begin alike.",
                )
                for one, other in alike
            ],
        )


def _begin(work: Work, series: Series, start: int) -> list[int] | None:
    """Let an empty series begin with `start`; answers with what it would have begun with and what it does now, None
    where that is the same. Its counter is locked first, so that nobody takes a number meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO counters (partner_id, id, series, first, last) VALUES (%s, %s, %s, 1, 0) "
            "ON CONFLICT ON CONSTRAINT one_counter_per_series DO UPDATE SET last = counters.last "
            "RETURNING first, last",
            [work.partner.id, new_id(), series.code],
        )
        row = cursor.fetchone()
    assert row is not None
    first, last = int(row[0]), int(row[1])
    if start == last + 1:
        return None
    if last >= first or NUMBERED[series.code].objects.filter(number__isnull=False).exists():
        raise Invalid.at(
            f"{series.code}_start",
            f"{series.label} have numbers already, so the next one is {last + 1}: none is left out.",
        )
    Counter.objects.filter(series=series.code).update(first=start, last=start - 1)
    return [last + 1, start]

"""History: what happened, who did it, and what was said with it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from handsel.models import Event, EventPersonal, Member, Order, Partner
from handsel.reads.paging import DEFAULT_LIMIT, Page, page
from handsel.reads.visibility import own_id, sees_all_orders
from handsel.rules.permissions import Actor

_POWERS = {
    "clock": "Clock",
    "gateway": "Payment gateway",
    "link": "Customer",
    "vendor": "Vendor",
    "system": "Handsel",
}


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One event with the name of who acted. `personal` is empty where nothing personal was said or it was erased."""

    event: Event
    actor_name: str
    personal: dict[str, Any]


@dataclass(frozen=True, slots=True)
class EventFilters:
    type: str = ""
    order_id: uuid.UUID | None = None
    subject_id: uuid.UUID | None = None
    customer_id: uuid.UUID | None = None
    occurred_from: dt.datetime | None = None
    occurred_until: dt.datetime | None = None


def list_events(
    partner: Partner,
    actor: Actor,
    filters: EventFilters = EventFilters(),
    *,
    after: uuid.UUID | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[HistoryEntry]:
    """One page of what happened, newest first. Who does not see all orders sees the events of their own orders."""
    rows = Event.objects.all()
    if not sees_all_orders(actor):
        rows = rows.filter(order_id__in=Order.objects.filter(owner_id=own_id(actor)).values("id"))
    if filters.type:
        rows = rows.filter(type=filters.type)
    for name in ("order_id", "subject_id", "customer_id"):
        if (value := getattr(filters, name)) is not None:
            rows = rows.filter(**{name: value})
    if filters.occurred_from is not None:
        rows = rows.filter(occurred_at__gte=filters.occurred_from)
    if filters.occurred_until is not None:
        rows = rows.filter(occurred_at__lt=filters.occurred_until)
    return entries_page(partner, rows, after, limit)


def entries_page(partner: Partner, rows: QuerySet[Event], after: uuid.UUID | None, limit: int) -> Page[HistoryEntry]:
    found = page(rows, after, limit)
    return Page(entries(partner, found.rows), found.has_more, found.next_id)


def entries(partner: Partner, events: Sequence[Event]) -> list[HistoryEntry]:
    """The events with names and personal sides: two statements, however many there are."""
    if not events:
        return []
    said = dict(
        EventPersonal.objects.filter(event_id__in=[event.id for event in events]).values_list("event_id", "content")
    )
    members = {event.actor_id for event in events if event.actor_kind == "member"}
    named = Member.objects.filter(partner=partner, id__in=members).select_related("user") if members else ()
    names = {str(member.id): str(member.user) for member in named}
    return [
        HistoryEntry(
            event=event,
            actor_name=names.get(event.actor_id, "Former member")
            if event.actor_kind == "member"
            else _POWERS.get(event.actor_kind, event.actor_kind.capitalize()),
            personal=said.get(event.id, {}),
        )
        for event in events
    ]

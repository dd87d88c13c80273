"""What happened to an order's offers, for staff: one timeline for each, from sent and viewed to signed and paid."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from handsel.models import Event, Partner
from handsel.reads.history.events import HistoryEntry, entries
from handsel.reads.money.payments import PaymentView
from handsel.reads.sales.offer import SentOffer
from handsel.rules.offers import ClosedAs

MOST = 400
"""Events of one order's offers that are told; the oldest beyond are in its history."""

_TOLD = frozenset(
    {
        "offer.sent", "offer.opened", "offer.viewed", "offer.signed", "offer.locked", "offer.closed",
        "payment.action_required", "payment.clearing_started", "payment.outcome_lost", "payment.succeeded",
        "payment.declined", "payment.cancelled", "payment.captured_late",
    }
)  # fmt: skip


def offer_stories(
    partner: Partner, offers: Sequence[SentOffer], payments: Sequence[PaymentView]
) -> dict[uuid.UUID, list[HistoryEntry]]:
    """By offer, oldest first: its own events and those of the payments that were made by its link; that it was closed
    with the customer's yes is told by those. Three statements, however many offers there are; none where the order was
    never sent."""
    owners = {sent.offer.id: sent.offer.id for sent in offers}
    owners |= {view.payment.id: view.payment.offer_id for view in payments if view.payment.offer_id in owners}
    if not owners:
        return {}
    rows = Event.objects.filter(subject_id__in=owners, type__in=sorted(_TOLD)).order_by("-id")[:MOST]
    stories: dict[uuid.UUID, list[HistoryEntry]] = {sent.offer.id: [] for sent in offers}
    for entry in entries(partner, [row for row in rows if row.changes.get("as") != ClosedAs.APPROVED][::-1]):
        stories[owners[entry.event.subject_id]].append(entry)
    return stories

"""The sealer: events commit unsealed, and are chained soon after, so that no sale waits for another.

Per partner, position `n` holds SHA-256 over the previous hash and the event's canonical bytes. Any change, removal or
reordering of a sealed event breaks the chain from there on (RELIABILITY.md, I8).
"""

from __future__ import annotations

import hashlib
import json
import uuid

from handsel.flows.work import working
from handsel.models import Event, Partner, Seal, UnsealedEvent
from handsel.rules.permissions import SYSTEM

GENESIS = "0" * 64
BATCH = 500


def seal_events(partner: Partner) -> int:
    """Seal what waits, oldest first, at most `BATCH` events; answers how many were sealed."""
    with working(partner, SYSTEM) as work:
        # The partner's row is its sealers' lock: two of them would give the same position twice.
        Partner.objects.select_for_update(no_key=True).only("id").get(id=partner.id)
        waiting = list(UnsealedEvent.objects.select_related("event").order_by("event_id")[:BATCH])
        last = Seal.objects.order_by("-position").first()
        position, previous = (last.position, last.hash) if last else (0, GENESIS)
        seals = []
        for row in waiting:
            position += 1
            seal = Seal(
                partner_id=partner.id,
                position=position,
                event_id=row.event_id,
                previous=previous,
                hash=chained(previous, row.event),
                sealed_at=work.now,
            )
            seals.append(seal)
            previous = seal.hash
        Seal.objects.bulk_create(seals)
        UnsealedEvent.objects.filter(id__in=[row.id for row in waiting]).delete()
    return len(seals)


def chained(previous: str, event: Event) -> str:
    """The hash of one link: the previous hash and everything that the event says."""
    said = {
        "id": str(event.id),
        "partner": str(event.partner_id),
        "type": event.type,
        "occurred_at": event.occurred_at.isoformat(),
        "actor": [event.actor_kind, event.actor_id, event.role, event.source],
        "subject": [event.subject_kind, str(event.subject_id)],
        "order": _text(event.order_id),
        "customer": _text(event.customer_id),
        "changes": event.changes,
        "personal_digest": event.personal_digest,
    }
    canonical = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{previous}\n{canonical}".encode()).hexdigest()


def _text(value: uuid.UUID | None) -> str:
    return str(value) if value else ""

"""One unit of work: a durable transaction of one partner, by one actor, at one instant, with the events it leaves.

Events are gathered while the work is done and written with one insert before the commit, so a change and its event
stand or fall together. Nothing inside may ask a gateway, a vendor or a mail server.

Locks are taken in one order: customer, refund, payment, its debt (order or invoice), activation, subscription, billing
settings, gateway account, counter. All are FOR NO KEY UPDATE, so that the check of a foreign key never waits for one;
many rows of one table are locked in the order of their ids, or skipped where they are locked.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import secrets
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from handsel.database.ids import new_id
from handsel.database.tenancy import writing
from handsel.models import Event, EventPersonal, Partner
from handsel.models.people import now_of
from handsel.rules.permissions import Actor


@dataclass(slots=True)
class Work:
    """What a flow holds while its transaction is open. `now` is the partner's time, the same for all it writes."""

    partner: Partner
    actor: Actor
    now: dt.datetime
    events: list[Event] = field(default_factory=list)
    personal: list[EventPersonal] = field(default_factory=list)

    def record(
        self,
        event_type: str,
        subject: Any,
        *,
        changes: Mapping[str, Any] | None = None,
        personal: Mapping[str, Any] | None = None,
        actor: Actor | None = None,
    ) -> Event:
        """Note that something happened to `subject`. `changes` holds codes, ids and amounts; names, addresses and
        free text go into `personal`, which can be erased later while its salted digest stays in the chain."""
        actor = actor or self.actor
        event = Event(
            id=new_id(),
            partner_id=self.partner.id,
            type=event_type,
            occurred_at=self.now,
            actor_kind=actor.kind,
            actor_id=actor.id,
            role=actor.role or "",
            source=actor.source,
            subject_kind=event_type.partition(".")[0],
            subject_id=subject.id,
            order_id=subject.id if event_type.startswith("order.") else getattr(subject, "order_id", None),
            customer_id=getattr(subject, "customer_id", None),
            changes=dict(changes or {}),
        )
        if personal:
            salt = secrets.token_hex(16)
            event.personal_digest = personal_digest(salt, personal)
            self.personal.append(
                EventPersonal(partner_id=self.partner.id, event_id=event.id, salt=salt, content=dict(personal))
            )
        self.events.append(event)
        return event

    def flush(self) -> None:
        """Write what was gathered: one statement, two where something personal was said."""
        if self.events:
            Event.objects.bulk_create(self.events)
        if self.personal:
            EventPersonal.objects.bulk_create(self.personal)
        self.events, self.personal = [], []


def personal_digest(salt: str, content: Mapping[str, Any]) -> str:
    """SHA-256 over the salt and the canonical JSON of the personal side."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{salt}:{canonical}".encode()).hexdigest()


@contextlib.contextmanager
def working(partner: Partner, actor: Actor) -> Iterator[Work]:
    """Open the transaction; on leaving it, events are written and everything commits, or nothing does."""
    with writing(partner.id):
        work = Work(partner=partner, actor=actor, now=now_of(partner))
        yield work
        work.flush()


def partner_by_id(partner_id: uuid.UUID) -> Partner:
    """The tenant itself, for jobs that start from a row of its."""
    return Partner.objects.get(id=partner_id)

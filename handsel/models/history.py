"""What happened: events, and the seals that chain them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from handsel.database.tables import TenantForeignKey, TenantTable


class Event(TenantTable):
    """One change, written in the transaction that made it. Personal fields stand in `EventPersonal`, so that they
    can be erased while the chain, which covers their salted digests, still verifies."""

    prefix = "evt"
    append_only = True

    type = models.CharField(max_length=60)
    occurred_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=40, blank=True)
    role = models.CharField(max_length=20, blank=True)
    source = models.CharField(max_length=10)
    subject_kind = models.CharField(max_length=20)
    subject_id = models.UUIDField()
    order_id = models.UUIDField(null=True)
    customer_id = models.UUIDField(null=True)
    changes = models.JSONField(default=dict)  # codes, ids and amounts: nothing personal
    personal_digest = models.CharField(max_length=64, blank=True)  # of the personal side, with its salt

    class Meta(TenantTable.Meta):
        db_table = "events"
        indexes: ClassVar[list[Any]] = [
            models.Index(
                fields=["partner", "order_id", "id"],
                name="events_by_order",
                condition=models.Q(order_id__isnull=False),
            ),
            models.Index(fields=["partner", "subject_id", "id"], name="events_by_subject"),
        ]


class EventPersonal(TenantTable):
    """The personal side of an event: names, addresses, free text. Erased on request; the digest in the event stays."""

    event = TenantForeignKey(Event)
    salt = models.CharField(max_length=32)
    content = models.JSONField()

    class Meta(TenantTable.Meta):
        db_table = "event_personal"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["partner", "event"], name="one_personal_side_per_event")
        ]


class Seal(TenantTable):
    """One link of a partner's chain: SHA-256 over the previous hash and the event's canonical bytes."""

    append_only = True

    position = models.BigIntegerField()
    event = TenantForeignKey(Event)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta(TenantTable.Meta):
        db_table = "seals"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["partner", "position"], name="seal_position_once"),
            models.UniqueConstraint(fields=["partner", "event"], name="event_sealed_once"),
        ]


class UnsealedEvent(TenantTable):
    """An event that waits for its seal; written by a trigger beside the event, removed by the sealer."""

    event = TenantForeignKey(Event)

    class Meta(TenantTable.Meta):
        db_table = "unsealed_events"

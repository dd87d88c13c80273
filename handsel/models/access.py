"""How a request finds its partner, and what an API caller did before."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any, ClassVar

from django.db import models
from django.utils.timezone import now as real_now

from handsel.database.ids import new_id
from handsel.database.tables import TenantTable
from handsel.models.people import MemberKey, Partner


class Credential(models.Model):
    """The hash of a secret that a stranger may bring (API key, link token, address of gateway events) and whose row
    it opens. Global: a request finds its partner here. The secret itself is stored nowhere."""

    API_KEY, CHALLENGE_LINK, GATEWAY_EVENTS = "api_key", "challenge_link", "gateway_events"
    OFFER_LINK, INVITATION = "offer_link", "invitation"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    hash = models.CharField(max_length=64, unique=True)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    row_id = models.UUIDField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=real_now)

    class Meta:
        db_table = "credentials"
        indexes: ClassVar[list[Any]] = [models.Index(fields=["partner", "row_id"], name="credentials_by_row")]


def hash_secret(secret: str) -> str:
    """SHA-256 is enough here: these secrets are random, 128 bits and more, so there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_secret(prefix: str) -> str:
    """A fresh secret of 192 random bits, readable as to its kind: `hk_…`."""
    return f"{prefix}_{secrets.token_urlsafe(24)}"


class ApiKey(TenantTable):
    """A member's key for programs: may do what the member may do."""

    prefix = "key"

    member = MemberKey()
    name = models.CharField(max_length=100)
    starts_with = models.CharField(max_length=12)
    created_at = models.DateTimeField(default=real_now)
    revoked_at = models.DateTimeField(null=True)

    class Meta(TenantTable.Meta):
        db_table = "api_keys"


class IdempotencyRecord(TenantTable):
    """The first answer given under an Idempotency-Key. Its row is written in the flow's first transaction, with the
    thing that was made; the answer's bytes are added after."""

    key_hash = models.CharField(max_length=64)
    request_hash = models.CharField(max_length=64)
    member = MemberKey()
    path = models.CharField(max_length=300)
    subject_kind = models.CharField(max_length=20, blank=True)
    subject_id = models.UUIDField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    content_type = models.CharField(max_length=60, blank=True)
    body = models.BinaryField(null=True)
    created_at = models.DateTimeField(default=real_now)

    class Meta(TenantTable.Meta):
        db_table = "idempotency_records"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["partner", "key_hash"], name="idempotency_key_once")
        ]
        indexes: ClassVar[list[Any]] = [models.Index(fields=["created_at"], name="idempotency_by_age")]


class SearchWord(TenantTable):
    """One word under which a thing is found: read as word >= 'abc' AND word < 'abd', which uses the index under
    row-level security where LIKE would not."""

    word = models.CharField(max_length=60, db_collation="C")
    kind = models.CharField(max_length=10)
    row_id = models.UUIDField()

    class Meta(TenantTable.Meta):
        db_table = "search_words"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["partner", "kind", "word", "row_id"], name="search_word_once")
        ]
        indexes: ClassVar[list[Any]] = [models.Index(fields=["partner", "kind", "row_id"], name="search_words_by_row")]


class ClockAdvance(TenantTable):
    """One move of a test partner's clock, with how far it has come: what the progress bar reads."""

    from_at = models.DateTimeField()
    to_at = models.DateTimeField()
    reached_at = models.DateTimeField()
    ran = models.PositiveIntegerField(default=0)  # things that fell due and were done
    doing = models.CharField(max_length=100, blank=True)
    started_at = models.DateTimeField(default=real_now)
    finished_at = models.DateTimeField(null=True)

    class Meta(TenantTable.Meta):
        db_table = "clock_advances"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["partner"], condition=models.Q(finished_at__isnull=True), name="one_clock_advance_at_a_time"
            )
        ]

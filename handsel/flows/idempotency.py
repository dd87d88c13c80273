"""An API caller's Idempotency-Key, as flows see it: a row written in the first transaction, beside what was made."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db import IntegrityError

from handsel.models import IdempotencyRecord
from handsel.rules.errors import Refused


@dataclass(frozen=True, slots=True)
class Claim:
    """The key of one request, not yet written: who asked, for what, under which key (both as SHA-256)."""

    partner_id: uuid.UUID
    member_id: uuid.UUID
    key_hash: str
    request_hash: str
    path: str

    def remember(self, kind: str, subject_id: uuid.UUID) -> None:
        """Write the row in the open transaction: the act and its key stand or fall together.

        A second request that comes while the first is in this transaction waits for it at the unique index, and is
        then told that the first still runs; asked again, it gets the first one's answer.
        """
        try:
            IdempotencyRecord.objects.create(
                partner_id=self.partner_id,
                member_id=self.member_id,
                key_hash=self.key_hash,
                request_hash=self.request_hash,
                path=self.path,
                subject_kind=kind,
                subject_id=subject_id,
            )
        except IntegrityError as error:
            if "idempotency_key_once" not in str(error):
                raise
            raise Refused(
                "request_in_progress", "The first request with this key is still running; ask again shortly."
            ) from error

"""A form that makes something makes it once: it carries a word of its own, which the flow's transaction writes down.

The same table that keeps API callers' idempotency keys holds it, so a form sent twice, by an impatient finger or a
reloaded page, finds what the first one made.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid

from django.http import HttpRequest

from handsel.flows.idempotency import Claim
from handsel.models import IdempotencyRecord
from handsel.web.guards import Desk

FIELD = "once"


def new_word() -> str:
    """What a fresh form carries in its hidden field `once`."""
    return secrets.token_urlsafe(18)


def claim_of(request: HttpRequest, desk: Desk) -> Claim | None:
    """The claim of this form, None where it carries no word (then nothing is promised)."""
    word = request.POST.get(FIELD, "")
    if not word:
        return None
    return Claim(
        partner_id=desk.partner.id,
        member_id=desk.member.id,
        key_hash=_hash(desk, word),
        request_hash=hashlib.sha256(request.path.encode()).hexdigest(),
        path=request.path,
    )


def made_by(request: HttpRequest, desk: Desk) -> uuid.UUID | None:
    """What this very form made already, None if nothing. Read inside the partner's scope."""
    word = request.POST.get(FIELD, "")
    if not word:
        return None
    rows = IdempotencyRecord.objects.filter(key_hash=_hash(desk, word), path=request.path)
    found: uuid.UUID | None = rows.values_list("subject_id", flat=True).first()
    return found


def _hash(desk: Desk, word: str) -> str:
    return hashlib.sha256(f"console:{desk.member.id}:{word}".encode()).hexdigest()

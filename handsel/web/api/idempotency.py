"""Idempotency-Key: the first answer is given again for 24 hours, to the same request of the same member.

Where something is made or charged, the flow writes the key's row in its first transaction, beside what it made
(`flows.idempotency.Claim`); the answer's bytes are added here, after. So a crash between the two leaves a row without
bytes: for 60 seconds it means "still running", after that the answer is the thing's present state.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now as real_now

from handsel.database.tenancy import reading, writing
from handsel.flows.idempotency import Claim
from handsel.models import IdempotencyRecord
from handsel.rules.errors import Invalid, Refused
from handsel.web.guards import Desk

KEPT_FOR = dt.timedelta(hours=24)
STILL_RUNNING_FOR = dt.timedelta(seconds=60)
MAX_KEY_LENGTH = 255

Present = Callable[[Desk, IdempotencyRecord], HttpResponse]


def claim_of(request: HttpRequest, desk: Desk) -> Claim | None:
    """The key of this request; None where it has none. Raises Invalid for a key that is none."""
    key = request.headers.get("Idempotency-Key")
    if key is None or request.method != "POST":
        return None
    if not 0 < len(key) <= MAX_KEY_LENGTH or not key.isascii() or not key.isprintable():
        raise Invalid.at("Idempotency-Key", f"A key is 1 to {MAX_KEY_LENGTH} printable ASCII characters.")
    return Claim(
        partner_id=desk.partner.id,
        member_id=desk.member.id,
        # With the member in it, so that one member's key never meets another's.
        key_hash=hashlib.sha256(f"{desk.member.id}:{key}".encode()).hexdigest(),
        request_hash=_hash(_parts(request)),
        path=request.path[:300],
    )


def once(desk: Desk, claim: Claim, run: Callable[[], HttpResponse], present: Present) -> HttpResponse:
    """Run the request, or answer as it was answered before. Raises Invalid (`idempotency_mismatch`) for another
    request under the same key, Refused (`request_in_progress`) while the first still runs."""
    before = _known(claim)
    if before is not None:
        return _again(desk, claim, before, present)
    response = run()
    if not _is_kept(response):
        return response
    return _keep(desk, claim, response, present)


def _known(claim: Claim) -> IdempotencyRecord | None:
    with reading(claim.partner_id):
        row: IdempotencyRecord | None = IdempotencyRecord.objects.filter(key_hash=claim.key_hash).first()
    if row is not None and real_now() - row.created_at > KEPT_FOR:
        with writing(claim.partner_id):
            IdempotencyRecord.objects.filter(id=row.id).delete()
        return None
    return row


def _again(desk: Desk, claim: Claim, row: IdempotencyRecord, present: Present) -> HttpResponse:
    if row.request_hash != claim.request_hash:
        raise Invalid("idempotency_mismatch", "This idempotency key was used before with another request.")
    if row.body is not None:
        assert row.status is not None
        response = HttpResponse(bytes(row.body), status=row.status, content_type=row.content_type)
    elif real_now() - row.created_at < STILL_RUNNING_FOR:
        raise Refused("request_in_progress", "The first request with this key is still running; ask again shortly.")
    else:
        response = present(desk, row)
    response["Idempotent-Replayed"] = "true"
    return response


def _is_kept(response: HttpResponse) -> bool:
    """401, 429 and 5xx say nothing about the request itself, nor does "the first still runs"."""
    in_progress = response.status_code == 409 and b'"request_in_progress"' in response.content
    return response.status_code not in (401, 429) and response.status_code < 500 and not in_progress


def _keep(desk: Desk, claim: Claim, response: HttpResponse, present: Present) -> HttpResponse:
    """Put the bytes into the row that the flow wrote, or write a row where no flow did: what was refused made nothing.

    A refusal beside a row without bytes means that another request with this key is at work: this one lost.
    """
    bytes_of = {
        "status": response.status_code,
        "content_type": response["Content-Type"],
        "body": response.content,
    }
    refused = response.status_code >= 400
    with writing(claim.partner_id):
        rows = IdempotencyRecord.objects.filter(key_hash=claim.key_hash)
        if not refused and rows.filter(request_hash=claim.request_hash, body=None).update(**bytes_of):
            return response
        row = IdempotencyRecord(
            partner_id=claim.partner_id,
            key_hash=claim.key_hash,
            request_hash=claim.request_hash,
            member_id=claim.member_id,
            path=claim.path,
            **bytes_of,
        )
        IdempotencyRecord.objects.bulk_create([row], ignore_conflicts=True)
        kept: IdempotencyRecord = rows.get()
    return response if kept.id == row.id else _again(desk, claim, kept, present)


def _hash(parts: Iterator[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def _parts(request: HttpRequest) -> Iterator[bytes]:
    """What makes a request the same: method, address, and the body as it came. A form with files is taken apart,
    since its boundary differs at each try."""
    yield f"{request.method} {request.get_full_path()}".encode()
    if request.content_type != "multipart/form-data":
        yield request.body
        return
    for name in sorted(request.POST):
        yield from (f"{name}={value}".encode() for value in request.POST.getlist(name))
    for name in sorted(request.FILES):
        file = request.FILES[name]
        assert isinstance(file, UploadedFile)
        yield f"{name}: {file.name} {file.content_type}".encode()
        yield file.read()
        file.seek(0)

"""The evidence of a signature, in one canonical form whose SHA-256 stands in the signature's row, in its event and in
the certificate (DOMAIN.md section 4)."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Who signed what, how, when and from where. Hashes are SHA-256 in hexadecimal, instants are aware."""

    offer: str  # ofr_…
    order: str  # ord_…
    number: str
    revision: int
    document_sha256: str
    name: str
    email: str
    kind: str  # drawn or typed
    image_sha256: str  # of the drawing's PNG; empty where the name was typed
    consent: str
    agreed: tuple[str, ...]
    terms: dict[str, Any] | None  # {title, version, sha256}
    address: str
    user_agent: str
    sent_at: dt.datetime
    viewed_at: dt.datetime
    signed_at: dt.datetime

    def as_json(self) -> dict[str, Any]:
        return {
            name: value.astimezone(dt.UTC).isoformat() if isinstance(value, dt.datetime) else value
            for name, value in asdict(self).items()
        }

    @property
    def sha256(self) -> str:
        return hashlib.sha256(canonical(self.as_json())).hexdigest()


def canonical(value: Any) -> bytes:
    """JSON with sorted keys, without blanks, in UTF-8: equal values give equal bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

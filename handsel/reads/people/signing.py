"""The keys that sign a partner's documents, without the keys themselves."""

from __future__ import annotations

import uuid

from handsel.models import Partner, SigningKey
from handsel.rules.errors import NotFound


def signing_keys_of(partner: Partner) -> list[SigningKey]:
    """The one in use first, then the newest; what is encrypted in them is not read. One statement."""
    rows = SigningKey.objects.filter(partner=partner).defer("key_encrypted").order_by("-id")
    return sorted(rows, key=lambda key: key.retired_at is not None)


def signing_key_of(partner: Partner, key_id: uuid.UUID) -> SigningKey:
    """Raises NotFound."""
    found = SigningKey.objects.filter(partner=partner, id=key_id).defer("key_encrypted").first()
    if found is None:
        raise NotFound("not_found", "There is no such key.")
    return found

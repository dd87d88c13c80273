"""The people who work for a partner, and the keys of their programs."""

from __future__ import annotations

import uuid

from handsel.models import ApiKey, Member, Partner
from handsel.rules.errors import NotFound


def members_of(partner: Partner) -> list[Member]:
    """Every member with their sign-in, those at work first, then by name. One statement."""
    return list(
        Member.objects.filter(partner=partner).select_related("user").order_by("-is_active", "user__name", "id")
    )


def member_of(partner: Partner, member_id: uuid.UUID) -> Member:
    """Raises NotFound, also for another partner's member: members are global rows."""
    member = Member.objects.filter(partner=partner, id=member_id).select_related("user").first()
    if member is None:
        raise NotFound("not_found", "There is no such member.")
    return member


def api_keys_of(partner: Partner) -> list[ApiKey]:
    """Every key with whose it is, the working ones first, then the newest. One statement."""
    rows = ApiKey.objects.select_related("member__user").order_by("-id")
    return sorted(rows, key=lambda key: key.revoked_at is not None)


def memberships_of(user_id: uuid.UUID) -> list[Member]:
    """Where else this person works: every open membership, by the partner's name."""
    rows = Member.objects.filter(user_id=user_id, is_active=True).select_related("partner")
    return list(rows.order_by("partner__name", "id"))

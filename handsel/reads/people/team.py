"""The people who work for a partner, who is invited, and the keys of their programs."""

from __future__ import annotations

import uuid
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from handsel.models import ApiKey, Event, Invitation, Member, Partner
from handsel.rules.errors import NotFound

SECOND_STEPS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""What proves that somebody is there beside their password; recovery codes alone are only the way back to one."""


def has_second_step(user: str = "user_id") -> Exists:
    """An annotation of rows that name a user: whether this person has set up a second proof."""
    return Exists(Authenticator.objects.filter(user_id=OuterRef(user), type__in=SECOND_STEPS))


def people(partner: Partner) -> QuerySet[Member]:
    """The partner's members, each with `invited_until` (null: no open invitation), `never_joined` (was invited, and
    that is all) and `has_second_step`."""
    asked = Invitation.objects.filter(partner=partner, member_id=OuterRef("id"))
    unanswered = asked.filter(accepted_at=None, withdrawn_at=None)
    joined = asked.filter(accepted_at__isnull=False)
    return (
        Member.objects.filter(partner=partner)
        .select_related("user")
        .annotate(
            invited_until=Subquery(unanswered.values("expires_at")[:1]),
            never_joined=Exists(asked) & ~Exists(joined),
            has_second_step=has_second_step(),
        )
    )


def state_of(member: Any) -> str:
    """Where somebody of `people` stands: active, invited, withdrawn (never joined) or removed."""
    if member.is_active:
        return "active"
    if member.invited_until is not None:
        return "invited"
    return "withdrawn" if member.never_joined else "removed"


def members_of(partner: Partner) -> list[Member]:
    """Every member with their sign-in, those at work first, then by name. One statement."""
    return list(people(partner).order_by("-is_active", "user__name", "user__email", "id"))


def member_of(partner: Partner, member_id: uuid.UUID) -> Member:
    """Raises NotFound, also for another partner's member: members are global rows."""
    member = people(partner).filter(id=member_id).first()
    if member is None:
        raise NotFound("not_found", "There is no such member.")
    return member


def api_keys_of(partner: Partner) -> list[ApiKey]:
    """Every key with whose it is, the working ones first, then the newest. One statement."""
    rows = ApiKey.objects.select_related("member__user").order_by("-id")
    return sorted(rows, key=lambda key: key.revoked_at is not None)


def makers_of(partner: Partner, keys: list[ApiKey]) -> dict[uuid.UUID, str]:
    """Who made each key, by its event. Two statements; a key made from the command line has no member."""
    made = Event.objects.filter(subject_kind="api_key", type="api_key.created", subject_id__in=[key.id for key in keys])
    makers = dict(made.filter(actor_kind="member").values_list("subject_id", "actor_id"))
    team = Member.objects.filter(partner=partner, id__in=set(makers.values())).select_related("user")
    names = {str(member.id): str(member.user) for member in team}
    return {key_id: names.get(actor_id, "Former member") for key_id, actor_id in makers.items()}


def memberships_of(user_id: uuid.UUID) -> list[Member]:
    """Where else this person works: every open membership, by the partner's name."""
    rows = Member.objects.filter(user_id=user_id, is_active=True).select_related("partner")
    return list(rows.order_by("partner__name", "id"))

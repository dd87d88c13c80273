"""Mails to those who work for the partner, about that itself."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from types import MappingProxyType

from django.conf import settings

from handsel.flows.people.invitations import invitation_token
from handsel.messages.letter import Letter, writer
from handsel.messages.matters import Matters, Reader
from handsel.models import Event
from handsel.models.people import now_of
from handsel.rules.periods import local_date
from handsel.rules.permissions import ROLE_LABELS, Role


def _invited(matters: Matters, event: Event) -> list[Letter]:
    """Only the newest link, and only while it can be followed: a mail about any other would lead nowhere."""
    invitation = matters.invitations[uuid.UUID(event.changes["invitation"])]
    member = matters.members.get(invitation.member_id)
    newest = invitation.sends == event.changes["sends"]
    if member is None or not newest or not invitation.is_open(now_of(matters.partner)):
        return []
    reader = Reader(invitation.email, member.user.name, matters.partner.locale)
    write = writer("member_invited", reader, matters.partner.currency)
    values = {
        "inviter_name": matters.member_name(event.actor_id) or matters.partner.name,
        "role": ROLE_LABELS[Role(member.role)].lower(),
        "join_until": write.date(local_date(invitation.expires_at, matters.partner.timezone)),
        "join_url": f"{settings.BASE_URL}/invitations/{invitation_token(invitation)}",
    }
    return [Letter("member_invited", reader, values)]


PEOPLE_LETTERS: Mapping[str, Callable[[Matters, Event], list[Letter]]] = MappingProxyType(
    {"member.invited": _invited, "member.invitation_resent": _invited}
)

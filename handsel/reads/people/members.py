"""Who works for the partner."""

from __future__ import annotations

import uuid

from handsel.models import Member, Partner
from handsel.reads.paging import DEFAULT_LIMIT, Page, page
from handsel.reads.people.team import people
from handsel.rules.permissions import Actor, Grant, check_grant


def list_members(
    partner: Partner, actor: Actor, *, after: uuid.UUID | None = None, limit: int = DEFAULT_LIMIT
) -> Page[Member]:
    """One page of the members, newest first, with their users: one statement. Raises NotAllowed."""
    check_grant(actor, Grant.MEMBERS_MANAGE)
    return page(people(partner), after, limit)

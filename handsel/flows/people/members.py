"""The people who work for a partner, and what they may do."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from typing import Any, TypedDict

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from handsel.flows.changes import change
from handsel.flows.fields import Fields, once
from handsel.flows.idempotency import Claim
from handsel.flows.work import working
from handsel.models import Member, Partner, User
from handsel.rules.errors import Invalid, NotAllowed, NotFound, Refused
from handsel.rules.permissions import DEFAULT_GRANTS, Actor, Grant, Role, check_grant


class MemberChanges(TypedDict, total=False):
    """What may change of a member; a new role brings its default grants unless grants are named too."""

    role: str
    grants: Collection[str]
    is_active: bool


def create_member(
    partner: Partner,
    actor: Actor,
    *,
    email: str,
    name: str = "",
    role: str,
    password: str | None = None,
    grants: Collection[str] | None = None,
    claim: Claim | None = None,
) -> Member:
    """A person's place at this partner, with the role's grants unless others are named.

    Somebody who already signs in elsewhere keeps name and password: those are theirs, not the partner's. Nobody gives
    a grant they do not hold. Raises NotAllowed, Invalid (`duplicate`).
    """
    fields = Fields()
    email = fields.email("email", email)
    name = fields.text("name", name, 200)
    values = _values(fields, {"role": role} | ({} if grants is None else {"grants": grants}))
    fields.check()
    check_may_give(actor, values["grants"])
    with working(partner, actor) as work:
        user = User.objects.filter(email=email).first() or _new_user(email, name, password)
        member = Member(partner=partner, user=user, created_at=work.now, **values)
        if claim is not None:
            claim.remember("member", member.id)
        with once("one_membership_per_partner", Invalid.at("email", "This is a member already.", code="duplicate")):
            member.save(force_insert=True)
        work.record(
            "member.created",
            member,
            changes={"role": member.role, "grants": member.grants},
            personal={"email": email, "name": user.name},
        )
    return member


def update_member(partner: Partner, actor: Actor, member_id: uuid.UUID, changes: MemberChanges) -> Member:
    """Change role, grants or place. It holds at the member's next request. The last who manages members stays one
    (`in_use`). Raises NotAllowed, NotFound, Invalid, Refused."""
    fields = Fields()
    values = _values(fields, changes)
    fields.check()
    with working(partner, actor) as work:
        # All members are locked, in one order: of two who demote each other, one comes first.
        rows = Member.objects.filter(partner=partner).select_for_update(no_key=True).order_by("id")
        members = {row.id: row for row in rows}
        member = members.get(member_id)
        check_may_give(actor, values.get("grants", ()), had=member.grants if member else ())
        if member is None:
            raise NotFound("not_found", "There is no such member.")
        changed = change(work, member, "member.updated", values)
        if changed and not any(each.is_active and Grant.MEMBERS_MANAGE in each.grants for each in members.values()):
            raise Refused("in_use", "Somebody must be left who manages members.")
    return Member.objects.select_related("user").get(id=member.id)


def check_may_give(actor: Actor, grants: Collection[str], had: Collection[str] = ()) -> None:
    """Raises NotAllowed unless the actor manages members and holds every grant that is given or taken. Whoever has
    the server's shell may do it too."""
    if actor.kind == "system":
        return
    check_grant(actor, Grant.MEMBERS_MANAGE)
    if missing := {*grants, *had} - actor.grants:
        raise NotAllowed("not_allowed", f"You do not hold {', '.join(sorted(missing))} yourself.")


def member_for(partner: Partner, member_id: uuid.UUID) -> Member:
    """The partner's member, or NotFound. Members are global rows, so the partner is named."""
    member = Member.objects.select_related("user").filter(partner=partner, id=member_id).first()
    if member is None:
        raise NotFound("not_found", "There is no such member.")
    return member


def _new_user(email: str, name: str, password: str | None) -> User:
    if password is not None:
        try:
            validate_password(password, User(email=email, name=name))
        except ValidationError as error:
            raise Invalid.at("password", " ".join(error.messages)) from None
    with once("users_email", Refused("duplicate", "This person was just added by somebody else; try again.")):
        return User.objects.create_user(email, password, name=name)


def _values(fields: Fields, sent: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of what is named. Roles and grants are stored as plain text, grants sorted."""
    values: dict[str, Any] = {}
    if "role" in sent:
        values["role"] = fields.choice("role", sent["role"], [role.value for role in Role])
        if "grants" not in sent and values["role"] in {role.value for role in Role}:
            values["grants"] = sorted(grant.value for grant in DEFAULT_GRANTS[Role(values["role"])])
    if "grants" in sent:
        known = [grant.value for grant in Grant]
        values["grants"] = sorted({fields.choice("grants", grant, known) for grant in sent["grants"]})
    if "is_active" in sent:
        values["is_active"] = bool(sent["is_active"])
    return values

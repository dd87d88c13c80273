"""The people who work for a partner, and what they may do."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from typing import Any, TypedDict

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import F

from handsel.flows.changes import change
from handsel.flows.fields import Fields, once
from handsel.flows.idempotency import Claim
from handsel.flows.work import Work, working
from handsel.models import ApiKey, Credential, Invitation, Member, Partner, User
from handsel.rules.errors import FieldError, Invalid, NotAllowed, NotFound, Refused
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
    values = member_values(fields, {"role": role} | ({} if grants is None else {"grants": grants}))
    fields.check()
    check_may_give(actor, values["grants"])
    with working(partner, actor) as work:
        user = User.objects.filter(email=email).first() or new_user(email, name, password)
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
    """Change role, grants or place. It holds at the member's next request; who is removed keeps no session and no key.
    The last who manages members stays one (`in_use`). Raises NotAllowed, NotFound, Invalid, Refused."""
    fields = Fields()
    values = member_values(fields, changes)
    fields.check()
    with working(partner, actor) as work:
        # All members are locked, in one order: of two who demote each other, one comes first.
        rows = Member.objects.filter(partner=partner).select_for_update(no_key=True).order_by("id")
        members = {row.id: row for row in rows}
        member = members.get(member_id)
        check_may_give(actor, values.get("grants", ()), had=member.grants if member else ())
        if member is None:
            raise NotFound("not_found", "There is no such member.")
        stays = values.get("is_active", member.is_active)
        if stays and not member.is_active:
            _check_joined(member)
        event = "member.updated" if stays == member.is_active else "member.taken_back" if stays else "member.removed"
        changed = change(work, member, event, values)
        if changed and not any(each.is_active and Grant.MEMBERS_MANAGE in each.grants for each in members.values()):
            raise Refused("in_use", "Somebody must be left who manages members.")
        if event == "member.removed":
            _end_access(work, member)
        if event == "member.taken_back":
            _close_invitations(work, member)
    return Member.objects.select_related("user").get(id=member.id)


def check_may_give(actor: Actor, grants: Collection[str], had: Collection[str] = ()) -> None:
    """Raises NotAllowed unless the actor manages members and holds every grant that is given or taken. Whoever has
    the server's shell may do it too."""
    if actor.kind == "system":
        return
    check_grant(actor, Grant.MEMBERS_MANAGE)
    if missing := {*grants, *had} - actor.grants:
        raise NotAllowed("not_allowed", f"You do not hold {', '.join(sorted(missing))} yourself.")


def new_user(email: str, name: str, password: str | None) -> User:
    """Somebody who signed in nowhere yet; without a password they cannot, until they choose one."""
    if password is not None and (weak := weaknesses(password, User(email=email, name=name))):
        raise Invalid(message=weak[0].msg, errors=weak)
    with once("users_email", Refused("duplicate", "This person was just added by somebody else; try again.")):
        return User.objects.create_user(email, password, name=name)


def weaknesses(password: str, user: User) -> list[FieldError]:
    """What the password lacks, as a complaint about its field; none where it holds."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        return [FieldError("password", " ".join(error.messages))]
    return []


def _check_joined(member: Member) -> None:
    """Who was only ever invited becomes a member by their own answer, not by somebody else's click."""
    answers = Invitation.objects.filter(member_id=member.id).values_list("accepted_at", flat=True)
    if answers and not any(answers):
        raise Refused("action_not_allowed", "This person has not joined yet. Send them the invitation again.")


def _close_invitations(work: Work, member: Member) -> None:
    """Else who is taken back, and removed again, could still come in by an invitation of before."""
    rows = Invitation.objects.filter(member_id=member.id, accepted_at=None, withdrawn_at=None)
    ids = list(rows.values_list("id", flat=True))
    rows.update(withdrawn_at=work.now)
    links = Credential.objects.filter(partner=work.partner, kind=Credential.INVITATION, row_id__in=ids)
    links.filter(revoked_at=None).update(revoked_at=work.now)


def _end_access(work: Work, member: Member) -> None:
    """A removed member's keys open nothing any more, and who works nowhere else here is signed out everywhere."""
    keys = list(ApiKey.objects.select_for_update(no_key=True).filter(member_id=member.id, revoked_at=None))
    if keys:
        ids = [key.id for key in keys]
        ApiKey.objects.filter(id__in=ids).update(revoked_at=work.now)
        credentials = Credential.objects.filter(partner=work.partner, kind=Credential.API_KEY, row_id__in=ids)
        credentials.update(revoked_at=work.now)
        for key in keys:
            work.record("api_key.revoked", key, changes={"member": member.id.hex})
    if not Member.objects.filter(user_id=member.user_id, is_active=True).exists():
        User.objects.filter(id=member.user_id).update(sessions_ended=F("sessions_ended") + 1)


def member_values(fields: Fields, sent: Mapping[str, Any]) -> dict[str, Any]:
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

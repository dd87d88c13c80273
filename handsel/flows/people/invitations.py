"""Asking people by mail to work for a partner, and their answer.

Until the answer the membership is not active. The link is derived from the invitation and how often it was sent, so
that the mail can be written later while the database holds a hash; only the newest link works.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection

from handsel.database.ids import new_id
from handsel.database.secrets import link_token
from handsel.flows.fields import Fields, once
from handsel.flows.idempotency import Claim
from handsel.flows.people.members import check_may_give, member_values, new_user, weaknesses
from handsel.flows.work import Work, working
from handsel.models import Credential, Invitation, Member, Partner, User
from handsel.models.access import hash_secret
from handsel.rules.errors import Invalid, NotAllowed, NotFound, Refused
from handsel.rules.permissions import SYSTEM, Actor

VALID = dt.timedelta(days=7)
_INVITED_ALREADY = "This person is invited already. Send the invitation again."


def invite_member(
    partner: Partner,
    actor: Actor,
    *,
    email: str,
    name: str = "",
    role: str,
    grants: Collection[str] | None = None,
    claim: Claim | None = None,
) -> Invitation:
    """Ask somebody to join, with the role's grants unless others are named; the mail is written from the event.

    Who was removed, or whose invitation was withdrawn, can be asked again. Nobody gives a grant they do not hold.
    Raises NotAllowed, Invalid (`duplicate`).
    """
    fields = Fields()
    email = fields.email("email", email)
    name = fields.text("name", name, 200)
    values = member_values(fields, {"role": role} | ({} if grants is None else {"grants": grants}))
    fields.check()
    check_may_give(actor, values["grants"])
    with working(partner, actor) as work:
        user = User.objects.filter(email=email).first() or new_user(email, name, None)
        member = _place(work, user, values)
        if claim is not None:
            claim.remember("member", member.id)
        invitation = Invitation(
            id=new_id(),
            partner_id=partner.id,
            member=member,
            email=email,
            invited_by_id=uuid.UUID(actor.id) if actor.kind == "member" else None,
            sent_at=work.now,
            expires_at=work.now + VALID,
        )
        with once("one_open_invitation", Invalid.at("email", _INVITED_ALREADY, code="duplicate")):
            invitation.save(force_insert=True)
        _save_link(invitation)
        said = {"role": member.role, "grants": member.grants, "invitation": invitation.id.hex, "sends": 1}
        work.record("member.invited", member, changes=said, personal={"email": email, "name": user.name or name})
    return invitation


def resend_invitation(partner: Partner, actor: Actor, member_id: uuid.UUID) -> Invitation:
    """A new link, good for another week; older ones stop working. Raises NotAllowed, NotFound, Refused."""
    with working(partner, actor) as work:
        member, invitation = _unanswered(work, member_id)
        check_may_give(actor, member.grants)
        _revoke_links(work, invitation)
        invitation.sends += 1
        invitation.sent_at, invitation.expires_at = work.now, work.now + VALID
        invitation.save(update_fields=["sends", "sent_at", "expires_at"])
        _save_link(invitation)
        said = {"invitation": invitation.id.hex, "sends": invitation.sends}
        work.record("member.invitation_resent", member, changes=said)
    return invitation


def withdraw_invitation(partner: Partner, actor: Actor, member_id: uuid.UUID) -> Invitation:
    """The link does nothing any more. Raises NotAllowed, NotFound, Refused."""
    with working(partner, actor) as work:
        member, invitation = _unanswered(work, member_id)
        check_may_give(actor, (), had=member.grants)
        _revoke_links(work, invitation)
        invitation.withdrawn_at = work.now
        invitation.save(update_fields=["withdrawn_at"])
        work.record("member.invitation_withdrawn", member, changes={"invitation": invitation.id.hex})
    return invitation


def join_as_new(partner: Partner, token: str, *, name: str, password: str) -> Member:
    """The answer of somebody who has no password here: they choose name and password, and are a member.

    That the link came to their address is the proof that it is theirs, as when a forgotten password is mended. Raises
    Invalid, Refused (`invitation_over`), NotAllowed for somebody who signs in here already.
    """
    fields = Fields()
    with working(partner, SYSTEM) as work:
        member, invitation = _invited_by(work, token)
        user = User.objects.select_for_update(no_key=True).get(id=member.user_id)
        if user.has_usable_password():
            raise NotAllowed("not_allowed", f"{user.email} signs in here already. Sign in to join.")
        user.name = fields.text("name", name, 200, needed=True)
        fields.errors += weaknesses(password, user)
        fields.check()
        user.set_password(password)
        user.save(update_fields=["name", "password"])
        _join(work, member, invitation)
    member.user = user
    return member


def join_as(partner: Partner, token: str, user_id: uuid.UUID) -> Member:
    """The answer of somebody who has signed in: the invitation must be theirs. Raises Refused, NotAllowed."""
    with working(partner, SYSTEM) as work:
        member, invitation = _invited_by(work, token)
        if member.user_id != user_id:
            raise NotAllowed("not_allowed", "This invitation is for somebody else.")
        _join(work, member, invitation)
    return member


def invitation_token(invitation: Invitation) -> str:
    """The secret of the newest link."""
    return link_token(Credential.INVITATION, f"{invitation.id}:{invitation.sends}")


def _place(work: Work, user: User, values: dict[str, object]) -> Member:
    """The membership that the invitation is for: a new one, or one that is not active, with what is given now."""
    member = Member.objects.select_for_update(no_key=True).filter(partner=work.partner, user=user).first()
    duplicate = Invalid.at("email", "This is a member already.", code="duplicate")
    if member is None:
        member = Member(partner=work.partner, user=user, is_active=False, created_at=work.now, **values)
        with once("one_membership_per_partner", duplicate):
            member.save(force_insert=True)
        return member
    if member.is_active:
        raise duplicate
    for field, value in values.items():
        setattr(member, field, value)
    member.save(update_fields=[*values])
    return member


def _unanswered(work: Work, member_id: uuid.UUID) -> tuple[Member, Invitation]:
    rows = Member.objects.select_for_update(no_key=True, of=("self",)).select_related("user")
    member = rows.filter(partner=work.partner, id=member_id).first()
    if member is None:
        raise NotFound("not_found", "There is no such member.")
    open_ones = Invitation.objects.select_for_update(no_key=True).filter(accepted_at=None, withdrawn_at=None)
    invitation: Invitation | None = open_ones.filter(member_id=member.id).first()
    if invitation is None:
        raise Refused("invitation_over", f"{member.user} has no open invitation.")
    return member, invitation


def _invited_by(work: Work, token: str) -> tuple[Member, Invitation]:
    """Whom this link invites, locked; a link that is not the newest, or over, invites nobody."""
    known = Credential.objects.filter(hash=hash_secret(token), kind=Credential.INVITATION, partner=work.partner)
    credential = known.first()
    if credential is None:
        raise NotFound
    # The membership is locked before its invitation, as everywhere.
    member_id = Invitation.objects.values_list("member_id", flat=True).get(id=credential.row_id)
    member = Member.objects.select_for_update(no_key=True, of=("self",)).select_related("user").get(id=member_id)
    invitation: Invitation = Invitation.objects.select_for_update(no_key=True).get(id=credential.row_id)
    if invitation_token(invitation) != token or not invitation.is_open(work.now):
        raise Refused("invitation_over", "This invitation is over. Ask for a new one.")
    return member, invitation


def _join(work: Work, member: Member, invitation: Invitation) -> None:
    invitation.accepted_at = work.now
    invitation.save(update_fields=["accepted_at"])
    _revoke_links(work, invitation)
    member.is_active = True
    member.save(update_fields=["is_active"])
    said = {"invitation": invitation.id.hex}
    work.record("member.joined", member, changes=said, actor=member.actor("console"))


def _save_link(invitation: Invitation) -> None:
    # It ends with the invitation, in the partner's time, or when it is revoked.
    Credential(
        hash=hash_secret(invitation_token(invitation)),
        partner_id=invitation.partner_id,
        kind=Credential.INVITATION,
        row_id=invitation.id,
    ).save(force_insert=True)


def _revoke_links(work: Work, invitation: Invitation) -> None:
    rows = Credential.objects.filter(partner=work.partner, kind=Credential.INVITATION, row_id=invitation.id)
    rows.filter(revoked_at=None).update(revoked_at=work.now)

"""What the page under an invitation's link says."""

from __future__ import annotations

from dataclasses import dataclass

from handsel.database.tenancy import reading
from handsel.models import Credential, Invitation, Partner, User
from handsel.models.access import hash_secret
from handsel.models.people import now_of


@dataclass(frozen=True, slots=True)
class InvitationPage:
    """`over` is empty while the invitation can be accepted, else: accepted, withdrawn, replaced or expired."""

    partner: Partner
    invitation: Invitation
    user: User
    inviter: str
    over: str

    @property
    def is_new(self) -> bool:
        """Whether the person has no password here yet, and chooses one now."""
        return not self.user.has_usable_password()


def invitation_page(token: str) -> InvitationPage | None:
    """What a secret opens, also once it is over; None for one that never was. Two statements."""
    rows = Credential.objects.select_related("partner").filter(kind=Credential.INVITATION)
    credential = rows.filter(hash=hash_secret(token)).first()
    if credential is None:
        return None
    partner = credential.partner
    with reading(partner.id):
        people = Invitation.objects.select_related("member__user", "invited_by__user")
        invitation: Invitation = people.get(id=credential.row_id)
    inviter = str(invitation.invited_by) if invitation.invited_by else partner.name
    return InvitationPage(partner, invitation, invitation.member.user, inviter, _over(credential, invitation, partner))


def _over(credential: Credential, invitation: Invitation, partner: Partner) -> str:
    if invitation.accepted_at is not None:
        return "accepted"
    if invitation.withdrawn_at is not None:
        return "withdrawn"
    if credential.revoked_at is not None:
        return "replaced"
    return "" if invitation.is_open(now_of(partner)) else "expired"

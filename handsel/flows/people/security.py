"""How a partner's members sign in."""

from __future__ import annotations

from allauth.mfa.models import Authenticator

from handsel.flows.changes import change
from handsel.flows.work import working
from handsel.models import Member, Partner
from handsel.rules.errors import Refused
from handsel.rules.permissions import Actor, Grant, check_grant


def require_two_factor(partner: Partner, actor: Actor, required: bool) -> bool:
    """Whether every member needs a second proof in the console, from their next request on. Answers whether that
    changed. Raises NotAllowed, and Refused (`two_factor_missing`) where who asks for it has none: they would lock
    themselves out, and ask of others what they do not do."""
    check_grant(actor, Grant.SETTINGS_MANAGE)
    with working(partner, actor) as work:
        row = Partner.objects.select_for_update(no_key=True).get(id=partner.id)
        if required and not row.requires_two_factor and not _has_second_proof(actor):
            raise Refused("two_factor_missing", "Set up two-factor authentication for yourself first.")
        changed = change(work, row, "partner.security_updated", {"requires_two_factor": required})
    partner.requires_two_factor = required
    return bool(changed)


def _has_second_proof(actor: Actor) -> bool:
    """Recovery codes are no proof of their own, only the way back to one."""
    if actor.kind != "member":
        return False
    proofs = Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES)
    found: bool = proofs.filter(user_id__in=Member.objects.filter(id=actor.id).values("user_id")).exists()
    return found

"""Keys for programs. A key may do what its member may do."""

from __future__ import annotations

import uuid

from handsel.flows.fields import Fields
from handsel.flows.idempotency import Claim
from handsel.flows.people.members import check_may_give
from handsel.flows.work import working
from handsel.models import ApiKey, Credential, Member, Partner
from handsel.models.access import hash_secret, new_secret
from handsel.rules.errors import NotFound
from handsel.rules.permissions import Actor


def create_api_key(
    partner: Partner, actor: Actor, member: Member, name: str, claim: Claim | None = None
) -> tuple[ApiKey, str]:
    """A new key of a member's: one's own, or by whoever manages members and holds all that this member may.

    The secret is answered here and never again; the database keeps its hash. Raises NotAllowed, Invalid.
    """
    assert member.partner_id == partner.id
    if actor.id != str(member.id):
        check_may_give(actor, member.grants)
    fields = Fields()
    name = fields.text("name", name, 100, needed=True)
    fields.check()
    secret = new_secret("hk")
    with working(partner, actor) as work:
        key = ApiKey(partner_id=partner.id, member=member, name=name, starts_with=secret[:9], created_at=work.now)
        if claim is not None:
            claim.remember("api_key", key.id)
        key.save(force_insert=True)
        Credential(hash=hash_secret(secret), partner_id=partner.id, kind=Credential.API_KEY, row_id=key.id).save(
            force_insert=True
        )
        work.record("api_key.created", key, changes={"member": member.id.hex}, personal={"name": name})
    return key, secret


def revoke_api_key(partner: Partner, actor: Actor, key_id: uuid.UUID) -> ApiKey:
    """The key opens nothing any more, from the next request on; doing it twice changes nothing."""
    with working(partner, actor) as work:
        key: ApiKey | None = ApiKey.objects.select_for_update(no_key=True).filter(id=key_id).first()
        if key is None:
            raise NotFound("not_found", "There is no such API key.")
        if actor.id != str(key.member_id):
            check_may_give(actor, ())
        if key.revoked_at is None:
            key.revoked_at = work.now
            key.save(update_fields=["revoked_at"])
            Credential.objects.filter(partner=partner, kind=Credential.API_KEY, row_id=key.id).update(
                revoked_at=work.now
            )
            work.record("api_key.revoked", key)
    return key

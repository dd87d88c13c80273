"""Whoever is removed keeps nothing that opens a door: no session, no key."""

from __future__ import annotations

from handsel.database.tenancy import reading
from handsel.flows.people.api_keys import create_api_key
from handsel.flows.people.members import create_member, update_member
from handsel.models import ApiKey, Credential, Member, Partner, User
from handsel.models.access import hash_secret
from handsel.rules.permissions import SYSTEM
from tests.cast import acting, event_types, make_partner


def test_a_removed_members_keys_are_revoked_with_them_and_stay_so(partner: Partner, alice: Member, bob: Member) -> None:
    key, secret = create_api_key(partner, acting(bob), bob, "till")
    hers, _ = create_api_key(partner, acting(alice), alice, "hers")
    update_member(partner, acting(alice), bob.id, {"is_active": False})
    with reading(partner.id):
        assert ApiKey.objects.get(id=key.id).revoked_at is not None
        assert ApiKey.objects.get(id=hers.id).revoked_at is None
    assert Credential.objects.get(hash=hash_secret(secret)).revoked_at is not None
    assert event_types(partner, key.id) == ["api_key.created", "api_key.revoked"]
    assert event_types(partner, bob.id)[-1] == "member.removed"
    update_member(partner, acting(alice), bob.id, {"is_active": True})
    assert Credential.objects.get(hash=hash_secret(secret)).revoked_at is not None
    assert event_types(partner, bob.id)[-1] == "member.taken_back"


def test_who_works_nowhere_else_is_signed_out_everywhere(partner: Partner, alice: Member, bob: Member) -> None:
    before = bob.user.get_session_auth_hash()
    update_member(partner, acting(alice), bob.id, {"is_active": False})
    assert User.objects.get(id=bob.user_id).get_session_auth_hash() != before


def test_who_works_elsewhere_too_stays_signed_in_there(partner: Partner, alice: Member, bob: Member) -> None:
    create_member(make_partner(), SYSTEM, email=bob.user.email, role="salesperson")
    before = bob.user.get_session_auth_hash()
    update_member(partner, acting(alice), bob.id, {"is_active": False})
    assert User.objects.get(id=bob.user_id).get_session_auth_hash() == before


def test_a_demotion_alone_signs_nobody_out(partner: Partner, alice: Member, bob: Member) -> None:
    before = bob.user.get_session_auth_hash()
    update_member(partner, acting(alice), bob.id, {"grants": ["orders.create"]})
    assert User.objects.get(id=bob.user_id).get_session_auth_hash() == before

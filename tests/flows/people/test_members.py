from __future__ import annotations

import pytest
from django.contrib.auth.hashers import check_password

from handsel.database.secrets import decrypt
from handsel.database.tenancy import reading
from handsel.flows.money.account_rows import gateway_events_path
from handsel.flows.people.api_keys import create_api_key, revoke_api_key
from handsel.flows.people.members import create_member, update_member
from handsel.flows.people.partners import create_partner, update_order_settings, update_partner
from handsel.models import ApiKey, Credential, GatewayAccount, Member, Partner, User
from handsel.models.access import hash_secret
from handsel.rules.errors import Invalid, NotAllowed, NotFound, Refused
from handsel.rules.permissions import DEFAULT_GRANTS, SYSTEM, Role
from tests.cast import PASSWORD, acting, event_types, make_member, make_partner, unique


def test_a_test_partner_has_the_sandbox_and_its_keys_are_not_stored_in_the_clear(
    partner: Partner,
) -> None:
    with reading(partner.id):
        account = GatewayAccount.objects.get()
    assert account.name == "sandbox"
    assert "sk_test" not in account.secret_key_encrypted
    assert decrypt(account.secret_key_encrypted).startswith("sk_test")
    _, name, shown, _ = gateway_events_path(account).strip("/").split("/")
    credential = Credential.objects.get(hash=hash_secret(shown))
    assert (name, credential.partner_id, credential.row_id, credential.kind) == (
        "sandbox", partner.id, account.id, "gateway_events",
    )  # fmt: skip


def test_a_live_partner_has_no_sandbox() -> None:
    live = make_partner(mode="live")
    with reading(live.id):
        assert not GatewayAccount.objects.exists()


def test_a_slug_is_one_partners() -> None:
    slug = unique("acme")
    create_partner(slug=slug, details={"name": "Acme"})
    with pytest.raises(Invalid) as caught:
        create_partner(slug=slug, details={"name": "Acme again"})
    assert caught.value.code == "duplicate"
    with pytest.raises(Invalid):
        create_partner(slug="no spaces", details={"name": "Acme"})


def test_a_partner_changes_what_it_says_about_itself(partner: Partner, alice: Member, bob: Member) -> None:
    after = update_partner(partner, acting(alice), {"accent": "#AABBCC", "address": {"city": "Tacoma"}})
    assert (after.accent, after.city, after.line1) == ("#aabbcc", "Tacoma", partner.line1)
    with pytest.raises(NotAllowed):
        update_partner(partner, acting(bob), {"name": "Bob's"})
    with pytest.raises(Invalid):
        update_partner(partner, acting(alice), {"accent": "red"})


def test_order_settings_change_one_by_one(partner: Partner, alice: Member, bob: Member) -> None:
    after = update_order_settings(partner, acting(alice), {"salespeople_can_charge": False, "offer_valid_days": 7})
    assert not after.salespeople_can_charge
    assert (after.offer_valid_days, after.salespeople_can_submit_to_admin) == (7, True)
    assert Partner.objects.get(id=partner.id).settings() == after
    assert event_types(partner, partner.id)[-1] == "partner.order_settings_updated"
    with pytest.raises(NotAllowed):
        update_order_settings(partner, acting(bob), {"salespeople_can_charge": True})
    with pytest.raises(Invalid):
        update_order_settings(partner, acting(alice), {"offer_valid_days": 0})


def test_payment_on_approval_needs_approval(partner: Partner, alice: Member) -> None:
    with pytest.raises(Invalid) as caught:
        update_order_settings(partner, acting(alice), {"salespeople_can_send_for_customer_approval": False})
    assert [error.loc for error in caught.value.errors] == ["customer_approval_can_accept_payment"]


def test_a_member_has_the_roles_grants_and_a_password(partner: Partner, alice: Member) -> None:
    email = f"{unique('Eve')}@Example.com"
    member = create_member(partner, acting(alice), email=email, name="Eve", role="salesperson", password=PASSWORD)
    assert member.grants == sorted(DEFAULT_GRANTS[Role.SALESPERSON])
    assert check_password(PASSWORD, User.objects.get(email=email.lower()).password)
    with pytest.raises(Invalid) as caught:
        create_member(partner, acting(alice), email=email, role="admin")
    assert caught.value.code == "duplicate"


@pytest.mark.parametrize(
    ("fields", "loc"),
    [
        ({"password": "short"}, "password"),
        ({"role": "owner"}, "role"),
        ({"grants": ["orders.everything"]}, "grants"),
        ({"email": "eve"}, "email"),
    ],
)
def test_a_member_that_makes_no_sense_is_refused(
    partner: Partner, alice: Member, fields: dict[str, object], loc: str
) -> None:
    given = {"email": f"{unique('eve')}@example.com", "role": "salesperson", **fields}
    with pytest.raises(Invalid) as caught:
        create_member(partner, acting(alice), **given)  # type: ignore[arg-type]
    assert [error.loc for error in caught.value.errors] == [loc]


def test_who_signs_in_elsewhere_keeps_name_and_password(charlie: Member, partner: Partner, alice: Member) -> None:
    member = create_member(
        partner, acting(alice), email=charlie.user.email, name="Other", role="salesperson", password="another-phrase-1"
    )
    assert member.user_id == charlie.user_id
    user = User.objects.get(id=charlie.user_id)
    assert user.name == "Charlie"
    assert check_password(PASSWORD, user.password)


def test_nobody_gives_or_takes_what_they_do_not_hold(partner: Partner, alice: Member, bob: Member) -> None:
    clerk = make_member(partner, "Clark", "salesperson", grants=["members.manage", "orders.create"])
    with pytest.raises(NotAllowed):
        update_member(partner, acting(clerk), clerk.id, {"role": "admin"})
    with pytest.raises(NotAllowed):
        update_member(partner, acting(clerk), alice.id, {"is_active": False})
    with pytest.raises(NotAllowed):
        create_api_key(partner, acting(clerk), alice, "stolen")
    with pytest.raises(NotAllowed):
        update_member(partner, acting(bob), bob.id, {"grants": ["orders.create"]})
    assert update_member(partner, acting(alice), bob.id, {"grants": ["orders.create"]}).grants == ["orders.create"]


def test_somebody_is_left_who_manages_members(partner: Partner, alice: Member) -> None:
    with pytest.raises(Refused) as caught:
        update_member(partner, acting(alice), alice.id, {"role": "salesperson"})
    assert caught.value.code == "in_use"
    make_member(partner, "Ann", "admin")
    assert update_member(partner, acting(alice), alice.id, {"role": "salesperson"}).role == "salesperson"


def test_another_partners_member_does_not_exist(partner: Partner, alice: Member, charlie: Member) -> None:
    with pytest.raises(NotFound):
        update_member(partner, acting(alice), charlie.id, {"is_active": False})


def test_a_key_is_shown_once_and_opens_its_row_until_revoked(partner: Partner, bob: Member) -> None:
    key, secret = create_api_key(partner, acting(bob), bob, "till")
    assert secret.startswith("hk_")
    credential = Credential.objects.get(hash=hash_secret(secret))
    assert (credential.row_id, credential.partner_id, credential.revoked_at) == (key.id, partner.id, None)
    with reading(partner.id):
        kept = ApiKey.objects.get(id=key.id)
    assert secret.startswith(kept.starts_with)
    assert len(kept.starts_with) < 13
    revoke_api_key(partner, acting(bob), key.id)
    revoke_api_key(partner, acting(bob), key.id)
    credential.refresh_from_db()
    assert credential.revoked_at is not None
    assert event_types(partner, key.id) == ["api_key.created", "api_key.revoked"]


def test_the_command_line_makes_keys_for_members(partner: Partner, bob: Member) -> None:
    assert create_api_key(partner, SYSTEM, bob, "cli")[1]


def test_others_do_not_revoke_a_key(partner: Partner, alice: Member, bob: Member, charlie: Member) -> None:
    key, _ = create_api_key(partner, acting(alice), alice, "hers")
    with pytest.raises(NotAllowed):
        revoke_api_key(partner, acting(bob), key.id)
    with pytest.raises(NotFound):
        revoke_api_key(charlie.partner, acting(charlie), key.id)

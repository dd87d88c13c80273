"""Asking somebody to join: one link at a time, a week long, and nothing before they accept."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.contrib.auth.hashers import check_password
from django.db import connection

from handsel.database.secrets import link_token
from handsel.database.tenancy import reading
from handsel.flows.clock import advance_clock
from handsel.flows.people.invitations import (
    VALID,
    invitation_token,
    invite_member,
    join_as,
    join_as_new,
    resend_invitation,
    withdraw_invitation,
)
from handsel.flows.people.members import update_member
from handsel.flows.work import partner_by_id
from handsel.models import Credential, Event, Invitation, Member, Partner, User
from handsel.models.access import hash_secret
from handsel.models.people import now_of
from handsel.rules.errors import Invalid, NotAllowed, NotFound, Refused
from handsel.rules.permissions import DEFAULT_GRANTS, Role
from tests.cast import PASSWORD, acting, event_types, make_member, make_partner, unique

CHOSEN = {"name": "Eve Adams", "password": "another-long-phrase"}


@pytest.fixture
def eve(partner: Partner, alice: Member) -> Invitation:
    """Eve, who signs in nowhere yet, is invited by Alice."""
    email = f"{unique('eve')}@example.com"
    return invite_member(partner, acting(alice), email=email, name="Eve", role="salesperson")


def read_member(invitation: Invitation) -> Member:
    return Member.objects.select_related("user").get(id=invitation.member_id)


def test_who_is_invited_is_no_member_before_they_accept(partner: Partner, eve: Invitation) -> None:
    member = read_member(eve)
    assert not member.is_active
    assert not member.user.has_usable_password()
    assert member.grants == sorted(DEFAULT_GRANTS[Role.SALESPERSON])
    assert abs(eve.expires_at - eve.sent_at - VALID) < dt.timedelta(seconds=1)
    assert event_types(partner, member.id) == ["member.invited"]


def test_the_database_holds_the_links_hash_alone(partner: Partner, eve: Invitation) -> None:
    token = invitation_token(eve)
    credential = Credential.objects.get(row_id=eve.id)
    assert (credential.hash, credential.kind, credential.partner_id) == (hash_secret(token), "invitation", partner.id)
    assert len(token.removeprefix("lk_")) * 6 >= 128
    with reading(partner.id):
        assert token not in str(list(Invitation.objects.values())) + str(list(Event.objects.values()))


def test_a_new_person_chooses_name_and_password_and_is_a_member(partner: Partner, eve: Invitation) -> None:
    member = join_as_new(partner, invitation_token(eve), **CHOSEN)
    kept = read_member(eve)
    assert (kept.id, kept.is_active, kept.user.name) == (member.id, True, "Eve Adams")
    assert check_password(CHOSEN["password"], kept.user.password)
    assert event_types(partner, member.id) == ["member.invited", "member.joined"]
    with reading(partner.id):
        joined = Event.objects.get(subject_id=member.id, type="member.joined")
    assert (joined.actor_kind, joined.actor_id) == ("member", str(member.id))


@pytest.mark.parametrize(
    ("changed", "locs"),
    [
        ({"name": " "}, ["name"]),
        ({"name": "4242 4242 4242 4242"}, ["name"]),
        ({"password": "short"}, ["password"]),
        ({"password": ""}, ["password"]),
        ({"name": "", "password": "short"}, ["name", "password"]),
    ],
)
def test_what_a_new_person_chooses_must_hold(
    partner: Partner, eve: Invitation, changed: dict[str, str], locs: list[str]
) -> None:
    with pytest.raises(Invalid) as caught:
        join_as_new(partner, invitation_token(eve), **{**CHOSEN, **changed})
    assert [error.loc for error in caught.value.errors] == locs
    assert not read_member(eve).is_active
    assert join_as_new(partner, invitation_token(eve), **CHOSEN).is_active


def test_a_link_is_accepted_once(partner: Partner, eve: Invitation) -> None:
    join_as_new(partner, invitation_token(eve), **CHOSEN)
    with pytest.raises(Refused) as caught:
        join_as_new(partner, invitation_token(eve), name="Mallory", password="a-thief-chooses-this")
    assert caught.value.code == "invitation_over"
    assert check_password(CHOSEN["password"], read_member(eve).user.password)


def test_of_two_who_accept_at_once_one_does(partner: Partner, eve: Invitation) -> None:
    outcomes: list[str] = []

    def accept(name: str) -> None:
        try:
            join_as_new(partner, invitation_token(eve), name=name, password=CHOSEN["password"])
            outcomes.append("joined")
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=accept, args=(name,)) for name in ("First", "Second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(outcomes) == ["invitation_over", "joined"]
    assert event_types(partner, eve.member_id).count("member.joined") == 1


def test_a_link_that_is_sent_anew_replaces_the_one_before(partner: Partner, alice: Member, eve: Invitation) -> None:
    old = invitation_token(eve)
    again = resend_invitation(partner, acting(alice), eve.member_id)
    with pytest.raises(Refused) as caught:
        join_as_new(partner, old, **CHOSEN)
    assert caught.value.code == "invitation_over"
    assert Credential.objects.get(hash=hash_secret(old)).revoked_at is not None
    assert join_as_new(partner, invitation_token(again), **CHOSEN).is_active
    assert event_types(partner, eve.member_id) == ["member.invited", "member.invitation_resent", "member.joined"]


def test_a_withdrawn_invitation_does_nothing_and_the_person_can_be_asked_again(
    partner: Partner, alice: Member, eve: Invitation
) -> None:
    withdraw_invitation(partner, acting(alice), eve.member_id)
    with pytest.raises(Refused) as caught:
        join_as_new(partner, invitation_token(eve), **CHOSEN)
    assert caught.value.code == "invitation_over"
    for late in (withdraw_invitation, resend_invitation):
        with pytest.raises(Refused):
            late(partner, acting(alice), eve.member_id)
    again = invite_member(partner, acting(alice), email=eve.email, role="admin")
    assert again.member_id == eve.member_id
    member = join_as_new(partner, invitation_token(again), **CHOSEN)
    assert (member.role, "members.manage" in member.grants) == ("admin", True)


def test_an_invitation_runs_out_after_a_week_and_can_be_sent_again(
    partner: Partner, alice: Member, eve: Invitation
) -> None:
    advance_clock(partner, acting(alice), now_of(partner) + VALID)
    later = partner_by_id(partner.id)
    with pytest.raises(Refused) as caught:
        join_as_new(later, invitation_token(eve), **CHOSEN)
    assert caught.value.code == "invitation_over"
    again = resend_invitation(later, acting(alice), eve.member_id)
    assert join_as_new(later, invitation_token(again), **CHOSEN).is_active


def test_who_signs_in_here_already_joins_as_themselves_and_nobody_else_does(
    partner: Partner, alice: Member, bob: Member, charlie: Member
) -> None:
    asked = invite_member(partner, acting(alice), email=charlie.user.email, name="Other", role="salesperson")
    token = invitation_token(asked)
    with pytest.raises(NotAllowed):
        join_as_new(partner, token, name="Mallory", password="a-thief-chooses-this")
    with pytest.raises(NotAllowed):
        join_as(partner, token, bob.user_id)
    assert join_as(partner, token, charlie.user_id).is_active
    user = User.objects.get(id=charlie.user_id)
    assert user.name == "Charlie"
    assert check_password(PASSWORD, user.password)


def test_nobody_invites_a_member_or_somebody_who_is_invited(partner: Partner, alice: Member, eve: Invitation) -> None:
    for email in (alice.user.email, eve.email):
        with pytest.raises(Invalid) as caught:
            invite_member(partner, acting(alice), email=email, role="admin")
        assert caught.value.code == "duplicate"


def test_nobody_invites_with_more_than_they_hold(partner: Partner, alice: Member, bob: Member, eve: Invitation) -> None:
    clerk = acting(make_member(partner, "Clark", "salesperson", grants=["members.manage", "orders.create"]))
    email = f"{unique('ann')}@example.com"
    for actor, grants in ((acting(bob), ["orders.create"]), (clerk, ["orders.manage"])):
        with pytest.raises(NotAllowed):
            invite_member(partner, actor, email=email, role="salesperson", grants=grants)
    assert not User.objects.filter(email=email).exists()
    for act in (resend_invitation, withdraw_invitation):
        with pytest.raises(NotAllowed):
            act(partner, clerk, eve.member_id)
    assert invite_member(partner, clerk, email=email, role="salesperson", grants=["orders.create"]).sends == 1


def test_only_their_own_answer_makes_somebody_a_member(partner: Partner, alice: Member, eve: Invitation) -> None:
    with pytest.raises(Refused) as caught:
        update_member(partner, acting(alice), eve.member_id, {"is_active": True})
    assert caught.value.code == "action_not_allowed"
    assert update_member(partner, acting(alice), eve.member_id, {"grants": ["orders.create"]}).grants == [
        "orders.create"
    ]


def test_who_was_removed_cannot_come_in_by_an_invitation_of_before(
    partner: Partner, alice: Member, eve: Invitation
) -> None:
    member = join_as_new(partner, invitation_token(eve), **CHOSEN)
    update_member(partner, acting(alice), member.id, {"is_active": False})
    again = invite_member(partner, acting(alice), email=eve.email, role="salesperson")
    update_member(partner, acting(alice), member.id, {"is_active": True})
    update_member(partner, acting(alice), member.id, {"is_active": False})
    with pytest.raises(Refused):
        join_as(partner, invitation_token(again), member.user_id)


def test_another_partner_has_no_such_invitation(partner: Partner, eve: Invitation, charlie: Member) -> None:
    for act in (resend_invitation, withdraw_invitation):
        with pytest.raises(NotFound):
            act(charlie.partner, acting(charlie), eve.member_id)
    with pytest.raises(NotFound):
        join_as_new(charlie.partner, invitation_token(eve), **CHOSEN)
    with pytest.raises(NotFound):
        join_as_new(make_partner(), link_token("invitation", "nobody:1"), **CHOSEN)

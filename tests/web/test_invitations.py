"""The page under an invitation's link: what it shows to whom, and what it refuses, also when it is posted to."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from handsel.database.ids import show
from handsel.database.tenancy import reading
from handsel.flows.clock import advance_clock
from handsel.flows.history.seal import seal_events
from handsel.flows.people.invitations import (
    VALID,
    invitation_token,
    invite_member,
    resend_invitation,
    withdraw_invitation,
)
from handsel.messages.compose import compose_mails
from handsel.models import Invitation, Mail, Member, Partner
from handsel.models.people import now_of
from tests.cast import PASSWORD, acting, make_member, make_partner, unique
from tests.web.console.world import signed_in

CHOSEN = {"name": "Eve Adams", "password": "another-long-phrase"}


@pytest.fixture
def eve(partner: Partner, alice: Member) -> Invitation:
    email = f"{unique('eve')}@example.com"
    return invite_member(partner, acting(alice), email=email, name="Eve", role="salesperson")


def url(invitation: Invitation) -> str:
    return f"/invitations/{invitation_token(invitation)}"


def is_member(invitation: Invitation) -> bool:
    return Member.objects.get(id=invitation.member_id).is_active


def mails(partner: Partner) -> list[Mail]:
    while seal_events(partner):
        pass
    while compose_mails(partner):
        pass
    with reading(partner.id):
        return list(Mail.objects.filter(kind="member_invited").order_by("id"))


def test_the_mail_leads_to_the_page_and_the_page_to_the_desk(partner: Partner, eve: Invitation) -> None:
    (mail,) = mails(partner)
    assert mail.recipient == eve.email
    assert "Alice invites you to work for" in " ".join(mail.text.split())
    found = re.search(r"https?://[^/]+(/invitations/\S+)", mail.text)
    assert found is not None
    theirs = Client()
    page = theirs.get(found[1])
    assert page.status_code == 200
    assert f"Join {partner.name}" in page.content.decode()
    assert eve.email in page.content.decode()
    assert (page["Referrer-Policy"], page["X-Robots-Tag"]) == ("same-origin", "noindex, nofollow")
    assert theirs.post(found[1], CHOSEN)["Location"] == "/home"
    assert theirs.get("/home").status_code == 200
    assert is_member(eve)
    elsewhere = Client()
    elsewhere.post("/accounts/login/", {"login": eve.email, "password": CHOSEN["password"]})
    assert elsewhere.get("/home").status_code == 200


def test_a_weak_password_is_refused_beside_its_field_and_never_shown_again(eve: Invitation) -> None:
    response = Client().post(url(eve), {"name": "Eve", "password": "password1"})
    assert response.status_code == 422
    assert "too short" in response.content.decode()
    assert "password1" not in response.content.decode()
    assert not is_member(eve)


def test_a_second_mail_has_a_link_of_its_own_and_a_stale_first_one_is_not_sent(
    partner: Partner, alice: Member, eve: Invitation
) -> None:
    again = resend_invitation(partner, acting(alice), eve.member_id)
    (mail,) = mails(partner)
    assert invitation_token(again) in mail.text


@pytest.mark.parametrize("over", ["accepted", "withdrawn", "replaced", "expired"])
def test_a_link_that_is_over_says_so_and_does_nothing_posted_directly_too(
    partner: Partner, alice: Member, eve: Invitation, over: str
) -> None:
    link = url(eve)
    said = {
        "accepted": "was accepted already",
        "withdrawn": "was withdrawn",
        "replaced": "A newer link was sent",
        "expired": "ran out",
    }
    if over == "accepted":
        Client().post(link, CHOSEN)
    elif over == "withdrawn":
        withdraw_invitation(partner, acting(alice), eve.member_id)
    elif over == "replaced":
        resend_invitation(partner, acting(alice), eve.member_id)
    else:
        advance_clock(partner, acting(alice), now_of(partner) + VALID)
    before = Member.objects.filter(id=eve.member_id).values("is_active", "user__password", "user__name").get()
    for answer in (Client().get(link), Client().post(link, {"name": "Mallory", "password": "a-thief-chooses-this"})):
        assert answer.status_code == 410
        assert said[over] in answer.content.decode()
        assert "Choose a password" not in answer.content.decode()
    after = Member.objects.filter(id=eve.member_id).values("is_active", "user__password", "user__name").get()
    assert after == before


def test_a_secret_that_never_was_opens_nothing(eve: Invitation) -> None:
    assert Client().get(url(eve)[:-1] + "~").status_code == 404
    assert Client().post("/invitations/lk_nonsense", CHOSEN).status_code == 404


class TestWhoSignsInHereAlready:
    """They prove that it is they by signing in: the link alone gives nobody their account."""

    @pytest.fixture
    def asked(self, partner: Partner, alice: Member, charlie: Member) -> Invitation:
        return invite_member(partner, acting(alice), email=charlie.user.email, role="salesperson")

    def test_a_stranger_with_the_link_is_asked_to_sign_in(self, asked: Invitation) -> None:
        page = Client().get(url(asked)).content.decode()
        assert f"/accounts/login/?next={url(asked)}" in page
        assert "Choose a password" not in page
        answer = Client().post(url(asked), {"name": "Mallory", "password": "a-thief-chooses-this"})
        assert answer.status_code == 403
        assert not is_member(asked)

    def test_somebody_else_who_is_signed_in_does_not_join(self, asked: Invitation, bob: Member) -> None:
        client = signed_in(bob)
        assert "signed in as somebody else" in client.get(url(asked)).content.decode()
        assert client.post(url(asked)).status_code == 403
        assert not is_member(asked)

    def test_they_join_with_one_click_and_keep_their_password(
        self, asked: Invitation, partner: Partner, charlie: Member
    ) -> None:
        client = signed_in(charlie)
        assert "Choose a password" not in client.get(url(asked)).content.decode()
        assert client.post(url(asked), {"password": "something-else-now"})["Location"] == "/home"
        assert partner.name in client.get("/home").content.decode()
        charlie.user.refresh_from_db()
        assert charlie.user.check_password(PASSWORD)


def test_the_members_page_sends_again_and_withdraws(partner: Partner, alice: Member, eve: Invitation) -> None:
    desk, acts = signed_in(alice), f"/administration/members/{show(Member.prefix, eve.member_id)}/invitation"
    assert "Invited" in desk.get("/administration/members").content.decode()
    assert "A new link is on its way" in desk.post(acts, {"do": "resend"}, follow=True).content.decode()
    assert Client().get(url(eve)).status_code == 410
    assert "is withdrawn" in desk.post(acts, {"do": "withdraw"}, follow=True).content.decode()
    assert "Invitation withdrawn" in desk.get("/administration/members").content.decode()
    assert "has no open invitation" in desk.post(acts, {"do": "resend"}, follow=True).content.decode()
    assert signed_in(make_member(partner, "Sam", "salesperson")).post(acts, {"do": "resend"}).status_code == 403


def test_whoever_looks_at_mails_does_not_see_the_link(partner: Partner, alice: Member, eve: Invitation) -> None:
    """It would let them choose a password for somebody who may do more than they."""
    (mail,) = mails(partner)
    desk = signed_in(alice)
    for path in ("", "?as=text", "/body"):
        page = desk.get(f"/administration/mails/{mail.shown_id}{path}").content.decode()
        assert invitation_token(eve) not in page
    assert "/invitations/…" in desk.get(f"/administration/mails/{mail.shown_id}/body").content.decode()


def test_a_demotion_before_they_join_holds(partner: Partner, alice: Member, eve: Invitation) -> None:
    chosen = {"role": "salesperson", "grants": ["orders.create"]}
    signed_in(alice).post(f"/administration/members/{show(Member.prefix, eve.member_id)}", chosen)
    theirs = Client()
    theirs.post(url(eve), CHOSEN)
    assert Member.objects.get(id=eve.member_id).grants == ["orders.create"]
    assert theirs.get("/administration/members").status_code == 403


def test_an_invitation_of_one_partner_opens_no_other(eve: Invitation) -> None:
    other = make_member(make_partner())
    acts = f"/administration/members/{show(Member.prefix, eve.member_id)}/invitation"
    assert signed_in(other).post(acts, {"do": "withdraw"}).status_code == 404
    assert Client().get(url(eve)).status_code == 200

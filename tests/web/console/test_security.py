"""Two-factor authentication asked of all members: who lacks it reaches nothing but where it is set up."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from handsel.database.tenancy import reading
from handsel.flows.people.security import require_two_factor
from handsel.models import Event, Member, Partner
from handsel.rules.errors import NotAllowed, Refused
from tests.cast import PASSWORD, acting, make_api_key
from tests.web.api.calling import Caller
from tests.web.console.test_sign_in import code_of, sign_in
from tests.web.console.world import signed_in

URL = "/administration/security"
SET_UP = "/accounts/2fa/set-up/"


@pytest.fixture(autouse=True)
def _no_throttle() -> None:
    cache.clear()


def set_up(member: Member, kind: str = Authenticator.Type.TOTP) -> None:
    """The second proof of a member, as if they had set it up."""
    Authenticator.objects.create(user=member.user, type=kind, data={"secret": "x"})


@pytest.fixture
def required(partner: Partner, alice: Member) -> None:
    set_up(alice)
    require_two_factor(partner, acting(alice), True)


def test_who_has_none_cannot_ask_it_of_others(partner: Partner, alice: Member) -> None:
    with pytest.raises(Refused) as caught:
        require_two_factor(partner, acting(alice), True)
    assert caught.value.code == "two_factor_missing"
    desk = signed_in(alice)
    response = desk.post(URL, {"requires_two_factor": "on"})
    assert response.status_code == 409
    page = response.content.decode()
    assert "Set up two-factor authentication for yourself first." in page
    assert 'href="/accounts/2fa/totp/activate/"' in page
    assert not Partner.objects.get(id=partner.id).requires_two_factor


def test_recovery_codes_alone_are_no_second_proof(partner: Partner, alice: Member) -> None:
    set_up(alice, Authenticator.Type.RECOVERY_CODES)
    with pytest.raises(Refused):
        require_two_factor(partner, acting(alice), True)


def test_it_is_turned_on_and_off_by_who_changes_settings_and_told(partner: Partner, alice: Member, bob: Member) -> None:
    set_up(alice)
    set_up(bob)
    with pytest.raises(NotAllowed):
        require_two_factor(partner, acting(bob), True)
    assert signed_in(bob).post(URL, {"requires_two_factor": "on"}).status_code == 403
    desk = signed_in(alice)
    assert "required" in desk.post(URL, {"requires_two_factor": "on"}, follow=True).content.decode()
    assert Partner.objects.get(id=partner.id).requires_two_factor
    desk.post(URL, {"requires_two_factor": "on"})
    desk.post(URL, {})
    assert not Partner.objects.get(id=partner.id).requires_two_factor
    with reading(partner.id):
        changes = Event.objects.filter(type="partner.security_updated").order_by("id").values_list("changes", flat=True)
        assert [each["requires_two_factor"] for each in changes] == [[False, True], [True, False]]
    assert "Two-factor authentication required of all members" in desk.get("/events").content.decode()


@pytest.mark.usefixtures("required")
class TestWhoLacksIt:
    def test_they_are_led_to_set_it_up_from_every_page_and_back(self, bob: Member) -> None:
        client = signed_in(bob)
        for url in ("/home", "/orders", "/customers/new", "/account", "/administration/api-keys"):
            answer = client.get(url)
            assert (answer.status_code, answer["Location"]) == (302, f"{SET_UP}?next={url.replace('/', '%2F')}")
        page = client.get(SET_UP).content.decode()
        assert "One more proof that it is you" in page
        assert "/accounts/2fa/totp/activate/" in page
        assert 'href="/orders"' not in page

    def test_a_part_of_a_page_takes_the_whole_page_there(self, bob: Member) -> None:
        headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/home"}
        answer = signed_in(bob).get("/home/figures", headers=headers)
        assert (answer.content, answer["HX-Redirect"]) == (b"", f"{SET_UP}?next=%2Fhome")

    def test_what_they_post_changes_nothing(self, bob: Member, partner: Partner) -> None:
        typed = {"name": "Pico", "email": "p@pico.example", "currency": "USD", "timezone": "UTC", "locale": "en_US"}
        answer = signed_in(bob).post("/customers/new", typed)
        assert answer["Location"].startswith(SET_UP)
        with reading(partner.id):
            assert not Event.objects.filter(type="customer.created").exists()

    def test_their_programs_go_on(self, bob: Member, partner: Partner) -> None:
        assert Caller(make_api_key(partner, bob)).get("/orders").status == 200

    def test_once_they_have_set_it_up_they_work(self, bob: Member) -> None:
        client, url = sign_in(bob), "/accounts/2fa/totp/activate/"
        assert client.get("/home")["Location"].startswith(SET_UP)
        client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": url})
        secret = re.search(r'id="id_secret" name="secret" value="(\w+)"', client.get(url).content.decode())
        assert secret is not None
        client.post(url, {"code": code_of(secret[1])})
        assert client.get("/home").status_code == 200
        assert client.get(f"{SET_UP}?next=/orders")["Location"] == "/orders"
        assert client.get(f"{SET_UP}?next=https://evil.example/")["Location"] == "/"

    def test_a_passkey_is_a_second_proof_and_recovery_codes_are_none(self, bob: Member) -> None:
        client = signed_in(bob)
        set_up(bob, Authenticator.Type.RECOVERY_CODES)
        assert client.get("/home").status_code == 302
        set_up(bob, Authenticator.Type.WEBAUTHN)
        assert client.get("/home").status_code == 200

    def test_who_turns_theirs_off_is_led_back(self, bob: Member) -> None:
        client = signed_in(bob)
        set_up(bob)
        assert client.get("/home").status_code == 200
        Authenticator.objects.filter(user=bob.user).delete()
        assert client.get("/home")["Location"].startswith(SET_UP)

    def test_other_partners_ask_nothing_of_their_members(self, charlie: Member) -> None:
        assert signed_in(charlie).get("/home").status_code == 200


def test_a_stranger_is_sent_to_sign_in_and_who_need_not_is_sent_on(bob: Member) -> None:
    assert Client().get(SET_UP)["Location"].startswith("/accounts/login/")
    assert signed_in(bob).get(SET_UP)["Location"] == "/"


def test_the_pages_say_who_has_set_one_up(partner: Partner, alice: Member, bob: Member) -> None:
    set_up(alice)
    desk = signed_in(alice)
    page = desk.get(URL).content.decode()
    assert "1 of 2 have not set one up yet" in page
    assert "Bob" in page
    assert re.search(r"Two-factor[^<]*\"[^>]*>On<", desk.get("/administration/members").content.decode())


def test_asking_costs_no_statement_more(bob: Member) -> None:
    """Whether a member has a second proof is asked with their membership."""
    client = signed_in(bob)
    client.get("/account")
    with CaptureQueriesContext(connection) as captured:
        client.get("/home")
    about = [query["sql"] for query in captured if "mfa_authenticator" in query["sql"]]
    assert len(about) == 1
    assert "memberships" in about[0]

"""Signing in: what is there, what is not, and how a forgotten password is mended."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.core import mail
from django.test import Client

from handsel.flows.people.members import create_member
from handsel.models import Member
from handsel.rules.permissions import SYSTEM
from tests.cast import PASSWORD, make_member, make_partner


def sign_in(member: Member, password: str = PASSWORD) -> Client:
    """A browser that signed in by the form, as people do."""
    client = Client()
    client.post("/accounts/login/", {"login": member.user.email, "password": password})
    return client


def code_of(secret: str) -> str:
    """What the authenticator app would show now."""
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


@pytest.mark.parametrize(
    "url", ["signup/", "email/", "confirm-email/", "3rdparty/", "login/code/", "2fa/webauthn/signup/"]
)
def test_pages_of_allauth_that_nobody_needs_do_not_exist(url: str) -> None:
    assert Client().get(f"/accounts/{url}").status_code == 404


def test_a_wrong_password_says_no_more_than_that(bob: Member) -> None:
    known = Client().post("/accounts/login/", {"login": bob.user.email, "password": "wrong"})
    unknown = Client().post("/accounts/login/", {"login": "nobody@example.com", "password": "wrong"})
    assert "do not belong together" in known.content.decode()
    assert "do not belong together" in unknown.content.decode()


def test_signing_in_leads_back_to_the_page_that_was_asked_for(bob: Member) -> None:
    url = "/accounts/login/?next=/customers"
    response = Client().post(url, {"login": bob.user.email, "password": PASSWORD, "next": "/customers"})
    assert response["Location"] == "/customers"
    elsewhere = Client().post(
        "/accounts/login/", {"login": bob.user.email, "password": PASSWORD, "next": "https://evil.example"}
    )
    assert elsewhere["Location"] == "/"


def test_a_forgotten_password_is_changed_by_a_link_that_works_once(bob: Member) -> None:
    asked = Client().post("/accounts/password/reset/", {"email": bob.user.email}, follow=True)
    assert "Look into your mail" in asked.content.decode()
    sent = mail.outbox[-1]
    assert (sent.to, sent.from_email) == ([bob.user.email], settings.MAIL_FROM)
    found = re.search(r"https?://[^/]+(/accounts/password/reset/key/\S+)", str(sent.body))
    assert found is not None
    theirs, new = Client(), "another-long-phrase-2"
    page = theirs.get(found[1], follow=True)
    assert "Choose a new password" in page.content.decode()
    theirs.post(page.redirect_chain[-1][0], {"password1": new, "password2": new})
    assert sign_in(bob, new).get("/home").status_code == 200
    assert "does not work any more" in Client().get(found[1], follow=True).content.decode()


def test_an_unknown_address_gets_the_same_answer() -> None:
    asked = Client().post("/accounts/password/reset/", {"email": "nobody@example.com"}, follow=True)
    assert "Look into your mail" in asked.content.decode()


def test_a_password_is_changed_with_the_present_one(bob: Member) -> None:
    client = sign_in(bob)
    typed = {"oldpassword": "wrong", "password1": "another-long-phrase", "password2": "another-long-phrase"}
    assert "not your present password" in client.post("/accounts/password/change/", typed).content.decode()
    client.post("/accounts/password/change/", {**typed, "oldpassword": PASSWORD})
    assert sign_in(bob, "another-long-phrase").get("/home").status_code == 200


def test_an_authenticator_app_is_set_up_asked_for_and_turned_off(bob: Member) -> None:
    client, url = sign_in(bob), "/accounts/2fa/totp/activate/"
    assert "Is it you?" in client.get(url, follow=True).content.decode()
    client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": url})
    page = client.get(url).content.decode()
    secret = re.search(r'id="id_secret" name="secret" value="(\w+)"', page)
    assert secret is not None
    codes = client.post(url, {"code": code_of(secret[1])}, follow=True).content.decode()
    assert "10 of 10 are left" in codes
    recovery = re.search(r"readonly>\s*([\w-]+)", codes)
    assert recovery is not None
    again = sign_in(bob)
    assert again.get("/home").status_code == 302
    assert "One more step" in again.get("/accounts/2fa/authenticate/").content.decode()
    assert "Incorrect code." in again.post("/accounts/2fa/authenticate/", {"code": "000000"}).content.decode()
    again.post("/accounts/2fa/authenticate/", {"code": recovery[1]})
    assert again.get("/home").status_code == 200
    client.post("/accounts/2fa/totp/deactivate/")
    assert sign_in(bob).get("/home").status_code == 200


def test_the_account_page_says_how_one_signs_in_and_what_one_may_do(bob: Member) -> None:
    page = sign_in(bob).get("/account").content.decode()
    assert "Your password alone signs you in" in page
    assert "Charge saved payment methods" in page
    assert "Manage members" not in page


def test_who_works_for_two_partners_goes_from_one_desk_to_the_other(bob: Member) -> None:
    other = make_partner(name="Second Agency")
    create_member(other, SYSTEM, email=bob.user.email, role="salesperson")
    client = sign_in(bob)
    assert "Second Agency" not in client.get("/home").content.decode()
    assert client.post("/account/partner", {"partner": str(other.id)}).status_code == 302
    assert "Second Agency" in client.get("/home").content.decode()
    stranger = make_partner()
    assert client.post("/account/partner", {"partner": str(stranger.id)}).status_code == 404


def test_signing_out_needs_a_click_and_ends_the_session(bob: Member) -> None:
    client = sign_in(bob)
    assert "Sign out" in client.get("/accounts/logout/").content.decode()
    assert client.get("/home").status_code == 200
    client.post("/accounts/logout/")
    assert client.get("/home").status_code == 302


def test_a_page_that_was_open_too_long_is_told_so(bob: Member) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(bob.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    response = client.post("/customers/new", {"name": "X"})
    assert response.status_code == 403
    assert "Reload it and try again: nothing was changed" in response.content.decode()


def test_a_closed_account_is_told_so() -> None:
    mona = make_member(make_partner(), "Mona")
    mona.user.is_active = False
    mona.user.save(update_fields=["is_active"])
    response = Client().post("/accounts/login/", {"login": mona.user.email, "password": PASSWORD}, follow=True)
    assert "account is closed" in response.content.decode() or "do not belong together" in response.content.decode()

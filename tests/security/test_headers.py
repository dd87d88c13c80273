"""T25 without a browser: what every answer says about itself, whoever asks for it."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from handsel.database.secrets import link_token
from handsel.flows.money.begin import NewMethod
from handsel.flows.money.take import submit_with_payment
from handsel.models import Credential, Member
from tests.cast import PASSWORD, make_api_key
from tests.flows.money.desk import Desk
from tests.sandbox import SandboxServer
from tests.web.console.world import signed_in

STRANGERS_PAGES = ["/", "/accounts/login/", "/orders", "/api/v1/orders", "/confirm/lk_unknown", "/nowhere", "/healthz"]
SIGNED_IN = ["/home", "/orders", "/customers", "/products", "/invoices", "/administration", "/account", "/nowhere"]


def directives(response: Any) -> dict[str, list[str]]:
    policy = response["Content-Security-Policy"]
    return {name: values for name, *values in (part.split() for part in policy.split(";") if part.strip())}


def assert_closed(response: Any) -> None:
    """What holds for every answer of ours."""
    policy = directives(response)
    assert policy["default-src"] == ["'none'"]
    assert policy["frame-ancestors"] == ["'none'"]
    assert policy["base-uri"] == ["'none'"]
    assert policy["form-action"] == ["'self'"]
    every = {value for values in policy.values() for value in values}
    assert not every & {"'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:", "data:"} - {"data:"}
    assert "data:" not in policy["script-src"] + policy["frame-src"] + policy["connect-src"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("url", STRANGERS_PAGES)
def test_an_answer_to_a_stranger_is_closed_and_is_not_kept(url: str) -> None:
    assert_closed(Client(raise_request_exception=False).get(url))


@pytest.mark.parametrize("url", SIGNED_IN)
def test_a_page_for_members_is_closed_and_is_not_kept(alice: Member, url: str) -> None:
    assert_closed(signed_in(alice).get(url))


def test_an_answer_of_the_api_is_closed_and_is_not_kept(alice: Member) -> None:
    bearer = {"Authorization": f"Bearer {make_api_key(alice.partner, alice)}"}
    response = Client().get("/api/v1/orders", headers=bearer)
    assert response.status_code == 200
    assert_closed(response)
    assert not response.cookies, "a program gets no session"


def test_scripts_and_frames_come_from_ourselves_and_the_gateway_alone() -> None:
    policy = directives(Client().get("/accounts/login/"))
    gateway = {settings.SANDBOX_URL, "https://js.stripe.com"}
    assert set(policy["script-src"]) == {"'self'", *gateway}
    assert set(policy["frame-src"]) == {*gateway, "https://hooks.stripe.com"}
    assert policy["style-src"] == ["'self'"]


@pytest.fixture
def link(sandbox: SandboxServer) -> str:
    """The address of a page on which a customer answers their bank."""
    desk = Desk()
    order = desk.order()
    submit_with_payment(desk.partner, desk.bob, order.id, NewMethod("pm_card_authenticationRequired", save=False))
    payment = desk.payment(order)
    assert payment.status == "requires_action"
    return f"/confirm/{link_token(Credential.CHALLENGE_LINK, payment.id)}"


def test_a_customers_link_goes_to_no_other_site_and_to_no_search_engine(link: str) -> None:
    response = Client().get(link)
    assert response.status_code == 200
    assert_closed(response)
    assert response["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert "noindex" in response["X-Robots-Tag"]
    assert "script-src" in response["Content-Security-Policy"]


def test_session_and_form_cookies_are_out_of_reach_of_scripts_and_of_other_sites(alice: Member) -> None:
    browser = Client()
    cookies: Any = browser.get("/accounts/login/").cookies
    answer = browser.post("/accounts/login/", {"login": alice.user.email, "password": PASSWORD})
    assert answer.status_code == 302, "signed in"
    cookies.update(answer.cookies)
    assert {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME} <= set(cookies)
    for cookie in cookies.values():
        if not cookie.value:
            continue
        assert cookie["httponly"], cookie.key
        assert cookie["samesite"] == "Lax", cookie.key
        assert bool(cookie["secure"]) == settings.SECURE, cookie.key


def test_under_https_every_cookie_is_secure_and_the_browser_is_told_to_stay() -> None:
    """Settings are read once, so another process reads them for another address."""
    names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_HSTS_SECONDS", "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN")
    told = subprocess.run(
        [sys.executable, "-c", f"from handsel import settings as s; print([getattr(s, n) for n in {names!r}])"],
        env={"HANDSEL_DEBUG": "1", "HANDSEL_BASE_URL": "https://sales.example.com", "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert told.strip() == "[True, True, 31536000, False]"


def test_control_a_policy_with_inline_scripts_would_be_noticed() -> None:
    response = HttpResponse()
    response["Content-Security-Policy"] = (
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; "
        "script-src 'self' 'unsafe-inline'; frame-src 'none'; connect-src 'self'"
    )
    with pytest.raises(AssertionError):
        assert_closed(response)

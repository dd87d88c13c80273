"""T25: what another site makes a browser send. Every address that people use × no token, a wrong one, a right one from
elsewhere, and a mere look: refused, and nothing is changed. The addresses are read off `urls.py`.

The controls: with the token and from our own page the same form does its work; without the check a forged one would.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from handsel.database.tenancy import reading
from handsel.models import Customer
from tests.web.isolation_rows import FORM, INVITATION, LINK, OFFER_LINK, ONES_OWN, STAFF
from tests.web.test_isolation import ADDRESSES, NO_SUCH, World, world  # noqa: F401  the fixture

FORMS = sorted((STAFF | ONES_OWN | LINK | OFFER_LINK | INVITATION) & set(ADDRESSES))
BACK_FROM_THE_BANK = {"confirm/<str:token>/returned", "approve/<str:token>/returned"}
"""Here the gateway is asked at once how the payment stands, which is noted: a bank sends people back by a look."""

RIGHT, WRONG = "r" * 32, "w" * 32
ELSEWHERE = "https://evil.example"


@pytest.fixture
def unchanged(world: World) -> Iterator[None]:  # noqa: F811
    before = world.digest()
    yield
    assert world.digest() == before, "a forged request changed something"


def browser(world: World, *, checks: bool = True) -> Client:  # noqa: F811
    """The admin's own browser, signed in, with a CSRF cookie: what another site can make it do."""
    client = Client(enforce_csrf_checks=checks, raise_request_exception=False)
    client.cookies[settings.SESSION_COOKIE_NAME] = (
        world.sessions["the admin"].cookies[settings.SESSION_COOKIE_NAME].value
    )
    client.cookies[settings.CSRF_COOKIE_NAME] = RIGHT
    return client


FORGED: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "no token": ({}, {}),
    "a wrong token": ({"csrfmiddlewaretoken": WRONG}, {}),
    "a wrong token in the header": ({}, {"X-CSRFToken": WRONG}),
    "the right token from another site": ({"csrfmiddlewaretoken": RIGHT}, {"Origin": ELSEWHERE}),
    "the right token from nowhere": ({"csrfmiddlewaretoken": RIGHT}, {"Origin": "null"}),
}


@pytest.mark.parametrize("route", FORMS)
@pytest.mark.usefixtures("unchanged")
def test_a_forged_form_is_refused_and_changes_nothing(route: str, world: World) -> None:  # noqa: F811
    for how, (fields, headers) in FORGED.items():
        answer: Any = browser(world).post(world.path(route), {**FORM, **fields}, headers=headers)
        assert answer.status_code in {403, *NO_SUCH}, f"{how}: {route} → {answer.status_code}"


@pytest.mark.parametrize("route", sorted(set(FORMS) - BACK_FROM_THE_BANK))
def test_a_look_changes_nothing(route: str, world: World) -> None:  # noqa: F811
    client = browser(world)
    client.get(world.path(route))  # The first look at an offer is noted: it was opened.
    before = world.digest()
    client.get(world.path(route))
    client.head(world.path(route))
    assert world.digest() == before


def test_control_from_our_own_page_the_same_form_does_its_work(world: World) -> None:  # noqa: F811
    form = {**FORM, "name": "Forgery control", "csrfmiddlewaretoken": RIGHT}
    assert browser(world).post("/customers/new", form).status_code == 302
    assert made(world, "Forgery control") == 1


def test_control_without_the_check_a_forged_form_does_its_work(world: World) -> None:  # noqa: F811
    form = {**FORM, "name": "Forged all the same"}
    answer: Any = browser(world, checks=False).post("/customers/new", form, headers={"Origin": ELSEWHERE})
    assert answer.status_code == 302
    assert made(world, "Forged all the same") == 1


def made(world: World, name: str) -> int:  # noqa: F811
    with reading(world.partner.id):
        return Customer.objects.filter(name=name).count()

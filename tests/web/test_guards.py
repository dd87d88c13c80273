"""Who is let in at the console, and where strangers are sent."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.test import RequestFactory

from handsel.database.tenancy import NoPartner, current_partner
from handsel.flows.people.members import update_member
from handsel.models import Customer, Member, Partner
from handsel.rules.errors import NotAllowed
from handsel.rules.permissions import SYSTEM, Grant
from handsel.web import guards
from handsel.web.guards import Desk, staff
from tests.cast import make_member, make_partner


@staff
def count_customers(request: HttpRequest, desk: Desk) -> HttpResponse:
    return HttpResponse(f"{desk.member.user.name}: {Customer.objects.count()}")


@staff(grant=Grant.SETTINGS_MANAGE)
def settings_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    return HttpResponse("settings")


@staff
def late(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """Rendered only after the view has returned."""
    from django.template import engines

    template = engines["django"].from_string("{{ rows.count }}")
    return SimpleTemplateResponse(template, {"rows": Customer.objects.all()})


@staff
def act(request: HttpRequest, desk: Desk) -> HttpResponse:
    return HttpResponse("in a transaction" if connection.in_atomic_block else "in none")


def asked(path: str, member: Member | None, method: str = "GET", **headers: str) -> HttpRequest:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = RequestFactory().generic(method, path, headers=named)
    request.user = AnonymousUser() if member is None else member.user
    request.session = SessionBase()
    return request


def test_a_get_runs_in_the_partners_transaction_rendering_included(alice: Member, dana: Customer) -> None:
    assert count_customers(asked("/", alice)).content == b"Alice: 1"
    assert late(asked("/", alice)).content == b"1"
    with pytest.raises(NoPartner):
        current_partner()


def test_a_post_opens_no_transaction(alice: Member) -> None:
    assert act(asked("/", alice, "POST")).content == b"in none"


def test_a_grant_is_asked_for(alice: Member, bob: Member) -> None:
    assert settings_page(asked("/", alice)).content == b"settings"
    with pytest.raises(NotAllowed):
        settings_page(asked("/", bob))


@pytest.mark.parametrize(
    ("method", "headers", "back"),
    [
        ("GET", {}, "%2Forders%3Fq%3Da"),
        ("POST", {"Referer": "http://testserver/orders/1"}, "%2Forders%2F1"),
        ("POST", {"Referer": "https://elsewhere.example/orders/1"}, "%2F"),
        ("POST", {}, "%2F"),
    ],
)
def test_a_stranger_signs_in_and_comes_back(method: str, headers: dict[str, str], back: str) -> None:
    answer = count_customers(asked("/orders?q=a", None, method, **headers))
    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={back}")


def test_a_part_of_a_page_takes_the_whole_page_to_sign_in() -> None:
    headers = {"HX_Request": "true", "HX_Current_URL": "http://testserver/orders/1"}
    answer = count_customers(asked("/orders/1/status", None, **headers))
    assert (answer.status_code, answer["HX-Redirect"]) == (200, "/accounts/login/?next=%2Forders%2F1")


def test_a_removed_member_is_out_at_the_next_request(bob: Member, partner: Partner) -> None:
    update_member(partner, SYSTEM, make_member(partner).id, {"role": "admin"})
    update_member(partner, SYSTEM, bob.id, {"is_active": False})
    with pytest.raises(NotAllowed):
        count_customers(asked("/", bob))


def test_a_member_of_two_partners_works_for_the_one_chosen(alice: Member, dana: Customer) -> None:
    second = make_partner()
    Member.objects.create(partner=second, user=alice.user, role="salesperson", grants=[])
    request = asked("/", alice)
    assert count_customers(request).content == b"Alice: 1"
    assert guards.choose_partner(request, second.id)
    assert count_customers(request).content == b"Alice: 0"
    assert not guards.choose_partner(request, make_partner().id)
    assert count_customers(request).content == b"Alice: 0"

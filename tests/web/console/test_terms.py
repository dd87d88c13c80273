"""Terms of service: written, looked at, published under the number that was named, kept for ever."""

from __future__ import annotations

import hashlib
import re

import pytest
from django.test import Client

from handsel.database.tenancy import reading
from handsel.flows.sales.terms import publish_terms
from handsel.models import Member, Partner, Terms
from tests.cast import acting
from tests.web.console.world import signed_in

URL = "/administration/terms"
WORDS = {
    "title": "Terms of service",
    "text": "First, be kind.\n\nSecond, pay <soon>.",
    "tick": "I agree to the terms of service.",
}


@pytest.fixture
def desk(alice: Member) -> Client:
    return signed_in(alice)


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(once|version)" value="([^"]*)"', page))


def versions(partner: Partner) -> list[tuple[int, bool]]:
    with reading(partner.id):
        return [(row.version, row.retired_at is None) for row in Terms.objects.order_by("version")]


def test_terms_are_looked_at_before_they_are_published_and_published_once(partner: Partner, desk: Client) -> None:
    fresh = hidden(desk.get(URL).content.decode())
    page = desk.post(URL, {**WORDS, **fresh, "do": "preview"}).content.decode()
    assert versions(partner) == []
    assert "<p>First, be kind.</p>" in page
    assert "pay &lt;soon&gt;." in page
    assert "Publish version 1" in page
    sent = {**WORDS, **hidden(page), "do": "publish"}
    assert desk.post(URL, sent).status_code == 302
    assert desk.post(URL, sent).status_code == 302
    assert versions(partner) == [(1, True)]
    page = desk.get(URL).content.decode()
    assert "Version 1, asked for" in page
    assert "Write version 2" in page


def test_every_version_stays_with_its_date_and_hash(partner: Partner, desk: Client, alice: Member) -> None:
    for text in ("Pay within 14 days.", "Pay within 30 days."):
        publish_terms(partner, acting(alice), title="Terms", text=text, tick="I agree.")
    page = desk.get(URL).content.decode()
    for published in (b"Pay within 14 days.", b"Pay within 30 days."):
        assert hashlib.sha256(published).hexdigest() in page
    first = desk.get(f"{URL}/1").content.decode()
    assert "Pay within 14 days." in first
    assert "Retired" in first
    assert hashlib.sha256(b"Pay within 14 days.").hexdigest() in first
    assert desk.get(f"{URL}/3").status_code == 404


def test_what_is_missing_is_said_beside_its_field_and_the_rest_is_kept(partner: Partner, desk: Client) -> None:
    for step in ("preview", "publish"):
        response = desk.post(URL, {**WORDS, "tick": " ", "version": "1", "do": step})
        assert response.status_code == 422
        page = response.content.decode()
        assert 'id="error_tick"' in page
        assert "First, be kind." in page
    assert versions(partner) == []


def test_who_looked_at_a_version_that_somebody_else_published_meanwhile_decides_anew(
    partner: Partner, desk: Client, alice: Member
) -> None:
    page = desk.post(URL, {**WORDS, "do": "preview"}).content.decode()
    publish_terms(partner, acting(alice), title="Terms", text="Somebody else's.", tick="I agree.")
    response = desk.post(URL, {**WORDS, **hidden(page), "do": "publish"})
    assert response.status_code == 409
    assert "Version 1 was published meanwhile" in response.content.decode()
    assert versions(partner) == [(1, True)]


def test_one_can_go_on_writing_and_nothing_is_lost(desk: Client) -> None:
    page = desk.post(URL, {**WORDS, "do": "edit"}).content.decode()
    assert "Second, pay &lt;soon&gt;." in page
    assert "Look at it first" in page


def test_asking_for_terms_is_stopped_and_told(partner: Partner, desk: Client, alice: Member) -> None:
    publish_terms(partner, acting(alice), title="Terms", text="Pay.", tick="I agree.")
    assert "ask for no terms" in desk.post(f"{URL}/stop", follow=True).content.decode()
    assert versions(partner) == [(1, False)]
    assert "No terms are asked for" in desk.get(URL).content.decode()
    history = desk.get("/events").content.decode()
    assert "Version 1 of the terms published" in history
    assert "Version 1 of the terms is asked for no more" in history


def test_terms_are_for_who_changes_settings(bob: Member, partner: Partner) -> None:
    client = signed_in(bob)
    assert client.get(URL).status_code == 403
    assert client.post(URL, {**WORDS, "do": "publish", "version": "1"}).status_code == 403
    assert client.post(f"{URL}/stop").status_code == 403
    assert versions(partner) == []


def test_another_partners_terms_are_not_shown(partner: Partner, alice: Member, charlie: Member) -> None:
    publish_terms(partner, acting(alice), title="Terms", text="Ours alone.", tick="I agree.")
    client = signed_in(charlie)
    assert "Ours alone." not in client.get(URL).content.decode()
    assert client.get(f"{URL}/1").status_code == 404

"""T26, small dose: at most 10 guesses at an account are looked at in 15 minutes, whoever makes them from wherever; a
stranger cannot tell whose account exists; links hold 128 bits and more, stand in the database as hashes, and stop
working once they are sent anew.

The control lets every guess through, and then more than 10 are looked at.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import closing, nullcontext
from typing import Any

import pytest
from allauth.core.internal import ratelimit
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client

from handsel.database.secrets import link_token
from handsel.database.tenancy import reading
from handsel.flows.people.invitations import invitation_token, invite_member, resend_invitation
from handsel.flows.sales.offers import offer_token, resend_offer
from handsel.models import Credential, Member, Partner, User
from handsel.models.access import hash_secret, new_secret
from tests.cast import PASSWORD, acting, unique
from tests.flows.money.desk import Desk
from tests.flows.sales.offering import link_to, send
from tests.sandbox import SandboxServer
from tests.web.console.world import signed_in

LIMIT, GUESSES = 10, 25


@pytest.fixture(autouse=True)
def _no_throttle() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every password that was compared with an account's, in order."""
    seen: list[str] = []
    compare = User.check_password

    def watched(self: User, raw: str) -> bool:
        seen.append(raw)
        return compare(self, raw)

    monkeypatch.setattr(User, "check_password", watched)
    return seen


def guess(email: str, password: str, address: str = "203.0.113.1") -> Any:
    return Client(REMOTE_ADDR=address).post("/accounts/login/", {"login": email, "password": password})


def words(response: Any, email: str) -> tuple[int, str]:
    """Status and page, without what differs at every request and what the visitor typed."""
    page = re.sub(r'(csrfmiddlewaretoken" value=|x-csrftoken": )"[^"]*"', "", response.content.decode())
    return response.status_code, page.replace(email, "…")


def guess_many(email: str) -> None:
    for number in range(GUESSES):
        typed = email.upper() if number % 2 else f" {email}"
        guess(typed, f"guess-number-{number}", address=f"203.0.113.{number + 1}")


def test_at_most_ten_guesses_at_an_account_are_looked_at_from_wherever(bob: Member, looked_at: list[str]) -> None:
    guess_many(bob.user.email)
    assert len(looked_at) == LIMIT
    refused = guess(bob.user.email, PASSWORD, address="198.51.100.1")
    assert "Too many attempts" in refused.content.decode()
    assert len(looked_at) == LIMIT


def test_without_the_limit_every_guess_is_looked_at(
    bob: Member, looked_at: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "ACCOUNT_RATE_LIMITS", False)
    guess_many(bob.user.email)
    assert len(looked_at) == GUESSES


def guess_at_once(email: str) -> None:
    start = threading.Barrier(GUESSES)

    def one(number: int) -> None:
        with closing(connection):
            start.wait(10)
            guess(email, f"guess-number-{number}", address=f"203.0.113.{number + 1}")

    threads = [threading.Thread(target=one, args=(number,)) for number in range(GUESSES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


def test_guesses_side_by_side_are_counted_too(bob: Member, looked_at: list[str]) -> None:
    guess_at_once(bob.user.email)
    assert 0 < len(looked_at) <= LIMIT


def test_counted_without_its_lock_more_would_be_looked_at(
    bob: Member, looked_at: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the one above."""
    monkeypatch.setattr(ratelimit, "cache_lock", lambda key: nullcontext(True))
    for _ in range(5):
        cache.clear()
        looked_at.clear()
        guess_at_once(bob.user.email)
        if len(looked_at) > LIMIT:
            return
    pytest.fail("nothing went past the count: the test above proves nothing")


def test_a_stranger_cannot_tell_whose_account_exists(bob: Member) -> None:
    nobody = f"{unique('nobody')}@example.com"
    for number in range(LIMIT + 2):
        address = f"203.0.113.{number + 1}"
        known = words(guess(bob.user.email, f"guess-number-{number}", address), bob.user.email)
        assert known == words(guess(nobody, f"guess-number-{number}", address), nobody)
    assert "Too many attempts" in known[1]


def test_who_forgot_a_password_learns_no_more(bob: Member) -> None:
    nobody = f"{unique('nobody')}@example.com"
    answers = [
        words(Client().post("/accounts/password/reset/", {"email": email}, follow=True), email)
        for email in (bob.user.email, nobody)
    ]
    assert answers[0] == answers[1]


def test_an_open_session_is_no_way_to_guess_the_password_either(bob: Member, looked_at: list[str]) -> None:
    client = signed_in(bob)
    for number in range(GUESSES):
        client.post("/accounts/reauthenticate/", {"password": f"guess-number-{number}"})
    assert len(looked_at) <= LIMIT
    looked_at.clear()
    typed = {"password1": "another-long-phrase", "password2": "another-long-phrase"}
    for number in range(GUESSES):
        client.post("/accounts/password/change/", {**typed, "oldpassword": f"guess-number-{number}"})
    assert len(looked_at) <= LIMIT


@pytest.mark.parametrize("purpose", [Credential.CHALLENGE_LINK, Credential.OFFER_LINK, Credential.INVITATION])
def test_the_secret_of_a_link_has_128_bits_and_more(purpose: str) -> None:
    made = {link_token(purpose, number).removeprefix("lk_") for number in range(500)}
    assert len(made) == 500
    assert all(len(each) * 6 >= 128 for each in made)
    assert len({each[at] for each in made for at in range(len(each))}) == 64, "some letters never stand there"


def test_a_key_has_128_bits_and_more() -> None:
    assert len(new_secret("hk").removeprefix("hk_")) * 6 >= 128


def stored(token: str, partner: Partner) -> list[str]:
    """The tables that hold the secret itself."""
    with reading(partner.id), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'mails'")
        tables = [name for (name,) in cursor.fetchall()]
        found = []
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE strpos(t::text, %s) > 0', [token])
            found += [table] * cursor.fetchone()[0]
    return found


def test_an_invitation_sent_anew_ends_the_link_before_and_only_hashes_are_kept(partner: Partner, alice: Member) -> None:
    asked = invite_member(partner, acting(alice), email=f"{unique('eve')}@example.com", role="salesperson")
    first = invitation_token(asked)
    second = invitation_token(resend_invitation(partner, acting(alice), asked.member_id))
    assert first != second
    assert Credential.objects.get(hash=hash_secret(first)).revoked_at is not None
    assert Credential.objects.get(hash=hash_secret(second)).revoked_at is None
    assert Client().get(f"/invitations/{first}").status_code == 410
    assert stored(first, partner) + stored(second, partner) == []


def test_an_offer_sent_anew_ends_the_link_before_and_only_hashes_are_kept(sandbox: SandboxServer) -> None:
    desk = Desk()
    offer = send(desk)
    first, old = offer_token(offer), link_to(offer)
    again = resend_offer(desk.partner, desk.bob, offer.order_id)
    assert Credential.objects.get(hash=hash_secret(first)).revoked_at is not None
    assert not old.is_newest(again)
    assert link_to(again).is_newest(again)
    assert stored(first, desk.partner) + stored(offer_token(again), desk.partner) == []


def test_the_search_for_secrets_would_find_one(partner: Partner) -> None:
    """The control of the two above."""
    assert set(stored(partner.slug, partner)) == {"partners", "events"}

"""The link on which a customer answers their bank: what it shows in every state, and what it accepts."""

from __future__ import annotations

import pytest
from django.test import Client

from handsel.database.secrets import link_token
from handsel.flows.money.cancel import cancel_payment
from handsel.models import Credential, Payment
from tests.sandbox import SandboxServer
from tests.web.orders.conftest import Place, html


@pytest.fixture
def asked(place: Place, sandbox: SandboxServer) -> Payment:
    """A payment whose bank asks the customer."""
    return place.desk.payment(place.desk.pay(place.order, "pm_card_authenticationRequired"))


def address(payment: Payment) -> str:
    return f"/confirm/{link_token(Credential.CHALLENGE_LINK, payment.id)}"


def test_the_link_says_what_is_charged_by_whom_and_is_found_by_no_search_engine(place: Place, asked: Payment) -> None:
    answer = place.stranger.get(address(asked))
    shown = html(answer)
    assert answer.status_code == 200
    assert "$120.00" in shown
    assert place.desk.partner.name in shown
    assert "Confirm with your bank" in shown
    assert "noindex" in answer["X-Robots-Tag"]
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cache-Control"] == "no-store"


def test_the_button_leads_to_the_bank_and_back_to_what_came_of_it(
    place: Place, asked: Payment, sandbox: SandboxServer
) -> None:
    browser = Client()
    there = browser.post(address(asked))
    url = html(there).split("url=")[1].split('"')[0].replace("&amp;", "&")
    assert url.startswith(sandbox.url)
    back = sandbox.answer_challenge(url)
    assert "/pay/returned" in back
    returned = browser.get("/pay/returned")
    assert returned["Location"] == f"{address(asked)}/returned"
    assert "$120.00 was paid" in html(browser.get(returned["Location"]))
    assert place.fresh().status == "activated"
    again = browser.post(address(asked))
    assert "$120.00 was paid" in html(again)
    assert len(sandbox.captured(order=place.order.shown_id)) == 1


def test_a_customer_whom_the_bank_refuses_learns_that_nothing_was_charged(
    place: Place, asked: Payment, sandbox: SandboxServer
) -> None:
    browser = Client()
    url = html(browser.post(address(asked))).split("url=")[1].split('"')[0].replace("&amp;", "&")
    sandbox.answer_challenge(url, "refuse")
    shown = html(browser.get(f"{address(asked)}/returned"))
    assert "The payment did not go through" in shown
    assert "Nothing was charged." in shown
    assert place.fresh().status == "declined"


def test_a_payment_that_was_cancelled_is_no_longer_needed(place: Place, asked: Payment) -> None:
    cancel_payment(place.desk.partner, place.desk.bob, place.order.id)
    shown = html(place.stranger.post(address(asked)))
    assert "This is no longer needed" in shown
    assert "Confirm with your bank" not in shown


def test_a_link_that_ran_out_accepts_nothing_also_when_posted_to(place: Place, asked: Payment) -> None:
    Credential.objects.filter(row_id=asked.id).update(expires_at="2020-01-01T00:00:00Z")
    for answer in (place.stranger.get(address(asked)), place.stranger.post(address(asked))):
        assert answer.status_code == 410
        assert "This link has run out" in html(answer)
    assert place.desk.payment(place.order).status == "requires_action"


def test_an_unknown_link_is_not_found(place: Place, asked: Payment) -> None:
    assert place.stranger.get("/confirm/lk_nonsense").status_code == 404
    assert place.stranger.post("/confirm/lk_nonsense").status_code == 404
    assert place.stranger.get("/confirm/lk_nonsense/returned").status_code == 404
    assert place.stranger.get("/confirm/lk_nonsense/accent.css").status_code == 404


def test_who_comes_back_in_another_browser_is_told_where_to_look(place: Place, asked: Payment) -> None:
    assert "Your answer went to your bank" in html(place.stranger.get("/pay/returned?payment_intent=pi_1"))

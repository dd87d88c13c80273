"""While a payment is under way: the bank's question and the way back, what is not known yet, many failed cards."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.http import HttpRequest
from django.test import RequestFactory

from handsel.flows.money.reconcile import look
from handsel.flows.sales.conversation import write_to_customer
from handsel.rules.errors import HandselError
from handsel.web.guards import TooMany
from handsel.web.portal.failed_cards import claim_try, count_failed, give_back, limit_of, network_of
from tests.flows.money.desk import Desk
from tests.sandbox import SandboxServer
from tests.web.portal.sent import Sent, hidden, html, sent

ASKS, DECLINED = "pm_card_authenticationRequired", "pm_card_visa_chargeDeclined"


def to_bank(offer: Sent) -> str:
    """Press the button to the bank; where it leads."""
    return html(offer.post("/bank")).split("url=")[1].split('"')[0].replace("&amp;", "&")


def test_the_bank_asks_on_the_page_and_the_customer_comes_back_to_it(desk: Desk, sandbox: SandboxServer) -> None:
    offer = sent(desk)
    shown = html(offer.sign(token=ASKS, htmx=True))
    assert "Your bank wants to make sure that it is you" in shown
    assert "Until then nothing is charged." in shown
    assert "card-fields" not in shown
    url = to_bank(offer)
    assert url.startswith(sandbox.url)
    sandbox.answer_challenge(url)
    back = offer.browser.get("/pay/returned")
    assert back["Location"] == f"{offer.url}/returned"
    assert "Thank you. $170.00 was paid." in html(offer.browser.get(back["Location"], follow=True))
    assert offer.order().status == "activated"


def test_a_bank_that_refuses_leaves_the_signature_and_lets_another_card_be_tried(
    desk: Desk, sandbox: SandboxServer
) -> None:
    offer = sent(desk)
    offer.sign(token=ASKS)
    sandbox.answer_challenge(to_bank(offer), "refuse")
    shown = html(offer.browser.get(f"{offer.url}/returned", follow=True))
    assert "The payment did not go through" in shown
    assert "Pay $170.00" in shown


def test_who_comes_back_without_an_answer_is_told_so(desk: Desk, sandbox: SandboxServer) -> None:
    offer = sent(desk)
    offer.sign(token=ASKS)
    to_bank(offer)
    assert "Your bank has not confirmed yet." in html(offer.browser.get(f"{offer.url}/returned", follow=True))


def test_a_payment_that_waits_can_be_given_up_for_another_card(desk: Desk, sandbox: SandboxServer) -> None:
    offer = sent(desk)
    offer.sign(token=ASKS)
    shown = html(offer.post("/cancel", htmx=True))
    assert "Pay $170.00" in shown
    assert offer.payments()[0].status == "cancelled"
    form = {name: hidden(shown, name) for name in ("document_sha256", "shown")} | {"token": "pm_card_visa"}
    assert "was paid" in html(offer.post("/sign", form, htmx=True))
    assert len(sandbox.captured(order=offer.order().shown_id)) == 1


def test_an_unknown_outcome_says_so_and_the_page_tells_when_it_is_known(desk: Desk, sandbox: SandboxServer) -> None:
    offer = sent(desk)
    form = offer.form()
    sandbox.faults(drop_response_rate=1)
    shown = html(offer.post("/sign", form, htmx=True))
    sandbox.faults()
    assert "We are finding out" in shown
    assert "Do not pay again; this page will tell you." in shown
    assert "card-fields" not in shown
    mark = shown.split("?mark=")[1].split('"')[0]
    assert offer.get(f"/state?mark={mark}").status_code == 204
    again = offer.post("/sign", form, htmx=True)
    assert "Do not pay again" in html(again)
    look(desk.partner, offer.payments()[0].id, now_due=True)
    told = offer.get(f"/state?mark={mark}", headers={"HX-Request": "true"})
    assert "Thank you. $170.00 was paid." in html(told)
    assert len(sandbox.captured(order=offer.order().shown_id)) == 1


def test_a_debit_that_clears_says_that_nobody_need_do_anything(desk: Desk, sandbox: SandboxServer) -> None:
    offer = sent(desk)
    offer.sign(token=ASKS)
    desk.make_due(offer.payments()[0], status="clearing")
    shown = html(offer.get())
    assert "Your bank is clearing the payment" in shown
    assert "Pay $170.00" not in shown


def test_too_many_failed_cards_lock_the_link_and_the_page_says_so(desk: Desk, sandbox: SandboxServer) -> None:
    offer = sent(desk)
    shown = html(offer.sign(token=DECLINED, htmx=True))
    for _ in range(4):
        form = {name: hidden(shown, name) for name in ("document_sha256", "shown")} | {"token": DECLINED}
        shown = html(offer.post("/sign", form, htmx=True))
    assert "This link is locked" in shown
    assert "card-fields" not in shown
    refused = offer.post("/sign", form, htmx=True)
    assert "This link is locked" in html(refused)
    assert len(offer.payments()) == 5


def test_one_address_fails_only_so_many_cards_over_all_links(desk: Desk, sandbox: SandboxServer) -> None:
    cache.set("failed-cards:127.0.0.1", [9_999_999_999.0] * limit_of(desk.partner))
    offer = sent(desk)
    answer = offer.sign(htmx=True)
    assert answer.status_code == 429
    assert "Too many cards failed from here. Nothing was charged" in html(answer)
    assert offer.payments() == []
    assert offer.order().status == "awaiting_customer_approval"
    elsewhere = offer.browser.post(offer.url + "/sign", offer.form(), REMOTE_ADDR="203.0.113.9")
    assert elsewhere.status_code == 302


def test_only_cards_that_failed_count_against_an_address(desk: Desk, sandbox: SandboxServer) -> None:
    sent(desk).sign()
    assert cache.get("failed-cards:127.0.0.1", ()) == []
    sent(desk, terms=False).sign(token=DECLINED)
    sent(desk, terms=False).sign(name="")
    assert len(cache.get("failed-cards:127.0.0.1")) == 1


def request_from(address: str) -> HttpRequest:
    return RequestFactory().get("/", REMOTE_ADDR=address)


def test_the_limit_of_an_address_is_well_above_that_of_a_link(desk: Desk) -> None:
    assert limit_of(desk.partner) == 15
    desk.partner.order_settings["failed_cards_per_link"] = 10
    assert limit_of(desk.partner) == 30


def test_tries_at_once_are_all_counted_and_those_that_went_well_are_given_back(desk: Desk) -> None:
    here = request_from("203.0.113.1")
    claimed = [claim_try(here, desk.partner) for _ in range(15)]
    with pytest.raises(TooMany) as refused:
        claim_try(here, desk.partner)
    assert isinstance(refused.value, HandselError)
    assert (refused.value.code, refused.value.status) == ("too_many_requests", 429)
    give_back(here, claimed[0])
    claim_try(here, desk.partner)
    count_failed(request_from("203.0.113.2"))
    assert len(cache.get("failed-cards:203.0.113.2")) == 1


def test_neighbours_in_one_network_of_the_new_protocol_count_as_one() -> None:
    assert network_of("2001:db8:1:2:3:4:5:6") == network_of("2001:db8:1:2::1") == "2001:db8:1:2::"
    assert network_of("::ffff:203.0.113.7") == "203.0.113.7"
    assert network_of("203.0.113.7") == "203.0.113.7"
    assert network_of("") == ""


def test_customer_and_seller_write_to_each_other_on_the_page(desk: Desk) -> None:
    offer = sent(desk, message="Here it is.")
    shown = html(offer.get())
    assert "Here it is." in shown
    assert "Please write a message first." in html(offer.post("/messages", {"text": ""}, htmx=True))
    assert "When do you begin?" in html(offer.post("/messages", {"text": "When do you begin?"}, htmx=True))
    assert offer.get("/messages?count=2").status_code == 204
    write_to_customer(desk.partner, desk.bob, offer.offer.order_id, "On Monday <b>early</b>.")
    told = html(offer.get("/messages?count=2"))
    assert "On Monday &lt;b&gt;early&lt;/b&gt;." in told
    assert "Bob" in told
    plain = offer.post("/messages", {"text": "Fine."})
    assert (plain.status_code, plain["Location"]) == (302, f"{offer.url}#conversation")

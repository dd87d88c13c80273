"""Every page of orders: it works, a stranger, another salesperson, another partner, repeated."""

from __future__ import annotations

import pytest

from handsel.models import Payment
from tests.sandbox import SandboxServer
from tests.web.orders.conftest import Place, html

READS = ["", "/approval", "/payment", "/activation", "/history", "/status", "/charge", "/actions/archive"]


@pytest.mark.parametrize("path", READS)
def test_a_page_of_an_order_opens_for_its_owner_and_for_nobody_else(place: Place, path: str) -> None:
    url = place.url + path
    assert place.bob.get(url).status_code == 200
    assert place.bob.get(url).status_code == 200
    answer = place.stranger.get(url)
    assert (answer.status_code, "/accounts/login/" in answer["Location"]) == (302, True)
    assert place.eve.get(url).status_code == 404
    assert place.charlie.get(url).status_code == 404


@pytest.mark.parametrize("path", ["/orders", "/orders/new", "/orders/options/customers", "/orders/options/products"])
def test_a_page_without_an_order_opens_for_members_and_shows_their_own_partner(place: Place, path: str) -> None:
    assert place.bob.get(path).status_code == 200
    assert place.stranger.get(path).status_code == 302
    shown = html(place.charlie.get(path))
    assert "Dana" not in shown
    assert place.order.number not in shown


def test_another_salesperson_does_not_find_the_order_in_the_list(place: Place) -> None:
    assert place.order.number in html(place.bob.get("/orders"))
    assert place.order.number in html(place.alice.get("/orders"))
    assert place.order.number not in html(place.eve.get("/orders"))


WRITES = ["/draft", "/lines", "/charge", "/attachments", "/actions/submit_to_admin", "/actions/duplicate"]


@pytest.mark.parametrize("path", WRITES)
def test_nobody_else_changes_an_order(place: Place, path: str) -> None:
    before = place.fresh().version
    typed = {
        "version": str(before),
        "add_product": place.desk.website.shown_id,
        "method": "new",
        "token": "pm_card_visa",
    }
    assert place.stranger.post(place.url + path, typed).status_code == 302
    assert place.eve.post(place.url + path, typed).status_code == 404
    assert place.charlie.post(place.url + path, typed).status_code == 404
    assert place.fresh().version == before
    assert place.desk.payments(place.order.id) == []


def test_an_open_page_is_told_only_what_is_new(place: Place) -> None:
    assert place.bob.get(f"{place.url}/status?seen=1-").status_code == 204
    place.bob.post(f"{place.url}/draft", place.form(staff_notes="New."))
    answer = place.bob.get(f"{place.url}/status?seen=1-")
    assert answer.status_code == 200
    assert answer["HX-Retarget"] == "#order"


def test_the_history_is_in_plain_words_with_who_and_when(place: Place, sandbox: SandboxServer) -> None:
    place.bob.post(f"{place.url}/charge", {"version": "1", "method": "new", "token": "pm_card_visa", "save": "on"})
    shown = html(place.bob.get(f"{place.url}/history"))
    for said in ("Order created", "Payment of $120.00 started", "Payment of $120.00 succeeded", "Order activated"):
        assert said in shown
    assert "Bob, in the console" in shown
    assert "Subscription created: Hosting" in shown
    assert place.desk.rows(Payment)[0].status == "succeeded"

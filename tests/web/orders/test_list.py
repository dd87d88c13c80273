"""The list of orders: what its address says is what it shows, however it was come by."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from handsel.web.console.orders import orders_list
from tests.cast import make_customer, make_order
from tests.web.orders.conftest import Place, html


def numbers(place: Place, address: str) -> list[str]:
    """The orders' numbers as they stand in the list."""
    return re.findall(r">(O-\d+)<", html(place.bob.get(address)))


def link(place: Place, address: str, relation: str) -> str:
    """Where “Older” or “Newer” leads."""
    shown = html(place.bob.get(address))
    found = re.search(rf'href="([^"]+)"[^>]*rel="{relation}"', shown)
    return found[1].replace("&amp;", "&") if found else ""


def test_paging_goes_on_and_back_without_losing_a_row(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orders_list, "PAGE", 2)
    for _ in range(4):
        place.desk.order(place.desk.website)
    first = numbers(place, "/orders")
    assert first == ["O-00005", "O-00004"]
    assert link(place, "/orders", "prev") == ""
    second = link(place, "/orders", "next")
    assert numbers(place, second) == ["O-00003", "O-00002"]
    third = link(place, second, "next")
    assert numbers(place, third) == ["O-00001"]
    assert link(place, third, "next") == ""
    back = link(place, third, "prev")
    assert numbers(place, back) == ["O-00003", "O-00002"]
    assert numbers(place, link(place, back, "prev")) == first


@pytest.mark.parametrize("sort", ["oldest", "total", "total_ascending", "updated"])
def test_every_sort_pages_through_all_orders(place: Place, monkeypatch: pytest.MonkeyPatch, sort: str) -> None:
    monkeypatch.setattr(orders_list, "PAGE", 2)
    for product in (place.desk.care, place.desk.website, place.desk.hosting):
        place.desk.order(product)
    seen, address = [], f"/orders?sort={sort}"
    while address:
        seen += numbers(place, address)
        address = link(place, address, "next")
    assert sorted(seen) == ["O-00001", "O-00002", "O-00003", "O-00004"]


def test_filters_stand_in_the_address_and_are_said(place: Place) -> None:
    other = make_customer(place.desk.partner, place.desk.alice, name="Pico Coffee")
    tagged = make_order(place.desk.partner, place.desk.bob, other, [place.desk.website], tags=["fair"])
    assert numbers(place, f"/orders?customer={other.shown_id}") == [tagged.number]
    assert numbers(place, "/orders?tag=fair") == [tagged.number]
    assert numbers(place, "/orders?q=pico") == [tagged.number]
    assert numbers(place, "/orders?q=O-00001") == ["O-00001"]
    assert numbers(place, "/orders?status=draft") == [tagged.number, "O-00001"]
    assert numbers(place, "/orders?status=declined") == []
    assert numbers(place, "/orders?created_from=2199-01-01") == []
    assert numbers(place, "/orders?created_until=2199-01-01") == [tagged.number, "O-00001"]
    shown = html(place.bob.get(f"/orders?customer={other.shown_id}&tag=fair"))
    assert "Remove filter: Customer: Pico Coffee" in shown
    assert "Remove filter: Tag: fair" in shown


@pytest.mark.parametrize(
    "query", ["status=nonsense", "sort=nonsense", "after=nonsense", "customer=nonsense", "created_from=2026-02-30",
              "before=ord_00000000000000000000000000", "q=%F0%9F%8D%8E%20%27%22%3B--", "after=ord_zzzz"],
)  # fmt: skip
def test_nonsense_in_the_address_breaks_no_shared_link(place: Place, query: str) -> None:
    assert place.bob.get(f"/orders?{query}").status_code == 200


def test_chips_count_what_the_member_may_see(place: Place) -> None:
    place.bob.post(f"{place.url}/actions/submit_to_admin", {"version": "1"})
    shown = html(place.bob.get("/orders"))
    assert re.search(r'In review <span class="chip-count">1</span>', shown)
    assert "Drafted" not in shown
    assert re.search(r'All <span class="chip-count">0</span>', html(place.eve.get("/orders")))


def test_an_empty_list_offers_the_first_step(place: Place) -> None:
    assert "No orders yet" in html(place.eve.get("/orders"))
    narrowed = html(place.eve.get("/orders?q=nobody"))
    assert "No order fits" in narrowed
    assert "Show all orders" in narrowed


def test_a_part_comes_with_the_address_that_shows_the_same(place: Place) -> None:
    answer = place.bob.get("/orders?status=draft&customer=&q=dana", headers={"HX-Request": "true"})
    assert answer["HX-Push-Url"] == "/orders?status=draft&q=dana"
    assert "<html" not in html(answer)
    back = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<html" in html(place.bob.get("/orders?status=draft", headers=back))


def test_the_number_of_statements_does_not_depend_on_the_number_of_orders(place: Place) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert place.bob.get("/orders").status_code == 200
        return len(captured)

    few = statements()
    for _ in range(5):
        place.desk.order(place.desk.website, tags=["fair"])
    assert statements() == few


def test_a_page_of_an_order_asks_the_same_number_of_statements_however_many_lines(place: Place) -> None:
    def statements(url: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert place.bob.get(url).status_code == 200
        return len(captured)

    many = place.desk.order(*[place.desk.website] * 12)
    assert statements(f"/orders/{many.shown_id}") == statements(place.url)

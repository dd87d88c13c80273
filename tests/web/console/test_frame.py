"""The frame of every page: where one may go, how numbers are written, and that it costs nothing."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from handsel.models import Member, Partner
from handsel.rules.permissions import Grant
from handsel.web.context import navigation, reader_locale, shell
from handsel.web.guards import Desk
from tests.cast import acting, make_member
from tests.web.console.world import signed_in


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("en-GB,en;q=0.8", "en_GB"),
        ("de-AT,de;q=0.9,en-GB;q=0.5", "en_GB"),
        ("de-AT", "en_US"),
        ("en", "en_US"),
        ("", "en_US"),
        ("x-y-z;;,\u0000", "en_US"),
    ],
)
def test_numbers_are_written_as_the_reader_asks_in_the_language_of_the_page(asked: str, written: str) -> None:
    assert reader_locale(RequestFactory().get("/", headers={"Accept-Language": asked}), "en_US") == written


def test_the_partners_way_of_writing_holds_where_the_reader_asks_for_none() -> None:
    assert reader_locale(RequestFactory().get("/"), "en_AU") == "en_AU"
    assert reader_locale(RequestFactory().get("/"), "de_DE") == "en_US"


def test_a_salesperson_sees_no_way_to_administration(alice: Member, bob: Member) -> None:
    labels = [place["label"] for place in navigation("/home", acting(bob))]
    assert "Administration" not in labels
    assert {"Orders", "Customers", "Products"} <= set(labels)
    assert "Administration" in [place["label"] for place in navigation("/home", acting(alice))]


def test_the_place_one_is_at_is_marked_and_no_other(alice: Member) -> None:
    marked = [place["label"] for place in navigation("/customers/new", acting(alice)) if place["current"]]
    assert marked == ["Customers"]


def test_the_frame_asks_the_database_nothing(partner: Partner, alice: Member) -> None:
    request = RequestFactory().get("/home")
    request.desk = Desk(partner, alice, acting(alice))  # type: ignore[attr-defined]
    with CaptureQueriesContext(connection) as asked:
        assert shell(request)["partner"] == partner
        assert "partner" not in shell(RequestFactory().get("/accounts/login/"))
    assert len(asked) == 0


def test_whoever_manages_only_the_catalogue_is_led_to_tax_rates_alone(partner: Partner) -> None:
    page = signed_in(make_member(partner, "Mona", "salesperson", [Grant.CATALOG_MANAGE.value])).get("/administration")
    html = page.content.decode()
    assert "/administration/tax-rates" in html
    assert "/administration/members" not in html
    assert "/administration/business" not in html


def test_the_search_finds_orders_customers_and_products_by_beginnings_of_words(alice: Member, partner: Partner) -> None:
    client = signed_in(alice)
    assert "Nothing found" in client.get("/search?q=zzz").content.decode()
    assert client.get("/search").status_code == 200
    assert client.get("/search?q=%F0%9F%8D%B0'%22%3C").status_code == 200

"""A draft is begun, edited and saved: what differs is written, what makes no sense is said beside its field."""

from __future__ import annotations

import pytest

from handsel.models import Customer, Member, Order
from tests.cast import acting, make_product, read_lines
from tests.web.orders.conftest import Place, html


def test_a_draft_saves_what_differs_and_nothing_when_nothing_does(place: Place) -> None:
    line = read_lines(place.desk.partner, place.order)[0]
    answer = place.bob.post(f"{place.url}/draft", place.form(**{f"quantity_{line.shown_id}": "4"}))
    assert answer.status_code == 200
    assert "$420.00" in html(answer)
    assert (place.fresh().version, place.fresh().total_minor) == (2, 42_000)
    assert place.bob.post(f"{place.url}/draft", place.form()).status_code == 200
    assert place.fresh().version == 2
    assert place.desk.events(subject_id=place.order.id) == ["order.created", "order.updated"]


@pytest.mark.parametrize(
    ("field", "typed", "complaint"),
    [
        ("quantity", "0", "This must be from 1 to 1,000,000."),
        ("quantity", "-1", "This must be from 1 to 1,000,000."),
        ("quantity", "two", "Write a whole number."),
        ("quantity", "", "This must be from 1 to 1,000,000."),
        ("price", "12.345", "USD has at most 2 decimals."),
        ("price", "-1", "A price is not negative."),
        ("price", "99999999999999999", "This amount is too large."),
        ("discount", "101", "A percentage is between 0 and 100."),
        ("start", "2027-02-30", "Write a day that exists, such as 2026-12-31."),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field_and_nothing_is_saved(
    place: Place, field: str, typed: str, complaint: str
) -> None:
    line = read_lines(place.desk.partner, place.order)[0]
    answer = place.bob.post(f"{place.url}/draft", place.form(**{f"{field}_{line.shown_id}": typed}))
    assert answer.status_code == 422
    shown = html(answer).replace("&quot;", '"').replace("&#x27;", "'")
    assert f'"{field}_{line.shown_id}": "{complaint}"' in shown
    assert place.fresh().version == 1


def test_a_stale_draft_is_not_saved_until_its_writer_says_so(place: Place) -> None:
    stale = place.form(customer_notes="Welcome.")
    place.alice.post(f"{place.url}/draft", place.form(staff_notes="Alice was here."))
    answer = place.bob.post(f"{place.url}/draft", stale)
    assert answer.status_code == 409
    assert "Somebody else changed this order" in html(answer)
    assert place.fresh().customer_notes == ""
    assert place.bob.post(f"{place.url}/draft?over=yes", stale).status_code == 200
    assert place.fresh().customer_notes == "Welcome."


def test_a_product_is_added_and_a_line_removed_with_what_was_typed_elsewhere(place: Place) -> None:
    first, second = read_lines(place.desk.partner, place.order)
    typed = place.form(**{f"quantity_{first.shown_id}": "2", "add_product": place.desk.care.shown_id})
    answer = place.bob.post(f"{place.url}/lines", typed)
    assert answer.status_code == 200
    assert "Care plan" in html(answer)
    assert [(line.name, line.quantity) for line in read_lines(place.desk.partner, place.order)] == [
        ("Website", 2), ("Hosting", 1), ("Care plan", 1),
    ]  # fmt: skip
    answer = place.bob.post(f"{place.url}/lines/{second.shown_id}/remove", place.form())
    assert answer.status_code == 200
    assert [line.name for line in read_lines(place.desk.partner, place.order)] == ["Website", "Care plan"]
    again = place.bob.post(f"{place.url}/lines/{second.shown_id}/remove", place.form())
    assert again.status_code == 200
    assert place.fresh().line_count == 2


def test_another_partners_product_is_not_found(place: Place, charlie: Member) -> None:
    theirs = make_product(charlie.partner, acting(charlie))
    answer = place.bob.post(f"{place.url}/lines", place.form(add_product=theirs.shown_id))
    assert answer.status_code == 404
    assert place.fresh().line_count == 2


def test_an_order_is_begun_once_per_form(place: Place) -> None:
    typed = {"customer": place.desk.dana.shown_id, "once": "a-word-of-this-form"}
    first, second = (place.bob.post("/orders/new", typed) for _ in range(2))
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert len(place.desk.rows(Order)) == 2
    assert place.charlie.post("/orders/new", typed).status_code == 404


def test_a_customer_of_the_dialog_keeps_what_was_typed_until_it_is_right(place: Place) -> None:
    typed = {"name": "Pico Coffee", "email": "nonsense", "currency": "USD", "once": "another-word"}
    answer = place.bob.post("/orders/new/customer", typed)
    assert answer.status_code == 422
    assert 'value="Pico Coffee"' in html(answer)
    assert "Write an e-mail address" in html(answer)
    for _ in range(2):
        place.bob.post("/orders/new/customer", typed | {"email": "pico@example.com"})
    assert [each.name for each in place.desk.rows(Customer, name="Pico Coffee")] == ["Pico Coffee"]

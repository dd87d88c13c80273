"""Submitting an order for the customer's approval in the console: the dialog, again, taken back; by whom it may."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest

from handsel.database.tenancy import writing
from handsel.flows.sales.link import open_offer, view_offer
from handsel.flows.sales.terms import publish_terms
from handsel.models import Contact, Offer
from tests.cast import all_settings_on
from tests.flows.sales.offering import link_to, pay, send
from tests.sandbox import SandboxServer
from tests.web.orders.conftest import Place, html


def typed(place: Place, **fields: str) -> dict[str, str]:
    """The dialog as somebody would fill it, to a new contact."""
    day = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=9)
    given = {
        "version": str(place.fresh().version), "contact": "new", "name": "Dana Baker", "email": "dana@bakery.example",
        "require_payment": "on", "expires_at": day.isoformat(), "message": "As we agreed.",
    }  # fmt: skip
    return {**given, **fields}


def offers(place: Place) -> list[Offer]:
    return place.desk.rows(Offer, order_id=place.order.id)


def settings(place: Place, **changes: bool) -> None:
    place.desk.partner.order_settings = asdict(all_settings_on()) | changes
    with writing(place.desk.partner.id):
        place.desk.partner.save(update_fields=["order_settings"])


def test_the_button_has_its_exact_words_and_the_dialog_says_what_is_asked_for(place: Place) -> None:
    assert "Submit for customer approval</button>" in html(place.bob.get(place.url)).replace("</span>", "")
    publish_terms(place.desk.partner, place.desk.alice, title="Our terms", text="Be kind.", tick="I agree.")
    asked = html(place.bob.get(f"{place.url}/send"))
    for said in ("$120.00 are paid by card", "$20.00 every month from", "“Our terms”, version 1", "Somebody else"):
        assert said in asked
    contact = place.desk.rows(Contact, customer_id=place.desk.dana.id)[0]
    assert contact.email in asked


def test_an_order_is_sent_to_a_new_contact_and_the_page_says_how_it_stands(place: Place) -> None:
    answer = place.bob.post(f"{place.url}/send", typed(place))
    assert answer.status_code == 200
    assert "dana@bakery.example" in answer["HX-Trigger"]
    assert "With Dana Baker for approval" in html(answer)
    (offer,) = offers(place)
    assert (offer.contact_email, offer.require_payment, offer.message) == ("dana@bakery.example", True, "As we agreed.")
    assert place.fresh().status == "awaiting_customer_approval"
    assert place.bob.post(f"{place.url}/send", typed(place, version="1")).status_code == 409
    assert len(offers(place)) == 1


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(place: Place) -> None:
    answer = place.bob.post(f"{place.url}/send", typed(place, name="", email="nobody", message="Keep me."))
    assert (answer.status_code, answer["HX-Retarget"]) == (422, "#dialogs")
    shown = html(answer)
    assert "error_contact-name" in shown
    assert "error_contact-email" in shown
    assert "Keep me." in shown
    late = html(place.bob.post(f"{place.url}/send", typed(place, expires_at="2020-01-01")))
    assert "An offer ends in the future" in late
    assert 'value="2020-01-01"' in late
    assert "Choose who gets the offer" in html(place.bob.post(f"{place.url}/send", typed(place, contact="")))
    assert "a day that exists" in html(place.bob.post(f"{place.url}/send", typed(place, expires_at="soon")))
    assert offers(place) == []
    assert place.fresh().status == "draft"


def test_a_refusal_is_told_in_the_dialog_and_nothing_is_sent(place: Place) -> None:
    stale = place.bob.post(f"{place.url}/send", typed(place, version="9"))
    assert stale.status_code == 409
    assert "Nothing was sent" in html(stale)
    assert "As we agreed." in html(stale)
    assert offers(place) == []


def test_payment_is_offered_only_where_the_setting_lets_and_sending_only_where_that_does(place: Place) -> None:
    settings(place, customer_approval_can_accept_payment=False)
    asked = html(place.bob.get(f"{place.url}/send"))
    assert 'name="require_payment"' not in asked
    assert "an invoice over $120.00 is made" in asked
    assert 'name="require_payment"' in html(place.alice.get(f"{place.url}/send"))
    assert place.bob.post(f"{place.url}/send", typed(place)).status_code == 403
    settings(place, salespeople_can_send_for_customer_approval=False)
    assert "Submit for customer approval" not in html(place.bob.get(place.url))
    assert place.bob.get(f"{place.url}/send").status_code == 403
    assert place.bob.post(f"{place.url}/send", typed(place, require_payment="")).status_code == 403
    assert offers(place) == []
    assert place.alice.post(f"{place.url}/send", typed(place)).status_code == 200


def test_an_offer_is_sent_again_by_a_new_link_with_what_was_said_before(place: Place) -> None:
    offer = send(place.desk, place.order, message="As we agreed.")
    asked = html(place.bob.get(f"{place.url}/send"))
    assert "As we agreed." in asked
    assert "by a new link" in asked
    answer = place.bob.post(f"{place.url}/send", typed(place, again="yes", email="other@bakery.example", name="Other"))
    assert "With Other for approval" in html(answer)
    (now,) = offers(place)
    assert (now.id, now.sends, now.contact_email) == (offer.id, 2, "other@bakery.example")


def test_an_offer_is_recalled_after_one_question_that_names_the_consequence(place: Place) -> None:
    send(place.desk, place.order)
    asked = html(place.bob.get(f"{place.url}/actions/recall"))
    assert "Recall order" in asked
    assert "dana@bakery.example cannot sign or pay any more" in asked
    assert "revision 2" in asked
    version = str(place.fresh().version)
    assert place.bob.post(f"{place.url}/actions/recall", {"version": version}).status_code == 200
    assert (place.fresh().status, offers(place)[0].closed_as) == ("draft", "recalled")
    assert place.bob.post(f"{place.url}/actions/recall", {"version": version}).status_code == 409


@pytest.mark.parametrize("path", ["/send", "/actions/recall"])
def test_nobody_else_sends_or_recalls(place: Place, path: str) -> None:
    if path != "/send":
        send(place.desk, place.order)
    before, form = place.fresh().version, typed(place)
    for method in ("get", "post"):
        assert getattr(place.stranger, method)(place.url + path, form).status_code == 302
        assert getattr(place.eve, method)(place.url + path, form).status_code == 404
        assert getattr(place.charlie, method)(place.url + path, form).status_code == 404
    assert place.fresh().version == before


def test_a_contact_that_is_not_the_customers_is_not_there(place: Place) -> None:
    missing = Contact(partner_id=place.desk.partner.id).shown_id
    assert place.bob.post(f"{place.url}/send", typed(place, contact=missing)).status_code == 404
    assert place.fresh().status == "draft"


def what_the_page_asks(shown: str) -> str:
    """The address that an open page asks for news."""
    found = next(each.split('"')[0] for each in shown.split('hx-get="') if "/status?" in each.split('"')[0])
    return found.replace("&amp;", "&")


@pytest.mark.parametrize("tab", ["", "/approval"])
def test_an_open_page_learns_by_itself_that_the_offer_was_opened_viewed_and_paid(
    place: Place, sandbox: SandboxServer, tab: str
) -> None:
    offer = send(place.desk, place.order)
    shown = html(place.bob.get(place.url + tab))
    steps: tuple[Callable[..., Any], ...] = (open_offer, view_offer, lambda partner, link: pay(place.desk, offer))
    for step in steps:
        asks = what_the_page_asks(shown)
        assert place.bob.get(asks).status_code == 204
        step(place.desk.partner, link_to(offer))
        news = place.bob.get(asks)
        assert news.status_code == 200
        shown = html(news)
        assert ("Conversation with the customer" in shown) is bool(tab)
    assert "$120.00 was charged" in shown

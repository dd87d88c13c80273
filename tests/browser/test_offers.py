"""An offer from the salesperson's side, in a real browser: sent, and seen opened, viewed, answered, signed and paid."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from handsel.flows.sales.answer import SignatureGiven
from handsel.flows.sales.conversation import write_to_seller
from handsel.flows.sales.link import open_offer, view_offer
from handsel.models import Member, Message, Offer
from tests.browser.conftest import PHONE, WAIT_MS, serious_findings
from tests.cast import read_order
from tests.flows.money.desk import Desk
from tests.flows.sales.offering import drawing, link_to, pay, send
from tests.sandbox import SandboxServer

pytestmark = pytest.mark.browser
expect.set_options(timeout=WAIT_MS)

OpenPage = Callable[..., Page]


@pytest.fixture
def bob(desk: Desk) -> Member:
    return Member.objects.select_related("user").get(id=desk.bob.id)


def test_an_offer_is_sent_and_the_open_page_shows_it_opened_viewed_signed_and_paid(
    desk: Desk, bob: Member, open_page: OpenPage, sandbox: SandboxServer
) -> None:
    order = desk.order()
    page = open_page(bob)
    page.goto(f"/orders/{order.shown_id}")
    page.get_by_role("button", name="Submit for customer approval").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Somebody else").check()
    dialog.get_by_label("E-mail").fill("not an address")
    dialog.get_by_label("Message").fill("As we agreed.")
    expect(dialog.get_by_label("Require payment")).to_be_checked()
    assert serious_findings(page) == []
    dialog.get_by_role("button", name="Send to the customer").click()
    expect(dialog.get_by_text("2 answers need another look")).to_be_visible()
    expect(dialog.get_by_label("Message")).to_have_value("As we agreed.")
    dialog.get_by_label("Name").fill("Dana Baker")
    dialog.get_by_label("E-mail").fill("dana@bakery.example")
    dialog.get_by_role("button", name="Send to the customer").click()

    story = page.locator("#story")
    expect(story.get_by_text("With Dana Baker for approval")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    (offer,) = desk.rows(Offer, order_id=order.id)
    assert (offer.require_payment, offer.message) == (True, "As we agreed.")
    expect(story.get_by_text("Not opened yet")).to_be_visible()
    open_offer(desk.partner, link_to(offer))
    expect(story.get_by_text("Not viewed yet")).to_be_visible()
    view_offer(desk.partner, link_to(offer))
    expect(story.get_by_text("Viewed")).to_be_visible()
    assert serious_findings(page) == []

    page.get_by_role("link", name="See each step").click()
    expect(page.get_by_text("Not signed and paid yet")).to_be_visible()
    pay(desk, offer, signature=SignatureGiven("Dana Baker", "drawn", drawing()))
    expect(page.get_by_text("Signed by Dana Baker")).to_be_visible()
    expect(page.get_by_text("Payment of $170.00 succeeded")).to_be_visible()
    expect(page.locator("#order-head").get_by_text("Activated")).to_be_visible()
    drawn = page.locator(".signed img")
    expect(drawn).to_be_visible()
    assert drawn.evaluate("image => image.complete && image.naturalWidth") == 300
    assert serious_findings(page) == []
    assert read_order(desk.partner, order.id).status == "activated"


def test_what_is_typed_stays_while_the_page_follows_and_goes_once(
    desk: Desk, bob: Member, open_page: OpenPage, sandbox: SandboxServer
) -> None:
    order = desk.order()
    offer = send(desk, order)
    page = open_page(bob, PHONE)
    page.goto(f"/orders/{order.shown_id}/approval")
    box = page.get_by_label("Message to Dana Baker")
    box.press_sequentially("Do you have a quest")
    write_to_seller(desk.partner, link_to(offer), "May we begin a week later?")
    expect(page.get_by_text("May we begin a week later?")).to_be_visible()
    expect(box).to_have_value("Do you have a quest")
    expect(box).to_be_focused()
    box.press_sequentially("ion?")
    page.get_by_role("button", name="Send message").dblclick()
    expect(page.locator(".said", has_text="Do you have a question?")).to_be_visible()
    expect(box).to_have_value("")
    assert serious_findings(page) == []
    assert [each.text for each in desk.rows(Message)] == ["May we begin a week later?", "Do you have a question?"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]

"""An order is cancelled and its money given back, in a real browser: by keyboard at a desk, and on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from handsel.flows.money.refund import drive_refund
from handsel.models import Member, Partner
from tests.browser.conftest import PHONE, WAIT_MS, serious_findings
from tests.cast import make_member, read_order
from tests.flows.money.desk import Desk
from tests.sandbox import SandboxServer

pytestmark = pytest.mark.browser
expect.set_options(timeout=WAIT_MS)

OpenPage = Callable[..., Page]


@pytest.fixture
def alice(desk: Desk) -> Member:
    return Member.objects.select_related("user").get(id=desk.alice.id)


def test_an_order_is_cancelled_and_refunded_on_a_phone(
    desk: Desk, alice: Member, open_page: OpenPage, sandbox: SandboxServer
) -> None:
    """The button says what it will do as soon as another choice is made; the rest follows by itself."""
    order = desk.pay(desk.order())
    page = open_page(alice, PHONE)
    page.goto(f"/orders/{order.shown_id}")
    page.locator("#more-actions summary").click()
    page.get_by_role("button", name="Cancel the order…").click()
    dialog = page.get_by_role("dialog", name=f"Cancel order {order.number}?")
    expect(dialog.get_by_role("button", name="Cancel the order", exact=True)).to_be_visible()
    assert serious_findings(page) == []
    dialog.get_by_label("Reason").fill("Signed by mistake")
    dialog.get_by_label("Refund it").check()
    button = dialog.get_by_role("button", name="Cancel and refund $170.00")
    expect(button).to_be_visible()
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    button.click()
    expect(page.get_by_text("The order is cancelled.")).to_be_visible()
    assert read_order(desk.partner, order.id).status == "cancelled"
    assert {each.status for each in desk.subscriptions(order)} == {"cancelled"}
    (refund,) = desk.refunds(desk.payment(order))
    assert refund.amount_minor == 17_000
    drive_refund(desk.partner, refund.id)
    page.goto(f"/orders/{order.shown_id}/payment")
    expect(page.get_by_text("Refunded").first).to_be_visible()


def test_a_large_refund_is_asked_for_by_one_and_approved_by_another(
    desk: Desk, alice: Member, open_page: OpenPage, sandbox: SandboxServer
) -> None:
    """By keyboard: the amount has the focus, and Enter does it."""
    Partner.objects.filter(id=desk.partner.id).update(refund_limit_minor=10_000)
    order = desk.pay(desk.order())
    page = open_page(alice)
    page.goto(f"/orders/{order.shown_id}/payment")
    page.get_by_role("button", name="Refund…").click()
    dialog = page.get_by_role("dialog", name="Refund Dana's Bakery")
    expect(dialog.get_by_role("button", name="Ask to refund $170.00")).to_be_visible()
    dialog.get_by_label("Amount").fill("50.00")
    page.keyboard.press("Tab")
    expect(dialog.get_by_role("button", name="Refund $50.00")).to_be_visible()
    dialog.get_by_label("Amount").fill("150.00")
    page.keyboard.press("Tab")
    expect(dialog.get_by_text("before a second person agrees")).to_be_visible()
    assert serious_findings(page) == []
    page.keyboard.type("Not what was agreed")
    dialog.get_by_role("button", name="Ask to refund $150.00").press("Enter")
    expect(page.get_by_text("waits for a second person").first).to_be_visible()
    expect(page.get_by_role("button", name="Approve…")).to_have_count(0)

    carol = make_member(desk.partner, "Carol", "admin")
    other = open_page(carol)
    other.goto("/home")
    other.get_by_role("link", name="Dana's Bakery").first.click()
    other.get_by_role("button", name="Approve…").click()
    other.get_by_role("dialog", name="Refund $150.00?").get_by_role("button", name="Refund $150.00").click()
    expect(other.get_by_text("$150.00 is being refunded.")).to_be_visible()
    (refund,) = desk.refunds(desk.payment(order))
    assert (refund.approved_by_id, refund.is_waiting) == (carol.id, False)

"""What only a browser can tell of administration: previews that follow, and a button that says what it does."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from handsel.flows.money.gateway_accounts import add_offline_account
from handsel.models import MailText
from tests.browser.conftest import PHONE, WAIT_MS, serious_findings
from tests.cast import make_member
from tests.flows.money.desk import Desk
from tests.sandbox import SandboxServer

pytestmark = pytest.mark.browser
expect.set_options(timeout=WAIT_MS)

OpenPage = Callable[..., Page]


def test_cash_is_recorded_and_not_charged(desk: Desk, open_page: OpenPage, sandbox: SandboxServer) -> None:
    add_offline_account(desk.partner, desk.alice)
    order = desk.order()
    page = open_page(make_member(desk.partner, "Ada"))
    page.goto(f"/orders/{order.shown_id}")
    page.get_by_role("button", name="Charge $170.00").first.click()
    dialog = page.locator("#charge")
    expect(dialog.get_by_role("button", name="Charge $170.00")).to_be_visible()
    dialog.get_by_label("Received outside").check()
    expect(dialog.get_by_role("button", name="Charge $170.00")).to_have_count(0)
    dialog.get_by_label("Received as").select_option("cheque")
    dialog.get_by_role("button", name="Record $170.00").click()
    expect(dialog.get_by_text("Nothing was charged")).to_be_visible()
    dialog.get_by_label("Reference").fill("No. 1207")
    dialog.get_by_role("button", name="Record $170.00").click()
    expect(page.get_by_text("$170.00 was received")).to_be_visible()
    assert sandbox.captured(order=order.shown_id) == []


def test_the_mail_beside_the_editor_follows_what_is_typed(desk: Desk, open_page: OpenPage) -> None:
    page = open_page(make_member(desk.partner, "Ada"))
    page.goto("/administration/mail-texts/receipt_customer/en")
    mail = page.frame_locator("#preview iframe")
    expect(mail.get_by_role("heading")).to_contain_text("Receipt from")
    page.get_by_label("Subject").fill("Thanks for {{ amount }}")
    expect(mail.get_by_role("heading")).to_have_text("Thanks for $1,240.00")
    page.get_by_label("Body").fill("Dear {{ nobody }}")
    expect(page.get_by_text("There is no value “nobody” in this mail.")).to_be_visible()
    page.get_by_label("Body").fill("Dear customer")
    expect(mail.get_by_text("Dear customer")).to_be_visible()
    assert serious_findings(page) == []
    page.get_by_role("button", name="Save words").click()
    expect(page.get_by_text("Your words", exact=True)).to_be_visible()
    assert [row.body for row in desk.rows(MailText)] == ["Dear customer"]


def test_the_customers_page_is_shown_in_the_colour_as_it_is_typed(desk: Desk, open_page: OpenPage) -> None:
    page = open_page(make_member(desk.partner, "Ada"), PHONE)
    page.goto("/administration/branding")
    button = page.frame_locator("#colour iframe").get_by_role("button", name="Sign and pay")
    expect(button).to_have_css("background-color", "rgb(31, 93, 140)")
    page.get_by_label("Your colour").fill("#7a1040")
    expect(button).to_have_css("background-color", "rgb(122, 16, 64)")
    page.get_by_label("Your colour").fill("#ffcc00")
    expect(page.get_by_text("too little to read")).to_be_visible()
    assert serious_findings(page) == []

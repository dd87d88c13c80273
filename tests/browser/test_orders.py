"""What a salesperson does all day, in a real browser: build an order, take its first payment, mend a decline."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from handsel.flows.money.reconcile import look
from handsel.flows.sales.draft import update_order
from handsel.models import Member, Order
from tests.browser.conftest import PHONE, WAIT_MS, fill_card, serious_findings
from tests.cast import make_tax_rate, read_lines, read_order
from tests.flows.money.desk import Desk
from tests.sandbox import SandboxServer

pytestmark = pytest.mark.browser
expect.set_options(timeout=WAIT_MS)

OpenPage = Callable[..., Page]
APPROVED, DECLINED, ASKS = "4242 4242 4242 4242", "4000 0000 0000 9995", "4000 0027 6000 3184"


@pytest.fixture
def bob(desk: Desk) -> Member:
    return Member.objects.select_related("user").get(id=desk.bob.id)


@pytest.fixture
def shots(tmp_path: Path) -> Callable[[Page, str], None]:
    """Pictures of the way there, for who wants to look: pytest keeps the folder of the last runs."""

    def shot(page: Page, name: str) -> None:
        page.screenshot(path=tmp_path / f"{name}.png", full_page=True, caret="initial")

    return shot


def add_product(page: Page, typed: str) -> None:
    box = page.get_by_role("combobox", name="Add a product")
    box.click()
    box.press_sequentially(typed)
    page.get_by_role("option", name=re.compile(typed)).first.click()
    expect(page.get_by_label(f"Quantity of {typed}", exact=False).first).to_be_focused()


def order_on(page: Page, desk: Desk) -> Order:
    """The order whose page this is, as the database has it."""
    shown = re.search(r"ord_[0-9a-z]{26}", page.url)
    assert shown is not None
    return next(each for each in desk.rows(Order) if each.shown_id == shown[0])


def charge(page: Page, amount: str, card: str, *, keep: bool = False) -> None:
    page.get_by_role("button", name=f"Charge {amount}").click()
    dialog = page.get_by_role("dialog", name=f"Charge {amount}")
    expect(dialog).to_be_visible()
    if dialog.get_by_label("Another card").count():
        dialog.get_by_label("Another card").check()
    fill_card(page, card)
    if keep:
        dialog.get_by_label("Keep this card for what is charged later").check()
    dialog.get_by_role("button", name=f"Charge {amount}").click()


def test_a_salesperson_builds_an_order_takes_its_first_payment_and_sees_what_followed(
    desk: Desk, bob: Member, open_page: OpenPage, sandbox: SandboxServer, shots: Callable[[Page, str], None]
) -> None:
    make_tax_rate(desk.partner, desk.alice, region="OR", percent="10")
    page = open_page(bob)
    page.goto("/orders")
    assert serious_findings(page) == []
    page.get_by_role("link", name="New order").first.click()
    page.get_by_role("combobox", name="Customer").click()
    page.get_by_role("combobox", name="Customer").press_sequentially("dana")
    page.get_by_role("option", name=re.compile("Dana")).click()
    page.wait_for_url("**/orders/ord_*")

    add_product(page, "Website")
    add_product(page, "Hosting")
    page.get_by_label("Quantity of Hosting").fill("3")
    expect(page.locator("#summary")).to_contain_text("$176.00")  # (100 + 3 × 20) + 10 %
    page.get_by_text("Discount, start", exact=True).click()
    page.get_by_label("Discount", exact=True).first.fill("10")
    expect(page.locator("#summary")).to_contain_text("$165.00")
    expect(page.get_by_text(re.compile(r"^Saved \d"))).to_be_visible()
    page.get_by_label("Notes for staff").fill("Met at the fair.")
    page.get_by_label("Tags").fill("fair, spring")
    expect(page.get_by_text(re.compile(r"^Saved \d"))).to_be_visible()
    assert serious_findings(page) == []
    shots(page, "draft")

    charge(page, "$165.00", APPROVED, keep=True)
    expect(page.get_by_text("$165.00 was charged")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("#order-head").get_by_text("Activated")).to_be_visible()
    expect(page.get_by_role("link", name="INV-000001")).to_be_visible()
    expect(page.get_by_role("link", name="Hosting")).to_be_visible()
    assert serious_findings(page) == []
    shots(page, "paid")

    order = order_on(page, desk)
    assert (order.status, order.total_minor, order.staff_notes) == ("activated", 16_500, "Met at the fair.")
    assert [line.quantity for line in read_lines(desk.partner, order)] == [1, 3]
    assert [charged["amount"] for charged in sandbox.captured(order=order.shown_id)] == [16_500]
    assert [each.status for each in desk.invoices(order)] == ["paid"]
    assert [each.status for each in desk.subscriptions(order)] == ["active"]
    assert desk.billing().default_payment_method_id is not None

    for tab, said in (("Payment", "Succeeded"), ("Activation", "Activated"), ("History", "$165.00 succeeded")):
        page.get_by_role("link", name=re.compile(f"^{tab}")).click()
        expect(page.locator(".detail-main").get_by_text(said).first).to_be_visible()
        assert serious_findings(page) == []
        shots(page, tab.lower())
    page.go_back()
    expect(page.locator(".tabs [aria-current]")).to_contain_text("Activation")


def test_a_declined_card_is_explained_and_another_one_pays_after_converting_to_draft(
    desk: Desk, bob: Member, open_page: OpenPage, sandbox: SandboxServer, shots: Callable[[Page, str], None]
) -> None:
    order = desk.order()
    page = open_page(bob)
    page.goto(f"/orders/{order.shown_id}")
    charge(page, "$170.00", DECLINED)
    expect(page.get_by_text("The payment of $170.00 was declined")).to_be_visible()
    expect(page.get_by_text("Nothing was charged").first).to_be_visible()
    expect(page.get_by_text("insufficient_funds").first).to_be_visible()
    assert serious_findings(page) == []
    shots(page, "declined")
    assert read_order(desk.partner, order.id).status == "declined"

    page.locator("#action-convert_to_draft").click()
    expect(page.get_by_label("Quantity of Website")).to_be_visible()
    charge(page, "$170.00", APPROVED)
    expect(page.get_by_text("$170.00 was charged")).to_be_visible()
    expect(page.get_by_text("Payment declined")).to_have_count(0)
    page.get_by_role("link", name=re.compile("^Payment")).first.click()
    expect(page.locator(".detail-main").get_by_text("Succeeded")).to_be_visible()
    expect(page.locator(".detail-main").get_by_text("Declined", exact=True)).to_be_visible()
    assert len(sandbox.captured(order=order.shown_id)) == 1
    assert [each.status for each in desk.payments(order.id)] == ["declined", "succeeded"]


def test_where_the_bank_asks_the_customer_confirms_on_the_link_and_the_open_page_tells(
    desk: Desk, bob: Member, open_page: OpenPage, sandbox: SandboxServer, shots: Callable[[Page, str], None]
) -> None:
    order = desk.order()
    page = open_page(bob)
    page.goto(f"/orders/{order.shown_id}")
    charge(page, "$170.00", ASKS)
    expect(page.get_by_text("The customer's bank wants to ask the customer")).to_be_visible()
    link = page.get_by_label("Link for the customer").input_value()
    assert serious_findings(page) == []
    shots(page, "asks")

    dana = open_page(size=PHONE)
    dana.goto(link)
    expect(dana.get_by_text(desk.partner.name).first).to_be_visible()
    expect(dana.get_by_text("$170.00").first).to_be_visible()
    assert serious_findings(dana) == []
    shots(dana, "confirm")
    dana.get_by_role("button", name="Confirm with your bank").click()
    dana.wait_for_url(f"{sandbox.url}/**")
    dana.get_by_role("button", name=re.compile("approve|confirm", re.IGNORECASE)).click()
    dana.wait_for_url("**/returned")
    expect(dana.get_by_text("$170.00 was paid")).to_be_visible()
    assert serious_findings(dana) == []
    shots(dana, "confirmed")

    expect(page.get_by_text("$170.00 was charged")).to_be_visible()
    assert read_order(desk.partner, order.id).status == "activated"


def test_an_unknown_outcome_says_so_and_the_page_tells_when_it_is_known(
    desk: Desk, bob: Member, open_page: OpenPage, sandbox: SandboxServer
) -> None:
    desk.saved_card()
    order = desk.order()
    page = open_page(bob)
    page.goto(f"/orders/{order.shown_id}")
    page.get_by_role("button", name="Charge $170.00").click()
    dialog = page.get_by_role("dialog", name="Charge $170.00")
    sandbox.faults(drop_response_rate=1)
    dialog.get_by_role("button", name="Charge $170.00").click()
    expect(page.get_by_text("We are finding out")).to_be_visible()
    expect(page.get_by_text("Do not pay again; this page will tell you.")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Charge"))).to_have_count(0)
    sandbox.faults()
    look(desk.partner, desk.payment(order).id, now_due=True)
    expect(page.get_by_text("$170.00 was charged")).to_be_visible()
    assert len(sandbox.captured(order=order.shown_id)) == 1


def test_what_cannot_be_saved_stays_typed_with_its_complaint_and_survives_a_reload(
    desk: Desk, bob: Member, open_page: OpenPage
) -> None:
    order = desk.order()
    page = open_page(bob)
    page.goto(f"/orders/{order.shown_id}")
    price = page.get_by_label("Unit price of Website in USD")
    price.fill("12.345")
    expect(page.get_by_text("USD has at most 2 decimals.")).to_be_visible()
    expect(price).to_have_attribute("aria-invalid", "true")
    expect(price).to_have_value("12.345")
    assert read_order(desk.partner, order.id).total_minor == 17_000
    page.reload()
    expect(page.get_by_label("Unit price of Website in USD")).to_have_value("12.345")
    expect(page.get_by_text("USD has at most 2 decimals.")).to_be_visible()
    page.get_by_label("Unit price of Website in USD").fill("12.34")
    expect(page.locator("#summary")).to_contain_text("$82.34")
    expect(page.get_by_text("USD has at most 2 decimals.")).to_have_count(0)


def test_what_was_typed_a_moment_ago_is_in_the_amount_that_is_charged(
    desk: Desk, bob: Member, open_page: OpenPage
) -> None:
    order = desk.order()
    page = open_page(bob)
    page.goto(f"/orders/{order.shown_id}")
    page.get_by_label("Unit price of Website in USD").fill("200")
    page.locator("#action-submit_with_payment").click()
    expect(page.get_by_role("dialog", name="Charge $270.00")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_label("Unit price of Website in USD").fill("nonsense")
    page.get_by_role("link", name="History").click()
    expect(page.get_by_text("Write the amount in digits, such as 1240.50.")).to_be_visible()
    expect(page.locator("#action-submit_with_payment")).to_have_count(0)


def test_two_people_in_one_draft_lose_nothing(desk: Desk, bob: Member, open_page: OpenPage) -> None:
    order = desk.order()
    page = open_page(bob)
    page.goto(f"/orders/{order.shown_id}")
    update_order(desk.partner, desk.alice, order.id, None, {"staff_notes": "Alice was here."})
    page.get_by_label("Notes for the customer").fill("Welcome.")
    expect(page.get_by_text("Somebody else changed this order while you were typing")).to_be_visible()
    assert read_order(desk.partner, order.id).staff_notes == "Alice was here."
    expect(page.get_by_label("Notes for the customer")).to_have_value("Welcome.")
    page.get_by_role("button", name="Save mine over it").click()
    expect(page.get_by_text("Somebody else changed this order while you were typing")).to_have_count(0)
    assert read_order(desk.partner, order.id).customer_notes == "Welcome."


def test_a_customer_who_is_not_known_yet_is_made_on_the_way(desk: Desk, bob: Member, open_page: OpenPage) -> None:
    page = open_page(bob)
    page.goto("/orders/new")
    page.get_by_role("button", name="New customer").click()
    dialog = page.get_by_role("dialog", name="New customer")
    dialog.get_by_label("Name").fill("Pico Coffee")
    dialog.get_by_role("button", name="Create customer and begin").click()
    expect(dialog.get_by_text("Write an e-mail address, such as dana@example.com.")).to_be_visible()
    expect(dialog.get_by_label("Name")).to_have_value("Pico Coffee")
    assert serious_findings(page) == []
    dialog.get_by_label("E-mail").fill("pico@example.com")
    dialog.get_by_role("button", name="Create customer and begin").click()
    page.wait_for_url("**/orders/ord_*")
    expect(page.get_by_text("For Pico Coffee, owned by Bob.")).to_be_visible()

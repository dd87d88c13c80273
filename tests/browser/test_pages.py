"""Every page of the console in a real browser: nothing for axe-core to complain of, nothing wider than the screen."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from handsel.database.tenancy import reading
from handsel.models import PaymentMethod
from tests.browser.conftest import DESKTOP, PHONE, WAIT_MS, serious_findings
from tests.cast import make_member, make_partner
from tests.sandbox import SandboxServer
from tests.web.console.test_every_page import PAGES
from tests.web.console.world import World, make_world

pytestmark = pytest.mark.browser
expect.set_options(timeout=WAIT_MS)

OpenPage = Callable[..., Page]
NARROW = (320, 640)
SIGN_IN_PAGES = ("/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/done/", "/nothing-here")
OWN_PAGES = ("/accounts/password/change/", "/accounts/logout/", "/accounts/reauthenticate/")


@pytest.fixture(scope="module")
def world(sandbox_process: SandboxServer) -> World:
    return make_world()


def addresses(world: World) -> list[str]:
    """Every page but the parts that stand in one, and the design system, which has a test of its own."""
    return [url.format(**world.ids) for url in PAGES if url not in ("/design", "/home/figures")]


def too_wide(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return int(wide)


def look_at(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.locator("[hx-trigger=load] .skeleton")).to_have_count(0)


@pytest.mark.parametrize(("size", "dark"), [(DESKTOP, False), (PHONE, True)], ids=["desktop-light", "phone-dark"])
def test_axe_core_finds_nothing_serious_on_any_page(
    world: World, open_page: OpenPage, size: tuple[int, int], dark: bool
) -> None:
    page = open_page(world.alice, size, dark)
    findings = []
    for url in (*addresses(world), *OWN_PAGES):
        look_at(page, url)
        findings += [f"{url} {found}" for found in serious_findings(page)]
    assert findings == []


def test_no_page_is_wider_than_a_phone(world: World, open_page: OpenPage) -> None:
    page = open_page(world.alice, PHONE)
    wide = {}
    for url in (*addresses(world), *OWN_PAGES):
        look_at(page, url)
        for width, height in (PHONE, NARROW):
            page.set_viewport_size({"width": width, "height": height})
            wide[url, width] = too_wide(page)
    assert {place: pixels for place, pixels in wide.items() if pixels > 0} == {}


def test_the_sign_in_pages_are_sound_and_narrow_enough(open_page: OpenPage) -> None:
    for size, dark in ((DESKTOP, False), (NARROW, True)):
        page = open_page(None, size, dark)
        for url in SIGN_IN_PAGES:
            page.goto(url)
            assert serious_findings(page) == []
            assert too_wide(page) <= 0


def test_an_empty_organisation_is_told_what_belongs_on_each_page(open_page: OpenPage) -> None:
    page = open_page(make_member(make_partner(), "Mona"), DESKTOP)
    for url, words in {
        "/home": "Nothing needs you",
        "/customers": "No customers yet",
        "/products": "No products here",
        "/subscriptions": "No subscriptions yet",
        "/invoices": "No invoices yet",
        "/administration/tax-rates": "No tax rates yet",
        "/administration/mails": "No mails yet",
    }.items():
        look_at(page, url)
        expect(page.get_by_role("heading", name=words)).to_be_visible()
        assert serious_findings(page) == []


def test_a_card_is_added_by_the_gateways_own_fields_and_removed_after_asking(
    world: World, open_page: OpenPage, sandbox: SandboxServer
) -> None:
    page = open_page(world.alice)
    page.goto(f"/customers/{world.ids['customer']}")
    page.get_by_role("button", name="Add a card").click()
    dialog = page.get_by_role("dialog", name="Add a card")
    frame = page.frame_locator("#add-card iframe")
    frame.get_by_label("Card number").fill("5555 5555 5555 4444")
    frame.get_by_label("Expiry").fill("12 / 34")
    frame.get_by_label("Security code").fill("123")
    dialog.get_by_label("The customer agreed").check()
    assert serious_findings(page) == []
    dialog.get_by_role("button", name="Keep this card").click()
    expect(page.get_by_text("is on file. Nothing was charged.")).to_be_visible()
    with reading(world.partner.id):
        added = PaymentMethod.objects.get(customer_id=world.customer.id, last4="4444", removed_at=None)
    page.get_by_role("button", name=re.compile("Remove Mastercard")).click()
    asked = page.get_by_role("dialog", name="Remove this card?")
    expect(asked).to_be_visible()
    asked.get_by_role("button", name="Remove the card").click()
    expect(page.get_by_text("The payment method is removed.")).to_be_visible()
    with reading(world.partner.id):
        assert PaymentMethod.objects.get(id=added.id).removed_at is not None


def test_a_refused_form_gives_the_focus_to_the_first_wrong_field(world: World, open_page: OpenPage) -> None:
    page = open_page(world.alice)
    page.goto("/products/new")
    page.get_by_label("Name", exact=True).fill("Care plan")
    page.get_by_label("SKU").fill("care")
    page.get_by_label("Price", exact=True).fill("12.345")
    page.get_by_role("button", name="Create product").click()
    expect(page.get_by_text("USD has at most 2 decimals.")).to_be_visible()
    expect(page.get_by_label("Price", exact=True)).to_be_focused()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Care plan")


def test_the_keyboard_reaches_the_search_and_the_search_finds_a_customer(world: World, open_page: OpenPage) -> None:
    page = open_page(world.alice)
    page.goto("/home")
    page.keyboard.press("/")
    page.keyboard.type("dana")
    page.keyboard.press("Enter")
    page.get_by_role("link", name=world.customer.name).last.click()
    expect(page.get_by_role("heading", name=world.customer.name, level=1)).to_be_visible()


def test_sign_in_that_fails_says_so_and_is_limited(open_page: OpenPage) -> None:
    page = open_page(None)
    mona = make_member(make_partner(), "Mona")
    for attempt in range(11):
        page.goto("/accounts/login/")
        page.get_by_label("E-mail").fill(mona.user.email)
        page.get_by_label("Password").fill(f"not the password {attempt}")
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.locator(".notice")).to_contain_text(
            "do not belong together" if attempt < 10 else "Too many attempts with this e-mail"
        )


def test_pages_that_only_allauth_would_have_do_not_exist(open_page: OpenPage) -> None:
    page = open_page(None)
    for url in ("/accounts/signup/", "/accounts/email/", "/accounts/3rdparty/", "/accounts/confirm-email/"):
        response = page.goto(url)
        assert response is not None
        assert response.status == 404

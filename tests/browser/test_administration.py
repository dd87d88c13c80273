"""Administration in a real browser: a switch that hangs on another, terms from the first word to the version, joining
by the link on a phone, and the page that asks for a second proof."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Page, expect

from handsel.flows.people.invitations import invitation_token, invite_member
from handsel.flows.people.security import require_two_factor
from handsel.models import Member, Partner
from tests.browser.conftest import DESKTOP, PHONE, WAIT_MS, serious_findings
from tests.browser.test_pages import NARROW, too_wide
from tests.cast import acting, unique

pytestmark = pytest.mark.browser
expect.set_options(timeout=WAIT_MS)

OpenPage = Callable[..., Page]
APPROVAL = "Allow salespeople to send an order to customers for approval"
PAYMENT = "Orders sent for approval by salespeople can accept payment"


def sound(page: Page) -> None:
    assert serious_findings(page) == []
    assert too_wide(page) <= 0


def test_a_switch_goes_off_with_the_one_it_needs_and_comes_back_with_it(
    partner: Partner, alice: Member, open_page: OpenPage
) -> None:
    page = open_page(alice)
    page.goto("/administration/orders")
    approval, payment = page.get_by_role("switch", name=APPROVAL), page.get_by_role("switch", name=PAYMENT)
    expect(payment).to_be_checked()
    approval.uncheck()
    expect(payment).to_be_disabled()
    expect(payment).not_to_be_checked()
    approval.check()
    expect(payment).to_be_enabled()
    expect(payment).to_be_checked()
    approval.uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(payment).to_be_disabled()
    settings = Partner.objects.get(id=partner.id).settings()
    assert not settings.salespeople_can_send_for_customer_approval
    assert not settings.customer_approval_can_accept_payment
    sound(page)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_terms_are_written_looked_at_and_published(alice: Member, open_page: OpenPage, size: tuple[int, int]) -> None:
    page = open_page(alice, size)
    page.goto("/administration/terms")
    page.get_by_label("Text", exact=True).fill("First, be kind.\n\nSecond, pay soon.")
    page.get_by_role("button", name="Look at it first").click()
    expect(page.get_by_role("heading", name="Version 1, as customers will see it")).to_be_visible()
    sound(page)
    page.get_by_role("button", name="Go on writing").click()
    expect(page.get_by_label("Text", exact=True)).to_have_value("First, be kind.\n\nSecond, pay soon.")
    page.get_by_role("button", name="Look at it first").click()
    page.get_by_role("button", name="Publish version 1").click()
    expect(page.get_by_text("Version 1, asked for")).to_be_visible()
    sound(page)
    page.get_by_role("link", name="Version 1", exact=True).click()
    expect(page.get_by_text("SHA-256 of the text")).to_be_visible()
    sound(page)
    page.goto("/administration/terms")
    page.get_by_role("button", name="Stop asking…").click()
    page.get_by_role("button", name="Stop asking for terms").click()
    expect(page.get_by_text("No terms are asked for")).to_be_visible()


def test_somebody_joins_by_the_link_on_a_phone(partner: Partner, alice: Member, open_page: OpenPage) -> None:
    email = f"{unique('eve')}@example.com"
    asked = invite_member(partner, acting(alice), email=email, name="Eve", role="salesperson")
    page = open_page(None, PHONE, True)
    page.goto(f"/invitations/{invitation_token(asked)}")
    sound(page)
    page.get_by_label("Choose a password").fill("short")
    page.get_by_role("button", name=f"Join {partner.name}").click()
    expect(page.get_by_label("Choose a password")).to_be_focused()
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    sound(page)
    page.get_by_label("Choose a password").fill("a-phrase-of-many-words")
    page.get_by_role("button", name=f"Join {partner.name}").click()
    expect(page.get_by_text("Welcome. You work for")).to_be_visible()
    page.goto(f"/invitations/{invitation_token(asked)}")
    expect(page.get_by_text("was accepted already")).to_be_visible()
    sound(page)


def test_who_lacks_the_second_proof_is_led_to_set_it_up(
    partner: Partner, alice: Member, bob: Member, open_page: OpenPage
) -> None:
    page = open_page(bob, PHONE)
    Authenticator.objects.create(user=alice.user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    require_two_factor(partner, acting(alice), True)
    page.goto("/orders")
    expect(page.get_by_role("heading", name="One more proof that it is you")).to_be_visible()
    sound(page)
    page.get_by_role("link", name="Set up an authenticator app").click()
    expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()


def test_a_members_page_of_every_state_is_sound(partner: Partner, alice: Member, open_page: OpenPage) -> None:
    invite_member(partner, acting(alice), email=f"{unique('eve')}@example.com", name="Eve", role="salesperson")
    page = open_page(alice, PHONE)
    page.goto("/administration/members")
    sound(page)
    page.get_by_role("link", name="Eve").click()
    expect(page.get_by_role("button", name="Send the invitation again")).to_be_visible()
    sound(page)
    page.get_by_role("button", name="Withdraw…").click()
    page.get_by_role("button", name="Withdraw the invitation").click()
    expect(page.get_by_text("The invitation was withdrawn.")).to_be_visible()
    sound(page)

"""The pages of the console, each address asked the same questions: does it work, who may not, whose is it."""

from __future__ import annotations

import pytest
from django.test import Client

from handsel.models import Member
from tests.cast import make_customer, make_member, make_partner
from tests.sandbox import SandboxServer
from tests.web.console.world import World, make_world, signed_in

PAGES = {
    "/home": "Nothing needs you",
    "/home/figures": "Collected this month",
    "/search?q=dana": "Dana&#x27;s Bakery",
    "/customers": "Dana&#x27;s Bakery",
    "/customers?q=dana&sort=name": "Dana&#x27;s Bakery",
    "/customers/new": "New customer",
    "/customers/{customer}": "Payment methods",
    "/customers/{customer}/edit": "100 Oak Street",
    "/customers/{customer}/billing": "Default payment method",
    "/customers/{customer}/contacts/{contact}": "Edit contact",
    "/products": "Hosting",
    "/products/new": "New product",
    "/products/{product}": "20.00",
    "/subscriptions": "Hosting",
    "/subscriptions/{subscription}": "Next renewal",
    "/invoices": "INV-000001",
    "/invoices/{invoice}": "INV-000001",
    "/events": "Order created",
    "/administration": "Business details",
    "/administration/business": "Harbour Agency LLC",
    "/administration/branding": "Your colour",
    "/administration/branding/preview?accent=%23123456": "Sign and pay",
    "/administration/numbering": "INV-000002",
    "/administration/orders": "Salesperson submit actions",
    "/administration/members": "Bob",
    "/administration/terms": "No terms are asked for",
    "/administration/security": "Members must use two-factor authentication",
    "/administration/members/new": "Send the invitation",
    "/administration/members/{member}": "Enter customers&#x27; cards",
    "/administration/api-keys": "Shop",
    "/administration/tax-rates": "8.25%",
    "/administration/tax-rates/new": "New tax rate",
    "/administration/tax-rates/{rate}": "8.25",
    "/administration/mail-texts": "Order awaits approval",
    "/administration/mail-texts/receipt_customer/en": "Send me a test mail",
    "/administration/mails": "Your receipt",
    "/administration/mails/{mail}": "Invoice (PDF)",
    "/administration/mails/{mail}?as=text": "example.com/receipt",
    "/administration/gateways": "/gateway/sandbox/",
    "/administration/gateways/new": "Add Stripe",
    "/administration/signing-key": "Bring your own key",
    "/administration/test-clock": "One month",
    "/account": "How you sign in",
    "/design": "Every component",
}
ADMINS_ONLY = [url for url in PAGES if url.startswith("/administration") and "api-keys" not in url] + [
    "/home/figures",
    "/customers/{customer}/billing",
    "/products/new",
]
OTHERS_ROWS = [url for url in PAGES if "{" in url]
ACTS = {
    "/customers/{customer}/contacts": {},
    "/customers/{customer}/methods": {"token": "pm_card_visa", "consent": "on"},
    "/customers/{customer}/methods/{method}/verify": {},
    "/customers/{customer}/methods/{method}/default": {},
    "/customers/{customer}/methods/{method}/remove": {},
    "/invoices/{invoice}/charge": {},
    "/administration/members/{member}/activity": {},
    "/administration/members/{member}/invitation": {"do": "withdraw"},
    "/administration/api-keys/{key}/revoke": {},
    "/customers/{customer}/edit": {"name": "Stolen"},
    "/customers/{customer}/billing": {"memo": "Stolen"},
    "/products/{product}": {"name": "Stolen", "currency": "USD", "price": "1"},
    "/administration/tax-rates/{rate}": {"name": "Stolen", "percent": "1", "country": "US"},
}


@pytest.fixture(scope="module")
def world(sandbox_process: SandboxServer) -> World:
    return make_world()


@pytest.fixture(scope="module")
def outsider() -> Member:
    """Charlie, admin of another partner."""
    return make_member(make_partner(), "Charlie")


@pytest.mark.parametrize("url", PAGES)
def test_the_page_works_for_an_admin(world: World, url: str) -> None:
    response = signed_in(world.alice).get(url.format(**world.ids))
    assert response.status_code == 200
    assert PAGES[url] in response.content.decode()


@pytest.mark.parametrize("url", PAGES)
def test_a_page_holds_no_inline_style_or_script_that_the_policy_would_refuse(world: World, url: str) -> None:
    response = signed_in(world.alice).get(url.format(**world.ids))
    html = response.content.decode()
    assert " style=" not in html
    assert "<script>" not in html
    assert " onclick=" not in html
    assert "script-src 'self'" in response["Content-Security-Policy"]


@pytest.mark.parametrize("url", PAGES)
def test_a_stranger_is_sent_to_sign_in_and_comes_back(world: World, url: str) -> None:
    address = url.format(**world.ids)
    response = Client().get(address)
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/?next=")


@pytest.mark.parametrize("url", ADMINS_ONLY)
def test_a_salesperson_is_told_that_the_page_is_not_theirs(world: World, url: str) -> None:
    response = signed_in(world.bob).get(url.format(**world.ids))
    assert response.status_code == 403
    assert "not for you" in response.content.decode()


@pytest.mark.parametrize("url", OTHERS_ROWS)
def test_another_partners_row_does_not_exist(world: World, outsider: Member, url: str) -> None:
    response = signed_in(outsider).get(url.format(**world.ids))
    assert response.status_code == 404
    assert "Nothing here" in response.content.decode()


@pytest.mark.parametrize("url", ACTS)
def test_another_partners_row_cannot_be_acted_on(world: World, outsider: Member, url: str) -> None:
    response = signed_in(outsider).post(url.format(**world.ids), ACTS[url])
    assert response.status_code in {404, 422}
    assert "Stolen" not in signed_in(world.alice).get(f"/customers/{world.ids['customer']}").content.decode()


@pytest.mark.parametrize("url", ACTS)
def test_a_stranger_cannot_act(world: World, url: str) -> None:
    response = Client().post(url.format(**world.ids), ACTS[url])
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


def test_a_salesperson_sees_the_invoices_of_their_own_orders_only(world: World) -> None:
    client = signed_in(world.bob)
    assert client.get(f"/invoices/{world.ids['invoice']}").status_code == 404
    assert client.get(f"/subscriptions/{world.ids['subscription']}").status_code == 404
    assert world.customer.name not in client.get("/invoices").content.decode().replace("&#x27;", "'")


def test_a_garbled_id_is_not_found(world: World) -> None:
    client = signed_in(world.alice)
    for url in ("/customers/cus_x", "/products/ord_1", "/invoices/%00", "/administration/mails/msg_"):
        assert client.get(url).status_code in {400, 404}


def test_a_live_partner_has_no_test_clock_and_no_design_page() -> None:
    client = signed_in(make_member(make_partner(mode="live")))
    assert client.get("/administration/test-clock").status_code == 404
    assert client.get("/design").status_code == 404
    assert "Test mode" not in client.get("/home").content.decode()


def test_the_list_of_customers_goes_on_after_its_first_page() -> None:
    partner = make_partner()
    alice = make_member(partner)
    for number in range(27):
        make_customer(partner, alice.actor("console"), name=f"Shop {number:02}")
    client = signed_in(alice)
    first = client.get("/customers?sort=name").content.decode()
    assert "Shop 00" in first
    assert "Shop 26" not in first
    following = first.split('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    second = client.get(following).content.decode()
    assert "Shop 26" in second
    assert "Shop 00" not in second

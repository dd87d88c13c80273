"""The card frame and the bank's page in a real browser, on a page as strict as ours."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.sandbox import SandboxServer, eventually

pytestmark = pytest.mark.browser
_PAGE = """<!doctype html><html lang="en"><title>Shop</title>
<form id="form"><div id="card"></div><button>Pay</button></form>
<output id="said"></output><output id="change"></output><script src="{gateway}/v3/"></script>
<script src="/page.js"></script>"""
_SCRIPT = """
const stripe = Stripe("{key}");
const card = stripe.elements().create("card", {{ style: {{ base: {{ color: "rgb(1, 2, 3)" }} }} }});
card.on("change", (change) => {{
  const {{ complete, brand, error }} = change;
  document.getElementById("change").textContent = `${{complete}} ${{brand}} ${{error?.code ?? ""}}`;
}});
card.mount("#card");
document.getElementById("form").addEventListener("submit", async (event) => {{
  event.preventDefault();
  const {{ paymentMethod, error }} = await stripe.createPaymentMethod({{
    type: "card", card, billing_details: {{ name: "Dana" }},
  }});
  document.getElementById("said").textContent = error ? error.code : paymentMethod.id;
}});
"""


@pytest.fixture
def shop(sandbox: SandboxServer) -> Iterator[str]:
    """A page of another origin whose policy allows the gateway's script and frame, and nothing else of it."""
    policy = f"default-src 'none'; script-src 'self' {sandbox.url}; frame-src {sandbox.url}; connect-src 'none'"
    page = _PAGE.format(gateway=sandbox.url)
    script = _SCRIPT.format(key=sandbox.publishable_key)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_script = self.path == "/page.js"
            self.send_response(200)
            self.send_header("Content-Type", "text/javascript" if is_script else "text/html")
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write((script if is_script else page).encode())

        def log_message(self, format: str, *args: Any) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    with chromium.new_context() as context:
        opened = context.new_page()
        opened.set_default_timeout(10_000)
        problems: list[str] = []
        opened.on("pageerror", lambda error: problems.append(str(error)))
        yield opened
    assert problems == []


def frame_of(page: Page, shop: str) -> FrameLocator:
    page.goto(shop)
    frame = page.frame_locator("#card iframe")
    expect(frame.get_by_label("Card number")).to_be_editable()
    return frame


def test_a_typed_card_becomes_a_token_without_passing_through_the_page(
    sandbox: SandboxServer, shop: str, page: Page
) -> None:
    requests: list[tuple[str, str]] = []
    page.on("request", lambda request: requests.append((request.url, request.post_data or "")))
    frame = frame_of(page, shop)
    frame.get_by_label("Card number").press_sequentially("4242424242424242")
    page.keyboard.type("1234")
    page.keyboard.type("123")
    expect(frame.get_by_label("Card number")).to_have_value("4242 4242 4242 4242")
    expect(frame.get_by_label("Expiry")).to_have_value("12 / 34")
    expect(page.locator("#change")).to_have_text("true visa ")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("pm_")
    method = sandbox.client().v1.payment_methods.retrieve(page.locator("#said").inner_text())
    assert method.card is not None
    assert (method.card.last4, method.card.exp_year, method.billing_details.name) == ("4242", 2034, "Dana")
    carrying = {url for url, body in requests if "4242424242424242" in url + body}
    assert carrying == {f"{sandbox.url}/v1/payment_methods"}


def test_mistakes_are_said_beside_their_field_and_nothing_is_sent(shop: str, page: Page) -> None:
    frame = frame_of(page, shop)
    frame.get_by_label("Card number").press_sequentially("4242424242424241")
    expect(frame.locator("#number-error")).to_have_text("Your card number is invalid.")
    expect(frame.get_by_label("Card number")).to_have_attribute("aria-invalid", "true")
    frame.get_by_label("Expiry").press_sequentially("1220")
    expect(frame.locator("#expiry-error")).to_have_text("Your card's expiration date is in the past.")
    page.get_by_role("button", name="Pay").click()
    expect(page.locator("#said")).to_have_text("invalid_number")
    expect(frame.locator("#cvc-error")).to_have_text("Your card's security code is incomplete.")


def test_what_the_gateway_refuses_is_said_in_the_frame(shop: str, page: Page) -> None:
    frame = frame_of(page, shop)
    frame.get_by_label("Card number").press_sequentially("4111111111111111")
    frame.get_by_label("Expiry").press_sequentially("1234")
    frame.get_by_label("Security code").press_sequentially("123")
    page.get_by_role("button", name="Pay").click()
    expect(page.locator("#said")).to_have_text("card_declined")
    expect(frame.locator("#number-error")).to_contain_text("non test card")


def test_digits_are_grouped_as_the_brand_prints_them_and_the_caret_stays(shop: str, page: Page) -> None:
    frame = frame_of(page, shop)
    number = frame.get_by_label("Card number")
    number.press_sequentially("378282246310005")
    expect(number).to_have_value("3782 822463 10005")
    expect(frame.locator("#brand")).to_have_text("AMEX")
    number.fill("")
    number.press_sequentially("42424242")
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    page.keyboard.type("1")
    expect(number).to_have_value("4242 1424 2")
    page.keyboard.type("3")
    expect(number).to_have_value("4242 1342 42")


def test_the_pages_colours_reach_the_frame_and_it_fits_a_phone(shop: str, page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    frame = frame_of(page, shop)
    expect(frame.locator("body")).to_have_css("color", "rgb(1, 2, 3)")
    fits = "element => element.scrollWidth <= element.clientWidth && element.scrollHeight <= element.clientHeight"
    eventually(lambda: frame.locator("html").evaluate(fits))


@pytest.mark.parametrize(("button", "status"), [("Approve", "succeeded"), ("Refuse", "requires_payment_method")])
def test_the_banks_page_leads_back_to_the_shop(
    sandbox: SandboxServer, shop: str, page: Page, button: str, status: str
) -> None:
    intent = sandbox.client().v1.payment_intents.create(
        {
            "amount": 124_000,
            "currency": "usd",
            "payment_method": "pm_card_authenticationRequired",
            "confirm": True,
            "description": "Agency <b>SO-1</b>",
            "return_url": shop,
        }
    )
    assert intent.next_action is not None
    assert intent.next_action.redirect_to_url is not None
    page.goto(intent.next_action.redirect_to_url.url or "")
    expect(page.get_by_text("1,240.00 USD")).to_be_visible()
    expect(page.get_by_text("Agency <b>SO-1</b>")).to_be_visible()
    page.get_by_role("button", name=button).click()
    page.wait_for_url(lambda url: url.startswith(shop) and f"payment_intent={intent.id}" in url)
    assert sandbox.client().v1.payment_intents.retrieve(intent.id).status == status
    page.goto(intent.next_action.redirect_to_url.url or "")
    expect(page.get_by_role("heading", name="This request is answered")).to_be_visible()


@pytest.mark.parametrize(
    ("language", "number", "incomplete"),
    [
        ("de-AT", "Kartennummer", "Die Kartennummer ist unvollständig."),
        ("fr", "Numéro de carte", "Le numéro de la carte est incomplet."),
        ("es-ES", "Número de tarjeta", "El número de la tarjeta está incompleto."),
        ("pt", "Card number", "Your card number is incomplete."),
    ],
)
def test_the_fields_speak_the_language_of_the_page(
    page: Page, shop: str, language: str, number: str, incomplete: str
) -> None:
    frame = frame_of(page, shop)
    page.evaluate("(language) => { document.documentElement.lang = language; card.update({}); }", language)
    expect(frame.get_by_label(number, exact=True)).to_be_visible()
    page.get_by_role("button").click()
    expect(frame.get_by_text(incomplete)).to_be_visible()
    expect(page.locator("#said")).to_have_text("incomplete_number")

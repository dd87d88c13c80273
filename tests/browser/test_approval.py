"""The customer's offer in a real browser, on a phone first: read, tick, sign, pay; decline; the bank; what is over."""

from __future__ import annotations

import gzip
import math
import re
import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from handsel.flows.money.reconcile import look
from handsel.flows.sales.certify import certify_offer
from handsel.flows.sales.draft import LineDraft
from handsel.flows.sales.offers import recall_offer
from handsel.models import Signature
from handsel.rules.pricing import PercentOff
from tests.browser.conftest import DESKTOP, PHONE, WAIT_MS, serious_findings
from tests.flows.money.desk import Desk
from tests.sandbox import SandboxServer
from tests.web.portal.sent import Sent, sent

pytestmark = pytest.mark.browser
expect.set_options(timeout=WAIT_MS)

OpenPage = Callable[..., Page]
APPROVED, DECLINED, ASKS = "4242 4242 4242 4242", "4000 0000 0000 9995", "4000 0027 6000 3184"
MOST_BYTES = 150_000
MOST_SHIFT = 0.01

SHIFTS = """
window.shifts = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
}).observe({type: 'layout-shift', buffered: true});
"""


def opened(open_page: OpenPage, offer: Sent, size: tuple[int, int] = PHONE, **more: Any) -> Page:
    """The page, once the gateway's card fields are there where a card is asked for."""
    page = open_page(size=size, **more)
    page.goto(offer.url)
    if page.locator("[data-card-fields]").count():
        page.locator("[data-card-fields][data-ready]").wait_for()
    return page


def fill_card(page: Page, number: str) -> None:
    frame = page.frame_locator("#answer iframe")
    frame.get_by_label("Card number").fill(number)
    frame.get_by_label("Expiry").fill("12 / 34")
    frame.get_by_label("Security code").fill("123")


def draw(page: Page) -> None:
    """Sign with the pointer."""
    page.get_by_label("Draw", exact=True).check()
    pad = page.locator("[data-signature-canvas]")
    expect(pad).to_have_css("touch-action", "none")
    pad.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('[data-signature-canvas]').style.touchAction === 'none'")
    box = pad.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + 80)
    page.mouse.down()
    for step in range(50):
        page.mouse.move(box["x"] + 30 + step * 4, box["y"] + 80 + 30 * math.sin(step / 3))
    page.mouse.up()


def sign(page: Page, name: str = "Dana Whitfield") -> None:
    page.get_by_label("I accept them.").check()
    page.get_by_label("Your full name").fill(name)


def the_button(page: Page, name: str) -> Any:
    """The one button, which is in sight wherever one reads."""
    button = page.get_by_role("button", name=name)
    expect(button).to_be_in_viewport()
    return button


def by_the_worker(work: Callable[..., None], *given: Any) -> None:
    """As a process of its own would do it: playwright's loop runs in this thread, and signing needs one too."""

    def done() -> None:
        work(*given)
        connection.close()

    worker = threading.Thread(target=done)
    worker.start()
    worker.join()


def signature_of(offer: Sent) -> Signature:
    found: Signature = offer.desk.rows(Signature, offer_id=offer.offer.id)[0]
    return found


def test_an_offer_is_read_signed_with_the_pointer_and_paid_on_a_phone(
    desk: Desk, open_page: OpenPage, sandbox: SandboxServer
) -> None:
    offer = sent(desk, customer_notes="We begin on Monday.")
    page = opened(open_page, offer)
    expect(page.get_by_role("heading", name=f"Your offer from {desk.partner.name}")).to_be_visible()
    expect(page.get_by_text("We begin on Monday.")).to_be_visible()
    expect(page.get_by_text("$20.00 monthly from").first).to_be_visible()
    assert serious_findings(page) == []
    page.get_by_text("Terms of service").click()
    expect(page.get_by_text("Pay in time.")).to_be_visible()
    sign(page)
    draw(page)
    fill_card(page, APPROVED)
    page.get_by_label(re.compile("I agree that this card is kept")).check()
    the_button(page, "Sign and pay $170.00").click()

    expect(page.get_by_text("Thank you. $170.00 was paid.")).to_be_in_viewport()
    expect(page.get_by_text("Signed by Dana Whitfield on")).to_be_visible()
    assert serious_findings(page) == []
    with page.expect_download() as receipt:
        page.get_by_role("link", name="Receipt").click()
    assert receipt.value.suggested_filename == "INV-000001.pdf"
    assert [charge["amount"] for charge in sandbox.captured(order=offer.order().shown_id)] == [17_000]
    signature = signature_of(offer)
    assert signature.kind == "drawn"
    assert 500 < len(bytes(signature.image or b"")) < 200_000
    assert desk.billing().default_payment_method_id is not None
    assert offer.fresh().viewed_at is not None


def test_what_is_missing_is_told_beside_its_field_before_anything_is_sent(
    desk: Desk, open_page: OpenPage, sandbox: SandboxServer
) -> None:
    offer = sent(desk)
    page = opened(open_page, offer)
    the_button(page, "Sign and pay $170.00").click()
    expect(page.get_by_label("I accept them.")).to_be_focused()
    expect(page.get_by_text("This has to be accepted before you can sign.")).to_be_visible()
    expect(page.get_by_text("Please write your full name.")).to_be_visible()
    sign(page)
    expect(page.get_by_text("Please write your full name.")).to_have_count(0)
    page.get_by_label("Draw", exact=True).check()
    the_button(page, "Sign and pay $170.00").click()
    expect(page.get_by_text("Nothing is drawn yet")).to_be_visible()
    assert serious_findings(page) == []
    draw(page)
    expect(page.get_by_text("Nothing is drawn yet")).to_be_hidden()
    page.get_by_role("button", name="Clear").click()
    the_button(page, "Sign and pay $170.00").click()
    expect(page.get_by_text("Nothing is drawn yet")).to_be_visible()
    page.get_by_label("Type", exact=True).check()
    the_button(page, "Sign and pay $170.00").click()
    expect(page.frame_locator("#answer iframe").get_by_text("Your card number is incomplete.")).to_be_visible()
    assert offer.payments() == []
    assert desk.rows(Signature) == []


def test_what_was_typed_and_drawn_survives_a_reload_and_the_card_does_not(desk: Desk, open_page: OpenPage) -> None:
    page = opened(open_page, sent(desk))
    sign(page)
    draw(page)
    fill_card(page, APPROVED)
    page.reload()
    page.locator("[data-card-fields][data-ready]").wait_for()
    expect(page.get_by_label("Your full name")).to_have_value("Dana Whitfield")
    expect(page.get_by_label("I accept them.")).to_be_checked()
    expect(page.get_by_label("Draw", exact=True)).to_be_checked()
    expect(page.locator("[data-drawing]")).to_have_value(re.compile("^data:image/png"))
    expect(page.frame_locator("#answer iframe").get_by_label("Card number")).to_have_value("")


def test_a_declined_card_is_explained_and_another_one_pays_with_the_same_signature(
    desk: Desk, open_page: OpenPage, sandbox: SandboxServer
) -> None:
    offer = sent(desk)
    page = opened(open_page, offer)
    sign(page)
    fill_card(page, DECLINED)
    the_button(page, "Sign and pay $170.00").click()
    expect(page.get_by_text("The payment did not go through")).to_be_in_viewport()
    expect(page.get_by_text("Nothing was charged.")).to_be_visible()
    expect(page.get_by_text("Signed by Dana Whitfield on")).to_be_visible()
    expect(page.get_by_label("Your full name")).to_have_count(0)
    assert serious_findings(page) == []
    fill_card(page, APPROVED)
    the_button(page, "Pay $170.00").dblclick()
    expect(page.get_by_text("Thank you. $170.00 was paid.")).to_be_visible()
    assert len(sandbox.captured(order=offer.order().shown_id)) == 1
    assert [each.status for each in offer.payments()] == ["declined", "succeeded"]


def test_the_bank_asks_and_the_customer_comes_back_to_the_offer(
    desk: Desk, open_page: OpenPage, sandbox: SandboxServer
) -> None:
    offer = sent(desk)
    page = opened(open_page, offer)
    sign(page)
    fill_card(page, ASKS)
    the_button(page, "Sign and pay $170.00").click()
    expect(page.get_by_text("Your bank wants to make sure that it is you")).to_be_visible()
    assert serious_findings(page) == []
    the_button(page, "Go to your bank").click()
    page.wait_for_url(f"{sandbox.url}/**")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Thank you. $170.00 was paid.")).to_be_visible()
    assert page.url.partition("?")[0].endswith(offer.url)
    assert offer.order().status == "activated"


def test_a_page_that_waits_tells_by_itself_when_the_outcome_is_known(
    desk: Desk, open_page: OpenPage, sandbox: SandboxServer
) -> None:
    offer = sent(desk)
    page = opened(open_page, offer)
    sign(page)
    fill_card(page, APPROVED)
    page.evaluate("window.stays = true")
    sandbox.faults(drop_response_rate=1)
    # The card's own token comes from the gateway too: only the payment's answer may get lost.
    token = "Object.assign(document.querySelector('[data-card-token]'), {value: 'pm_card_visa'})"
    page.evaluate(f"{token}.dataset.fresh = ''")
    the_button(page, "Sign and pay $170.00").click()
    expect(page.locator(".notice-title", has_text="We are finding out")).to_be_visible()
    expect(page.get_by_text("Do not pay again; this page will tell you.")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("[Pp]ay"))).to_have_count(0)
    sandbox.faults()
    assert serious_findings(page) == []
    look(desk.partner, offer.payments()[0].id, now_due=True)
    expect(page.get_by_text("Thank you. $170.00 was paid.")).to_be_visible()
    expect(page.get_by_text("are being made")).to_be_visible()
    page.get_by_label("Your message").fill("Thank you!")
    by_the_worker(certify_offer, desk.partner, offer.offer.id)
    expect(page.get_by_role("link", name="Certificate of your signature")).to_be_visible()
    expect(page.get_by_text("are being made")).to_have_count(0)
    expect(page.get_by_label("Your message")).to_have_value("Thank you!")
    assert page.evaluate("window.stays"), "the page told without being loaded again"


def test_declining_asks_for_a_reason_and_can_be_thought_better_of(desk: Desk, open_page: OpenPage) -> None:
    offer = sent(desk)
    page = opened(open_page, offer)
    page.get_by_role("button", name="Decline this offer").click()
    dialog = page.get_by_role("dialog", name="Decline this offer")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Decline this offer").click()
    dialog.get_by_role("button", name="Decline this offer").click()
    expect(dialog.get_by_text("Please write a short reason.")).to_be_visible()
    assert serious_findings(page) == []
    dialog.get_by_label("Why do you decline?").fill("Too dear for us.")
    dialog.get_by_role("button", name="Decline this offer").click()
    expect(page.get_by_text("You declined this offer")).to_be_visible()
    expect(page.get_by_text("Your reason: Too dear for us.")).to_be_visible()
    assert serious_findings(page) == []
    assert offer.order().decline_reason == "Too dear for us."


def test_everything_can_be_done_by_keyboard_alone(desk: Desk, open_page: OpenPage, sandbox: SandboxServer) -> None:
    offer = sent(desk)
    page = opened(open_page, offer, size=DESKTOP)
    page.get_by_label("I accept them.").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Your full name")).to_be_focused()
    page.keyboard.type("Dana Whitfield")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Type", exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("4242424242424242" + "1234" + "123", delay=10)  # The frame goes on by itself.
    page.keyboard.press("Tab")
    expect(page.get_by_label(re.compile("I agree that this card is kept"))).to_be_focused()
    page.get_by_label("Your full name").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Thank you. $170.00 was paid.")).to_be_visible()
    assert signature_of(offer).kind == "typed"


def test_where_nothing_is_due_signing_is_enough(desk: Desk, open_page: OpenPage) -> None:
    offer = sent(desk, LineDraft(product_id=desk.website.id, discount=PercentOff(Decimal(100))))
    page = opened(open_page, offer)
    expect(page.get_by_text("Nothing is charged today.")).to_be_visible()
    sign(page)
    the_button(page, "Sign").click()
    expect(page.get_by_text("Thank you. The offer is signed.")).to_be_visible()
    assert serious_findings(page) == []


def test_customer_and_seller_talk_without_losing_what_was_typed(desk: Desk, open_page: OpenPage) -> None:
    page = opened(open_page, sent(desk, message="Here it is."))
    sign(page)
    page.get_by_label("Your message").fill("When do you begin?")
    page.get_by_role("button", name="Send message").click()
    expect(page.locator(".said", has_text="When do you begin?")).to_be_visible()
    expect(page.get_by_label("Your message")).to_have_value("")
    expect(page.get_by_label("Your full name")).to_have_value("Dana Whitfield")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_kind_of_page_can_be_read_by_everybody(desk: Desk, open_page: OpenPage, dark: bool) -> None:
    offer, over = sent(desk), sent(desk, terms=False)
    recall_offer(desk.partner, desk.bob, over.offer.order_id)
    page = opened(open_page, offer, size=(320, 640), dark=dark)
    assert serious_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing is wider than the screen"
    page.goto(over.url)
    expect(page.get_by_text("This offer was taken back")).to_be_visible()
    assert serious_findings(page) == []
    over.end()
    offer.end()
    page.goto(offer.url)
    expect(page.get_by_text("This offer has expired")).to_be_visible()
    expect(page.get_by_text("Website")).to_have_count(0)


def test_the_page_is_light_asks_nobody_else_and_nothing_jumps_when_the_card_fields_come(
    desk: Desk, open_page: OpenPage, sandbox: SandboxServer, address: str
) -> None:
    """Bytes are counted as they came; what whitenoise has not compressed, since nothing was collected here, is counted
    as it would be."""
    page = open_page(size=PHONE)
    page.add_init_script(SHIFTS)
    received: list[tuple[str, int]] = []

    def count(response: Any) -> None:
        sizes = response.request.sizes()
        size = sizes["responseBodySize"] + sizes["responseHeadersSize"]
        if "/static/" in response.url and "content-encoding" not in response.headers:
            size = len(gzip.compress(response.body())) + sizes["responseHeadersSize"]
        received.append((response.url, size))

    responses: list[Any] = []
    page.on("response", lambda response: responses.append(response))
    offer = sent(desk)
    token = offer.token
    page.goto(offer.url)
    page.locator("[data-card-fields][data-ready]").wait_for()
    page.wait_for_load_state("networkidle")
    for response in responses:
        count(response)
        told = response.request.all_headers().get("referer", "")
        assert token not in told or response.url.startswith(address), f"{response.url} is told where its reader is"
    assert any("/frame" in url for url, _ in received), "the gateway's frame is counted too"
    assert {urlsplit(url).netloc for url, _ in received} == {urlsplit(address).netloc, urlsplit(sandbox.url).netloc}
    total = sum(size for _, size in received)
    assert total < MOST_BYTES, f"{total} bytes: {received}"
    assert page.evaluate("window.shifts") < MOST_SHIFT

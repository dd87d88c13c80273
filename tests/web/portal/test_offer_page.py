"""What the page of an offer shows before it is answered, in whose language, and to whom."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now as real_now

from handsel.database.tenancy import writing
from handsel.flows.sales.attachments import add_attachment
from handsel.flows.sales.draft import LineDraft
from handsel.flows.sales.offers import Until
from handsel.models import Customer
from handsel.rules.periods import local_date
from handsel.rules.pricing import PercentOff
from tests.cast import event_types, make_tax_rate
from tests.flows.money.desk import Desk
from tests.flows.sales.offering import send
from tests.sandbox import SandboxServer
from tests.web.portal.sent import Sent, hidden, html, sent


def speak(desk: Desk, locale: str) -> None:
    with writing(desk.partner.id):
        Customer.objects.filter(id=desk.dana.id).update(locale=locale)
        desk.dana.refresh_from_db()


def test_the_page_says_who_offers_what_to_whom_and_for_how_much(desk: Desk) -> None:
    make_tax_rate(desk.partner, desk.alice, region="OR", percent="10")
    starts = dt.date(2099, 3, 1)
    shown = html(sent(desk, customer_notes="We begin on Monday.", contract_start_on=starts).get())
    for text in (f"Your offer from {desk.partner.name}", "For Dana&#x27;s Bakery", "revision 1", "Website", "Hosting"):
        assert text in shown
    assert "Sales tax 10%" in shown
    assert "Sign and pay $187.00" in shown
    assert "We begin on Monday." in shown
    assert "Read the document (PDF)" in shown
    for text in (
        "Contract start: Mar 1, 2099",
        "Harbour Agency LLC",
        "12 Harbour Road",
        "91-1234567",
        "100 Oak Street",
    ):
        assert text in shown


def test_a_lowered_price_is_struck_through_and_a_raised_one_stands_alone(desk: Desk) -> None:
    lowered = LineDraft(product_id=desk.website.id, unit_price_minor=8_000)
    raised = LineDraft(product_id=desk.care.id, unit_price_minor=6_000)
    shown = html(sent(desk, lowered, raised).get())
    assert '<del><span class="visually-hidden">was </span>$100.00</del> $80.00' in shown
    assert shown.count("<del>") == 1
    assert "$60.00" in shown
    assert "$50.00" not in shown


def test_terms_of_a_line_are_told_in_words(desk: Desk) -> None:
    trial = desk.product("Trial", 1_000, interval="month", trial_days=14)
    later = LineDraft(product_id=desk.hosting.id, periods=12, start_on=dt.date(2099, 12, 1))
    off = LineDraft(product_id=desk.care.id, discount=PercentOff(Decimal(10)), discount_periods=1)
    shown = html(sent(desk, desk.website, LineDraft(product_id=trial.id, quantity=3), later, off).get())
    for text in ("3 × ", "Free trial: 14 days", "Monthly, 12 periods", "Starts on December 1, 2099",
                 "Discount 10% (−$5.00) in the first period"):  # fmt: skip
        assert text in shown


def test_what_renews_when_and_at_what_price_stands_there_with_the_sentence_that_keeps_the_card(desk: Desk) -> None:
    shown = html(sent(desk).get())
    assert "What you pay, and when" in shown
    assert "then monthly · Hosting" in shown
    assert "$20.00 monthly from" in shown
    assert "$50.00 yearly from" in shown
    assert "I agree that this card is kept by" in shown
    assert 'name="keep_card" value="on" checked' not in shown


@pytest.mark.parametrize(
    ("locale", "lang", "title", "button"),
    [
        ("de_AT", "de-AT", "Ihr Angebot von", "Unterschreiben und $\xa0170,00 bezahlen"),
        ("fr_FR", "fr-FR", "Votre offre de", "Signer et payer 170,00\xa0$US"),
        ("es_ES", "es-ES", "Su oferta de", "Firmar y pagar 170,00\xa0US$"),
        ("pt_BR", "en", "Your offer from", "Sign and pay $170.00"),
    ],
)
def test_the_page_is_in_the_customers_language_and_says_which(
    desk: Desk, locale: str, lang: str, title: str, button: str
) -> None:
    speak(desk, locale)
    answer = sent(desk).get()
    shown = answer.content.decode()
    assert f'<html lang="{lang}"' in shown
    assert title in shown
    assert button in shown


def test_a_day_until_which_it_is_valid_is_named_as_that_day(desk: Desk) -> None:
    until = local_date(real_now(), desk.dana.timezone) + dt.timedelta(days=20)
    offer = send(desk, until=Until(on=until))
    assert f"Valid until {until:%b} {until.day}, {until.year}<" in html(Sent(desk, offer).get())


def test_the_first_look_is_noted_once_and_that_somebody_saw_it_once(desk: Desk) -> None:
    offer = sent(desk)
    offer.get()
    offer.get()
    assert event_types(desk.partner, offer.offer.id).count("offer.opened") == 1
    assert "offer.viewed" not in event_types(desk.partner, offer.offer.id)
    assert [offer.post("/viewed").status_code for _ in range(2)] == [204, 204]
    assert event_types(desk.partner, offer.offer.id).count("offer.viewed") == 1


def test_the_page_is_told_to_nobody_and_found_by_nobody(desk: Desk) -> None:
    offer = sent(desk)
    for path in ("", "/document", "/state", "/messages"):
        answer = offer.get(path)
        assert answer["Referrer-Policy"] == "same-origin", path
        assert "noindex" in answer["X-Robots-Tag"], path
        assert answer["Cache-Control"] == "no-store", path
    policy = offer.get()["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert '<meta name="robots" content="noindex, nofollow">' in html(offer.get())


def test_what_is_read_is_what_was_stored_and_what_is_signed(desk: Desk) -> None:
    offer = sent(desk)
    answer = offer.get("/document")
    assert answer.content == bytes(offer.fresh().pdf)
    assert answer["Content-Type"] == "application/pdf"
    assert hidden(html(offer.get()), "document_sha256") == offer.offer.sha256


def test_a_link_gives_the_files_that_were_offered_and_no_others(desk: Desk) -> None:
    order = desk.order()
    files = {
        name: add_attachment(
            desk.partner, desk.bob, order.id, name=f"{name}.txt", content_type="text/plain", content=name.encode(),
            for_customer=name == "plan",
        )
        for name in ("plan", "margin")
    }  # fmt: skip
    offer, other = Sent(desk, send(desk, order)), sent(desk)
    given = offer.get(f"/attachments/{files['plan'].shown_id}")
    assert given.content == b"plan"
    assert "attachment" in given["Content-Disposition"]
    assert "sandbox" in given["Content-Security-Policy"]
    assert "plan.txt" in html(offer.get())
    assert "margin" not in html(offer.get())
    assert offer.get(f"/attachments/{files['margin'].shown_id}").status_code == 404
    assert other.get(f"/attachments/{files['plan'].shown_id}").status_code == 404
    assert offer.get("/attachments/att_nonsense").status_code == 404


def test_who_is_signed_in_elsewhere_gets_no_more_than_a_stranger(desk: Desk) -> None:
    offer = sent(desk)
    assert html(Client().get(offer.url)).count("Sign and pay $170.00") == html(offer.get()).count(
        "Sign and pay $170.00"
    )
    assert Client().get("/approve/lk_nonsense").status_code == 404
    assert Client().post(f"{offer.url}").status_code == 405


def test_without_scripts_everything_can_be_read_and_it_is_said_what_to_allow(desk: Desk) -> None:
    shown = html(sent(desk).get())
    assert "Scripts are blocked in this browser. You can read everything here" in shown
    assert "Be kind." in shown


class Attributes(HTMLParser):
    """Every tag of a page with its attributes, as they are written."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.written: list[tuple[str, list[str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.written.append((tag, [name for name, _ in attrs]))


def test_no_attribute_is_written_twice_since_browsers_drop_the_second(desk: Desk, sandbox: SandboxServer) -> None:
    offer = sent(desk, message="Here it is.")
    pages = [offer.get().content.decode()]
    offer.sign(token="pm_card_authenticationRequired")
    pages.append(offer.get().content.decode())
    offer.post("/cancel")
    offer.sign(name=None)
    pages.append(offer.get().content.decode())
    for page in pages:
        doubled = [(tag, names) for tag, names in Attributes(page).written if len(names) != len(set(names))]
        assert doubled == []


def test_names_with_signs_of_markup_are_shown_as_they_are_written(desk: Desk, sandbox: SandboxServer) -> None:
    desk.partner.name = 'Smith & Sons "Web" <i>ltd</i>'
    desk.partner.save(update_fields=["name"])
    offer = sent(desk, desk.product("Site & <b>shop</b>", 10_000), message="Hi & <b>bye</b>", customer_notes="a & b")
    before, _, after = offer.get().content.decode(), offer.sign(), offer.get().content.decode()
    for shown in (before, after):
        assert "Smith &amp; Sons &quot;Web&quot; &lt;i&gt;ltd&lt;/i&gt;" in shown
        assert "<i>" not in shown
        assert "<b>" not in shown
        assert "&amp;amp;" not in shown
        assert "&amp;lt;" not in shown


def test_one_look_takes_sixteen_statements(desk: Desk) -> None:
    """The link, six for the page, one for the gateway's fields, and those that open and end the two transactions."""
    offer = sent(desk)
    offer.get()
    with CaptureQueriesContext(connection) as statements:
        offer.get()
    assert len(statements) <= 16, [each["sql"][:80] for each in statements]

"""The offer as PDF: everything that is agreed to is printed, in the customer's language, and nothing else."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import string

import pypdf
import pytest
from PIL import Image

from handsel.documents.localised import Localised
from handsel.documents.offer import line_terms, render_offer, renewal_time
from handsel.documents.offer_words import OFFER_WORDS
from handsel.documents.words import WORDS
from handsel.rules.offer_content import OfferContent, OfferLine, OfferParty, OfferRenewal, OfferTax, OfferTerms
from tests.documents.offers import TERMS_TEXT, offer_content, offer_line, once_line, trial_line
from tests.documents.reading import claims_archival, pages, text, unbroken


def logo() -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (300, 100), "#1f4f82").save(picture, "PNG")
    return picture.getvalue()


def test_everything_that_is_agreed_to_is_printed() -> None:
    printed = text(render_offer(offer_content()))

    for part in (
        "Order O-000042", "Revision 2", "November 22, 2026", "Northwind Digital GmbH", "Whitfield Interiors",
        "Tax ID GB123456789", "$912.83 due on acceptance", "Local SEO, Growth plan", "Listings, reviews and a",
        "Monthly, 12 periods", "Discount 10% (−$49.90) in the first 3 periods", "$499.00", "instead of $590.00",
        "Website set-up", "Monthly, until cancelled", "Free trial: 30 days", "Starts on January 1, 2027",
        "Subtotal $859.00", "Discount −$49.90", "VAT 19%", "on $809.10", "$153.73", "Total $962.83",
        "Your credit −$50.00", "Due now $912.83", "Contract value", "$7,075.41", "What renews",
        "for the first time 1 month after acceptance", "$534.43", "for the first time on January 31, 2027", "$22.61",
        "Acceptance requires payment of $912.83.", "We begin with the listings in Berlin.", "Your contact is Bob.",
        "scope-of-work.pdf", "1.2 MB", "Version 3", "“I have read and accept the terms of service.”",
    ):  # fmt: skip
        assert part in printed, part
    for paragraph in TERMS_TEXT.split("\n\n"):
        assert paragraph in printed


def test_files_and_terms_are_named_by_their_fingerprints() -> None:
    content = offer_content()
    printed = unbroken(render_offer(content))

    assert content.terms is not None
    assert f"SHA-256{content.terms.sha256}" in printed
    assert f"SHA-256{content.attachments[0].sha256}" in printed


def test_a_raised_price_shows_only_the_new_one() -> None:
    printed = text(render_offer(offer_content(lines=(once_line(),))))

    assert "$180.00" in printed
    assert "instead of" not in printed
    assert "$150.00" not in printed


def test_the_same_content_gives_the_same_bytes_and_any_other_gives_others() -> None:
    content = offer_content()
    made = render_offer(content)

    assert made == render_offer(OfferContent.from_json(content.as_json()))
    assert made == render_offer(content, b"not a picture")
    others = {render_offer(changed) for changed in _changed_once(content)}
    assert made not in others
    assert len(others) == len(list(_changed_once(content)))


def _changed_once(content: OfferContent) -> list[OfferContent]:
    """The offer with one field changed, for every field that is printed."""
    terms = content.terms
    assert terms is not None
    line, change = content.lines[0], dataclasses.replace
    new_lines = [
        change(line, name="Local SEO"), change(line, description="Listings"), change(line, quantity=2),
        change(line, list_price_minor=59001), change(line, unit_price_minor=49901), change(line, interval="week"),
        change(line, interval_count=2), change(line, trial_days=1), change(line, periods=13),
        change(line, start_on=dt.date(2027, 1, 1)), change(line, discount_minor=4991),
        change(line, discount_percent="11"), change(line, discount_periods=4), change(line, net_minor=44911),
        change(line, tax_minor=8534), change(line, total_minor=53444),
    ]  # fmt: skip
    return [
        *(change(content, lines=(new_line, *content.lines[1:])) for new_line in new_lines),
        *(change(content, terms=new) for new in (
            change(terms, version=4), change(terms, title="Terms"), change(terms, text=f"{terms.text} More."),
            change(terms, tick="I accept."), change(terms, sha256="0" * 64),
        )),
        change(content, number="O-000043"), change(content, revision=3), change(content, locale="en_GB"),
        change(content, made_on=dt.date(2026, 11, 23)), change(content, currency="EUR"),
        change(content, subtotal_minor=85901), change(content, discount_minor=4991),
        change(content, total_minor=96284), change(content, due_now_minor=91284),
        change(content, contract_value_minor=707542), change(content, contract_start_on=dt.date(2027, 1, 1)),
        change(content, require_payment=False), change(content, notes="Other notes."), change(content, terms=None),
        change(content, attachments=()), change(content, taxes=()), change(content, renewals=content.renewals[:1]),
        change(content, seller=change(content.seller, name="Northwind")),
        change(content, buyer=change(content.buyer, address=("20 Kingsway",))),
        change(content, attachments=(change(content.attachments[0], sha256="0" * 64),)),
        change(content, renewals=(change(content.renewals[0], amount_minor=53444), content.renewals[1])),
    ]  # fmt: skip


def test_the_logo_stands_where_the_name_would() -> None:
    plain, adorned = render_offer(offer_content()), render_offer(offer_content(), logo())

    assert adorned == render_offer(offer_content(), logo())
    assert len(pypdf.PdfReader(io.BytesIO(plain)).pages[0].images) == 0
    assert len(pypdf.PdfReader(io.BytesIO(adorned)).pages[0].images) == 1
    assert claims_archival(adorned)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_large_logo_is_printed_in_no_more_detail_than_paper_shows(kind: str) -> None:
    large = io.BytesIO()
    Image.effect_noise((2400, 600), 80).convert("RGB").save(large, kind)
    pdf = render_offer(offer_content(), large.getvalue())
    (image,) = pypdf.PdfReader(io.BytesIO(pdf)).pages[0].images

    assert image.image is not None
    assert image.image.size == (680, 170)
    assert claims_archival(pdf)


def test_the_file_is_archival_and_says_what_it_is() -> None:
    pdf = render_offer(offer_content("de_AT"))
    reader = pypdf.PdfReader(io.BytesIO(pdf))

    assert claims_archival(pdf)
    assert reader.metadata is not None
    assert reader.metadata.title == "Angebot O-000042"
    assert str(reader.root_object["/Lang"]) == "de-AT"


@pytest.mark.parametrize(
    ("locale", "parts"),
    [
        ("de_DE", ["Angebot für", "912,83 $ fällig bei Annahme", "Monatlich, 12 Abrechnungszeiträume",
                   "Rabatt 10 % (−49,90 $)", "statt 590,00 $", "erstmals 1 Monat nach Annahme", "1,2 MB",
                   "Die Annahme setzt die Zahlung von 912,83 $ voraus."]),
        ("fr_FR", ["Offre destinée à", "912,83 $US à payer à l’acceptation", "Chaque mois, 12 périodes",
                   "au lieu de 590,00 $US", "la première fois 1 mois après l’acceptation", "Essai gratuit : 30 jours"]),
        ("es_ES", ["Oferta para", "912,83 US$ a pagar al aceptar", "Cada mes, 12 períodos", "en lugar de 590,00 US$",
                   "por primera vez 1 mes después de la aceptación", "Prueba gratuita: 30 días"]),
    ],
)  # fmt: skip
def test_the_offer_speaks_its_customers_language(locale: str, parts: list[str]) -> None:
    printed = text(render_offer(offer_content(locale)))

    for part in parts:
        assert part in printed, part


def test_every_language_fills_the_same_places() -> None:
    assert set(OFFER_WORDS) == set(WORDS)
    for field in dataclasses.fields(OFFER_WORDS["en"]):
        if field.name in ("every", "length"):
            assert all(set(getattr(words, field.name)) == {"day", "week", "month", "year"}
                       for words in OFFER_WORDS.values())  # fmt: skip
            continue
        texts = [getattr(words, field.name) for words in OFFER_WORDS.values()]
        assert all(texts), field.name
        assert len({str(_places(text)) for text in texts}) == 1, field.name


def _places(template: str | tuple[str, str]) -> list[set[str]]:
    forms = (template,) if isinstance(template, str) else template
    return [{name for _, name, _, _ in string.Formatter().parse(form) if name} for form in forms]


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({}, "$912.83 due on acceptance"),
        ({"require_payment": False}, "$912.83, billed after acceptance"),
        ({"require_payment": False}, "No payment is required on acceptance; $912.83 will be invoiced."),
        ({"require_payment": False}, "To be invoiced $912.83"),
        ({"due_now_minor": 0}, "Nothing to pay now"),
        ({"due_now_minor": 0}, "Nothing is charged on acceptance."),
    ],
)
def test_what_is_paid_on_acceptance_is_said(changes: dict[str, object], part: str) -> None:
    assert part in text(render_offer(offer_content("en_US", **changes)))


def test_a_tax_inside_the_price_is_said_to_be_inside_and_is_not_added() -> None:
    inside = OfferTax(
        name="VAT", percent="20", inclusive=True, base_minor=80236, amount_minor=16047, category="S", reason=""
    )
    printed = text(render_offer(offer_content(taxes=(inside,))))

    assert printed.index("Total $962.83") < printed.index("Includes VAT 20%") < printed.index("Due now")


def test_a_reverse_charge_is_named() -> None:
    none = OfferTax(
        name="VAT", percent="0", inclusive=False, base_minor=80910, amount_minor=0, category="AE", reason=""
    )

    assert "Reverse charge" in text(render_offer(offer_content(taxes=(none,))))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (once_line(), ""),
        (offer_line(), "Monthly, 12 periods"),
        (offer_line(periods=1), "Monthly, 1 period"),
        (offer_line(interval="year", periods=None), "Yearly, until cancelled"),
        (offer_line(interval="week", interval_count=2, periods=None), "Every 2 weeks, until cancelled"),
        (trial_line(), "Monthly, until cancelled"),
    ],
)
def test_the_terms_of_a_line_are_told(line: OfferLine, told: str) -> None:
    assert line_terms(line, Localised("en", "USD")) == told


def test_the_first_renewal_is_told_as_far_as_it_is_known() -> None:
    write = Localised("en", "USD")
    renewal = OfferRenewal(
        interval="month", interval_count=3, trial_days=0, first_on=None, amount_minor=1, products=("A",)
    )

    assert renewal_time(renewal, write) == ("Every 3 months", "for the first time 3 months after acceptance")
    in_trial = dataclasses.replace(renewal, trial_days=14)
    assert renewal_time(in_trial, write)[1] == "for the first time at the end of the trial, 14 days after acceptance"
    dated = dataclasses.replace(renewal, first_on=dt.date(2027, 2, 28))
    assert renewal_time(dated, write)[1] == "for the first time on February 28, 2027"


def test_terms_of_many_pages_are_printed_whole() -> None:
    long = "\n\n".join(f"{number}. " + "All of this is part of what is agreed. " * 12 for number in range(1, 121))
    terms = OfferTerms(version=1, title="Terms", text=long, tick="I accept.", sha256="0" * 64)
    made = pages(render_offer(offer_content(terms=terms)))

    assert len(made) > 5
    assert all(f"{number}. All of this" in " ".join(made) for number in range(1, 121))


def test_what_people_typed_is_printed_and_never_run() -> None:
    typed = "#eval(\"1\") *bold* $x$ <b> \\u{41} #image(\"/etc/passwd\")"  # fmt: skip
    buyer = OfferParty(name=typed, legal_name="", address=(typed,), tax_id=typed, email=typed)
    printed = text(render_offer(offer_content(buyer=buyer, notes=typed, lines=(offer_line(name=typed),))))

    assert printed.count("*bold* $x$ <b>") >= 4

"""The invoice as PDF: read back, compared, and fed with what people might type."""

from __future__ import annotations

import dataclasses
import io
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pypdf
import pytest

from handsel.documents.invoice import DocumentLine, Party, TaxLine, render_invoice
from handsel.documents.words import WORDS
from tests.documents.reading import claims_archival, pages, text, unbroken
from tests.documents.samples import BUYER, SELLER, due_invoice, listing_line, paid_invoice


def test_every_amount_of_the_document_is_printed() -> None:
    printed = text(render_invoice(paid_invoice()))

    for amount in (
        "$790.00", "$150.10", "$940.10", "$150.00", "$270.00", "$51.30", "$321.30", "−$30.00", "$1,060.00", "$201.40",
        "$1,261.40", "−$1,261.40", "$0.00",
    ):  # fmt: skip
        assert amount in printed, amount


def test_parties_dates_and_payment_are_printed() -> None:
    printed = text(render_invoice(paid_invoice(payment_terms="Net 30", memo="See you soon", notes="Gate code 7")))

    for part in (
        "NW-2026-00042", "November 22, 2026", "December 22, 2026", "Net 30", "Northwind Digital GmbH", "Torstraße 140",
        "Tax ID DE301234567", "Whitfield Interiors Ltd", "Tax ID GB123456789", "22 Nov 2026 – 21 Dec 2026",
        "Visa •••• 4242", "pay_0193", "$1,261.40 paid on November 22, 2026", "See you soon", "Gate code 7",
        "VAT 19% on $1,060.00",
    ):  # fmt: skip
        assert part in printed, part


def test_the_same_document_gives_the_same_bytes() -> None:
    assert render_invoice(paid_invoice()) == render_invoice(paid_invoice())


def test_threads_that_typeset_at_once_do_not_disturb_each_other() -> None:
    documents = [due_invoice(number=f"N-{position % 4}") for position in range(24)]
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(render_invoice, documents))

    assert made == [render_invoice(document) for document in documents]
    assert len(set(made)) == 4


def test_one_minor_unit_more_gives_other_bytes() -> None:
    assert render_invoice(paid_invoice()) != render_invoice(paid_invoice(total_minor=126141))


def test_the_file_is_archival_tagged_and_says_what_it_is() -> None:
    pdf = render_invoice(paid_invoice("de-AT"))
    reader = pypdf.PdfReader(io.BytesIO(pdf))

    assert claims_archival(pdf)
    assert reader.metadata is not None
    assert reader.metadata.title == "Rechnung NW-2026-00042"
    assert reader.metadata.author == "Northwind Digital"
    assert reader.metadata.creation_date is not None
    assert reader.metadata.creation_date.isoformat() == "2026-11-22T00:00:00+00:00"
    assert str(reader.root_object["/Lang"]) == "de-AT"
    assert "'/Marked': True" in str(reader.root_object["/MarkInfo"])


@pytest.mark.parametrize(
    ("locale", "parts"),
    [
        ("de", ["Rechnung", "1.261,40 $ fällig am 22. Dezember 2026", "Seite 1 von 1", "USt-IdNr. DE301234567"]),
        ("fr", ["Facture", "1 261,40 $US à payer avant le 22 décembre 2026", "Page 1 sur 1", "Sous-total"]),
        ("es", ["Factura", "1.261,40 US$ a pagar antes del 22 de diciembre de 2026", "Página 1 de 1"]),
        ("en-GB", ["Invoice", "US$1,261.40 due on 22 December 2026", "Page 1 of 1"]),
        ("ja", ["Invoice", "$1,261.40 due on December 22, 2026"]),
    ],
)
def test_a_document_speaks_its_readers_language_or_else_english(locale: str, parts: list[str]) -> None:
    printed = text(render_invoice(due_invoice(locale)))

    for part in parts:
        assert part in printed, printed


@pytest.mark.parametrize("locale", WORDS)
def test_templates_of_every_language_take_the_same_values(locale: str) -> None:
    english, words = WORDS["en"], WORDS[locale]

    for field in dataclasses.fields(english):
        here, there = getattr(words, field.name), getattr(english, field.name)
        assert here, field.name
        for placeholder in ("{amount}", "{date}", "{name}", "{page}", "{pages}"):
            assert (placeholder in here) == (placeholder in there), field.name


@pytest.mark.parametrize(
    ("currency", "amount"), [("JPY", "¥126,140 paid"), ("KWD", "KWD 126.140 paid"), ("ISK", "ISK 126,140 paid")]
)
def test_currencies_without_and_with_three_decimals_keep_theirs(currency: str, amount: str) -> None:
    printed = text(render_invoice(paid_invoice(currency=currency)))

    assert amount in printed
    assert "1,261.40" not in printed


HOSTILE = [
    '#eval("panic()") #import "sheet.typ": * #pagebreak()',
    "$x^2$ and $ alone and \\u{41} \\ backslash",
    "`raw` ```block``` *bold* _italic_ ~ -- --- ... 'quoted'",
    "<label> @reference [content] {code} // comment /* block */ = heading",
    '"},"totals":[{"label":"injected"}],"x":{"',
]


@pytest.mark.parametrize("typed", HOSTILE)
def test_what_people_typed_is_printed_literally(typed: str) -> None:
    line = DocumentLine(description=typed, detail=typed, quantity=1, unit_price_minor=1, net_minor=1, total_minor=1)
    document = due_invoice(
        lines=(line,), buyer=Party(name=typed, address=(typed,)), memo=typed, notes=typed, payment_terms=typed
    )

    printed = unbroken(render_invoice(document))

    assert printed.count("".join(typed.split())) == 7
    assert "Page1of1" in printed


def test_a_very_long_word_is_broken_into_lines_and_loses_nothing() -> None:
    word = "Donaudampfschiff" * 60
    pdf = render_invoice(
        due_invoice(buyer=Party(name=word), lines=(dataclasses.replace(listing_line(1), detail=word),))
    )
    lines = pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text().splitlines()

    assert unbroken(pdf).count(word) == 2
    assert max(len(line) for line in lines) < 100


def test_a_long_address_can_be_copied_whole() -> None:
    address = "accounts.payable@whitfield-interiors.example"

    assert address in text(render_invoice(due_invoice(buyer=Party(name="Whitfield", email=address))))


def test_a_description_longer_than_a_page_runs_on_to_the_next() -> None:
    words = [f"word{position}" for position in range(1500)]
    line = dataclasses.replace(listing_line(1), description=" ".join(words))
    printed = pages(render_invoice(due_invoice(lines=(line,))))

    assert len(printed) > 2
    assert all(word in " ".join(printed) for word in (words[0], words[700], words[-1]))


def test_control_characters_and_direction_marks_are_dropped() -> None:
    pdf = render_invoice(due_invoice(buyer=Party(name="Da\x00na\x1b[0m\u202e evil\ud800\ue000")))

    assert "Dana[0m evil\ufffd\ufffd" in text(pdf)


def test_a_name_in_a_script_that_we_ship_no_font_for_still_gives_a_document() -> None:
    document = due_invoice(buyer=Party(name="株式会社東京工業", address=("東京都千代田区",)))
    pdf = render_invoice(document)

    assert "Whitfield" not in text(pdf)
    assert "$1,261.40 due" in text(pdf)
    assert pdf == render_invoice(document)


def test_sixty_lines_run_over_numbered_pages_that_repeat_the_header() -> None:
    printed = pages(render_invoice(due_invoice(lines=tuple(listing_line(position) for position in range(1, 61)))))

    assert len(printed) > 1
    for number, page in enumerate(printed, start=1):
        assert f"Page {number} of {len(printed)}" in page
        if "Managed listing" in page:
            assert "Description Qty Unit price Amount" in page
    assert all("Invoice NW-2026-00042" in page for page in printed[1:])
    together = " ".join(printed)
    assert all(f"Managed listing {position} 1 $" in together for position in range(1, 61))


def test_amounts_of_sixty_four_bits_stay_on_the_page() -> None:
    largest = 10**15
    lines = tuple(
        dataclasses.replace(line, unit_price_minor=largest, net_minor=largest, tax_minor=largest, total_minor=largest)
        for line in paid_invoice().lines
    )
    printed = text(render_invoice(due_invoice(lines=lines, total_minor=largest, due_minor=largest)))

    assert printed.count("$10,000,000,000,000.00") >= 11


def test_without_tax_there_are_no_tax_columns() -> None:
    printed = text(render_invoice(due_invoice(lines=(listing_line(1),), taxes=())))

    assert "Description Qty Unit price Amount" in printed
    assert "Tax ID" in printed
    assert "VAT" not in printed


def test_a_reverse_charge_says_so() -> None:
    reverse = TaxLine(name="VAT", percent=Decimal(0), base_minor=106000, amount_minor=0, category="AE")
    exempt = TaxLine(
        name="VAT", percent=Decimal(0), base_minor=1, amount_minor=0, category="E", reason="Article 132 education"
    )
    printed = text(render_invoice(due_invoice("de", taxes=(reverse, exempt))))

    assert "Steuerschuldnerschaft des Leistungsempfängers" in printed
    assert "Article 132 education" in printed


def links(pdf: bytes) -> list[str]:
    annotations = pypdf.PdfReader(io.BytesIO(pdf)).pages[0].get("/Annots", [])
    return [annotation.get_object()["/A"]["/URI"] for annotation in annotations]


def test_a_due_invoice_carries_its_pay_link_unchanged_and_a_paid_one_does_not() -> None:
    address = "https://pay.example/i/" + "a1b2c3d4" * 12

    assert links(render_invoice(due_invoice(pay_url=address))) == [address]
    assert "Pay $1,261.40 online" in text(render_invoice(due_invoice(pay_url=address)))
    assert links(render_invoice(paid_invoice(pay_url=address))) == []


def test_a_pay_link_must_lead_to_a_page() -> None:
    with pytest.raises(ValueError, match="http"):
        due_invoice(pay_url="javascript:alert(1)")


def test_a_legal_name_equal_to_the_name_is_printed_once() -> None:
    same = dataclasses.replace(BUYER, legal_name=BUYER.name)

    assert text(render_invoice(due_invoice(buyer=same))).count(BUYER.name) == 1
    assert SELLER.legal_name in text(render_invoice(due_invoice(buyer=same)))


@pytest.mark.parametrize("accent", ["#ffff00", "#FFFFFF", "red", "", "#12345g", "#0f766e"])
def test_no_accent_colour_stops_a_document(accent: str) -> None:
    assert claims_archival(render_invoice(due_invoice(accent=accent)))


def test_a_second_invoice_is_typeset_quickly() -> None:
    render_invoice(paid_invoice(memo="the first pays for loading the fonts"))
    fastest = 1.0
    for attempt in range(5):
        started = time.perf_counter()
        render_invoice(paid_invoice(memo=f"attempt {attempt}"))
        fastest = min(fastest, time.perf_counter() - started)

    assert fastest < 0.060

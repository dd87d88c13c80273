"""The credit note on paper: what it takes back, of which invoice and why, in the four languages."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from handsel.documents.credit_note import CreditLine, CreditNoteDocument, render_credit_note
from handsel.documents.invoice import TaxLine, render_invoice
from tests.documents.reading import text as text_of
from tests.documents.samples import BUYER, SELLER, paid_invoice

NOTE = CreditNoteDocument(
    number="CN-2026-00007",
    invoice_number="NW-2026-00042",
    invoice_issued_on=dt.date(2026, 11, 22),
    issued_on=dt.date(2026, 12, 1),
    seller=SELLER,
    buyer=BUYER,
    currency="EUR",
    locale="en",
    lines=(
        CreditLine(
            description="Local SEO, Pro edition",
            quantity=1,
            net_minor=79000,
            tax_label="VAT 19%",
            tax_minor=15010,
            total_minor=94010,
        ),
    ),
    net_minor=79000,
    taxes=(TaxLine(name="VAT", percent=Decimal(19), base_minor=79000, amount_minor=15010),),
    total_minor=94010,
    reason="The set-up was cancelled before it began",
)


def test_it_says_what_is_taken_back_of_which_invoice_and_why() -> None:
    printed = text_of(render_credit_note(NOTE))
    for words in (
        "Credit note", "CN-2026-00007", "NW-2026-00042", "Local SEO, Pro edition", "€790.00", "€150.10", "€940.10",
        "VAT 19%", "The set-up was cancelled before it began", "Northwind Digital GmbH", "GB123456789",
    ):  # fmt: skip
        assert words in printed, words


@pytest.mark.parametrize(
    ("locale", "title", "amount"),
    [
        ("de", "Rechnungskorrektur", "940,10"),
        ("fr", "Avoir", "940,10"),
        ("es", "Factura rectificativa", "940,10"),
        ("en-GB", "Credit note", "€940.10"),
    ],
)
def test_it_speaks_the_buyers_language(locale: str, title: str, amount: str) -> None:
    printed = text_of(render_credit_note(replace(NOTE, locale=locale)))
    assert title in printed
    assert amount in printed


def test_equal_notes_give_equal_bytes() -> None:
    assert render_credit_note(NOTE) == render_credit_note(NOTE)


def test_without_tax_there_is_one_column_of_amounts() -> None:
    line = CreditLine(description="Website", quantity=1, net_minor=5000, total_minor=5000)
    printed = text_of(render_credit_note(replace(NOTE, lines=(line,), taxes=(), net_minor=5000, total_minor=5000)))
    assert "€50.00" in printed
    assert "Tax ID" in printed
    assert "Net" not in printed.replace("Northwind", "")


def test_an_invoice_says_what_was_credited_before_it_was_paid_and_that_it_is_void() -> None:
    partly = text_of(render_invoice(paid_invoice(status="due", paid_minor=0, credited_minor=26140, due_minor=100000)))
    assert "Credited" in partly
    assert "$1,000.00" in partly
    void = text_of(render_invoice(paid_invoice(status="void", paid_minor=0, due_minor=0, payments=())))
    assert "Void" in void

"""The receipt as PDF."""

from __future__ import annotations

import dataclasses

from handsel.documents.receipt import receipt_for, render_receipt
from tests.documents.reading import claims_archival, text
from tests.documents.samples import paid_invoice


def test_a_receipt_prints_what_was_paid_for_how_and_the_tax_in_it() -> None:
    invoice = paid_invoice(memo="Thank you")
    pdf = render_receipt(receipt_for(invoice, invoice.payments[0], "R-2026-00017"))
    printed = text(pdf)

    for part in (
        "Receipt", "R-2026-00017", "NW-2026-00042", "$1,261.40 paid on November 22, 2026", "Local SEO, Pro edition",
        "$940.10", "$321.30", "Includes VAT 19% $201.40", "Amount paid $1,261.40", "Visa •••• 4242", "pay_0193",
        "Northwind Digital GmbH", "Whitfield Interiors Ltd", "Thank you", "Page 1 of 1",
    ):  # fmt: skip
        assert part in printed, part
    assert "Amount due" not in printed
    assert claims_archival(pdf)


def test_a_receipt_of_a_part_says_what_is_still_open() -> None:
    invoice = paid_invoice("de", "EUR", paid_minor=100000, due_minor=26140)
    part = dataclasses.replace(invoice.payments[0], amount_minor=100000)
    printed = text(render_receipt(receipt_for(invoice, part, "R-1")))

    assert "1.000,00 € bezahlt am 22. November 2026" in printed
    assert "Offener Betrag 261,40 €" in printed


def test_the_same_receipt_gives_the_same_bytes() -> None:
    invoice = paid_invoice()
    receipt = receipt_for(invoice, invoice.payments[0], "R-1")

    assert render_receipt(receipt) == render_receipt(receipt)
    assert render_receipt(receipt) != render_receipt(dataclasses.replace(receipt, number="R-2"))

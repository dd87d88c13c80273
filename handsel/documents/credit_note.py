"""The credit note: what of an invoice is taken back, why, and the tax on it.

A commercial credit note of EN 16931 (type 381): it names the invoice it corrects (BT-25), and its amounts are above
zero, since the document itself says which way they go.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from handsel.documents.colour import DEFAULT_ACCENT, readable_on_white
from handsel.documents.invoice import Party, TaxLine, footer_text, party_block, tax_total
from handsel.documents.line_table import line_table
from handsel.documents.localised import Localised
from handsel.documents.sheet import Cell, Labelled, Sheet, Table, TotalLine, typeset


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditLine:
    """What of one line is taken back, with its tax."""

    description: str
    quantity: int
    net_minor: int
    tax_label: str = ""
    tax_minor: int = 0
    total_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditNoteDocument:
    """A credit note as it was frozen. Amounts are minor units of `currency`, all above zero."""

    number: str
    invoice_number: str
    invoice_issued_on: dt.date
    issued_on: dt.date
    seller: Party
    buyer: Party
    currency: str
    locale: str
    lines: tuple[CreditLine, ...]
    net_minor: int
    taxes: tuple[TaxLine, ...] = ()
    total_minor: int
    reason: str
    accent: str = DEFAULT_ACCENT


def render_credit_note(document: CreditNoteDocument) -> bytes:
    """The credit note as PDF/A, in the words of its locale; equal documents give equal bytes."""
    return typeset(_sheet(document, Localised(document.locale, document.currency)))


def _sheet(document: CreditNoteDocument, write: Localised) -> Sheet:
    words = write.words
    amount, issued_on = write.money(document.total_minor), write.date(document.issued_on)
    return Sheet(
        language=write.locale.language,
        region=write.locale.territory,
        paper=write.paper,
        accent=readable_on_white(document.accent),
        made_on=document.issued_on,
        kind=words.credit_note,
        status=None,
        settled=True,
        heading=f"{words.credit_note} {document.number}",
        author=document.seller.name,
        facts=(
            Labelled(words.credit_note_number, document.number),
            Labelled(words.issued_on, issued_on),
            Labelled(
                words.credited_invoice, f"{document.invoice_number}, {write.short_date(document.invoice_issued_on)}"
            ),
        ),
        parties=(
            party_block(words.seller, document.seller, words),
            party_block(words.buyer, document.buyer, words),
        ),
        headline=words.amount_credited_on.format(amount=amount, date=issued_on),
        link=None,
        table=_line_table(document.lines, write),
        totals=_totals(document, write),
        payments_label=words.payments,
        payments=None,
        paragraphs=(Labelled(words.reason, document.reason),),
        footer=footer_text(document.seller, words),
        page_label=words.page,
    )


def _line_table(lines: tuple[CreditLine, ...], write: Localised) -> Table:
    def cells(line: CreditLine) -> tuple[Cell, ...]:
        return Cell(line.description), Cell(write.quantity(line.quantity))

    return line_table(lines, (write.words.description, write.words.quantity), cells, write)


def _totals(document: CreditNoteDocument, write: Localised) -> tuple[TotalLine, ...]:
    words = write.words
    return (
        TotalLine(words.subtotal, write.money(document.net_minor)),
        *(tax_total(tax, write) for tax in document.taxes),
        TotalLine(words.amount_credited, write.money(document.total_minor), strong=True),
    )

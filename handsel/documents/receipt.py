"""The receipt: proof that one payment was made, and what it was for."""

from __future__ import annotations

from dataclasses import dataclass

from handsel.documents.colour import DEFAULT_ACCENT, readable_on_white
from handsel.documents.invoice import (
    InvoiceDocument,
    Party,
    PaymentLine,
    TaxLine,
    footer_text,
    party_block,
    payment_table,
    tax_name,
)
from handsel.documents.localised import Localised
from handsel.documents.sheet import Cell, Column, Labelled, Sheet, Table, TotalLine, typeset


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLine:
    """What was paid for; `amount_minor` is with tax."""

    description: str
    detail: str = ""
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptDocument:
    """One payment. Amounts are minor units of `currency`; `due_minor` is what this payment still leaves open."""

    number: str
    seller: Party
    buyer: Party
    currency: str
    locale: str
    payment: PaymentLine
    lines: tuple[ReceiptLine, ...]
    taxes: tuple[TaxLine, ...] = ()
    total_minor: int
    due_minor: int = 0
    invoice_number: str = ""
    memo: str = ""
    accent: str = DEFAULT_ACCENT


def receipt_for(invoice: InvoiceDocument, payment: PaymentLine, number: str) -> ReceiptDocument:
    """The receipt of one payment of an invoice, in the invoice's own words and parties."""
    return ReceiptDocument(
        number=number,
        seller=invoice.seller,
        buyer=invoice.buyer,
        currency=invoice.currency,
        locale=invoice.locale,
        payment=payment,
        lines=tuple(
            ReceiptLine(description=line.description, detail=line.detail, amount_minor=line.total_minor)
            for line in invoice.lines
        ),
        taxes=invoice.taxes,
        total_minor=invoice.total_minor,
        due_minor=invoice.due_minor,
        invoice_number=invoice.number,
        memo=invoice.memo,
        accent=invoice.accent,
    )


def render_receipt(document: ReceiptDocument) -> bytes:
    """The receipt as PDF/A, in the words of its locale; equal documents give equal bytes."""
    return typeset(_sheet(document, Localised(document.locale, document.currency)))


def _sheet(document: ReceiptDocument, write: Localised) -> Sheet:
    words = write.words
    amount, paid_on = write.money(document.payment.amount_minor), write.date(document.payment.paid_on)
    return Sheet(
        language=write.locale.language,
        region=write.locale.territory,
        paper=write.paper,
        accent=readable_on_white(document.accent),
        made_on=document.payment.paid_on,
        kind=words.receipt,
        status=None,
        settled=True,
        heading=f"{words.receipt} {document.number}",
        author=document.seller.name,
        facts=_facts(document, write),
        parties=(
            party_block(words.seller, document.seller, words),
            party_block(words.buyer, document.buyer, words),
        ),
        headline=words.amount_paid_on.format(amount=amount, date=paid_on),
        link=None,
        table=_line_table(document.lines, write),
        totals=_totals(document, write),
        payments_label=words.payments,
        payments=payment_table((document.payment,), write),
        paragraphs=(Labelled(words.notes, document.memo),) if document.memo else (),
        footer=footer_text(document.seller, words),
        page_label=words.page,
    )


def _facts(document: ReceiptDocument, write: Localised) -> tuple[Labelled, ...]:
    words = write.words
    facts = (
        Labelled(words.number, document.number),
        Labelled(words.paid_on, write.date(document.payment.paid_on)),
        Labelled(words.invoice_number, document.invoice_number),
    )
    return tuple(fact for fact in facts if fact.text)


def _line_table(lines: tuple[ReceiptLine, ...], write: Localised) -> Table:
    columns = (Column(write.words.description, numeric=False), Column(write.words.amount, numeric=True))
    rows = tuple(
        (Cell(line.description, (line.detail,) if line.detail else ()), Cell(write.money(line.amount_minor)))
        for line in lines
    )
    return Table(columns, rows)


def _totals(document: ReceiptDocument, write: Localised) -> tuple[TotalLine, ...]:
    words = write.words
    totals = [TotalLine(words.total, write.money(document.total_minor), strong=True)]
    totals += [
        TotalLine(words.tax_included.format(name=tax_name(tax, write)), write.money(tax.amount_minor))
        for tax in document.taxes
        if tax.amount_minor
    ]
    totals.append(TotalLine(words.amount_paid, write.money(document.payment.amount_minor), strong=True))
    if document.due_minor:
        totals.append(TotalLine(words.amount_due, write.money(document.due_minor)))
    return tuple(totals)

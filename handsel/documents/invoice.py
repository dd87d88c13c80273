"""The invoice: what was sold, the tax on it, what was paid and what is still owed.

Its content is what EN 16931 asks of an invoice: number, dates, both parties with their tax ids, net amounts by line,
and tax by category with the reason of an exemption. Sums are the caller's: a document prints, it does not calculate.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from handsel.documents.colour import DEFAULT_ACCENT, readable_on_white
from handsel.documents.line_table import line_table
from handsel.documents.localised import MINUS, Localised
from handsel.documents.sheet import Cell, Column, Labelled, Link, PartyBlock, Sheet, Table, TotalLine, typeset
from handsel.documents.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Seller or buyer. `name` is what people call them, `legal_name` (may be equal or empty) who they are in law."""

    name: str
    legal_name: str = ""
    address: tuple[str, ...] = ()
    tax_id: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLine:
    """One line. `net_minor` is after discount and without tax, `total_minor` with it; `detail` is usually a period."""

    description: str
    detail: str = ""
    quantity: int | Decimal
    unit_price_minor: int
    discount_minor: int = 0
    net_minor: int
    tax_label: str = ""
    tax_minor: int = 0
    total_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxLine:
    """Tax of one rate. `percent` is `Decimal("19")` for 19 %; `category` is EN 16931's code: S, Z, E, AE, K, G or O."""

    name: str
    percent: Decimal
    base_minor: int
    amount_minor: int
    category: str = "S"
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentLine:
    paid_on: dt.date
    method_text: str
    amount_minor: int
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceDocument:
    """A finalised invoice as it was frozen. Amounts are minor units of `currency`; `locale` is the buyer's ("de-AT").

    Raises ValueError for a pay link that is not http(s): such a link in a PDF would run something else on a click.
    """

    number: str
    kind: Literal["invoice"] = "invoice"
    status: Literal["paid", "due", "void"]
    issued_on: dt.date
    due_on: dt.date
    seller: Party
    buyer: Party
    currency: str
    locale: str
    lines: tuple[DocumentLine, ...]
    subtotal_minor: int
    discount_minor: int = 0
    taxes: tuple[TaxLine, ...] = ()
    total_minor: int
    paid_minor: int
    credited_minor: int = 0
    due_minor: int
    payments: tuple[PaymentLine, ...] = ()
    memo: str = ""
    notes: str = ""
    accent: str = DEFAULT_ACCENT
    payment_terms: str = ""
    pay_url: str | None = None

    def __post_init__(self) -> None:
        if self.pay_url is not None and not self.pay_url.startswith(("https://", "http://")):
            raise ValueError("a pay link must be http or https")


def render_invoice(document: InvoiceDocument) -> bytes:
    """The invoice as PDF/A, in the words of its locale; equal documents give equal bytes."""
    return typeset(_sheet(document, Localised(document.locale, document.currency)))


def _sheet(document: InvoiceDocument, write: Localised) -> Sheet:
    words = write.words
    settled = document.status != "due"
    return Sheet(
        language=write.locale.language,
        region=write.locale.territory,
        paper=write.paper,
        accent=readable_on_white(document.accent),
        made_on=document.issued_on,
        kind=words.invoice,
        status={"paid": words.paid, "due": words.due, "void": words.void}[document.status],
        settled=settled,
        heading=f"{words.invoice} {document.number}",
        author=document.seller.name,
        facts=_facts(document, write),
        parties=(
            party_block(words.seller, document.seller, words),
            party_block(words.buyer, document.buyer, words),
        ),
        headline=_headline(document, write),
        link=_pay_link(document, write),
        table=_line_table(document.lines, write),
        totals=_totals(document, write),
        payments_label=words.payments,
        payments=payment_table(document.payments, write),
        paragraphs=tuple(
            Labelled(words.notes, text)
            for text in ("\n\n".join(filter(None, (document.memo, document.notes))),)
            if text
        ),
        footer=footer_text(document.seller, words),
        page_label=words.page,
    )


def _facts(document: InvoiceDocument, write: Localised) -> tuple[Labelled, ...]:
    words = write.words
    facts = [
        Labelled(words.invoice_number, document.number),
        Labelled(words.issued_on, write.date(document.issued_on)),
        Labelled(words.due_on, write.date(document.due_on)),
    ]
    if document.payment_terms:
        facts.append(Labelled(words.payment_terms, document.payment_terms))
    return tuple(facts)


def _headline(document: InvoiceDocument, write: Localised) -> str:
    if document.status == "void":
        return write.words.void
    if document.status == "paid":
        paid_on = max((payment.paid_on for payment in document.payments), default=document.issued_on)
        amount = write.money(document.total_minor - document.credited_minor)
        return write.words.amount_paid_on.format(amount=amount, date=write.date(paid_on))
    amount = write.money(document.due_minor)
    return write.words.amount_due_on.format(amount=amount, date=write.date(document.due_on))


def _pay_link(document: InvoiceDocument, write: Localised) -> Link | None:
    if document.pay_url is None or document.status != "due":
        return None
    return Link(write.words.pay_online.format(amount=write.money(document.due_minor)), document.pay_url)


def _line_table(lines: tuple[DocumentLine, ...], write: Localised) -> Table:
    words = write.words
    return line_table(
        lines, (words.description, words.quantity, words.unit_price), lambda line: _line_cells(line, write), write
    )


def _line_cells(line: DocumentLine, write: Localised) -> tuple[Cell, ...]:
    discount = f"{write.words.discount} {MINUS}{write.money(line.discount_minor)}" if line.discount_minor else ""
    return (
        Cell(line.description, tuple(filter(None, (line.detail, discount)))),
        Cell(write.quantity(line.quantity)),
        Cell(write.money(line.unit_price_minor)),
    )


def _totals(document: InvoiceDocument, write: Localised) -> tuple[TotalLine, ...]:
    words = write.words
    totals = [TotalLine(words.subtotal, write.money(document.subtotal_minor))]
    if document.discount_minor:
        totals.append(TotalLine(words.discount, write.money(-document.discount_minor)))
    totals += [tax_total(tax, write) for tax in document.taxes]
    totals.append(TotalLine(words.total, write.money(document.total_minor), strong=True))
    if document.credited_minor:
        totals.append(TotalLine(words.amount_credited, write.money(-document.credited_minor)))
    if document.paid_minor:
        totals.append(TotalLine(words.already_paid, write.money(-document.paid_minor)))
    totals.append(TotalLine(words.amount_due, write.money(document.due_minor), strong=True))
    return tuple(totals)


def tax_total(tax: TaxLine, write: Localised) -> TotalLine:
    """A tax with what it is on, and why where none is charged."""
    reason = tax.reason or (write.words.reverse_charge if tax.category == "AE" else "")
    base = write.words.tax_base.format(amount=write.money(tax.base_minor))
    return TotalLine(tax_name(tax, write), write.money(tax.amount_minor), note=f"{base} · {reason}" if reason else base)


def tax_name(tax: TaxLine, write: Localised) -> str:
    """ "VAT 20%", as the reader's locale writes percentages."""
    return f"{tax.name} {write.percent(tax.percent)}"


def party_block(label: str, party: Party, words: Words) -> PartyBlock:
    """Name, legal name where it differs, address, tax id, e-mail: one line each, what is empty left out."""
    legal_name = party.legal_name if party.legal_name != party.name else ""
    tax_id = f"{words.tax_id} {party.tax_id}" if party.tax_id else ""
    lines = tuple(line for line in (legal_name, *party.address, tax_id, party.email) if line)
    return PartyBlock(label, party.name, lines)


def payment_table(payments: tuple[PaymentLine, ...], write: Localised) -> Table | None:
    """What was paid when and how; None when nothing was."""
    if not payments:
        return None
    words = write.words
    columns = (
        Column(words.date, numeric=False),
        Column(words.method, numeric=False),
        Column(words.reference, numeric=False),
        Column(words.amount, numeric=True),
    )
    rows = tuple(
        (
            Cell(write.short_date(payment.paid_on)),
            Cell(payment.method_text),
            Cell(payment.reference),
            Cell(write.money(payment.amount_minor)),
        )
        for payment in payments
    )
    return Table(columns, rows)


def footer_text(seller: Party, words: Words) -> str:
    """Who answers for this document, on every page."""
    tax_id = f"{words.tax_id} {seller.tax_id}" if seller.tax_id else ""
    return " · ".join(filter(None, (seller.legal_name or seller.name, tax_id, seller.email)))

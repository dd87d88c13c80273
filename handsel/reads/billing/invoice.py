"""One invoice, as a page and as the document that is printed from its frozen rows alone."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from handsel.documents.invoice import DocumentLine, InvoiceDocument, Party, PaymentLine, TaxLine
from handsel.documents.localised import readable_locale
from handsel.models import CreditNote, Invoice, InvoiceLine, Partner
from handsel.reads.money.payments import PaymentView, payments_for
from handsel.reads.visibility import visible_invoices
from handsel.rules.errors import NotFound, Refused
from handsel.rules.invoice_states import OPEN_INVOICE_STATUSES, InvoiceStatus
from handsel.rules.offline import KINDS, kind_label
from handsel.rules.payment_states import PaymentStatus
from handsel.rules.periods import local_date
from handsel.rules.permissions import Actor, Grant


@dataclass(frozen=True, slots=True)
class InvoiceView:
    """An invoice with its lines, every payment that was tried for it, newest first, and its credit notes."""

    invoice: Invoice
    lines: list[InvoiceLine]
    payments: list[PaymentView]
    credit_notes: list[CreditNote]
    may_collect: bool
    may_credit: bool  # and void

    @property
    def live_payment(self) -> PaymentView | None:
        return next((view for view in self.payments if view.is_open), None)


def invoice_view(partner: Partner, actor: Actor, invoice_id: uuid.UUID) -> InvoiceView:
    """The page in five statements. Raises NotFound, also where this actor may not see it."""
    rows = visible_invoices(actor).select_related("customer", "order")
    invoice = rows.filter(id=invoice_id).first()
    if invoice is None:
        raise NotFound("not_found", "There is no such invoice.")
    lines = lines_of(invoice)
    payments = payments_for(partner, debts_of(invoice))
    live = any(view.is_open for view in payments)
    is_owed = invoice.status in OPEN_INVOICE_STATUSES and invoice.due_minor > 0 and not live
    return InvoiceView(
        invoice=invoice,
        lines=lines,
        payments=payments,
        credit_notes=credit_notes_of(invoice),
        may_collect=is_owed and actor.may(Grant.PAYMENTS_COLLECT),
        may_credit=is_owed and actor.may(Grant.BILLING_MANAGE),
    )


def credit_notes_of(invoice: Invoice) -> list[CreditNote]:
    return list(CreditNote.objects.filter(invoice_id=invoice.id).order_by("id"))


def lines_of(invoice: Invoice) -> list[InvoiceLine]:
    rows = InvoiceLine.objects.select_related("subscription").filter(invoice_id=invoice.id)
    return list(rows.order_by("position", "id"))


def debts_of(invoice: Invoice) -> list[uuid.UUID]:
    """An order's first payment was for the order; what an invoice asks for itself is its own debt."""
    return [invoice.id] if invoice.order_id is None else [invoice.id, invoice.order_id]


def invoice_document(invoice: Invoice) -> InvoiceDocument:
    """What is printed: number, parties, lines and taxes as they were frozen, never as they are today (CASES.md 36).
    Three statements. Raises Refused for a draft, which has nothing to print yet."""
    if invoice.number is None or invoice.issued_on is None or invoice.due_on is None:
        raise Refused("action_not_allowed", "A draft has no number yet, so there is no document.")
    lines = lines_of(invoice)
    seller, buyer = invoice.parties["seller"], invoice.parties["buyer"]
    return InvoiceDocument(
        number=invoice.number,
        status=_DOCUMENT_STATUS.get(invoice.status, "due"),
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        seller=party(seller),
        buyer=party(buyer),
        currency=invoice.currency,
        locale=buyer.get("locale") or "en_US",
        lines=tuple(_line(line) for line in lines),
        subtotal_minor=invoice.subtotal_minor,
        discount_minor=invoice.discount_minor,
        taxes=tax_lines([tax for line in lines for tax in line.taxes]),
        total_minor=invoice.total_minor,
        paid_minor=invoice.paid_minor,
        credited_minor=_lessened(invoice),
        due_minor=invoice.due_minor,
        payments=_payments(invoice),
        memo=invoice.memo,
        accent=seller["accent"],
    )


_DOCUMENT_STATUS: Mapping[str, Literal["paid", "void"]] = {InvoiceStatus.PAID: "paid", InvoiceStatus.VOID: "void"}


def _lessened(invoice: Invoice) -> int:
    """What credit notes took off before it was paid; what was refunded later changes nothing on the invoice."""
    if invoice.status == InvoiceStatus.VOID:
        return 0
    return invoice.total_minor - invoice.paid_minor - invoice.due_minor


def party(frozen: dict[str, Any]) -> Party:
    return Party(
        name=frozen["name"],
        legal_name=frozen.get("legal_name", ""),
        address=tuple(frozen["address"]),
        tax_id=frozen["tax_id"],
        email=frozen["email"],
    )


def _line(line: InvoiceLine) -> DocumentLine:
    detail = ""
    if line.period_start_on and line.period_end_on:
        detail = f"{line.period_start_on} – {line.period_end_on}"
    return DocumentLine(
        description=line.description,
        detail=detail,
        quantity=line.quantity,
        unit_price_minor=line.unit_price_minor,
        discount_minor=line.discount_minor,
        net_minor=line.net_minor,
        tax_label=tax_label(line.taxes),
        tax_minor=line.tax_minor,
        total_minor=line.total_minor,
    )


def tax_label(taxes: Sequence[Mapping[str, Any]]) -> str:
    """“VAT 19 %”, of all the taxes of a line."""
    return ", ".join(f"{tax['name']} {tax['percent']} %" for tax in taxes)


def tax_lines(taxes: Sequence[Mapping[str, Any]]) -> tuple[TaxLine, ...]:
    """One line for each rate and reason, with the sums of what the lines froze."""
    bases: defaultdict[tuple[str, ...], int] = defaultdict(int)
    amounts: defaultdict[tuple[str, ...], int] = defaultdict(int)
    for tax in taxes:
        rate = (tax["name"], tax["percent"], tax["category"], tax["reason"] or "")
        bases[rate] += tax["base_minor"]
        amounts[rate] += tax["amount_minor"]
    return tuple(
        TaxLine(
            name=rate[0],
            percent=Decimal(rate[1]),
            category=rate[2],
            reason=rate[3],
            base_minor=bases[rate],
            amount_minor=amounts[rate],
        )
        for rate in bases
    )


def _payments(invoice: Invoice) -> tuple[PaymentLine, ...]:
    if not invoice.paid_minor:
        return ()
    zone = invoice.customer.timezone
    language = readable_locale(invoice.parties["buyer"].get("locale") or "en").language
    views = payments_for(invoice.partner, debts_of(invoice))
    paid = [view.payment for view in views if view.payment.status == PaymentStatus.SUCCEEDED]
    return tuple(
        PaymentLine(
            paid_on=local_date(payment.settled_at or payment.created_at, zone),
            method_text=method_text(payment.method_facts, language),
            amount_minor=payment.captured_minor,
            reference=payment.shown_id,
        )
        for payment in reversed(paid)
    )


def method_text(facts: dict[str, Any], language: str = "en") -> str:
    """“Visa ···· 4242”, as a receipt names the method that was charged; what came as cash is “Cash”."""
    if facts.get("brand") in KINDS:
        return kind_label(str(facts["brand"]), language)
    brand = str(facts.get("brand", "")).replace("_", " ")
    return f"{brand[:1].upper()}{brand[1:]} ···· {facts['last4']}" if facts.get("last4") else brand

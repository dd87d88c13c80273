"""Invoices are made: lines, parties and tax frozen, the number taken last, the ledger told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from handsel.database.ids import new_id
from handsel.flows.money import ledger
from handsel.flows.numbers import next_number
from handsel.flows.work import Work
from handsel.models import (
    BillingSettings,
    Customer,
    Invoice,
    InvoiceLine,
    Order,
    OrderLine,
    Partner,
    Payment,
    Subscription,
)
from handsel.rules.errors import Refused
from handsel.rules.invoice_states import InvoiceStatus
from handsel.rules.numbering import INVOICES
from handsel.rules.periods import local_date
from handsel.rules.pricing import PeriodPrice, PricedLine


def check_can_invoice(partner: Partner) -> None:
    """Legal name, address and tax id must be known before a first number is given (DOMAIN.md section 6); asked
    before money is taken, since after that the invoice has to be made."""
    if not (partner.legal_name and partner.tax_id and partner.line1 and partner.country):
        raise Refused(
            "billing_details_missing",
            "Your legal name, address and tax id are missing: an admin adds them under Administration. "
            "Nothing was charged.",
        )


def parties(partner: Partner, customer: Customer) -> dict[str, Any]:
    """Seller and buyer as they are today, for a document that no later change may alter."""
    return {
        "seller": {
            "name": partner.name,
            "legal_name": partner.legal_name,
            "address": partner.address_lines(),
            "tax_id": partner.tax_id,
            "email": partner.email,
            "accent": partner.accent,
        },
        "buyer": {
            "name": customer.name,
            "address": customer.address_lines(),
            "tax_id": customer.tax_id,
            "email": customer.email,
            "locale": customer.locale,
        },
    }


def invoice_line(
    work: Work,
    position: int,
    description: str,
    quantity: int,
    unit_price_minor: int,
    price: PeriodPrice | PricedLine | OrderLine,
    taxes: list[dict[str, Any]],
    subscription: Subscription | None = None,
) -> InvoiceLine:
    """One line, with the period of its subscription where it bills one. The invoice is set when it is made."""
    bills_period = subscription is not None and subscription.periods_billed > 0
    return InvoiceLine(
        partner_id=work.partner.id,
        subscription_id=subscription.id if subscription and bills_period else None,
        position=position,
        description=description,
        period_start_on=subscription.period_start_on if subscription and bills_period else None,
        period_end_on=subscription.period_end_on if subscription and bills_period else None,
        quantity=quantity,
        unit_price_minor=unit_price_minor,
        subtotal_minor=price.subtotal_minor,
        discount_minor=price.discount_minor,
        net_minor=price.net_minor,
        taxes=taxes,
        tax_minor=price.tax_minor,
        total_minor=price.total_minor,
    )


def issue(
    work: Work,
    customer: Customer,
    currency: str,
    lines: Sequence[InvoiceLine],
    *,
    order: Order | None = None,
    status: InvoiceStatus,
    terms_days: int,
    memo: str = "",
    payment: Payment | None = None,
) -> Invoice:
    """Write a finalised invoice with its number; `paid` ones are paid by `payment`, or had nothing to pay."""
    today = local_date(work.now, customer.timezone)
    names = ("subtotal_minor", "discount_minor", "tax_minor", "total_minor")
    sums = {name: sum(getattr(line, name) for line in lines) for name in names}
    total = sums["total_minor"]
    is_paid = status == InvoiceStatus.PAID
    invoice = Invoice(
        id=new_id(),
        partner_id=work.partner.id,
        customer=customer,
        order=order,
        status=status,
        currency=currency,
        issued_on=today,
        due_on=today if is_paid else today + dt.timedelta(days=terms_days),
        parties=parties(work.partner, customer),
        memo=memo,
        paid_minor=total if is_paid else 0,
        created_at=work.now,
        paid_at=work.now if is_paid else None,
        **sums,
    )
    for line in lines:
        line.invoice_id = invoice.id
    _number_and_write(work, invoice, lines, payment)
    return invoice


def _number_and_write(work: Work, invoice: Invoice, lines: Sequence[InvoiceLine], payment: Payment | None) -> None:
    """The counter is locked here, after everything else, so that sales wait for each other only as long as it takes
    to insert and commit."""
    postings = ledger.invoice_issued(work, invoice)
    if payment is not None:
        postings += ledger.invoice_paid(work, invoice, payment)
    invoice.number = INVOICES.number(work.partner.invoice_prefix, next_number(work, INVOICES.code))
    invoice.save(force_insert=True)
    InvoiceLine.objects.bulk_create(lines)
    ledger.post(postings)
    names = ("number", "status", "total_minor", "currency")
    work.record("invoice.issued", invoice, changes={name: getattr(invoice, name) for name in names})


def issue_for_order(
    work: Work,
    order: Order,
    lines: Sequence[OrderLine],
    subscriptions: Sequence[Subscription],
    billing: BillingSettings,
    *,
    paid: bool,
    payment: Payment | None,
) -> Invoice:
    """The invoice of an order's first payment, line for line what the order says, by the customer's terms."""
    by_line = {subscription.line_id: subscription for subscription in subscriptions}
    made = [
        invoice_line(
            work, line.position, line.name, line.quantity, line.unit_price_minor, line, line.taxes, by_line.get(line.id)
        )
        for line in lines
    ]
    status = InvoiceStatus.PAID if paid else InvoiceStatus.DUE
    return issue(
        work,
        order.customer,
        order.currency,
        made,
        order=order,
        status=status,
        terms_days=billing.payment_terms_days,
        memo=billing.memo,
        payment=payment,
    )

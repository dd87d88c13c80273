"""Postings, named by what happened. A posting moves an amount above zero from one account to another, for one debt."""

from __future__ import annotations

from typing import Any

from handsel.flows.work import Work
from handsel.models import Invoice, LedgerPosting, Payment, Refund


def invoice_issued(work: Work, invoice: Invoice) -> list[LedgerPosting]:
    """The customer owes it: receivable against revenue, and against tax."""
    net = invoice.total_minor - invoice.tax_minor
    return [
        *_posting(work, "receivable", "revenue", net, invoice.currency, invoice.id, invoice_id=invoice.id),
        *_posting(work, "receivable", "tax", invoice.tax_minor, invoice.currency, invoice.id, invoice_id=invoice.id),
    ]


def invoice_paid(work: Work, invoice: Invoice, payment: Payment) -> list[LedgerPosting]:
    """The gateway holds the money that settles the invoice."""
    ids = {"invoice_id": invoice.id, "payment_id": payment.id}
    return _posting(work, "gateway", "receivable", payment.captured_minor, payment.currency, invoice.id, **ids)


def captured_unapplied(work: Work, payment: Payment, amount_minor: int, currency: str) -> list[LedgerPosting]:
    """Money came that settles nothing: it is held for the customer until it is refunded."""
    return _posting(work, "gateway", "unapplied", amount_minor, currency, payment.debt_id, payment_id=payment.id)


def unapplied_refunded(work: Work, payment: Payment, refund: Refund) -> list[LedgerPosting]:
    ids = {"payment_id": payment.id, "refund_id": refund.id}
    return _posting(work, "unapplied", "gateway", refund.amount_minor, refund.currency, payment.debt_id, **ids)


def post(postings: list[LedgerPosting]) -> None:
    """One insert for all of them."""
    if postings:
        LedgerPosting.objects.bulk_create(postings)


def _posting(
    work: Work, debit: str, credit: str, amount_minor: int, currency: str, debt_id: Any, **ids: Any
) -> list[LedgerPosting]:
    if amount_minor == 0:
        return []
    return [
        LedgerPosting(
            partner_id=work.partner.id,
            debit=debit,
            credit=credit,
            amount_minor=amount_minor,
            currency=currency,
            debt_id=debt_id,
            posted_at=work.now,
            **ids,
        )
    ]

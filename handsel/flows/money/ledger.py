"""Postings, named by what happened. A posting moves an amount above zero from one account to another, for one debt."""

from __future__ import annotations

import uuid
from typing import Any

from handsel.flows.work import Work
from handsel.models import CreditNote, Invoice, LedgerPosting, Payment, Refund
from handsel.rules.offline import ledger_account


def invoice_issued(work: Work, invoice: Invoice) -> list[LedgerPosting]:
    """The customer owes it: receivable against revenue, and against tax."""
    net = invoice.total_minor - invoice.tax_minor
    return [
        *_posting(work, "receivable", "revenue", net, invoice.currency, invoice.id, invoice_id=invoice.id),
        *_posting(work, "receivable", "tax", invoice.tax_minor, invoice.currency, invoice.id, invoice_id=invoice.id),
    ]


def invoice_paid(work: Work, invoice: Invoice, payment: Payment) -> list[LedgerPosting]:
    """The gateway holds the money that settles the invoice, or the partner itself does."""
    ids = {"invoice_id": invoice.id, "payment_id": payment.id}
    return _posting(work, _held_at(payment), "receivable", payment.captured_minor, payment.currency, invoice.id, **ids)


def captured_unapplied(work: Work, payment: Payment, amount_minor: int, currency: str) -> list[LedgerPosting]:
    """Money came that settles nothing: it is held for the customer until it is refunded."""
    ids = {"payment_id": payment.id}
    return _posting(work, _held_at(payment), "unapplied", amount_minor, currency, payment.debt_id, **ids)


def unapplied_refunded(
    work: Work, payment: Payment, refund: Refund, invoice_id: uuid.UUID | None
) -> list[LedgerPosting]:
    """What was held for the customer left at the gateway. `invoice_id` is the invoice that the payment had settled."""
    ids = {"payment_id": payment.id, "refund_id": refund.id, "invoice_id": invoice_id}
    debt_id = invoice_id or payment.debt_id
    return _posting(work, "unapplied", _held_at(payment), refund.amount_minor, refund.currency, debt_id, **ids)


def paid_invoice_credited(work: Work, invoice: Invoice, note: CreditNote, refund: Refund) -> list[LedgerPosting]:
    """What was earned is not: the money is held for the customer until it is refunded."""
    ids = {"invoice_id": invoice.id, "payment_id": refund.payment_id, "refund_id": refund.id}
    return [
        *_posting(work, "revenue", "unapplied", note.net_minor, note.currency, invoice.id, **ids),
        *_posting(work, "tax", "unapplied", note.tax_minor, note.currency, invoice.id, **ids),
    ]


def due_invoice_lessened(work: Work, invoice: Invoice, net_minor: int, tax_minor: int) -> list[LedgerPosting]:
    """The customer owes so much less: a credit note on a due invoice, or all that is left of one that is void."""
    return [
        *_posting(work, "revenue", "receivable", net_minor, invoice.currency, invoice.id, invoice_id=invoice.id),
        *_posting(work, "tax", "receivable", tax_minor, invoice.currency, invoice.id, invoice_id=invoice.id),
    ]


def _held_at(payment: Payment) -> str:
    return ledger_account(payment.account.name)


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

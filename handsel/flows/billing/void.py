"""An invoice that should not have been made is void: nobody owes it, its number stays used (DOMAIN.md section 6)."""

from __future__ import annotations

import uuid

from django.db.models import Sum

from handsel.flows.billing.credit_notes import locked_due_invoice
from handsel.flows.billing.invoice_payments import recover_billed
from handsel.flows.idempotency import Claim
from handsel.flows.money import ledger
from handsel.flows.transition import move
from handsel.flows.work import Work, working
from handsel.models import CreditNote, Invoice, Partner
from handsel.rules.invoice_states import InvoiceStatus
from handsel.rules.permissions import Actor, Grant, check_grant


def void_invoice(partner: Partner, actor: Actor, invoice_id: uuid.UUID, *, claim: Claim | None = None) -> Invoice:
    """Ask for nothing on this invoice any more. Refused once it is paid (refund the payment instead), and while a
    payment for it is under way."""
    check_grant(actor, Grant.BILLING_MANAGE)
    with working(partner, actor) as work:
        invoice = locked_due_invoice(invoice_id, "voided")
        if claim is not None:
            claim.remember("invoice", invoice.id)
        void(work, invoice)
    return invoice


def void(work: Work, invoice: Invoice) -> None:
    """Part of the transaction that locked the due invoice. What was credited before stays credited; the rest is taken
    back in the ledger.

    Its subscriptions go on: those that were past due only by this invoice recover, and the period on it counts as
    billed, so that nothing asks for it again.
    """
    credited = CreditNote.objects.filter(invoice_id=invoice.id).aggregate(net=Sum("net_minor"), tax=Sum("tax_minor"))
    tax = invoice.tax_minor - (credited["tax"] or 0)
    net = invoice.total_minor - invoice.tax_minor - (credited["net"] or 0)
    move(work, invoice, "void", InvoiceStatus.VOID, note={"total_minor": net + tax, "currency": invoice.currency})
    recover_billed(work, invoice)
    ledger.post(ledger.due_invoice_lessened(work, invoice, net, tax))

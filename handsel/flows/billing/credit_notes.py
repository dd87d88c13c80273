"""Credit notes: what takes an invoice back, whole or in part, in a document of its own (DOMAIN.md section 6).

An invoice is never changed: its credit note says what no longer counts, with a number of its own series, and with the
parties and taxes as the invoice froze them. What was paid goes back with a refund; what is due is due no more.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import F

from handsel.database.ids import new_id
from handsel.flows.billing.invoice_payments import recover_billed
from handsel.flows.fields import REASON_LENGTH, Fields
from handsel.flows.idempotency import Claim
from handsel.flows.money import ledger
from handsel.flows.numbers import next_number
from handsel.flows.sales.fulfil import forget_decline
from handsel.flows.transition import move
from handsel.flows.work import Work, working
from handsel.models import CreditNote, Invoice, InvoiceLine, Partner, Payment, Refund
from handsel.rules.crediting import Creditable, apportion
from handsel.rules.errors import Invalid, NotFound, Refused
from handsel.rules.invoice_states import OPEN_INVOICE_STATUSES, InvoiceStatus
from handsel.rules.numbering import CREDIT_NOTES
from handsel.rules.payment_states import LIVE_PAYMENT_STATUSES
from handsel.rules.periods import local_date
from handsel.rules.permissions import Actor, Grant, check_grant


def credit_invoice(
    partner: Partner,
    actor: Actor,
    invoice_id: uuid.UUID,
    *,
    amount_minor: int | None = None,
    reason: str,
    claim: Claim | None = None,
) -> CreditNote:
    """Lessen what is due on an invoice, by all of it unless an amount is named. What was paid is credited by refunding
    its payment. Raises NotAllowed, NotFound, Invalid, and Refused (`credit_too_large`, `payment_in_progress`)."""
    check_grant(actor, Grant.BILLING_MANAGE)
    text = checked_reason(reason)
    with working(partner, actor) as work:
        invoice = locked_due_invoice(invoice_id, "credited")
        amount = invoice.due_minor if amount_minor is None else amount_minor
        if amount <= 0:
            raise Invalid.at("amount", "Credit an amount above zero.")
        if amount > invoice.due_minor:
            raise Refused("credit_too_large", "No more can be credited than is due on this invoice.")
        if claim is not None:
            claim.remember("invoice", invoice.id)
        return issue_credit_note(work, invoice, amount, reason=text)


def checked_reason(reason: str) -> str:
    """Why, as it will stand on the document. Raises Invalid."""
    fields = Fields()
    text = fields.text("reason", reason, REASON_LENGTH, needed=True, breaks=True)
    fields.check()
    return text


def locked_due_invoice(invoice_id: uuid.UUID, done: str) -> Invoice:
    """The invoice, locked, while somebody owes it and nobody is paying it. Raises NotFound, Refused."""
    rows = Invoice.objects.select_for_update(of=("self",), no_key=True).select_related("customer")
    invoice: Invoice | None = rows.filter(id=invoice_id).first()
    if invoice is None:
        raise NotFound("not_found", "There is no such invoice.")
    check_due(invoice, done)
    return invoice


def check_due(invoice: Invoice, done: str) -> None:
    """Raises Refused where the invoice is not due, or is being paid at this moment."""
    if invoice.status not in OPEN_INVOICE_STATUSES:
        paid = " Refund its payment: that credits it too." if invoice.status == InvoiceStatus.PAID else ""
        raise Refused("action_not_allowed", f"This invoice is “{invoice.status_label}”; it cannot be {done}.{paid}")
    if Payment.objects.filter(debt_id=invoice.id, status__in=sorted(LIVE_PAYMENT_STATUSES)).exists():
        raise Refused("payment_in_progress", f"A payment for this invoice is under way; it cannot be {done} now.")


def issue_credit_note(
    work: Work, invoice: Invoice, amount_minor: int, *, reason: str, refund: Refund | None = None
) -> CreditNote:
    """Part of the transaction that locked the invoice: the note with its number, taken last, and the ledger told.

    With a refund the money is held for the customer until it has gone back; without one so much less is due, and where
    nothing is left of that the invoice is paid.
    """
    lines = list(InvoiceLine.objects.filter(invoice_id=invoice.id).order_by("position", "id"))
    left = _left(lines, _taken(invoice))
    shares = apportion(amount_minor, left)
    note = CreditNote(
        id=new_id(),
        partner_id=work.partner.id,
        invoice=invoice,
        customer_id=invoice.customer_id,
        refund=refund,
        currency=invoice.currency,
        issued_on=local_date(work.now, invoice.customer.timezone),
        reason=reason,
        parties=invoice.parties,
        lines=[_line(line, share) for line, share in zip(lines, shares, strict=True) if share.total_minor],
        net_minor=sum(share.net_minor for share in shares),
        tax_minor=sum(share.tax_minor for share in shares),
        total_minor=amount_minor,
        created_at=work.now,
    )
    Invoice.objects.filter(id=invoice.id).update(credited_minor=F("credited_minor") + amount_minor)
    invoice.credited_minor += amount_minor
    if refund is None:
        _settle_if_nothing_is_due(work, invoice, note)
    _number_and_write(work, invoice, note, refund)
    return note


def _settle_if_nothing_is_due(work: Work, invoice: Invoice, note: CreditNote) -> None:
    if invoice.due_minor:
        return
    move(work, invoice, "pay", InvoiceStatus.PAID, note={"credit_note": note.shown_id}, paid_at=work.now)
    if invoice.order_id is not None:
        forget_decline(invoice.order_id)
    recover_billed(work, invoice)


def _number_and_write(work: Work, invoice: Invoice, note: CreditNote, refund: Refund | None) -> None:
    """The counter is locked here, after everything else, as for an invoice."""
    note.number = CREDIT_NOTES.number(work.partner.credit_note_prefix, next_number(work, CREDIT_NOTES.code))
    note.save(force_insert=True)
    if refund is None:
        ledger.post(ledger.due_invoice_lessened(work, invoice, note.net_minor, note.tax_minor))
    else:
        ledger.post(ledger.paid_invoice_credited(work, invoice, note, refund))
    changes = {
        "number": note.number,
        "invoice": invoice.shown_id,
        "total_minor": note.total_minor,
        "currency": note.currency,
        "refund": refund.shown_id if refund else None,
    }
    work.record("credit_note.issued", note, changes=changes, personal={"reason": note.reason})


def _taken(invoice: Invoice) -> dict[str, list[Creditable]]:
    """What earlier credit notes took of each line, by the line's id."""
    taken: dict[str, list[Creditable]] = {}
    for lines in CreditNote.objects.filter(invoice_id=invoice.id).values_list("lines", flat=True):
        for line in lines:
            taxes = tuple(tax["amount_minor"] for tax in line["taxes"])
            taken.setdefault(line["line"], []).append(Creditable(line["net_minor"], taxes))
    return taken


def _left(lines: Sequence[InvoiceLine], taken: dict[str, list[Creditable]]) -> list[Creditable]:
    left = []
    for line in lines:
        rest = Creditable(line.net_minor, tuple(tax["amount_minor"] for tax in line.taxes))
        for share in taken.get(str(line.id), []):
            rest = rest.less(share)
        left.append(rest)
    return left


def _line(line: InvoiceLine, share: Creditable) -> dict[str, Any]:
    """What of a line is taken back, each tax named as the invoice froze it."""
    return {
        "line": str(line.id),
        "description": line.description,
        "quantity": line.quantity,
        "net_minor": share.net_minor,
        "taxes": [
            {**tax, "amount_minor": amount, "base_minor": share.net_minor}
            for tax, amount in zip(line.taxes, share.taxes_minor, strict=True)
        ],
        "tax_minor": share.tax_minor,
        "total_minor": share.total_minor,
    }

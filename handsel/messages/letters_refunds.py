"""Letters about money that people give back: to whoever must agree, to the customer, and to staff where it failed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from handsel.messages.letter import Letter, about_payment, money_words, order_of, url, writer
from handsel.messages.matters import Matters, Reader
from handsel.models import Event, Payment, Refund
from handsel.reads.billing.invoice import method_text
from handsel.rules.permissions import Grant


def _waiting(matters: Matters, event: Event) -> list[Letter]:
    """To everybody who may be the second person, while one is needed; never to whoever asked."""
    refund = matters.refunds[event.subject_id]
    if not refund.is_waiting:
        return []
    asked = matters.members.get(refund.requested_by_id) if refund.requested_by_id else None
    own = asked.user.email if asked else ""
    readers = [reader for reader in matters.holders(Grant.PAYMENTS_APPROVE_REFUND) if reader.email != own]
    return [_to_approver(matters, refund, reader, str(asked or "")) for reader in readers]


def _to_approver(matters: Matters, refund: Refund, reader: Reader, asked_by: str) -> Letter:
    payment = matters.payments[refund.payment_id]
    order = order_of(matters, payment)
    debt = order or matters.invoices[payment.debt_id]
    values = {
        "order_number": debt.number,
        "customer_name": payment.customer.name,
        "amount": writer("refund_waiting_staff", reader, refund.currency).money(refund.amount_minor),
        "asked_by": asked_by,
        "reason": refund.reason,
        "order_url": f"{url('orders', order)}/payment" if order else url("invoices", matters.invoices[payment.debt_id]),
    }
    return Letter("refund_waiting_staff", reader, values)


def refunded(matters: Matters, refund: Refund, payment: Payment) -> list[Letter]:
    """To the customer, with the credit note; without one where the money had been credited before."""
    reader = matters.payer(payment.customer, order_of(matters, payment))
    write = writer("refund_customer", reader, refund.currency)
    note = matters.credit_notes.get(refund.id)
    values = {
        **money_words(matters, payment, write),
        "amount": write.money(refund.amount_minor),
        "reason": refund.reason,
        "credit_note_number": note.number if note else "",
        "invoice_url": "",
    }
    attachments = ({"kind": "credit_note", "id": str(note.id)},) if note else ()
    return [Letter("refund_customer", reader, values, attachments)]


def unsent(matters: Matters, refund: Refund, payment: Payment) -> list[Letter]:
    """The gateway refused: the money is still here, credited to the customer."""
    words = {"code": refund.failure_code, "reason": refund.reason, "method": method_text(payment.method_facts)}
    letters = about_payment(matters, "refund_unsent_staff", payment, words, {})
    return [
        Letter(
            letter.kind,
            letter.reader,
            {**letter.values, "amount": writer(letter.kind, letter.reader, refund.currency).money(refund.amount_minor)},
        )
        for letter in letters
    ]


REFUND_LETTERS: Mapping[str, Callable[[Matters, Event], list[Letter]]] = MappingProxyType({"refund.created": _waiting})

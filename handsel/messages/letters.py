"""Which event makes which mails, to whom, and with which words: the table `LETTERS`, one event a line.

A letter holds values only, already written for its reader; the sentences stand in `texts/`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from handsel.flows.money.settle import CHALLENGE_VALID
from handsel.messages.letter import (
    Letter,
    Values,
    about_payment,
    attached,
    contact_email,
    money_words,
    order_of,
    to_payer,
    to_staff,
    url,
    writer,
)
from handsel.messages.letters_offers import OFFER_LETTERS, declined_by_customer, offer_pay_url
from handsel.messages.letters_people import PEOPLE_LETTERS
from handsel.messages.letters_refunds import REFUND_LETTERS, refunded, unsent
from handsel.messages.matters import Matters, Reader
from handsel.messages.phrases import declined_because, refused_because
from handsel.messages.render import language_of
from handsel.models import BillingSettings, Event, Invoice, Payment
from handsel.reads.billing.invoice import method_text
from handsel.reads.money.payments import next_action
from handsel.rules.declines import explain
from handsel.rules.invoice_states import InvoiceStatus
from handsel.rules.order_status import DeclineCause, OrderStatus
from handsel.rules.payment_states import PaymentStatus
from handsel.rules.periods import local_date
from handsel.rules.permissions import Grant


def _receipt(matters: Matters, event: Event) -> list[Letter]:
    payment = matters.payments[event.subject_id]
    order = order_of(matters, payment)
    invoice = matters.invoice_of_order.get(order.id) if order else matters.invoices.get(payment.debt_id)
    reader = matters.payer(payment.customer, order)
    write = writer("receipt_customer", reader, payment.currency)
    paid_on = local_date(payment.settled_at or event.occurred_at, payment.customer.timezone)
    values = {
        **money_words(matters, payment, write),
        "amount": write.money(payment.captured_minor),
        "paid_on": write.date(paid_on),
        "invoice_number": invoice.number if invoice else "",
        "receipt_number": "",
        "invoice_url": "",
    }
    return [Letter("receipt_customer", reader, values, attached(invoice))]


def _invoice(matters: Matters, event: Event) -> list[Letter]:
    """What is charged by itself is followed by a receipt, or by word that it failed; any other invoice is sent."""
    invoice = matters.invoices[event.subject_id]
    order = matters.orders.get(invoice.order_id) if invoice.order_id else None
    settings = matters.settings.get(invoice.customer_id)
    by_invoice = settings is not None and settings.collection == BillingSettings.SEND_INVOICE
    if event.changes["status"] != InvoiceStatus.DUE or invoice.due_on is None or not (order or by_invoice):
        return []
    reader = matters.payer(invoice.customer, order)
    write = writer("invoice_customer", reader, invoice.currency)
    values = {
        "amount": write.money(invoice.total_minor),
        "purpose": matters.purpose(invoice.id, write.locale.language),
        "due_on": write.date(invoice.due_on),
        "invoice_number": invoice.number,
        "pay_url": "",
        "contact_email": contact_email(matters),
    }
    return [Letter("invoice_customer", reader, values, attached(invoice))]


def _processed(matters: Matters, event: Event) -> list[Letter]:
    order = matters.orders[event.subject_id]
    invoice, payment = matters.invoice_of_order.get(order.id), matters.paid_by.get(order.id)
    values = {
        "order_status": _STATUS_WORDS.get(order.status, order.status_label.lower()),
        "method": method_text(payment.method_facts) if payment else "",
        "invoice_number": invoice.number if invoice else "",
    }
    return to_staff(matters, "order_processed_staff", order, matters.owner(order), values, order.due_minor)


def _declined(matters: Matters, event: Event) -> list[Letter]:
    """A wrong amount is no bank's word: it is given back, and that is what staff read about."""
    payment = matters.payments[event.subject_id]
    if payment.decline_code == "amount_mismatch":
        return []
    why = explain(payment.decline_code, payment.network_code, payment.advice_code)
    codes = (payment.decline_code, payment.network_code, payment.advice_code)
    for_staff = {
        "method": method_text(payment.method_facts),
        "reason": why.staff_message,
        "code": " / ".join(code for code in codes if code),
        "retry_advice": "may work" if why.retry_same_card else "will not work",
    }
    order = order_of(matters, payment)
    if order is None:
        happened = partial(declined_because, why)
        return _renewal_failed(matters, matters.invoices[payment.debt_id], happened, for_staff, payment)
    kind = "payment_declined_customer"
    language = language_of(kind, matters.payer(payment.customer, order).locale)
    words = {"reason": declined_because(why, language), "pay_url": offer_pay_url(matters, payment)}
    return [
        *to_staff(matters, "payment_declined_staff", order, matters.owner(order), for_staff, payment.amount_minor),
        to_payer(matters, kind, payment, words),
    ]


def _collection_refused(matters: Matters, event: Event) -> list[Letter]:
    """A renewal for which no gateway was asked, since there was nothing that could be charged."""
    happened = partial(refused_because, event.changes["code"])
    for_staff = {"method": "", "reason": happened("en"), "code": event.changes["code"], "retry_advice": "will not work"}
    return _renewal_failed(matters, matters.invoices[event.subject_id], happened, for_staff, None)


def _renewal_failed(
    matters: Matters, invoice: Invoice, happened: Callable[[str], str], for_staff: Values, payment: Payment | None
) -> list[Letter]:
    """`happened` says it in a language, for the customer."""

    def values(kind: str, reader: Reader) -> dict[str, object]:
        write = writer(kind, reader, invoice.currency)
        return {
            "amount": write.money(invoice.due_minor),
            "purpose": matters.purpose(invoice.id, write.locale.language),
            "customer_name": invoice.customer.name,
            "method": method_text(payment.method_facts, write.locale.language) if payment else "",
            "invoice_number": invoice.number,
            "next_try_on": "",
            "contact_email": contact_email(matters),
        }

    customer, staff = "renewal_failed_customer", "renewal_failed_staff"
    payer = matters.payer(invoice.customer, None)
    reason = happened(language_of(customer, payer.locale))
    return [
        Letter(customer, payer, {**values(customer, payer), "reason": reason, "pay_url": ""}),
        *(
            Letter(staff, reader, {**values(staff, reader), **for_staff, "invoice_url": url("invoices", invoice)})
            for reader in matters.holders(Grant.BILLING_MANAGE)
        ),
    ]


def _confirm(matters: Matters, event: Event) -> list[Letter]:
    """Only while the bank still asks: a link to an answered question helps nobody. A payer on an offer's page is asked
    there."""
    payment = matters.payments[event.subject_id]
    action = next_action(payment)
    if payment.status != PaymentStatus.REQUIRES_ACTION or action is None or payment.offer_id is not None:
        return []
    reader = matters.payer(payment.customer, order_of(matters, payment))
    until = local_date(event.occurred_at + CHALLENGE_VALID, payment.customer.timezone)
    write = writer("confirm_payment_customer", reader, payment.currency)
    words = {"confirm_until": write.date(until), "confirm_url": action.url}
    return [to_payer(matters, "confirm_payment_customer", payment, words)]


def _overdue(matters: Matters, event: Event) -> list[Letter]:
    payment = matters.payments[event.subject_id]
    sent_at = payment.first_sent_at or payment.created_at
    return about_payment(matters, "payment_overdue_staff", payment, {"tries": str(payment.looks)}, {"sent_at": sent_at})


def _refund_ended(matters: Matters, event: Event) -> list[Letter]:
    refund = matters.refunds[event.subject_id]
    payment = matters.payments[refund.payment_id]
    has_failed = event.type == "refund.failed"
    if refund.cause not in _AUTOMATIC_CAUSES:
        return unsent(matters, refund, payment) if has_failed else refunded(matters, refund, payment)
    words = {"cause": _cause(matters, payment, refund.cause)}
    if has_failed:
        return about_payment(matters, "refund_failed_staff", payment, {**words, "code": refund.failure_code}, {})
    return about_payment(matters, "late_money_refunded_staff", payment, words, {"arrived_on": refund.created_at})


def _activation_failed(matters: Matters, event: Event) -> list[Letter]:
    activation = matters.activations[event.subject_id]
    order = matters.orders[activation.order_id]
    invoice = matters.invoice_of_order.get(order.id)
    is_paid = invoice is not None and invoice.status == InvoiceStatus.PAID and activation.line.total_minor > 0
    values = {
        "product_name": activation.line.name,
        "reason": matters.personal.get(event.id, {}).get("reason", activation.reason),
        "tries": str(activation.attempts),
    }
    paid_minor = activation.line.total_minor if is_paid else None
    return to_staff(matters, "activation_failed_staff", order, matters.owner(order), values, paid_minor)


def _awaiting_approval(matters: Matters, event: Event) -> list[Letter]:
    order = matters.orders[event.subject_id]
    values = {"salesperson_name": matters.member_name(event.actor_id), "note": order.staff_notes[:300]}
    readers = matters.holders(Grant.ORDERS_MANAGE)
    return to_staff(matters, "order_awaiting_approval_staff", order, readers, values, order.total_minor)


def _order_declined(matters: Matters, event: Event) -> list[Letter]:
    """Said by an admin or by the customer; a decline by the bank is the payment's own mail."""
    cause = event.changes.get("cause")
    if cause == DeclineCause.CUSTOMER:
        return declined_by_customer(matters, event)
    if cause != DeclineCause.ADMIN:
        return []
    order = matters.orders[event.subject_id]
    values = {
        "declined_by": matters.member_name(event.actor_id),
        "reason": matters.personal.get(event.id, {}).get("reason", order.decline_reason),
    }
    return to_staff(matters, "order_declined_staff", order, matters.owner(order), values, order.total_minor)


def _cause(matters: Matters, payment: Payment, cause: str) -> str:
    if cause == "amount_mismatch":
        return "the gateway was asked for another amount"
    ended = "was cancelled" if payment.status == PaymentStatus.CANCELLED else "was declined"
    return f"the payment {ended}"


LETTERS: Mapping[str, Callable[[Matters, Event], list[Letter]]] = MappingProxyType(
    {
        "payment.succeeded": _receipt,
        "payment.declined": _declined,
        "payment.action_required": _confirm,
        "payment.outcome_overdue": _overdue,
        "refund.succeeded": _refund_ended,
        "refund.failed": _refund_ended,
        "invoice.issued": _invoice,
        "invoice.collection_refused": _collection_refused,
        "order.paid": _processed,
        "order.submitted": _awaiting_approval,
        "order.resubmitted": _awaiting_approval,
        "order.declined": _order_declined,
        "activation.failed": _activation_failed,
        **OFFER_LETTERS,
        **PEOPLE_LETTERS,
        **REFUND_LETTERS,
    }
)
"""Every event that anybody is told about by mail."""

_AUTOMATIC_CAUSES = frozenset({"late", "amount_mismatch"})

_STATUS_WORDS: Mapping[str, str] = {
    OrderStatus.ACTIVATED: "activated",
    OrderStatus.SCHEDULED: "scheduled for activation",
    OrderStatus.PROCESSING: "being activated",
    OrderStatus.ACTIVATION_ERRORS: "paid, but could not be activated as a whole",
}

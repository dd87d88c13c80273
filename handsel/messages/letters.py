"""Which event makes which mails, to whom, and with which words: the table `LETTERS`, one event a line.

A letter holds values only, already written for its reader; the sentences stand in `texts/`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from babel.dates import format_datetime
from django.conf import settings

from handsel.documents.localised import Localised
from handsel.flows.money.settle import CHALLENGE_VALID
from handsel.messages.matters import Matters, Reader
from handsel.messages.render import language_of
from handsel.models import BillingSettings, Event, Invoice, Order, Payment
from handsel.reads.billing.invoice import method_text
from handsel.reads.money.payments import next_action
from handsel.rules.declines import explain
from handsel.rules.invoice_states import InvoiceStatus
from handsel.rules.order_status import DeclineCause, OrderStatus
from handsel.rules.payment_states import PaymentStatus
from handsel.rules.periods import local_date, zone
from handsel.rules.permissions import Grant

Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to be: its kind, its reader, its values, and what is attached once it is sent."""

    kind: str
    reader: Reader
    values: Values
    attachments: tuple[Mapping[str, str], ...] = ()


def _receipt(matters: Matters, event: Event) -> list[Letter]:
    payment = matters.payments[event.subject_id]
    order = _order_of(matters, payment)
    invoice = matters.invoice_of_order.get(order.id) if order else matters.invoices.get(payment.debt_id)
    reader = matters.payer(payment.customer, order)
    write = _writer("receipt_customer", reader, payment.currency)
    paid_on = local_date(payment.settled_at or event.occurred_at, payment.customer.timezone)
    values = {
        **_money_words(matters, payment, write),
        "amount": write.money(payment.captured_minor),
        "paid_on": write.date(paid_on),
        "invoice_number": invoice.number if invoice else "",
        "receipt_number": "",
        "invoice_url": "",
    }
    return [Letter("receipt_customer", reader, values, _attached(invoice))]


def _invoice(matters: Matters, event: Event) -> list[Letter]:
    """What is charged by itself is followed by a receipt, or by word that it failed; any other invoice is sent."""
    invoice = matters.invoices[event.subject_id]
    order = matters.orders.get(invoice.order_id) if invoice.order_id else None
    settings = matters.settings.get(invoice.customer_id)
    by_invoice = settings is not None and settings.collection == BillingSettings.SEND_INVOICE
    if event.changes["status"] != InvoiceStatus.DUE or invoice.due_on is None or not (order or by_invoice):
        return []
    reader = matters.payer(invoice.customer, order)
    write = _writer("invoice_customer", reader, invoice.currency)
    values = {
        "amount": write.money(invoice.total_minor),
        "purpose": matters.purpose(invoice.id),
        "due_on": write.date(invoice.due_on),
        "invoice_number": invoice.number,
        "pay_url": "",
        "contact_email": _contact_email(matters),
    }
    return [Letter("invoice_customer", reader, values, _attached(invoice))]


def _processed(matters: Matters, event: Event) -> list[Letter]:
    order = matters.orders[event.subject_id]
    invoice, payment = matters.invoice_of_order.get(order.id), matters.paid_by.get(order.id)
    values = {
        "order_status": _STATUS_WORDS.get(order.status, order.status_label.lower()),
        "method": method_text(payment.method_facts) if payment else "",
        "invoice_number": invoice.number if invoice else "",
    }
    return _to_staff(matters, "order_processed_staff", order, matters.owner(order), values, order.due_minor)


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
    order = _order_of(matters, payment)
    if order is None:
        return _renewal_failed(matters, matters.invoices[payment.debt_id], why.happened, for_staff, payment)
    return [
        *_to_staff(matters, "payment_declined_staff", order, matters.owner(order), for_staff, payment.amount_minor),
        _to_payer(matters, "payment_declined_customer", payment, {"reason": why.happened, "pay_url": ""}),
    ]


def _collection_refused(matters: Matters, event: Event) -> list[Letter]:
    """A renewal for which no gateway was asked, since there was nothing that could be charged."""
    happened = _REFUSED_WORDS.get(event.changes["code"], "There is no payment method that can be charged.")
    for_staff = {"method": "", "reason": happened, "code": event.changes["code"], "retry_advice": "will not work"}
    return _renewal_failed(matters, matters.invoices[event.subject_id], happened, for_staff, None)


def _renewal_failed(
    matters: Matters, invoice: Invoice, happened: str, for_staff: Values, payment: Payment | None
) -> list[Letter]:
    def values(kind: str, reader: Reader) -> dict[str, object]:
        write = _writer(kind, reader, invoice.currency)
        return {
            "amount": write.money(invoice.due_minor),
            "purpose": matters.purpose(invoice.id),
            "customer_name": invoice.customer.name,
            "method": method_text(payment.method_facts) if payment else "",
            "invoice_number": invoice.number,
            "next_try_on": "",
            "contact_email": _contact_email(matters),
        }

    customer, staff = "renewal_failed_customer", "renewal_failed_staff"
    payer = matters.payer(invoice.customer, None)
    return [
        Letter(customer, payer, {**values(customer, payer), "reason": happened, "pay_url": ""}),
        *(
            Letter(staff, reader, {**values(staff, reader), **for_staff, "invoice_url": _url("invoices", invoice)})
            for reader in matters.holders(Grant.BILLING_MANAGE)
        ),
    ]


def _confirm(matters: Matters, event: Event) -> list[Letter]:
    """Only while the bank still asks: a link to an answered question helps nobody."""
    payment = matters.payments[event.subject_id]
    action = next_action(payment)
    if payment.status != PaymentStatus.REQUIRES_ACTION or action is None:
        return []
    reader = matters.payer(payment.customer, _order_of(matters, payment))
    until = local_date(event.occurred_at + CHALLENGE_VALID, payment.customer.timezone)
    write = _writer("confirm_payment_customer", reader, payment.currency)
    words = {"confirm_until": write.date(until), "confirm_url": action.url}
    return [_to_payer(matters, "confirm_payment_customer", payment, words)]


def _overdue(matters: Matters, event: Event) -> list[Letter]:
    payment = matters.payments[event.subject_id]
    sent_at = payment.first_sent_at or payment.created_at
    return _about_payment(
        matters, "payment_overdue_staff", payment, {"tries": str(payment.looks)}, {"sent_at": sent_at}
    )


def _late_money(matters: Matters, event: Event) -> list[Letter]:
    refund = matters.refunds[event.subject_id]
    payment = matters.payments[refund.payment_id]
    words = {"cause": _cause(matters, payment, refund.cause)}
    if event.type == "refund.failed":
        return _about_payment(matters, "refund_failed_staff", payment, {**words, "code": refund.failure_code}, {})
    if refund.cause not in _AUTOMATIC_CAUSES:
        return []
    return _about_payment(matters, "late_money_refunded_staff", payment, words, {"arrived_on": refund.created_at})


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
    return _to_staff(matters, "activation_failed_staff", order, matters.owner(order), values, paid_minor)


def _awaiting_approval(matters: Matters, event: Event) -> list[Letter]:
    order = matters.orders[event.subject_id]
    values = {"salesperson_name": matters.member_name(event.actor_id), "note": order.staff_notes[:300]}
    readers = matters.holders(Grant.ORDERS_MANAGE)
    return _to_staff(matters, "order_awaiting_approval_staff", order, readers, values, order.total_minor)


def _order_declined(matters: Matters, event: Event) -> list[Letter]:
    if event.changes.get("cause") != DeclineCause.ADMIN:
        return []
    order = matters.orders[event.subject_id]
    values = {
        "declined_by": matters.member_name(event.actor_id),
        "reason": matters.personal.get(event.id, {}).get("reason", order.decline_reason),
    }
    return _to_staff(matters, "order_declined_staff", order, matters.owner(order), values, order.total_minor)


LETTERS: Mapping[str, Callable[[Matters, Event], list[Letter]]] = MappingProxyType(
    {
        "payment.succeeded": _receipt,
        "payment.declined": _declined,
        "payment.action_required": _confirm,
        "payment.outcome_overdue": _overdue,
        "refund.succeeded": _late_money,
        "refund.failed": _late_money,
        "invoice.issued": _invoice,
        "invoice.collection_refused": _collection_refused,
        "order.paid": _processed,
        "order.submitted": _awaiting_approval,
        "order.resubmitted": _awaiting_approval,
        "order.declined": _order_declined,
        "activation.failed": _activation_failed,
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

_REFUSED_WORDS: Mapping[str, str] = {
    "payment_method_required": "There is no payment method on file.",
    "method_expired": "The card on file has expired.",
    "method_detached": "The payment method on file was removed.",
    "below_minimum": "The amount is below the least that can be charged.",
}


def _to_staff(
    matters: Matters,
    kind: str,
    order: Order,
    readers: Sequence[Reader],
    values: Values,
    amount_minor: int | None,
) -> list[Letter]:
    """One letter about an order for each reader; without an amount nothing is said about money."""
    return [
        Letter(
            kind,
            reader,
            {
                "order_number": order.number,
                "customer_name": order.customer.name,
                "amount": "" if amount_minor is None else _writer(kind, reader, order.currency).money(amount_minor),
                "order_url": _url("orders", order),
                **values,
            },
        )
        for reader in readers
    ]


def _about_payment(
    matters: Matters, kind: str, payment: Payment, values: Values, moments: Mapping[str, dt.datetime]
) -> list[Letter]:
    """One letter about a payment to whoever owns its order and to all who manage orders. `moments` are written in
    the partner's time zone."""
    order = _order_of(matters, payment)
    debt: Any = order or matters.invoices[payment.debt_id]
    managers = matters.holders(Grant.ORDERS_MANAGE)
    owners = [reader for reader in matters.owner(order) if reader not in managers] if order else []
    letters = []
    for reader in (*owners, *managers):
        write = _writer(kind, reader, payment.currency)
        words = {
            "order_number": debt.number,
            "customer_name": payment.customer.name,
            "amount": write.money(payment.captured_minor or payment.amount_minor),
            "method": method_text(payment.method_facts),
            "order_url": _url("orders" if order else "invoices", debt),
            **{name: _moment(write, at, matters.partner.timezone) for name, at in moments.items()},
            **values,
        }
        letters.append(Letter(kind, reader, words))
    return letters


def _to_payer(matters: Matters, kind: str, payment: Payment, values: Values) -> Letter:
    reader = matters.payer(payment.customer, _order_of(matters, payment))
    write = _writer(kind, reader, payment.currency)
    return Letter(kind, reader, {**_money_words(matters, payment, write), **values})


def _money_words(matters: Matters, payment: Payment, write: Localised) -> dict[str, object]:
    return {
        "amount": write.money(payment.amount_minor),
        "purpose": matters.purpose(payment.debt_id),
        "method": method_text(payment.method_facts),
        "contact_email": _contact_email(matters),
    }


def _attached(invoice: Invoice | None) -> tuple[Mapping[str, str], ...]:
    return ({"kind": "invoice", "id": str(invoice.id)},) if invoice else ()


def _order_of(matters: Matters, payment: Payment) -> Order | None:
    return matters.orders.get(payment.order_id) if payment.order_id else None


def _cause(matters: Matters, payment: Payment, cause: str) -> str:
    if cause == "amount_mismatch":
        return "the gateway was asked for another amount"
    ended = "was cancelled" if payment.status == PaymentStatus.CANCELLED else "was declined"
    return f"the payment {ended}"


def _contact_email(matters: Matters) -> str:
    """Where the customer may write: the partner's address; a partner without one is answered by whoever manages
    orders there."""
    managers = matters.holders(Grant.ORDERS_MANAGE)
    return matters.partner.email or (managers[0].email if managers else "")


def _writer(kind: str, reader: Reader, currency: str) -> Localised:
    """Amounts and dates in the reader's locale, where the words of this mail are in its language too."""
    same_language = reader.locale.replace("-", "_").split("_")[0].lower() == language_of(kind, reader.locale)
    return Localised(reader.locale if same_language else "en", currency)


def _moment(write: Localised, at: dt.datetime, tz: str) -> str:
    return f"{format_datetime(at, 'long', tzinfo=zone(tz), locale=write.locale)}"


def _url(what: str, row: Order | Invoice) -> str:
    return f"{settings.BASE_URL}/{what}/{row.shown_id}"

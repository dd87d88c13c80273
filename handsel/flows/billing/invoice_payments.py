"""What a payment's end means for the invoice that it was for, and for the subscriptions on it."""

from __future__ import annotations

from django.db.models import Q

from handsel.flows.money import ledger
from handsel.flows.sales.fulfil import forget_decline
from handsel.flows.transition import move
from handsel.flows.work import Work
from handsel.models import Invoice, Payment, Subscription
from handsel.rules.invoice_states import InvoiceStatus
from handsel.rules.payment_states import PaymentStatus
from handsel.rules.subscription_states import SubscriptionStatus


def invoice_paid_by(work: Work, payment: Payment) -> None:
    """The invoice is paid; its subscriptions that have no other open renewal recover."""
    invoice = _invoice_of(payment)
    paid = invoice.paid_minor + payment.captured_minor
    move(
        work, invoice, "pay", InvoiceStatus.PAID, note={"payment": payment.shown_id}, paid_minor=paid, paid_at=work.now
    )
    ledger.post(ledger.invoice_paid(work, invoice, payment))
    if invoice.order_id is not None:
        forget_decline(invoice.order_id)
    recover_billed(work, invoice)


def recover_billed(work: Work, invoice: Invoice) -> None:
    """Nothing is asked for on this invoice any more: its past due subscriptions that have no other open renewal
    recover. A part of the transaction that settled it."""
    still_open = Invoice.objects.filter(
        lines__subscription_id__isnull=False, status__in=(InvoiceStatus.DUE, InvoiceStatus.UNCOLLECTIBLE)
    )
    owing = set(still_open.filter(customer_id=invoice.customer_id).values_list("lines__subscription_id", flat=True))
    for subscription in _billed_on(invoice, SubscriptionStatus.PAST_DUE):
        if subscription.id not in owing:
            move(work, subscription, "recover", SubscriptionStatus.ACTIVE, note={"invoice": invoice.shown_id})


def invoice_declined(work: Work, payment: Payment) -> None:
    """The invoice stays due; the subscriptions on it are past due, and the home page says so."""
    invoice = _invoice_of(payment)
    for subscription in _billed_on(invoice, SubscriptionStatus.ACTIVE):
        move(work, subscription, "fall_past_due", SubscriptionStatus.PAST_DUE, note={"invoice": invoice.shown_id})


def invoice_settled_by(payment: Payment, *, lock: bool = False) -> Invoice | None:
    """The invoice that this payment paid: its own, or its order's; None where its money settled nothing."""
    if payment.status != PaymentStatus.SUCCEEDED:
        return None
    rows = Invoice.objects.select_for_update(of=("self",), no_key=True) if lock else Invoice.objects.all()
    found: Invoice | None = rows.select_related("customer").filter(_paid_by(payment)).first()
    return found


def _paid_by(payment: Payment) -> Q:
    return Q(id=payment.invoice_id) if payment.order_id is None else Q(order_id=payment.order_id)


def _invoice_of(payment: Payment) -> Invoice:
    """The payment's invoice, which `settle` has locked with it."""
    assert payment.invoice is not None
    return payment.invoice


def _billed_on(invoice: Invoice, status: SubscriptionStatus) -> list[Subscription]:
    ids = invoice.lines.filter(subscription_id__isnull=False).values_list("subscription_id", flat=True)
    locked = Subscription.objects.select_for_update(no_key=True).order_by("id")
    return list(locked.filter(id__in=list(ids), status=status))

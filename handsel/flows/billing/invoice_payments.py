"""What a payment's end means for the invoice that it was for, and for the subscriptions on it."""

from __future__ import annotations

from handsel.flows.money import ledger
from handsel.flows.sales.fulfil import forget_decline
from handsel.flows.transition import move
from handsel.flows.work import Work
from handsel.models import Invoice, Payment, Subscription
from handsel.rules.invoice_states import InvoiceStatus
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


def _invoice_of(payment: Payment) -> Invoice:
    """The payment's invoice, which `settle` has locked with it."""
    assert payment.invoice is not None
    return payment.invoice


def _billed_on(invoice: Invoice, status: SubscriptionStatus) -> list[Subscription]:
    ids = invoice.lines.filter(subscription_id__isnull=False).values_list("subscription_id", flat=True)
    locked = Subscription.objects.select_for_update(no_key=True).order_by("id")
    return list(locked.filter(id__in=list(ids), status=status))

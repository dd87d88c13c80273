"""What hangs on an order: shown before it is cancelled, and looked at again, locked, when it is (CASES.md 42).

Of the money that was taken only what was paid for the order itself, and for periods that are not over, can be given
back here; what was used up is history. A renewal that bills other orders too is left to its own invoice.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import F, Q, QuerySet

from handsel.flows.sales.end_service import ENDABLE, RUNNING, TO_COME
from handsel.flows.sales.facts import facts
from handsel.models import Activation, Invoice, InvoiceLine, Offer, Order, Partner, Payment, Refund, Subscription
from handsel.models.people import now_of
from handsel.reads.sales.order import order_of
from handsel.rules.activation_states import ACTIVATION, ActivationStatus
from handsel.rules.cancellation import Choice, Hanging, Thing, seen
from handsel.rules.invoice_states import OPEN_INVOICE_STATUSES
from handsel.rules.payment_states import LIVE_PAYMENT_STATUSES, PAYMENT, RefundStatus
from handsel.rules.periods import local_date
from handsel.rules.permissions import Actor, Grant, check_action
from handsel.rules.subscription_states import SUBSCRIPTION

_KEEP = (Choice.KEEP,)


@dataclass(frozen=True, slots=True)
class Money:
    """The debts of an order: its own, its invoice's, and those of the renewals of what it sold. `shared` renewals bill
    other orders too."""

    debts: list[uuid.UUID] = field(default_factory=list)
    shared: frozenset[uuid.UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Cancellation:
    """What the dialog and the API's preview show."""

    order: Order
    items: list[Hanging]

    @property
    def seen(self) -> str:
        return seen(self.items)


def cancellation_of(partner: Partner, actor: Actor, order_id: uuid.UUID) -> Cancellation:
    """The preview. Raises NotFound, NotAllowed, and Refused for an order that cannot be cancelled."""
    order = order_of(actor, order_id)
    check_action("cancel", facts(order), actor, partner.settings())
    return Cancellation(order, what_hangs_on(partner, actor, order))


def what_hangs_on(partner: Partner, actor: Actor, order: Order) -> list[Hanging]:
    """Everything, in at most nine statements; whoever asks has been let see the order."""
    money = money_of(partner, order)
    return [
        *_offers(order),
        *_activations(order),
        *_subscriptions(order),
        *_invoices(actor, money),
        *_payments(partner, actor, order, money),
        *_refunds(money),
    ]


def money_of(partner: Partner, order: Order) -> Money:
    today = local_date(now_of(partner), order.customer.timezone)
    own = list(Invoice.objects.filter(order_id=order.id).values_list("id", flat=True))
    renewed = InvoiceLine.objects.filter(subscription__order_id=order.id, invoice__order=None)
    wanted = renewed.filter(Q(period_end_on__gt=today) | Q(invoice__status__in=sorted(OPEN_INVOICE_STATUSES)))
    renewals = set(wanted.values_list("invoice_id", flat=True))
    others = InvoiceLine.objects.filter(invoice_id__in=renewals).exclude(subscription__order_id=order.id)
    shared = frozenset(others.values_list("invoice_id", flat=True)) if renewals else frozenset()
    return Money([order.id, *own, *sorted(renewals)], shared)


def invoices_of(money: Money) -> QuerySet[Invoice]:
    """Paid, due and void, in the order in which rows are locked."""
    return Invoice.objects.filter(id__in=money.debts).select_related("customer").order_by("id")


def refundable_payments(money: Money) -> QuerySet[Payment]:
    """Money that is neither refunded nor promised, in the order in which rows are locked."""
    left = Q(captured_minor__gt=F("refunded_minor") + F("refunding_minor"))
    rows = Payment.objects.filter(left, debt_id__in=money.debts)
    return rows.select_related("customer", "order", "invoice").order_by("id")


def _offers(order: Order) -> Iterator[Hanging]:
    for offer in Offer.objects.filter(order_id=order.id, closed_at=None).order_by("id"):
        yield Hanging(
            id=offer.shown_id,
            kind=Thing.OFFER,
            name=f"The offer to {offer.contact_name}",
            status="open",
            status_label="Open",
            choices=(Choice.END,),
            suggested=Choice.END,
            amount_minor=offer.total_minor,
            note="Its link stops working.",
        )


def _activations(order: Order) -> Iterator[Hanging]:
    rows = Activation.objects.filter(order_id=order.id, status__in=(*TO_COME, *RUNNING)).select_related("line")
    for row in rows.order_by("line__position", "id"):
        yield Hanging(
            id=row.shown_id,
            kind=Thing.ACTIVATION,
            name=row.line.name,
            status=row.status,
            status_label=ACTIVATION.labels[row.status],
            choices=(Choice.KEEP, Choice.END),
            suggested=Choice.END,
            on=row.starts_on if row.status == ActivationStatus.SCHEDULED else None,
            on_what="Starts on",
        )


def _subscriptions(order: Order) -> Iterator[Hanging]:
    rows = Subscription.objects.filter(order_id=order.id, status__in=ENDABLE).select_related("line")
    for row in rows.order_by("line__position", "id"):
        yield Hanging(
            id=row.shown_id,
            kind=Thing.SUBSCRIPTION,
            name=row.line.name,
            status=row.status,
            status_label=SUBSCRIPTION.labels[row.status],
            choices=(Choice.KEEP, Choice.END),
            suggested=Choice.END,
            amount_minor=row.line.renewal_minor,
            on=local_date(row.renews_at, order.customer.timezone) if row.renews_at else None,
            on_what="Renews on",
        )


def _invoices(actor: Actor, money: Money) -> Iterator[Hanging]:
    being_paid = Payment.objects.filter(debt_id__in=money.debts, status__in=sorted(LIVE_PAYMENT_STATUSES))
    paying = set(being_paid.values_list("debt_id", flat=True))
    for invoice in invoices_of(money).filter(status__in=sorted(OPEN_INVOICE_STATUSES)):
        may_void = actor.may(Grant.BILLING_MANAGE) and invoice.id not in money.shared and invoice.id not in paying
        yield Hanging(
            id=invoice.shown_id,
            kind=Thing.INVOICE,
            name=f"Invoice {invoice.number}",
            status=invoice.status,
            status_label="Being paid" if invoice.id in paying else invoice.status_label,
            choices=(Choice.KEEP, Choice.VOID) if may_void else _KEEP,
            suggested=Choice.VOID if may_void else Choice.KEEP,
            amount_minor=invoice.due_minor,
            note=_shared(invoice.id, money),
        )


def _payments(partner: Partner, actor: Actor, order: Order, money: Money) -> Iterator[Hanging]:
    ran = Activation.objects.filter(order_id=order.id, finished_at__isnull=False).exists()
    for payment in refundable_payments(money):
        may_refund = actor.may(Grant.PAYMENTS_REFUND) and payment.debt_id not in money.shared
        yield Hanging(
            id=payment.shown_id,
            kind=Thing.PAYMENT,
            name=_payment_name(payment, order),
            status=payment.status,
            status_label=PAYMENT.labels[payment.status],
            choices=(Choice.KEEP, Choice.REFUND) if may_refund else _KEEP,
            suggested=Choice.REFUND if may_refund and not ran else Choice.KEEP,
            amount_minor=payment.captured_minor - payment.refunded_minor - payment.refunding_minor,
            on=local_date(payment.settled_at, order.customer.timezone) if payment.settled_at else None,
            on_what="Paid on",
            note=_shared(payment.debt_id, money),
        )


def _refunds(money: Money) -> Iterator[Hanging]:
    """Already promised: they go their way, whatever becomes of the order."""
    rows = Refund.objects.filter(payment__debt_id__in=money.debts, status=RefundStatus.PENDING)
    for refund in rows.select_related("payment").order_by("id"):
        yield Hanging(
            id=refund.shown_id,
            kind=Thing.REFUND,
            name="Refund",
            status=refund.status,
            status_label=refund.status_label,
            choices=_KEEP,
            suggested=Choice.KEEP,
            amount_minor=refund.amount_minor,
        )


def _payment_name(payment: Payment, order: Order) -> str:
    return f"Payment of invoice {payment.invoice.number}" if payment.invoice else f"Payment of order {order.number}"


def _shared(debt_id: uuid.UUID, money: Money) -> str:
    return "Other orders are on this invoice: see to it there." if debt_id in money.shared else ""

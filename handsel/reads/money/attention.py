"""What needs somebody: the home page's list, the most urgent first, each with where it is mended.

Every statement is bounded and reads an index: by status for orders and subscriptions, the partial indexes of live
payments and of automatic refunds for the rest. A salesperson sees what hangs on their own orders.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery

from handsel.models import Customer, Invoice, InvoiceLine, Order, Partner, Payment, Refund, Subscription
from handsel.models.people import now_of
from handsel.reads.money.refunds import refunds_to_approve
from handsel.reads.sales.offer_attention import OfferNeed, offer_needs
from handsel.reads.visibility import visible_orders, visible_payments, visible_subscriptions
from handsel.rules.declines import Explanation, explain
from handsel.rules.invoice_states import OPEN_INVOICE_STATUSES
from handsel.rules.order_status import DeclineCause, OrderStatus
from handsel.rules.payment_states import LIVE_PAYMENT_STATUSES, PaymentStatus
from handsel.rules.permissions import Actor, Grant
from handsel.rules.subscription_states import SubscriptionStatus

SHOWN = 8
LONG_UNKNOWN = dt.timedelta(minutes=10)
REFUNDS_SHOWN_FOR = dt.timedelta(days=14)
_LATE = ("late", "amount_mismatch")
_UNSETTLED = frozenset({PaymentStatus.CREATED, PaymentStatus.SUBMITTED, PaymentStatus.UNKNOWN})


@dataclass(frozen=True, slots=True)
class DeclinedOrder:
    order: Order
    explanation: Explanation
    brand: str
    last4: str


@dataclass(frozen=True, slots=True)
class PastDue:
    """The subscriptions that wait for one open invoice, the oldest that asks for them; None where there is none."""

    customer: Customer
    subscriptions: list[Subscription]
    invoice: Invoice | None
    explanation: Explanation | None


@dataclass(frozen=True, slots=True)
class Attention:
    """The lists hold at most `SHOWN` things each; `refunds` are those of the last two weeks."""

    declined: list[DeclinedOrder]
    unknown: list[Payment]
    waiting: list[Payment]
    past_due: list[PastDue]
    failed_activations: list[Order]
    to_approve: list[Order]
    offers: list[OfferNeed]
    refunds_to_approve: list[Refund]
    refunds: list[Refund]

    @property
    def is_empty(self) -> bool:
        lists = (self.declined, self.unknown, self.waiting, self.past_due, self.failed_activations, self.to_approve)
        return not (any(lists) or self.offers or self.refunds or self.refunds_to_approve)


def attention(partner: Partner, actor: Actor) -> Attention:
    """Everything that needs this actor: at most thirteen statements, however much there is."""
    live = _live_payments(actor)
    now = now_of(partner)
    return Attention(
        declined=_declined(actor),
        unknown=[row for row in live if row.status in _UNSETTLED and row.created_at < now - LONG_UNKNOWN][:SHOWN],
        waiting=[row for row in live if row.status == PaymentStatus.REQUIRES_ACTION][:SHOWN],
        past_due=_past_due(actor),
        failed_activations=_orders(actor, OrderStatus.ACTIVATION_ERRORS),
        to_approve=_to_approve(actor),
        offers=offer_needs(actor, now, SHOWN),
        refunds_to_approve=refunds_to_approve(actor, SHOWN),
        refunds=_refunds(actor, now),
    )


def _orders(actor: Actor, *statuses: str) -> list[Order]:
    one = {"status": statuses[0]} if len(statuses) == 1 else {"status__in": statuses}
    rows = visible_orders(actor).filter(**one).select_related("customer", "owner__user")
    return list(rows.order_by("-id")[:SHOWN])


def _to_approve(actor: Actor) -> list[Order]:
    if not actor.may(Grant.ORDERS_MANAGE):
        return []
    return _orders(actor, OrderStatus.PENDING, OrderStatus.RESUBMITTED, OrderStatus.CANCELLATION_REQUESTED)


def _declined(actor: Actor) -> list[DeclinedOrder]:
    last = Payment.objects.filter(debt_id=OuterRef("id"), status=PaymentStatus.DECLINED).order_by("-id")
    rows = (
        visible_orders(actor)
        .filter(status=OrderStatus.DECLINED, decline_cause=DeclineCause.PAYMENT)
        .select_related("customer")
        .annotate(payment_id=Subquery(last.values("id")[:1]))
        .order_by("-id")[:SHOWN]
    )
    orders = list(rows)
    payments = Payment.objects.in_bulk([order.payment_id for order in orders if order.payment_id])
    return [_explained(order, payments.get(order.payment_id)) for order in orders]


def _explained(order: Order, payment: Payment | None) -> DeclinedOrder:
    facts = payment.method_facts if payment else {}
    return DeclinedOrder(order, _explanation(payment), str(facts.get("brand", "")), str(facts.get("last4", "")))


def _explanation(payment: Payment | None) -> Explanation:
    if payment is None:
        return explain("")
    return explain(payment.decline_code, payment.network_code, payment.advice_code)


def _live_payments(actor: Actor) -> list[Payment]:
    """Few at any time. The statuses are named as the partial index names them, so that it is used."""
    rows = visible_payments(actor).filter(status__in=sorted(LIVE_PAYMENT_STATUSES))
    return list(rows.select_related("customer", "order", "invoice").order_by("id")[: 20 * SHOWN])


def _past_due(actor: Actor) -> list[PastDue]:
    asking = InvoiceLine.objects.filter(
        subscription_id=OuterRef("id"), invoice__status__in=sorted(OPEN_INVOICE_STATUSES)
    ).order_by("id")
    rows = (
        visible_subscriptions(actor)
        .filter(status=SubscriptionStatus.PAST_DUE)
        .select_related("customer", "line")
        .annotate(invoice_id=Subquery(asking.values("invoice_id")[:1]))
        .order_by("-id")[:SHOWN]
    )
    subscriptions = list(rows)
    asked_by = {row.id: getattr(row, "invoice_id", None) for row in subscriptions}
    wanted = {invoice_id for invoice_id in asked_by.values() if invoice_id}
    invoices = Invoice.objects.in_bulk(wanted) if wanted else {}
    declines = _last_declines(Payment.objects.filter(debt_id__in=wanted)) if wanted else {}
    together: dict[object, list[Subscription]] = {}
    for row in subscriptions:
        together.setdefault(asked_by[row.id] or row.id, []).append(row)
    return [
        PastDue(
            rows[0].customer,
            rows,
            invoices.get(asked_by[rows[0].id]),
            _explanation(declines[key]) if key in declines else None,
        )
        for key, rows in together.items()
    ]


def _last_declines(rows: QuerySet[Payment]) -> dict[object, Payment]:
    return {payment.debt_id: payment for payment in rows.filter(status=PaymentStatus.DECLINED).order_by("id")}


def _refunds(actor: Actor, now: dt.datetime) -> list[Refund]:
    rows = Refund.objects.filter(cause__in=_LATE, created_at__gte=now - REFUNDS_SHOWN_FOR)
    found = rows.select_related("payment__customer", "payment__order", "payment__invoice").order_by("-id")[:SHOWN]
    mine = set(
        visible_payments(actor).filter(id__in=[refund.payment_id for refund in found]).values_list("id", flat=True)
    )
    return [refund for refund in found if refund.payment_id in mine]

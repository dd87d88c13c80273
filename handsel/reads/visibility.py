"""Which rows exist for whom: a salesperson without “See all orders” sees their own orders and what hangs on those."""

from __future__ import annotations

import uuid

from django.db.models import Exists, OuterRef, Q, QuerySet

from handsel.models import Invoice, InvoiceLine, Order, Payment, Subscription
from handsel.rules.permissions import Actor, Grant


def sees_all_orders(actor: Actor) -> bool:
    return actor.may(Grant.ORDERS_VIEW_ALL)


def sees_all_billing(actor: Actor) -> bool:
    """Whoever manages billing sees every invoice, payment and subscription, whose order it ever was."""
    return actor.may(Grant.ORDERS_VIEW_ALL) or actor.may(Grant.BILLING_MANAGE)


def visible_orders(actor: Actor) -> QuerySet[Order]:
    rows: QuerySet[Order] = Order.objects.all()
    return rows if sees_all_orders(actor) else rows.filter(owner_id=own_id(actor))


def visible_subscriptions(actor: Actor) -> QuerySet[Subscription]:
    rows: QuerySet[Subscription] = Subscription.objects.all()
    return rows if sees_all_billing(actor) else rows.filter(order__owner_id=own_id(actor))


def visible_invoices(actor: Actor) -> QuerySet[Invoice]:
    rows: QuerySet[Invoice] = Invoice.objects.all()
    if sees_all_billing(actor):
        return rows
    renewed = InvoiceLine.objects.filter(invoice_id=OuterRef("id"), subscription__order__owner_id=own_id(actor))
    return rows.filter(Q(order__owner_id=own_id(actor)) | Q(Exists(renewed)))


def visible_payments(actor: Actor) -> QuerySet[Payment]:
    rows: QuerySet[Payment] = Payment.objects.all()
    if sees_all_billing(actor):
        return rows
    invoices = visible_invoices(actor).filter(id=OuterRef("invoice_id"))
    return rows.filter(Q(order__owner_id=own_id(actor)) | Q(Exists(invoices)))


def own_id(actor: Actor) -> uuid.UUID:
    assert actor.kind == "member", "lists are read by members"
    return uuid.UUID(actor.id)

"""Invoices and subscriptions."""

from __future__ import annotations

import datetime as dt
from typing import Any

from handsel.database.ids import show
from handsel.models import (
    CreditNote,
    Customer,
    Invoice,
    InvoiceLine,
    Order,
    OrderLine,
    PaymentMethod,
    Product,
    Refund,
    Subscription,
)
from handsel.reads.billing.invoice import InvoiceView
from handsel.reads.billing.subscriptions import SubscriptionView
from handsel.web.api.schemas.base import Asked, Money, MoneyAsked, Reason, Told, money, shown_or_none
from handsel.web.api.schemas.money import PaymentTold
from handsel.web.api.schemas.orders_told import DiscountTold, TaxTold, discount_of, taxes_of


class PeriodTold(Told):
    """From `start` to before `end`, days in the customer's time zone."""

    start: dt.date
    end: dt.date


def period(start: dt.date | None, end: dt.date | None) -> PeriodTold | None:
    return PeriodTold(start=start, end=end) if start is not None and end is not None else None


class InvoiceTotalsTold(Told):
    subtotal: Money
    discount: Money
    tax: Money
    total: Money


class InvoiceRowTold(Told):
    """An invoice in a list. `number` is null while it is a draft."""

    id: str
    number: str | None
    status: str
    status_label: str
    customer: str
    customer_name: str
    order: str | None
    currency: str
    totals: InvoiceTotalsTold
    amount_paid: Money
    amount_due: Money
    amount_credited: Money
    issued_date: dt.date | None
    due_date: dt.date | None
    memo: str
    created_at: dt.datetime
    paid_at: dt.datetime | None

    @classmethod
    def of(cls, invoice: Invoice) -> InvoiceRowTold:
        return cls(**_head(invoice))


class InvoiceLineTold(Told):
    description: str
    subscription: str | None
    period: PeriodTold | None
    quantity: int
    unit_price: Money
    subtotal: Money
    discount: Money
    net: Money
    taxes: list[TaxTold]
    tax: Money
    total: Money

    @classmethod
    def of(cls, line: InvoiceLine, currency: str) -> InvoiceLineTold:
        return cls(
            description=line.description,
            subscription=shown_or_none(Subscription.prefix, line.subscription_id),
            period=period(line.period_start_on, line.period_end_on),
            quantity=line.quantity,
            unit_price=money(line.unit_price_minor, currency),
            subtotal=money(line.subtotal_minor, currency),
            discount=money(line.discount_minor, currency),
            net=money(line.net_minor, currency),
            taxes=taxes_of(line.taxes, currency),
            tax=money(line.tax_minor, currency),
            total=money(line.total_minor, currency),
        )


class CreditAsked(Asked):
    """Without `amount`, all that is due."""

    amount: MoneyAsked | None = None
    reason: Reason


class CreditNoteTold(Told):
    """What was taken back of an invoice; `refund` is the money that went back with it."""

    id: str
    number: str
    total: Money
    tax: Money
    reason: str
    refund: str | None
    issued_on: dt.date

    @classmethod
    def of(cls, note: CreditNote) -> CreditNoteTold:
        return cls(
            id=note.shown_id,
            number=note.number,
            total=money(note.total_minor, note.currency),
            tax=money(note.tax_minor, note.currency),
            reason=note.reason,
            refund=shown_or_none(Refund.prefix, note.refund_id),
            issued_on=note.issued_on,
        )


class InvoiceTold(InvoiceRowTold):
    """With its lines, as they were frozen, every payment that was tried for it, newest first, and its credit notes."""

    lines: list[InvoiceLineTold]
    payments: list[PaymentTold]
    credit_notes: list[CreditNoteTold]

    @classmethod
    def seen(cls, view: InvoiceView) -> InvoiceTold:
        return cls(
            **_head(view.invoice),
            lines=[InvoiceLineTold.of(line, view.invoice.currency) for line in view.lines],
            payments=[PaymentTold.of(payment) for payment in view.payments],
            credit_notes=[CreditNoteTold.of(note) for note in view.credit_notes],
        )


def _head(invoice: Invoice) -> dict[str, Any]:
    currency = invoice.currency
    return {
        "id": invoice.shown_id,
        "number": invoice.number,
        "status": invoice.status,
        "status_label": invoice.status_label,
        "customer": show(Customer.prefix, invoice.customer_id),
        "customer_name": invoice.customer.name,
        "order": shown_or_none(Order.prefix, invoice.order_id),
        "currency": currency,
        "totals": InvoiceTotalsTold(
            subtotal=money(invoice.subtotal_minor, currency),
            discount=money(invoice.discount_minor, currency),
            tax=money(invoice.tax_minor, currency),
            total=money(invoice.total_minor, currency),
        ),
        "amount_paid": money(invoice.paid_minor, currency),
        "amount_due": money(invoice.due_minor, currency),
        "amount_credited": money(invoice.credited_minor, currency),
        "issued_date": invoice.issued_on,
        "due_date": invoice.due_on,
        "memo": invoice.memo,
        "created_at": invoice.created_at,
        "paid_at": invoice.paid_at,
    }


class SubscriptionTold(Told):
    """`payment_method` is what the next renewal is charged to: its own, else the customer's default."""

    id: str
    status: str
    customer: str
    customer_name: str
    order: str
    line: str
    product: str
    name: str
    quantity: int
    unit_price: Money
    discount: DiscountTold | None
    discount_periods: int | None
    interval: str
    interval_count: int
    periods: int | None
    periods_billed: int
    current_period: PeriodTold | None
    next_renewal: dt.datetime | None
    trial_ends_on: dt.date | None
    payment_method: str | None
    created_at: dt.datetime
    ended_at: dt.datetime | None

    @classmethod
    def of(cls, view: SubscriptionView) -> SubscriptionTold:
        row = view.subscription
        return cls(
            id=row.shown_id,
            status=row.status,
            customer=show(Customer.prefix, row.customer_id),
            customer_name=row.customer.name,
            order=show(Order.prefix, row.order_id),
            line=show(OrderLine.prefix, row.line_id),
            product=show(Product.prefix, row.product_id),
            name=row.line.name,
            quantity=row.quantity,
            unit_price=money(row.unit_price_minor, row.currency),
            discount=discount_of(row, row.currency),
            discount_periods=row.discount_periods,
            interval=row.interval,
            interval_count=row.interval_count,
            periods=row.periods,
            periods_billed=row.periods_billed,
            current_period=period(row.period_start_on, row.period_end_on),
            next_renewal=view.next_renewal,
            trial_ends_on=row.trial_ends_on,
            payment_method=shown_or_none(PaymentMethod.prefix, view.method.id if view.method else None),
            created_at=row.created_at,
            ended_at=row.ended_at,
        )

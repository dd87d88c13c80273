"""Orders as we answer with them, and what stands on their tabs."""

from __future__ import annotations

import datetime as dt
from typing import Any

from handsel.database.ids import show
from handsel.models import (
    Activation,
    Attachment,
    Contact,
    Customer,
    Invoice,
    Member,
    Order,
    OrderLine,
    PaymentMethod,
    Product,
    Subscription,
)
from handsel.reads.billing.subscriptions import SubscriptionView
from handsel.reads.people.methods import MethodOnFile
from handsel.reads.sales.order import OrderView
from handsel.rules.money import percent_text
from handsel.web.api.schemas.base import Money, Told, money, shown_or_none
from handsel.web.api.schemas.money import PaymentTold
from handsel.web.api.schemas.offers import OfferTold


class DiscountTold(Told):
    percent: str | None
    amount: Money | None


class TaxTold(Told):
    name: str
    percent: str
    inclusive: bool
    base: Money
    amount: Money
    category: str
    reason: str | None


class LineTotalsTold(Told):
    """`subtotal` is before discount, `net` after it and without tax; `renewal` is what each later period costs."""

    subtotal: Money
    discount: Money
    net: Money
    tax: Money
    total: Money
    renewal: Money


class LineTold(Told):
    id: str
    product: str
    name: str
    quantity: int
    list_price: Money
    unit_price: Money
    discount: DiscountTold | None
    discount_periods: int | None
    interval: str | None
    interval_count: int
    trial_days: int
    start_date: dt.date | None
    periods: int | None
    taxes: list[TaxTold]
    totals: LineTotalsTold

    @classmethod
    def of(cls, line: OrderLine, currency: str) -> LineTold:
        return cls(
            id=line.shown_id,
            product=show(Product.prefix, line.product_id),
            name=line.name,
            quantity=line.quantity,
            list_price=money(line.list_price_minor, currency),
            unit_price=money(line.unit_price_minor, currency),
            discount=discount_of(line, currency),
            discount_periods=line.discount_periods,
            interval=line.interval,
            interval_count=line.interval_count,
            trial_days=line.trial_days,
            start_date=line.start_on,
            periods=line.periods,
            taxes=taxes_of(line.taxes, currency),
            totals=LineTotalsTold(
                subtotal=money(line.subtotal_minor, currency),
                discount=money(line.discount_minor, currency),
                net=money(line.net_minor, currency),
                tax=money(line.tax_minor, currency),
                total=money(line.total_minor, currency),
                renewal=money(line.renewal_minor, currency),
            ),
        )


def discount_of(line: OrderLine | Subscription, currency: str) -> DiscountTold | None:
    if line.discount_percent is not None:
        return DiscountTold(percent=percent_text(line.discount_percent), amount=None)
    if line.discount_amount_minor is not None:
        return DiscountTold(percent=None, amount=money(line.discount_amount_minor, currency))
    return None


def taxes_of(frozen: list[dict[str, Any]], currency: str) -> list[TaxTold]:
    return [
        TaxTold(
            name=tax["name"],
            percent=tax["percent"],
            inclusive=tax["inclusive"],
            base=money(tax["base_minor"], currency),
            amount=money(tax["amount_minor"], currency),
            category=tax["category"],
            reason=tax["reason"] or None,
        )
        for tax in frozen
    ]


class TotalsTold(Told):
    """`subtotal` is before discount; `total` is the first period and what is sold once, with tax."""

    subtotal: Money
    discount: Money
    tax: Money
    total: Money
    due_now: Money
    contract_value: Money

    @classmethod
    def of(cls, order: Order) -> TotalsTold:
        return cls(
            subtotal=money(order.subtotal_minor, order.currency),
            discount=money(order.discount_minor, order.currency),
            tax=money(order.tax_minor, order.currency),
            total=money(order.total_minor, order.currency),
            due_now=money(order.due_minor, order.currency),
            contract_value=money(order.contract_value_minor, order.currency),
        )


class OrderRowTold(Told):
    """An order in a list."""

    id: str
    number: str
    status: str
    status_label: str
    tags: list[str]
    customer: str
    customer_name: str
    owner: str
    currency: str
    totals: TotalsTold
    revision: int
    version: int
    contract_start_date: dt.date | None
    created_at: dt.datetime
    updated_at: dt.datetime

    @classmethod
    def of(cls, order: Order) -> OrderRowTold:
        return cls(tags=[row.tag for row in order.tag_rows], **_head(order))  # type: ignore[attr-defined]


def _head(order: Order) -> dict[str, Any]:
    return {
        "id": order.shown_id,
        "number": order.number,
        "status": order.status,
        "status_label": order.status_label,
        "customer": show(Customer.prefix, order.customer_id),
        "customer_name": order.customer.name,
        "owner": show(Member.prefix, order.owner_id),
        "currency": order.currency,
        "totals": TotalsTold.of(order),
        "revision": order.revision,
        "version": order.version,
        "contract_start_date": order.contract_start_on,
        "created_at": order.created_at,
        "updated_at": order.updated_at,
    }


class OnFileTold(Told):
    id: str
    brand: str
    last4: str
    exp_month: int | None
    exp_year: int | None
    default: bool
    expired: bool

    @classmethod
    def of(cls, on_file: MethodOnFile) -> OnFileTold:
        method = on_file.method
        return cls(
            id=method.shown_id,
            brand=method.brand,
            last4=method.last4,
            exp_month=method.exp_month,
            exp_year=method.exp_year,
            default=on_file.is_default,
            expired=on_file.is_expired,
        )


class RefusedTold(Told):
    """Who said no: payment, customer or admin; and why."""

    cause: str
    reason: str


class NotesTold(Told):
    staff: str
    customer: str


class InvoiceOfOrderTold(Told):
    id: str
    number: str | None
    status: str
    total: Money
    amount_due: Money


class SubscriptionOfOrderTold(Told):
    id: str
    line: str
    product: str
    status: str
    next_renewal: dt.datetime | None


class WarningTold(Told):
    code: str
    message: str
    line: str | None


class OrderTold(OrderRowTold):
    """`offer` is the newest that was sent. `payment` is the newest; while the outcome is open it may carry
    `next_action`. `allowed_actions` are the actions that you may take now, as they are named in the address with `_`
    for `-`."""

    decline: RefusedTold | None
    cancellation_reason: str | None
    notes: NotesTold
    lines: list[LineTold]
    warnings: list[WarningTold]
    billing_recipient: str | None
    billing_payment_method: str | None
    payment_method_on_file: OnFileTold | None
    offer: OfferTold | None
    payment: PaymentTold | None
    invoice: InvoiceOfOrderTold | None
    subscriptions: list[SubscriptionOfOrderTold]
    allowed_actions: list[str]
    editable: bool
    submitted_at: dt.datetime | None

    @classmethod
    def seen(cls, view: OrderView) -> OrderTold:
        order = view.order
        on_file, payment = view.payment_method_on_file, view.last_payment
        return cls(
            **_head(order),
            tags=view.tags,
            decline=_refused(view),
            cancellation_reason=order.cancellation_reason or None,
            notes=NotesTold(staff=order.staff_notes, customer=order.customer_notes),
            lines=[LineTold.of(line, order.currency) for line in view.lines],
            warnings=[
                WarningTold(code=w.code, message=w.message, line=shown_or_none(OrderLine.prefix, w.line_id))
                for w in view.warnings
            ],
            billing_recipient=shown_or_none(Contact.prefix, order.billing_recipient_id),
            billing_payment_method=shown_or_none(PaymentMethod.prefix, order.billing_method_id),
            payment_method_on_file=None if on_file is None else OnFileTold.of(on_file),
            offer=None if view.offer is None else OfferTold.of(view.offer),
            payment=None if payment is None else PaymentTold.of(payment),
            invoice=None if view.invoice is None else _invoice(view.invoice),
            subscriptions=[_subscription(each) for each in view.subscriptions],
            allowed_actions=list(view.allowed_actions),
            editable=view.may_edit,
            submitted_at=order.submitted_at,
        )


def _refused(view: OrderView) -> RefusedTold | None:
    order = view.order
    if not order.decline_cause:
        return None
    words = view.last_decline.decline if view.last_decline is not None else None
    reason = order.decline_reason or (words.staff_message if words is not None else "")
    return RefusedTold(cause=order.decline_cause, reason=reason)


def _invoice(invoice: Invoice) -> InvoiceOfOrderTold:
    return InvoiceOfOrderTold(
        id=invoice.shown_id,
        number=invoice.number,
        status=invoice.status,
        total=money(invoice.total_minor, invoice.currency),
        amount_due=money(invoice.due_minor, invoice.currency),
    )


def _subscription(view: SubscriptionView) -> SubscriptionOfOrderTold:
    row = view.subscription
    return SubscriptionOfOrderTold(
        id=row.shown_id,
        line=show(OrderLine.prefix, row.line_id),
        product=show(Product.prefix, row.product_id),
        status=row.status,
        next_renewal=view.next_renewal,
    )


class ActivationTold(Told):
    id: str
    line: str
    product: str
    name: str
    status: str
    starts_on: dt.date
    attempts: int
    next_attempt_at: dt.datetime | None
    reason: str | None
    created_at: dt.datetime
    finished_at: dt.datetime | None

    @classmethod
    def of(cls, activation: Activation) -> ActivationTold:
        return cls(
            id=activation.shown_id,
            line=show(OrderLine.prefix, activation.line_id),
            product=show(Product.prefix, activation.product_id),
            name=activation.line.name,
            status=activation.status,
            starts_on=activation.starts_on,
            attempts=activation.attempts,
            next_attempt_at=activation.next_attempt_at,
            reason=activation.reason or None,
            created_at=activation.created_at,
            finished_at=activation.finished_at,
        )


class AttachmentTold(Told):
    """`sha256` is of the file's bytes; `for_customer` shows it to the customer with the offer."""

    id: str
    name: str
    content_type: str
    size_bytes: int
    sha256: str
    for_customer: bool
    created_at: dt.datetime

    @classmethod
    def of(cls, attachment: Attachment) -> AttachmentTold:
        return cls(
            id=attachment.shown_id,
            name=attachment.name,
            content_type=attachment.content_type,
            size_bytes=attachment.size_bytes,
            sha256=attachment.sha256,
            for_customer=attachment.for_customer,
            created_at=attachment.created_at,
        )

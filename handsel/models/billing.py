"""What is billed again, and the documents that ask for or confirm money."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils.timezone import now as real_now

from handsel.database.tables import TenantForeignKey, TenantTable
from handsel.models.catalog import Product
from handsel.models.money import PaymentMethod, Refund
from handsel.models.people import Customer
from handsel.models.sales import Order, OrderLine
from handsel.rules.invoice_states import INVOICE, InvoiceStatus
from handsel.rules.subscription_states import SUBSCRIPTION


class Counter(TenantTable):
    """The last number given in a series of a partner: orders, customers, invoices. An invoice's row is locked last
    in its transaction, so numbers have no gap and no sale waits for another longer than a commit."""

    series = models.CharField(max_length=20)
    first = models.BigIntegerField(default=1)  # what the series begins with
    last = models.BigIntegerField(default=0)

    class Meta(TenantTable.Meta):
        db_table = "counters"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["partner", "series"], name="one_counter_per_series")
        ]


class Subscription(TenantTable):
    """What is billed each period, from the order line that sold it. Periods run anchor to anchor (rules.periods):
    period `n` starts `n` intervals after `anchor_on`, in the customer's time zone."""

    prefix = "sub"

    customer = TenantForeignKey(Customer)
    order = TenantForeignKey(Order)
    line = TenantForeignKey(OrderLine)
    product = TenantForeignKey(Product)
    status = models.CharField(max_length=20, default=SUBSCRIPTION.initial)
    quantity = models.PositiveIntegerField()
    unit_price_minor = models.BigIntegerField()
    discount_percent = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    discount_amount_minor = models.BigIntegerField(null=True)
    discount_periods = models.PositiveIntegerField(null=True)
    currency = models.CharField(max_length=3)
    interval = models.CharField(max_length=5)
    interval_count = models.PositiveSmallIntegerField(default=1)
    periods = models.PositiveIntegerField(null=True)  # null: until cancelled
    anchor_on = models.DateField()
    starts_at = models.DateTimeField()
    trial_ends_on = models.DateField(null=True)
    periods_billed = models.PositiveIntegerField(default=0)
    period_start_on = models.DateField(null=True)
    period_end_on = models.DateField(null=True)  # exclusive: the next period starts that day
    renews_at = models.DateTimeField(null=True)  # the instant the next period starts; null: bills no more
    payment_method = TenantForeignKey(PaymentMethod, null=True)  # null: the customer's default
    created_at = models.DateTimeField(default=real_now)
    ended_at = models.DateTimeField(null=True)

    class Meta(TenantTable.Meta):
        db_table = "subscriptions"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["partner", "line"], name="one_subscription_per_line"),
            models.CheckConstraint(
                condition=models.Q(status__in=list(SUBSCRIPTION.labels)), name="subscription_status_known"
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["partner", "customer", "id"], name="subscriptions_by_customer"),
            models.Index(fields=["partner", "status", "id"], name="subscriptions_by_status"),
            models.Index(fields=["partner", "order"], name="subscriptions_by_order"),
            models.Index(fields=["starts_at"], name="subscriptions_to_start", condition=models.Q(status="scheduled")),
            models.Index(fields=["renews_at"], name="subscriptions_due", condition=models.Q(renews_at__isnull=False)),
        ]


class Invoice(TenantTable):
    """A demand for money or the proof that it was paid. Number, parties, lines and tax are frozen when it is
    finalised; `parties` holds seller and buyer as they were that day."""

    prefix = "inv"

    number = models.CharField(max_length=40, null=True)  # noqa: DJ001  null until finalised
    customer = TenantForeignKey(Customer)
    order = TenantForeignKey(Order, null=True)
    status = models.CharField(max_length=20, default=INVOICE.initial)
    currency = models.CharField(max_length=3)
    issued_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    parties = models.JSONField(default=dict)
    memo = models.TextField(blank=True)
    subtotal_minor = models.BigIntegerField(default=0)
    discount_minor = models.BigIntegerField(default=0)
    tax_minor = models.BigIntegerField(default=0)
    total_minor = models.BigIntegerField(default=0)
    paid_minor = models.BigIntegerField(default=0)
    credited_minor = models.BigIntegerField(default=0)  # of its credit notes
    created_at = models.DateTimeField(default=real_now)
    paid_at = models.DateTimeField(null=True)

    class Meta(TenantTable.Meta):
        db_table = "invoices"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["partner", "number"], name="invoice_number_once"),
            models.UniqueConstraint(fields=["partner", "order"], name="one_invoice_per_order"),
            models.CheckConstraint(condition=models.Q(status__in=list(INVOICE.labels)), name="invoice_status_known"),
            models.CheckConstraint(
                condition=models.Q(status="draft") | models.Q(number__isnull=False), name="finalised_has_a_number"
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["partner", "customer", "id"], name="invoices_by_customer_newest"),
            models.Index(fields=["partner", "status", "id"], name="invoices_by_status"),
        ]

    @property
    def status_label(self) -> str:
        return INVOICE.labels[self.status]

    @property
    def due_minor(self) -> int:
        """What is still asked for: credit notes lessen it while it is not paid, and a void invoice asks for nothing."""
        if self.status in (InvoiceStatus.PAID, InvoiceStatus.VOID):
            return 0
        return self.total_minor - self.paid_minor - self.credited_minor


class InvoiceLine(TenantTable):
    """One line of an invoice. At most one exists for a subscription and a period: the index says so."""

    invoice = TenantForeignKey(Invoice, models.CASCADE, related_name="lines")
    subscription = TenantForeignKey(Subscription, null=True)
    position = models.PositiveIntegerField()
    description = models.CharField(max_length=300)
    period_start_on = models.DateField(null=True)
    period_end_on = models.DateField(null=True)
    quantity = models.PositiveIntegerField()
    unit_price_minor = models.BigIntegerField()
    subtotal_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField()
    net_minor = models.BigIntegerField()
    taxes = models.JSONField(default=list)
    tax_minor = models.BigIntegerField()
    total_minor = models.BigIntegerField()

    class Meta(TenantTable.Meta):
        db_table = "invoice_lines"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["partner", "subscription", "period_start_on"],
                condition=models.Q(subscription__isnull=False),
                name="one_line_per_subscription_and_period",
            )
        ]


class CreditNote(TenantTable):
    """What takes an invoice, or part of it, back: its own number series, content and parties frozen. `refund` is the
    money that goes back with it, null where the invoice was not paid. All amounts are above zero."""

    prefix = "crn"

    number = models.CharField(max_length=40)
    invoice = TenantForeignKey(Invoice, related_name="credit_notes")
    customer = TenantForeignKey(Customer)
    refund = TenantForeignKey(Refund, null=True)
    currency = models.CharField(max_length=3)
    issued_on = models.DateField()
    reason = models.TextField()
    parties = models.JSONField()
    lines = models.JSONField()  # [{line, description, quantity, net_minor, taxes, tax_minor, total_minor}]
    net_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    total_minor = models.BigIntegerField()
    created_at = models.DateTimeField(default=real_now)

    class Meta(TenantTable.Meta):
        db_table = "credit_notes"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["partner", "number"], name="credit_note_number_once"),
            models.UniqueConstraint(
                fields=["partner", "refund"],
                condition=models.Q(refund__isnull=False),
                name="one_credit_note_per_refund",
            ),
            models.CheckConstraint(
                condition=models.Q(total_minor__gt=0, net_minor__gte=0, tax_minor__gte=0),
                name="credit_note_above_zero",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["partner", "invoice", "id"], name="credit_notes_by_invoice")
        ]

    @property
    def order_id(self) -> uuid.UUID | None:
        """Whose history it belongs to."""
        return self.invoice.order_id

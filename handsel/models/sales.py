"""The sales document, its lines, and what makes them work at the customer's."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.timezone import now as real_now

from handsel.database.tables import TenantForeignKey, TenantTable
from handsel.models.catalog import Product
from handsel.models.people import Contact, Customer, MemberKey
from handsel.rules.activation_states import ACTIVATION
from handsel.rules.order_states import ORDER


class Order(TenantTable):
    """One sale. Totals are kept beside the lines they come from; all amounts in minor units of `currency`.

    `version` grows with every change: an act names the version it saw. `revision` grows when what was offered or
    signed no longer counts. `previous_status` is where an archived order or a cancellation request goes back to.
    """

    prefix = "ord"

    number = models.CharField(max_length=20)
    customer = TenantForeignKey(Customer)
    owner = MemberKey()
    status = models.CharField(max_length=32, default=ORDER.initial)
    previous_status = models.CharField(max_length=32, blank=True)
    decline_cause = models.CharField(max_length=12, blank=True)
    decline_reason = models.TextField(blank=True)
    cancel_cause = models.CharField(max_length=12, blank=True)
    cancellation_reason = models.TextField(blank=True)
    declined_before = models.BooleanField(default=False)
    currency = models.CharField(max_length=3)
    revision = models.PositiveIntegerField(default=1)
    version = models.PositiveIntegerField(default=1)
    contract_start_on = models.DateField(null=True)
    staff_notes = models.TextField(blank=True)
    customer_notes = models.TextField(blank=True)
    billing_recipient = TenantForeignKey(Contact, null=True)
    billing_method = TenantForeignKey("handsel.PaymentMethod", null=True)
    line_count = models.PositiveIntegerField(default=0)
    subtotal_minor = models.BigIntegerField(default=0)
    discount_minor = models.BigIntegerField(default=0)
    tax_minor = models.BigIntegerField(default=0)
    total_minor = models.BigIntegerField(default=0)
    contract_value_minor = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=real_now)
    updated_at = models.DateTimeField(default=real_now)
    submitted_at = models.DateTimeField(null=True)
    sent_by = MemberKey(null=True)  # who sent its newest offer

    class Meta(TenantTable.Meta):
        db_table = "orders"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["partner", "number"], name="order_number_once"),
            models.CheckConstraint(condition=models.Q(status__in=list(ORDER.labels)), name="order_status_known"),
            models.CheckConstraint(condition=models.Q(total_minor__gte=0), name="order_total_not_negative"),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["partner", "status", "id"], name="orders_by_status"),
            models.Index(fields=["partner", "owner", "id"], name="orders_by_owner_newest"),
            models.Index(fields=["partner", "owner", "status", "id"], name="orders_by_owner_status"),
            models.Index(fields=["partner", "customer", "id"], name="orders_by_customer_newest"),
            models.Index(fields=["partner", "total_minor", "id"], name="orders_by_total"),
            models.Index(fields=["partner", "updated_at", "id"], name="orders_by_update"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def status_label(self) -> str:
        return ORDER.labels[self.status]

    @property
    def due_minor(self) -> int:
        """What the first payment takes."""
        return self.total_minor


class OrderLine(TenantTable):
    """A product on an order, with what was agreed for it. Name, interval and taxes are frozen from the catalogue."""

    prefix = "lin"

    order = TenantForeignKey(Order, models.CASCADE, related_name="lines")
    product = TenantForeignKey(Product)
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    quantity = models.PositiveIntegerField()
    list_price_minor = models.BigIntegerField()
    unit_price_minor = models.BigIntegerField()
    discount_percent = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    discount_amount_minor = models.BigIntegerField(null=True)
    discount_periods = models.PositiveIntegerField(null=True)  # null: every renewal
    interval = models.CharField(max_length=5, null=True)  # noqa: DJ001
    interval_count = models.PositiveSmallIntegerField(default=1)
    trial_days = models.PositiveSmallIntegerField(default=0)
    start_on = models.DateField(null=True)
    periods = models.PositiveIntegerField(null=True)  # null: until cancelled
    taxes = models.JSONField(default=list)  # [{name, percent, inclusive, amount_minor, base_minor, category, reason}]
    subtotal_minor = models.BigIntegerField(default=0)
    discount_minor = models.BigIntegerField(default=0)
    net_minor = models.BigIntegerField(default=0)
    tax_minor = models.BigIntegerField(default=0)
    total_minor = models.BigIntegerField(default=0)
    renewal_minor = models.BigIntegerField(default=0)

    class Meta(TenantTable.Meta):
        db_table = "order_lines"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["partner", "order", "position"],
                name="line_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=models.Q(quantity__range=(1, 1_000_000)), name="line_quantity_in_range"),
            models.CheckConstraint(condition=models.Q(unit_price_minor__gte=0), name="line_price_not_negative"),
            models.CheckConstraint(
                condition=models.Q(discount_percent__isnull=True) | models.Q(discount_amount_minor__isnull=True),
                name="line_has_one_discount",
            ),
        ]

    @property
    def is_recurring(self) -> bool:
        return self.interval is not None


class OrderTag(TenantTable):
    """A word on an order, in a table of its own so that a filter by tag uses an index under row-level security."""

    PAYMENT_DECLINED = "Payment declined"

    order = TenantForeignKey(Order, models.CASCADE, related_name="tags")
    tag = models.CharField(max_length=50)

    class Meta(TenantTable.Meta):
        db_table = "order_tags"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["partner", "order", "tag"], name="order_tag_once")
        ]
        indexes: ClassVar[list[Any]] = [models.Index(fields=["partner", "tag", "order"], name="orders_by_tag")]


class Attachment(TenantTable):
    """A file on an order; its bytes are in the database so that a backup holds them."""

    prefix = "att"

    order = TenantForeignKey(Order, models.CASCADE)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    for_customer = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=real_now)

    class Meta(TenantTable.Meta):
        db_table = "attachments"


class OrderCount(TenantTable):
    """How many orders an owner has in a status, as changes to be added up: a trigger writes one row per change, so
    that no two sales wait for one counter; a job folds the rows together."""

    owner_id = models.UUIDField()
    status = models.CharField(max_length=32)
    change = models.BigIntegerField()

    class Meta(TenantTable.Meta):
        db_table = "order_counts"
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["partner", "owner_id", "status"], name="order_counts_by_owner")
        ]


class Activation(TenantTable):
    """Making one line's product available at the customer's, by telling its vendor. The id never changes over
    retries, so that a vendor can ignore repeats."""

    prefix = "act"

    order = TenantForeignKey(Order)
    line = TenantForeignKey(OrderLine)
    product = TenantForeignKey(Product)
    status = models.CharField(max_length=20, default=ACTIVATION.initial)
    starts_on = models.DateField()
    starts_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField(default=real_now)
    finished_at = models.DateTimeField(null=True)

    class Meta(TenantTable.Meta):
        db_table = "activations"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["partner", "line"], name="one_activation_per_line"),
            models.CheckConstraint(
                condition=models.Q(status__in=list(ACTIVATION.labels)), name="activation_status_known"
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(
                fields=["next_attempt_at"],
                name="activations_due",
                condition=models.Q(next_attempt_at__isnull=False),
            )
        ]

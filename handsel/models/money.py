"""Payment methods, payments, refunds, gateway accounts and their events, the ledger."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils.timezone import now as real_now

from handsel.database.tables import TenantForeignKey, TenantTable
from handsel.models.people import Customer, MemberKey
from handsel.models.sales import Order
from handsel.rules.payment_states import LIVE_PAYMENT_STATUSES, PAYMENT, REFUND, RefundStatus

LEDGER_ACCOUNTS = (
    "gateway",
    "offline",
    "receivable",
    "revenue",
    "tax",
    "customer_credit",
    "unapplied",
    "dispute_loss",
    "write_off",
)


class GatewayAccount(TenantTable):
    """One account at a gateway. Keys are encrypted at rest; `api_base` is empty for the gateway's own address."""

    prefix = "gwa"

    name = models.CharField(max_length=20)  # sandbox, stripe, offline
    label = models.CharField(max_length=100, blank=True)  # what the partner calls it
    secret_key_encrypted = models.TextField()
    event_secret_encrypted = models.TextField()
    publishable_key = models.CharField(max_length=200)
    api_base = models.CharField(max_length=200, blank=True)
    script_url = models.CharField(max_length=200)  # the gateway's script for card fields
    is_default = models.BooleanField(default=True)
    failing_since = models.DateTimeField(null=True)  # first failure after the last answer; null while healthy
    closed_at = models.DateTimeField(null=True)  # takes no new payment; what it took is still looked at and refunded
    created_at = models.DateTimeField(default=real_now)

    class Meta(TenantTable.Meta):
        db_table = "gateway_accounts"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["partner"], condition=models.Q(is_default=True), name="one_default_gateway")
        ]


class GatewayCustomer(TenantTable):
    """Who a customer is at a gateway: the first reference that came back is kept for every later payment."""

    customer = TenantForeignKey(Customer)
    account = TenantForeignKey(GatewayAccount)
    reference = models.CharField(max_length=100)

    class Meta(TenantTable.Meta):
        db_table = "gateway_customers"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["partner", "customer", "account"], name="one_gateway_customer")
        ]


class PaymentMethod(TenantTable):
    """A token held by a gateway, and what may be shown of it. Never a card number or a security code."""

    prefix = "pm"

    customer = TenantForeignKey(Customer)
    account = TenantForeignKey(GatewayAccount)
    reference = models.CharField(max_length=100)
    customer_reference = models.CharField(max_length=100, blank=True)
    kind = models.CharField(max_length=20)
    brand = models.CharField(max_length=30)
    last4 = models.CharField(max_length=4)
    exp_month = models.PositiveSmallIntegerField(null=True)
    exp_year = models.PositiveSmallIntegerField(null=True)
    country = models.CharField(max_length=2, blank=True)
    fingerprint = models.CharField(max_length=100, blank=True)
    consent = models.JSONField(default=dict)  # {text, version, source, at, authentication}
    verified_at = models.DateTimeField(null=True)
    verification = models.CharField(max_length=30, blank=True)  # what the bank answered: ok, declined, asks
    removed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=real_now)

    class Meta(TenantTable.Meta):
        db_table = "payment_methods"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["partner", "account", "reference"], name="method_reference_once")
        ]

    @property
    def label(self) -> str:
        return f"{self.brand} ···· {self.last4}"


class Payment(TenantTable):
    """One attempt to take one amount for one debt: an order, or an invoice.

    `request` is the whole frozen request that every try sends. `debt_id` is the order's or the invoice's id; the
    partial unique index on it is what keeps two payments of one debt from being alive at once.
    """

    prefix = "pay"

    order = TenantForeignKey(Order, null=True)
    invoice = TenantForeignKey("handsel.Invoice", null=True)
    debt_id = models.UUIDField()
    customer = TenantForeignKey(Customer)
    account = TenantForeignKey(GatewayAccount)
    method = TenantForeignKey(PaymentMethod, null=True)
    offer = TenantForeignKey("handsel.Offer", null=True)  # the link it was started on
    consent = models.JSONField(default=dict)  # what the payer agreed to for later charges: {text, version, source, at}
    status = models.CharField(max_length=20, default=PAYMENT.initial)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    request = models.JSONField()
    reference = models.CharField(max_length=100, blank=True)
    method_facts = models.JSONField(default=dict)  # {brand, last4, exp_month, exp_year} as charged
    captured_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)
    refunding_minor = models.BigIntegerField(default=0)  # of refunds that are pending
    decline_code = models.CharField(max_length=80, blank=True)
    network_code = models.CharField(max_length=40, blank=True)
    advice_code = models.CharField(max_length=40, blank=True)
    gateway_message = models.TextField(blank=True)
    initiated_by = models.CharField(max_length=200)
    source = models.CharField(max_length=10)
    returns_to = models.CharField(max_length=32, blank=True)  # the order's status before, for settle_cancelled
    challenge_url = models.CharField(max_length=1000, blank=True)
    created_at = models.DateTimeField(default=real_now)
    first_sent_at = models.DateTimeField(null=True)
    last_sent_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    looks = models.PositiveIntegerField(default=0)
    next_look_at = models.DateTimeField(null=True)
    staff_told_at = models.DateTimeField(null=True)

    class Meta(TenantTable.Meta):
        db_table = "payments"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["partner", "debt_id"],
                condition=models.Q(status__in=sorted(LIVE_PAYMENT_STATUSES)),
                name="one_live_payment_per_debt",
            ),
            models.CheckConstraint(condition=models.Q(status__in=list(PAYMENT.labels)), name="payment_status_known"),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="payment_amount_above_zero"),
            models.CheckConstraint(
                condition=models.Q(
                    refunded_minor__gte=0,
                    refunding_minor__gte=0,
                    captured_minor__gte=models.F("refunded_minor") + models.F("refunding_minor"),
                ),
                name="refunds_within_capture",
            ),
            models.CheckConstraint(
                condition=models.Q(order__isnull=False, invoice__isnull=True, debt_id=models.F("order_id"))
                | models.Q(order__isnull=True, invoice__isnull=False, debt_id=models.F("invoice_id")),
                name="payment_has_one_debt",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["partner", "debt_id", "id"], name="payments_by_debt"),
            models.Index(fields=["partner", "customer", "id"], name="payments_by_customer_newest"),
            models.Index(fields=["partner", "reference"], name="payments_by_reference"),
            models.Index(
                fields=["next_look_at"], name="payments_to_look_at", condition=models.Q(next_look_at__isnull=False)
            ),
        ]

    @property
    def is_live(self) -> bool:
        return self.status in LIVE_PAYMENT_STATUSES


class Refund(TenantTable):
    """Money given back. `cause` says why: `late` money, an `amount_mismatch`, or a person's `request`. Above the
    partner's limit it waits, without a date, for a second person; `approved_by` says who that was."""

    prefix = "ref"

    payment = TenantForeignKey(Payment, related_name="refunds")
    status = models.CharField(max_length=20, default=REFUND.initial)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    cause = models.CharField(max_length=20)
    reason = models.TextField(blank=True)
    requested_by = MemberKey(null=True)
    ends_service = models.BooleanField(default=False)  # with it, what the payment paid for ends
    needs_approval = models.BooleanField(default=False)
    approved_by = MemberKey(null=True)
    approved_at = models.DateTimeField(null=True)
    reference = models.CharField(max_length=100, blank=True)
    failure_code = models.CharField(max_length=80, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=real_now)
    settled_at = models.DateTimeField(null=True)

    class Meta(TenantTable.Meta):
        db_table = "refunds"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["partner", "payment"],
                condition=models.Q(cause__in=["late", "amount_mismatch"]),
                name="automatic_refund_once",
            ),
            models.CheckConstraint(condition=models.Q(status__in=list(REFUND.labels)), name="refund_status_known"),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="refund_amount_above_zero"),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(
                fields=["next_attempt_at"], name="refunds_due", condition=models.Q(next_attempt_at__isnull=False)
            ),
            models.Index(
                fields=["partner", "id"],
                name="refunds_to_approve",
                condition=models.Q(status="pending", needs_approval=True, approved_at=None),
            ),
        ]

    @property
    def status_label(self) -> str:
        return "Waiting for approval" if self.is_waiting else REFUND.labels[self.status]

    @property
    def is_waiting(self) -> bool:
        """For a second person: nothing was sent yet, and no credit note issued."""
        return self.status == RefundStatus.PENDING and self.needs_approval and self.approved_at is None

    @property
    def order_id(self) -> uuid.UUID | None:
        """Whose history it belongs to."""
        return self.payment.order_id

    @property
    def customer_id(self) -> uuid.UUID:
        return self.payment.customer_id


class GatewayEvent(TenantTable):
    """What a gateway told us, kept as it came: a hint to look. Applied by the worker, kept and tried again while it
    matches nothing."""

    account = TenantForeignKey(GatewayAccount)
    event = models.CharField(max_length=100)
    type = models.CharField(max_length=80)
    object_kind = models.CharField(max_length=40)
    object_reference = models.CharField(max_length=100)
    payment_id = models.UUIDField(null=True)  # from the object's metadata; not a key, it may not be ours
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField(default=real_now)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=40, blank=True)

    class Meta(TenantTable.Meta):
        db_table = "gateway_events"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["partner", "account", "event"], name="gateway_event_once")
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(
                fields=["next_attempt_at"],
                name="gateway_events_due",
                condition=models.Q(next_attempt_at__isnull=False),
            )
        ]


class LedgerPosting(TenantTable):
    """One movement: an amount above zero from the credit account to the debit account, for one debt. Never changed,
    never deleted; a mistake is corrected by a new posting."""

    append_only = True

    debit = models.CharField(max_length=20)
    credit = models.CharField(max_length=20)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    debt_id = models.UUIDField()
    payment = TenantForeignKey(Payment, null=True)
    invoice = TenantForeignKey("handsel.Invoice", null=True)
    refund = TenantForeignKey(Refund, null=True)
    posted_at = models.DateTimeField()

    class Meta(TenantTable.Meta):
        db_table = "ledger_postings"
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="posting_above_zero"),
            models.CheckConstraint(condition=~models.Q(debit=models.F("credit")), name="posting_between_two_accounts"),
            models.CheckConstraint(
                condition=models.Q(debit__in=LEDGER_ACCOUNTS, credit__in=LEDGER_ACCOUNTS),
                name="posting_accounts_known",
            ),
        ]
        indexes: ClassVar[list[Any]] = [models.Index(fields=["partner", "debt_id"], name="postings_by_debt")]

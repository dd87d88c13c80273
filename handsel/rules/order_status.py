"""The words of an order's life: its statuses with their labels, who said no, why it was cancelled."""

from __future__ import annotations

from enum import StrEnum


class OrderStatus(StrEnum):
    DRAFT = "draft"
    PENDING = "pending"
    RESUBMITTED = "resubmitted"
    AWAITING_CUSTOMER_APPROVAL = "awaiting_customer_approval"
    APPROVED = "approved"
    PROCESSING_PAYMENT = "processing_payment"
    PROCESSING = "processing"
    SCHEDULED = "scheduled"
    ACTIVATED = "activated"
    ACTIVATION_ERRORS = "activation_errors"
    DECLINED = "declined"
    CANCELLATION_REQUESTED = "cancellation_requested"
    CANCELLED = "cancelled"
    ARCHIVED = "archived"


class DeclineCause(StrEnum):
    """Who said no."""

    PAYMENT = "payment"
    CUSTOMER = "customer"
    ADMIN = "admin"


class CancelCause(StrEnum):
    """Why an order was cancelled; only an expired one can become a draft again."""

    EXPIRED = "expired"
    STAFF = "staff"


ORDER_LABELS: dict[str, str] = {
    OrderStatus.DRAFT: "Drafted",
    OrderStatus.PENDING: "Pending",
    OrderStatus.RESUBMITTED: "Resubmitted",
    OrderStatus.AWAITING_CUSTOMER_APPROVAL: "Awaiting customer approval",
    OrderStatus.APPROVED: "Approved",
    OrderStatus.PROCESSING_PAYMENT: "Processing payment",
    OrderStatus.PROCESSING: "Processing",
    OrderStatus.SCHEDULED: "Scheduled activation",
    OrderStatus.ACTIVATED: "Activated",
    OrderStatus.ACTIVATION_ERRORS: "Activation errors",
    OrderStatus.DECLINED: "Declined",
    OrderStatus.CANCELLATION_REQUESTED: "Cancellation request",
    OrderStatus.CANCELLED: "Cancelled",
    OrderStatus.ARCHIVED: "Archived",
}

EDITABLE_ORDER_STATUSES = frozenset({OrderStatus.DRAFT, OrderStatus.PENDING, OrderStatus.RESUBMITTED})
"""A draft is edited by its owner; a submitted order by whoever manages orders, before approving it."""

"""The life of a payment and of a refund. Only a fact from the gateway ends a payment; unknown is a status."""

from __future__ import annotations

from enum import StrEnum

from handsel.rules.grants import Grant
from handsel.rules.states import Edge, StateTable


class PaymentStatus(StrEnum):
    CREATED = "created"
    SUBMITTED = "submitted"
    REQUIRES_ACTION = "requires_action"
    CLEARING = "clearing"
    UNKNOWN = "unknown"
    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    CANCELLED = "cancelled"


LIVE_PAYMENT_STATUSES: frozenset[PaymentStatus] = frozenset(
    set(PaymentStatus) - {PaymentStatus.SUCCEEDED, PaymentStatus.DECLINED, PaymentStatus.CANCELLED}
)
"""A debt has at most one payment in these; while it has one, nobody can pay again."""

_LIVE = tuple(status for status in PaymentStatus if status in LIVE_PAYMENT_STATUSES)

# Money that comes after a decline or a cancel is not an edge back to `succeeded`: it is recorded apart and
# refunded, so that what staff and the customer were told stays true.
PAYMENT = StateTable(
    noun="payment",
    labels={
        PaymentStatus.CREATED: "Created",
        PaymentStatus.SUBMITTED: "Submitted",
        PaymentStatus.REQUIRES_ACTION: "Waiting for the customer's bank",
        PaymentStatus.CLEARING: "Clearing",
        PaymentStatus.UNKNOWN: "Finding out",
        PaymentStatus.SUCCEEDED: "Succeeded",
        PaymentStatus.DECLINED: "Declined",
        PaymentStatus.CANCELLED: "Cancelled",
    },
    initial=PaymentStatus.CREATED,
    edges=(
        Edge(
            verb="send",
            sources=(PaymentStatus.CREATED,),
            targets=(PaymentStatus.SUBMITTED,),
            event="payment.submitted",
            who="clock",
            note="The frozen request went to the gateway.",
        ),
        Edge(
            verb="ask",
            sources=_LIVE,
            targets=(PaymentStatus.REQUIRES_ACTION,),
            event="payment.action_required",
            who="gateway",
            note="The customer's bank wants to ask the customer.",
        ),
        Edge(
            verb="clear",
            sources=_LIVE,
            targets=(PaymentStatus.CLEARING,),
            event="payment.clearing_started",
            who="gateway",
            note="A bank debit was accepted; the money takes days.",
        ),
        Edge(
            verb="lose",
            sources=_LIVE,
            targets=(PaymentStatus.UNKNOWN,),
            event="payment.outcome_lost",
            who="gateway",
            note="No fact came back; the reconciler finds out.",
        ),
        Edge(
            verb="settle_succeeded",
            sources=_LIVE,
            targets=(PaymentStatus.SUCCEEDED,),
            event="payment.succeeded",
            who="gateway",
            note="The money was captured.",
        ),
        Edge(
            verb="settle_declined",
            sources=_LIVE,
            targets=(PaymentStatus.DECLINED,),
            event="payment.declined",
            who="gateway",
            note="The bank said no, and the intent is confirmed cancelled.",
        ),
        Edge(
            verb="settle_cancelled",
            sources=_LIVE,
            targets=(PaymentStatus.CANCELLED,),
            event="payment.cancelled",
            who="gateway",
            note="The intent is confirmed cancelled, or was never made.",
        ),
    ),
)


class RefundStatus(StrEnum):
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


REFUND = StateTable(
    noun="refund",
    labels={
        RefundStatus.PENDING: "Pending",
        RefundStatus.SUCCEEDED: "Refunded",
        RefundStatus.FAILED: "Failed",
    },
    initial=RefundStatus.PENDING,
    edges=(
        Edge(
            verb="settle_succeeded",
            sources=(RefundStatus.PENDING,),
            targets=(RefundStatus.SUCCEEDED,),
            event="refund.succeeded",
            who="gateway",
            note="The money is on its way back.",
        ),
        Edge(
            verb="settle_failed",
            sources=(RefundStatus.PENDING,),
            targets=(RefundStatus.FAILED,),
            event="refund.failed",
            who="gateway",
            note="The gateway refused; staff must give it back another way.",
        ),
        Edge(
            verb="refuse",
            sources=(RefundStatus.PENDING,),
            targets=(RefundStatus.FAILED,),
            event="refund.refused",
            who="staff",
            grant=Grant.PAYMENTS_APPROVE_REFUND,
            label="Refuse the refund",
            dangerous=True,
            note="Above the partner's limit, and the second person said no: nothing was sent.",
        ),
    ),
)

"""The life of an order as one table: every status, every act, who may do it, and the event it leaves."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from handsel.rules.grants import Grant
from handsel.rules.states import RETURN, SAME, Edge, StateTable


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

_DRAFT, _PENDING, _RESUBMITTED = OrderStatus.DRAFT, OrderStatus.PENDING, OrderStatus.RESUBMITTED
_APPROVED, _PAYING, _PROCESSING = OrderStatus.APPROVED, OrderStatus.PROCESSING_PAYMENT, OrderStatus.PROCESSING
_SCHEDULED, _ACTIVATED, _ERRORS = OrderStatus.SCHEDULED, OrderStatus.ACTIVATED, OrderStatus.ACTIVATION_ERRORS
_DECLINED, _CANCELLED, _ARCHIVED = OrderStatus.DECLINED, OrderStatus.CANCELLED, OrderStatus.ARCHIVED
_ASKED = OrderStatus.CANCELLATION_REQUESTED
_ANY = tuple(OrderStatus)
_PAYABLE = ("has_lines", "debt_not_on_invoice", "no_live_payment")

_SUBMITTING = (
    Edge(
        verb="submit_with_payment",
        sources=(_DRAFT, _APPROVED),
        targets=(_PAYING,),
        event="order.payment_started",
        who="staff",
        grant=Grant.PAYMENTS_COLLECT,
        or_grant=Grant.PAYMENTS_ENTER_CARD,
        setting="salespeople_can_charge",
        conditions=_PAYABLE,
        label="Charge",
        note="The first payment is asked for; collect charges a saved method, enter_card a new one.",
    ),
    Edge(
        verb="submit_with_payment",
        sources=(_DRAFT, _APPROVED),
        targets=(_PROCESSING,),
        event="order.paid",
        who="staff",
        grant=Grant.PAYMENTS_COLLECT,
        or_grant=Grant.PAYMENTS_ENTER_CARD,
        setting="salespeople_can_charge",
        conditions=_PAYABLE,
        label="Charge",
        note="Nothing is due, so nobody is asked: a zero invoice, paid.",
    ),
    Edge(
        verb="submit_to_admin",
        sources=(_DRAFT,),
        targets=(_PENDING,),
        event="order.submitted",
        who="staff",
        grant=Grant.ORDERS_CREATE,
        setting="salespeople_can_submit_to_admin",
        conditions=("has_lines",),
        label="Send to an admin",
        note="An admin looks at it before anything is sold.",
    ),
    Edge(
        verb="submit_to_admin",
        sources=(_DRAFT,),
        targets=(_RESUBMITTED,),
        event="order.resubmitted",
        who="staff",
        grant=Grant.ORDERS_CREATE,
        setting="salespeople_can_submit_to_admin",
        conditions=("has_lines",),
        label="Send to an admin",
        note="It was declined before, and the admin should see that at a glance.",
    ),
    Edge(
        verb="withdraw",
        sources=(_PENDING, _RESUBMITTED),
        targets=(_DRAFT,),
        event="order.withdrawn",
        who="staff",
        owner_only=True,
        label="Withdraw",
        note="Back to the desk of whoever made it, to change something.",
    ),
)

_REVIEWING = (
    Edge(
        verb="approve",
        sources=(_PENDING, _RESUBMITTED),
        targets=(_APPROVED,),
        event="order.approved",
        who="staff",
        grant=Grant.ORDERS_MANAGE,
        conditions=("has_lines",),
        label="Approve",
        note="An admin agrees; the order can be charged or activated.",
    ),
    Edge(
        verb="decline",
        sources=(_PENDING, _RESUBMITTED),
        targets=(_DECLINED,),
        event="order.declined",
        who="staff",
        grant=Grant.ORDERS_MANAGE,
        label="Decline",
        dangerous=True,
        note="An admin says no and why; the salesperson is told.",
    ),
    Edge(
        verb="activate",
        sources=(_APPROVED,),
        targets=(_PROCESSING,),
        event="order.activation_started",
        who="staff",
        grant=Grant.ORDERS_MANAGE,
        conditions=_PAYABLE,
        label="Activate",
        note="Without payment: the debt passes to an invoice in the same transaction.",
    ),
    Edge(
        verb="activate",
        sources=(_APPROVED,),
        targets=(_SCHEDULED,),
        event="order.scheduled",
        who="staff",
        grant=Grant.ORDERS_MANAGE,
        conditions=_PAYABLE,
        label="Activate",
        note="Without payment, on the contract start date.",
    ),
    Edge(
        verb="activate",
        sources=(_DRAFT,),
        targets=(_PROCESSING,),
        event="order.activation_started",
        who="staff",
        grant=Grant.ORDERS_MANAGE,
        setting="admins_can_bypass_approval",
        conditions=_PAYABLE,
        label="Activate",
        note="The partner lets admins skip the approval.",
    ),
    Edge(
        verb="activate",
        sources=(_DRAFT,),
        targets=(_SCHEDULED,),
        event="order.scheduled",
        who="staff",
        grant=Grant.ORDERS_MANAGE,
        setting="admins_can_bypass_approval",
        conditions=_PAYABLE,
        label="Activate",
        note="The same, on the contract start date.",
    ),
)

_PAYING_EDGES = (
    Edge(
        verb="cancel_payment",
        sources=(_PAYING,),
        targets=(SAME,),
        event="order.payment_cancellation_asked",
        who="staff",
        also=("link", "clock"),
        grant=Grant.PAYMENTS_COLLECT,
        conditions=("not_clearing",),
        label="Cancel the payment",
        dangerous=True,
        note="The gateway is asked to cancel; only its answer ends the payment.",
    ),
    Edge(
        verb="settle_succeeded",
        sources=(_PAYING,),
        targets=(_PROCESSING,),
        event="order.paid",
        who="gateway",
        note="The gateway's fact: the money was captured.",
    ),
    Edge(
        verb="settle_declined",
        sources=(_PAYING,),
        targets=(_DECLINED,),
        event="order.declined",
        who="gateway",
        note="The gateway's fact: the bank said no and the intent is cancelled.",
    ),
    Edge(
        verb="settle_cancelled",
        sources=(_PAYING,),
        targets=(RETURN,),
        event="order.payment_cancelled",
        who="gateway",
        note="The gateway's fact: cancelled. A signature given for this revision stays.",
    ),
)

_ACTIVATING = (
    Edge(
        verb="finish_activation",
        sources=(_PROCESSING,),
        targets=(_ERRORS,),
        event="order.activation_failed",
        who="lines",
        note="At least one line failed.",
    ),
    Edge(
        verb="finish_activation",
        sources=(_PROCESSING, _ERRORS),
        targets=(_SCHEDULED,),
        event="order.scheduled",
        who="lines",
        note="Nothing failed, nothing is under way, and some lines start on a later day.",
    ),
    Edge(
        verb="finish_activation",
        sources=(_PROCESSING, _ERRORS),
        targets=(_ACTIVATED,),
        event="order.activated",
        who="lines",
        note="Every line is activated, ignored or cancelled.",
    ),
    Edge(
        verb="start_activation",
        sources=(_SCHEDULED,),
        targets=(_PROCESSING,),
        event="order.activation_started",
        who="clock",
        note="On the day, in the customer's time zone.",
    ),
    Edge(
        verb="retry_activation",
        sources=(_ERRORS,),
        targets=(_PROCESSING,),
        event="order.activation_retried",
        who="staff",
        grant=Grant.ORDERS_MANAGE,
        label="Retry activation",
        note="The whole order or one line.",
    ),
    Edge(
        verb="ignore_errors",
        sources=(_ERRORS,),
        targets=(_ACTIVATED, SAME),
        event="order.errors_ignored",
        who="staff",
        grant=Grant.ORDERS_MANAGE,
        label="Ignore errors",
        dangerous=True,
        note="Bookkeeping only, nothing is activated. The status stays while another line is still in error.",
    ),
)

_CHANGING_COURSE = (
    Edge(
        verb="convert_to_draft",
        sources=(_DECLINED,),
        targets=(_DRAFT,),
        event="order.converted_to_draft",
        who="staff",
        owner_only=True,
        conditions=("no_live_payment",),
        label="Convert to draft",
        note="Keeps payments and history; a new revision, so old signatures no longer count.",
    ),
    Edge(
        verb="convert_to_draft",
        sources=(_CANCELLED,),
        targets=(_DRAFT,),
        event="order.converted_to_draft",
        who="staff",
        owner_only=True,
        conditions=("cancelled_by_expiry", "no_live_payment"),
        label="Convert to draft",
        note="Only an offer that ran out can come back.",
    ),
    Edge(
        verb="request_cancellation",
        sources=(
            _PENDING,
            _RESUBMITTED,
            OrderStatus.AWAITING_CUSTOMER_APPROVAL,
            _APPROVED,
            _SCHEDULED,
            _ACTIVATED,
            _ERRORS,
        ),
        targets=(_ASKED,),
        event="order.cancellation_requested",
        who="staff",
        owner_only=True,
        label="Request cancellation",
        dangerous=True,
        note="With a reason; remembers where it was.",
    ),
    Edge(
        verb="refuse_cancellation",
        sources=(_ASKED,),
        targets=(RETURN,),
        event="order.cancellation_refused",
        who="staff",
        grant=Grant.ORDERS_MANAGE,
        label="Refuse cancellation",
        note="Back to where it was.",
    ),
)

_KEEPING = (
    Edge(
        verb="archive",
        sources=(_DRAFT,),
        targets=(_ARCHIVED,),
        event="order.archived",
        who="staff",
        owner_only=True,
        conditions=("no_live_payment",),
        label="Archive",
        note="Hidden from lists and from the customer.",
    ),
    Edge(
        verb="archive",
        sources=(_DECLINED, _CANCELLED, _ACTIVATED, _ERRORS),
        targets=(_ARCHIVED,),
        event="order.archived",
        who="staff",
        grant=Grant.ORDERS_MANAGE,
        conditions=("no_live_payment",),
        label="Archive",
        note="What was sold or refused is put away by whoever manages orders.",
    ),
    Edge(
        verb="unarchive",
        sources=(_ARCHIVED,),
        targets=(RETURN,),
        event="order.unarchived",
        who="staff",
        owner_only=True,
        conditions=("draft_or_managed",),
        label="Unarchive",
        note="Back to where it was.",
    ),
    Edge(
        verb="duplicate",
        sources=_ANY,
        targets=(SAME,),
        event="order.duplicated",
        who="staff",
        grant=Grant.ORDERS_CREATE,
        label="Duplicate",
        note="A new draft with the lines and notes; never payments, signatures or dates in the past.",
    ),
    Edge(
        verb="reassign",
        sources=_ANY,
        targets=(SAME,),
        event="order.reassigned",
        who="staff",
        grant=Grant.ORDERS_MANAGE,
        label="Reassign",
        note="Another member owns it.",
    ),
)

ORDER = StateTable(
    noun="order",
    labels=ORDER_LABELS,
    initial=OrderStatus.DRAFT,
    edges=(*_SUBMITTING, *_REVIEWING, *_PAYING_EDGES, *_ACTIVATING, *_CHANGING_COURSE, *_KEEPING),
)


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What the rules need to know of an order; `due_minor` is what submitting it would charge now."""

    status: str
    decline_cause: str | None = None
    cancel_cause: str | None = None
    previous_status: str | None = None
    owner_id: str | None = None
    declined_before: bool = False
    debt_on_invoice: bool = False
    live_payment: bool = False
    clearing: bool = False
    line_count: int = 0
    due_minor: int = 0


def target_status(verb: str, order: OrderFacts, *, starts_later: bool = False) -> str:
    """Where a verb leads from here, by the facts: the target to hand to the move.

    `starts_later` says, for `activate`, that the contract start date is still to come. What depends on the lines'
    outcomes (`finish_activation`, `ignore_errors`) is decided by `activation_states`, not here.
    Raises `Refused` when the table does not allow the verb from this status.
    """
    targets = ORDER.targets(verb, order.status)
    match verb:
        case "submit_with_payment":
            wanted: str | None = _PAYING if order.due_minor else _PROCESSING
        case "submit_to_admin":
            wanted = _RESUBMITTED if order.declined_before else _PENDING
        case "activate":
            wanted = _SCHEDULED if starts_later else _PROCESSING
        case _:
            wanted = targets[0] if len(targets) == 1 else order.previous_status
    ORDER.check(verb, order.status, wanted or "")
    return str(wanted)

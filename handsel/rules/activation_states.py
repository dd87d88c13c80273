"""The life of one activation (one line, one product), and what an order's activations mean for the order."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from handsel.rules.grants import Grant
from handsel.rules.order_status import OrderStatus
from handsel.rules.states import Edge, StateTable


class ActivationStatus(StrEnum):
    SCHEDULED = "scheduled"
    PENDING = "pending"
    ACTIVATED = "activated"
    ERRORED = "errored"
    ERRORS_IGNORED = "errors_ignored"
    CANCELLED = "cancelled"
    DEACTIVATED = "deactivated"


ACTIVATION = StateTable(
    noun="activation",
    labels={
        ActivationStatus.SCHEDULED: "Scheduled",
        ActivationStatus.PENDING: "Pending",
        ActivationStatus.ACTIVATED: "Activated",
        ActivationStatus.ERRORED: "Error",
        ActivationStatus.ERRORS_IGNORED: "Error ignored",
        ActivationStatus.CANCELLED: "Cancelled",
        ActivationStatus.DEACTIVATED: "Deactivated",
    },
    initial=ActivationStatus.PENDING,
    edges=(
        Edge(
            verb="start",
            sources=(ActivationStatus.SCHEDULED,),
            targets=(ActivationStatus.PENDING,),
            event="activation.started",
            who="clock",
            note="Its day began in the customer's time zone.",
        ),
        Edge(
            verb="finish",
            sources=(ActivationStatus.PENDING, ActivationStatus.ERRORED),
            targets=(ActivationStatus.ACTIVATED,),
            event="activation.activated",
            who="lines",
            note="The vendor said done, perhaps after we had given up, or there is no vendor to ask.",
        ),
        Edge(
            verb="fail",
            sources=(ActivationStatus.PENDING,),
            targets=(ActivationStatus.ERRORED,),
            event="activation.failed",
            who="lines",
            note="The vendor said no, or never answered.",
        ),
        Edge(
            verb="retry",
            sources=(ActivationStatus.ERRORED,),
            targets=(ActivationStatus.PENDING,),
            event="activation.retried",
            who="staff",
            grant=Grant.ORDERS_MANAGE,
            label="Retry",
            note="The vendor is told again, with the same activation id.",
        ),
        Edge(
            verb="ignore_errors",
            sources=(ActivationStatus.ERRORED,),
            targets=(ActivationStatus.ERRORS_IGNORED,),
            event="activation.errors_ignored",
            who="staff",
            grant=Grant.ORDERS_MANAGE,
            label="Ignore error",
            note="Bookkeeping only, nothing is activated.",
        ),
        Edge(
            verb="cancel",
            sources=(ActivationStatus.SCHEDULED, ActivationStatus.PENDING, ActivationStatus.ERRORED),
            targets=(ActivationStatus.CANCELLED,),
            event="activation.cancelled",
            who="lines",
            also=("staff",),
            grant=Grant.ORDERS_MANAGE,
            note="It will not be made available.",
        ),
        Edge(
            verb="deactivate",
            sources=(ActivationStatus.ACTIVATED, ActivationStatus.ERRORS_IGNORED),
            targets=(ActivationStatus.DEACTIVATED,),
            event="activation.deactivated",
            who="clock",
            also=("lines",),
            note="The service ended.",
        ),
    ),
)


def order_status_after(outcomes: Iterable[str]) -> OrderStatus | None:
    """What the order becomes (verb `finish_activation`) once its lines stand thus; None: it stays as it is.

    An error is shown at once. Otherwise the order waits for what is under way; then a later day makes it
    scheduled.
    """
    statuses = set(outcomes)
    if ActivationStatus.ERRORED in statuses:
        return OrderStatus.ACTIVATION_ERRORS
    if ActivationStatus.PENDING in statuses:
        return None
    if ActivationStatus.SCHEDULED in statuses:
        return OrderStatus.SCHEDULED
    return OrderStatus.ACTIVATED

"""The life of a subscription. A renewal leaves the status alone, so it needs no row."""

from __future__ import annotations

from enum import StrEnum

from handsel.rules.grants import Grant
from handsel.rules.states import Edge, StateTable


class SubscriptionStatus(StrEnum):
    SCHEDULED = "scheduled"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    ENDED = "ended"


_RUNNING = (SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE)

BILLED_SUBSCRIPTION_STATUSES: frozenset[SubscriptionStatus] = frozenset(_RUNNING)
"""Whose periods are invoiced when they begin. Past due goes on being billed until a policy says otherwise."""

SUBSCRIPTION = StateTable(
    noun="subscription",
    labels={
        SubscriptionStatus.SCHEDULED: "Scheduled",
        SubscriptionStatus.ACTIVE: "Active",
        SubscriptionStatus.PAST_DUE: "Past due",
        SubscriptionStatus.PAUSED: "Paused",
        SubscriptionStatus.CANCELLED: "Cancelled",
        SubscriptionStatus.ENDED: "Ended",
    },
    initial=SubscriptionStatus.SCHEDULED,
    edges=(
        Edge(
            verb="start",
            sources=(SubscriptionStatus.SCHEDULED,),
            targets=(SubscriptionStatus.ACTIVE,),
            event="subscription.started",
            who="clock",
            note="Its first day began in the customer's time zone.",
        ),
        Edge(
            verb="fall_past_due",
            sources=(SubscriptionStatus.ACTIVE,),
            targets=(SubscriptionStatus.PAST_DUE,),
            event="subscription.fell_past_due",
            who="gateway",
            also=("clock",),
            note="A renewal was not paid.",
        ),
        Edge(
            verb="recover",
            sources=(SubscriptionStatus.PAST_DUE,),
            targets=(SubscriptionStatus.ACTIVE,),
            event="subscription.recovered",
            who="gateway",
            note="The last open renewal was paid.",
        ),
        Edge(
            verb="cancel",
            sources=(SubscriptionStatus.SCHEDULED, *_RUNNING, SubscriptionStatus.PAUSED),
            targets=(SubscriptionStatus.CANCELLED,),
            event="subscription.cancelled",
            who="staff",
            also=("clock", "lines"),
            grant=Grant.BILLING_MANAGE,
            label="Cancel subscription",
            dangerous=True,
            note="No period is billed any more.",
        ),
        Edge(
            verb="end",
            sources=_RUNNING,
            targets=(SubscriptionStatus.ENDED,),
            event="subscription.ended",
            who="clock",
            note="The last period of its term is over.",
        ),
    ),
)

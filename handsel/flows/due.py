"""What is due, over all partners: (partner, row) pairs for the worker, oldest first.

Dates of business (renewals, activations) are compared with each partner's own time, which in test mode may run ahead;
dates of the machinery (looks, retries, mail) with the real one.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from django.utils.timezone import now as real_now

from handsel.database.tenancy import across_partners
from handsel.models import (
    Activation,
    ClockAdvance,
    GatewayEvent,
    Mail,
    MailCursor,
    Offer,
    Partner,
    Payment,
    Refund,
    Subscription,
    UnsealedEvent,
)
from handsel.rules.offers import ClosedAs
from handsel.rules.order_status import OrderStatus
from handsel.rules.subscription_states import BILLED_SUBSCRIPTION_STATUSES, SubscriptionStatus

EXPIRING = (OrderStatus.AWAITING_CUSTOMER_APPROVAL, OrderStatus.DECLINED)

BATCH = 5_000
"""More than could ever fail at once, so that rows that fail, and stay the oldest, do not keep the others waiting."""

CLOCK_RESUMED_AFTER = dt.timedelta(seconds=60)
Pair = tuple[uuid.UUID, uuid.UUID]


def payments_to_look_at() -> list[Pair]:
    return _by_real_time(Payment, "next_look_at")


def refunds_to_drive() -> list[Pair]:
    return _by_real_time(Refund, "next_attempt_at")


def gateway_events_to_apply() -> list[Pair]:
    return _by_real_time(GatewayEvent, "next_attempt_at")


def mails_to_send() -> list[Pair]:
    return _by_real_time(Mail, "next_attempt_at")


def offers_to_certify() -> list[Pair]:
    """Those that were signed and accepted, and whose signed documents are not made yet."""
    with across_partners("offers to certify"):
        signed = Offer.objects.filter(closed_as=ClosedAs.APPROVED, certified_at=None).order_by("closed_at")
        return list(signed.values_list("partner_id", "id")[:BATCH])


def partners_with_unsealed_events() -> list[uuid.UUID]:
    with across_partners("sealing"):
        return list(UnsealedEvent.objects.values_list("partner_id", flat=True).distinct()[:BATCH])


def partners_with_unread_seals() -> list[uuid.UUID]:
    """Those whose chain is longer than what mails were made from."""
    with across_partners("making mails"):
        behind = MailCursor.objects.raw(
            "SELECT c.* FROM mail_cursors c WHERE c.position < "
            "(SELECT position FROM seals s WHERE s.partner_id = c.partner_id ORDER BY position DESC LIMIT 1)"
        )
        return [cursor.partner_id for cursor in behind]


def clock_advances_to_resume() -> list[Pair]:
    """Moves of a test clock that are not finished: who began them may be gone."""
    with across_partners("resuming moves of clocks"):
        begun = ClockAdvance.objects.filter(finished_at=None, started_at__lte=real_now() - CLOCK_RESUMED_AFTER)
        return list(begun.values_list("partner_id", "id"))


def activations_to_start(partner: Partner | None = None) -> list[Pair]:
    return _by_partner_time(Activation.objects.all, "next_attempt_at", "id", partner)


def subscriptions_to_start(partner: Partner | None = None) -> list[Pair]:
    def scheduled() -> Any:
        return Subscription.objects.filter(status=SubscriptionStatus.SCHEDULED)

    return _by_partner_time(scheduled, "starts_at", "id", partner)


def offers_to_expire(partner: Partner | None = None) -> list[Pair]:
    """Open offers whose time is over, of orders that wait for their customer or that the bank declined."""

    def unanswered() -> Any:
        return Offer.objects.filter(closed_at=None, order__status__in=EXPIRING)

    return _by_partner_time(unanswered, "expires_at", "id", partner)


def customers_to_renew(partner: Partner | None = None) -> list[Pair]:
    """(partner, customer) pairs with at least one subscription whose period is over."""

    def billed() -> Any:
        return Subscription.objects.filter(status__in=BILLED_SUBSCRIPTION_STATUSES)

    return list(dict.fromkeys(_by_partner_time(billed, "renews_at", "customer_id", partner)))


def _by_real_time(model: Any, column: str) -> list[Pair]:
    with across_partners(f"due {model._meta.db_table}"):
        due = model.objects.filter(**{f"{column}__lte": real_now()}).order_by(column)
        return list(due.values_list("partner_id", "id")[:BATCH])


def _by_partner_time(rows: Callable[[], Any], column: str, wanted: str, partner: Partner | None) -> list[Pair]:
    """Partners in real time share one query on the index; each other clock has one of its own."""
    with across_partners(f"due by {column}"):
        offsets = _offsets(partner)
        found: list[Pair] = []
        for offset in offsets:
            due = rows().filter(
                partner__clock_offset_seconds=offset, **{f"{column}__lte": real_now() + dt.timedelta(seconds=offset)}
            )
            if partner is not None:
                due = due.filter(partner_id=partner.id)
            found += due.order_by(column).values_list("partner_id", wanted)[:BATCH]
        return found


def _offsets(partner: Partner | None) -> Iterable[int]:
    if partner is not None:
        return [partner.clock_offset_seconds]
    return list(Partner.objects.values_list("clock_offset_seconds", flat=True).distinct())

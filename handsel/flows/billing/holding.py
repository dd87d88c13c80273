"""A line that does not work does not bill (DOMAIN.md section 5): its subscription is held when a period would begin,
and bills again once the line is activated after all.

What passed in between is not billed afterwards: nobody had the product. Billing goes on with the period that begins on
the day of the activation or next after it, on the anchor as before; a term ends on the day it was to end.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from handsel.flows.work import Work
from handsel.models import Activation, Subscription
from handsel.rules.activation_states import ActivationStatus
from handsel.rules.periods import Interval, index_of, instant, local_date, period_start
from handsel.rules.subscription_states import BILLED_SUBSCRIPTION_STATUSES

_BILLED = (ActivationStatus.ACTIVATED, ActivationStatus.PENDING, ActivationStatus.SCHEDULED)


def hold_failed(work: Work, due: Sequence[Subscription]) -> list[Subscription]:
    """Of these due subscriptions, locked, those that bill; the others lose their date until their line works."""
    lines = [subscription.line_id for subscription in due]
    works = set(Activation.objects.filter(line_id__in=lines, status__in=_BILLED).values_list("line_id", flat=True))
    held = [subscription for subscription in due if subscription.line_id not in works]
    for subscription in held:
        subscription.renews_at = None
        work.record("subscription.billing_held", subscription, changes={"line": str(subscription.line_id)})
    Subscription.objects.bulk_update(held, ["renews_at"])
    return [subscription for subscription in due if subscription.line_id in works]


def resume_billing(work: Work, line_id: uuid.UUID, timezone: str) -> None:
    """The line works now: a subscription of it that was held gets its next date."""
    held = Subscription.objects.select_for_update(no_key=True).filter(
        line_id=line_id, renews_at=None, status__in=BILLED_SUBSCRIPTION_STATUSES
    )
    for subscription in held:
        interval = Interval(subscription.interval, subscription.interval_count)
        today = local_date(work.now, timezone)
        index = index_of(subscription.anchor_on, interval, today)
        if period_start(subscription.anchor_on, interval, index) < today:
            index += 1
        if subscription.periods is not None:
            index = min(index, subscription.periods)
        skipped, subscription.periods_billed = index - subscription.periods_billed, index
        next_on = period_start(subscription.anchor_on, interval, index)
        subscription.renews_at = instant(next_on, timezone)
        subscription.save(update_fields=["periods_billed", "renews_at"])
        changes = {"from": next_on.isoformat(), "skipped": skipped}
        work.record("subscription.billing_resumed", subscription, changes=changes)

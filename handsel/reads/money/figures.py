"""The home page's figures: what was collected, declined and recovered by month, and what renews each month.

In one currency, the partner's own; amounts of other currencies do not add up with it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Q, Sum
from django.db.models.functions import TruncMonth

from handsel.models import Partner, Payment, Subscription
from handsel.models.people import now_of
from handsel.rules.money import round_half_up
from handsel.rules.payment_states import PaymentStatus
from handsel.rules.periods import instant, local_date
from handsel.rules.subscription_states import BILLED_SUBSCRIPTION_STATUSES

MONTHS = 12
_A_YEAR_HAS: dict[str, Fraction] = {
    "day": Fraction(36525, 100),
    "week": Fraction(36525, 700),
    "month": Fraction(12),
    "year": Fraction(1),
}


@dataclass(frozen=True, slots=True)
class Figures:
    """Amounts in minor units of `currency`, one for each of `months` (their first days), the current one last."""

    currency: str
    months: list[dt.date]
    collected: list[int]
    declined: list[int]
    recovered: list[int]
    recurring: list[int]
    subscriptions: int


def figures(partner: Partner) -> Figures:
    """Three statements over the last twelve months."""
    months = _months(local_date(now_of(partner), partner.timezone))
    collected, declined, recovered = _payments(partner, months)
    recurring, running = _recurring(partner, months)
    return Figures(partner.currency, months, collected, declined, recovered, recurring, running)


def _months(today: dt.date) -> list[dt.date]:
    last = today.year * 12 + today.month - 1
    return [dt.date(index // 12, index % 12 + 1, 1) for index in range(last - MONTHS + 1, last + 1)]


def _payments(partner: Partner, months: list[dt.date]) -> tuple[list[int], list[int], list[int]]:
    refused = Payment.objects.filter(debt_id=OuterRef("debt_id"), status=PaymentStatus.DECLINED, id__lt=OuterRef("id"))
    settled = Payment.objects.filter(
        status__in=(PaymentStatus.SUCCEEDED, PaymentStatus.DECLINED),
        settled_at__gte=instant(months[0], partner.timezone),
        currency=partner.currency,
    )
    sums = (
        settled.annotate(month=TruncMonth("settled_at", tzinfo=ZoneInfo(partner.timezone)), was_refused=Exists(refused))
        .order_by()
        .values_list("month", "status", "was_refused")
        .annotate(captured=Sum("captured_minor"), asked=Sum("amount_minor"))
    )
    collected: defaultdict[dt.date, int] = defaultdict(int)
    declined: defaultdict[dt.date, int] = defaultdict(int)
    recovered: defaultdict[dt.date, int] = defaultdict(int)
    for month, status, was_refused, captured, asked in sums:
        day = month.date()
        if status == PaymentStatus.DECLINED:
            # A debt that is refused twice is still one debt: only its first refusal counts.
            declined[day] += 0 if was_refused else asked
        else:
            collected[day] += captured
            recovered[day] += captured if was_refused else 0
    return (
        [collected[month] for month in months],
        [declined[month] for month in months],
        [recovered[month] for month in months],
    )


def _recurring(partner: Partner, months: list[dt.date]) -> tuple[list[int], int]:
    """What one month of all running subscriptions is worth at each month's end (now, for the current one)."""
    ends = [instant(month, partner.timezone) for month in months[1:]] + [now_of(partner)]
    running = Q(status__in=sorted(BILLED_SUBSCRIPTION_STATUSES)) | Q(ended_at__gte=ends[0])
    rows = (
        Subscription.objects.filter(running, currency=partner.currency)
        .order_by()
        .values_list("starts_at", "ended_at", "interval", "interval_count", "discount_percent")
        .annotate(gross=Sum(F("quantity") * F("unit_price_minor")), off=Sum("discount_amount_minor"))
    )
    worth = [Fraction(0)] * len(ends)
    for starts_at, ended_at, interval, count, percent, gross, off in rows:
        net = Fraction(gross) * (100 - Fraction(percent or 0)) / 100 - (off or 0)
        monthly = net * _A_YEAR_HAS[interval] / (12 * count)
        for index, end in enumerate(ends):
            if starts_at <= end and (ended_at is None or ended_at > end):
                worth[index] += monthly
    count_now = Subscription.objects.filter(
        status__in=sorted(BILLED_SUBSCRIPTION_STATUSES), currency=partner.currency
    ).count()
    return [round_half_up(value) for value in worth], count_now

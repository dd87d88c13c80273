"""What is billed again and again."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery

from handsel.models import BillingSettings, Partner, PaymentMethod, Subscription
from handsel.reads.filters import created_between
from handsel.reads.paging import DEFAULT_LIMIT, Page, page
from handsel.reads.visibility import visible_subscriptions
from handsel.rules.errors import NotFound
from handsel.rules.permissions import Actor
from handsel.rules.subscription_states import SubscriptionStatus


@dataclass(frozen=True, slots=True)
class SubscriptionFilters:
    statuses: tuple[str, ...] = ()
    customer_id: uuid.UUID | None = None
    order_id: uuid.UUID | None = None
    created_from: dt.datetime | None = None
    created_until: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class SubscriptionView:
    """A subscription and the method its next renewal will be charged to: its own, else the customer's default."""

    subscription: Subscription
    method: PaymentMethod | None

    @property
    def next_renewal(self) -> dt.datetime | None:
        """When the next period begins and is billed; None when it bills no more."""
        ended = self.subscription.status in (SubscriptionStatus.CANCELLED, SubscriptionStatus.ENDED)
        return None if ended else self.subscription.renews_at


def list_subscriptions(
    partner: Partner,
    actor: Actor,
    filters: SubscriptionFilters = SubscriptionFilters(),
    *,
    after: uuid.UUID | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[SubscriptionView]:
    """One page of the subscriptions this actor may see, newest first: two statements."""
    rows = visible_subscriptions(actor)
    if filters.statuses:
        rows = rows.filter(status__in=filters.statuses)
    if filters.customer_id is not None:
        rows = rows.filter(customer_id=filters.customer_id)
    if filters.order_id is not None:
        rows = rows.filter(order_id=filters.order_id)
    rows = created_between(rows, filters.created_from, filters.created_until)
    found = page(_whole(rows), after, limit)
    return Page(views_of(found.rows), found.has_more, found.next_id)


def subscription_view(partner: Partner, actor: Actor, subscription_id: uuid.UUID) -> SubscriptionView:
    """Two statements. Raises NotFound, also where it was sold by an order this actor may not see."""
    subscription = _whole(visible_subscriptions(actor)).filter(id=subscription_id).first()
    if subscription is None:
        raise NotFound("not_found", "There is no such subscription.")
    return views_of([subscription])[0]


def subscriptions_of(partner: Partner, order_id: uuid.UUID) -> list[SubscriptionView]:
    """What an order set up; whoever asks has been let see the order."""
    return views_of(list(_whole(Subscription.objects.filter(order_id=order_id)).order_by("id")))


def views_of(subscriptions: list[Subscription]) -> list[SubscriptionView]:
    """The subscriptions with their methods: one statement, none where no method is known."""
    charged = {row.id: row.payment_method_id or getattr(row, "default_method_id", None) for row in subscriptions}
    wanted = {method_id for method_id in charged.values() if method_id is not None}
    methods = PaymentMethod.objects.in_bulk(wanted) if wanted else {}
    return [SubscriptionView(row, methods.get(charged[row.id])) for row in subscriptions]


def _whole(rows: QuerySet[Subscription]) -> QuerySet[Subscription]:
    settings = BillingSettings.objects.filter(customer_id=OuterRef("customer_id"))
    default = Subquery(settings.values("default_payment_method_id")[:1])
    return rows.select_related("customer", "product", "line", "order").annotate(default_method_id=default)

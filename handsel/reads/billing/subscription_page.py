"""A subscription's page: what it bills, when again, how much that will be, and what it billed so far."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from handsel.flows.sales.pricing import line_input, tax_rules_for
from handsel.models import Invoice, InvoiceLine, Partner
from handsel.reads.billing.subscriptions import SubscriptionView, subscription_view
from handsel.reads.visibility import visible_invoices
from handsel.rules.permissions import Actor
from handsel.rules.pricing import price_period

SHOWN = 24


@dataclass(frozen=True, slots=True)
class SubscriptionPage:
    """`next_minor` is what the next renewal will cost with today's taxes; None when it bills no more."""

    view: SubscriptionView
    next_minor: int | None
    invoices: list[Invoice]


def subscription_page(partner: Partner, actor: Actor, subscription_id: uuid.UUID) -> SubscriptionPage:
    """Four statements. Raises NotFound."""
    view = subscription_view(partner, actor, subscription_id)
    billed = InvoiceLine.objects.filter(subscription_id=subscription_id).values("invoice_id")
    invoices = visible_invoices(actor).filter(id__in=billed).order_by("-id")[:SHOWN]
    return SubscriptionPage(view, _next_minor(view), list(invoices))


def _next_minor(view: SubscriptionView) -> int | None:
    row = view.subscription
    term_is_over = row.periods is not None and row.periods_billed >= row.periods
    if view.next_renewal is None or term_is_over:
        return None
    priced = price_period(
        line_input(
            quantity=row.quantity,
            unit_price_minor=row.unit_price_minor,
            discount_percent=row.discount_percent,
            discount_amount_minor=row.discount_amount_minor,
            discount_periods=row.discount_periods,
            recurring=True,
            periods=row.periods,
            trial_days=0,
            rules=tax_rules_for(row.customer),
            customer_exempt=row.customer.tax_exempt,
            product_exempt=row.product.tax_exempt,
        ),
        row.periods_billed + 1,
    )
    return priced.total_minor

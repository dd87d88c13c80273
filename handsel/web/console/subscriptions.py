"""Subscriptions: the list and the page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from handsel.models import Customer, Subscription
from handsel.models.people import now_of
from handsel.reads.billing.subscription_page import subscription_page
from handsel.reads.billing.subscriptions import SubscriptionFilters, list_subscriptions
from handsel.reads.people.customer import customer_of
from handsel.reads.people.methods import is_expired
from handsel.rules.errors import NotFound
from handsel.rules.subscription_states import SUBSCRIPTION
from handsel.web.console.pages import address, after_of, one_of, paging, row_id
from handsel.web.guards import Desk, staff


@require_safe
@staff
def index(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The subscriptions this member may see, by status and customer."""
    status = one_of(request, "status", SUBSCRIPTION.labels)
    customer_id = row_id(Customer.prefix, request.GET["customer"]) if request.GET.get("customer") else None
    filters = SubscriptionFilters(statuses=(status,) if status else (), customer_id=customer_id)
    try:
        page = list_subscriptions(desk.partner, desk.actor, filters, after=after_of(request, Subscription.prefix))
    except NotFound:
        return redirect(address(request))
    context = {
        "rows": [
            (view, SUBSCRIPTION.labels[view.subscription.status], each_of(view.subscription)) for view in page.rows
        ],
        "paging": paging(request, page, Subscription.prefix),
        "chips": [
            ("All", address(request, status=None), not status),
            *((label, address(request, status=code), code == status) for code, label in SUBSCRIPTION.labels.items()),
        ],
        "customer": customer_of(desk.partner, customer_id) if customer_id else None,
        "without_customer_url": address(request, customer=None),
        "is_filtered": bool(status or customer_id),
        "all_url": request.path,
    }
    return render(request, "subscriptions/index.html", context)


@require_safe
@staff
def page(request: HttpRequest, desk: Desk, subscription: str) -> HttpResponse:
    found = subscription_page(desk.partner, desk.actor, row_id(Subscription.prefix, subscription))
    row, method = found.view.subscription, found.view.method
    context = {
        "page": found,
        "subscription": row,
        "status_label": SUBSCRIPTION.labels[row.status],
        "each": each_of(row),
        "method": method,
        "method_expired": method is not None and is_expired(method, now_of(desk.partner).date()),
        "crumbs": [{"label": "Subscriptions", "url": "/subscriptions"}, {"label": row.line.name}],
    }
    return render(request, "subscriptions/page.html", context)


def each_of(subscription: Subscription) -> str:
    """“each month”, “every 3 months”."""
    count, interval = subscription.interval_count, subscription.interval
    return f"each {interval}" if count == 1 else f"every {count} {interval}s"

"""Home: what needs attention, and how business goes."""

from __future__ import annotations

from babel.dates import format_date
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from handsel.reads.billing.invoices import InvoiceFilters, list_invoices
from handsel.reads.catalog.products import ProductFilters, list_products
from handsel.reads.money.attention import attention
from handsel.reads.money.figures import figures
from handsel.reads.people.customers import CustomerFilters, list_customers
from handsel.reads.sales.orders import OrderFilters, list_orders
from handsel.rules.permissions import Grant
from handsel.web.console.administration import missing_details
from handsel.web.console.pages import search_of
from handsel.web.context import reader_locale
from handsel.web.guards import Desk, staff

FOUND = 8


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    return redirect("home")


@require_safe
@staff
def page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What needs this member, the most urgent first; the figures follow by themselves."""
    context = {
        "needs": attention(desk.partner, desk.actor),
        "missing": missing_details(desk.partner) if desk.may(Grant.SETTINGS_MANAGE) else [],
        "may_see_figures": desk.may(Grant.REPORTS_VIEW),
        "may_create": desk.may(Grant.ORDERS_CREATE),
    }
    return render(request, "home/page.html", context)


@require_safe
@staff(grant=Grant.REPORTS_VIEW)
def figures_part(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The tiles and charts, a part of the home page."""
    found = figures(desk.partner)
    locale = reader_locale(request, desk.partner.locale)
    context = {
        "found": found,
        "labels": [format_date(month, "MMM", locale=locale) for month in found.months],
        "outcomes": [
            {"name": "Collected", "tone": "accent", "values": _without(found.collected, found.recovered)},
            {"name": "Recovered after a decline", "tone": "good", "values": found.recovered},
            {"name": "Declined", "tone": "bad", "values": found.declined},
        ],
        "recurring": [{"name": "Recurring revenue", "tone": "accent", "values": found.recurring}],
        "collected_now": found.collected[-1],
        "collected_before": found.collected[-2],
        "declined_now": found.declined[-1],
        "recovered_now": found.recovered[-1],
        "recurring_now": found.recurring[-1],
    }
    return render(request, "home/figures.html", context)


@require_safe
@staff
def search(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Orders, customers, products and invoices by the beginnings of their words, the newest of each."""
    q = search_of(request)
    context: dict[str, object] = {"q": q, "search_text": q}
    if q:
        orders = list_orders(desk.partner, desk.actor, OrderFilters(q=q), limit=FOUND)
        customers = list_customers(desk.partner, desk.actor, CustomerFilters(q=q), limit=FOUND)
        products = list_products(desk.partner, desk.actor, ProductFilters(q=q, sold="all"), limit=FOUND)
        invoices = list_invoices(desk.partner, desk.actor, InvoiceFilters(number=q.upper()), limit=FOUND)
        context |= {
            "orders": orders.rows,
            "customers": customers.rows,
            "products": products.rows,
            "invoices": invoices.rows,
            "nothing": not (orders.rows or customers.rows or products.rows or invoices.rows),
        }
    return render(request, "search/page.html", context)


def _without(whole: list[int], part: list[int]) -> list[int]:
    """A stacked bar shows the recovered part of what was collected on its own."""
    return [amount - taken for amount, taken in zip(whole, part, strict=True)]

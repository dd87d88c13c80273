"""The page ``/design``: every component with all its states, in test mode. What is not here does not exist."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from handsel.templatetags.icons import ICONS
from handsel.web.accent import accent_stylesheet

_COLOURS = ("paper", "surface", "ink", "accent", "good", "warn", "bad", "info")

_STATUSES = (
    ("draft", "Drafted"),
    ("pending", "Pending"),
    ("resubmitted", "Resubmitted"),
    ("awaiting_customer_approval", "Awaiting customer approval"),
    ("approved", "Approved"),
    ("processing_payment", "Processing payment"),
    ("processing", "Processing"),
    ("scheduled", "Scheduled activation"),
    ("activated", "Activated"),
    ("activation_errors", "Activation errors"),
    ("declined", "Declined"),
    ("cancellation_requested", "Cancellation request"),
    ("cancelled", "Cancelled"),
    ("archived", "Archived"),
)

_ORDERS = (
    ("O-1042", "Bright Dental Group", "Local SEO, Reputation management", "activated", "Activated", 124000),
    (
        "O-1041",
        "Cedar & Stone Landscaping of the Greater Willamette Valley",
        "Website build",
        "declined",
        "Declined",
        276012,
    ),
    (
        "O-1040",
        "Nordlicht Energieberatung",
        "Growth plan",
        "awaiting_customer_approval",
        "Awaiting customer approval",
        49900,
    ),
    ("O-1039", "Pico Coffee", "Reputation management", "processing_payment", "Processing payment", 12900),
    ("O-1038", "Harbor View Hotel", "Website care", "scheduled", "Scheduled activation", 8900),
)

_NAV = (
    ("Home", "home", 2),
    ("Orders", "orders", None),
    ("Customers", "customers", None),
    ("Products", "products", None),
    ("Subscriptions", "subscriptions", None),
    ("Invoices", "invoices", None),
    ("Events", "events", None),
    ("Administration", "administration", None),
)

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_COLLECTED = [412000, 455000, 431000, 520000, 561000, 602000, 588000, 640000, 655000, 702000, 748000, 391000]
_DECLINED = [31000, 28000, 42000, 26000, 39000, 51000, 30000, 44000, 38000, 29000, 52000, 27000]
_RECOVERED = [22000, 19000, 30000, 20000, 31000, 33000, 25000, 31000, 30000, 21000, 36000, 12000]
_RECURRING = [180000, 197000, 214000, 236000, 251000, 280000, 301000, 322000, 350000, 371000, 402000, 431000]


def design(request: HttpRequest, part: str = "components") -> HttpResponse:
    """The page, or one of its parts: ``public``, ``plain``, or an answer to one of its components.

    ``?theme=light`` or ``dark`` shows one theme whatever the system says. Raises Http404 for other parts.
    """
    shown = _PARTS.get(part)
    if shown is None:
        raise Http404
    return shown(request)


def _components(request: HttpRequest) -> HttpResponse:
    theme = request.GET.get("theme")
    context = specimens() | {"theme": theme if theme in ("light", "dark") else ""}
    return render(request, "design/index.html", context)


def _public(request: HttpRequest) -> HttpResponse:
    accent = quote(request.GET.get("accent", "0f6e6e"))
    return render(request, "design/public.html", specimens() | {"accent_url": f"/design/accent?accent={accent}"})


def _plain(request: HttpRequest) -> HttpResponse:
    return render(request, "design/plain.html", {"partner": None})


def _options(request: HttpRequest) -> HttpResponse:
    typed = request.GET.get("q", "").strip().lower()
    found = [order for order in _orders() if typed in order["customer"].lower()]
    return render(request, "design/options.html", {"options": found})


def _finished(request: HttpRequest) -> HttpResponse:
    return render(request, "design/finished.html")


def _accent(request: HttpRequest) -> HttpResponse:
    return HttpResponse(accent_stylesheet(request.GET.get("accent", "")), content_type="text/css")


_PARTS: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "components": _components,
    "public": _public,
    "plain": _plain,
    "options": _options,
    "finished": _finished,
    "accent": _accent,
}


def _orders() -> list[dict[str, Any]]:
    names = ("number", "customer", "products", "status", "label", "total_minor")
    return [dict(zip(names, order, strict=True)) for order in _ORDERS]


def specimens() -> dict[str, Any]:
    """What the page shows: a made-up agency, its orders and its year."""
    return {
        "partner": {"name": "Harbor Digital Agency"},
        "member": {"name": "Alice Moreau", "role": "admin"},
        "member_menu": [{"label": "Your account", "url": "#account", "icon": "user"}],
        "nav": [
            {"label": label, "url": f"#{icon}", "icon": icon, "count": count, "current": label == "Orders"}
            for label, icon, count in _NAV
        ],
        "test_mode": True,
        "test_clock_at": datetime(2026, 11, 22, 14, 2, tzinfo=UTC),
        "search_url": "#search",
        "options_url": "/design/options",
        "sign_out_url": "#sign-out",
        "crumbs": [{"label": "Orders", "url": "#orders"}, {"label": "O-1042"}],
        "icons": tuple(ICONS),
        "colours": _COLOURS,
        "statuses": _STATUSES,
        "orders": _orders(),
        "at": datetime(2026, 11, 22, 14, 2, tzinfo=UTC),
        "months": _MONTHS,
        "countries": [("US", "United States"), ("AT", "Austria"), ("JP", "Japan")],
        "collected": [
            {"name": "Collected", "tone": "accent", "values": _COLLECTED},
            {"name": "Recovered", "tone": "good", "values": _RECOVERED},
            {"name": "Declined", "tone": "bad", "values": _DECLINED},
        ],
        "recurring": [{"name": "Recurring revenue", "tone": "accent", "values": _RECURRING}],
    }

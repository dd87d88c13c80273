"""What every page's frame shows: whose desk it is, where one may go, and in test mode what the clock says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from babel import Locale, UnknownLocaleError
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from handsel.models import Partner
from handsel.models.people import now_of
from handsel.rules.permissions import ROLE_LABELS, Actor, Grant, Role
from handsel.web.guards import Desk

DEFAULT_LOCALE = "en_US"


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the main navigation; shown to whoever holds one of `grants`, to everybody where none is named."""

    label: str
    url_name: str
    icon: str
    grants: tuple[Grant, ...] = ()


PLACES = (
    Place("Home", "home", "home"),
    Place("Orders", "orders", "orders"),
    Place("Customers", "customers", "customers"),
    Place("Products", "products", "products"),
    Place("Subscriptions", "subscriptions", "subscriptions"),
    Place("Invoices", "invoices", "invoices"),
    Place("Events", "events", "events"),
    Place(
        "Administration",
        "administration",
        "administration",
        (Grant.SETTINGS_MANAGE, Grant.MEMBERS_MANAGE, Grant.CATALOG_MANAGE),
    ),
)


def shell(request: HttpRequest) -> dict[str, Any]:
    """The frame's context. It asks the database nothing: what it needs, the guard left on the request; a page that no
    guard let somebody into (sign-in, a customer's link, a refusal) has no navigation."""
    desk: Desk | None = getattr(request, "desk", None)
    if desk is None:
        return {"locale": reader_locale(request, DEFAULT_LOCALE)}
    return {
        "partner": desk.partner,
        "partner_logo_url": reverse("logo", args=[desk.partner.logo_sha256]) if desk.partner.logo_sha256 else "",
        "member": {"name": desk.actor.label, "role": ROLE_LABELS[Role(desk.member.role)]},
        "member_menu": [{"label": "Your account", "url": reverse("account"), "icon": "user"}],
        "nav": navigation(request.path, desk.actor),
        "home_url": reverse("home"),
        "search_url": _address("search"),
        "sign_out_url": reverse("account_logout"),
        "locale": reader_locale(request, desk.partner.locale),
        "time_zone": desk.partner.timezone,
        **_test_mode(desk.partner, desk.actor),
    }


def navigation(path: str, actor: Actor) -> list[dict[str, Any]]:
    """The entries that this actor may open, with the one that the address lies under marked."""
    found = []
    for place in PLACES:
        url = _address(place.url_name)
        if url and (not place.grants or any(actor.may(grant) for grant in place.grants)):
            current = path == url or path.startswith(f"{url}/")
            found.append({"label": place.label, "url": url, "icon": place.icon, "current": current})
    return found


def reader_locale(request: HttpRequest, otherwise: str) -> str:
    """How dates and amounts are written: as the browser asks where it asks for English, which the pages are written
    in, else as the partner does. Numbers in one language's habit amid words of another would be misread."""
    asked = request.headers.get("Accept-Language", "").split(",")
    for name in (*(part.partition(";")[0].strip() for part in asked), otherwise):
        try:
            locale = Locale.parse(name.replace("-", "_"))
        except (UnknownLocaleError, ValueError, TypeError):
            continue
        if locale.language == "en" and locale.territory:
            return str(locale)
    return DEFAULT_LOCALE


def _test_mode(partner: Partner, actor: Actor) -> dict[str, Any]:
    if not partner.is_test:
        return {"test_mode": False}
    return {
        "test_mode": True,
        "clock_offset_seconds": partner.clock_offset_seconds,
        "test_clock_at": now_of(partner),
        "test_clock_url": reverse("test_clock") if actor.may(Grant.SETTINGS_MANAGE) else "",
    }


def _address(url_name: str) -> str:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""

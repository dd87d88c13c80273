"""The order's page, put together: one way for all tabs, for the page itself and for the parts that htmx asks for."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django_htmx.http import trigger_client_event

from handsel.database.ids import parse
from handsel.models import Order, OrderLine, PaymentMethod
from handsel.reads.billing.subscriptions import SubscriptionView
from handsel.reads.people.methods import MethodOnFile
from handsel.reads.sales.order_page import OrderPage, expires_soon, order_page
from handsel.rules.periods import local_date
from handsel.templatetags.handsel_components import brand_name
from handsel.templatetags.handsel_format import card
from handsel.web.console.once import new_word
from handsel.web.console.orders.buttons import buttons_of
from handsel.web.console.orders.draft_form import DraftForm
from handsel.web.console.orders.story import story_of
from handsel.web.context import DEFAULT_LOCALE, reader_locale
from handsel.web.guards import Desk

TABS = ("details", "approval", "payment", "activation", "history")


def order_id_from(text: str) -> uuid.UUID:
    """The id in the address. Raises Http404 for one that is none."""
    return id_from(Order.prefix, text)


def id_from(prefix: str, text: str) -> uuid.UUID:
    found = parse(prefix, text)
    if found is None:
        raise Http404
    return found


def version_from(request: HttpRequest) -> int | None:
    """The version that the page showed; a page without one is no page of ours, and acts on none."""
    typed = request.POST.get("version", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


def is_part(request: HttpRequest) -> bool:
    """Whether htmx wants a part; going back through the history wants the whole page."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-History-Restore-Request") != "true"


def show_order(request: HttpRequest, desk: Desk, page: OrderPage, tab: str = "details", **more: Any) -> HttpResponse:
    """The whole page, or what stands in its middle. Inside `reading`."""
    context = page_context(request, desk, page, tab, **more)
    template = "orders/_order.html" if is_part(request) else "orders/order.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def show_outcome(
    request: HttpRequest, desk: Desk, order_id: uuid.UUID, toast: str = "", *, tone: str = "good"
) -> HttpResponse:
    """The order after something was done to it, in place of what was there; dialogs close. Inside `reading`."""
    page = order_page(desk.partner, desk.actor, order_id)
    response = render(request, "orders/_order.html", page_context(request, desk, page, just_now=True, done=True))
    response["HX-Retarget"], response["HX-Reswap"] = "#order", "innerHTML show:top"
    response["HX-Push-Url"] = reverse("order", args=[page.order.shown_id])
    trigger_client_event(response, "closeDialogs")
    if toast:
        trigger_client_event(response, "toast", {"text": toast, "tone": tone})
    return response


def page_context(
    request: HttpRequest,
    desk: Desk,
    page: OrderPage,
    tab: str = "details",
    *,
    just_now: bool = False,
    form: DraftForm | None = None,
    **more: Any,
) -> dict[str, Any]:
    """What `orders/_order.html` and its parts read."""
    view, order = page.view, page.order
    locale = reader_locale(request, desk.partner.locale or DEFAULT_LOCALE)
    form = form or DraftForm(order, view.lines, view.tags)
    return {
        "page": page,
        "order": order,
        "customer": order.customer,
        "view": view,
        "tab": tab,
        "tabs": _tabs(page, tab),
        "crumbs": [{"label": "Orders", "url": reverse("orders")}, {"label": order.number}],
        "buttons": buttons_of(page, locale),
        "story": story_of(page, just_now=just_now, retries=desk.partner.settings().customers_can_retry_declined),
        "seen": seen_of(page),
        "editing": view.may_edit and tab == "details",
        "form": form,
        "rows": form.rows() if view.may_edit else [],
        "methods": methods_shown(page),
        "billing_words": billing_words(page),
        "paid_with": page.paid_with,
        "contact_choices": [(each.shown_id, f"{each.name}, {each.email}") for each in page.contacts],
        "method_choices": [(each.method.shown_id, method_text(each)) for each in view.methods],
        "subscriptions": [(each.subscription, _renews_on(each, order)) for each in view.subscriptions],
        "once": new_word(),
        "taxes": taxes_of(view.lines),
        "errors_json": json.dumps(form.errors),
        "zone": desk.partner.timezone,
        "today": page.today,
        **more,
    }


def seen_of(page: OrderPage) -> str:
    """What an open page shows of what goes on by itself: it asks with this whether there is anything new."""
    live, sent = page.view.live_payment, page.view.offer
    seen = f"{page.order.version}-{live.payment.status if live else ''}"
    if sent is None:
        return seen
    offer = sent.offer
    steps = (offer.opened_at, offer.viewed_at, sent.signature, offer.locked_at)
    marks = "".join("1" if step else "0" for step in steps)
    return f"{seen}-{offer.sends}.{marks}.{len(sent.documents)}.{len(page.messages)}"


def _renews_on(view: SubscriptionView, order: Order) -> dt.date | None:
    """The customer's day on which the next period begins."""
    return local_date(view.next_renewal, order.customer.timezone) if view.next_renewal else None


def _tabs(page: OrderPage, current: str) -> list[dict[str, Any]]:
    counts = {
        "approval": len(page.view.offers) or "",
        "payment": len(page.view.payments) or "",
        "activation": len(page.activations) or "",
    }
    return [
        {
            "label": name.capitalize(),
            "url": reverse("order" if name == "details" else f"order_{name}", args=[page.order.shown_id]),
            "count": counts.get(name, ""),
            "current": name == current,
        }
        for name in TABS
    ]


def methods_shown(page: OrderPage) -> list[dict[str, Any]]:
    """The methods on file with what is worth knowing about each."""
    return [
        {
            "on_file": each,
            "method": each.method,
            "soon": not each.is_expired and expires_soon(each.method, page.today),
            "expiry": expiry(each.method),
            "chosen": each.method.id == page.order.billing_method_id,
        }
        for each in page.view.methods
    ]


def expiry(method: PaymentMethod) -> str:
    """As it is printed on the card: 04/2029."""
    return f"{method.exp_month:02}/{method.exp_year}" if method.exp_month and method.exp_year else ""


def method_text(on_file: MethodOnFile) -> str:
    """A method in the words of a list of choices."""
    method = on_file.method
    default = " (expired)" if on_file.is_expired else " (default)" if on_file.is_default else ""
    return f"{brand_name(method.brand)} {card(method.last4)}, {expiry(method)}{default}"


def billing_words(page: OrderPage) -> dict[str, str]:
    """Whether this order's billing recipient and method become the customer's default, and why (DOMAIN.md 3.4)."""
    name = page.order.customer.name
    recipient, chosen = page.default_recipient, page.order.billing_recipient
    if recipient is not None:
        said = f"{name}'s billing recipient stays {recipient.email}, since one was set before."
    elif chosen is not None:
        said = f"{chosen.email} becomes {name}'s billing recipient when this order is paid, since none is set."
    else:
        said = f"{name} has no billing recipient yet, and this order names none."
    default = page.default_method
    if default is not None:
        method_name = f"{brand_name(default.method.brand)} {card(default.method.last4)}"
        paid = f"{name}'s default stays {method_name}, since one was set before."
    else:
        paid = f"The method that pays this order becomes {name}'s default, since none is set, if it is kept."
    return {"recipient": said, "method": paid}


def taxes_of(lines: Sequence[OrderLine]) -> list[dict[str, Any]]:
    """What is due in each tax over all lines: name, percentage, sum in minor units."""
    sums: dict[tuple[str, str, bool], int] = {}
    for line in lines:
        for tax in line.taxes:
            if tax["amount_minor"]:
                key = (tax["name"], tax["percent"], tax["inclusive"])
                sums[key] = sums.get(key, 0) + tax["amount_minor"]
    return [
        {"name": name, "percent": percent, "inclusive": inclusive, "amount_minor": amount}
        for (name, percent, inclusive), amount in sums.items()
    ]

"""An order's page: four tabs with an address each, and what an open page asks while an outcome is awaited."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from handsel.models import Subscription
from handsel.reads.history.events import HistoryEntry
from handsel.reads.money.refunds import may_approve, may_refuse
from handsel.reads.paging import MAX_LIMIT
from handsel.reads.sales.order import history_of
from handsel.reads.sales.order_page import OrderPage, order_page
from handsel.rules.activation_states import ACTIVATION, ActivationStatus
from handsel.rules.payment_states import PAYMENT
from handsel.rules.permissions import Grant
from handsel.web.console.event_words import SOURCE_WORDS, words
from handsel.web.console.orders.approval import approval_context
from handsel.web.console.orders.page import id_from, order_id_from, page_context, seen_of, show_order
from handsel.web.guards import Desk, staff


@require_GET
@staff
def details(request: HttpRequest, desk: Desk, order_id: str) -> HttpResponse:
    """DETAILS: the editor while the order can be edited, else what was agreed."""
    return show_order(request, desk, order_page(desk.partner, desk.actor, order_id_from(order_id)))


@require_GET
@staff
def payment(request: HttpRequest, desk: Desk, order_id: str) -> HttpResponse:
    """PAYMENT: every attempt, with its decline in the words for each reader."""
    page = order_page(desk.partner, desk.actor, order_id_from(order_id))
    payments = [
        {
            "view": view,
            "payment": view.payment,
            "label": PAYMENT.labels[view.payment.status],
            "refunds": [
                (refund, may_approve(desk.actor, refund), may_refuse(desk.actor, refund)) for refund in view.refunds
            ],
            "may_refund": desk.may(Grant.PAYMENTS_REFUND) and view.left_minor > 0,
            "for_invoice": view.payment.invoice_id is not None,
        }
        for view in page.view.payments
    ]
    return show_order(request, desk, page, "payment", payments=payments)


@require_GET
@staff
def activation(request: HttpRequest, desk: Desk, order_id: str) -> HttpResponse:
    """ACTIVATION: each line, when it starts, what its vendor said."""
    page = order_page(desk.partner, desk.actor, order_id_from(order_id))
    rows = [
        {
            "activation": each,
            "label": ACTIVATION.labels[each.status],
            "failed": each.status == ActivationStatus.ERRORED,
        }
        for each in page.activations
    ]
    return show_order(request, desk, page, "activation", activations=rows)


@require_GET
@staff
def history(request: HttpRequest, desk: Desk, order_id: str) -> HttpResponse:
    """HISTORY: what happened, newest first; older moments are asked for as they are wanted."""
    page = order_page(desk.partner, desk.actor, order_id_from(order_id))
    after = id_from("evt", request.GET["after"]) if "after" in request.GET else None
    found = history_of(desk.partner, desk.actor, page.order.id, after=after, limit=MAX_LIMIT)
    older = found.rows[-1].event.shown_id if found.has_more else ""
    url = reverse("order_history", args=[page.order.shown_id])
    moments = _moments(page, found.rows)
    more: dict[str, Any] = {"moments": moments, "older_url": f"{url}?after={older}" if older else ""}
    if after is not None and request.headers.get("HX-Target") == "older":
        return render(request, "orders/_moments.html", page_context(request, desk, page, "history", **more))
    return show_order(request, desk, page, "history", **more)


@require_GET
@staff
def status(request: HttpRequest, desk: Desk, order_id: str) -> HttpResponse:
    """What an open page asks: nothing new (204), or the order as it stands now, in place of what is shown."""
    page = order_page(desk.partner, desk.actor, order_id_from(order_id))
    if request.GET.get("seen") == seen_of(page):
        return HttpResponse(status=204)
    tab = "approval" if request.GET.get("tab") == "approval" else "details"
    more = approval_context(desk, page) if tab == "approval" else {}
    context = page_context(request, desk, page, tab, just_now=True, **more)
    response = render(request, "orders/_order.html", context)
    response["HX-Retarget"], response["HX-Reswap"] = "#order", "innerHTML"
    return response


def _moments(page: OrderPage, entries: list[HistoryEntry]) -> list[dict[str, Any]]:
    """One moment for each event; edits by the same person in a row are one moment, since drafts save themselves."""
    names = {each.id: each.line.name for each in page.activations}
    names |= {each.subscription.id: _product(each.subscription) for each in page.view.subscriptions}
    moments: list[dict[str, Any]] = []
    for entry in entries:
        event = entry.event
        said = words(event.type, event.changes, entry.personal, page.order.currency)
        edit = (event.type, event.actor_id) if event.type == "order.updated" else None
        if edit is not None and moments and moments[-1]["edit"] == edit:
            moments[-1]["times"] += 1
            continue
        title = f"{said.title}: {names[event.subject_id]}" if event.subject_id in names else said.title
        moments.append(
            {
                "title": title,
                "more": said.more,
                "tone": said.tone,
                "icon": said.icon,
                "at": event.occurred_at,
                "actor": entry.actor_name,
                "source": SOURCE_WORDS.get(event.source, event.source) if event.actor_kind == "member" else "",
                "edit": edit,
                "times": 1,
            }
        )
    return moments


def _product(subscription: Subscription) -> str:
    return str(subscription.product)

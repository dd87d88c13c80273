"""Cancelling an order: a dialog that shows each thing that hangs on it, with its choice, and what the button does."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from handsel.database.tenancy import reading
from handsel.flows.money.refund_requests import above_limit
from handsel.flows.sales.cancel import cancel_order
from handsel.flows.sales.end_service import TO_COME
from handsel.reads.sales.cancellation import cancellation_of
from handsel.rules.cancellation import Choice, Hanging, Thing
from handsel.rules.errors import Invalid, Refused
from handsel.web.console.forms import Form
from handsel.web.console.orders.page import order_id_from, show_outcome, version_from
from handsel.web.guards import Desk, staff

CHOICE = "choice_"
"""Before the id of a thing: the name of its field."""

WORDS: Mapping[Thing, Mapping[Choice, str]] = {
    Thing.ACTIVATION: {Choice.KEEP: "Keep it", Choice.END: "Switch it off"},
    Thing.SUBSCRIPTION: {Choice.KEEP: "Go on billing it", Choice.END: "End it now"},
    Thing.INVOICE: {Choice.KEEP: "Keep it payable", Choice.VOID: "Void it"},
    Thing.PAYMENT: {Choice.KEEP: "Keep the money", Choice.REFUND: "Refund it"},
}
STILL_TO_COME = {Choice.KEEP: "Let it start", Choice.END: "Do not start it"}
GROUPS: Mapping[Thing, str] = {
    Thing.OFFER: "Offer",
    Thing.ACTIVATION: "Products",
    Thing.SUBSCRIPTION: "Subscriptions",
    Thing.INVOICE: "Unpaid invoices",
    Thing.PAYMENT: "Paid money",
    Thing.REFUND: "Refunds under way",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One thing with its choices as the dialog words them, and which of them is made; none where it has only one."""

    item: Hanging
    field: str
    choices: list[tuple[str, str]]
    chosen: str
    error: str


@require_http_methods(["GET", "POST"])
@staff
def cancel(request: HttpRequest, desk: Desk, order_id: str) -> HttpResponse:
    """GET shows the dialog, with the choices that were made so far; POST does it, and shows the order after it."""
    wanted = order_id_from(order_id)
    if request.method == "GET":
        return _ask(request, desk, wanted, request.GET, Form())
    try:
        cancel_order(
            desk.partner,
            desk.actor,
            wanted,
            reason=request.POST.get("reason", ""),
            choices=_choices(request.POST),
            version=version_from(request),
            seen=request.POST.get("seen", ""),
        )
    except (Invalid, Refused) as refusal:
        form = Form.posted(request)
        form.refuse(refusal)
        with reading(desk.partner.id):
            response = _ask(request, desk, wanted, request.POST, form)
        response.status_code = refusal.status
        response["HX-Retarget"], response["HX-Reswap"] = "#dialogs", "innerHTML"
        return response
    with reading(desk.partner.id):
        return show_outcome(request, desk, wanted, "The order is cancelled.")


def _ask(request: HttpRequest, desk: Desk, order_id: uuid.UUID, sent: QueryDict, form: Form) -> HttpResponse:
    preview = cancellation_of(desk.partner, desk.actor, order_id)
    rows = [_row(item, _choices(sent), form) for item in preview.items]
    refunded = [row.item.amount_minor or 0 for row in rows if row.chosen == Choice.REFUND]
    context = {
        "preview": preview,
        "order": preview.order,
        "groups": [(title, [row for row in rows if row.item.kind == kind]) for kind, title in GROUPS.items()],
        "refund_minor": sum(refunded),
        "waits": any(above_limit(desk.partner, minor, preview.order.currency) for minor in refunded),
        "form": form,
    }
    return render(request, "orders/_cancel.html", context)


def _row(item: Hanging, sent: Mapping[str, str], form: Form) -> Row:
    to_come = item.kind == Thing.ACTIVATION and item.status in TO_COME
    words = STILL_TO_COME if to_come else WORDS.get(item.kind, {})
    choices = [(choice.value, words[choice]) for choice in item.choices] if item.is_open else []
    chosen = sent.get(item.id, item.suggested) if item.is_open else ""
    return Row(item, f"{CHOICE}{item.id}", choices, chosen, form.errors.get(item.id, ""))


def _choices(sent: QueryDict) -> dict[str, str]:
    return {name.removeprefix(CHOICE): str(sent[name]) for name in sent if name.startswith(CHOICE)}

"""Every other act on an order comes through one address: `orders/{id}/actions/{verb}`. GET asks first, POST does it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from handsel.database.ids import show
from handsel.database.tenancy import reading
from handsel.flows.money.cancel import cancel_payment
from handsel.flows.sales.activate import activate
from handsel.flows.sales.activation import ignore_errors, retry_activation
from handsel.flows.sales.duplicate import duplicate
from handsel.flows.sales.moves import MOVES, REASONED, act
from handsel.flows.sales.offers import recall_offer
from handsel.models import Member, Order, OrderLine
from handsel.reads.sales.order_page import order_page
from handsel.rules.errors import Invalid, Refused
from handsel.rules.permissions import check_action
from handsel.web.console.forms import Form
from handsel.web.console.once import claim_of, made_by
from handsel.web.console.orders.buttons import ASKED_FIRST, ICONS, SENDING
from handsel.web.console.orders.page import id_from, order_id_from, page_context, show_outcome, version_from
from handsel.web.guards import Desk, staff

DONE: Mapping[str, str] = {
    "submit_to_admin": "The order was sent to an admin.",
    "withdraw": "The order is a draft again.",
    "recall": "The offer is taken back: its link is over, and the order is a draft again.",
    "approve": "The order is approved.",
    "decline": "The order is declined; its owner is told.",
    "activate": "The order is set to work.",
    "cancel_payment": "The payment was asked to be cancelled.",
    "retry_activation": "The vendors are told again.",
    "ignore_errors": "The errors are ignored; nothing was activated.",
    "convert_to_draft": "The order is a draft again: change the payment method, then charge.",
    "request_cancellation": "The cancellation is requested.",
    "refuse_cancellation": "The order is back where it was.",
    "archive": "The order is archived.",
    "unarchive": "The order is back where it was.",
    "reassign": "The order has another owner.",
}

Flow = Callable[[HttpRequest, Desk, uuid.UUID, int | None], None]


def _line(request: HttpRequest) -> uuid.UUID | None:
    typed = request.POST.get("line", "")
    return id_from(OrderLine.prefix, typed) if typed else None


_FLOWS: Mapping[str, Flow] = {
    "activate": lambda request, desk, order, version: activate(
        desk.partner, desk.actor, order, start_now=request.POST.get("when") == "now", version=version
    ),
    "cancel_payment": lambda request, desk, order, version: cancel_payment(
        desk.partner, desk.actor, order, version=version
    ),
    "recall": lambda request, desk, order, version: recall_offer(desk.partner, desk.actor, order, version=version),
    "retry_activation": lambda request, desk, order, version: retry_activation(
        desk.partner, desk.actor, order, line_id=_line(request), version=version
    ),
    "ignore_errors": lambda request, desk, order, version: ignore_errors(
        desk.partner, desk.actor, order, line_id=_line(request), version=version
    ),
}


@require_http_methods(["GET", "POST"])
@staff
def action(request: HttpRequest, desk: Desk, order_id: str, verb: str) -> HttpResponse:
    """Ask for what the act needs, or do it with the version that was seen and show the order after it."""
    if verb not in ICONS or verb == "submit_with_payment" or verb in SENDING:
        raise Http404
    wanted = order_id_from(order_id)
    if request.method == "GET":
        return _ask(request, desk, wanted, verb, Form())
    if verb == "duplicate":
        return _duplicate(request, desk, wanted)
    try:
        _do(request, desk, wanted, verb)
    except Invalid as refusal:
        form = Form.posted(request)
        form.refuse(refusal)
        with reading(desk.partner.id):
            response = _ask(request, desk, wanted, verb, form)
        response.status_code = refusal.status
        response["HX-Retarget"], response["HX-Reswap"] = "#dialogs", "innerHTML"
        return response
    with reading(desk.partner.id):
        return show_outcome(request, desk, wanted, DONE[verb])


def _duplicate(request: HttpRequest, desk: Desk, order_id: uuid.UUID) -> HttpResponse:
    """To the new draft: the same one when the same page asks again."""
    with reading(desk.partner.id):
        made = made_by(request, desk)
    if made is None:
        claim = claim_of(request, desk)
        made = duplicate(desk.partner, desk.actor, order_id, version=version_from(request), claim=claim).id
    return HttpResponseClientRedirect(reverse("order", args=[show(Order.prefix, made)]))


def _ask(request: HttpRequest, desk: Desk, order_id: uuid.UUID, verb: str, form: Form) -> HttpResponse:
    if verb not in ASKED_FIRST:
        raise Http404
    page = order_page(desk.partner, desk.actor, order_id)
    edge = check_action(verb, page.view.facts, desk.actor, desk.partner.settings())
    context = page_context(request, desk, page) | {"verb": verb, "edge": edge, "form": form}
    if verb == "reassign":
        context["members"] = _members(desk, page.order.owner_id)
    start = page.order.contract_start_on
    context["starts_later"] = verb == "activate" and start is not None and start > page.today
    context["line"] = _asked_line(request, page.view.lines)
    return render(request, "orders/_ask.html", context)


def _do(request: HttpRequest, desk: Desk, order_id: uuid.UUID, verb: str) -> None:
    version = version_from(request)
    if verb in _FLOWS:
        _FLOWS[verb](request, desk, order_id, version)
        return
    if verb not in MOVES:
        raise Refused
    act(
        desk.partner,
        desk.actor,
        verb,
        order_id,
        version=version,
        reason=request.POST.get("reason", "") if verb in REASONED else "",
        member_id=_member(request) if verb == "reassign" else None,
    )


def _member(request: HttpRequest) -> uuid.UUID:
    form = Form.posted(request)
    found = form.row_id("member", Member.prefix)
    if found is None:
        raise Invalid.at("member", "Choose who is to own this order.")
    return found


def _members(desk: Desk, owner_id: uuid.UUID) -> list[tuple[str, str]]:
    rows = Member.objects.filter(partner=desk.partner, is_active=True).select_related("user").order_by("user__name")
    return [(show(Member.prefix, each.id), str(each)) for each in rows if each.id != owner_id]


def _asked_line(request: HttpRequest, lines: list[OrderLine]) -> OrderLine | None:
    asked = request.GET.get("line") or request.POST.get("line")
    return next((line for line in lines if line.shown_id == asked), None)

"""Taking the first payment: what will be charged and to what, one button, and what came of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from handsel.database.tenancy import reading
from handsel.flows.money.begin import NewMethod, OfflineMethod, SavedMethod, Source
from handsel.flows.money.methods import CONSENT_TEXT
from handsel.flows.money.saved_methods import verify_method
from handsel.flows.money.take import submit_with_payment
from handsel.models import PaymentMethod
from handsel.reads.money.gateway import default_account, records_offline
from handsel.reads.sales.order_page import OrderPage, order_page
from handsel.rules.errors import HandselError, Invalid
from handsel.rules.offline import KINDS
from handsel.rules.permissions import Grant, check_action
from handsel.web.console.forms import REFUSALS, Form
from handsel.web.console.orders.page import id_from, order_id_from, page_context, show_outcome, version_from
from handsel.web.guards import Desk, staff

NEW, OUTSIDE = "new", "offline"

OUTSIDE_CHOICES = tuple(KINDS.items())

VERIFIED = {
    "ok": ("The bank confirmed this card. Nothing was charged.", "good"),
    "declined": ("The bank did not confirm this card. Nothing was charged; ask for another one.", "bad"),
    "asks": ("The bank wants to ask the customer about this card. Nothing was charged.", "warn"),
}


@sensitive_post_parameters("token")
@require_http_methods(["GET", "POST"])
@staff
def charge(request: HttpRequest, desk: Desk, order_id: str) -> HttpResponse:
    """The dialog, and its one button. The amount is the order's own: nothing that a browser sends decides it."""
    wanted = order_id_from(order_id)
    if request.method == "GET":
        page = order_page(desk.partner, desk.actor, wanted)
        check_action("submit_with_payment", page.view.facts, desk.actor, desk.partner.settings())
        return render(request, "orders/_charge.html", charge_context(request, desk, page))
    try:
        source = _source(request)
        submit_with_payment(desk.partner, desk.actor, wanted, source, version=version_from(request))
    except REFUSALS as refusal:
        return _refused(request, refusal)
    with reading(desk.partner.id):
        return show_outcome(request, desk, wanted)


def charge_context(request: HttpRequest, desk: Desk, page: OrderPage) -> dict[str, Any]:
    """What the dialog offers: only what this member may charge."""
    account = default_account(desk.partner)
    may_save, may_enter = desk.may(Grant.PAYMENTS_COLLECT), desk.may(Grant.PAYMENTS_ENTER_CARD)
    context = page_context(request, desk, page)
    saved = context["methods"] if may_save else []
    usable = [each["method"].id for each in saved if each["on_file"].is_usable]
    wanted = page.order.billing_method_id
    return context | {
        "saved": saved,
        "checked": wanted if wanted in usable else next(iter(usable), None),
        "account": account,
        "may_enter_card": may_enter and account is not None,
        "outside": OUTSIDE_CHOICES if may_save and records_offline(desk.partner) else (),
        "consent_text": CONSENT_TEXT,
    }


def _source(request: HttpRequest) -> Source | None:
    """What is to be charged; None where nothing was asked for, since nothing is due."""
    chosen = request.POST.get("method", "")
    if not chosen:
        return None
    if chosen == OUTSIDE:
        form = Form.posted(request)
        received_on = form.day("received_on")
        form.check()
        return OfflineMethod(form.text("kind"), form.text("reference"), received_on)
    if chosen != NEW:
        return SavedMethod(id_from(PaymentMethod.prefix, chosen))
    token = request.POST.get("token", "")
    if not token:
        raise Invalid.at("token", "The card was not read yet. Nothing was charged; enter it again.", "token_unknown")
    return NewMethod(token, save=bool(request.POST.get("save")))


def _refused(request: HttpRequest, refusal: HandselError) -> HttpResponse:
    """Beside the button, in the dialog that stays open with what was typed: nothing was charged."""
    context = {"refusal": refusal, "stale": refusal.code in ("order_changed", "payment_in_progress", "already_paid")}
    response = render(request, "orders/_charge_refused.html", context, status=refusal.status)
    response["HX-Retarget"], response["HX-Reswap"] = "#charge-problem", "innerHTML"
    return response


@require_POST
@staff
def verify(request: HttpRequest, desk: Desk, order_id: str, method_id: str) -> HttpResponse:
    """Ask the customer's bank about a card on file, without an amount."""
    wanted = order_id_from(order_id)
    with reading(desk.partner.id):
        page = order_page(desk.partner, desk.actor, wanted)
    found = id_from(PaymentMethod.prefix, method_id)
    if found not in [each.method.id for each in page.view.methods]:
        raise Invalid.at("method", "This customer has no such payment method.")
    method = verify_method(desk.partner, desk.actor, found)
    text, tone = VERIFIED[method.verification]
    with reading(desk.partner.id):
        page = order_page(desk.partner, desk.actor, wanted)
        context = page_context(request, desk, page) | {"verified": method.id, "said": text, "said_tone": tone}
        return render(request, "orders/_methods.html", context)

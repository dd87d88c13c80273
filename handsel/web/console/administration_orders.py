"""How orders go at this partner: what salespeople and admins may do with them, and what customers agree to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from handsel.database.tenancy import reading
from handsel.flows.people.partners import OrderSettingsChanges, update_order_settings
from handsel.flows.sales.terms import current_terms, publish_terms, stop_asking_terms, terms_words
from handsel.models import Terms
from handsel.reads.sales.terms import list_terms, newest_version, version_of
from handsel.rules.permissions import SETTING_LABELS, Grant
from handsel.web.console.administration import crumbs
from handsel.web.console.forms import REFUSALS, Form
from handsel.web.console.once import claim_of, made_by, new_word
from handsel.web.console.pages import after_of, paging
from handsel.web.guards import Desk, staff

SALESPERSON_ACTIONS = (
    "salespeople_can_submit_to_admin",
    "salespeople_can_send_for_customer_approval",
    "customer_approval_can_accept_payment",
    "salespeople_can_charge",
)
ADMIN_ACTIONS = ("admins_can_bypass_approval",)
CUSTOMER_SWITCHES = ("customers_can_retry_declined",)
CUSTOMER_LIMITS = ("offer_valid_days", "failed_cards_per_link")
NEEDS: Mapping[str, str] = {"customer_approval_can_accept_payment": "salespeople_can_send_for_customer_approval"}
HINTS: Mapping[str, str] = {
    "salespeople_can_submit_to_admin": "They also need the permission “Create orders”.",
    "salespeople_can_send_for_customer_approval": "The customer reads and signs on a page of their own.",
    "customer_approval_can_accept_payment": "Needs the one before. The customer signs and pays in one step.",
    "salespeople_can_charge": (
        "They also need “Charge saved payment methods”, or “Enter customers' cards” for a new one."
    ),
    "admins_can_bypass_approval": "A draft can then be activated without a payment and without a second look.",
    "customers_can_retry_declined": "On the same page, while the offer's link is valid.",
    "offer_valid_days": "From the day it is sent. Who sends an offer may choose another day.",
    "failed_cards_per_link": "Then the link locks, and staff are told: somebody may be trying stolen cards on it.",
}
_TERMS = ("Terms of service", "/administration/terms")


@require_http_methods(["GET", "HEAD", "POST"])
@staff(grant=Grant.SETTINGS_MANAGE)
def order_settings(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The cards of DOMAIN.md section 8, word for word. Offers already sent stand, whatever is turned off."""
    settings = desk.partner.settings()
    form, status = Form({name: getattr(settings, name) for name in SETTING_LABELS}), 200
    if request.method == "POST":
        form = Form.posted(request)
        try:
            update_order_settings(desk.partner, desk.actor, _changes(form))
        except REFUSALS as refusal:
            status = form.refuse(refusal)
        else:
            messages.success(request, "Saved. It holds from each member's next click; offers already sent stand.")
            return redirect("order_settings")
    with reading(desk.partner.id):
        context = {
            "form": form,
            "salesperson": [_switch(name, form) for name in SALESPERSON_ACTIONS],
            "admin": [_switch(name, form) for name in ADMIN_ACTIONS],
            "customer": [_switch(name, form) for name in CUSTOMER_SWITCHES],
            "limits": {name: {"label": SETTING_LABELS[name], "hint": HINTS[name]} for name in CUSTOMER_LIMITS},
            "terms": current_terms(desk.partner.id),
            "crumbs": crumbs("Configure sales orders and processes"),
        }
        return render(request, "administration/order_settings.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff(grant=Grant.SETTINGS_MANAGE)
def terms(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What customers agree to now, every version before, and the editor of the next one: written, looked at as the
    customer will see it, then published under its number."""
    if request.method != "POST":
        return _show_terms(request, desk, None)
    form, status = Form.posted(request), 200
    with reading(desk.partner.id):
        made = made_by(request, desk)
    if made is not None:
        return redirect("terms")
    try:
        words = terms_words(form.text("title"), form.text("text"), form.text("tick"))
        if request.POST.get("do") == "preview":
            return _preview(request, desk, form, words)
        if request.POST.get("do") == "publish":
            published = publish_terms(
                desk.partner, desk.actor, **words, version=form.whole("version"), claim=claim_of(request, desk)
            )
            messages.success(request, f"Version {published.version} is asked for by every offer sent from now on.")
            return redirect("terms")
    except REFUSALS as refusal:
        status = form.refuse(refusal)
    return _show_terms(request, desk, form, status)


@require_POST
@staff(grant=Grant.SETTINGS_MANAGE)
def terms_stop(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Ask for no terms from now on."""
    if stop_asking_terms(desk.partner, desk.actor) is not None:
        messages.success(request, "Offers sent from now on ask for no terms. Those already sent still do.")
    return redirect("terms")


@require_safe
@staff(grant=Grant.SETTINGS_MANAGE)
def terms_version(request: HttpRequest, desk: Desk, version: int) -> HttpResponse:
    """One version, word for word as it was published."""
    context = {"terms": version_of(desk.partner, version), "crumbs": crumbs(f"Version {version}", _TERMS)}
    return render(request, "administration/terms_version.html", context)


def _show_terms(request: HttpRequest, desk: Desk, form: Form | None, status: int = 200) -> HttpResponse:
    with reading(desk.partner.id):
        current = current_terms(desk.partner.id)
        page = list_terms(desk.partner, after=after_of(request, Terms.prefix))
        form = form or Form(_start_from(current))
        form.values["once"] = form.values.get("once") or new_word()
        context = {
            "form": form,
            "current": current,
            "next": newest_version(desk.partner) + 1,
            "versions": page.rows,
            "paging": paging(request, page, Terms.prefix),
            "crumbs": crumbs("Terms of service"),
        }
        return render(request, "administration/terms.html", context, status=status)


def _preview(request: HttpRequest, desk: Desk, form: Form, words: Mapping[str, str]) -> HttpResponse:
    with reading(desk.partner.id):
        context = {
            "words": words,
            "once": form.text("once"),
            "version": newest_version(desk.partner) + 1,
            "current": current_terms(desk.partner.id),
            "crumbs": crumbs("Look at it before it is published", _TERMS),
        }
        return render(request, "administration/terms_preview.html", context)


def _start_from(current: Terms | None) -> dict[str, Any]:
    """The editor begins with the text of now, since most versions change a few words."""
    if current is None:
        return {"title": "Terms of service", "tick": "I have read the terms of service and agree to them."}
    return {"title": current.title, "text": current.text, "tick": current.tick}


def _changes(form: Form) -> OrderSettingsChanges:
    switches = (*SALESPERSON_ACTIONS, *ADMIN_ACTIONS, *CUSTOMER_SWITCHES)
    changes = {name: form.flag(name) for name in switches} | {name: form.whole(name) for name in CUSTOMER_LIMITS}
    form.check()
    return cast(OrderSettingsChanges, changes)


def _switch(name: str, form: Form) -> dict[str, Any]:
    """A switch as it is drawn; one that needs another stands disabled while that is off."""
    needs = NEEDS.get(name, "")
    return {
        "name": name,
        "label": SETTING_LABELS[name],
        "hint": HINTS[name],
        "on": "yes" if form.flag(name) else "",
        "error": form.errors.get(name, ""),
        "needs": needs,
        "disabled": "yes" if needs and not form.flag(needs) and not form.flag(name) else "",
    }

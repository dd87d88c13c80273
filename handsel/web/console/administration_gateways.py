"""The accounts that move the money: what they are, whether they answer, and everything an admin does with them.

A key is typed in once and never shown again: no page, error or redirect repeats it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.conf import settings as configuration
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from handsel.database.tenancy import reading
from handsel.flows.money.account_rows import gateway_events_path
from handsel.flows.money.accounts import register_event_endpoint
from handsel.flows.money.gateway_accounts import (
    add_offline_account,
    add_sandbox_account,
    add_stripe_account,
    check_account,
    close_account,
    make_default,
    replace_keys,
)
from handsel.gateways.base import GatewayWell, Rejected, Unknown
from handsel.models import GatewayAccount
from handsel.reads.money.gateway import account_of, account_views, newest_events, records_offline
from handsel.rules.permissions import Grant
from handsel.web.console.administration import crumbs
from handsel.web.console.brand_words import gateway_name
from handsel.web.console.forms import REFUSALS, Form
from handsel.web.console.once import claim_of, made_by, new_word
from handsel.web.console.pages import row_id
from handsel.web.guards import Desk, staff

KEYS = ("secret_key", "publishable_key", "event_secret")
_ABOVE = ("Payment gateways", "/administration/gateways")


@require_safe
@staff(grant=Grant.SETTINGS_MANAGE)
def gateways(request: HttpRequest, desk: Desk) -> HttpResponse:
    views = account_views(desk.partner)
    names = {view.account.name for view in views if view.is_open}
    context = {
        "accounts": [(view, name_of(view.account), _events_url(view.account)) for view in views],
        "events": newest_events(desk.partner),
        "may_add_sandbox": desk.partner.is_test and bool(configuration.SANDBOX_URL) and "sandbox" not in names,
        "records_offline": records_offline(desk.partner),
        "crumbs": crumbs("Payment gateways"),
    }
    return render(request, "administration/gateways.html", context)


def name_of(account: GatewayAccount) -> str:
    """What people call it: the partner's own word where there is one."""
    return account.label or gateway_name(account.name)


def _events_url(account: GatewayAccount) -> str:
    return f"{configuration.BASE_URL}{gateway_events_path(account)}"


@sensitive_post_parameters(*KEYS)
@require_http_methods(["GET", "HEAD", "POST"])
@staff(grant=Grant.SETTINGS_MANAGE)
def gateway_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Add an account at Stripe."""
    form, status = Form({"once": new_word()}), 200
    if request.method == "POST":
        form = Form.posted(request)
        with reading(desk.partner.id):
            made = made_by(request, desk)
        if made is not None:
            return redirect("gateways")
        try:
            account = add_stripe_account(
                desk.partner,
                desk.actor,
                label=form.text("label"),
                **{name: form.text(name) for name in KEYS},
                claim=claim_of(request, desk),
            )
        except REFUSALS as refusal:
            status = form.refuse(refusal)
        else:
            messages.success(request, f"{name_of(account)} is added. Test the connection before you rely on it.")
            return redirect("gateways")
    return _show_keys(request, desk, form, None, status)


@sensitive_post_parameters(*KEYS)
@require_http_methods(["GET", "HEAD", "POST"])
@staff(grant=Grant.SETTINGS_MANAGE)
def gateway_keys(request: HttpRequest, desk: Desk, account: str) -> HttpResponse:
    """Give an account other keys; the installation's own are not the partner's to change."""
    account_id, form, status = row_id(GatewayAccount.prefix, account), Form(), 200
    with reading(desk.partner.id):
        row = account_of(desk.partner, account_id)
    if row.name != "stripe":
        messages.info(request, "The keys of this account come with the installation.")
        return redirect("gateways")
    if request.method == "POST":
        form = Form.posted(request)
        try:
            replace_keys(desk.partner, desk.actor, account_id, **{name: form.text(name) for name in KEYS})
        except REFUSALS as refusal:
            status = form.refuse(refusal)
        else:
            messages.success(request, "The keys are replaced. Test the connection.")
            return redirect("gateways")
    return _show_keys(request, desk, form, row, status)


def _show_keys(request: HttpRequest, desk: Desk, form: Form, row: GatewayAccount | None, status: int) -> HttpResponse:
    for name in KEYS:
        form.values.pop(name, None)
    context = {
        "form": form,
        "account": row,
        "account_name": name_of(row) if row else "",
        "events_url": _events_url(row) if row else "",
        "crumbs": crumbs(f"Keys of {name_of(row)}" if row else "Add Stripe", _ABOVE),
    }
    with reading(desk.partner.id):
        return render(request, "administration/gateway_keys.html", context, status=status)


@require_POST
@staff(grant=Grant.SETTINGS_MANAGE)
def gateway_offline(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Record payments that came outside of any gateway."""
    return _do(request, lambda: add_offline_account(desk.partner, desk.actor), "Cash, cheques and transfers count now.")


@require_POST
@staff(grant=Grant.SETTINGS_MANAGE)
def gateway_sandbox(request: HttpRequest, desk: Desk) -> HttpResponse:
    return _do(request, lambda: add_sandbox_account(desk.partner, desk.actor), "The sandbox is added.")


@require_POST
@staff(grant=Grant.SETTINGS_MANAGE)
def gateway_default(request: HttpRequest, desk: Desk, account: str) -> HttpResponse:
    account_id = row_id(GatewayAccount.prefix, account)
    said = "New cards are entered there from now on; those on file stay where they are."
    return _do(request, lambda: make_default(desk.partner, desk.actor, account_id), said)


@require_POST
@staff(grant=Grant.SETTINGS_MANAGE)
def gateway_close(request: HttpRequest, desk: Desk, account: str) -> HttpResponse:
    account_id = row_id(GatewayAccount.prefix, account)
    said = "It takes no new payment. What it took can still be refunded."
    return _do(request, lambda: close_account(desk.partner, desk.actor, account_id), said)


@require_POST
@staff(grant=Grant.SETTINGS_MANAGE)
def gateway_events(request: HttpRequest, desk: Desk, account: str) -> HttpResponse:
    """Have the gateway send its events to our address."""
    account_id = _found(desk, account)
    said = "From now on it tells us what happens to payments there."
    return _do(request, lambda: register_event_endpoint(desk.partner, desk.actor, account_id), said)


@require_POST
@staff(grant=Grant.SETTINGS_MANAGE)
def gateway_check(request: HttpRequest, desk: Desk, account: str) -> HttpResponse:
    """Ask it now, and say what came."""
    outcome = check_account(desk.partner, desk.actor, row_id(GatewayAccount.prefix, account))
    match outcome:
        case GatewayWell():
            messages.success(request, "It answers, and the key is good.")
        case Rejected(code="credentials_refused"):
            messages.error(request, "It answers, but refuses the key. Replace the keys.")
        case Rejected(code=code):
            messages.error(request, f"It answers, but refused the question: {code}.")
        case Unknown():
            messages.warning(request, "It did not answer. Payments wait until it does; try again in a minute.")
    return redirect("gateways")


def _found(desk: Desk, account: str) -> uuid.UUID:
    with reading(desk.partner.id):
        found: uuid.UUID = account_of(desk.partner, row_id(GatewayAccount.prefix, account)).id
    return found


def _do(request: HttpRequest, act: Callable[[], object], said: str) -> HttpResponse:
    """An act on an account, and back to the list with what came of it."""
    try:
        act()
    except REFUSALS as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, said)
    return redirect("gateways")

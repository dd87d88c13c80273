"""An order goes to its customer, or its offer goes again: one dialog that says to whom, until when and for how much."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from handsel.database.tenancy import reading
from handsel.flows.sales.offers import LONGEST, ContactAsked, Until, resend_offer, send_offer
from handsel.flows.sales.terms import current_terms
from handsel.models import Contact
from handsel.reads.sales.order_page import OrderPage, order_page
from handsel.rules.errors import HandselError, Invalid, NotAllowed
from handsel.rules.order_status import OrderStatus
from handsel.rules.permissions import check_action, check_offer_payment
from handsel.web.console.forms import REFUSALS, Form
from handsel.web.console.orders.page import order_id_from, page_context, show_outcome, version_from
from handsel.web.guards import Desk, staff

NEW = "new"


@require_http_methods(["GET", "POST"])
@staff
def send(request: HttpRequest, desk: Desk, order_id: str) -> HttpResponse:
    """The dialog, and its one button. While the order is with its customer, the same offer is sent again."""
    wanted = order_id_from(order_id)
    if request.method == "GET":
        page = order_page(desk.partner, desk.actor, wanted)
        check_action(_verb(page), page.view.facts, desk.actor, desk.partner.settings())
        return _dialog(request, desk, page, Form(_proposed(desk, page)))
    form = Form.posted(request)
    again = form.text("again") == "yes"
    try:
        to = _send(request, desk, wanted, form, again=again)
    except REFUSALS as refusal:
        return _refused(request, desk, wanted, form, refusal)
    with reading(desk.partner.id):
        return show_outcome(request, desk, wanted, f"The offer is on its way to {to}.")


def _send(request: HttpRequest, desk: Desk, order_id: uuid.UUID, form: Form, *, again: bool) -> str:
    """Do it, and answer the address that it goes to."""
    contact, until = _contact(form), Until(on=form.day("expires_at"))
    form.check()
    message, version = form.text("message"), version_from(request)
    if again:
        offer = resend_offer(
            desk.partner, desk.actor, order_id, contact=contact, until=until, message=message, version=version
        )
        return offer.contact_email
    offer = send_offer(
        desk.partner,
        desk.actor,
        order_id,
        contact=contact,
        require_payment=form.flag("require_payment"),
        until=until,
        message=message,
        version=version,
    )
    return offer.contact_email


def _contact(form: Form) -> ContactAsked:
    """Whom the form names; a name and an e-mail where somebody new was chosen."""
    if form.text("contact") == NEW:
        return ContactAsked(name=form.text("name"), email=form.text("email"))
    found = form.row_id("contact", Contact.prefix)
    if found is None and "contact" not in form.errors:
        form.errors["contact"] = "Choose who gets the offer."
    return ContactAsked(id=found)


def _verb(page: OrderPage) -> str:
    awaits = page.order.status == OrderStatus.AWAITING_CUSTOMER_APPROVAL
    return "resend" if awaits else "send_for_customer_approval"


def _proposed(desk: Desk, page: OrderPage) -> dict[str, Any]:
    """What the dialog holds before anybody typed: what was sent last, else what the settings say."""
    sent = page.view.offer if _verb(page) == "resend" else None
    known = [contact.id for contact in page.contacts]
    wanted = sent.offer.contact_id if sent else page.order.billing_recipient_id
    chosen = wanted if wanted in known else next(iter(known), None)
    days = dt.timedelta(days=desk.partner.settings().offer_valid_days)
    return {
        "contact": next((each.shown_id for each in page.contacts if each.id == chosen), NEW),
        "expires_at": (page.today + days).isoformat(),
        "message": sent.offer.message if sent else "",
        "require_payment": "on" if _may_require(desk, page) else "",
    }


def _dialog(request: HttpRequest, desk: Desk, page: OrderPage, form: Form, *, status: int = 200) -> HttpResponse:
    sent = page.view.offer
    context = page_context(request, desk, page) | {
        "again": _verb(page) == "resend",
        "form": form,
        "sent": sent,
        "may_require": _may_require(desk, page),
        "terms": current_terms(desk.partner.id),
        "last_day": page.today + LONGEST - dt.timedelta(days=1),
    }
    return render(request, "orders/_send.html", context, status=status)


def _may_require(desk: Desk, page: OrderPage) -> bool:
    """Whether this member may ask for a payment, and there is one to ask for."""
    try:
        check_offer_payment(desk.actor, desk.partner.settings())
    except NotAllowed:
        return False
    return bool(page.order.due_minor)


def _refused(request: HttpRequest, desk: Desk, order_id: uuid.UUID, form: Form, refusal: HandselError) -> HttpResponse:
    """The dialog again, with what was typed and why nothing was sent."""
    if isinstance(refusal, Invalid):
        form.refuse(refusal)
    else:
        form.refusal = refusal.message
    with reading(desk.partner.id):
        page = order_page(desk.partner, desk.actor, order_id)
        response = _dialog(request, desk, page, form, status=refusal.status)
    response["HX-Retarget"], response["HX-Reswap"] = "#dialogs", "innerHTML"
    return response

"""How a customer is billed, and the payment methods on file."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from handsel.database.tenancy import reading
from handsel.flows.money.saved_methods import remove_method, save_method, set_default_method, verify_method
from handsel.flows.people.billing_settings import BillingChanges, update_billing_settings
from handsel.models import BillingSettings, Contact, Customer, PaymentMethod
from handsel.reads.people.customer import billing_settings_of, contacts_of, customer_of
from handsel.reads.people.methods import methods_of
from handsel.rules.errors import NotFound
from handsel.rules.permissions import Grant
from handsel.web.console.customers import address_of_list, show_page
from handsel.web.console.forms import REFUSALS, Form
from handsel.web.console.once import claim_of, made_by
from handsel.web.console.pages import row_id
from handsel.web.guards import Desk, staff

COLLECTIONS = (
    (BillingSettings.AUTOMATIC, "Charge the default payment method"),
    (BillingSettings.SEND_INVOICE, "Send an invoice to pay"),
)
_ANSWERS = {
    "ok": (messages.SUCCESS, "The bank confirmed this card. Nothing was charged."),
    "declined": (messages.WARNING, "The bank did not confirm this card. Nothing was charged. Ask for another one."),
    "asks": (messages.WARNING, "The bank wants to ask the customer before this card is charged. Nothing was charged."),
}


@require_http_methods(["GET", "HEAD", "POST"])
@staff(grant=Grant.BILLING_MANAGE)
def settings(request: HttpRequest, desk: Desk, customer: str) -> HttpResponse:
    customer_id, form, status = row_id(Customer.prefix, customer), None, 200
    if request.method == "POST":
        form = Form.posted(request)
        try:
            changes = _typed(form)
            form.check()
            update_billing_settings(desk.partner, desk.actor, customer_id, changes)
        except REFUSALS as refusal:
            status = form.refuse(refusal)
        else:
            messages.success(request, "The billing settings are saved.")
            return redirect("customer", customer=customer)
    with reading(desk.partner.id):
        row = customer_of(desk.partner, customer_id)
        current = billing_settings_of(desk.partner, customer_id)
        methods = methods_of(desk.partner, customer_id, current)
        context = {
            "form": form or Form(_values(current)),
            "customer": row,
            "crumbs": [
                {"label": "Customers", "url": address_of_list()},
                {"label": row.name, "url": f"/customers/{row.shown_id}"},
                {"label": "Billing"},
            ],
            "recipients": [(each.shown_id, f"{each.name}, {each.email}") for each in contacts_of(desk.partner, row.id)],
            "methods": [(each.method.shown_id, _method_label(each.method, each.is_expired)) for each in methods],
            "collections": COLLECTIONS,
        }
        return render(request, "customers/billing.html", context, status=status)


@require_POST
@staff(grant=Grant.PAYMENTS_ENTER_CARD)
def method_new(request: HttpRequest, desk: Desk, customer: str) -> HttpResponse:
    """Save a card that the customer agreed to have kept; the token comes from the gateway's own frame."""
    customer_id, form = row_id(Customer.prefix, customer), Form.posted(request)
    with reading(desk.partner.id):
        customer_of(desk.partner, customer_id)
        made = made_by(request, desk)
    if made is not None:
        return redirect("customer", customer=customer)
    if not form.flag("consent"):
        form.errors["consent"] = "A card is kept only with the customer's consent."
        return show_page(request, desk, customer, card=form, status=422)
    try:
        method = save_method(desk.partner, desk.actor, customer_id, form.text("token"), claim_of(request, desk))
        if form.flag("make_default") and desk.actor.may(Grant.BILLING_MANAGE):
            set_default_method(desk.partner, desk.actor, customer_id, method.id)
    except REFUSALS as refusal:
        return show_page(request, desk, customer, card=form, status=form.refuse(refusal))
    messages.success(request, f"{method.label} is on file. Nothing was charged.")
    return redirect("customer", customer=customer)


@require_POST
@staff(grant=Grant.PAYMENTS_COLLECT)
def method_verify(request: HttpRequest, desk: Desk, customer: str, method: str) -> HttpResponse:
    try:
        found = verify_method(desk.partner, desk.actor, _method_id(desk, customer, method))
    except REFUSALS as refusal:
        return show_page(request, desk, customer, refusal=refusal.message, status=refusal.status)
    level, words = _ANSWERS[found.verification]
    messages.add_message(request, level, words)
    return redirect("customer", customer=customer)


@require_POST
@staff(grant=Grant.BILLING_MANAGE)
def method_default(request: HttpRequest, desk: Desk, customer: str, method: str) -> HttpResponse:
    method_id = _method_id(desk, customer, method)
    set_default_method(desk.partner, desk.actor, row_id(Customer.prefix, customer), method_id)
    messages.success(request, "This is the default payment method now.")
    return redirect("customer", customer=customer)


@require_POST
@staff(grant=Grant.BILLING_MANAGE)
def method_remove(request: HttpRequest, desk: Desk, customer: str, method: str) -> HttpResponse:
    try:
        remove_method(desk.partner, desk.actor, _method_id(desk, customer, method))
    except REFUSALS as refusal:
        return show_page(request, desk, customer, refusal=refusal.message, status=refusal.status)
    messages.success(request, "The payment method is removed.")
    return redirect("customer", customer=customer)


def _method_id(desk: Desk, customer: str, method: str) -> uuid.UUID:
    """The method of the address, if it is this customer's; NotFound else."""
    customer_id, method_id = row_id(Customer.prefix, customer), row_id(PaymentMethod.prefix, method)
    with reading(desk.partner.id):
        settings = billing_settings_of(desk.partner, customer_id)
        if all(each.method.id != method_id for each in methods_of(desk.partner, customer_id, settings)):
            raise NotFound("not_found", "This customer has no such payment method.")
    return method_id


def _method_label(method: PaymentMethod, is_expired: bool) -> str:
    return f"{method.label.capitalize()}{', expired' if is_expired else ''}"


def _typed(form: Form) -> BillingChanges:
    return BillingChanges(
        recipient_id=form.row_id("recipient", Contact.prefix),
        default_payment_method_id=form.row_id("default_payment_method", PaymentMethod.prefix),
        collection=form.text("collection"),
        memo=form.text("memo"),
        payment_terms_days=form.whole("payment_terms_days"),
    )


def _values(settings: BillingSettings) -> dict[str, object]:
    return {
        "recipient": settings.recipient.shown_id if settings.recipient else "",
        "default_payment_method": (settings.default_payment_method.shown_id if settings.default_payment_method else ""),
        "collection": settings.collection,
        "memo": settings.memo,
        "payment_terms_days": settings.payment_terms_days,
    }

"""Customers: the list, the page, and the forms about who they are."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from handsel.database.ids import show
from handsel.database.tenancy import reading
from handsel.flows.people.customers import (
    Address,
    CustomerChanges,
    add_contact,
    create_customer,
    update_contact,
    update_customer,
)
from handsel.models import Contact, Customer, Partner
from handsel.models.people import now_of
from handsel.reads.money.gateway import default_account
from handsel.reads.people.customer import contacts_of, customer_of, customer_view
from handsel.reads.people.customers import CustomerFilters, CustomerSort, list_customers
from handsel.rules.errors import NotFound
from handsel.rules.permissions import Grant
from handsel.web.console import choices
from handsel.web.console.forms import REFUSALS, Form
from handsel.web.console.once import claim_of, made_by, new_word
from handsel.web.console.pages import address, after_of, one_of, paging, row_id, search_of
from handsel.web.guards import Desk, staff

NEW_DAYS = 30
_COLUMNS = (
    *("name", "email", "currency", "timezone", "locale", "line1", "city", "region", "postal_code", "country"),
    *("tax_id", "tax_exempt"),
)
SORTS: dict[str, CustomerSort] = {"name": "name", "newest": "newest"}


@require_safe
@staff
def index(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The list: found by the beginnings of words, sorted by name or newest first."""
    q, sort = search_of(request), SORTS.get(one_of(request, "sort", SORTS), "newest")
    recent = request.GET.get("added") == "recently"
    since = now_of(desk.partner) - dt.timedelta(days=NEW_DAYS) if recent else None
    filters = CustomerFilters(created_from=since, q=q)
    with reading(desk.partner.id):
        try:
            page = list_customers(
                desk.partner, desk.actor, filters, after=after_of(request, Customer.prefix), sort=sort
            )
        except NotFound:
            return redirect(address(request))
        context = {
            "customers": page.rows,
            "paging": paging(request, page, Customer.prefix),
            "q": q,
            "sort": sort,
            "recent": recent,
            "all_url": address(request, added=None),
            "recent_url": address(request, added="recently"),
            "by_name_url": address(request, sort="name"),
            "newest_url": address(request, sort=None),
            "without_search_url": address(request, q=None),
            "may_create": desk.actor.may(Grant.ORDERS_CREATE),
        }
        return render(request, "customers/index.html", context)


@require_safe
@staff
def page(request: HttpRequest, desk: Desk, customer: str) -> HttpResponse:
    return show_page(request, desk, customer)


def show_page(
    request: HttpRequest,
    desk: Desk,
    customer: str,
    *,
    card: Form | None = None,
    contact: Form | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    """The customer's page, with the dialog open whose form was refused."""
    with reading(desk.partner.id):
        view = customer_view(desk.partner, desk.actor, row_id(Customer.prefix, customer))
        may_enter_card = desk.actor.may(Grant.PAYMENTS_ENTER_CARD)
        context = {
            "view": view,
            "customer": view.customer,
            "crumbs": [{"label": "Customers", "url": address_of_list()}, {"label": view.customer.name}],
            "country_name": dict(choices.countries()).get(view.customer.country, view.customer.country),
            "may_enter_card": may_enter_card,
            "may_verify": desk.actor.may(Grant.PAYMENTS_COLLECT),
            "account": default_account(desk.partner) if may_enter_card else None,
            "card": card or Form({"once": new_word()}),
            "card_open": "yes" if card else "",
            "contact": contact or Form({"once": new_word()}),
            "contact_open": "yes" if contact else "",
            "refusal": refusal,
        }
        return render(request, "customers/page.html", context, status=status)


def address_of_list() -> str:
    return "/customers"


@require_http_methods(["GET", "HEAD", "POST"])
@staff(grant=Grant.ORDERS_CREATE)
def new(request: HttpRequest, desk: Desk) -> HttpResponse:
    form, status = Form(_blank(desk.partner)), 200
    if request.method == "POST":
        form = Form.posted(request)
        with reading(desk.partner.id):
            made = made_by(request, desk)
        if made is not None:
            return redirect("customer", customer=show(Customer.prefix, made))
        try:
            customer = create_customer(desk.partner, desk.actor, **_typed(form), claim=claim_of(request, desk))
        except REFUSALS as refusal:
            status = form.refuse(refusal)
        else:
            messages.success(request, f"{customer.name} is a customer now.")
            return redirect("customer", customer=customer.shown_id)
    return _show_form(request, desk, form, None, status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff(grant=Grant.ORDERS_CREATE)
def edit(request: HttpRequest, desk: Desk, customer: str) -> HttpResponse:
    customer_id, form, status = row_id(Customer.prefix, customer), None, 200
    if request.method == "POST":
        form = Form.posted(request)
        try:
            update_customer(desk.partner, desk.actor, customer_id, _typed(form))
        except REFUSALS as refusal:
            status = form.refuse(refusal)
        else:
            messages.success(request, "Saved.")
            return redirect("customer", customer=customer)
    with reading(desk.partner.id):
        row = customer_of(desk.partner, customer_id)
        return _show_form(request, desk, form or Form(_values(row)), row, status)


@require_http_methods(["POST"])
@staff(grant=Grant.ORDERS_CREATE)
def contact_new(request: HttpRequest, desk: Desk, customer: str) -> HttpResponse:
    customer_id, form = row_id(Customer.prefix, customer), Form.posted(request)
    with reading(desk.partner.id):
        made = made_by(request, desk)
    if made is None:
        try:
            add_contact(
                desk.partner,
                desk.actor,
                customer_id,
                name=form.text("name"),
                email=form.text("email"),
                phone=form.text("phone"),
                claim=claim_of(request, desk),
            )
        except REFUSALS as refusal:
            return show_page(request, desk, customer, contact=form, status=form.refuse(refusal))
        messages.success(request, f"{form.text('name')} is a contact now.")
    return redirect("customer", customer=customer)


@require_http_methods(["GET", "HEAD", "POST"])
@staff(grant=Grant.ORDERS_CREATE)
def contact_edit(request: HttpRequest, desk: Desk, customer: str, contact: str) -> HttpResponse:
    customer_id, contact_id = row_id(Customer.prefix, customer), row_id(Contact.prefix, contact)
    with reading(desk.partner.id):
        row = customer_of(desk.partner, customer_id)
        found = next((each for each in contacts_of(desk.partner, customer_id) if each.id == contact_id), None)
    if found is None:
        raise NotFound("not_found", "There is no such contact.")
    form, status = Form({"name": found.name, "email": found.email, "phone": found.phone}), 200
    if request.method == "POST":
        form = Form.posted(request)
        try:
            update_contact(
                desk.partner,
                desk.actor,
                contact_id,
                {"name": form.text("name"), "email": form.text("email"), "phone": form.text("phone")},
            )
        except REFUSALS as refusal:
            status = form.refuse(refusal)
        else:
            messages.success(request, "Saved.")
            return redirect("customer", customer=customer)
    context = {
        "form": form,
        "customer": row,
        "crumbs": [
            {"label": "Customers", "url": address_of_list()},
            {"label": row.name, "url": f"/customers/{row.shown_id}"},
            {"label": found.name},
        ],
    }
    with reading(desk.partner.id):
        return render(request, "customers/contact.html", context, status=status)


def _show_form(request: HttpRequest, desk: Desk, form: Form, customer: Customer | None, status: int) -> HttpResponse:
    crumbs: list[dict[str, str]] = [{"label": "Customers", "url": address_of_list()}]
    if customer is not None:
        crumbs.append({"label": customer.name, "url": f"/customers/{customer.shown_id}"})
    context = {
        "form": form,
        "customer": customer,
        "crumbs": [*crumbs, {"label": "Edit" if customer else "New"}],
        "countries": choices.countries(),
        "currencies": choices.currencies(),
        "zones": choices.with_current(choices.time_zones(now_of(desk.partner)), form.text("timezone")),
        "locales": choices.with_current(choices.locales(), form.text("locale")),
    }
    with reading(desk.partner.id):
        return render(request, "customers/form.html", context, status=status)


def _typed(form: Form) -> CustomerChanges:
    place = Address(
        line1=form.text("line1"),
        city=form.text("city"),
        region=form.text("region"),
        postal_code=form.text("postal_code"),
        country=form.text("country"),
    )
    return CustomerChanges(
        name=form.text("name"),
        email=form.text("email"),
        currency=form.text("currency"),
        timezone=form.text("timezone"),
        locale=form.text("locale"),
        address=place,
        tax_id=form.text("tax_id"),
        tax_exempt=form.flag("tax_exempt"),
    )


def _blank(partner: Partner) -> dict[str, Any]:
    return {
        "currency": partner.currency,
        "timezone": partner.timezone,
        "locale": partner.locale,
        "country": partner.country,
        "once": new_word(),
    }


def _values(customer: Customer) -> dict[str, Any]:
    return {name: getattr(customer, name) for name in _COLUMNS}

"""A draft is begun and edited: it saves itself while somebody types, and says what it comes to."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from handsel.database.ids import show
from handsel.database.tenancy import reading
from handsel.flows.people.customers import Address, create_customer
from handsel.flows.sales.draft import OrderChanges, create_order, update_order
from handsel.models import Customer, Order, Product
from handsel.reads.catalog.products import ProductFilters, list_products
from handsel.reads.people.customers import CustomerFilters, list_customers
from handsel.reads.sales.order_page import OrderPage, order_page
from handsel.rules.errors import HandselError, Invalid, Refused
from handsel.rules.periods import Interval
from handsel.rules.permissions import Grant
from handsel.templatetags.handsel_format import money_text
from handsel.web.console.choices import countries, currencies
from handsel.web.console.forms import REFUSALS, Form
from handsel.web.console.once import claim_of, made_by, new_word
from handsel.web.console.orders.draft_form import DraftForm
from handsel.web.console.orders.page import id_from, order_id_from, page_context
from handsel.web.context import reader_locale
from handsel.web.guards import Desk, staff

OPTIONS = 12
"""How many suggestions a search in a field brings."""


@require_http_methods(["GET", "POST"])
@staff(grant=Grant.ORDERS_CREATE)
def order_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Choose or create the customer; with the customer the draft exists, and saves itself from then on."""
    if request.method == "GET":
        context = new_customer_context(desk, Form({"currency": desk.partner.currency, "country": desk.partner.country}))
        return render(request, "orders/new.html", context)
    with reading(desk.partner.id):
        made = made_by(request, desk)
    if made is not None:
        return _to_order(request, made)
    customer_id = id_from(Customer.prefix, request.POST.get("customer", ""))
    claim = claim_of(request, desk)
    return _to_order(request, create_order(desk.partner, desk.actor, customer_id=customer_id, claim=claim).id)


def new_customer_context(desk: Desk, form: Form) -> dict[str, Any]:
    return {
        "form": form,
        "once": new_word(),
        "crumbs": [{"label": "Orders", "url": reverse("orders")}, {"label": "New order"}],
        "countries": countries(),
        "currencies": currencies(),
    }


@require_POST
@staff(grant=Grant.ORDERS_CREATE)
def order_new_customer(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A customer who is not known yet, from the dialog; their draft follows at once."""
    form = Form.posted(request)
    with reading(desk.partner.id):
        made = made_by(request, desk)
    if made is not None:
        return _to_customer(made)
    address = Address(
        line1=form.text("line1"),
        city=form.text("city"),
        region=form.text("region"),
        postal_code=form.text("postal_code"),
        country=form.text("country"),
    )
    try:
        customer = create_customer(
            desk.partner,
            desk.actor,
            name=form.text("name"),
            email=form.text("email"),
            currency=form.text("currency"),
            address=address,
            tax_id=form.text("tax_id"),
            claim=claim_of(request, desk),
        )
    except REFUSALS as refusal:
        status = form.refuse(refusal)
        return render(request, "orders/_new_customer.html", new_customer_context(desk, form), status=status)
    return _to_order(request, create_order(desk.partner, desk.actor, customer_id=customer.id).id)


def _to_customer(customer_id: uuid.UUID) -> HttpResponse:
    """The form came twice: the customer is there already, and their orders stand on their page."""
    return HttpResponseClientRedirect(reverse("customer", args=[show(Customer.prefix, customer_id)]))


def _to_order(request: HttpRequest, order_id: uuid.UUID) -> HttpResponse:
    url = reverse("order", args=[show(Order.prefix, order_id)])
    if request.headers.get("HX-Request") == "true":
        return HttpResponseClientRedirect(url)
    return redirect(url)


@require_POST
@staff
def draft_save(request: HttpRequest, desk: Desk, order_id: str) -> HttpResponse:
    """What is typed is saved if all of it makes sense; else nothing is, and the complaints go beside their fields."""
    return _edit(request, desk, order_id, lambda form: form.changes(), "orders/_saved.html")


@require_POST
@staff
def draft_add_line(request: HttpRequest, desk: Desk, order_id: str) -> HttpResponse:
    """One more line, with what was typed into the others."""
    product_id = id_from(Product.prefix, request.POST.get("add_product", ""))
    return _edit(request, desk, order_id, lambda form: form.with_product(product_id), "orders/_lines_changed.html")


@require_POST
@staff
def draft_remove_line(request: HttpRequest, desk: Desk, order_id: str, line_id: str) -> HttpResponse:
    """One line less."""

    def without(form: DraftForm) -> OrderChanges:
        form.keys = [key for key in form.keys if key != line_id]
        return form.changes()

    return _edit(request, desk, order_id, without, "orders/_lines_changed.html")


def _edit(
    request: HttpRequest, desk: Desk, order_id: str, read: Callable[[DraftForm], OrderChanges], template: str
) -> HttpResponse:
    page = _read(desk, order_id_from(order_id))
    form = DraftForm.typed(request, page.order, page.view.lines, page.view.tags)
    before = set(form.keys)
    try:
        version = form.whole("version")
        _check_version(page, version, forced="over" in request.GET)
        changes = read(form)
        if changes:
            update_order(desk.partner, desk.actor, page.order.id, page.order.version, changes)
    except (Invalid, Refused) as refusal:
        return _not_saved(request, desk, page, form, refusal)
    page = _read(desk, page.order.id)
    form = DraftForm(page.order, page.view.lines, page.view.tags)
    form.focused = next((key for key in form.keys if key not in before), "")
    return _show(request, desk, page, form, template)


def _read(desk: Desk, order_id: uuid.UUID) -> OrderPage:
    with reading(desk.partner.id):
        return order_page(desk.partner, desk.actor, order_id)


def _check_version(page: OrderPage, seen: int, *, forced: bool) -> None:
    """The version that was typed over must be the one that stands; `forced` is who was told and wants theirs kept."""
    if seen != page.order.version and not forced:
        raise Refused("order_changed", "Somebody else changed this order while you were typing.")


def _not_saved(
    request: HttpRequest, desk: Desk, page: OrderPage, form: DraftForm, refusal: HandselError
) -> HttpResponse:
    """Nothing was written and nothing on the page is replaced: what was typed stays, the complaints come to it."""
    status = form.refuse(refusal)
    conflict = refusal.code == "order_changed"
    response = _show(request, desk, page, form, "orders/_not_saved.html", blocked=True, conflict=conflict)
    response.status_code = status
    response["HX-Reswap"] = "none"
    return response


def _show(
    request: HttpRequest, desk: Desk, page: OrderPage, form: DraftForm, template: str, **more: Any
) -> HttpResponse:
    with reading(desk.partner.id):
        context = page_context(request, desk, page, form=form, **more)
        response = render(request, template, context | {"swapped": True})
    if form.focused:
        trigger_client_event(response, "lineAdded", {"key": form.focused}, after="settle")
    return response


@require_GET
@staff(grant=Grant.ORDERS_CREATE)
def customer_options(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Customers by the letters typed so far."""
    filters = CustomerFilters(q=request.GET.get("q", "")[:200])
    found = list_customers(desk.partner, desk.actor, filters, limit=OPTIONS, sort="name")
    options = [(each.shown_id, each.name, f"{each.number} · {each.email}") for each in found.rows]
    return render(request, "orders/_options.html", {"options": options})


@require_GET
@staff(grant=Grant.ORDERS_CREATE)
def product_options(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Products that are sold in the order's currency, by the letters typed so far."""
    filters = ProductFilters(q=request.GET.get("q", "")[:200], currency=request.GET.get("currency", "")[:3])
    found = list_products(desk.partner, desk.actor, filters, limit=OPTIONS)
    locale = reader_locale(request, desk.partner.locale)
    options = [(each.shown_id, each.name, f"{each.sku} · {_price(each, locale)}") for each in found.rows]
    return render(request, "orders/_options.html", {"options": options})


def _price(product: Product, locale: str) -> str:
    price = money_text(product.price_minor, product.currency, locale)
    return f"{price} {Interval(product.interval, product.interval_count)}" if product.interval else price

"""Products: the list, and the form that makes and changes them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from handsel.database.ids import show
from handsel.database.secrets import decrypt
from handsel.database.tenancy import reading
from handsel.flows.catalog.products import ProductChanges, create_product, update_product
from handsel.models import Product
from handsel.reads.catalog.products import ProductFilters, Sold, list_products, product_of
from handsel.rules.errors import Invalid, NotFound
from handsel.rules.money import decimal_text
from handsel.rules.permissions import Grant
from handsel.web.console import choices
from handsel.web.console.forms import REFUSALS, Form
from handsel.web.console.once import claim_of, made_by, new_word
from handsel.web.console.pages import address, after_of, one_of, paging, row_id, search_of
from handsel.web.guards import Desk, staff

SOLD: dict[str, Sold] = {"active": "active", "archived": "archived", "all": "all"}
KINDS = {"recurring": True, "once": False}
CHOICES_SHOWN = 100
_COLUMNS = (
    *("name", "sku", "description", "currency", "interval_count", "trial_days", "vendor_url", "tax_exempt"),
    "is_active",
)


@require_safe
@staff
def index(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The catalogue; what is not sold any more is behind a filter."""
    q, kind = search_of(request), one_of(request, "kind", KINDS)
    sold = SOLD.get(one_of(request, "sold", SOLD), "active")
    filters = ProductFilters(q=q, sold=sold, recurring=KINDS.get(kind))
    try:
        page = list_products(desk.partner, desk.actor, filters, after=after_of(request, Product.prefix))
    except NotFound:
        return redirect(address(request))
    context = {
        "products": page.rows,
        "paging": paging(request, page, Product.prefix),
        "q": q,
        "chips": [
            ("Sold now", address(request, sold=None, kind=None), sold == "active" and not kind),
            ("Recurring", address(request, sold=None, kind="recurring"), kind == "recurring"),
            ("One-time", address(request, sold=None, kind="once"), kind == "once"),
            ("Archived", address(request, sold="archived", kind=None), sold == "archived"),
        ],
        "without_search_url": address(request, q=None),
        "may_edit": desk.may(Grant.CATALOG_MANAGE),
    }
    return render(request, "products/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff(grant=Grant.CATALOG_MANAGE)
def new(request: HttpRequest, desk: Desk) -> HttpResponse:
    form, status = Form({"currency": desk.partner.currency, "interval_count": 1, "once": new_word()}), 200
    if request.method == "POST":
        form = Form.posted(request)
        with reading(desk.partner.id):
            made = made_by(request, desk)
        if made is not None:
            return redirect("product", product=show(Product.prefix, made))
        try:
            values = _typed(form)
            form.check()
            product = create_product(desk.partner, desk.actor, **values, claim=claim_of(request, desk))
        except REFUSALS as refusal:
            status = _refuse(form, refusal)
        else:
            if product.vendor_url:
                return _show_secret(request, desk, product)
            messages.success(request, f"{product.name} is in the catalogue.")
            return redirect("products")
    return _show_form(request, desk, form, None, status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def page(request: HttpRequest, desk: Desk, product: str) -> HttpResponse:
    """The product; a form for whoever manages the catalogue, facts for everybody else."""
    product_id, form, status = row_id(Product.prefix, product), None, 200
    if request.method == "POST":
        form = Form.posted(request)
        with reading(desk.partner.id):
            before = product_of(desk.partner, product_id)
        try:
            values = _typed(form)
            form.check()
            values["is_active"] = form.flag("is_active")
            after = update_product(desk.partner, desk.actor, product_id, values)
        except REFUSALS as refusal:
            status = _refuse(form, refusal)
        else:
            if after.vendor_url and not before.vendor_url:
                return _show_secret(request, desk, after)
            messages.success(request, "Saved. Orders and subscriptions keep the price they were sold at.")
            return redirect("products")
    with reading(desk.partner.id):
        row = product_of(desk.partner, product_id)
        if not desk.may(Grant.CATALOG_MANAGE):
            return render(request, "products/page.html", {"product": row, "crumbs": _crumbs(row.name)})
        return _show_form(request, desk, form or Form(_values(row)), row, status)


def _show_form(request: HttpRequest, desk: Desk, form: Form, product: Product | None, status: int) -> HttpResponse:
    with reading(desk.partner.id):
        found = list_products(desk.partner, desk.actor, limit=CHOICES_SHOWN).rows
        if product is not None and product.prerequisite is not None:
            found = [product.prerequisite, *(each for each in found if each.id != product.prerequisite_id)]
        context = {
            "form": form,
            "product": product,
            "crumbs": _crumbs(product.name if product else "New product"),
            "currencies": choices.currencies(),
            "intervals": choices.INTERVAL_CHOICES,
            "others": [(each.shown_id, each.name) for each in found if product is None or each.id != product.id],
        }
        return render(request, "products/form.html", context, status=status)


def _show_secret(request: HttpRequest, desk: Desk, product: Product) -> HttpResponse:
    """Once, when a vendor's address is first given: the secret by which the vendor knows that it is us."""
    context = {
        "product": product,
        "secret": decrypt(product.vendor_secret_encrypted),
        "crumbs": _crumbs(product.name),
    }
    with reading(desk.partner.id):
        response = render(request, "products/secret.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _crumbs(here: str) -> list[dict[str, str]]:
    return [{"label": "Products", "url": "/products"}, {"label": here}]


def _refuse(form: Form, refusal: Any) -> int:
    """Amounts and ids are complained about under the names that the inputs have."""
    if isinstance(refusal, Invalid) and refusal.errors and refusal.errors[0].loc == "amount":
        form.errors["price"] = refusal.errors[0].msg
        return refusal.status
    return form.refuse(refusal)


def _typed(form: Form) -> ProductChanges:
    interval = form.text("interval") or None
    return ProductChanges(
        name=form.text("name"),
        sku=form.text("sku"),
        description=form.text("description"),
        price_minor=form.money("price", form.text("currency")),
        currency=form.text("currency"),
        interval=interval,
        interval_count=form.whole("interval_count", 1) if interval else 1,
        trial_days=form.whole("trial_days") if interval else 0,
        vendor_url=form.text("vendor_url"),
        prerequisite_id=form.row_id("prerequisite", Product.prefix),
        tax_exempt=form.flag("tax_exempt"),
    )


def _values(product: Product) -> dict[str, Any]:
    return {name: getattr(product, name) for name in _COLUMNS} | {
        "interval": product.interval or "",
        "price": decimal_text(product.price_minor, product.currency),
        "prerequisite": product.prerequisite.shown_id if product.prerequisite else "",
    }

"""Tax rates, under Administration."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from handsel.database.tenancy import reading
from handsel.flows.catalog.tax_rates import TaxRateChanges, create_tax_rate, update_tax_rate
from handsel.models import TaxRate
from handsel.reads.catalog.products import list_tax_rates, tax_rate_of
from handsel.rules.money import percent_text
from handsel.rules.permissions import Grant
from handsel.web.console import choices
from handsel.web.console.forms import REFUSALS, Form
from handsel.web.console.once import claim_of, made_by, new_word
from handsel.web.console.pages import after_of, paging, row_id
from handsel.web.guards import Desk, staff


@require_safe
@staff(grant=Grant.CATALOG_MANAGE)
def index(request: HttpRequest, desk: Desk) -> HttpResponse:
    page = list_tax_rates(desk.partner, desk.actor, after=after_of(request, TaxRate.prefix))
    names = dict(choices.countries())
    context = {
        "rates": [(rate, names.get(rate.country, rate.country), percent_text(rate.percent)) for rate in page.rows],
        "paging": paging(request, page, TaxRate.prefix),
        "crumbs": [{"label": "Administration", "url": "/administration"}, {"label": "Tax rates"}],
    }
    return render(request, "administration/tax_rates.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff(grant=Grant.CATALOG_MANAGE)
def new(request: HttpRequest, desk: Desk) -> HttpResponse:
    form, status = Form({"country": desk.partner.country, "once": new_word()}), 200
    if request.method == "POST":
        form = Form.posted(request)
        with reading(desk.partner.id):
            made = made_by(request, desk)
        if made is not None:
            return redirect("tax_rates")
        try:
            rate = create_tax_rate(desk.partner, desk.actor, **_typed(form), claim=claim_of(request, desk))
        except REFUSALS as refusal:
            status = form.refuse(refusal)
        else:
            messages.success(request, f"{rate.name} is added to orders from now on.")
            return redirect("tax_rates")
    return _show_form(request, desk, form, None, status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff(grant=Grant.CATALOG_MANAGE)
def page(request: HttpRequest, desk: Desk, rate: str) -> HttpResponse:
    rate_id, form, status = row_id(TaxRate.prefix, rate), None, 200
    if request.method == "POST":
        form = Form.posted(request)
        try:
            update_tax_rate(desk.partner, desk.actor, rate_id, {**_typed(form), "is_active": form.flag("is_active")})
        except REFUSALS as refusal:
            status = form.refuse(refusal)
        else:
            messages.success(request, "Saved. What was sold keeps the tax it had.")
            return redirect("tax_rates")
    with reading(desk.partner.id):
        row = tax_rate_of(desk.partner, rate_id)
        return _show_form(request, desk, form or Form(_values(row)), row, status)


def _show_form(request: HttpRequest, desk: Desk, form: Form, rate: TaxRate | None, status: int) -> HttpResponse:
    context = {
        "form": form,
        "rate": rate,
        "countries": choices.countries(),
        "crumbs": [
            {"label": "Administration", "url": "/administration"},
            {"label": "Tax rates", "url": "/administration/tax-rates"},
            {"label": rate.name if rate else "New"},
        ],
    }
    with reading(desk.partner.id):
        return render(request, "administration/tax_rate.html", context, status=status)


def _typed(form: Form) -> TaxRateChanges:
    return TaxRateChanges(
        name=form.text("name"),
        country=form.text("country"),
        region=form.text("region"),
        percent=form.text("percent"),
        inclusive=form.flag("inclusive"),
    )


def _values(rate: TaxRate) -> dict[str, Any]:
    names = ["name", "country", "region", "inclusive", "is_active"]
    return {name: getattr(rate, name) for name in names} | {"percent": percent_text(rate.percent)}

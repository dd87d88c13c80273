"""Products and tax rates."""

from __future__ import annotations

from typing import Any, Literal, cast

from django.http import HttpResponse
from ninja import Query, Router

from handsel.database.tenancy import reading
from handsel.flows.catalog import products as product_flows
from handsel.flows.catalog import tax_rates as tax_flows
from handsel.models import Product, TaxRate
from handsel.reads.catalog import products as catalog
from handsel.web.api.asking import Paging, Search, after_of, check_query, sent, tell_page
from handsel.web.api.face import PROBLEMS, Caller, tell
from handsel.web.api.schemas.base import ListOf, known, known_or_none
from handsel.web.api.schemas.catalog import (
    ProductChange,
    ProductNew,
    ProductTold,
    TaxRateChange,
    TaxRateNew,
    TaxRateTold,
)

router = Router(tags=["Catalogue"])


class ProductQuery(Paging):
    q: Search = ""
    status: Literal["active", "archived", "all"] = "active"
    recurring: bool | None = None
    currency: str = ""


class TaxRateQuery(Paging):
    country: str = ""


@router.post("/products", response={201: ProductTold, **PROBLEMS}, summary="Add a product")
def create_product(request: Caller, body: ProductNew) -> HttpResponse:
    """Sold once, or again each interval. Needs the permission “Manage products and taxes”."""
    product = product_flows.create_product(
        request.desk.partner,
        request.desk.actor,
        name=body.name,
        sku=body.sku,
        price_minor=body.price.amount,
        currency=body.price.currency,
        interval=body.interval,
        interval_count=body.interval_count,
        trial_days=body.trial_days,
        description=body.description,
        vendor_url=body.vendor_url,
        prerequisite_id=known_or_none(Product.prefix, body.prerequisite),
        tax_exempt=body.tax_exempt,
        claim=request.claim,
    )
    return tell(ProductTold.of(product), 201)


@router.get("/products", response={200: ListOf[ProductTold], **PROBLEMS}, summary="List products")
def list_products(request: Caller, query: Query[ProductQuery]) -> HttpResponse:
    """What is sold, newest first; `status=all` shows what is not sold any more too."""
    check_query(request, query)
    filters = catalog.ProductFilters(query.q, query.status, query.recurring, query.currency)
    desk = request.desk
    page = catalog.list_products(
        desk.partner, desk.actor, filters, after=after_of(Product.prefix, query), limit=query.limit
    )
    return tell_page(page, Product.prefix, ProductTold.of)


@router.get("/products/{product_id}", response={200: ProductTold, **PROBLEMS}, summary="Read a product")
def read_product(request: Caller, product_id: str) -> HttpResponse:
    """One product as it is sold today."""
    return tell(ProductTold.of(catalog.product_of(request.desk.partner, known(Product.prefix, product_id))))


@router.patch("/products/{product_id}", response={200: ProductTold, **PROBLEMS}, summary="Change a product")
def change_product(request: Caller, product_id: str, body: ProductChange) -> HttpResponse:
    """Change what is named; orders and subscriptions keep what they froze."""
    changes: dict[str, Any] = sent(body, "interval", "prerequisite")
    if "price" in changes:
        price = changes.pop("price")
        changes |= {"price_minor": price.amount, "currency": price.currency}
    if "prerequisite" in changes:
        changes["prerequisite_id"] = known_or_none(Product.prefix, changes.pop("prerequisite"))
    if "active" in changes:
        changes["is_active"] = changes.pop("active")
    desk, row_id = request.desk, known(Product.prefix, product_id)
    product_flows.update_product(desk.partner, desk.actor, row_id, cast(product_flows.ProductChanges, changes))
    with reading(desk.partner.id):
        return tell(ProductTold.of(catalog.product_of(desk.partner, row_id)))


@router.post("/tax-rates", response={201: TaxRateTold, **PROBLEMS}, summary="Add a tax rate")
def create_tax_rate(request: Caller, body: TaxRateNew) -> HttpResponse:
    """A tax of a country, or of one region of it, on top of prices or contained in them."""
    rate = tax_flows.create_tax_rate(
        request.desk.partner,
        request.desk.actor,
        name=body.name,
        country=body.country,
        region=body.region or "",
        percent=body.percent,
        inclusive=body.inclusive,
        claim=request.claim,
    )
    return tell(TaxRateTold.of(rate), 201)


@router.get("/tax-rates", response={200: ListOf[TaxRateTold], **PROBLEMS}, summary="List tax rates")
def list_tax_rates(request: Caller, query: Query[TaxRateQuery]) -> HttpResponse:
    """All rates, newest first, those that are not charged any more too."""
    check_query(request, query)
    page = catalog.list_tax_rates(
        request.desk.partner,
        request.desk.actor,
        country=query.country,
        after=after_of(TaxRate.prefix, query),
        limit=query.limit,
    )
    return tell_page(page, TaxRate.prefix, TaxRateTold.of)


@router.patch("/tax-rates/{rate_id}", response={200: TaxRateTold, **PROBLEMS}, summary="Change a tax rate")
def change_tax_rate(request: Caller, rate_id: str, body: TaxRateChange) -> HttpResponse:
    """Change what is named; what was sold keeps the tax that it froze."""
    changes = sent(body, "region")
    if "region" in changes:
        changes["region"] = changes["region"] or ""
    if "active" in changes:
        changes["is_active"] = changes.pop("active")
    rate = tax_flows.update_tax_rate(
        request.desk.partner,
        request.desk.actor,
        known(TaxRate.prefix, rate_id),
        cast(tax_flows.TaxRateChanges, changes),
    )
    return tell(TaxRateTold.of(rate))

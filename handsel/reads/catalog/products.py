"""The catalogue: products and tax rates."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Literal

from handsel.models import Partner, Product, TaxRate
from handsel.reads.paging import DEFAULT_LIMIT, Page, page
from handsel.reads.search import matching
from handsel.rules.errors import NotFound
from handsel.rules.permissions import Actor

Sold = Literal["active", "archived", "all"]


@dataclass(frozen=True, slots=True)
class ProductFilters:
    """What narrows the catalogue. `recurring` None shows both kinds; `q` finds by name and SKU."""

    q: str = ""
    sold: Sold = "active"
    recurring: bool | None = None
    currency: str = ""


def list_products(
    partner: Partner,
    actor: Actor,
    filters: ProductFilters = ProductFilters(),
    *,
    after: uuid.UUID | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[Product]:
    """One page of the products, newest first, each with its prerequisite; every member may see them. One statement."""
    rows = Product.objects.select_related("prerequisite")
    if filters.sold != "all":
        rows = rows.filter(is_active=filters.sold == "active")
    if filters.recurring is not None:
        rows = rows.filter(interval__isnull=not filters.recurring)
    if filters.currency:
        rows = rows.filter(currency=filters.currency)
    return page(matching(rows, "product", filters.q), after, limit)


def product_of(partner: Partner, product_id: uuid.UUID) -> Product:
    """The product with its prerequisite. Raises NotFound."""
    product: Product | None = Product.objects.select_related("prerequisite").filter(id=product_id).first()
    if product is None:
        raise NotFound("not_found", "There is no such product.")
    return product


def list_tax_rates(
    partner: Partner,
    actor: Actor,
    *,
    country: str = "",
    after: uuid.UUID | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[TaxRate]:
    """One page of the tax rates, newest first; with `country` (ISO 3166-1 alpha-2) only that country's."""
    rows = TaxRate.objects.all()
    return page(rows.filter(country=country) if country else rows, after, limit)


def tax_rate_of(partner: Partner, rate_id: uuid.UUID) -> TaxRate:
    """Raises NotFound."""
    rate: TaxRate | None = TaxRate.objects.filter(id=rate_id).first()
    if rate is None:
        raise NotFound("not_found", "There is no such tax rate.")
    return rate

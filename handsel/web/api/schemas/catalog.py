"""Products and tax rates."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import StrictInt, StrictStr

from handsel.models import Product, TaxRate
from handsel.rules.money import percent_text
from handsel.rules.periods import MAX_COUNT
from handsel.rules.pricing import MAX_TRIAL_DAYS
from handsel.web.api.schemas.base import (
    Asked,
    Flag,
    Money,
    MoneyAsked,
    Name,
    ProductId,
    Told,
    money,
    shown_or_none,
    text,
    whole,
)

Interval = Literal["day", "week", "month", "year"]
Sku = Annotated[StrictStr, text(80, minLength=1)]
IntervalCount = Annotated[StrictInt, whole(1, MAX_COUNT)]
TrialDays = Annotated[StrictInt, whole(0, MAX_TRIAL_DAYS)]
Description = Annotated[StrictStr, text(10_000)]
Url = Annotated[StrictStr, text(500)]
Country = Annotated[StrictStr, text(2)]
Percent = Annotated[StrictStr, text(20, pattern=r"^\d{1,3}(\.\d{1,4})?$")]


class ProductNew(Asked):
    """`interval` null is sold once; `trial_days` are not billed; `prerequisite` is what a customer needs before."""

    name: Name
    sku: Sku
    price: MoneyAsked
    interval: Interval | None = None
    interval_count: IntervalCount = 1
    trial_days: TrialDays = 0
    description: Description = ""
    vendor_url: Url = ""
    prerequisite: ProductId | None = None
    tax_exempt: Flag = False


class ProductChange(Asked):
    """Orders and subscriptions keep what they froze. `active` false: not sold any more."""

    name: Name | None = None
    sku: Sku | None = None
    price: MoneyAsked | None = None
    interval: Interval | None = None
    interval_count: IntervalCount | None = None
    trial_days: TrialDays | None = None
    description: Description | None = None
    vendor_url: Url | None = None
    prerequisite: ProductId | None = None
    tax_exempt: Flag | None = None
    active: Flag | None = None


class ProductTold(Told):
    id: str
    name: str
    sku: str
    description: str
    price: Money
    interval: str | None
    interval_count: int
    trial_days: int
    vendor_url: str
    prerequisite: str | None
    tax_exempt: bool
    active: bool
    created_at: dt.datetime

    @classmethod
    def of(cls, product: Product) -> ProductTold:
        return cls(
            id=product.shown_id,
            name=product.name,
            sku=product.sku,
            description=product.description,
            price=money(product.price_minor, product.currency),
            interval=product.interval,
            interval_count=product.interval_count,
            trial_days=product.trial_days,
            vendor_url=product.vendor_url,
            prerequisite=shown_or_none(Product.prefix, product.prerequisite_id),
            tax_exempt=product.tax_exempt,
            active=product.is_active,
            created_at=product.created_at,
        )


class TaxRateNew(Asked):
    """`percent` is a decimal string such as "8.25"; without `region` it is the whole country's."""

    name: Annotated[StrictStr, text(80, minLength=1)]
    country: Country
    region: Annotated[StrictStr, text(100)] | None = None
    percent: Percent
    inclusive: Flag = False


class TaxRateChange(Asked):
    name: Annotated[StrictStr, text(80, minLength=1)] | None = None
    country: Country | None = None
    region: Annotated[StrictStr, text(100)] | None = None
    percent: Percent | None = None
    inclusive: Flag | None = None
    active: Flag | None = None


class TaxRateTold(Told):
    id: str
    name: str
    country: str
    region: str | None
    percent: str
    inclusive: bool
    active: bool
    created_at: dt.datetime

    @classmethod
    def of(cls, rate: TaxRate) -> TaxRateTold:
        return cls(
            id=rate.shown_id,
            name=rate.name,
            country=rate.country,
            region=rate.region or None,
            percent=percent_text(rate.percent),
            inclusive=rate.inclusive,
            active=rate.is_active,
            created_at=rate.created_at,
        )

"""What tax is added, where."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Required, TypedDict, Unpack

from handsel.flows.changes import change
from handsel.flows.fields import Fields
from handsel.flows.idempotency import Claim
from handsel.flows.jobs import wake
from handsel.flows.work import working
from handsel.models import Partner, TaxRate
from handsel.rules.errors import Invalid, NotFound
from handsel.rules.money import parse_percent
from handsel.rules.permissions import Actor, Grant, check_grant


class NewTaxRate(TypedDict, total=False):
    """What a tax rate is made of. `percent` is a decimal of at most four places, such as "8.25"; without a region it
    holds in the whole country."""

    name: Required[str]
    country: Required[str]
    percent: Required[str]
    region: str
    inclusive: bool
    is_active: bool


class TaxRateChanges(TypedDict, total=False):
    """The fields of a tax rate that a change may name. Orders and invoices keep what they froze."""

    name: str
    country: str
    region: str
    percent: str
    inclusive: bool
    is_active: bool


def create_tax_rate(
    partner: Partner, actor: Actor, *, claim: Claim | None = None, **fields: Unpack[NewTaxRate]
) -> TaxRate:
    """A tax of a country, or of one region of it. Raises NotAllowed, Invalid."""
    check_grant(actor, Grant.CATALOG_MANAGE)
    values = _values(fields)
    with working(partner, actor) as work:
        rate = TaxRate(partner_id=partner.id, created_at=work.now, **values)
        if claim is not None:
            claim.remember("tax_rate", rate.id)
        rate.save(force_insert=True)
        work.record(
            "tax_rate.created",
            rate,
            changes={"country": rate.country, "region": rate.region, "percent": str(rate.percent)},
        )
        _wake_repricing(partner, {rate.country})
    return rate


def update_tax_rate(partner: Partner, actor: Actor, rate_id: uuid.UUID, changes: TaxRateChanges) -> TaxRate:
    """Change what is named; what was sold keeps the tax it froze."""
    check_grant(actor, Grant.CATALOG_MANAGE)
    values = _values(changes)
    with working(partner, actor) as work:
        rate: TaxRate | None = TaxRate.objects.select_for_update(no_key=True).filter(id=rate_id).first()
        if rate is None:
            raise NotFound("not_found", "There is no such tax rate.")
        before = rate.country
        if change(work, rate, "tax_rate.updated", values):
            _wake_repricing(partner, {before, rate.country})
    return rate


def _wake_repricing(partner: Partner, countries: set[str]) -> None:
    """Orders that are not sold yet follow the new rates; there may be many, so a job does it."""
    for country in sorted(countries):
        wake("reprice_country", partner_id=str(partner.id), country=country)


def _values(sent: Mapping[str, Any]) -> dict[str, Any]:
    fields = Fields()
    values = fields.read(
        sent,
        {
            "name": lambda value: fields.text("name", value, 80, needed=True),
            "country": lambda value: _country(fields, value),
            "region": lambda value: fields.text("region", value, 100),
            "percent": lambda value: _percent(fields, value),
            "inclusive": bool,
            "is_active": bool,
        },
    )
    fields.check()
    return values


def _country(fields: Fields, value: str) -> str:
    country = fields.country("country", value)
    if not country:
        fields.complain("country", "This is needed.")
    return country


def _percent(fields: Fields, value: str) -> Decimal:
    try:
        return parse_percent(value)
    except Invalid as error:
        fields.errors.extend(error.errors)
        return Decimal(0)

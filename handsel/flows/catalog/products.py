"""What is sold."""

from __future__ import annotations

import base64
import secrets
import uuid
from collections.abc import Mapping
from typing import Any, Required, TypedDict, Unpack

from handsel.database.secrets import encrypt
from handsel.flows.changes import change
from handsel.flows.fields import NOTES_LENGTH, Fields, once
from handsel.flows.idempotency import Claim
from handsel.flows.search import index
from handsel.flows.work import Work, working
from handsel.models import Partner, Product
from handsel.models.catalog import INTERVALS
from handsel.rules.errors import Invalid, NotFound
from handsel.rules.periods import MAX_COUNT
from handsel.rules.permissions import Actor, Grant, check_grant
from handsel.rules.pricing import MAX_TRIAL_DAYS


class NewProduct(TypedDict, total=False):
    """What a product is made of."""

    name: Required[str]
    sku: Required[str]
    price_minor: Required[int]
    currency: Required[str]
    interval: str | None
    interval_count: int
    trial_days: int
    description: str
    vendor_url: str
    prerequisite_id: uuid.UUID | None
    tax_exempt: bool
    is_active: bool


class ProductChanges(TypedDict, total=False):
    """The fields of a product that a change may name. Orders keep what they froze."""

    name: str
    sku: str
    description: str
    price_minor: int
    currency: str
    interval: str | None
    interval_count: int
    trial_days: int
    vendor_url: str
    prerequisite_id: uuid.UUID | None
    tax_exempt: bool
    is_active: bool


def create_product(
    partner: Partner, actor: Actor, *, claim: Claim | None = None, **fields: Unpack[NewProduct]
) -> Product:
    """A new product. `price_minor` is in minor units of `currency`; without an interval it is sold once. With a vendor
    address it gets a secret of its own to sign what the vendor is told. Raises NotAllowed, NotFound, Invalid (code
    `duplicate` for a sku that exists)."""
    check_grant(actor, Grant.CATALOG_MANAGE)
    values = _values(partner, fields)
    with working(partner, actor) as work:
        product = Product(
            partner_id=partner.id, created_at=work.now, vendor_secret_encrypted=encrypt(new_vendor_secret()), **values
        )
        _check_together(product)
        if claim is not None:
            claim.remember("product", product.id)
        with once("product_sku_once", _sku_taken()):
            product.save(force_insert=True)
        _index(work, product, new=True)
        work.record(
            "product.created",
            product,
            changes={"sku": product.sku, "price_minor": product.price_minor, "currency": product.currency},
        )
    return product


def update_product(partner: Partner, actor: Actor, product_id: uuid.UUID, changes: ProductChanges) -> Product:
    """Change what is named; orders and subscriptions keep what they froze."""
    check_grant(actor, Grant.CATALOG_MANAGE)
    values = _values(partner, changes)
    with working(partner, actor) as work:
        product = product_for(product_id, lock=True)
        with once("product_sku_once", _sku_taken()):
            changed = change(work, product, "product.updated", values)
        _check_together(product)
        if changed.keys() & {"name", "sku"}:
            _index(work, product)
    return product


def new_vendor_secret() -> str:
    """A secret of Standard Webhooks: `whsec_` and 24 random bytes in base64."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(24)).decode()}"


def product_for(product_id: uuid.UUID, *, lock: bool = False) -> Product:
    """The partner's product, or NotFound."""
    rows = Product.objects.select_for_update(no_key=True) if lock else Product.objects.all()
    product: Product | None = rows.filter(id=product_id).first()
    if product is None:
        raise NotFound("not_found", "There is no such product.")
    return product


def _values(partner: Partner, sent: Mapping[str, Any]) -> dict[str, Any]:
    fields = Fields()
    values = fields.read(
        sent,
        {
            "name": lambda value: fields.text("name", value, 200, needed=True),
            "sku": lambda value: fields.text("sku", value, 80, needed=True),
            "description": lambda value: fields.text("description", value, NOTES_LENGTH, breaks=True),
            "price_minor": lambda value: fields.price("price", value),
            "currency": lambda value: fields.currency("price.currency", value),
            "interval": lambda value: fields.choice("interval", value, INTERVALS) if value else None,
            "interval_count": lambda value: fields.whole("interval_count", value, 1, MAX_COUNT),
            "trial_days": lambda value: fields.whole("trial_days", value, 0, MAX_TRIAL_DAYS),
            "vendor_url": lambda value: fields.url("vendor_url", value, loopback=partner.is_test),
            "prerequisite_id": lambda value: value,
            "tax_exempt": bool,
            "is_active": bool,
        },
    )
    fields.check()
    return values


def _check_together(product: Product) -> None:
    """What no field can say by itself."""
    fields = Fields()
    if product.interval is None and product.trial_days:
        fields.complain("trial_days", "Only a recurring product has a trial.")
    if product.interval is None and product.interval_count != 1:
        fields.complain("interval_count", "Only a recurring product has an interval.")
    if product.prerequisite_id == product.id:
        fields.complain("prerequisite", "A product cannot be its own prerequisite.")
    fields.check()
    if product.prerequisite_id is not None:
        product_for(product.prerequisite_id)


def _sku_taken() -> Invalid:
    return Invalid.at("sku", "There is a product with this SKU already.", code="duplicate")


def _index(work: Work, product: Product, *, new: bool = False) -> None:
    index(work, "product", product.id, product.name, product.sku, new=new)

"""Offers to try things on, as they are frozen when an order is sent."""

from __future__ import annotations

import datetime as dt
import hashlib

from handsel.rules.offer_content import (
    OfferAttachment,
    OfferContent,
    OfferLine,
    OfferParty,
    OfferRenewal,
    OfferTax,
    OfferTerms,
)

TERMS_TEXT = (
    "1. Scope. These terms apply to everything that Northwind Digital delivers under this offer.\n\n"
    "2. Payment. The first payment is due on acceptance; what renews is charged at the beginning of each period.\n\n"
    "3. Cancellation. What runs until cancelled may be cancelled to the end of each period, in writing."
)


def offer_line(**changes: object) -> OfferLine:
    fields: dict[str, object] = {
        "name": "Local SEO, Growth plan",
        "description": "Listings, reviews and a monthly report",
        "quantity": 1,
        "list_price_minor": 59000,
        "unit_price_minor": 49900,
        "interval": "month",
        "interval_count": 1,
        "trial_days": 0,
        "periods": 12,
        "start_on": None,
        "subtotal_minor": 49900,
        "discount_minor": 4990,
        "discount_percent": "10",
        "discount_periods": 3,
        "net_minor": 44910,
        "tax_minor": 8533,
        "total_minor": 53443,
        "renewal_minor": 53443,
    }
    return OfferLine(**(fields | changes))  # type: ignore[arg-type]


def once_line(**changes: object) -> OfferLine:
    once: dict[str, object] = {
        "name": "Website set-up",
        "description": "",
        "quantity": 2,
        "list_price_minor": 15000,
        "unit_price_minor": 18000,
        "interval": None,
        "periods": None,
        "subtotal_minor": 36000,
        "discount_minor": 0,
        "discount_percent": None,
        "discount_periods": None,
        "net_minor": 36000,
        "tax_minor": 6840,
        "total_minor": 42840,
        "renewal_minor": 0,
    }
    return offer_line(**(once | changes))


def trial_line() -> OfferLine:
    return offer_line(
        name="Review radar",
        description="",
        list_price_minor=1900,
        unit_price_minor=1900,
        trial_days=30,
        periods=None,
        start_on=dt.date(2027, 1, 1),
        subtotal_minor=0,
        discount_minor=0,
        discount_percent=None,
        discount_periods=None,
        net_minor=0,
        tax_minor=0,
        total_minor=0,
        renewal_minor=2261,
    )


def offer_content(locale: str = "en_US", **changes: object) -> OfferContent:
    fields: dict[str, object] = {
        "number": "O-000042",
        "revision": 2,
        "made_on": dt.date(2026, 11, 22),
        "locale": locale,
        "currency": "USD",
        "accent": "#1f4f82",
        "seller": OfferParty(
            name="Northwind Digital",
            legal_name="Northwind Digital GmbH",
            address=("Torstraße 140", "10119 Berlin", "Germany"),
            tax_id="DE301234567",
            email="billing@northwind.example",
        ),
        "buyer": OfferParty(
            name="Whitfield Interiors",
            legal_name="",
            address=("18 Kingsway", "London WC2B 6LH", "United Kingdom"),
            tax_id="GB123456789",
            email="dana@whitfield.example",
        ),
        "contract_start_on": None,
        "lines": (offer_line(), once_line(), trial_line()),
        "subtotal_minor": 85900,
        "discount_minor": 4990,
        "taxes": (
            OfferTax(
                name="VAT",
                percent="19",
                inclusive=False,
                base_minor=80910,
                amount_minor=15373,
                category="S",
                reason="",
            ),
        ),
        "tax_minor": 15373,
        "total_minor": 96283,
        "due_now_minor": 91283,
        "contract_value_minor": 707541,
        "renewals": (
            OfferRenewal(
                interval="month",
                interval_count=1,
                trial_days=0,
                first_on=None,
                amount_minor=53443,
                products=("Local SEO, Growth plan",),
            ),
            OfferRenewal(
                interval="month",
                interval_count=1,
                trial_days=30,
                first_on=dt.date(2027, 1, 31),
                amount_minor=2261,
                products=("Review radar",),
            ),
        ),
        "notes": "We begin with the listings in Berlin.\nYour contact is Bob.",
        "attachments": (
            OfferAttachment(
                id="att_01",
                name="scope-of-work.pdf",
                content_type="application/pdf",
                size_bytes=1_234_567,
                sha256=hashlib.sha256(b"scope").hexdigest(),
            ),
        ),
        "require_payment": True,
        "terms": OfferTerms(
            version=3,
            title="Terms of service",
            text=TERMS_TEXT,
            tick="I have read and accept the terms of service.",
            sha256=hashlib.sha256(TERMS_TEXT.encode()).hexdigest(),
        ),
    }
    return OfferContent(**(fields | changes))  # type: ignore[arg-type]

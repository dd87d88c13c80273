"""Documents to try things on, each as a partner would freeze it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from handsel.documents.invoice import DocumentLine, InvoiceDocument, Party, PaymentLine, TaxLine

SELLER = Party(
    name="Northwind Digital",
    legal_name="Northwind Digital GmbH",
    address=("Torstraße 140", "10119 Berlin", "Germany"),
    tax_id="DE301234567",
    email="billing@northwind.example",
)
BUYER = Party(
    name="Whitfield Interiors",
    legal_name="Whitfield Interiors Ltd",
    address=("18 Kingsway", "London WC2B 6LH", "United Kingdom"),
    tax_id="GB123456789",
    email="dana@whitfield.example",
)
LINES = (
    DocumentLine(
        description="Local SEO, Pro edition",
        detail="22 Nov 2026 – 21 Dec 2026",
        quantity=1,
        unit_price_minor=79000,
        net_minor=79000,
        tax_label="VAT 19%",
        tax_minor=15010,
        total_minor=94010,
    ),
    DocumentLine(
        description="Website set-up",
        quantity=2,
        unit_price_minor=15000,
        discount_minor=3000,
        net_minor=27000,
        tax_label="VAT 19%",
        tax_minor=5130,
        total_minor=32130,
    ),
)


def paid_invoice(locale: str = "en", currency: str = "USD", **changes: object) -> InvoiceDocument:
    fields: dict[str, object] = {
        "number": "NW-2026-00042",
        "status": "paid",
        "issued_on": dt.date(2026, 11, 22),
        "due_on": dt.date(2026, 12, 22),
        "seller": SELLER,
        "buyer": BUYER,
        "currency": currency,
        "locale": locale,
        "lines": LINES,
        "subtotal_minor": 106000,
        "taxes": (TaxLine(name="VAT", percent=Decimal(19), base_minor=106000, amount_minor=20140),),
        "total_minor": 126140,
        "paid_minor": 126140,
        "due_minor": 0,
        "payments": (
            PaymentLine(
                paid_on=dt.date(2026, 11, 22),
                method_text="Visa •••• 4242",
                amount_minor=126140,
                reference="pay_0193",
            ),
        ),
    }
    return InvoiceDocument(**(fields | changes))  # type: ignore[arg-type]


def due_invoice(locale: str = "en", currency: str = "USD", **changes: object) -> InvoiceDocument:
    unpaid = {"status": "due", "paid_minor": 0, "due_minor": 126140, "payments": ()}
    return paid_invoice(locale, currency, **(unpaid | changes))


def listing_line(position: int) -> DocumentLine:
    return DocumentLine(
        description=f"Managed listing {position}",
        quantity=1,
        unit_price_minor=1000 + position,
        net_minor=1000 + position,
        total_minor=1000 + position,
    )

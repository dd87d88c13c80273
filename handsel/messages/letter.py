"""What one mail is made of, and how amounts, dates and addresses are written for its reader."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from babel.dates import format_datetime
from django.conf import settings

from handsel.documents.localised import Localised
from handsel.messages.matters import Matters, Reader
from handsel.messages.render import language_of
from handsel.models import Invoice, Order, Payment
from handsel.reads.billing.invoice import method_text
from handsel.rules.periods import zone
from handsel.rules.permissions import Grant

Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to be: its kind, its reader, its values, and what is attached once it is sent."""

    kind: str
    reader: Reader
    values: Values
    attachments: tuple[Mapping[str, str], ...] = ()


def to_staff(
    matters: Matters,
    kind: str,
    order: Order,
    readers: Sequence[Reader],
    values: Values,
    amount_minor: int | None,
) -> list[Letter]:
    """One letter about an order for each reader; without an amount nothing is said about money."""
    return [
        Letter(
            kind,
            reader,
            {
                "order_number": order.number,
                "customer_name": order.customer.name,
                "amount": "" if amount_minor is None else writer(kind, reader, order.currency).money(amount_minor),
                "order_url": url("orders", order),
                **values,
            },
        )
        for reader in readers
    ]


def about_payment(
    matters: Matters, kind: str, payment: Payment, values: Values, moments: Mapping[str, dt.datetime]
) -> list[Letter]:
    """One letter about a payment to whoever owns its order and to all who manage orders. `moments` are written in
    the partner's time zone."""
    order = order_of(matters, payment)
    debt: Any = order or matters.invoices[payment.debt_id]
    managers = matters.holders(Grant.ORDERS_MANAGE)
    owners = [reader for reader in matters.owner(order) if reader not in managers] if order else []
    letters = []
    for reader in (*owners, *managers):
        write = writer(kind, reader, payment.currency)
        words = {
            "order_number": debt.number,
            "customer_name": payment.customer.name,
            "amount": write.money(payment.captured_minor or payment.amount_minor),
            "method": method_text(payment.method_facts),
            "order_url": url("orders" if order else "invoices", debt),
            **{name: moment(write, at, matters.partner.timezone) for name, at in moments.items()},
            **values,
        }
        letters.append(Letter(kind, reader, words))
    return letters


def to_payer(matters: Matters, kind: str, payment: Payment, values: Values) -> Letter:
    reader = matters.payer(payment.customer, order_of(matters, payment))
    write = writer(kind, reader, payment.currency)
    return Letter(kind, reader, {**money_words(matters, payment, write), **values})


def money_words(matters: Matters, payment: Payment, write: Localised) -> dict[str, object]:
    return {
        "amount": write.money(payment.amount_minor),
        "purpose": matters.purpose(payment.debt_id, write.locale.language),
        "method": method_text(payment.method_facts, write.locale.language),
        "contact_email": contact_email(matters),
    }


def attached(invoice: Invoice | None) -> tuple[Mapping[str, str], ...]:
    return ({"kind": "invoice", "id": str(invoice.id)},) if invoice else ()


def order_of(matters: Matters, payment: Payment) -> Order | None:
    return matters.orders.get(payment.order_id) if payment.order_id else None


def contact_email(matters: Matters) -> str:
    """Where the customer may write: the partner's address; a partner without one is answered by whoever manages
    orders there."""
    managers = matters.holders(Grant.ORDERS_MANAGE)
    return matters.partner.email or (managers[0].email if managers else "")


def writer(kind: str, reader: Reader, currency: str) -> Localised:
    """Amounts and dates in the reader's locale, where the words of this mail are in its language too."""
    same_language = reader.locale.replace("-", "_").split("_")[0].lower() == language_of(kind, reader.locale)
    return Localised(reader.locale if same_language else "en", currency)


def moment(write: Localised, at: dt.datetime, tz: str) -> str:
    return f"{format_datetime(at, 'long', tzinfo=zone(tz), locale=write.locale)}"


def url(what: str, row: Order | Invoice) -> str:
    return f"{settings.BASE_URL}/{what}/{row.shown_id}"

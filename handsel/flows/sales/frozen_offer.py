"""From an order to what is offered: everything the customer will read and sign, frozen as it is now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from handsel.flows.billing.invoices import parties
from handsel.flows.sales.terms import current_terms
from handsel.models import Attachment, Order, OrderLine, Partner, Terms
from handsel.rules.money import percent_text
from handsel.rules.offer_content import (
    OfferAttachment,
    OfferContent,
    OfferLine,
    OfferParty,
    OfferRenewal,
    OfferTax,
    OfferTerms,
)
from handsel.rules.periods import Interval, first_renewal, local_date


def freeze_offer(
    partner: Partner, order: Order, lines: Sequence[OrderLine], now: dt.datetime, *, require_payment: bool
) -> OfferContent:
    """The content of the order's next offer. Two statements: the files for the customer and the terms of now."""
    customer, today = order.customer, local_date(now, order.customer.timezone)
    terms = current_terms(partner.id)
    both = parties(partner, customer)
    return OfferContent(
        number=order.number,
        revision=order.revision,
        made_on=today,
        locale=customer.locale,
        currency=order.currency,
        accent=partner.accent,
        seller=_party(both["seller"]),
        buyer=_party(both["buyer"]),
        contract_start_on=order.contract_start_on,
        lines=tuple(_line(line) for line in lines),
        subtotal_minor=order.subtotal_minor,
        discount_minor=order.discount_minor,
        taxes=_taxes(lines),
        tax_minor=order.tax_minor,
        total_minor=order.total_minor,
        due_now_minor=order.due_minor,
        contract_value_minor=order.contract_value_minor,
        renewals=_renewals(order, lines, today),
        notes=order.customer_notes,
        attachments=_attachments(order),
        require_payment=require_payment,
        terms=frozen_terms(terms) if terms is not None else None,
    )


def frozen_terms(terms: Terms) -> OfferTerms:
    return OfferTerms(version=terms.version, title=terms.title, text=terms.text, tick=terms.tick, sha256=terms.sha256)


def _party(stored: dict[str, Any]) -> OfferParty:
    return OfferParty(
        name=stored["name"],
        legal_name=stored.get("legal_name", ""),
        address=tuple(stored["address"]),
        tax_id=stored["tax_id"],
        email=stored["email"],
    )


def _line(line: OrderLine) -> OfferLine:
    percent = line.discount_percent
    return OfferLine(
        name=line.name,
        description=line.product.description,
        quantity=line.quantity,
        list_price_minor=line.list_price_minor,
        unit_price_minor=line.unit_price_minor,
        interval=line.interval,
        interval_count=line.interval_count,
        trial_days=line.trial_days,
        periods=line.periods,
        start_on=line.start_on,
        subtotal_minor=line.subtotal_minor,
        discount_minor=line.discount_minor,
        discount_percent=percent_text(percent) if percent is not None else None,
        discount_periods=line.discount_periods,
        net_minor=line.net_minor,
        tax_minor=line.tax_minor,
        total_minor=line.total_minor,
        renewal_minor=line.renewal_minor,
    )


def _taxes(lines: Sequence[OrderLine]) -> tuple[OfferTax, ...]:
    """Each tax once, over all lines, in the order in which the lines name them."""
    sums: dict[tuple[Any, ...], list[int]] = {}
    for line in lines:
        for tax in line.taxes:
            key = (tax["name"], tax["percent"], tax["inclusive"], tax["category"], tax["reason"])
            base, amount = sums.get(key, [0, 0])
            sums[key] = [base + tax["base_minor"], amount + tax["amount_minor"]]
    return tuple(
        OfferTax(
            name=name,
            percent=percent,
            inclusive=inclusive,
            category=category,
            reason=reason,
            base_minor=base,
            amount_minor=amount,
        )
        for (name, percent, inclusive, category, reason), (base, amount) in sums.items()
    )


def _renewals(order: Order, lines: Sequence[OrderLine], today: dt.date) -> tuple[OfferRenewal, ...]:
    """Lines that renew together. A day is named only where a start date that is still to come sets it."""
    groups: dict[tuple[str, int, int, dt.date | None], list[OrderLine]] = {}
    for line in lines:
        if line.interval is None or not line.renewal_minor:
            continue
        start = line.start_on or order.contract_start_on
        interval = Interval(line.interval, line.interval_count)
        first_on = first_renewal(start, interval, line.trial_days) if start is not None and start > today else None
        groups.setdefault((line.interval, line.interval_count, line.trial_days, first_on), []).append(line)
    return tuple(
        OfferRenewal(
            interval=interval,
            interval_count=count,
            trial_days=trial_days,
            first_on=first_on,
            amount_minor=sum(line.renewal_minor for line in group),
            products=tuple(line.name for line in group),
        )
        for (interval, count, trial_days, first_on), group in groups.items()
    )


def _attachments(order: Order) -> tuple[OfferAttachment, ...]:
    rows = Attachment.objects.defer("content").filter(order_id=order.id, for_customer=True).order_by("id")
    return tuple(
        OfferAttachment(
            id=row.shown_id,
            name=row.name,
            content_type=row.content_type,
            size_bytes=row.size_bytes,
            sha256=row.sha256,
        )
        for row in rows
    )

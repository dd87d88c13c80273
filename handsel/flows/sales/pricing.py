"""From rows to the pure rules of pricing and back: what orders, renewals and “totals as you type” share."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from typing import Any

from handsel.models import Customer, TaxRate
from handsel.rules.errors import FieldError, Invalid
from handsel.rules.money import percent_text
from handsel.rules.pricing import AmountOff, Discount, LineInput, OrderTotals, PercentOff, price_line, price_order
from handsel.rules.tax import CUSTOMER_EXEMPT, PRODUCT_EXEMPT, Tax, TaxRule, rules_for_address


def tax_rules_for(customer: Customer) -> tuple[TaxRule, ...]:
    """The partner's rates at the customer's address, oldest first: one statement, none without a country."""
    return tax_rules_for_each([customer])[customer.id]


def tax_rules_for_each(customers: Collection[Customer]) -> dict[uuid.UUID, tuple[TaxRule, ...]]:
    """The same for many customers, in one statement."""
    countries = {customer.country for customer in customers if customer.country}
    rates = TaxRate.objects.filter(is_active=True, country__in=countries).order_by("id") if countries else ()
    rules = [
        TaxRule(str(rate.id), rate.name, rate.country, rate.region or None, rate.percent, rate.inclusive)
        for rate in rates
    ]
    return {
        customer.id: rules_for_address(rules, customer.country, customer.region) if customer.country else ()
        for customer in customers
    }


def line_input(
    *,
    quantity: int,
    unit_price_minor: int,
    discount_percent: Decimal | None,
    discount_amount_minor: int | None,
    discount_periods: int | None,
    recurring: bool,
    periods: int | None,
    trial_days: int,
    rules: tuple[TaxRule, ...],
    customer_exempt: bool,
    product_exempt: bool,
) -> LineInput:
    """The columns of an order line or a subscription as the rules want them; a customer's exemption comes first."""
    discount: Discount | None = None
    if discount_percent is not None:
        discount = PercentOff(discount_percent)
    elif discount_amount_minor is not None:
        discount = AmountOff(discount_amount_minor)
    return LineInput(
        quantity=quantity,
        unit_price_minor=unit_price_minor,
        discount=discount,
        tax_rules=rules,
        recurring=recurring,
        periods=periods,
        trial_days=trial_days,
        discount_periods=discount_periods,
        tax_exempt=customer_exempt or product_exempt,
        exemption=CUSTOMER_EXEMPT if customer_exempt else PRODUCT_EXEMPT,
    )


def frozen_taxes(taxes: Iterable[Tax]) -> list[dict[str, Any]]:
    """Taxes as documents keep them, in JSON: the percentage as a decimal string, amounts in minor units."""
    return [
        {
            "name": tax.name,
            "percent": percent_text(tax.percent),
            "inclusive": tax.inclusive,
            "amount_minor": tax.amount_minor,
            "base_minor": tax.base_minor,
            "category": tax.category.value,
            "reason": tax.exemption_reason,
        }
        for tax in taxes
    ]


def price_together(inputs: Sequence[LineInput]) -> OrderTotals:
    """`price_order`, with the complaints about all lines at once instead of the first one's."""
    try:
        return price_order(inputs)
    except Invalid as first:
        complaints = [complaint for index, each in enumerate(inputs) for complaint in _complaints(index, each)]
        raise Invalid(first.code, first.message, complaints or first.errors) from None


def _complaints(index: int, line: LineInput) -> tuple[FieldError, ...]:
    try:
        price_line(line)
    except Invalid as error:
        return error.under(f"lines.{index}").errors
    return ()

"""Tax on one amount: which rates apply at an address, what they come to, and how a document must name them.

Several rates stand side by side on the same base, never on each other. An inclusive rate is taken out of the
price, an exclusive one is added to it; every tax is rounded half up to a minor unit, per line. Category codes
are those of EN 16931 (BT-118, code list UNTDID 5305), so that an invoice can say them as they were at the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from handsel.rules.money import round_half_up


class TaxCategory(StrEnum):
    STANDARD = "S"
    ZERO_RATED = "Z"
    EXEMPT = "E"
    OUTSIDE_SCOPE = "O"
    REVERSE_CHARGE = "AE"


@dataclass(frozen=True, slots=True)
class TaxRule:
    """One rate of a partner: `percent` of the base, for a whole country (no region) or for one region of it."""

    id: str
    name: str
    country: str
    region: str | None
    percent: Decimal
    inclusive: bool


@dataclass(frozen=True, slots=True)
class Exemption:
    """Why no tax is charged: the category, and the reason that the document must print (EN 16931, BT-120)."""

    category: TaxCategory
    reason: str


CUSTOMER_EXEMPT = Exemption(TaxCategory.EXEMPT, "The customer is exempt from tax.")
PRODUCT_EXEMPT = Exemption(TaxCategory.EXEMPT, "The product is exempt from tax.")
REVERSE_CHARGE = Exemption(TaxCategory.REVERSE_CHARGE, "Reverse charge: the customer accounts for the tax.")


@dataclass(frozen=True, slots=True)
class Tax:
    """One tax on one amount, as a document freezes it. `base_minor` is without any tax."""

    name: str
    percent: Decimal
    inclusive: bool
    amount_minor: int
    base_minor: int
    category: TaxCategory
    exemption_reason: str = ""
    rule_id: str = ""


@dataclass(frozen=True, slots=True)
class TaxedAmount:
    """An amount with its taxes: `base_minor + tax_minor == total_minor`, always."""

    base_minor: int
    taxes: tuple[Tax, ...]
    tax_minor: int
    total_minor: int


def rules_for_address(rules: Iterable[TaxRule], country: str | None, region: str | None) -> tuple[TaxRule, ...]:
    """The rates at an address: those of the whole country and those of its region, in the order given.

    Countries and regions are compared without regard to case and surrounding blanks. Without a country no tax
    can be named, so none applies; pages warn about such a customer before it is charged.
    """
    wanted_country, wanted_region = _place(country), _place(region)
    if not wanted_country:
        return ()
    return tuple(
        rule for rule in rules if _place(rule.country) == wanted_country and _place(rule.region) in ("", wanted_region)
    )


def contained_tax(price_minor: int, rules: Iterable[TaxRule]) -> int:
    """The tax that a price of inclusive rates contains, rounded once: 120.00 at 20 % contains 20.00."""
    rate = sum((Fraction(rule.percent) for rule in rules if rule.inclusive), Fraction(0))
    return round_half_up(price_minor * rate / (100 + rate))


def tax_amount(price_minor: int, rules: Sequence[TaxRule], exemption: Exemption | None = None) -> TaxedAmount:
    """The taxes on a price (after discounts).

    Under an exemption the price is taken as it stands, every rate is named with 0 and its reason; whoever prices
    a line takes contained tax out first (`pricing`), since who is exempt does not pay it in disguise either.
    """
    if exemption is not None:
        return TaxedAmount(price_minor, _exempt(price_minor, rules, exemption), 0, price_minor)
    contained = contained_tax(price_minor, rules)
    base = price_minor - contained
    shares = _split_contained(contained, base, rules)
    taxes = tuple(
        Tax(
            name=rule.name,
            percent=rule.percent,
            inclusive=rule.inclusive,
            amount_minor=shares[rule.id] if rule.inclusive else round_half_up(base * Fraction(rule.percent) / 100),
            base_minor=base,
            category=TaxCategory.STANDARD if rule.percent else TaxCategory.ZERO_RATED,
            rule_id=rule.id,
        )
        for rule in rules
    )
    tax = sum(each.amount_minor for each in taxes)
    return TaxedAmount(base, taxes, tax, base + tax)


def tax_summary(taxes: Iterable[Tax]) -> tuple[Tax, ...]:
    """The taxes of many lines added up per rate, as the foot of a document shows them, in order of appearance."""
    found: dict[tuple[str, Decimal, bool, TaxCategory, str], Tax] = {}
    for tax in taxes:
        key = (tax.name, tax.percent, tax.inclusive, tax.category, tax.exemption_reason)
        sofar = found.get(key)
        found[key] = (
            tax
            if sofar is None
            else replace(
                sofar,
                amount_minor=sofar.amount_minor + tax.amount_minor,
                base_minor=sofar.base_minor + tax.base_minor,
            )
        )
    return tuple(found.values())


def _place(name: str | None) -> str:
    return (name or "").strip().casefold()


def _exempt(base_minor: int, rules: Sequence[TaxRule], exemption: Exemption) -> tuple[Tax, ...]:
    zero = Decimal(0)
    return tuple(
        Tax(rule.name, zero, False, 0, base_minor, exemption.category, exemption.reason, rule.id) for rule in rules
    )


def _split_contained(contained: int, base: int, rules: Sequence[TaxRule]) -> dict[str, int]:
    """Contained tax shared among the inclusive rates so that the parts sum to it (largest remainder)."""
    inclusive = [rule for rule in rules if rule.inclusive]
    total = sum((Fraction(rule.percent) for rule in inclusive), Fraction(0))
    if not total:
        return {rule.id: 0 for rule in inclusive}
    exact = [(contained * Fraction(rule.percent) / total) for rule in inclusive]
    parts = [int(share) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: (parts[i] - exact[i], i))
    for index in by_remainder[: contained - sum(parts)]:
        parts[index] += 1
    return {rule.id: part for rule, part in zip(inclusive, parts, strict=True)}

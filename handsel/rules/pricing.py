"""What an order costs: now, at each renewal, and over its term. Integer minor units of one currency throughout.

Discounts come off before tax; tax is rounded half up per line; an order is the sum of its lines. What a page
shows, what is charged, what the invoice says and what a renewal costs all come from here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from handsel.rules.errors import Invalid
from handsel.rules.money import MAX_MINOR, apply_percent
from handsel.rules.tax import CUSTOMER_EXEMPT, Exemption, Tax, TaxRule, contained_tax, tax_amount

MAX_QUANTITY = 1_000_000
MAX_PERIODS = 10_000
MAX_TRIAL_DAYS = 3_650


@dataclass(frozen=True, slots=True)
class PercentOff:
    """From 0 to 100 percent off the line."""

    percent: Decimal


@dataclass(frozen=True, slots=True)
class AmountOff:
    """So many minor units off the whole line (not off each piece), at most what the line costs."""

    amount_minor: int


Discount = PercentOff | AmountOff


@dataclass(frozen=True, slots=True)
class LineInput:
    """What decides the price of a line.

    `periods` is how often a recurring line is billed in all (None: until it is cancelled). `discount_periods` is
    for how many of them the discount holds, counted from the first (None: for all). A trial comes before the
    first billed period. `exemption` says why, when `tax_exempt`.
    """

    quantity: int
    unit_price_minor: int
    discount: Discount | None = None
    tax_rules: tuple[TaxRule, ...] = ()
    recurring: bool = False
    periods: int | None = None
    trial_days: int = 0
    discount_periods: int | None = None
    tax_exempt: bool = False
    exemption: Exemption = CUSTOMER_EXEMPT


@dataclass(frozen=True, slots=True)
class PeriodPrice:
    """One billed period of a line, or a one-time line.

    `subtotal_minor` is before the discount, `net_minor` after it and without any tax, and
    `net_minor + tax_minor == total_minor`. Inclusive tax is part of the subtotal; exclusive tax is not.
    """

    subtotal_minor: int
    discount_minor: int
    net_minor: int
    taxes: tuple[Tax, ...]
    tax_minor: int
    total_minor: int


NOTHING = PeriodPrice(0, 0, 0, (), 0, 0)


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line with what it costs now (all 0 in a trial), at its next renewal, and over its term.

    `renewal_total_minor` is what the next bill after today's will be, 0 when there is none.
    `contract_total_minor` is the sum of all billed periods; a line without an end counts one of them.
    """

    subtotal_minor: int
    discount_minor: int
    net_minor: int
    taxes: tuple[Tax, ...]
    tax_minor: int
    total_minor: int
    renewal_total_minor: int
    contract_total_minor: int


@dataclass(frozen=True, slots=True)
class OrderTotals:
    """The sums of the lines: what is due now, before any credit of the customer, and the value of the contract."""

    lines: tuple[PricedLine, ...]
    subtotal_minor: int
    discount_minor: int
    tax_minor: int
    total_minor: int
    contract_value_minor: int


def price_period(line: LineInput, number: int) -> PeriodPrice:
    """What the billed period with this number costs (1 is the first after any trial): a renewal's price.

    Raises `Invalid` with the field, or with code amount_too_large. A number past the line's last period is 0.
    """
    _check(line)
    if number < 1:
        raise ValueError("billed periods are counted from 1")
    if number > _billed_periods(line):
        return NOTHING
    discounted = line.discount_periods is None or number <= line.discount_periods
    return _price(line, line.discount if discounted else None)


def price_line(line: LineInput) -> PricedLine:
    """The line's amounts. Raises `Invalid` with the field, or with code amount_too_large."""
    first, second = price_period(line, 1), price_period(line, 2)
    in_trial = line.recurring and line.trial_days > 0
    now, following = (NOTHING, first) if in_trial else (first, second)
    return PricedLine(
        subtotal_minor=now.subtotal_minor,
        discount_minor=now.discount_minor,
        net_minor=now.net_minor,
        taxes=now.taxes,
        tax_minor=now.tax_minor,
        total_minor=now.total_minor,
        renewal_total_minor=following.total_minor,
        contract_total_minor=_countable(_contract_total(line)),
    )


def price_order(lines: Iterable[LineInput]) -> OrderTotals:
    """All lines and their sums. Raises `Invalid` whose `loc` names the line (`lines.0.quantity`)."""
    priced: list[PricedLine] = []
    for index, line in enumerate(lines):
        try:
            priced.append(price_line(line))
        except Invalid as error:
            raise error.under(f"lines.{index}") from None
    return OrderTotals(
        lines=tuple(priced),
        subtotal_minor=_countable(sum(line.subtotal_minor for line in priced), "lines"),
        discount_minor=sum(line.discount_minor for line in priced),
        tax_minor=sum(line.tax_minor for line in priced),
        total_minor=_countable(sum(line.total_minor for line in priced), "lines"),
        contract_value_minor=_countable(sum(line.contract_total_minor for line in priced), "lines"),
    )


def _price(line: LineInput, discount: Discount | None) -> PeriodPrice:
    subtotal = _countable(line.quantity * line.unit_price_minor)
    if line.tax_exempt:
        # Who is exempt does not pay the tax that an inclusive price contains either.
        subtotal -= contained_tax(subtotal, line.tax_rules)
    off = _discount(subtotal, discount)
    taxed = tax_amount(subtotal - off, line.tax_rules, line.exemption if line.tax_exempt else None)
    _countable(taxed.total_minor)
    return PeriodPrice(subtotal, off, taxed.base_minor, taxed.taxes, taxed.tax_minor, taxed.total_minor)


def _discount(subtotal: int, discount: Discount | None) -> int:
    match discount:
        case None:
            return 0
        case PercentOff(percent):
            return apply_percent(subtotal, percent)
        case AmountOff(amount):
            return min(amount, subtotal)


def _billed_periods(line: LineInput) -> int:
    if not line.recurring:
        return 1
    return MAX_PERIODS if line.periods is None else line.periods


def _contract_total(line: LineInput) -> int:
    count = 1 if not line.recurring or line.periods is None else line.periods
    discounted = count if line.discount_periods is None else min(count, line.discount_periods)
    with_discount = _price(line, line.discount).total_minor
    without = _price(line, None).total_minor
    return discounted * with_discount + (count - discounted) * without


def _countable(amount_minor: int, loc: str = "unit_price") -> int:
    if amount_minor > MAX_MINOR:
        raise Invalid.at(loc, "This comes to more than can be counted.", code="amount_too_large")
    return amount_minor


def _check(line: LineInput) -> None:
    """Every field by itself; the first that makes no sense is named."""
    _between("quantity", line.quantity, 1, MAX_QUANTITY)
    _between("trial_days", line.trial_days, 0, MAX_TRIAL_DAYS if line.recurring else 0)
    if line.unit_price_minor < 0:
        raise Invalid.at("unit_price", "A price is not negative.")
    _countable(line.unit_price_minor)
    if line.periods is not None:
        if not line.recurring:
            raise Invalid.at("periods", "Only a recurring product has periods.")
        _between("periods", line.periods, 1, MAX_PERIODS)
    if line.discount_periods is not None:
        _between("discount_periods", line.discount_periods, 1, MAX_PERIODS)
    match line.discount:
        case PercentOff(percent) if not 0 <= percent <= 100:
            raise Invalid.at("discount", "A discount is between 0 and 100 percent.")
        case AmountOff(amount) if amount < 0:
            raise Invalid.at("discount", "A discount is not negative.")
        case _:
            pass


def _between(loc: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise Invalid.at(loc, f"This must be from {least:,} to {most:,}." if least < most else f"This must be {least}.")

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handsel.rules.errors import Invalid
from handsel.rules.money import MAX_MINOR
from handsel.rules.pricing import (
    AmountOff,
    Discount,
    LineInput,
    PercentOff,
    price_line,
    price_order,
    price_period,
)
from handsel.rules.tax import TaxRule

SALES_TAX = TaxRule("t", "Sales tax", "US", "CA", Decimal("8.25"), False)
VAT = TaxRule("v", "VAT", "GB", None, Decimal("20"), True)
ONCE = LineInput(quantity=2, unit_price_minor=5_000, tax_rules=(SALES_TAX,))
MONTHLY = LineInput(quantity=1, unit_price_minor=10_000, recurring=True)


def percent_off(percent: str) -> PercentOff:
    return PercentOff(Decimal(percent))


# quantity, unit price, discount, rates → subtotal, discount, net, tax, total
WORKED: list[tuple[int, int, Discount | None, tuple[TaxRule, ...], tuple[int, int, int, int, int]]] = [
    (1, 1_000, None, (), (1_000, 0, 1_000, 0, 1_000)),
    (3, 1_999, None, (SALES_TAX,), (5_997, 0, 5_997, 495, 6_492)),
    (2, 5_000, percent_off("10"), (SALES_TAX,), (10_000, 1_000, 9_000, 743, 9_743)),
    (2, 5_000, AmountOff(1_500), (SALES_TAX,), (10_000, 1_500, 8_500, 701, 9_201)),
    (1, 1_000, AmountOff(5_000), (SALES_TAX,), (1_000, 1_000, 0, 0, 0)),
    (1, 1_000, percent_off("100"), (SALES_TAX,), (1_000, 1_000, 0, 0, 0)),
    (1, 12_000, None, (VAT,), (12_000, 0, 10_000, 2_000, 12_000)),
    (1, 12_000, percent_off("50"), (VAT,), (12_000, 6_000, 5_000, 1_000, 6_000)),
    (1, 0, None, (SALES_TAX,), (0, 0, 0, 0, 0)),
    (1_000_000, 1, percent_off("33.3333"), (), (1_000_000, 333_333, 666_667, 0, 666_667)),
    (1, 80, None, (TaxRule("j", "Consumption tax", "JP", None, Decimal("10"), False),), (80, 0, 80, 8, 88)),
]


@pytest.mark.parametrize(("quantity", "price", "discount", "rates", "expected"), WORKED)
def test_a_line_costs_what_the_worked_table_says(
    quantity: int, price: int, discount: Discount | None, rates: tuple[TaxRule, ...], expected: tuple[int, ...]
) -> None:
    line = price_line(LineInput(quantity, price, discount, rates))
    found = (line.subtotal_minor, line.discount_minor, line.net_minor, line.tax_minor, line.total_minor)
    assert found == expected


def test_an_exempt_customer_pays_no_tax_and_the_line_says_why() -> None:
    line = price_line(replace(ONCE, tax_exempt=True))
    assert (line.tax_minor, line.total_minor) == (0, 10_000)
    assert line.taxes[0].exemption_reason


def test_an_exempt_customer_does_not_pay_the_tax_inside_an_inclusive_price() -> None:
    line = price_line(LineInput(1, 12_000, percent_off("10"), (VAT,), tax_exempt=True))
    assert (line.subtotal_minor, line.discount_minor, line.net_minor, line.total_minor) == (10_000, 1_000, 9_000, 9_000)


def test_a_one_time_line_has_no_renewal() -> None:
    line = price_line(ONCE)
    assert (line.total_minor, line.renewal_total_minor, line.contract_total_minor) == (10_825, 0, 10_825)


def test_a_line_without_end_renews_and_counts_one_period() -> None:
    line = price_line(MONTHLY)
    assert (line.total_minor, line.renewal_total_minor, line.contract_total_minor) == (10_000, 10_000, 10_000)


def test_a_contract_is_the_sum_of_its_periods() -> None:
    assert price_line(replace(MONTHLY, periods=12)).contract_total_minor == 120_000
    last = price_line(replace(MONTHLY, periods=1))
    assert (last.contract_total_minor, last.renewal_total_minor) == (10_000, 0)


def test_a_discount_for_some_periods_ends_after_them() -> None:
    line = replace(MONTHLY, periods=12, discount=percent_off("50"), discount_periods=3)
    assert [price_period(line, number).total_minor for number in (1, 3, 4, 12, 13)] == [5_000, 5_000, 10_000, 10_000, 0]
    assert price_line(line).contract_total_minor == 3 * 5_000 + 9 * 10_000
    assert price_line(replace(line, discount_periods=1)).renewal_total_minor == 10_000
    assert price_line(replace(line, discount_periods=None)).contract_total_minor == 60_000


def test_a_line_in_trial_is_due_nothing_now_and_shows_what_comes() -> None:
    line = price_line(replace(MONTHLY, trial_days=14, periods=12, discount=percent_off("50"), discount_periods=1))
    assert (line.subtotal_minor, line.tax_minor, line.total_minor, line.taxes) == (0, 0, 0, ())
    assert line.renewal_total_minor == 5_000, "the first billed period has the discount"
    assert line.contract_total_minor == 5_000 + 11 * 10_000


def test_an_order_is_the_sum_of_its_lines() -> None:
    totals = price_order([ONCE, MONTHLY, replace(MONTHLY, trial_days=30, periods=6)])
    assert totals.subtotal_minor == 20_000
    assert totals.tax_minor == 825
    assert totals.total_minor == 20_825
    assert totals.contract_value_minor == 10_825 + 10_000 + 60_000
    assert price_order([]).total_minor == 0


INVALID = [
    ({"quantity": 0}, "quantity"),
    ({"quantity": -1}, "quantity"),
    ({"quantity": 1_000_001}, "quantity"),
    ({"unit_price_minor": -1}, "unit_price"),
    ({"unit_price_minor": MAX_MINOR + 1}, "unit_price"),
    ({"discount": PercentOff(Decimal("100.01"))}, "discount"),
    ({"discount": PercentOff(Decimal(-1))}, "discount"),
    ({"discount": AmountOff(-1)}, "discount"),
    ({"periods": 0}, "periods"),
    ({"periods": 10_001}, "periods"),
    ({"discount_periods": 0}, "discount_periods"),
    ({"trial_days": -1}, "trial_days"),
    ({"recurring": False, "periods": 12}, "periods"),
    ({"recurring": False, "trial_days": 5}, "trial_days"),
]


@pytest.mark.parametrize(("wrong", "loc"), INVALID)
def test_a_field_that_makes_no_sense_is_named(wrong: dict[str, object], loc: str) -> None:
    line = replace(MONTHLY, **wrong)  # type: ignore[arg-type]
    with pytest.raises(Invalid) as caught:
        price_line(line)
    assert [error.loc for error in caught.value.errors] == [loc]
    with pytest.raises(Invalid) as outer:
        price_order([MONTHLY, line])
    assert [error.loc for error in outer.value.errors] == [f"lines.1.{loc}"]


@pytest.mark.parametrize(
    "lines",
    [
        [LineInput(1_000_000, MAX_MINOR)],
        [LineInput(2, MAX_MINOR)],
        [LineInput(1, MAX_MINOR, tax_rules=(SALES_TAX,))],
        [LineInput(1, MAX_MINOR, recurring=True, periods=2)],
        [LineInput(1, MAX_MINOR), LineInput(1, 1)],
    ],
)
def test_what_cannot_be_counted_is_refused(lines: list[LineInput]) -> None:
    with pytest.raises(Invalid) as caught:
        price_order(lines)
    assert caught.value.code == "amount_too_large"


def test_periods_are_counted_from_one() -> None:
    with pytest.raises(ValueError, match="from 1"):
        price_period(MONTHLY, 0)


percent_discounts = st.builds(PercentOff, st.decimals(0, 100, places=4))
discounts = st.none() | percent_discounts | st.builds(AmountOff, st.integers(0, 10**8))
rates = st.lists(
    st.builds(
        TaxRule,
        id=st.uuids().map(str),
        name=st.just("T"),
        country=st.just("XX"),
        region=st.none(),
        percent=st.decimals(0, 50, places=3),
        inclusive=st.booleans(),
    ),
    max_size=3,
).map(tuple)


@st.composite
def lines(draw: st.DrawFn) -> LineInput:
    recurring = draw(st.booleans())
    return LineInput(
        quantity=draw(st.integers(1, 1_000)),
        unit_price_minor=draw(st.integers(0, 10**6)),
        discount=draw(discounts),
        tax_rules=draw(rates),
        recurring=recurring,
        periods=draw(st.none() | st.integers(1, 36)) if recurring else None,
        trial_days=draw(st.sampled_from([0, 14])) if recurring else 0,
        discount_periods=draw(st.none() | st.integers(1, 6)),
        tax_exempt=draw(st.booleans()),
    )


@given(st.lists(lines(), max_size=6))
def test_every_sum_on_an_order_adds_up(order: list[LineInput]) -> None:
    totals = price_order(order)
    assert totals.subtotal_minor == sum(line.subtotal_minor for line in totals.lines)
    assert totals.total_minor == sum(line.net_minor + line.tax_minor for line in totals.lines)
    assert totals.tax_minor == sum(tax.amount_minor for line in totals.lines for tax in line.taxes)
    for line in totals.lines:
        exclusive = sum(tax.amount_minor for tax in line.taxes if not tax.inclusive)
        assert line.subtotal_minor - line.discount_minor + exclusive == line.total_minor
        assert 0 <= line.discount_minor <= line.subtotal_minor
        assert line.total_minor >= 0


@given(lines())
def test_a_contract_is_what_all_its_bills_come_to(line: LineInput) -> None:
    count = line.periods or 1
    bills = [price_period(line, number).total_minor for number in range(1, count + 1)]
    priced = price_line(line)
    assert priced.contract_total_minor == sum(bills)
    assert priced.renewal_total_minor in (0, *bills, price_period(line, 2).total_minor)


@given(lines())
def test_what_is_due_now_is_the_first_bill_unless_there_is_a_trial(line: LineInput) -> None:
    due = price_line(line).total_minor
    assert due == (0 if line.trial_days else price_period(line, 1).total_minor)


@given(lines(), st.decimals(0, 100, places=2))
def test_a_larger_discount_never_costs_more(line: LineInput, percent: Decimal) -> None:
    smaller = price_line(replace(line, discount=PercentOff(percent / 2)))
    larger = price_line(replace(line, discount=PercentOff(percent)))
    assert larger.total_minor <= smaller.total_minor

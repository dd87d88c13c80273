from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handsel.rules.tax import (
    CUSTOMER_EXEMPT,
    REVERSE_CHARGE,
    TaxCategory,
    TaxRule,
    contained_tax,
    rules_for_address,
    tax_amount,
    tax_summary,
)

US = TaxRule("us", "Federal", "US", None, Decimal("1"), False)
CALIFORNIA = TaxRule("ca", "California sales tax", "US", "CA", Decimal("8.25"), False)
TEXAS = TaxRule("tx", "Texas sales tax", "US", "TX", Decimal("6.25"), False)
GERMANY = TaxRule("de", "MwSt.", "DE", None, Decimal("19"), True)
ZERO = TaxRule("z", "Zero rate", "GB", None, Decimal("0"), False)

rules = st.lists(
    st.builds(
        TaxRule,
        id=st.uuids().map(str),
        name=st.sampled_from(["A", "B", "C"]),
        country=st.just("XX"),
        region=st.none(),
        percent=st.decimals(0, 100, places=4),
        inclusive=st.booleans(),
    ),
    max_size=5,
)
prices = st.integers(0, 10**12)


@pytest.mark.parametrize(
    ("country", "region", "expected"),
    [
        ("US", "CA", (US, CALIFORNIA)),
        ("us", "ca", (US, CALIFORNIA)),
        ("US", " tx ", (US, TEXAS)),
        ("US", "NY", (US,)),
        ("US", None, (US,)),
        ("US", "", (US,)),
        ("DE", "CA", (GERMANY,)),
        ("FR", None, ()),
        ("", "CA", ()),
        (None, None, ()),
    ],
)
def test_the_rates_of_an_address_are_its_countrys_and_its_regions(
    country: str | None, region: str | None, expected: tuple[TaxRule, ...]
) -> None:
    assert rules_for_address([US, CALIFORNIA, TEXAS, GERMANY, ZERO], country, region) == expected


def test_several_exclusive_rates_stand_on_the_same_base() -> None:
    taxed = tax_amount(10_000, [US, CALIFORNIA])
    assert [(tax.name, tax.amount_minor, tax.base_minor) for tax in taxed.taxes] == [
        ("Federal", 100, 10_000),
        ("California sales tax", 825, 10_000),
    ]
    assert (taxed.base_minor, taxed.tax_minor, taxed.total_minor) == (10_000, 925, 10_925)


def test_an_inclusive_rate_is_taken_out_of_the_price() -> None:
    taxed = tax_amount(11_900, [GERMANY])
    assert (taxed.base_minor, taxed.tax_minor, taxed.total_minor) == (10_000, 1_900, 11_900)
    assert taxed.taxes[0].inclusive


def test_an_exclusive_rate_beside_an_inclusive_one_stands_on_the_base_without_tax() -> None:
    extra = TaxRule("x", "City tax", "DE", None, Decimal("10"), False)
    taxed = tax_amount(11_900, [GERMANY, extra])
    assert [tax.amount_minor for tax in taxed.taxes] == [1_900, 1_000]
    assert taxed.total_minor == 12_900


@pytest.mark.parametrize(("price", "tax"), [(10, 1), (6, 0), (7, 1), (606, 50), (0, 0)])
def test_an_exclusive_tax_is_rounded_half_up(price: int, tax: int) -> None:
    assert tax_amount(price, [CALIFORNIA]).tax_minor == tax


def test_the_categories_are_those_of_en_16931() -> None:
    assert tax_amount(100, [GERMANY]).taxes[0].category.value == "S"
    assert tax_amount(100, [ZERO]).taxes[0].category.value == "Z"
    exempt = tax_amount(100, [CALIFORNIA], CUSTOMER_EXEMPT)
    assert (exempt.tax_minor, exempt.total_minor) == (0, 100)
    assert exempt.taxes[0].category.value == "E"
    assert exempt.taxes[0].exemption_reason == "The customer is exempt from tax."
    assert tax_amount(100, [GERMANY], REVERSE_CHARGE).taxes[0].category.value == "AE"
    assert {category.value for category in TaxCategory} == {"S", "Z", "E", "O", "AE"}


def test_without_a_rate_there_is_no_tax() -> None:
    taxed = tax_amount(100, [])
    assert (taxed.base_minor, taxed.taxes, taxed.tax_minor, taxed.total_minor) == (100, (), 0, 100)


@given(prices, rules)
def test_base_and_taxes_sum_to_the_total(price: int, rates: list[TaxRule]) -> None:
    taxed = tax_amount(price, rates)
    assert taxed.base_minor + taxed.tax_minor == taxed.total_minor
    assert sum(tax.amount_minor for tax in taxed.taxes) == taxed.tax_minor
    assert all(tax.base_minor == taxed.base_minor and tax.amount_minor >= 0 for tax in taxed.taxes)
    assert taxed.total_minor >= price


@given(prices, rules)
def test_inclusive_rates_alone_never_change_what_is_paid(price: int, rates: list[TaxRule]) -> None:
    inclusive = [rate for rate in rates if rate.inclusive]
    taxed = tax_amount(price, inclusive)
    assert taxed.total_minor == price
    assert taxed.tax_minor == contained_tax(price, inclusive)


@given(prices, rules)
def test_an_exemption_leaves_no_tax_and_names_its_reason_for_each_rate(price: int, rates: list[TaxRule]) -> None:
    taxed = tax_amount(price, rates, CUSTOMER_EXEMPT)
    assert (taxed.tax_minor, taxed.total_minor) == (0, price)
    assert len(taxed.taxes) == len(rates)
    assert all(tax.exemption_reason and not tax.amount_minor for tax in taxed.taxes)


@given(st.lists(st.tuples(prices, rules), max_size=5))
def test_a_summary_loses_nothing(lines: list[tuple[int, list[TaxRule]]]) -> None:
    taxes = [tax for price, rates in lines for tax in tax_amount(price, rates).taxes]
    summary = tax_summary(taxes)
    assert sum(tax.amount_minor for tax in summary) == sum(tax.amount_minor for tax in taxes)
    assert len({(tax.name, tax.percent, tax.inclusive, tax.category) for tax in summary}) == len(summary)

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handsel.rules.errors import Invalid
from handsel.rules.money import (
    CURRENCIES,
    MAX_MINOR,
    Money,
    allocate,
    apply_percent,
    check_minor,
    decimal_text,
    exponent,
    parse_minor,
    parse_percent,
    percent_text,
    round_half_up,
)

amounts = st.integers(-MAX_MINOR, MAX_MINOR)
currencies = st.sampled_from(sorted(CURRENCIES))
percents = st.decimals(0, 100, places=4)


@pytest.mark.parametrize(
    ("currency", "places"),
    [
        ("JPY", 0),
        ("KRW", 0),
        ("CLP", 0),
        ("ISK", 0),
        ("USD", 2),
        ("EUR", 2),
        ("HUF", 2),
        ("KWD", 3),
        ("TND", 3),
        ("CLF", 4),
    ],
)
def test_a_currency_has_the_decimals_of_iso_4217(currency: str, places: int) -> None:
    assert exponent(currency) == places


def test_the_register_has_every_active_currency_once_and_no_retired_one() -> None:
    assert 160 <= len(CURRENCIES) <= 170
    assert all(len(code) == 3 and code.isascii() and code.isupper() for code in CURRENCIES)
    assert not {"DEM", "HRK", "BGN", "ZWL", "SLL", "XAU", "XXX", "XTS"} & set(CURRENCIES)


@pytest.mark.parametrize("code", ["usd", "US", "DEM", "", "XXX", "USDT", "US\x00"])
def test_what_is_no_currency_is_refused(code: str) -> None:
    with pytest.raises(Invalid):
        exponent(code)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12.50", "USD", 1250),
        ("12.5", "USD", 1250),
        ("12", "USD", 1200),
        ("0", "USD", 0),
        ("-3.01", "EUR", -301),
        ("80", "JPY", 80),
        ("1", "KWD", 1000),
        ("1.234", "KWD", 1234),
        (" 7 ", "USD", 700),
        ("007.10", "USD", 710),
    ],
)
def test_a_plain_decimal_is_read_exactly(text: str, currency: str, minor: int) -> None:
    assert parse_minor(text, currency) == minor


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("12.505", "USD"),
        ("80.0", "JPY"),
        ("1.0000", "KWD"),
        ("1e3", "USD"),
        ("NaN", "USD"),
        ("Infinity", "USD"),
        ("-Infinity", "USD"),
        ("1,000.00", "USD"),
        ("1 000", "USD"),
        ("+5", "USD"),
        (".5", "USD"),
        ("5.", "USD"),
        ("", "USD"),
        ("-", "USD"),
        ("0x10", "USD"),
        ("١٢", "USD"),
        ("12\x00", "USD"),
        ("1_000", "USD"),
        ("9" * 400, "USD"),
        ("12.50 USD", "USD"),
        ("--1", "USD"),
    ],
)
def test_what_is_no_plain_decimal_of_the_currency_is_refused(text: str, currency: str) -> None:
    with pytest.raises(Invalid):
        parse_minor(text, currency)


def test_an_amount_beyond_what_we_count_is_refused_with_its_code() -> None:
    assert check_minor(MAX_MINOR) == MAX_MINOR
    with pytest.raises(Invalid) as counted:
        check_minor(MAX_MINOR + 1)
    with pytest.raises(Invalid) as typed:
        parse_minor("10000000000000.01", "USD")
    assert counted.value.code == typed.value.code == "amount_too_large"
    assert MAX_MINOR * 1000 < 2**63, "a thousand of the largest amounts still fit into 64 bits"


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (1250, "USD", "12.50"),
        (5, "USD", "0.05"),
        (-5, "USD", "-0.05"),
        (80, "JPY", "80"),
        (1, "KWD", "0.001"),
        (0, "EUR", "0.00"),
    ],
)
def test_an_amount_is_written_with_all_decimals_of_its_currency(minor: int, currency: str, text: str) -> None:
    assert decimal_text(minor, currency) == text


@given(amounts, currencies)
def test_what_is_written_is_read_back(minor: int, currency: str) -> None:
    assert parse_minor(decimal_text(minor, currency), currency) == minor


@given(st.text(max_size=30), currencies)
def test_any_text_is_read_as_an_amount_or_refused(text: str, currency: str) -> None:
    try:
        minor = parse_minor(text, currency)
    except Invalid:
        return
    assert Fraction(text.strip()) * 10 ** exponent(currency) == minor


@given(amounts, st.lists(st.integers(0, 10**9), min_size=1, max_size=12))
def test_the_parts_sum_to_the_whole_and_none_is_off_by_a_unit(amount: int, weights: list[int]) -> None:
    parts = allocate(amount, weights)
    assert sum(parts) == amount
    total = sum(weights) or len(weights)
    shares = weights if sum(weights) else [1] * len(weights)
    for part, weight in zip(parts, shares, strict=True):
        assert abs(part - Fraction(amount * weight, total)) < 1


@given(amounts, st.lists(st.integers(0, 10**6), min_size=1, max_size=12))
def test_a_negative_amount_is_split_like_its_positive(amount: int, weights: list[int]) -> None:
    assert allocate(-amount, weights) == [-part for part in allocate(amount, weights)]


def test_the_odd_cents_go_to_the_largest_remainders_and_then_to_the_first() -> None:
    assert allocate(100, [1, 1, 1]) == [34, 33, 33]
    assert allocate(5, [3, 7]) == [2, 3]
    assert allocate(10, [0, 1, 0]) == [0, 10, 0]
    assert allocate(3, [0, 0]) == [2, 1]


@pytest.mark.parametrize("weights", [[], [1, -1]])
def test_an_amount_is_not_split_by_nothing_or_by_less(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weight"):
        allocate(10, weights)


@pytest.mark.parametrize(
    ("minor", "percent", "expected"),
    [
        (1000, "8.25", 83),
        (50, "1", 1),
        (49, "1", 0),
        (150, "1", 2),
        (-50, "1", -1),
        (0, "20", 0),
        (999, "100", 999),
        (999, "0", 0),
    ],
)
def test_a_percentage_is_rounded_half_up(minor: int, percent: str, expected: int) -> None:
    assert apply_percent(minor, Decimal(percent)) == expected


@given(amounts, percents)
def test_a_percentage_is_within_half_a_unit_and_symmetric(minor: int, percent: Decimal) -> None:
    rounded = apply_percent(minor, percent)
    assert abs(rounded - Fraction(minor) * Fraction(percent) / 100) <= Fraction(1, 2)
    assert apply_percent(-minor, percent) == -rounded


@pytest.mark.parametrize(("value", "expected"), [("0.5", 1), ("1.5", 2), ("2.5", 3), ("-0.5", -1), ("0.4999", 0)])
def test_a_half_is_rounded_away_from_zero(value: str, expected: int) -> None:
    assert round_half_up(Decimal(value)) == expected


@pytest.mark.parametrize(
    ("text", "written"), [("8.25", "8.25"), ("20.00", "20"), ("0", "0"), ("100", "100"), ("7.7000", "7.7")]
)
def test_a_percentage_is_read_and_written_plainly(text: str, written: str) -> None:
    assert percent_text(parse_percent(text)) == written


@pytest.mark.parametrize("text", ["-1", "100.01", "1e1", "NaN", "", "8,25", "8.12345", "%", "8.25%"])
def test_what_is_no_percentage_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        parse_percent(text)


def test_money_adds_and_splits_in_its_own_currency_only() -> None:
    price = Money(1250, "USD")
    assert price + Money(50, "USD") == Money(1300, "USD")
    assert price - Money(2000, "USD") == -Money(750, "USD")
    assert price * 3 == Money(3750, "USD")
    assert price.percent(Decimal("8.25")) == Money(103, "USD")
    assert price.split([1, 1, 1]) == [Money(417, "USD"), Money(417, "USD"), Money(416, "USD")]
    assert Money(1, "USD") < price <= price
    assert not Money(0, "USD")
    assert str(Money(80, "JPY")) == "80 JPY"
    for mix in (lambda: price + Money(1, "EUR"), lambda: price - Money(1, "EUR"), lambda: price < Money(1, "EUR")):
        with pytest.raises(Invalid) as caught:
            mix()
        assert caught.value.code == "currency_mismatch"


def test_money_is_whole_and_countable() -> None:
    with pytest.raises(TypeError):
        Money(12.5, "USD")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Money(True, "USD")
    with pytest.raises(TypeError):
        Money(1, "USD") * 1.5  # type: ignore[operator]
    with pytest.raises(Invalid):
        Money(MAX_MINOR, "USD") + Money(1, "USD")
    with pytest.raises(Invalid):
        Money(1, "XYZ")

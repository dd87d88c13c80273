"""What a credit note takes back falls on lines, nets and taxes so that nothing is lost and nothing made up."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handsel.rules.crediting import Creditable, apportion
from handsel.rules.pricing import LineInput, price_order
from handsel.rules.tax import TaxRule

PRICES = {"JPY": 50_000, "USD": 5_000_000, "KWD": 50_000_000}
"""Exponents 0, 2 and 3 with prices up to about the same worth."""

RATES = [
    TaxRule(id="state", name="Sales tax", percent=Decimal("8.25"), country="US", region=None, inclusive=False),
    TaxRule(id="city", name="City tax", percent=Decimal("1.125"), country="US", region=None, inclusive=False),
    TaxRule(id="vat", name="VAT", percent=Decimal("19"), country="US", region=None, inclusive=True),
]


@st.composite
def invoices(draw: st.DrawFn) -> list[Creditable]:
    """The lines of an invoice as pricing makes them: with none, one or several taxes, inclusive or on top."""
    most = PRICES[draw(st.sampled_from(sorted(PRICES)))]
    rules = draw(st.lists(st.sampled_from(RATES), unique_by=lambda rule: rule.id, max_size=3))
    prices = draw(st.lists(st.tuples(st.integers(0, most), st.integers(1, 30)), min_size=1, max_size=6))
    inputs = [LineInput(quantity=count, unit_price_minor=price, tax_rules=tuple(rules)) for price, count in prices]
    return [
        Creditable(line.net_minor, tuple(tax.amount_minor for tax in line.taxes)) for line in price_order(inputs).lines
    ]


def whole(lines: list[Creditable]) -> int:
    return sum(line.total_minor for line in lines)


@given(lines=invoices(), draws=st.lists(st.floats(0.001, 1), max_size=5))
def test_however_an_invoice_is_taken_back_the_parts_sum_to_the_whole(
    lines: list[Creditable], draws: list[float]
) -> None:
    left = lines
    amounts: list[int] = []
    while whole(left):
        amount = max(1, min(whole(left), int(whole(left) * draws[len(amounts)]))) if len(amounts) < len(draws) else 0
        amount = amount or whole(left)
        shares = apportion(amount, left)
        assert sum(share.total_minor for share in shares) == amount
        for share, line in zip(shares, left, strict=True):
            assert 0 <= share.net_minor <= line.net_minor
            assert all(0 <= tax <= most for tax, most in zip(share.taxes_minor, line.taxes_minor, strict=True))
        left = [line.less(share) for line, share in zip(left, shares, strict=True)]
        amounts.append(amount)
    assert sum(amounts) == whole(lines)
    assert all(line.net_minor == 0 and line.tax_minor == 0 for line in left)


@given(lines=invoices())
def test_the_whole_is_taken_back_as_it_was_invoiced(lines: list[Creditable]) -> None:
    if whole(lines):
        assert apportion(whole(lines), lines) == lines


def test_a_third_of_an_invoice_is_a_third_of_each_line_with_its_tax() -> None:
    lines = [Creditable(10_000, (825,)), Creditable(2_000, (165,)), Creditable(0)]
    shares = apportion(4_330, lines)
    assert [share.total_minor for share in shares] == [3_608, 722, 0]
    assert [share.taxes_minor for share in shares] == [(275,), (55,), ()]


@pytest.mark.parametrize("amount", [0, -1, 10_826])
def test_no_more_than_is_left_is_taken_back(amount: int) -> None:
    with pytest.raises(ValueError, match="no more than is left"):
        apportion(amount, [Creditable(10_000, (825,))])


def test_more_than_a_line_had_cannot_have_been_taken() -> None:
    with pytest.raises(ValueError, match="than it had"):
        Creditable(100, (5,)).less(Creditable(100, (6,)))

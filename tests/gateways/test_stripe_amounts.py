"""Stripe's numbers and ISO 4217's, there and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handsel.gateways.stripe_amounts import NotRepresentable, from_stripe, minimum_minor, to_stripe


@pytest.mark.parametrize(
    ("minor", "currency", "stripe"),
    [(1250, "USD", 1250), (80, "JPY", 80), (1000, "KWD", 1000), (500, "ISK", 50_000), (700, "UGX", 70_000),
     (500, "MGA", 5), (17_500, "HUF", 17_500), (3000, "TWD", 3000)],
)  # fmt: skip
def test_each_special_currency_is_counted_as_stripe_does(minor: int, currency: str, stripe: int) -> None:
    assert to_stripe(minor, currency) == stripe
    assert from_stripe(stripe, currency) == minor


@pytest.mark.parametrize(("minor", "currency"), [(1001, "KWD"), (150, "MGA")])
def test_fractions_that_stripe_does_not_count_are_refused(minor: int, currency: str) -> None:
    with pytest.raises(NotRepresentable):
        to_stripe(minor, currency)


@given(st.integers(1, 10**12), st.sampled_from(["USD", "JPY", "KWD", "ISK", "UGX", "MGA", "HUF"]))
def test_what_can_be_sent_is_read_back_as_it_was(minor: int, currency: str) -> None:
    try:
        sent = to_stripe(minor, currency)
    except NotRepresentable:
        return
    assert from_stripe(sent, currency) == minor


def test_a_fraction_too_much_never_looks_right() -> None:
    assert from_stripe(50_001, "ISK") != 500


def test_minimums_can_be_sent() -> None:
    assert (minimum_minor("USD"), minimum_minor("JPY"), minimum_minor("HUF")) == (50, 50, 17_500)
    for currency in ("KWD", "MGA", "CRC", "ISK"):
        assert to_stripe(minimum_minor(currency), currency) > 0

"""Card numbers and secret keys are found however they are written, and what merely looks like one is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handsel.rules.sensitive import MASK, holds_card_number, holds_secret_key, mask

CARDS = [
    "4242424242424242",
    "4000 0027 6000 3184",
    "4000-0000-0000-9995",
    "4000.0566.5566.5556",
    "4242 4242 4242 4242",
    "4242–4242–4242–4242",
    "4242\n4242\n4242\n4242",
    "4242  4242  4242  4242",
    "4242+4242+4242+4242",
    "４２４２４２４２４２４２４２４２",
    "5555555555554444",
    "2223003122003222",
    "378282246310005",
    "3782 822463 10005",
    "6011111111111117",
    "3566002020360505",
    "6205500000000000004",
    "30569309025904",
]
NOT_CARDS = [
    "4242424242424241",
    "42424242424242424242424242424242",
    "424242424242424",
    "4006381333931",
    "9999999999999995",
    "Order 2026-11-22 10:30:15.000",
    "+1 503 555 0100, +1 503 555 0101",
    "DE89 3704 0044 0532 0130 00",
    "019aaaf1-0f3c-7000-8000-4242abcd4242",
    "4,242,424,242,424,242",
    "pi_3Abc4242",
    "",
]
KEYS = [
    "hk_" + "a1B2-_c3" * 4,
    "lk_" + "a1B2-_c3" * 4,
    "sk_live_51Habcdefghij",
    "sk_test_" + "0f" * 24,
    "rk_live_51Habcdefghij",
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "pi_3Abcdef_secret_ghijklmn",
]


@pytest.mark.parametrize("card", CARDS)
@pytest.mark.parametrize("around", ["{}", "Card {}, code 123", "{} 123", "x{}x", "12/29 {}"])
def test_a_card_number_is_found_however_it_is_written(card: str, around: str) -> None:
    assert holds_card_number(around.format(card))
    assert card not in mask(around.format(card))


@pytest.mark.parametrize("text", NOT_CARDS)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert not holds_card_number(text)


def test_a_tax_number_with_the_same_checksum_may_stand_where_identifiers_stand() -> None:
    siret = "38012986646850"
    assert holds_card_number(siret)
    assert not holds_card_number(siret, identifier=True)
    assert holds_card_number("4242424242424242", identifier=True)


@pytest.mark.parametrize("key", KEYS)
def test_a_secret_key_is_found_and_masked(key: str) -> None:
    assert holds_secret_key(f"use {key}, please")
    assert mask(f"use {key}, please") == f"use {MASK}, please"


@pytest.mark.parametrize("text", ["sk_website_basic", "whsec", "task_live_overview", "hk_short", "pk_test_0f0f0f0f0f"])
def test_words_that_begin_alike_are_no_keys(text: str) -> None:
    assert not holds_secret_key(text)


@given(st.lists(st.one_of(st.sampled_from(CARDS), st.text(max_size=20)), max_size=6))
def test_nothing_that_was_masked_holds_a_card_number(parts: list[str]) -> None:
    assert not holds_card_number(mask("; ".join(parts)))


@given(st.text(alphabet="0123456789 -", max_size=2000))
def test_long_runs_of_digits_are_read_in_reasonable_time(text: str) -> None:
    assert mask(text).count(MASK) <= len(text) // 13

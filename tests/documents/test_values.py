"""How values are written: money, dates, colours, and text that is made printable."""

from __future__ import annotations

import datetime as dt
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handsel.documents.colour import DEFAULT_ACCENT, readable_on_white
from handsel.documents.localised import Localised, money_text, readable_locale
from handsel.documents.printable import printable
from handsel.rules.errors import Invalid
from handsel.rules.money import exponent


@pytest.mark.parametrize(
    ("amount_minor", "currency", "locale", "written"),
    [
        (124000, "USD", "en", "$1,240.00"),
        (124000, "EUR", "de", "1.240,00\xa0€"),
        (124000, "CAD", "en", "CA$1,240.00"),
        (-124000, "USD", "en", "−$1,240.00"),
        (80, "JPY", "en", "¥80"),
        (1000, "KWD", "en", "KWD\xa01.000"),
        (1, "CLF", "en", "CLF\xa00.0001"),
        (150, "COP", "en", "COP\xa01.50"),
        (10**15, "USD", "en", "$10,000,000,000,000.00"),
        (5, "CHF", "de-CH", "CHF\xa00.05"),
    ],
)
def test_money_is_written_with_its_own_decimals(amount_minor: int, currency: str, locale: str, written: str) -> None:
    assert money_text(amount_minor, currency, readable_locale(locale)) == written


@given(st.integers(min_value=0, max_value=10**15), st.sampled_from(["USD", "JPY", "KWD", "CLF"]))
def test_money_read_back_is_the_same_number_of_minor_units(amount_minor: int, currency: str) -> None:
    digits = "".join(filter(str.isdigit, money_text(amount_minor, currency, readable_locale("en"))))

    assert int(digits) == amount_minor
    assert len(digits) > exponent(currency)


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(Invalid):
        money_text(1, "XXX", readable_locale("en"))


@pytest.mark.parametrize("name", ["", "xx", "ja", "zh-Hant-TW", "../../etc", "en_US_POSIX_odd", "e" * 500])
def test_a_locale_without_words_is_written_in_english(name: str) -> None:
    assert readable_locale(name).language == "en"


def test_numbers_are_written_as_the_reader_writes_them() -> None:
    german, american = Localised("de", "EUR"), Localised("en-US", "USD")

    assert german.quantity(Decimal("1.50")) == "1,5"
    assert german.quantity(1200) == "1.200"
    assert german.percent(Decimal("8.8750")) == "8,875\xa0%"
    assert german.percent(Decimal("20")) == "20\xa0%"
    assert german.short_date(dt.date(2026, 11, 2)) == "02.11.2026"
    assert (german.paper, american.paper) == ("a4", "us-letter")


@pytest.mark.parametrize("colour", ["#ffffff", "#ffff00", "#7dd3fc", "#777777"])
def test_a_pale_accent_is_darkened_until_it_can_be_read(colour: str) -> None:
    channels = [int(readable_on_white(colour)[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    assert 1.05 / (luminance + 0.05) >= 4.5


def test_a_dark_accent_stays_and_nonsense_becomes_the_default() -> None:
    assert readable_on_white("#0F4C81") == "#0f4c81"
    assert readable_on_white("url(evil)") == DEFAULT_ACCENT
    assert readable_on_white("#123456\n") == DEFAULT_ACCENT


@given(st.text(max_size=60))
def test_nothing_that_cannot_be_printed_is_left(typed: str) -> None:
    printed = printable(typed)

    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn") and c != "\n" for c in printed)
    assert printable(printed) == printed


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126)))
def test_plain_text_is_left_alone(typed: str) -> None:
    assert printable(typed) == typed

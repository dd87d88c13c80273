"""Numbers, money and dates as a reader of one locale writes them, from Unicode's CLDR (babel).

Digits after the decimal point come from ISO 4217 (`rules.money.exponent`), not from CLDR: CLDR rounds some currencies
for display, and a document must show every minor unit that was charged.
"""

from __future__ import annotations

import copy
import datetime as dt
import re
from dataclasses import dataclass, field
from decimal import Decimal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit

from handsel.documents.words import WORDS, Words
from handsel.rules.money import exponent

MINUS = "\N{MINUS SIGN}"
CODE_BEFORE_DIGIT = re.compile(r"(?<=[A-Za-z])(?=\d)")  # CLDR's currency spacing: "KWD 1.250", yet "CA$1.25"


def readable_locale(name: str) -> Locale:
    """The locale to write in: `name` ("de-AT", "de_AT", "en") if we have words for its language, else English.

    A document with English words and another language's dates would be harder to read than an English one.
    """
    try:
        locale = Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")
    return locale if locale.language in WORDS else Locale("en")


def money_text(amount_minor: int, currency: str, locale: Locale) -> str:
    """`amount_minor` of `currency` with its symbol: 124000 USD in English is "$1,240.00", in German "1.240,00 $"."""
    digits = exponent(currency)
    pattern = copy.copy(locale.currency_formats["standard"])
    pattern.frac_prec = (digits, digits)
    amount = Decimal(amount_minor).scaleb(-digits)
    text: str = pattern.apply(amount, locale, currency=currency, currency_digits=False)
    return CODE_BEFORE_DIGIT.sub("\N{NO-BREAK SPACE}", text.replace("-", MINUS))


@dataclass(frozen=True, slots=True)
class Localised:
    """Writes values for one document: one locale, one currency."""

    locale_name: str
    currency: str
    locale: Locale = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "locale", readable_locale(self.locale_name))

    @property
    def words(self) -> Words:
        return WORDS[self.locale.language]

    @property
    def paper(self) -> str:
        """US Letter where people print on it (CLDR's measurement data), A4 everywhere else."""
        return "us-letter" if self.locale.territory in LETTER_TERRITORIES else "a4"

    def money(self, amount_minor: int) -> str:
        return money_text(amount_minor, self.currency, self.locale)

    def date(self, day: dt.date) -> str:
        return format_date(day, format="long", locale=self.locale)

    def short_date(self, day: dt.date) -> str:
        return format_date(day, format="medium", locale=self.locale)

    def quantity(self, quantity: int | Decimal) -> str:
        return format_decimal(quantity, locale=self.locale, decimal_quantization=False).replace("-", MINUS)

    def size(self, size_bytes: int) -> str:
        """Decimal units: 1,234,567 bytes are "1.2 MB" in English, "1,2 MB" in German."""
        for factor, unit in ((1_000_000, "megabyte"), (1_000, "kilobyte")):
            if size_bytes >= factor:
                tenths = Decimal(size_bytes * 10 // factor).scaleb(-1)
                return format_unit(tenths, unit, length="short", locale=self.locale)
        return format_unit(size_bytes, "byte", length="long", locale=self.locale)

    def percent(self, percent: Decimal) -> str:
        """`Decimal("8.875")` means 8.875 %."""
        return format_percent(percent / 100, locale=self.locale, decimal_quantization=False)


LETTER_TERRITORIES = frozenset(("BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE"))

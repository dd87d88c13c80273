"""Money as integer minor units of ISO 4217. Nothing here ever touches a float.

A whole is split so that its parts sum to it; a rounding is half away from zero ("half up" for the amounts we
have). The register is ISO 4217 "List One" of active codes with their minor units, as of November 2026.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from handsel.rules.errors import Invalid

MAX_MINOR = 10**15
"""The largest amount, in minor units, either way: far above any sale, and its sums stay far below 64 bits."""

_BY_EXPONENT: Mapping[int, str] = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD "
        "CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS "
        "GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD "
        "LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB "
        "PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP "
        "SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW "
        "ZWG"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}

CURRENCIES: Mapping[str, int] = MappingProxyType(
    dict(sorted((code, places) for places, codes in _BY_EXPONENT.items() for code in codes.split()))
)
"""Every active code of ISO 4217 that money can be held in, with its number of decimals."""

_DECIMAL = re.compile(r"(-?)(\d{1,18})(?:\.(\d{1,18}))?", re.ASCII)


def exponent(currency: str) -> int:
    """How many decimals the currency has: JPY 0, USD 2, KWD 3. Raises `Invalid` for unknown codes."""
    try:
        return CURRENCIES[currency]
    except (KeyError, TypeError):
        raise Invalid.at("currency", "This is not a currency code of ISO 4217, such as USD.") from None


def check_minor(amount_minor: int) -> int:
    """The amount itself. Raises `Invalid` (amount_too_large) when it is beyond `MAX_MINOR`."""
    if not -MAX_MINOR <= amount_minor <= MAX_MINOR:
        raise Invalid.at("amount", "This amount is too large.", code="amount_too_large")
    return amount_minor


def parse_minor(text: str, currency: str) -> int:
    """Minor units from a plain decimal as people type it ("12.5" USD is 1250).

    Raises `Invalid` for anything else: more decimals than the currency has, exponents, NaN, separators of
    thousands.
    """
    places = exponent(currency)
    match = _DECIMAL.fullmatch(text.strip())
    if match is None:
        raise Invalid.at("amount", "Write the amount in digits, such as 1240.50.")
    sign, whole, fraction = match[1], match[2], match[3] or ""
    if len(fraction) > places:
        allowed = f"at most {places} decimals" if places else "no decimals"
        raise Invalid.at("amount", f"{currency} has {allowed}.")
    minor = int(whole + fraction.ljust(places, "0"))
    return check_minor(-minor if sign else minor)


def decimal_text(minor: int, currency: str) -> str:
    """The plain decimal of an amount, with its currency's decimals: 1250 USD is "12.50", 80 JPY is "80"."""
    places = exponent(currency)
    digits = str(abs(minor)).rjust(places + 1, "0")
    sign = "-" if minor < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


def round_half_up(value: Decimal | Fraction) -> int:
    """To the nearest whole unit, a half away from zero."""
    exact = Fraction(value)
    whole = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
    return -whole if exact < 0 else whole


def apply_percent(minor: int, percent: Decimal) -> int:
    """`percent` of an amount, rounded half up to a minor unit: 8.25 % of 1000 is 83."""
    return round_half_up(Fraction(minor) * Fraction(percent) / 100)


def allocate(amount: int, weights: Sequence[int]) -> list[int]:
    """Split an amount by weights into whole minor units that sum to it exactly (largest remainder, earlier
    first).

    Weights are not negative; when all are zero they count as equal. Raises ValueError for none or a negative
    one.
    """
    if not weights or any(weight < 0 for weight in weights):
        raise ValueError("an amount is split by at least one weight, none of them negative")
    total = sum(weights)
    if total == 0:
        return allocate(amount, [1] * len(weights))
    magnitude = abs(amount)
    parts = [magnitude * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(magnitude * weights[i] % total), i))
    for index in by_remainder[: magnitude - sum(parts)]:
        parts[index] += 1
    return [-part for part in parts] if amount < 0 else parts


def parse_percent(text: str, *, places: int = 4) -> Decimal:
    """A percentage from 0 to 100 as a plain decimal string. Raises `Invalid` for anything else."""
    match = _DECIMAL.fullmatch(text.strip())
    if match is None or match[1]:
        raise Invalid.at("percent", "Write the percentage in digits, such as 8.25.")
    if len(match[3] or "") > places:
        raise Invalid.at("percent", f"A percentage has at most {places} decimals.")
    percent = Decimal(match[0])
    if percent > 100:
        raise Invalid.at("percent", "A percentage is between 0 and 100.")
    return percent


def percent_text(percent: Decimal) -> str:
    """A percentage without trailing zeros: "8.25", "20", "0"."""
    return format(percent.normalize(), "f")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units with its currency. Two currencies do not add up, and are refused."""

    amount: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.amount) is not int:
            raise TypeError("an amount of money is an int of minor units")
        exponent(self.currency)
        check_minor(self.amount)

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other).amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other).amount, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __mul__(self, quantity: int) -> Money:
        if type(quantity) is not int:
            raise TypeError("money is multiplied by whole numbers; use `percent` or `split` for parts")
        return Money(self.amount * quantity, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other).amount

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same(other).amount

    def __bool__(self) -> bool:
        return self.amount != 0

    def __str__(self) -> str:
        return f"{decimal_text(self.amount, self.currency)} {self.currency}"

    def percent(self, percent: Decimal) -> Money:
        return Money(apply_percent(self.amount, percent), self.currency)

    def split(self, weights: Sequence[int]) -> list[Money]:
        return [Money(part, self.currency) for part in allocate(self.amount, weights)]

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            message = f"{self.currency} and {other.currency} do not add up."
            raise Invalid.at("currency", message, "currency_mismatch")
        return other

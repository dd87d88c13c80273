"""Between ISO 4217 minor units and the numbers that Stripe counts in (docs.stripe.com/currencies).

Most currencies are counted alike. The exceptions:
- MGA has two decimals in ISO 4217, Stripe counts whole ariary.
- ISK and UGX have none in ISO 4217, Stripe counts hundredths, always in whole units.
- Three-decimal currencies are counted in thousandths, but the last digit must be 0.
HUF and TWD are charged in hundredths as ISO 4217 counts them; their restriction is on payouts only.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_WHOLE_AT_STRIPE = frozenset({"MGA"})
_HUNDREDTHS_AT_STRIPE = frozenset({"ISK", "UGX"})
_THOUSANDTHS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})

_LEAST: Mapping[str, int] = MappingProxyType(
    {
        "USD": 50, "AED": 200, "AUD": 50, "BGN": 100, "BRL": 50, "CAD": 50, "CHF": 50, "CZK": 1500, "DKK": 250,
        "EUR": 50, "GBP": 30, "HKD": 400, "HUF": 17500, "INR": 50, "JPY": 50, "MXN": 1000, "MYR": 200, "NOK": 300,
        "NZD": 50, "PLN": 200, "RON": 200, "SEK": 300, "SGD": 50, "THB": 1000,
    }
)  # fmt: skip


class NotRepresentable(ValueError):
    """Stripe has no number for this amount: a fraction it does not count."""


def to_stripe(amount_minor: int, currency: str) -> int:
    """What Stripe is asked for. Raises `NotRepresentable` for KWD 1.001 or half an ariary."""
    if currency in _HUNDREDTHS_AT_STRIPE:
        return amount_minor * 100
    if currency in _WHOLE_AT_STRIPE:
        whole, rest = divmod(amount_minor, 100)
        if rest:
            raise NotRepresentable(currency)
        return whole
    if currency in _THOUSANDTHS and amount_minor % 10:
        raise NotRepresentable(currency)
    return amount_minor


def from_stripe(amount: int, currency: str) -> int:
    """ISO 4217 minor units of what Stripe says; a fraction that ISO cannot hold is rounded up, so that a wrong amount
    never looks like the right one."""
    if currency in _HUNDREDTHS_AT_STRIPE:
        return -(-amount // 100)
    return amount * 100 if currency in _WHOLE_AT_STRIPE else amount


def minimum_minor(currency: str) -> int:
    """The least that Stripe charges, in ISO 4217 minor units. Where it publishes none (it then compares the amount
    converted to the account's own currency), the smallest amount that it can count."""
    if currency in _THOUSANDTHS:
        return 10
    return _LEAST.get(currency, 100 if currency in _WHOLE_AT_STRIPE else 1)

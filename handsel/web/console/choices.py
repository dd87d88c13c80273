"""The lists that people choose from, in the names of CLDR: countries, currencies, time zones, ways of writing."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from functools import lru_cache

from babel import Locale

from handsel.models.catalog import INTERVALS
from handsel.rules.money import CURRENCIES

Choices = tuple[tuple[str, str], ...]

_NOT_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
_USUAL_CURRENCIES = ("USD", "EUR", "GBP", "CAD", "AUD", "CHF", "JPY")
_LOCALES = (
    *("en_US", "en_GB", "en_CA", "en_AU", "en_IE", "en_NZ", "en_ZA", "de_DE", "de_AT", "de_CH", "fr_FR", "fr_CA"),
    *("fr_BE", "fr_CH", "es_ES", "es_MX", "it_IT", "nl_NL", "nl_BE", "pt_PT", "pt_BR", "da_DK", "sv_SE", "nb_NO"),
    *("fi_FI", "pl_PL", "cs_CZ", "ja_JP"),
)

INTERVAL_CHOICES: Choices = (("", "Once"), *((interval, f"Each {interval}") for interval in INTERVALS))


@lru_cache(maxsize=8)
def countries(language: str = "en") -> Choices:
    """ISO 3166-1 alpha-2 with the country's name, by name."""
    names = Locale.parse(language.replace("-", "_")).territories
    found = [
        (code, name) for code, name in names.items() if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES
    ]
    return tuple(sorted(found, key=lambda pair: pair[1]))


@lru_cache(maxsize=8)
def currencies(language: str = "en") -> Choices:
    """ISO 4217, the most used first, then by code."""
    names = Locale.parse(language.replace("-", "_")).currencies
    rest = [code for code in CURRENCIES if code not in _USUAL_CURRENCIES]
    return tuple((code, f"{code} · {names.get(code, code)}") for code in (*_USUAL_CURRENCIES, *rest))


@lru_cache(maxsize=1)
def _zone_names() -> tuple[str, ...]:
    areas = ("Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
    return ("UTC", *sorted(name for name in zoneinfo.available_timezones() if name.startswith(areas)))


def time_zones(now: dt.datetime) -> Choices:
    """IANA zones by area and city, with how far each is from UTC at `now`."""
    return tuple((name, f"{name.replace('_', ' ')} ({_offset(name, now)})") for name in _zone_names())


@lru_cache(maxsize=1)
def locales() -> Choices:
    """Ways of writing dates and amounts, by their English names."""
    named = ((name, Locale.parse(name).get_display_name("en") or name) for name in _LOCALES)
    return tuple(sorted(named, key=lambda pair: pair[1]))


def with_current(choices: Choices, value: str) -> Choices:
    """The choices with what is set now among them, so that saving a form never changes it by accident."""
    return choices if not value or any(key == value for key, _ in choices) else (*choices, (value, value))


def _offset(zone: str, now: dt.datetime) -> str:
    offset = now.astimezone(zoneinfo.ZoneInfo(zone)).utcoffset() or dt.timedelta()
    minutes = int(offset.total_seconds() // 60)
    sign = "\N{MINUS SIGN}" if minutes < 0 else "+"
    return f"UTC{sign}{abs(minutes) // 60}:{abs(minutes) % 60:02}" if minutes else "UTC"

"""Money, dates and card numbers as the reader's locale writes them.

The filters take the locale from Django's active translation (which the face sets per request), the
tags of the same name take it from the context's ``locale`` when a page is written for someone else's
eyes: ``{% money order.total_minor order.currency %}``. Both fall back to ``en_US``.
"""

from __future__ import annotations

import re
from copy import copy
from datetime import date as Date
from datetime import datetime as DateTime
from datetime import timedelta, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_timedelta, get_timezone_gmt, get_timezone_name
from babel.numbers import format_decimal, format_percent
from django import template
from django.template import Context
from django.utils import timezone, translation

from handsel.rules.money import exponent
from handsel.rules.offline import KINDS

register = template.Library()

DEFAULT_LOCALE = "en_US"

_LETTER_BESIDE_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
"""Where a currency is written in letters CLDR asks for a space before the number: ``KWD 1.000``."""


def locale_of(name: str | None) -> Locale:
    """The babel locale for ``en-us``, ``de_AT`` or ``fr``; ``en_US`` for nothing and for nonsense."""
    try:
        return Locale.parse((name or DEFAULT_LOCALE).replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(DEFAULT_LOCALE)


def _active_locale() -> Locale:
    return locale_of(translation.get_language())


def _locale_in(context: Context) -> Locale:
    named = context.get("locale")
    return locale_of(named) if named else _active_locale()


def money_text(minor: int, currency: str, locale: Locale | str | None = None) -> str:
    """An amount in minor units as text: ``money_text(124000, "USD")`` is ``$1,240.00``.

    The number of decimals is the one we count in (ISO 4217: JPY 0, KWD 3), not the locale data's habit,
    which rounds some currencies; a negative amount carries a minus sign, U+2212, never parentheses.
    """
    chosen = locale if isinstance(locale, Locale) else locale_of(locale)
    code = currency.upper()
    places = exponent(code)
    pattern = copy(chosen.currency_formats["standard"])
    pattern.frac_prec = (places, places)
    text: str = pattern.apply(Decimal(minor).scaleb(-places), chosen, currency=code, currency_digits=False)
    text = _LETTER_BESIDE_DIGIT.sub("\N{NO-BREAK SPACE}", text)
    return text.replace("-", "\N{MINUS SIGN}", 1) if minor < 0 else text


@register.filter
def money(minor: int | str | None, currency: str) -> str:
    """``{{ order.total_minor|money:order.currency }}``; nothing for an amount that is not known."""
    return "" if minor is None or minor == "" else money_text(int(minor), str(currency), _active_locale())


@register.simple_tag(takes_context=True, name="money")
def money_tag(context: Context, minor: int | str | None, currency: str) -> str:
    """``{% money order.total_minor order.currency %}`` in the locale of the page."""
    return "" if minor is None or minor == "" else money_text(int(minor), str(currency), _locale_in(context))


@register.filter
def money_input(minor: int | str | None, currency: str) -> str:
    """The amount as a person would type it into a field, without currency or grouping: ``1240.00``."""
    if minor is None or minor == "":
        return ""
    places = exponent(str(currency).upper())
    return f"{Decimal(int(minor)).scaleb(-places):.{places}f}"


@register.filter
def number(value: int | Decimal | None) -> str:
    """``1234`` as ``1,234``."""
    return "" if value is None else format_decimal(value, locale=_active_locale())


@register.filter
def percent(value: Decimal | float | int | str | None) -> str:
    """A rate given in percent, as tax rates and discounts are kept: ``8.25`` is ``8.25%``."""
    if value is None or value == "":
        return ""
    return format_percent(Decimal(str(value)) / 100, "#,##0.####%", locale=_active_locale())


@register.filter
def date(value: Date | DateTime | None) -> str:
    """``Nov 22, 2026``. An instant is first put into the current time zone."""
    return "" if not value else _date_text(value, _active_locale())


@register.simple_tag(takes_context=True, name="date")
def date_tag(context: Context, value: Date | DateTime | None) -> str:
    """``{% date order.start_on %}`` in the locale of the page."""
    return "" if not value else _date_text(value, _locale_in(context))


def _date_text(value: Date | DateTime, locale: Locale) -> str:
    if isinstance(value, DateTime):
        value = timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return format_date(value, "medium", locale=locale)


@register.filter
def datetime(value: DateTime | None, zone: str | tzinfo | None = None) -> str:
    """``Nov 22, 2026, 2:02 PM EST`` in the zone given (``"Europe/Vienna"``), else the current one."""
    return "" if not value else datetime_text(value, zone, _active_locale())


@register.simple_tag(takes_context=True, name="datetime")
def datetime_tag(context: Context, value: DateTime | None, zone: str | tzinfo | None = None) -> str:
    """``{% datetime event.at customer.time_zone %}`` in the locale of the page."""
    return "" if not value else datetime_text(value, zone, _locale_in(context))


def datetime_text(value: DateTime, zone: str | tzinfo | None, locale: Locale | str | None = None) -> str:
    """An instant with its zone's short name; the zone always stands there, since it always matters."""
    chosen = locale if isinstance(locale, Locale) else locale_of(locale)
    place = ZoneInfo(zone) if isinstance(zone, str) and zone else zone or timezone.get_current_timezone()
    aware = value if timezone.is_aware(value) else timezone.make_aware(value)
    local = aware.astimezone(place if isinstance(place, tzinfo) else None)
    text = format_datetime(local, "medium", locale=chosen, tzinfo=local.tzinfo)
    seconds = f":{local.second:02d}"
    return f"{text.replace(seconds, '', 1)} {_zone_text(local, chosen)}"


def _zone_text(local: DateTime, locale: Locale) -> str:
    """The zone's short name; where the language has none, its distance from GMT, which says more than "-0800"."""
    name = get_timezone_name(local, "short", locale=locale)
    return get_timezone_gmt(local, "long", locale=locale) if name[0] in "+-" else name


@register.filter
def relative(value: DateTime | None, now: DateTime | None = None) -> str:
    """``5 minutes ago`` or ``in 3 days``: only ever shown beside the absolute time."""
    if not value:
        return ""
    distance: timedelta = value - (now or timezone.now())
    return format_timedelta(distance, add_direction=True, locale=_active_locale())


@register.filter
def card(last4: str | None) -> str:
    """The last four digits of a card as it is always written: ``···· 4242``."""
    return f"···· {last4}" if last4 else ""


@register.filter
def machine_time(value: DateTime | Date | None) -> str:
    """The instant or day as the ``datetime`` attribute of ``<time>`` wants it (ISO 8601)."""
    return value.isoformat() if value else ""


@register.filter
def day(text: str | None) -> Date | None:
    """An ISO date that stands in stored facts, for ``{% date … %}``; nothing for anything else."""
    try:
        return Date.fromisoformat(text or "")
    except ValueError:
        return None


@register.filter
def received_as(kind: str | None) -> str:
    """How money came that no gateway took: ``transfer`` is ``Bank transfer``."""
    return KINDS.get(kind or "", "Payment")

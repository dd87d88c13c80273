"""What the components need and a template cannot say: attributes, icons, tones, charts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from handsel.templatetags.brands import BRANDS, UNKNOWN_BRAND
from handsel.templatetags.charts import Chart, bars, lines
from handsel.templatetags.icons import ICONS, TONE_ICONS
from handsel.templatetags.tones import tone_of

register = template.Library()


@register.filter(is_safe=True)
def attributes(attrs: Any) -> SafeString:
    """The attributes a component was given and did not name itself, each escaped.

    django-cotton's own ``{{ attrs }}`` trusts every value, so that a name with a quote in it could
    leave its attribute; here a value is escaped unless the template engine has done so already.
    ``None`` and ``False`` leave the attribute out, ``True`` writes it bare.
    """
    named: Mapping[str, Any] = attrs.attrs_dict() if hasattr(attrs, "attrs_dict") else attrs
    written: list[str] = []
    for name, value in named.items():
        if value is None or value is False:
            continue
        if value is True or value == "":
            written.append(escape(name))
            continue
        text = value.replace('"', "&quot;") if isinstance(value, SafeString) else escape(str(value))
        written.append(f'{escape(name)}="{text}"')
    return mark_safe(" ".join(written))  # noqa: S308 - every part is escaped above


@register.simple_tag
def icon_paths(name: str) -> SafeString:
    """The strokes of one icon of our set. An unknown name is a mistake in a template and says so."""
    return mark_safe(ICONS[name])  # noqa: S308 - our own constants


@register.filter
def tone_icon(tone: str | None) -> str:
    """The shape that goes with a tone, so that a state is never told by colour alone."""
    return TONE_ICONS.get(tone or "", TONE_ICONS["neutral"])


@register.filter
def tone(status: str | None) -> str:
    """``{{ order.status|tone }}``: which of neutral, info, good, warn and bad a status is shown in."""
    return tone_of(status or "")


@register.filter
def status_label(status: str | None) -> str:
    """``awaiting_customer_approval`` as ``Awaiting customer approval``."""
    return (status or "").replace("_", " ").capitalize()


@register.filter
def initials(name: str | None) -> str:
    """The one or two letters that stand for a name: ``Harbor Digital Agency`` is ``HD``."""
    words = [word for word in (name or "").replace("@", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in words[:2]).upper() or "·"


@register.simple_tag
def bar_chart(labels: list[str], series: list[dict[str, Any]], currency: str = "") -> Chart:
    """The geometry of a stacked bar chart; see :func:`handsel.templatetags.charts.bars`."""
    return bars(labels, series, currency)


@register.simple_tag
def line_chart(labels: list[str], series: list[dict[str, Any]], currency: str = "") -> Chart:
    """The geometry of a line chart; see :func:`handsel.templatetags.charts.lines`."""
    return lines(labels, series, currency)


@register.filter
def times(count: int | str) -> range:
    """``{% for line in 3|times %}``: a placeholder's lines."""
    return range(int(count))


@register.filter
def plain(value: float) -> str:
    """A coordinate of a drawing, which no locale may write with a comma."""
    return f"{value:g}"


@register.simple_tag
def brand_mark(brand: str | None) -> SafeString:
    """The little picture of a card's brand; a plain card for one we do not know."""
    return mark_safe(BRANDS.get((brand or "").lower(), UNKNOWN_BRAND).mark)  # noqa: S308 - our own constants


@register.filter
def brand_name(brand: str | None) -> str:
    """``visa`` as ``Visa``, for those who hear the page."""
    return BRANDS.get((brand or "").lower(), UNKNOWN_BRAND).name


@register.filter
def message_tone(tags: str | None) -> str:
    """The tone of one of Django's messages from its tags: ``success`` is ``good``, ``error`` is ``bad``."""
    found = {"success": "good", "warning": "warn", "error": "bad"}
    return next((found[tag] for tag in (tags or "").split() if tag in found), "info")

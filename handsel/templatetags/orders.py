"""What only the templates of orders say: how a line is billed."""

from __future__ import annotations

from django import template

from handsel.models import OrderLine
from handsel.rules.periods import Interval

register = template.Library()


@register.filter
def terms(line: OrderLine) -> str:
    """How a line is billed, in words: once, or again and again."""
    if line.interval is None:
        return "One-time"
    every = str(Interval(line.interval, line.interval_count)).capitalize()
    until = f", {line.periods} times" if line.periods else ", until cancelled"
    trial = f", after {line.trial_days} days of trial" if line.trial_days else ""
    return f"{every}{until}{trial}"


@register.filter
def negative(minor: int) -> int:
    """An amount that is taken off."""
    return -minor

"""A partner's accent colour, made readable: the stylesheet that customer pages load after ours."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WHITE, _BLACK = (255, 255, 255), (0, 0, 0)
_LIGHT_GROUND, _DARK_GROUND = (241, 240, 236), (35, 40, 45)
_ENOUGH = 5.0
"""Somewhat above the 4.5 : 1 of WCAG 2.2 (1.4.3), since the accent also stands on its own light tint."""

_HEX = re.compile(r"#?([0-9a-fA-F]{6})")

Colour = tuple[int, int, int]


def accent_stylesheet(accent: str) -> str:
    """CSS that sets the four ``--brand`` properties from ``#rrggbb``; nothing for anything else.

    On light pages the colour is darkened, on dark ones lightened, only as far as text needs it.
    """
    match = _HEX.fullmatch(accent.strip())
    if match is None:
        return ""
    colour = _parsed(match[1])
    light = _towards(colour, _BLACK, _LIGHT_GROUND)
    dark = _towards(colour, _WHITE, _DARK_GROUND)
    return (
        f":root{{--brand:{_written(light)};--brand-ink:#ffffff;"
        f"--brand-dark:{_written(dark)};--brand-dark-ink:#0e1216}}\n"
    )


@dataclass(frozen=True, slots=True)
class Contrast:
    """How a colour reads on our pages: `ratio` as it was chosen; `shown` is what becomes of it there, and
    `shown_ratio` how that reads."""

    ratio: float
    shown: str
    shown_ratio: float

    @property
    def is_kept(self) -> bool:
        return self.ratio >= _ENOUGH


def told_contrast(accent: str) -> Contrast | None:
    """What to tell whoever chooses the colour; None for anything but ``#rrggbb``."""
    match = _HEX.fullmatch(accent.strip())
    if match is None:
        return None
    chosen = _parsed(match[1])
    shown = _towards(chosen, _BLACK, _LIGHT_GROUND)
    return Contrast(contrast(chosen, _LIGHT_GROUND), _written(shown), contrast(shown, _LIGHT_GROUND))


def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio of WCAG 2.2, from 1 (equal) to 21 (black on white)."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _towards(colour: Colour, end: Colour, ground: Colour) -> Colour:
    for step in range(21):
        mixed = tuple(round(a + (b - a) * step / 20) for a, b in zip(colour, end, strict=True))
        found = (mixed[0], mixed[1], mixed[2])
        if contrast(found, ground) >= _ENOUGH:
            return found
    return end


def _luminance(colour: Colour) -> float:
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _parsed(digits: str) -> Colour:
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def _written(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)

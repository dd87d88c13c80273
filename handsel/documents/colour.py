"""The partner's accent colour, made dark enough to read (WCAG 2.2, success criterion 1.4.3)."""

from __future__ import annotations

import re

DEFAULT_ACCENT = "#1f4f82"
ENOUGH_CONTRAST = 4.5

HEX_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def readable_on_white(colour: str) -> str:
    """`colour` ("#rrggbb"), darkened step by step until text in it, or white text on it, has a contrast of 4.5 : 1.

    Anything that is not six hex digits becomes the default accent: a colour is decoration and must stop no document.
    """
    if not HEX_COLOUR.fullmatch(colour):
        return DEFAULT_ACCENT
    channels = [int(colour[start : start + 2], 16) for start in (1, 3, 5)]
    while _contrast_with_white(channels) < ENOUGH_CONTRAST:
        channels = [channel * 95 // 100 for channel in channels]
    return "#" + "".join(f"{channel:02x}" for channel in channels)


def _contrast_with_white(channels: list[int]) -> float:
    """WCAG 2.2, "contrast ratio" and "relative luminance"."""
    red, green, blue = (_linear(channel / 255) for channel in channels)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)

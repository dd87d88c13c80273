"""Small marks for card brands: plain shapes and letters of our own, not the networks' artwork."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Brand:
    """A brand's name for readers, and its mark on a white 32 × 18 ground."""

    name: str
    mark: str


def _letters(text: str, colour: str) -> str:
    size = 10 if len(text) <= 4 else 8
    return (
        f'<svg viewBox="0 0 32 18"><text x="16" y="12.6" text-anchor="middle" font-size="{size}"'
        f' font-weight="700" font-family="system-ui, sans-serif" fill="{colour}">{text}</text></svg>'
    )


def _circles(left: str, right: str) -> str:
    return (
        f'<svg viewBox="0 0 32 18"><circle cx="12.5" cy="9" r="6" fill="{left}"/>'
        f'<circle cx="19.5" cy="9" r="6" fill="{right}" fill-opacity="0.85"/></svg>'
    )


BRANDS: dict[str, Brand] = {
    "visa": Brand("Visa", _letters("VISA", "#1a3a8f")),
    "mastercard": Brand("Mastercard", _circles("#d32029", "#f2a12e")),
    "maestro": Brand("Maestro", _circles("#1a7fc1", "#d32029")),
    "amex": Brand("American Express", _letters("AMEX", "#1d6f9e")),
    "discover": Brand("Discover", _letters("DISC", "#b4560f")),
    "diners": Brand("Diners Club", _letters("DC", "#27527a")),
    "jcb": Brand("JCB", _letters("JCB", "#1b6b3a")),
    "unionpay": Brand("UnionPay", _letters("UP", "#0f6a74")),
}

UNKNOWN_BRAND = Brand(
    "Card",
    '<svg viewBox="0 0 32 18" fill="none" stroke="#59616a" stroke-width="1.4">'
    '<rect x="7" y="3" width="18" height="12" rx="1.5"/><path d="M7 7h18M10 11.5h4"/></svg>',
)

"""Text that people typed, made safe to print and to mail."""

from __future__ import annotations

import unicodedata

# Marks that turn the writing direction can make "invoice" read as something else than it says (CVE-2021-42574).
DIRECTION_MARKS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def printable(text: str) -> str:
    """`text` in Unicode's form NFC; control characters but the line break, and marks that turn the writing direction,
    are dropped, and code points without a meaning of their own become U+FFFD."""
    return "".join(map(_printable_character, unicodedata.normalize("NFC", text)))


def _printable_character(character: str) -> str:
    if character == "\n" or (character.isascii() and character.isprintable()):
        return character
    match unicodedata.category(character):
        case "Cc":
            return " " if character == "\t" else ""
        case "Cs" | "Co" | "Cn":
            return "\N{REPLACEMENT CHARACTER}"
        case _:
            return "" if character in DIRECTION_MARKS else character

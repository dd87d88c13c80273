"""Ids: UUIDv7 (RFC 9562) in the database, prefixed lower-case Crockford base32 outside, like ord_01k9v4….

The text form keeps the order of creation, is 26 characters after the prefix, and names its kind, so that an id of
the wrong kind is not found rather than misread.
"""

from __future__ import annotations

import uuid

import uuid_utils

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}
_LENGTH = 26


def new_id() -> uuid.UUID:
    """A fresh UUIDv7; ids made by one process sort in the order they were made."""
    return uuid.UUID(bytes=uuid_utils.uuid7().bytes)


def show(prefix: str, value: uuid.UUID) -> str:
    """The text people and programs see: `ord_` and 26 characters."""
    number = value.int
    letters = []
    for _ in range(_LENGTH):
        letters.append(_ALPHABET[number & 31])
        number >>= 5
    return f"{prefix}_{''.join(reversed(letters))}"


def parse(prefix: str, text: object) -> uuid.UUID | None:
    """The UUID behind a shown id, or None when the text is not an id of that kind."""
    if not isinstance(text, str) or len(text) != len(prefix) + 1 + _LENGTH or not text.startswith(prefix + "_"):
        return None
    number = 0
    for letter in text[len(prefix) + 1 :]:
        value = _VALUES.get(letter)
        if value is None:
            return None
        number = number << 5 | value
    return uuid.UUID(int=number) if number >> 128 == 0 else None

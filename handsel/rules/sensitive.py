"""What must stand nowhere in plain text: card numbers and secret keys, found in whatever somebody typed or said.

Card numbers are typed into the gateway's own fields only (PCI DSS 4.0.1, SAQ A). People paste them elsewhere all the
same, so free text that holds one is refused at the edge, and what goes to a log is masked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import accumulate

MASK = "[masked]"

_DIGITS = re.compile(r"\d+")
_RUN = re.compile(r"\d(?:[\s.\-‐-―/_+]{0,2}\d)*")
"""Digits with at most two blanks, dashes, dots or pluses (blanks of a query) between them, as cards are written."""

_ISSUERS: tuple[tuple[range, int, frozenset[int]], ...] = (
    # first numbers, how many digits they are compared by, lengths; ISO/IEC 7812 as the networks publish their ranges
    (range(4, 5), 1, frozenset({16, 19})),
    (range(51, 56), 2, frozenset({16})),
    (range(2221, 2721), 4, frozenset({16})),
    (range(34, 35), 2, frozenset({15})),
    (range(37, 38), 2, frozenset({15})),
    (range(300, 306), 3, frozenset({14})),
    (range(36, 37), 2, frozenset({14})),
    (range(38, 40), 2, frozenset({14})),
    (range(3528, 3590), 4, frozenset({16, 17, 18, 19})),
    (range(6011, 6012), 4, frozenset({16, 19})),
    (range(62, 63), 2, frozenset({16, 17, 18, 19})),
    (range(644, 660), 3, frozenset({16, 19})),
    (range(56, 60), 2, frozenset({16, 18, 19})),
    (range(67, 68), 2, frozenset({16, 18, 19})),
)
"""13 digits are left out: no network issues them any more, and one in ten article numbers (EAN) would pass for one."""

IDENTIFIER_LENGTHS = frozenset({15, 16})
"""What counts as a card in a field for identifiers: a French SIRET has 14 digits and passes the same checksum."""

_KEY = re.compile(
    r"\b(?:hk_[\w-]{32}|lk_[\w-]{32}|[sr]k_(?:test|live)_\w{10,}|whsec_[\w+/=-]{16,}|(?:pi|seti)_\w+_secret_\w{8,})"
)
_LIKE_A_KEY = re.compile(
    r"\b(?:sk|rk|whsec|hk|lk|pi_[A-Za-z0-9]+_secret|seti_[A-Za-z0-9]+_secret)_[A-Za-z0-9_+/=-]{8,}"
)


def holds_card_number(text: str, *, identifier: bool = False) -> bool:
    """Whether a card number of a known network stands in `text`, with or without blanks and dashes.

    With `identifier` only numbers as long as today's usual cards count.
    """
    found = (digits for _, _, digits in _candidates(text) if _is_issued(digits))
    return any(not identifier or len(digits) in IDENTIFIER_LENGTHS for digits in found)


def holds_secret_key(text: str) -> bool:
    """Whether an API key, link token or signing secret stands in `text`: ours, or the gateway's."""
    return _KEY.search(text) is not None


def mask(text: str) -> str:
    """`text` without what passes for a card number or a secret key. Masks more than is refused: of a log line
    nobody misses a number too many."""
    return _without(_LIKE_A_KEY.sub(MASK, text))


def _without(text: str) -> str:
    covered: list[tuple[int, int]] = []
    for start, end, _ in _candidates(text):
        if covered and start < covered[-1][1]:
            covered[-1] = (covered[-1][0], max(end, covered[-1][1]))
        else:
            covered.append((start, end))
    for start, end in reversed(covered):
        text = text[:start] + MASK + text[end:]
    return text


def _candidates(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, digits) of every sequence of whole groups that has 13 to 19 digits and the checksum of a card."""
    for run in _RUN.finditer(text):
        groups = [(run.start() + group.start(), run.start() + group.end()) for group in _DIGITS.finditer(run.group())]
        for first, (start, _) in enumerate(groups):
            pieces = (text[begin:end] for begin, end in groups[first:])
            for digits, (_, end) in zip(accumulate(pieces), groups[first:], strict=True):
                if len(digits) > 19:
                    break
                if len(digits) >= 13 and _has_checksum(digits):
                    yield start, end, digits


def _is_issued(digits: str) -> bool:
    return any(int(digits[:compared]) in first and len(digits) in lengths for first, compared, lengths in _ISSUERS)


def _has_checksum(digits: Iterable[str]) -> bool:
    """Luhn's formula (ISO/IEC 7812-1, annex B)."""
    values = [int(digit) for digit in digits]
    doubled = (value if place % 2 == 0 else sum(divmod(value * 2, 10)) for place, value in enumerate(reversed(values)))
    return sum(doubled) % 10 == 0

"""The words of a mail as somebody writes them: blocks between blank lines, values in braces, and nothing more.

A block is a paragraph; lines `- Label: value`, which become a table; or one line `=> Words on the button: address`.
In a text stand values `{{ name }}` and conditions `{% if name %}…{% else %}…{% endif %}` on whether there is one. That
is all: words of a partner's own reach a template engine only after `complaints` found nothing, so no other tag and no
filter ever does, and everything between the tags is text, never markup.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

MOST_SUBJECT, MOST_BODY = 200, 5_000
MOST_DEEP = 3

_TAG = re.compile(r"({{.*?}}|{%.*?%}|{#.*?#})", re.DOTALL)
_VALUE = re.compile(r"{{ ([a-z][a-z0-9_]*) }}")
_IF = re.compile(r"{% if ([a-z][a-z0-9_]*) %}")
_ELSE, _ENDIF = "{% else %}", "{% endif %}"
_STRAY = re.compile(r"{{|}}|{%|%}|{#|#}")
_ADDRESS = re.compile(r"https?://[^\s{}\"'<>\\]+")
_FACT, _BUTTON = "- ", "=> "


@dataclass(frozen=True, slots=True)
class ParagraphWords:
    words: str


@dataclass(frozen=True, slots=True)
class FactWords:
    """Labels, which are plain text, each with the words of its value."""

    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ButtonWords:
    words: str
    address: str


BlockWords = ParagraphWords | FactWords | ButtonWords


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with the words, and in which field: `subject` or `body`."""

    field: str
    message: str


class Unreadable(ValueError):
    """A block that is none of the three; the message says what is missing."""


def blocks_of(body: str) -> tuple[BlockWords, ...]:
    """The blocks of a body, in order. Raises Unreadable for one that is half a list or half a button."""
    return tuple(_block(source) for part in re.split(r"\n[ \t]*\n", body) if (source := part.strip()))


def _block(source: str) -> BlockWords:
    lines = source.splitlines()
    if any(line.startswith(_FACT) for line in lines):
        return FactWords(tuple(_fact(line) for line in lines))
    if source.startswith(_BUTTON):
        words, colon, address = source.removeprefix(_BUTTON).rpartition(": ")
        if len(lines) > 1 or not colon or not words.strip():
            raise Unreadable(f"Write a button on one line of its own, as “=> Words: address”: {_short(source)}")
        return ButtonWords(words, address.strip())
    if any(line.startswith(_BUTTON) for line in lines):
        raise Unreadable(f"Leave an empty line before a button: {_short(source)}")
    return ParagraphWords(source)


def _fact(line: str) -> tuple[str, str]:
    if not line.startswith(_FACT):
        raise Unreadable(f"Leave an empty line around a list; each of its lines begins with “- ”: {_short(line)}")
    label, colon, value = line.removeprefix(_FACT).partition(": ")
    if not colon or not label.strip() or _STRAY.search(label):
        raise Unreadable(f"Write a line of a list as “- Label: value”: {_short(line)}")
    return label, value


def complaints(subject: str, body: str, names: Collection[str], needs: str = "") -> list[Complaint]:
    """Everything that keeps these words from being sent. `names` are the values there are; `needs` is the address that
    a button must lead to, empty where none must."""
    found = [Complaint("subject", said) for said in _in_text(subject, names)]
    if not subject.strip():
        found.append(Complaint("subject", "A mail needs a subject."))
    if "\n" in subject or len(subject) > MOST_SUBJECT:
        found.append(Complaint("subject", f"Write one line of at most {MOST_SUBJECT} characters."))
    if len(body) > MOST_BODY:
        return [*found, Complaint("body", f"Write at most {MOST_BODY:,} characters.")]
    try:
        blocks = blocks_of(body)
    except Unreadable as error:
        return [*found, Complaint("body", str(error))]
    if not blocks:
        found.append(Complaint("body", "A mail needs words."))
    found += [Complaint("body", said) for block in blocks for said in _in_block(block, names)]
    if needs and not any(isinstance(block, ButtonWords) and block.address == f"{{{{ {needs} }}}}" for block in blocks):
        found.append(Complaint("body", f"The reader needs a button to it: “=> Words: {{{{ {needs} }}}}”."))
    return list(dict.fromkeys(found))


def _in_block(block: BlockWords, names: Collection[str]) -> Iterator[str]:
    match block:
        case ParagraphWords(words):
            yield from _in_text(words, names)
        case FactWords(lines):
            for _, words in lines:
                yield from _in_text(words, names)
        case ButtonWords(words, address):
            yield from _in_text(words, names)
            yield from _in_address(address, names)


def _in_address(address: str, names: Collection[str]) -> Iterator[str]:
    """A button leads to an address that we fill in, or to one on the web that is written out."""
    value = _VALUE.fullmatch(address)
    if value is not None:
        if value[1] not in names:
            yield _unknown(value[1])
        elif not value[1].endswith("_url"):
            yield f"“{value[1]}” is no address: a button leads to a value that ends in _url, or to https://…"
    elif not _ADDRESS.fullmatch(address):
        yield f"A button leads to a value that ends in _url, or to https://…, not to {_short(address)}"


def _in_text(text: str, names: Collection[str]) -> Iterator[str]:
    """What is wrong with the tags of one text: each is complete in itself."""
    for part in _TAG.split(text):
        if found := _VALUE.fullmatch(part) or _IF.fullmatch(part):
            if found[1] not in names:
                yield _unknown(found[1])
        elif part not in (_ELSE, _ENDIF) and _STRAY.search(part):
            yield f"Only {{{{ value }}}} and {{% if value %}} … {{% endif %}} may stand in braces, not {_short(part)}"
    yield from _in_conditions(part for part in _TAG.split(text) if part.startswith("{%"))


def _in_conditions(tags: Iterable[str]) -> Iterator[str]:
    """Whether every condition of one text ends, and has one else at most."""
    has_else: list[bool] = []
    for tag in tags:
        if _IF.fullmatch(tag):
            has_else.append(False)
        elif tag == _ELSE and (not has_else or has_else[-1]):
            yield "There is an {% else %} without its {% if … %}."
        elif tag == _ELSE:
            has_else[-1] = True
        elif tag == _ENDIF and not has_else:
            yield "There is an {% endif %} without its {% if … %}."
        elif tag == _ENDIF:
            has_else.pop()
        if len(has_else) > MOST_DEEP:
            yield f"Conditions stand in each other at most {MOST_DEEP} deep."
    if has_else:
        yield "An {% if … %} has no {% endif %} in the same paragraph."


def as_markup(text: str) -> str:
    """The same words for a page: what stands between the tags is escaped, so that it is text there too."""
    return "".join(part if _TAG.fullmatch(part) else html.escape(part) for part in _TAG.split(text))


def _unknown(name: str) -> str:
    return f"There is no value “{name}” in this mail."


def _short(text: str) -> str:
    line = " ".join(text.split())
    return f"“{line[:60]}…”" if len(line) > 60 else f"“{line}”"

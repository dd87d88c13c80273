"""The parts of an offer's page, each ready to be placed: texts in the reader's language, amounts and dates written."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One thing that is offered. `was` is the list price where it was lowered."""

    name: str
    description: str
    conditions: tuple[str, ...]
    quantity: str
    price: str
    was: str
    amount: str


@dataclass(frozen=True, slots=True)
class Charge:
    """What is paid on one day, and for what."""

    when: str
    amount: str
    note: str = ""
    is_now: bool = False


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file to open. `kind` is its icon."""

    name: str
    url: str
    note: str = ""
    kind: str = "invoices"


@dataclass(frozen=True, slots=True)
class ShownMessage:
    author: str
    text: str
    at: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class Given:
    """A signature that was given: in a sentence, with the drawing as a `data:` address where it was drawn."""

    text: str
    name: str
    image: str


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked of the reader: the button, and each sentence that is agreed to. `shown` is a digest over these
    sentences: an answer to other sentences than today's is not taken."""

    button: str
    busy: str
    consent: str
    keep_card: str
    pays: bool
    signs: bool

    @property
    def shown(self) -> str:
        return hashlib.sha256("\n".join((self.consent, self.keep_card)).encode()).hexdigest()

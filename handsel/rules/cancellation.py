"""What hangs on an order that is to be cancelled, and what may become of each thing (DOMAIN.md section 2, `cancel`).

Nothing is decided in silence: each thing that can end in more than one way has a choice made by somebody who saw it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from handsel.rules.errors import FieldError, Invalid, Refused


class Choice(StrEnum):
    KEEP = "keep"  # it goes on as if the order were not cancelled
    END = "end"  # bills no more; is not made available, or not any more; is answered by nobody
    VOID = "void"  # nobody owes it
    REFUND = "refund"  # all that is left of it goes back


class Thing(StrEnum):
    OFFER = "offer"
    ACTIVATION = "activation"
    SUBSCRIPTION = "subscription"
    INVOICE = "invoice"
    PAYMENT = "payment"
    REFUND = "refund"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hanging:
    """One thing on the order: `id` as it is shown everywhere, what it is called and how it stands, and the money that
    goes with it. `choices` is what may become of it, by whoever asked; `suggested` what the dialog begins with."""

    id: str
    kind: Thing
    name: str
    status: str
    status_label: str
    choices: tuple[Choice, ...]
    suggested: Choice
    amount_minor: int | None = None
    on: dt.date | None = None
    on_what: str = ""  # what happens that day: "Renews on"
    note: str = ""

    @property
    def is_open(self) -> bool:
        """Whether somebody has to choose."""
        return len(self.choices) > 1


def seen(items: Sequence[Hanging]) -> str:
    """What was shown, as a word to send back with the choices: another one means that something changed since."""
    said = "\n".join(f"{item.id} {item.status} {item.amount_minor} {','.join(item.choices)}" for item in items)
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def chosen(items: Sequence[Hanging], choices: Mapping[str, str], *, seen_before: str = "") -> dict[str, Choice]:
    """What becomes of each thing, by its id. Raises Refused (`order_changed`) where a choice is for something that does
    not hang on the order any more, or what was seen is not what is there; Invalid for a choice that the thing does not
    have, and `choices_missing` with one error for each thing that has none."""
    by_id = {item.id: item for item in items}
    if choices.keys() - by_id.keys() or (seen_before and seen_before != seen(items)):
        raise Refused(
            "order_changed", "What hangs on this order changed since you looked. Nothing was cancelled; look again."
        )
    wrong = [
        FieldError(f"choices.{item.id}", f"Possible for this are: {', '.join(item.choices)}.")
        for item in items
        if item.id in choices and choices[item.id] not in item.choices
    ]
    if wrong:
        raise Invalid(message=wrong[0].msg if len(wrong) == 1 else "", errors=wrong)
    missing = [
        FieldError(f"choices.{item.id}", f"{item.name}: choose {' or '.join(item.choices)}.")
        for item in items
        if item.is_open and item.id not in choices
    ]
    if missing:
        raise Invalid("choices_missing", "Choose what becomes of each thing that hangs on this order.", missing)
    return {item.id: Choice(choices.get(item.id, item.choices[0])) for item in items}

"""What a person typed into a form: kept as typed, read into what a flow takes, each complaint beside its field."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from handsel.database.ids import parse
from handsel.rules.errors import FieldError, HandselError, Invalid, PaymentRequired, Refused, TryLater
from handsel.rules.money import parse_minor

REFUSALS = (Invalid, Refused, PaymentRequired, TryLater)
"""What a page shows beside its form. NotAllowed and NotFound are pages of their own."""


class Form:
    """The values of a form as text, and what is wrong with them. Templates read `values.name`, `errors.name`,
    `count` and `refusal`; readers answer with what the flow takes, or note a complaint for `check`."""

    def __init__(self, values: Mapping[str, Any] | None = None) -> None:
        self.values: dict[str, Any] = dict(values or {})
        self.errors: dict[str, str] = {}
        self.refusal = ""

    @classmethod
    def posted(cls, request: HttpRequest) -> Form:
        return cls(request.POST.dict())

    @property
    def count(self) -> int:
        """How many fields have a complaint."""
        return len(self.errors)

    def text(self, name: str) -> str:
        return str(self.values.get(name, ""))

    def flag(self, name: str) -> bool:
        return bool(self.values.get(name))

    def whole(self, name: str, otherwise: int = 0) -> int:
        """A whole number; `otherwise` where the field is empty."""
        typed = self.text(name).strip()
        if not typed:
            return otherwise
        if not typed.isascii() or not typed.lstrip("-").isdigit() or len(typed) > 18:
            self._complain(name, "Write a whole number.")
            return otherwise
        return int(typed)

    def money(self, name: str, currency: str) -> int:
        """Minor units of `currency` from a decimal as people type it; separators of thousands are not guessed at."""
        try:
            return parse_minor(self.text(name), currency)
        except Invalid as error:
            self._complain(name, error.message)
            return 0

    def row_id(self, name: str, prefix: str) -> uuid.UUID | None:
        """The row that a select names, None where nothing is chosen."""
        typed = self.text(name)
        found = parse(prefix, typed)
        if typed and found is None:
            self._complain(name, "Choose one of the list.")
        return found

    def day(self, name: str) -> dt.date | None:
        typed = self.text(name).strip()
        if not typed:
            return None
        try:
            return dt.date.fromisoformat(typed)
        except ValueError:
            self._complain(name, "Write a day that exists, such as 2026-12-31.")
            return None

    def check(self) -> None:
        """Raises `Invalid` if a reader complained."""
        if self.errors:
            raise Invalid(errors=[FieldError(name, message) for name, message in self.errors.items()])

    def refuse(self, refusal: HandselError) -> int:
        """Take over what was refused: beside the fields that it names, else above the form. Answers the status.

        A field is known here by the last part of the API's name: `address.line1` is the input `line1`.
        """
        named = refusal.errors if isinstance(refusal, Invalid) else ()
        for error in named:
            self.errors[error.loc.rpartition(".")[2]] = error.msg
        if not named:
            self.refusal = refusal.message
        return refusal.status

    def _complain(self, name: str, message: str) -> None:
        self.errors[name] = message

"""What all bodies are made of: exact integers, money, days, instants; nothing is converted from another type."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictInt, StrictStr

from handsel.database.ids import parse, show
from handsel.rules.errors import Invalid, NotFound
from handsel.rules.money import MAX_MINOR

T = TypeVar("T")

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)


class Asked(BaseModel):
    """A body that is sent to us: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Told(BaseModel):
    """A body that we answer with."""

    model_config = ConfigDict(extra="forbid")


def _day(value: object) -> object:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("Write a date as YYYY-MM-DD.")
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        raise ValueError("This date does not exist.") from None


def _instant(value: object) -> object:
    if isinstance(value, dt.datetime):
        return value
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise ValueError("Write a time as RFC 3339 has it, such as 2026-11-22T16:30:00Z.")
    try:
        return dt.datetime.fromisoformat(value.upper()).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise ValueError("This time does not exist.") from None


Day = Annotated[dt.date, BeforeValidator(_day, json_schema_input_type=dt.date)]
"""A day that exists, ISO 8601."""

Instant = Annotated[dt.datetime, BeforeValidator(_instant, json_schema_input_type=dt.datetime)]
"""RFC 3339 with its zone; UTC from here on."""

Minor = Annotated[StrictInt, Field(json_schema_extra={"minimum": 0, "maximum": MAX_MINOR})]
"""Minor units of ISO 4217. The bounds are the flows' to refuse, with their own codes."""


def text(most: int, **extra: Any) -> Any:
    """A string whose length the flows check, so that all complaints come at once and in our words."""
    return Field(json_schema_extra={"maxLength": most, **extra})


def whole(least: int, most: int, **field: Any) -> Any:
    """A whole number whose range the flows check."""
    return Field(json_schema_extra={"minimum": least, "maximum": most}, **field)


Name = Annotated[StrictStr, text(200, minLength=1)]
Currency = Annotated[StrictStr, Field(json_schema_extra={"pattern": "^[A-Z]{3}$"})]
Reason = Annotated[StrictStr, text(2_000, minLength=1)]
Flag = StrictBool


def _id_field(prefix: str) -> Any:
    return Field(json_schema_extra={"pattern": f"^{prefix}_[0-9a-z]{{26}}$"})


CustomerId = Annotated[StrictStr, _id_field("cus")]
ContactId = Annotated[StrictStr, _id_field("con")]
ProductId = Annotated[StrictStr, _id_field("prd")]
LineId = Annotated[StrictStr, _id_field("lin")]
MethodId = Annotated[StrictStr, _id_field("pm")]
MemberId = Annotated[StrictStr, _id_field("mem")]


class MoneyAsked(Asked):
    amount: Minor
    currency: Currency


class Money(Told):
    """Integer minor units of ISO 4217: 1250 USD is $12.50, 80 JPY is ¥80."""

    amount: int
    currency: str


class ListOf(Told, Generic[T]):
    """A page of a list. `next` is what to send as `after` for the page that follows."""

    data: list[T]
    has_more: bool
    next: str | None


class FieldProblem(Told):
    loc: str
    msg: str


class Problem(Told):
    """RFC 9457. `code` is stable and for programs; `detail` is for people."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldProblem] | None = None


def amount_in(asked: MoneyAsked | None, currency: str) -> int | None:
    """Minor units of `currency`, None where no amount was named. Raises Invalid for another currency."""
    if asked is None:
        return None
    if asked.currency != currency:
        raise Invalid.at("amount.currency", f"This is in {currency}.", code="currency_mismatch")
    return asked.amount


def money(amount_minor: int, currency: str) -> Money:
    return Money(amount=amount_minor, currency=currency)


def known(prefix: str, text: str) -> uuid.UUID:
    """The id behind its text. What is no id of this kind is treated as an unknown one: NotFound."""
    value = parse(prefix, text)
    if value is None:
        raise NotFound
    return value


def known_or_none(prefix: str, text: str | None) -> uuid.UUID | None:
    return None if text is None else known(prefix, text)


def shown_or_none(prefix: str, value: uuid.UUID | None) -> str | None:
    return None if value is None else show(prefix, value)


def utc(moment: dt.datetime | None) -> dt.datetime | None:
    """UTC to the second's fraction that was stored; RFC 3339 writes it with a Z."""
    return None if moment is None else moment.astimezone(dt.UTC)

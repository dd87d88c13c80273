"""What is offered, frozen when it is sent: the PDF is made from it, the page shows it, and nothing changes it.

It says nothing about the link, its reader or its expiry: the same offer may be sent again, to somebody else or for
longer. Amounts are integer minor units of `currency`; dates are the customer's.
"""

from __future__ import annotations

import datetime as dt
import types
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self, Union, get_args, get_origin, get_type_hints


class Frozen:
    """JSON and back: dates in ISO form, tuples as lists, everything else as it is."""

    def as_json(self) -> dict[str, Any]:
        return {name: _stored(getattr(self, name)) for name in _fields(type(self))}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Raises KeyError for a field that is missing: what was frozen is whole."""
        hints = get_type_hints(cls)
        return cls(**{name: _read(hints[name], stored[name]) for name in _fields(cls)})


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferParty(Frozen):
    """Seller or buyer as they were that day."""

    name: str
    legal_name: str
    address: tuple[str, ...]
    tax_id: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferLine(Frozen):
    """One line. `interval` None is sold once. `list_price_minor` is what the catalogue asks: a lowered price is shown
    beside it. `renewal_minor` is what one more period costs with tax; `periods` None runs until cancelled."""

    name: str
    description: str
    quantity: int
    list_price_minor: int
    unit_price_minor: int
    interval: str | None
    interval_count: int
    trial_days: int
    periods: int | None
    start_on: dt.date | None
    subtotal_minor: int
    discount_minor: int
    discount_percent: str | None  # "10", as it was agreed; None where it is an amount, or there is none
    discount_periods: int | None  # None: every renewal has it too
    net_minor: int
    tax_minor: int
    total_minor: int
    renewal_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferTax(Frozen):
    """One tax over all lines. `percent` is a decimal string; `category` and `reason` are EN 16931's."""

    name: str
    percent: str
    inclusive: bool
    base_minor: int
    amount_minor: int
    category: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRenewal(Frozen):
    """What is charged again at one interval. `first_on` is known where the contract has a start date; else the first
    renewal comes one interval (after `trial_days`, where the lines begin with a trial) after the offer is accepted."""

    interval: str
    interval_count: int
    trial_days: int
    first_on: dt.date | None
    amount_minor: int
    products: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferAttachment(Frozen):
    id: str  # att_…
    name: str
    content_type: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferTerms(Frozen):
    """The terms of service that have to be accepted; `tick` is the sentence beside the box."""

    version: int
    title: str
    text: str
    tick: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferContent(Frozen):
    """The whole offer. `due_now_minor` is the first payment; nothing is asked for now where `require_payment` is False
    or it is 0."""

    number: str  # the order's
    revision: int
    made_on: dt.date
    locale: str
    currency: str
    accent: str
    seller: OfferParty
    buyer: OfferParty
    contract_start_on: dt.date | None
    lines: tuple[OfferLine, ...]
    subtotal_minor: int
    discount_minor: int
    taxes: tuple[OfferTax, ...]
    tax_minor: int
    total_minor: int
    due_now_minor: int
    contract_value_minor: int
    renewals: tuple[OfferRenewal, ...]
    notes: str
    attachments: tuple[OfferAttachment, ...]
    require_payment: bool
    terms: OfferTerms | None


def _fields(of: Any) -> list[str]:
    return [field.name for field in fields(of)]


def _stored(value: Any) -> Any:
    match value:
        case Frozen():
            return value.as_json()
        case tuple():
            return [_stored(each) for each in value]
        case dt.datetime():
            raise AssertionError("frozen content holds days, not instants")
        case dt.date():
            return value.isoformat()
        case _:
            return value


def _read(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(each for each in get_args(hint) if each is not type(None))
    if get_origin(hint) is tuple:
        return tuple(_read(get_args(hint)[0], each) for each in value)
    if isinstance(hint, type) and issubclass(hint, Frozen):
        return hint.from_json(value)
    return dt.date.fromisoformat(value) if hint is dt.date else value

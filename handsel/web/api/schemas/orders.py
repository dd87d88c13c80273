"""Orders as they are sent to us."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictBool, StrictInt, StrictStr

from handsel.flows.sales.lines import MAX_LINES
from handsel.rules.pricing import MAX_PERIODS, MAX_QUANTITY
from handsel.web.api.schemas.base import (
    Asked,
    ContactId,
    Currency,
    CustomerId,
    Day,
    LineId,
    MemberId,
    MethodId,
    MoneyAsked,
    ProductId,
    Reason,
    text,
    whole,
)
from handsel.web.api.schemas.money import OfflineAsked, Token

Periods = Annotated[StrictInt, whole(1, MAX_PERIODS)]
Notes = Annotated[StrictStr, text(10_000)]
Tags = list[Annotated[StrictStr, text(50, minLength=1)]]
Version = Annotated[StrictInt, Field(ge=1, le=2**31 - 1, description="The version that was seen.")]
Percent = Annotated[StrictStr, text(20, pattern=r"^\d{1,3}(\.\d{1,4})?$")]


class DiscountAsked(Asked):
    """Either `percent`, a decimal string such as "10", or `amount` off the whole line."""

    percent: Percent | None = None
    amount: MoneyAsked | None = None


class LineAsked(Asked):
    """A product, with what was agreed for it. Without `unit_price` it costs its list price; `discount_periods` null is
    every renewal; `periods` null is until cancelled; `id` keeps a line that is there already."""

    id: LineId | None = None
    product: ProductId
    quantity: Annotated[StrictInt, whole(1, MAX_QUANTITY)] = 1
    unit_price: MoneyAsked | None = None
    discount: DiscountAsked | None = None
    discount_periods: Periods | None = None
    start_date: Day | None = None
    periods: Periods | None = None


Lines = Annotated[list[LineAsked], Field(json_schema_extra={"maxItems": MAX_LINES})]


class NotesAsked(Asked):
    staff: Notes | None = None
    customer: Notes | None = None


class OrderNew(Asked):
    """A draft. Billing recipient and method are the customer's unless named."""

    customer: CustomerId
    currency: Currency | None = None
    lines: Lines = []
    contract_start_date: Day | None = None
    notes: NotesAsked | None = None
    tags: Tags = []
    billing_recipient: ContactId | None = None
    billing_payment_method: MethodId | None = None


class OrderChange(Asked):
    """What is named is changed; `lines` and `tags` replace all of them. With `version`, a stale one is refused."""

    version: Version | None = None
    lines: Lines | None = None
    contract_start_date: Day | None = None
    notes: NotesAsked | None = None
    tags: Tags | None = None
    billing_recipient: ContactId | None = None
    billing_payment_method: MethodId | None = None


class Act(Asked):
    """An action on the version that was seen; without one, on whatever version there is."""

    version: Version | None = None


class ReasonedAct(Act):
    reason: Reason


class CancelAct(ReasonedAct):
    """`choices` says for each thing that hangs on the order, by its id, what becomes of it. With `seen`, the preview's
    word for what it showed, anything that changed since is refused."""

    choices: dict[StrictStr, StrictStr] = {}
    seen: StrictStr = ""


class ReassignAct(Act):
    member: MemberId


class ActivateAct(Act):
    """`start_now` begins today although the contract start date is still to come."""

    start_now: StrictBool = False


class LineAct(Act):
    """Without `line` it is about every failed line."""

    line: LineId | None = None


class PayAct(Act):
    """A `payment_method` on file, or a `token` that the gateway's card fields made; `save` keeps it for renewals. Or
    `offline`: what came outside of any gateway, as cash, a cheque or a transfer. None of them where nothing is due."""

    payment_method: MethodId | None = None
    token: Token | None = None
    save: StrictBool = False
    offline: OfflineAsked | None = None

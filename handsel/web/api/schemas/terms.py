"""What customers agree to when they sign."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import StrictStr

from handsel.flows.sales.terms import TEXT_LENGTH, TICK_LENGTH
from handsel.models import Terms
from handsel.web.api.schemas.base import Asked, Name, Told, text


class TermsNew(Asked):
    """`tick` is the sentence beside the box that the customer must tick."""

    title: Name
    text: Annotated[StrictStr, text(TEXT_LENGTH, minLength=1)]
    tick: Annotated[StrictStr, text(TICK_LENGTH, minLength=1)]


class TermsTold(Told):
    """`sha256` is of the text's UTF-8 bytes; `asked` says whether offers sent now ask for this version."""

    id: str
    version: int
    title: str
    text: str
    tick: str
    sha256: str
    asked: bool
    created_at: dt.datetime
    retired_at: dt.datetime | None

    @classmethod
    def of(cls, terms: Terms) -> TermsTold:
        return cls(
            id=terms.shown_id,
            version=terms.version,
            title=terms.title,
            text=terms.text,
            tick=terms.tick,
            sha256=terms.sha256,
            asked=terms.retired_at is None,
            created_at=terms.created_at,
            retired_at=terms.retired_at,
        )

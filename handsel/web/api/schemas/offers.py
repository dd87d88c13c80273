"""Offers: what is sent to a customer, and what came of it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import StrictBool, StrictStr

from handsel.models import Message
from handsel.reads.sales.offer import SentOffer
from handsel.web.api.schemas.base import Asked, ContactId, Instant, Money, Told, money, text
from handsel.web.api.schemas.orders import Act

MessageText = Annotated[StrictStr, text(2_000, minLength=1)]
Note = Annotated[StrictStr, text(2_000)]


class ContactTo(Asked):
    """A contact of the customer by `id`, or by name and e-mail: a new one where no contact has that e-mail."""

    id: ContactId | None = None
    name: Annotated[StrictStr, text(200)] = ""
    email: Annotated[StrictStr, text(254)] = ""


class SendAct(Act):
    """`expires_at` as the settings say where it is not named; `message` stands in the mail and on the page."""

    contact: ContactTo
    require_payment: StrictBool
    expires_at: Instant | None = None
    message: Note = ""


class ResendAct(Act):
    """To the same contact and with the same message unless others are named; the expiry begins anew."""

    contact: ContactTo | None = None
    expires_at: Instant | None = None
    message: Note | None = None


class OfferContactTold(Told):
    name: str
    email: str


class OfferTold(Told):
    """One revision as it was sent. `url` is the customer's link; `sha256` is of the PDF. `closed_as` is null while it
    is open, then approved, declined, recalled, expired or cancelled."""

    id: str
    url: str
    expires_at: dt.datetime
    sha256: str
    revision: int
    contact: OfferContactTold
    require_payment: bool
    total: Money
    message: str
    sends: int
    sent_at: dt.datetime
    opened_at: dt.datetime | None
    viewed_at: dt.datetime | None
    signed_at: dt.datetime | None
    signed_by: str | None
    failed_cards: int
    locked_at: dt.datetime | None
    closed_at: dt.datetime | None
    closed_as: str | None

    @classmethod
    def of(cls, sent: SentOffer) -> OfferTold:
        offer, signature = sent.offer, sent.signature
        return cls(
            id=offer.shown_id,
            url=sent.url,
            expires_at=offer.expires_at,
            sha256=offer.sha256,
            revision=offer.revision,
            contact=OfferContactTold(name=offer.contact_name, email=offer.contact_email),
            require_payment=offer.require_payment,
            total=money(offer.total_minor, offer.currency),
            message=offer.message,
            sends=offer.sends,
            sent_at=offer.sent_at,
            opened_at=offer.opened_at,
            viewed_at=offer.viewed_at,
            signed_at=signature.signed_at if signature else None,
            signed_by=signature.name if signature else None,
            failed_cards=offer.failed_cards,
            locked_at=offer.locked_at,
            closed_at=offer.closed_at,
            closed_as=offer.closed_as or None,
        )


class MessageAsked(Asked):
    text: MessageText


class MessageTold(Told):
    """`by` is staff or customer."""

    id: str
    by: str
    author: str
    text: str
    created_at: dt.datetime

    @classmethod
    def of(cls, message: Message) -> MessageTold:
        return cls(
            id=message.shown_id,
            by="staff" if message.member_id else "customer",
            author=message.author,
            text=message.text,
            created_at=message.created_at,
        )

"""Customers, their contacts, how they are billed, and the partner's members."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, StrictInt, StrictStr

from handsel.database.ids import show
from handsel.models import BillingSettings, Contact, Customer, Member, PaymentMethod
from handsel.reads.people.team import state_of
from handsel.rules.permissions import Grant
from handsel.web.api.schemas.base import (
    Asked,
    ContactId,
    Currency,
    Flag,
    MethodId,
    Name,
    Told,
    shown_or_none,
    text,
    whole,
)

Email = Annotated[StrictStr, text(254, format="email")]
Zone = Annotated[StrictStr, text(64)]
Language = Annotated[StrictStr, text(10)]
TaxId = Annotated[StrictStr, text(50)]
Collection = Literal["automatic", "send_invoice"]


class AddressAsked(Asked):
    """A postal address; `country` is ISO 3166-1 alpha-2. In a change, what is not named stays."""

    line1: Annotated[StrictStr, text(200)] | None = None
    city: Annotated[StrictStr, text(100)] | None = None
    region: Annotated[StrictStr, text(100)] | None = None
    postal_code: Annotated[StrictStr, text(20)] | None = None
    country: Annotated[StrictStr, text(2)] | None = None


class CustomerNew(Asked):
    """`timezone` is an IANA name; the partner's own where none is given."""

    name: Name
    email: Email
    currency: Currency
    timezone: Zone | None = None
    locale: Language | None = None
    address: AddressAsked | None = None
    tax_id: TaxId | None = None
    tax_exempt: Flag = False


class CustomerChange(Asked):
    name: Name | None = None
    email: Email | None = None
    currency: Currency | None = None
    timezone: Zone | None = None
    locale: Language | None = None
    address: AddressAsked | None = None
    tax_id: TaxId | None = None
    tax_exempt: Flag | None = None


class AddressTold(Told):
    line1: str
    city: str
    region: str
    postal_code: str
    country: str


class CustomerTold(Told):
    id: str
    number: str
    name: str
    email: str
    currency: str
    timezone: str
    locale: str
    address: AddressTold
    tax_id: str
    tax_exempt: bool
    created_at: dt.datetime
    updated_at: dt.datetime

    @classmethod
    def of(cls, customer: Customer) -> CustomerTold:
        return cls(
            id=customer.shown_id,
            number=customer.number,
            name=customer.name,
            email=customer.email,
            currency=customer.currency,
            timezone=customer.timezone,
            locale=customer.locale,
            address=AddressTold(
                line1=customer.line1,
                city=customer.city,
                region=customer.region,
                postal_code=customer.postal_code,
                country=customer.country,
            ),
            tax_id=customer.tax_id,
            tax_exempt=customer.tax_exempt,
            created_at=customer.created_at,
            updated_at=customer.updated_at,
        )


class ContactNew(Asked):
    name: Name
    email: Email
    phone: Annotated[StrictStr, text(40)] = ""


class ContactTold(Told):
    id: str
    customer: str
    name: str
    email: str
    phone: str
    created_at: dt.datetime

    @classmethod
    def of(cls, contact: Contact) -> ContactTold:
        return cls(
            id=contact.shown_id,
            customer=show(Customer.prefix, contact.customer_id),
            name=contact.name,
            email=contact.email,
            phone=contact.phone,
            created_at=contact.created_at,
        )


class BillingChange(Asked):
    """`collect_on` is null: each renewal is collected when it is due. Recipient and default method may be null."""

    recipient: ContactId | None = None
    default_payment_method: MethodId | None = None
    collection: Collection | None = None
    collect_on: None = None
    memo: Annotated[StrictStr, text(10_000)] | None = None
    payment_terms_days: Annotated[StrictInt, whole(0, 365)] | None = None


class BillingTold(Told):
    """`recipient` and `default_payment_method` are null until set, by hand or by a first payment."""

    recipient: str | None
    default_payment_method: str | None
    collection: str
    collect_on: None
    memo: str
    payment_terms_days: int

    @classmethod
    def of(cls, settings: BillingSettings) -> BillingTold:
        return cls(
            recipient=shown_or_none(Contact.prefix, settings.recipient_id),
            default_payment_method=shown_or_none(PaymentMethod.prefix, settings.default_payment_method_id),
            collection=settings.collection,
            collect_on=None,
            memo=settings.memo,
            payment_terms_days=settings.payment_terms_days,
        )


RoleName = Literal["admin", "salesperson"]
Grants = list[Grant]


class MemberNew(Asked):
    """Without `grants` the member gets the role's. Without `password` the person is invited by mail."""

    email: Email
    name: Annotated[StrictStr, text(200)] = ""
    role: RoleName
    grants: Grants | None = None
    password: Annotated[StrictStr, Field(min_length=1, max_length=200)] | None = None


class MemberChange(Asked):
    """A new role brings its default grants unless grants are named too; `active` false ends the membership."""

    role: RoleName | None = None
    grants: Grants | None = None
    active: Flag | None = None


class MemberTold(Told):
    """`state` is active, invited (`invited_until` says until when), withdrawn or removed."""

    id: str
    email: str
    name: str
    role: str
    grants: list[str]
    active: bool
    state: str
    invited_until: dt.datetime | None
    two_factor: bool
    created_at: dt.datetime

    @classmethod
    def of(cls, member: Member) -> MemberTold:
        """A member as `reads.people.team` finds them."""
        return cls(
            id=show(Member.prefix, member.id),
            email=member.user.email,
            name=member.user.name,
            role=member.role,
            grants=sorted(member.grants),
            active=member.is_active,
            state=state_of(member),
            invited_until=getattr(member, "invited_until", None),
            two_factor=getattr(member, "has_second_step", False),
            created_at=member.created_at,
        )

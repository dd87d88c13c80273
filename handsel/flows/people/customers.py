"""Customers and their contacts."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Required, TypedDict, Unpack

from handsel.flows.changes import change
from handsel.flows.fields import Fields, once
from handsel.flows.idempotency import Claim
from handsel.flows.numbers import next_number
from handsel.flows.sales.reprice import reprice_customer
from handsel.flows.search import index, rename_customer
from handsel.flows.work import Work, working
from handsel.models import BillingSettings, Contact, Customer, Order, Partner
from handsel.rules.errors import Invalid, NotFound, Refused
from handsel.rules.permissions import Actor, Grant, check_grant

PERSONAL = frozenset({"name", "email", "line1", "city", "region", "postal_code", "country", "tax_id", "phone"})
ADDRESS_LENGTHS = {"line1": 200, "city": 100, "region": 100, "postal_code": 20}


class Address(TypedDict, total=False):
    """A postal address; `country` is ISO 3166-1 alpha-2. In a change, what is not named stays."""

    line1: str
    city: str
    region: str
    postal_code: str
    country: str


class NewCustomer(TypedDict, total=False):
    """What a customer is made of; time zone and locale are the partner's where none is given."""

    name: Required[str]
    email: Required[str]
    currency: Required[str]
    timezone: str
    locale: str
    address: Address | None
    tax_id: str
    tax_exempt: bool


class CustomerChanges(TypedDict, total=False):
    """The fields of a customer that a change may name."""

    name: str
    email: str
    currency: str
    timezone: str
    locale: str
    address: Address
    tax_id: str
    tax_exempt: bool


class ContactChanges(TypedDict, total=False):
    name: str
    email: str
    phone: str


def create_customer(
    partner: Partner, actor: Actor, *, claim: Claim | None = None, **fields: Unpack[NewCustomer]
) -> Customer:
    """A new customer with its number, its first contact (name and e-mail are the customer's) and billing settings from
    the partner's defaults. Raises NotAllowed, Invalid."""
    check_grant(actor, Grant.ORDERS_CREATE)
    defaults = {
        "timezone": fields.get("timezone") or partner.timezone,
        "locale": fields.get("locale") or partner.locale,
    }
    values = _values({**fields, **defaults})
    with working(partner, actor) as work:
        customer = Customer(partner_id=partner.id, created_at=work.now, updated_at=work.now, **values)
        if claim is not None:
            claim.remember("customer", customer.id)
        customer.number = f"C-{next_number(work, 'customer'):04}"
        customer.save(force_insert=True)
        Contact(
            partner_id=partner.id, customer=customer, name=customer.name, email=customer.email, created_at=work.now
        ).save(force_insert=True)
        BillingSettings(partner_id=partner.id, customer=customer, payment_terms_days=partner.payment_terms_days).save(
            force_insert=True
        )
        _index(work, customer, new=True)
        work.record(
            "customer.created",
            customer,
            changes={"number": customer.number, "currency": customer.currency},
            personal={"name": customer.name, "email": customer.email},
        )
    return customer


def update_customer(partner: Partner, actor: Actor, customer_id: uuid.UUID, changes: CustomerChanges) -> Customer:
    """Change what is named. The currency stays once there is an order in it (`in_use`). Raises NotAllowed, NotFound,
    Invalid, Refused."""
    check_grant(actor, Grant.ORDERS_CREATE)
    values = _values(changes)
    with working(partner, actor) as work:
        customer = customer_for(customer_id, lock=True)
        if values.get("currency", customer.currency) != customer.currency and _has_orders(customer):
            raise Refused("in_use", f"This customer has orders in {customer.currency}; the currency stays.")
        changed = change(work, customer, "customer.updated", values, personal=PERSONAL)
        if changed:
            customer.updated_at = work.now
            customer.save(update_fields=["updated_at"])
        if changed.keys() & {"name", "email"}:
            _index(work, customer)
        if "name" in changed:
            rename_customer(work, customer.id, *changed["name"])
        if changed.keys() & {"country", "region", "tax_exempt"}:
            reprice_customer(work, customer)
    return customer


def add_contact(
    partner: Partner,
    actor: Actor,
    customer_id: uuid.UUID,
    *,
    name: str,
    email: str,
    phone: str = "",
    claim: Claim | None = None,
) -> Contact:
    """Another person at the customer; one per e-mail (`duplicate`)."""
    check_grant(actor, Grant.ORDERS_CREATE)
    values = _contact_values({"name": name, "email": email, "phone": phone})
    with working(partner, actor) as work:
        customer = customer_for(customer_id)
        contact = Contact(partner_id=partner.id, customer=customer, created_at=work.now, **values)
        if claim is not None:
            claim.remember("contact", contact.id)
        with once("contact_email_once", _contact_exists()):
            contact.save(force_insert=True)
        work.record("contact.created", contact, personal={"name": contact.name, "email": contact.email})
    return contact


def update_contact(partner: Partner, actor: Actor, contact_id: uuid.UUID, changes: ContactChanges) -> Contact:
    """Change what is named of a contact."""
    check_grant(actor, Grant.ORDERS_CREATE)
    values = _contact_values(changes)
    with working(partner, actor) as work:
        contact: Contact | None = Contact.objects.select_for_update(no_key=True).filter(id=contact_id).first()
        if contact is None:
            raise NotFound("not_found", "There is no such contact.")
        with once("contact_email_once", _contact_exists()):
            change(work, contact, "contact.updated", values, personal=PERSONAL)
    return contact


def customer_for(customer_id: uuid.UUID, *, lock: bool = False) -> Customer:
    """The partner's customer, or NotFound."""
    rows = Customer.objects.select_for_update(no_key=True) if lock else Customer.objects.all()
    customer: Customer | None = rows.filter(id=customer_id).first()
    if customer is None:
        raise NotFound("not_found", "There is no such customer.")
    return customer


def address_values(fields: Fields, address: Address) -> dict[str, str]:
    """The address columns that are named, checked under `address.…`."""
    given: Mapping[str, Any] = address
    values = {
        name: fields.text(f"address.{name}", given[name], most)
        for name, most in ADDRESS_LENGTHS.items()
        if name in given
    }
    if "country" in given:
        values["country"] = fields.country("address.country", given["country"])
    return values


def _values(sent: Mapping[str, Any]) -> dict[str, Any]:
    fields = Fields()
    values = fields.read(
        sent,
        {
            "name": lambda value: fields.text("name", value, 200, needed=True),
            "email": lambda value: fields.email("email", value),
            "currency": lambda value: fields.currency("currency", value),
            "timezone": lambda value: fields.timezone("timezone", value),
            "locale": lambda value: fields.locale("locale", value),
            "address": lambda value: address_values(fields, value or Address()),
            "tax_id": lambda value: fields.text("tax_id", value, 50),
            "tax_exempt": bool,
        },
    )
    values |= values.pop("address", {})
    fields.check()
    return values


def _contact_values(sent: Mapping[str, Any]) -> dict[str, Any]:
    fields = Fields()
    values = fields.read(
        sent,
        {
            "name": lambda value: fields.text("name", value, 200, needed=True),
            "email": lambda value: fields.email("email", value),
            "phone": lambda value: fields.text("phone", value, 40),
        },
    )
    fields.check()
    return values


def _contact_exists() -> Invalid:
    return Invalid.at("email", "This customer has a contact with this e-mail already.", code="duplicate")


def _has_orders(customer: Customer) -> bool:
    return Order.objects.filter(customer_id=customer.id).exists()


def _index(work: Work, customer: Customer, *, new: bool = False) -> None:
    index(work, "customer", customer.id, customer.name, customer.email, customer.number, new=new)

"""Customers, their contacts and how they are billed."""

from __future__ import annotations

from typing import cast

from django.http import HttpResponse
from ninja import Query, Router

from handsel.database.tenancy import reading
from handsel.flows.people import billing_settings as billing_flows
from handsel.flows.people import customers as flows
from handsel.models import Contact, Customer, PaymentMethod
from handsel.reads.paging import Page
from handsel.reads.people.customer import billing_settings_of, contacts_of, customer_of
from handsel.reads.people.customers import CustomerFilters
from handsel.reads.people.customers import list_customers as read_customers
from handsel.web.api.asking import Created, Search, after_of, check_query, sent, tell_page
from handsel.web.api.face import PROBLEMS, Caller, tell
from handsel.web.api.schemas.base import ListOf, known, known_or_none
from handsel.web.api.schemas.people import (
    BillingChange,
    BillingTold,
    ContactNew,
    ContactTold,
    CustomerChange,
    CustomerNew,
    CustomerTold,
)

router = Router(tags=["Customers"])


class CustomerQuery(Created):
    q: Search = ""


@router.post("/customers", response={201: CustomerTold, **PROBLEMS}, summary="Add a customer")
def create_customer(request: Caller, body: CustomerNew) -> HttpResponse:
    """With a first contact of the same name and e-mail, and billing settings from the partner's defaults."""
    customer = flows.create_customer(
        request.desk.partner,
        request.desk.actor,
        name=body.name,
        email=body.email,
        currency=body.currency,
        timezone=body.timezone or "",
        locale=body.locale or "",
        address=cast(flows.Address, sent(body.address)) if body.address else None,
        tax_id=body.tax_id or "",
        tax_exempt=body.tax_exempt,
        claim=request.claim,
    )
    return tell(CustomerTold.of(customer), 201)


@router.get("/customers", response={200: ListOf[CustomerTold], **PROBLEMS}, summary="List customers")
def list_customers(request: Caller, query: Query[CustomerQuery]) -> HttpResponse:
    """Newest first; `q` finds by name, e-mail and number."""
    check_query(request, query)
    page = read_customers(
        request.desk.partner,
        request.desk.actor,
        CustomerFilters(query.created_from, query.created_until, query.q),
        after=after_of(Customer.prefix, query),
        limit=query.limit,
    )
    return tell_page(page, Customer.prefix, CustomerTold.of)


@router.get("/customers/{customer_id}", response={200: CustomerTold, **PROBLEMS}, summary="Read a customer")
def read_customer(request: Caller, customer_id: str) -> HttpResponse:
    """One customer."""
    return tell(CustomerTold.of(customer_of(request.desk.partner, known(Customer.prefix, customer_id))))


@router.patch("/customers/{customer_id}", response={200: CustomerTold, **PROBLEMS}, summary="Change a customer")
def change_customer(request: Caller, customer_id: str, body: CustomerChange) -> HttpResponse:
    """Change what is named. The currency stays once there is an order in it."""
    changes = sent(body)
    if "address" in changes:
        changes["address"] = sent(changes["address"])
    customer = flows.update_customer(
        request.desk.partner,
        request.desk.actor,
        known(Customer.prefix, customer_id),
        cast(flows.CustomerChanges, changes),
    )
    return tell(CustomerTold.of(customer))


@router.post("/customers/{customer_id}/contacts", response={201: ContactTold, **PROBLEMS}, summary="Add a contact")
def create_contact(request: Caller, customer_id: str, body: ContactNew) -> HttpResponse:
    """Another person at the customer; one for each e-mail."""
    contact = flows.add_contact(
        request.desk.partner,
        request.desk.actor,
        known(Customer.prefix, customer_id),
        name=body.name,
        email=body.email,
        phone=body.phone,
        claim=request.claim,
    )
    return tell(ContactTold.of(contact), 201)


@router.get(
    "/customers/{customer_id}/contacts", response={200: ListOf[ContactTold], **PROBLEMS}, summary="List contacts"
)
def list_contacts(request: Caller, customer_id: str) -> HttpResponse:
    """The people at a customer, the first one first."""
    partner = request.desk.partner
    customer = customer_of(partner, known(Customer.prefix, customer_id))
    return tell_page(Page(contacts_of(partner, customer.id), False, None), Contact.prefix, ContactTold.of)


@router.get(
    "/customers/{customer_id}/billing-settings",
    response={200: BillingTold, **PROBLEMS},
    summary="Read how a customer is billed",
)
def read_billing_settings(request: Caller, customer_id: str) -> HttpResponse:
    """Recipient, default payment method, and how and when renewals are collected."""
    settings = billing_settings_of(request.desk.partner, known(Customer.prefix, customer_id))
    return tell(BillingTold.of(settings))


@router.patch(
    "/customers/{customer_id}/billing-settings",
    response={200: BillingTold, **PROBLEMS},
    summary="Change how a customer is billed",
)
def change_billing_settings(request: Caller, customer_id: str, body: BillingChange) -> HttpResponse:
    """Change what is named. Needs the permission “Manage billing”."""
    changes = sent(body, "recipient", "default_payment_method", "collect_on")
    changes.pop("collect_on", None)  # null is what it is
    if "recipient" in changes:
        changes["recipient_id"] = known_or_none(Contact.prefix, changes.pop("recipient"))
    if "default_payment_method" in changes:
        method = known_or_none(PaymentMethod.prefix, changes.pop("default_payment_method"))
        changes["default_payment_method_id"] = method
    desk, row_id = request.desk, known(Customer.prefix, customer_id)
    billing_flows.update_billing_settings(desk.partner, desk.actor, row_id, cast(billing_flows.BillingChanges, changes))
    with reading(desk.partner.id):
        return tell(BillingTold.of(billing_settings_of(desk.partner, row_id)))

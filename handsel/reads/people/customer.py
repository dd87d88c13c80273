"""A customer's page: who they are, how they are billed, what they bought."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from handsel.models import BillingSettings, Contact, Customer, Invoice, Order, Partner, Subscription
from handsel.reads.people.methods import MethodOnFile, methods_of
from handsel.reads.visibility import visible_invoices, visible_orders, visible_subscriptions
from handsel.rules.errors import NotFound
from handsel.rules.permissions import Actor, Grant

SHOWN = 10


@dataclass(frozen=True, slots=True)
class CustomerView:
    """The page; `orders`, `subscriptions` and `invoices` are the newest that this actor may see (at most `SHOWN`)."""

    customer: Customer
    contacts: list[Contact]
    settings: BillingSettings
    methods: list[MethodOnFile]
    orders: list[Order]
    subscriptions: list[Subscription]
    invoices: list[Invoice]
    may_edit: bool
    may_bill: bool


def customer_of(partner: Partner, customer_id: uuid.UUID) -> Customer:
    """The customer alone. Raises NotFound."""
    customer: Customer | None = Customer.objects.filter(id=customer_id).first()
    if customer is None:
        raise NotFound("not_found", "There is no such customer.")
    return customer


def customer_view(partner: Partner, actor: Actor, customer_id: uuid.UUID) -> CustomerView:
    """All of the page in seven statements. Raises NotFound."""
    customer = customer_of(partner, customer_id)
    settings = billing_settings_of(partner, customer_id)
    orders = visible_orders(actor).filter(customer_id=customer_id).order_by("-id")
    subscriptions = visible_subscriptions(actor).filter(customer_id=customer_id).order_by("-id")
    invoices = visible_invoices(actor).filter(customer_id=customer_id).order_by("-id")
    return CustomerView(
        customer=customer,
        contacts=contacts_of(partner, customer_id),
        settings=settings,
        methods=methods_of(partner, customer_id, settings),
        orders=list(orders[:SHOWN]),
        subscriptions=list(subscriptions.select_related("product", "line")[:SHOWN]),
        invoices=list(invoices[:SHOWN]),
        may_edit=actor.may(Grant.ORDERS_CREATE),
        may_bill=actor.may(Grant.BILLING_MANAGE),
    )


def contacts_of(partner: Partner, customer_id: uuid.UUID) -> list[Contact]:
    """The people at the customer, the first one first."""
    return list(Contact.objects.filter(customer_id=customer_id).order_by("id"))


def billing_settings_of(partner: Partner, customer_id: uuid.UUID) -> BillingSettings:
    """How the customer is billed, with recipient and default method loaded. Raises NotFound."""
    rows = BillingSettings.objects.select_related("recipient", "default_payment_method")
    settings: BillingSettings | None = rows.filter(customer_id=customer_id).first()
    if settings is None:
        raise NotFound("not_found", "There is no such customer.")
    return settings

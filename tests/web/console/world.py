"""A partner with one of everything, for the tests of pages."""

from __future__ import annotations

from dataclasses import dataclass

from django.test import Client

from handsel.database.ids import show
from handsel.database.tenancy import reading, writing
from handsel.flows.money.begin import NewMethod
from handsel.flows.money.take import submit_with_payment
from handsel.flows.people.api_keys import create_api_key
from handsel.flows.sales.draft import LineDraft
from handsel.models import (
    ApiKey,
    Contact,
    Customer,
    Event,
    Invoice,
    Mail,
    Member,
    Order,
    Partner,
    PaymentMethod,
    Product,
    Subscription,
    TaxRate,
)
from tests.cast import acting, make_customer, make_member, make_order, make_partner, make_product, make_tax_rate, unique


@dataclass(frozen=True)
class World:
    """Alice (admin), Bob (salesperson), and what they sold; `ids` are the ids as addresses show them."""

    partner: Partner
    alice: Member
    bob: Member
    customer: Customer
    contact: Contact
    product: Product
    rate: TaxRate
    order: Order
    invoice: Invoice
    subscription: Subscription
    method: PaymentMethod
    key: ApiKey
    mail: Mail

    @property
    def ids(self) -> dict[str, str]:
        return {
            "customer": self.customer.shown_id,
            "contact": self.contact.shown_id,
            "product": self.product.shown_id,
            "rate": self.rate.shown_id,
            "order": self.order.shown_id,
            "invoice": self.invoice.shown_id,
            "subscription": self.subscription.shown_id,
            "method": self.method.shown_id,
            "key": self.key.shown_id,
            "mail": self.mail.shown_id,
            "member": show(Member.prefix, self.bob.id),
        }


def make_world() -> World:
    """Everything by flows, the first payment taken for real at the sandbox; the mail alone is written by hand."""
    partner = make_partner()
    alice, bob = make_member(partner, "Alice"), make_member(partner, "Bob", "salesperson")
    actor = acting(alice)
    customer = make_customer(partner, actor)
    product = make_product(partner, actor, name="Hosting", sku=unique("host"), price_minor=2_000, interval="month")
    rate = make_tax_rate(partner, actor)
    order = make_order(partner, actor, customer, [LineDraft(product_id=product.id)])
    submit_with_payment(partner, actor, order.id, NewMethod("pm_card_visa", save=True))
    key, _ = create_api_key(partner, actor, alice, "Shop")
    with reading(partner.id):
        found = World(
            partner=partner,
            alice=alice,
            bob=bob,
            customer=customer,
            contact=Contact.objects.get(customer_id=customer.id),
            product=product,
            rate=rate,
            order=Order.objects.get(id=order.id),
            invoice=Invoice.objects.get(order_id=order.id),
            subscription=Subscription.objects.get(order_id=order.id),
            method=PaymentMethod.objects.get(customer_id=customer.id),
            key=key,
            mail=Mail(),
        )
    return World(**{**found.__dict__, "mail": make_mail(partner, found.invoice)})


def make_mail(partner: Partner, invoice: Invoice) -> Mail:
    """A receipt as the worker would have made it."""
    with reading(partner.id):
        event = Event.objects.filter(subject_id=invoice.id).order_by("id").first()
    assert event is not None
    with writing(partner.id):
        mail = Mail(
            partner_id=partner.id,
            event=event,
            kind="receipt_customer",
            recipient="dana@example.com",
            recipient_name="Dana",
            subject="Your receipt",
            text="Thank you. See https://example.com/receipt",
            html="<!doctype html><html lang='en'><title>Receipt</title><body style='margin:0'><h1>Thank you</h1>",
            attachments=[{"kind": "invoice", "id": invoice.shown_id}],
            message_id=f"<{unique('mail')}@example.com>",
        )
        mail.save(force_insert=True)
    return mail


def signed_in(member: Member) -> Client:
    """A browser in which this member has signed in."""
    client = Client(raise_request_exception=True)
    client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client

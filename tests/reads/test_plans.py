"""Every list asks the database in a way that an index answers, as the application's role, under row-level security:
no table that belongs to partners is ever scanned whole. A few thousand rows of several partners stand in them.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now as real_now

from handsel.database.ids import new_id
from handsel.database.tables import TenantTable
from handsel.database.tenancy import across_partners, reading, writing
from handsel.flows.due import offers_to_certify, offers_to_expire
from handsel.flows.sales.link import OfferLink, Visitor
from handsel.flows.sales.offers import offer_token
from handsel.models import (
    Activation,
    BillingSettings,
    Contact,
    Customer,
    Event,
    GatewayAccount,
    Invoice,
    InvoiceLine,
    Member,
    Message,
    Offer,
    Order,
    OrderLine,
    OrderTag,
    Partner,
    Payment,
    Product,
    SearchWord,
    Signature,
    SignedDocument,
    Subscription,
    TaxRate,
)
from handsel.models.access import hash_secret
from handsel.reads.billing.invoice import invoice_view
from handsel.reads.billing.invoices import InvoiceFilters, list_invoices
from handsel.reads.billing.subscriptions import SubscriptionFilters, list_subscriptions, subscription_view
from handsel.reads.catalog.products import ProductFilters, list_products, list_tax_rates
from handsel.reads.history.events import EventFilters, list_events
from handsel.reads.money.payments import PaymentFilters, list_payments, payment_view
from handsel.reads.people.customer import customer_view
from handsel.reads.people.customers import CustomerFilters, list_customers
from handsel.reads.sales.offer import messages_of, offer_page, offers_of
from handsel.reads.sales.order import activations_of, attachments_of, history_of, order_view, payments_of
from handsel.reads.sales.orders import OrderFilters, list_orders, status_counts
from handsel.rules.offer_content import OfferContent, OfferParty
from handsel.rules.permissions import Actor
from tests.cast import acting, make_member, make_partner

ROWS = 2_000
STATUSES = ("draft", "activated", "declined", "pending", "archived")
NOW = real_now()
_NOBODY = OfferParty(name="", legal_name="", address=(), tax_id="", email="")
CONTENT = OfferContent(
    number="O-7", revision=1, made_on=NOW.date(), locale="en_US", currency="USD", accent="", seller=_NOBODY,
    buyer=_NOBODY, contract_start_on=None, lines=(), subtotal_minor=0, discount_minor=0, taxes=(), tax_minor=0,
    total_minor=1, due_now_minor=1, contract_value_minor=1, renewals=(), notes="", attachments=(),
    require_payment=True, terms=None,
).as_json()  # fmt: skip


@dataclass(frozen=True)
class Crowd:
    """One partner among several, with thousands of rows; an admin, and a salesperson who owns some of them."""

    partner: Partner
    admin: Actor
    salesperson: Actor
    customer: uuid.UUID
    order: uuid.UUID
    invoice: uuid.UUID
    payment: uuid.UUID
    subscription: uuid.UUID
    link: OfferLink


def crowd() -> Crowd:
    partner = make_partner()
    alice, bob = make_member(partner, "Alice"), make_member(partner, "Bob", "salesperson")
    with writing(partner.id):
        customers = _bulk(_customer(partner, n) for n in range(ROWS))
        products = _bulk(_product(partner, n) for n in range(ROWS))
        _bulk(TaxRate(partner=partner, name=f"Tax {n}", country="US", percent=n % 20) for n in range(ROWS))
        orders = _bulk(_order(partner, n, customers[n % 400], (alice, bob)[n % 2]) for n in range(ROWS))
        lines = _bulk(_line(partner, n, order, products[n]) for n, order in enumerate(orders))
        _bulk(OrderTag(partner=partner, order=order, tag=f"tag {n % 50}") for n, order in enumerate(orders))
        _bulk(_word(partner, "order", order.id, f"word{n}") for n, order in enumerate(orders))
        _bulk(_word(partner, "customer", row.id, f"word{n}") for n, row in enumerate(customers))
        _bulk(_word(partner, "product", row.id, f"word{n}") for n, row in enumerate(products))
        _bulk(_activation(partner, order, line) for order, line in zip(orders, lines, strict=True))
        subscriptions = _bulk(_subscription(partner, order, line) for order, line in zip(orders, lines, strict=True))
        invoices = _bulk(_invoice(partner, n, order) for n, order in enumerate(orders))
        _bulk(_invoice_line(partner, n, each, subscriptions[n]) for n, each in enumerate(invoices))
        payments = _bulk(_payment(partner, order) for order in orders)
        contacts = _bulk(
            Contact(partner=partner, customer=row, name="Dana", email="d@example.com") for row in customers
        )
        offers = _bulk(_offer(partner, order, contacts[n % 400], alice) for n, order in enumerate(orders))
        _bulk(_signature(partner, offer) for offer in offers)
        _bulk(SignedDocument(partner=partner, offer=each, kind="offer", content=b"", made_at=NOW) for each in offers)
        _bulk(_message(partner, offer) for offer in offers)
        Order.objects.update(sent_by=alice)
        _bulk(_event(partner, order) for order in orders)
    return Crowd(
        partner, acting(alice), acting(bob), customers[7].id, orders[7].id, invoices[7].id, payments[7].id,
        subscriptions[7].id, OfferLink(offers[7].id, hash_secret(offer_token(offers[7])), Visitor("203.0.113.7")),
    )  # fmt: skip


def _bulk(rows: Iterator[Any]) -> list[Any]:
    made = list(rows)
    return list(type(made[0])._default_manager.bulk_create(made, batch_size=500))


def _customer(partner: Partner, n: int) -> Customer:
    return Customer(partner=partner, number=f"C-{n}", name=f"Customer {n}", email=f"c{n}@example.com", currency="USD")


def _product(partner: Partner, n: int) -> Product:
    return Product(
        partner=partner, name=f"Product {n}", sku=f"sku-{n}", price_minor=n, currency="USD", interval="month"
    )


def _order(partner: Partner, n: int, customer: Customer, owner: Member) -> Order:
    return Order(
        partner=partner, number=f"O-{n}", customer=customer, owner=owner, status=STATUSES[n % 5], currency="USD",
        total_minor=n * 7 % 1_000, updated_at=real_now() + dt.timedelta(seconds=n),
    )  # fmt: skip


def _line(partner: Partner, n: int, order: Order, product: Product) -> OrderLine:
    return OrderLine(
        partner=partner, order=order, product=product, position=0, name=product.name, quantity=1, list_price_minor=1,
        unit_price_minor=1, interval="month",
    )  # fmt: skip


def _word(partner: Partner, kind: str, row_id: uuid.UUID, word: str) -> SearchWord:
    return SearchWord(partner=partner, kind=kind, row_id=row_id, word=word)


def _activation(partner: Partner, order: Order, line: OrderLine) -> Activation:
    return Activation(
        partner=partner, order=order, line=line, product_id=line.product_id, status="activated",
        starts_on=dt.date(2026, 1, 1), starts_at=real_now(),
    )  # fmt: skip


def _subscription(partner: Partner, order: Order, line: OrderLine) -> Subscription:
    return Subscription(
        partner=partner, customer_id=order.customer_id, order=order, line=line, product_id=line.product_id,
        status="active", quantity=1, unit_price_minor=1, currency="USD", interval="month",
        anchor_on=dt.date(2026, 1, 1), starts_at=real_now(),
    )  # fmt: skip


def _invoice(partner: Partner, n: int, order: Order) -> Invoice:
    return Invoice(
        partner=partner, number=f"INV-{n}", customer_id=order.customer_id, order=order,
        status=("paid", "due")[n % 2], currency="USD",
    )  # fmt: skip


def _invoice_line(partner: Partner, n: int, invoice: Invoice, subscription: Subscription) -> InvoiceLine:
    return InvoiceLine(
        partner=partner, invoice=invoice, subscription=subscription, position=0, description="Hosting", quantity=1,
        period_start_on=dt.date(2026, 1, 1), unit_price_minor=1, subtotal_minor=1, discount_minor=0, net_minor=1,
        tax_minor=0, total_minor=1,
    )  # fmt: skip


def _payment(partner: Partner, order: Order) -> Payment:
    return Payment(
        partner=partner, order=order, debt_id=order.id, customer_id=order.customer_id, amount_minor=1, currency="USD",
        status="succeeded", request={}, initiated_by="Bob", source="api", account=GatewayAccount.objects.get(),
    )  # fmt: skip


def _offer(partner: Partner, order: Order, contact: Contact, sender: Member) -> Offer:
    return Offer(
        partner=partner, order=order, customer_id=order.customer_id, revision=1, contact=contact, contact_name="Dana",
        contact_email="d@example.com", sender=sender, require_payment=True, locale="en_US", currency="USD",
        total_minor=1, content=CONTENT, pdf=b"", sha256="", sent_at=NOW, expires_at=NOW + dt.timedelta(days=30),
    )  # fmt: skip


def _signature(partner: Partner, offer: Offer) -> Signature:
    return Signature(
        partner=partner, offer=offer, order_id=offer.order_id, customer_id=offer.customer_id, revision=1, name="Dana",
        email="d@example.com", kind="typed", consent="", document_sha256="", address="", sent_at=NOW, viewed_at=NOW,
        signed_at=NOW, evidence_sha256="",
    )  # fmt: skip


def _message(partner: Partner, offer: Offer) -> Message:
    return Message(
        partner=partner, offer=offer, order_id=offer.order_id, customer_id=offer.customer_id, author="Dana", text="?"
    )


def _event(partner: Partner, order: Order) -> Event:
    return Event(
        id=new_id(), partner=partner, type="order.created", occurred_at=real_now(), actor_kind="clock", source="clock",
        subject_kind="order", subject_id=order.id, order_id=order.id, customer_id=order.customer_id,
    )  # fmt: skip


@pytest.fixture(scope="session")
def many() -> Crowd:
    crowds = [crowd() for _ in range(3)]
    with psycopg.connect(os.environ["OWNER_DATABASE_URL"], autocommit=True) as owner:
        owner.execute("ANALYZE")
    return crowds[1]


Read = Callable[[Crowd, Actor], Any]

READS: dict[str, Read] = {
    "orders": lambda c, actor: list_orders(c.partner, actor),
    "orders of one status": lambda c, actor: list_orders(c.partner, actor, OrderFilters(statuses=("declined",))),
    "orders of two statuses": lambda c, actor: list_orders(
        c.partner, actor, OrderFilters(statuses=("declined", "pending"))
    ),
    "orders of a customer": lambda c, actor: list_orders(c.partner, actor, OrderFilters(customer_id=c.customer)),
    "orders with a tag": lambda c, actor: list_orders(c.partner, actor, OrderFilters(tag="tag 7")),
    "orders by words": lambda c, actor: list_orders(c.partner, actor, OrderFilters(q="word123 word12")),
    "orders by one letter": lambda c, actor: list_orders(c.partner, actor, OrderFilters(q="w")),
    "orders by total": lambda c, actor: list_orders(c.partner, actor, sort="total", after=c.order),
    "orders by update": lambda c, actor: list_orders(c.partner, actor, sort="updated", after=c.order),
    "orders after one": lambda c, actor: list_orders(c.partner, actor, after=c.order),
    "archived orders": lambda c, actor: list_orders(c.partner, actor, OrderFilters(archived=True)),
    "counts of orders": lambda c, actor: status_counts(c.partner, actor),
    "customers": lambda c, actor: list_customers(c.partner, actor, after=c.customer),
    "customers by name": lambda c, actor: list_customers(c.partner, actor, sort="name", after=c.customer),
    "customers by words": lambda c, actor: list_customers(c.partner, actor, CustomerFilters(q="word123")),
    "products": lambda c, actor: list_products(c.partner, actor),
    "products by words": lambda c, actor: list_products(c.partner, actor, ProductFilters(q="word123")),
    "tax rates": lambda c, actor: list_tax_rates(c.partner, actor),
    "payments": lambda c, actor: list_payments(c.partner, actor, after=c.payment),
    "payments of an order": lambda c, actor: list_payments(c.partner, actor, PaymentFilters(order_id=c.order)),
    "payments of a customer": lambda c, actor: list_payments(c.partner, actor, PaymentFilters(customer_id=c.customer)),
    "invoices": lambda c, actor: list_invoices(c.partner, actor, after=c.invoice),
    "invoices that are due": lambda c, actor: list_invoices(c.partner, actor, InvoiceFilters(statuses=("due",))),
    "an invoice by its number": lambda c, actor: list_invoices(c.partner, actor, InvoiceFilters(number="INV-7")),
    "subscriptions": lambda c, actor: list_subscriptions(c.partner, actor, after=c.subscription),
    "subscriptions of an order": lambda c, actor: list_subscriptions(
        c.partner, actor, SubscriptionFilters(order_id=c.order)
    ),
    "events": lambda c, actor: list_events(c.partner, actor),
    "events of an order": lambda c, actor: list_events(c.partner, actor, EventFilters(order_id=c.order)),
    "events of a subject": lambda c, actor: list_events(c.partner, actor, EventFilters(subject_id=c.order)),
    "an order": lambda c, actor: order_view(c.partner, actor, c.order),
    "an order's payments": lambda c, actor: payments_of(c.partner, actor, c.order),
    "an order's history": lambda c, actor: history_of(c.partner, actor, c.order),
    "an order's activations": lambda c, actor: activations_of(c.partner, actor, c.order),
    "an order's files": lambda c, actor: attachments_of(c.partner, actor, c.order),
    "an order's offers": lambda c, actor: offers_of(c.order),
    "an order's messages": lambda c, actor: messages_of(c.order),
    "an offer by its link": lambda c, actor: offer_page(c.partner, c.link),
    "an invoice": lambda c, actor: invoice_view(c.partner, actor, c.invoice),
    "a payment": lambda c, actor: payment_view(c.partner, actor, c.payment),
    "a subscription": lambda c, actor: subscription_view(c.partner, actor, c.subscription),
    "a customer": lambda c, actor: customer_view(c.partner, actor, c.customer),
}
NEEDS_SETTINGS = frozenset({"a customer"})


def tables_of_partners() -> frozenset[str]:
    found = apps.get_app_config("handsel").get_models()
    return frozenset(model._meta.db_table for model in found if issubclass(model, TenantTable))


def scanned_whole(plan: Any) -> Iterator[str]:
    """The tables that a plan reads from end to end."""
    if isinstance(plan, list):
        for each in plan:
            yield from scanned_whole(each)
    elif isinstance(plan, dict):
        if plan.get("Node Type") == "Seq Scan":
            yield plan["Relation Name"]
        for value in plan.values():
            yield from scanned_whole(value)


def plans_of(statements: list[str]) -> Iterator[tuple[str, Any]]:
    """As on a solid-state disk, where reading here and there costs about as much as reading on."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL random_page_cost = 1.1")
        for statement in statements:
            cursor.execute("EXPLAIN (FORMAT JSON) " + statement)
            found = cursor.fetchone()[0]
            yield statement, json.loads(found) if isinstance(found, str) else found


def is_large(table: str) -> bool:
    """An empty table is scanned by anybody, and rightly."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM (SELECT 1 FROM "{table}" LIMIT 500) t')
        return int(cursor.fetchone()[0]) == 500


@pytest.mark.parametrize("who", ["admin", "salesperson"])
@pytest.mark.parametrize("name", READS)
def test_a_read_scans_no_table_whole(name: str, who: str, many: Crowd) -> None:
    if name in NEEDS_SETTINGS:
        _give_settings(many)
    with reading(many.partner.id):
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user, current_setting('is_superuser')")
            assert cursor.fetchone() == ("handsel_app", "off")
        with CaptureQueriesContext(connection) as captured:
            READS[name](many, getattr(many, who))
        statements = [each["sql"] for each in captured.captured_queries if each["sql"].startswith("SELECT")]
        assert statements
        for statement, plan in plans_of(statements):
            whole = {table for table in scanned_whole(plan) if table in tables_of_partners() and is_large(table)}
            assert not whole, f"{name} scans {whole}: {statement}\n{json.dumps(plan, indent=1)}"


def _give_settings(many: Crowd) -> None:
    with writing(many.partner.id):
        BillingSettings.objects.get_or_create(partner=many.partner, customer_id=many.customer)


def test_the_test_sees_a_whole_scan(many: Crowd) -> None:
    """A control: what no index answers is found out."""
    with across_partners("a control: a statement that names no partner"):
        ((_, plan),) = plans_of(["SELECT id FROM customers WHERE lower(email) = 'c1@example.com'"])
    assert set(scanned_whole(plan)) == {"customers"}


def test_what_expires_or_is_to_be_certified_is_found_over_all_partners_without_a_whole_scan(many: Crowd) -> None:
    with CaptureQueriesContext(connection) as captured:
        offers_to_expire()
        offers_to_certify()
    statements = [each["sql"] for each in captured.captured_queries if 'FROM "offers"' in each["sql"]]
    assert len(statements) >= 2
    with across_partners("a plan"):
        for statement, plan in plans_of(statements):
            assert "offers" not in set(scanned_whole(plan)), statement


def test_counts_are_kept_and_add_up(many: Crowd) -> None:
    with reading(many.partner.id):
        counts = status_counts(many.partner, many.admin)
        own = status_counts(many.partner, many.salesperson)
    assert counts["draft"] == ROWS // 5
    assert sum(counts.values()) == ROWS
    assert sum(own.values()) == ROWS // 2
    assert counts["approved"] == 0

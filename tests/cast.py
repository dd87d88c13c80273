"""The cast: Alice (admin), Bob (salesperson), Dana (customer), Charlie (admin of another partner), and their goods.

Plain functions, so that benchmarks and crash tests make the same people; and fixtures of the same names. Every test
makes a partner of its own and commits for real.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import Any, cast

import pytest
from django.utils.timezone import now as real_now

from handsel.database.tenancy import reading, writing
from handsel.flows.catalog.products import create_product
from handsel.flows.catalog.tax_rates import create_tax_rate
from handsel.flows.people.api_keys import create_api_key
from handsel.flows.people.customers import Address, create_customer
from handsel.flows.people.members import create_member
from handsel.flows.people.partners import PartnerChanges, create_partner
from handsel.flows.sales.draft import LineDraft, create_order
from handsel.models import (
    BillingSettings,
    Customer,
    Event,
    GatewayAccount,
    GatewayCustomer,
    Member,
    Order,
    OrderLine,
    Partner,
    PaymentMethod,
    Product,
    TaxRate,
)
from handsel.rules.permissions import SYSTEM, Actor, OrderSettings

OREGON = Address(line1="100 Oak Street", city="Portland", region="OR", postal_code="97201", country="US")
CALIFORNIA = Address(line1="1 Market Street", city="San Francisco", region="CA", postal_code="94105", country="US")
SELLER = Address(line1="12 Harbour Road", city="Seattle", region="WA", postal_code="98101", country="US")
PASSWORD = "a-long-enough-phrase"

_LETTERS = str.maketrans("0123456789", "ghijklmnop")


def unique(stem: str) -> str:
    """A word that no other test, process or run uses; of letters alone, since digits may look like a card's."""
    return f"{stem}-{uuid.uuid4().hex.translate(_LETTERS)[:16]}"


def all_settings_on() -> OrderSettings:
    """Every switch of DOMAIN.md section 8 on, with the limits as a new partner has them."""
    return OrderSettings(
        salespeople_can_submit_to_admin=True,
        salespeople_can_send_for_customer_approval=True,
        customer_approval_can_accept_payment=True,
        salespeople_can_charge=True,
        admins_can_bypass_approval=True,
        customers_can_retry_declined=True,
    )


def make_partner(mode: str = Partner.TEST, settings: OrderSettings | None = None, **details: Any) -> Partner:
    """A partner with legal details and, unless told otherwise, all order settings on."""
    slug = unique("partner")
    given: dict[str, Any] = {
        "name": f"Harbour Agency {slug}",
        "legal_name": "Harbour Agency LLC",
        "tax_id": "91-1234567",
        "email": "billing@harbour.example",
        "address": SELLER,
        **details,
    }
    partner = create_partner(slug=slug, mode=mode, details=cast(PartnerChanges, given))
    partner.order_settings = asdict(settings or all_settings_on())
    with writing(partner.id):
        partner.save(update_fields=["order_settings"])
    return partner


def make_member(
    partner: Partner, name: str = "Alice", role: str = "admin", grants: Collection[str] | None = None
) -> Member:
    """A member who can sign in with `PASSWORD`."""
    email = f"{unique(name.lower())}@example.com"
    return create_member(partner, SYSTEM, email=email, name=name, role=role, password=PASSWORD, grants=grants)


def acting(member: Member, source: str = "console") -> Actor:
    """The member as the one who acts."""
    return member.actor(source)


def admin_of(partner: Partner) -> Actor:
    """Some admin of this partner, made on the way."""
    return acting(make_member(partner))


def make_api_key(partner: Partner, member: Member, name: str = "tests") -> str:
    """The secret of a fresh API key."""
    return create_api_key(partner, acting(member), member, name)[1]


def make_customer(partner: Partner, actor: Actor | None = None, **fields: Any) -> Customer:
    """Dana's business, in Oregon, where nothing is taxed, unless told otherwise."""
    given: dict[str, Any] = {
        "name": "Dana's Bakery",
        "email": f"{unique('dana')}@example.com",
        "currency": "USD",
        "timezone": "America/Los_Angeles",
        "address": OREGON,
    }
    return create_customer(partner, actor or admin_of(partner), **{**given, **fields})


def make_product(partner: Partner, actor: Actor | None = None, **fields: Any) -> Product:
    """Something sold once for 100.00 USD, unless told otherwise; `interval="month"` makes it recurring."""
    given: dict[str, Any] = {"name": "Website", "sku": unique("web"), "price_minor": 10_000, "currency": "USD"}
    return create_product(partner, actor or admin_of(partner), **{**given, **fields})


def make_tax_rate(partner: Partner, actor: Actor | None = None, **fields: Any) -> TaxRate:
    """California's sales tax, 8.25 % on top, unless told otherwise."""
    given: dict[str, Any] = {"name": "Sales tax", "country": "US", "region": "CA", "percent": "8.25"}
    return create_tax_rate(partner, actor or admin_of(partner), **{**given, **fields})


def make_order(
    partner: Partner,
    actor: Actor,
    customer: Customer,
    lines: Sequence[LineDraft | Product] = (),
    **fields: Any,
) -> Order:
    """A draft; a product alone stands for one piece at its list price."""
    drafts = [line if isinstance(line, LineDraft) else LineDraft(product_id=line.id) for line in lines]
    return create_order(partner, actor, customer_id=customer.id, lines=drafts, **fields)


def make_method(
    partner: Partner, customer: Customer, *, reference: str = "", default: bool = False, **fields: Any
) -> PaymentMethod:
    """A card on file as if it had been saved, without asking a gateway: 4242, good until the end of 2034. What is to
    be charged for real is saved with `flows.money.saved_methods.save_method` against the sandbox."""
    with writing(partner.id):
        account = GatewayAccount.objects.get(is_default=True)
        known, _ = GatewayCustomer.objects.get_or_create(
            partner=partner, customer=customer, account=account, defaults={"reference": unique("cus")}
        )
        given = {"kind": "card", "brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2034, "country": "US"}
        method = PaymentMethod(
            partner=partner,
            customer=customer,
            account=account,
            reference=reference or unique("pm"),
            customer_reference=known.reference,
            fingerprint=unique("fp"),
            created_at=real_now(),
            **{**given, **fields},
        )
        method.save(force_insert=True)
        if default:
            BillingSettings.objects.filter(customer_id=customer.id).update(default_payment_method_id=method.id)
    return method


def read_order(partner: Partner, order_id: uuid.UUID) -> Order:
    """The order as it stands in the database now."""
    with reading(partner.id):
        return Order.objects.select_related("customer").get(id=order_id)


def read_lines(partner: Partner, order: Order) -> list[OrderLine]:
    with reading(partner.id):
        return list(OrderLine.objects.filter(order_id=order.id).order_by("position"))


def event_types(partner: Partner, subject_id: uuid.UUID) -> list[str]:
    """What the history says happened to this thing, oldest first."""
    with reading(partner.id):
        rows = Event.objects.filter(subject_id=subject_id).order_by("id")
        return [event.type for event in rows]


@pytest.fixture
def partner() -> Partner:
    return make_partner()


@pytest.fixture
def alice(partner: Partner) -> Member:
    return make_member(partner, "Alice", "admin")


@pytest.fixture
def bob(partner: Partner) -> Member:
    return make_member(partner, "Bob", "salesperson")


@pytest.fixture
def charlie() -> Member:
    """Admin of another partner; `charlie.partner` is it."""
    return make_member(make_partner(), "Charlie", "admin")


@pytest.fixture
def dana(partner: Partner, alice: Member) -> Customer:
    return make_customer(partner, acting(alice))


@pytest.fixture
def website(partner: Partner, alice: Member) -> Product:
    """Sold once, 100.00 USD."""
    return make_product(partner, acting(alice))


@pytest.fixture
def hosting(partner: Partner, alice: Member) -> Product:
    """Recurring, 20.00 USD a month."""
    return make_product(partner, acting(alice), name="Hosting", sku=unique("host"), price_minor=2_000, interval="month")

"""What the people of the demo do, each act by the flow that the console would call."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from dataclasses import dataclass, field
from decimal import Decimal

import httpx
from django.conf import settings

from handsel.database.tenancy import reading
from handsel.demo.agency import BUYERS, GOODS, PARTNER, PEOPLE, TAX_RATES, TERMS, TICK
from handsel.demo.story import BY_INVOICE, VERIFIED, Sale
from handsel.flows import due
from handsel.flows.billing.renew import collect_invoice
from handsel.flows.catalog.products import create_product
from handsel.flows.catalog.tax_rates import create_tax_rate
from handsel.flows.clock import advance_clock
from handsel.flows.money.accounts import register_event_endpoint
from handsel.flows.money.begin import NewMethod, SavedMethod, Source
from handsel.flows.money.saved_methods import save_method, set_default_method, verify_method
from handsel.flows.money.take import submit_with_payment
from handsel.flows.people.billing_settings import update_billing_settings
from handsel.flows.people.customers import add_contact, create_customer
from handsel.flows.people.members import create_member
from handsel.flows.people.partners import create_partner, update_order_settings
from handsel.flows.sales.activation import start_due
from handsel.flows.sales.draft import LineDraft, create_order
from handsel.flows.sales.terms import publish_terms
from handsel.flows.work import partner_by_id
from handsel.models import BillingSettings, GatewayAccount, Invoice, Member, Order, Partner, Payment
from handsel.models.people import now_of
from handsel.rules.invoice_states import InvoiceStatus
from handsel.rules.periods import local_date
from handsel.rules.permissions import SYSTEM, Actor
from handsel.rules.pricing import PercentOff

EVERY_SETTING_ON = {
    "salespeople_can_submit_to_admin": True,
    "salespeople_can_send_for_customer_approval": True,
    "customer_approval_can_accept_payment": True,
    "salespeople_can_charge": True,
    "admins_can_bypass_approval": True,
    "customers_can_retry_declined": True,
}


@dataclass
class Desk:
    """The agency at work: its partner row, its people, its goods by SKU and its buyers in `agency`'s order."""

    partner: Partner
    domain: str
    passwords: dict[str, str] = field(default_factory=dict, repr=False)
    members: dict[str, Member] = field(default_factory=dict)
    goods: dict[str, uuid.UUID] = field(default_factory=dict)
    buyers: list[uuid.UUID] = field(default_factory=list)

    @classmethod
    def opened(cls, slug: str, at: dt.datetime) -> Desk:
        """A new partner in test mode whose clock shows `at`, with its people, settings and taxes."""
        partner = create_partner(slug=slug, details=PARTNER, clock_starts_at=at)
        desk = cls(partner, f"{slug}.example")
        for person in PEOPLE:
            password = f"demo-{secrets.token_hex(5)}"
            email = f"{person.login}@{desk.domain}"
            desk.passwords[person.login] = password
            desk.members[person.login] = create_member(
                partner, SYSTEM, email=email, name=person.name, role=person.role, password=password
            )
        update_order_settings(partner, desk.maya, EVERY_SETTING_ON)  # type: ignore[arg-type]
        publish_terms(partner, desk.maya, title="Terms of service", text=TERMS, tick=TICK)
        for name, region, percent in TAX_RATES:
            create_tax_rate(partner, desk.maya, name=name, country="US", region=region, percent=percent)
        return desk

    @property
    def maya(self) -> Actor:
        """The admin."""
        return self.actor("maya")

    def actor(self, login: str) -> Actor:
        return self.members[login].actor("console")

    # The ground

    def listen(self) -> None:
        """The sandbox sends its events to this installation."""
        with reading(self.partner.id):
            account = GatewayAccount.objects.get(is_default=True)
        register_event_endpoint(self.partner, self.maya, account.id)

    def stock(self) -> None:
        """The catalogue. Vendors are the sandbox's, which answers as told."""
        for good in GOODS:
            vendor = f"{settings.SANDBOX_URL}/_test/vendors/{good.vendor}" if good.vendor else ""
            product = create_product(
                self.partner,
                self.maya,
                name=good.name,
                sku=good.sku,
                description=good.description,
                price_minor=good.price * 100,
                currency="USD",
                interval=good.interval,
                trial_days=good.trial_days,
                vendor_url=vendor,
                prerequisite_id=self.goods[good.needs] if good.needs else None,
                tax_exempt=good.tax_exempt,
            )
            self.goods[good.sku] = product.id

    def meet(self) -> None:
        """The buyers, with the person to talk to at each."""
        for number, buyer in enumerate(BUYERS):
            seller = self.actor(("theo", "priya")[number % 2])
            customer = create_customer(
                self.partner,
                seller,
                name=buyer.name,
                email=f"office@{buyer.domain}",
                currency="USD",
                timezone=buyer.timezone,
                address=buyer.address,
                tax_id=buyer.tax_id,
                tax_exempt=buyer.tax_exempt,
            )
            person = buyer.contact.removeprefix("Dr. ").split()[0].lower()
            add_contact(self.partner, seller, customer.id, name=buyer.contact, email=f"{person}@{buyer.domain}")
            self.buyers.append(customer.id)
        for number in BY_INVOICE:
            terms = {"collection": BillingSettings.SEND_INVOICE}
            update_billing_settings(self.partner, self.maya, self.buyers[number], terms)  # type: ignore[arg-type]

    # Days

    def let_time_pass(self, to: dt.datetime) -> None:
        """The test clock moves, and what falls due on the way is done."""
        if to > now_of(self.partner) + dt.timedelta(seconds=5):
            advance_clock(self.partner, self.maya, to)
            self.partner = partner_by_id(self.partner.id)

    def tell_vendors(self) -> None:
        """What the worker would do within seconds: every activation that is due is told to its vendor."""
        while found := due.activations_to_start(self.partner):
            for _, activation_id in found:
                start_due(self.partner, activation_id)

    # Sales

    def write(self, sale: Sale) -> uuid.UUID:
        """The draft of a sale."""
        today = local_date(now_of(self.partner), BUYERS[sale.buyer].timezone)
        order = create_order(
            self.partner,
            self.actor(sale.seller),
            customer_id=self.buyers[sale.buyer],
            lines=[self._line(goods, sale, today) for goods in sale.goods.split()],
            contract_start_on=today + dt.timedelta(days=sale.starts_in) if sale.starts_in else None,
            staff_notes=sale.staff_notes,
            customer_notes=sale.customer_notes,
            tags=sale.tags,
        )
        return order.id

    def _line(self, goods: str, sale: Sale, today: dt.date) -> LineDraft:
        text, _, quantity = goods.partition("*")
        sku, percent = (text[:-1].rsplit("-", 1)) if text.endswith("%") else (text, "")
        recurring = next(good for good in GOODS if good.sku == sku).interval is not None
        first = (today.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
        return LineDraft(
            product_id=self.goods[sku],
            quantity=int(quantity or 1),
            discount=PercentOff(Decimal(percent)) if percent else None,
            start_on=first if sale.from_first and recurring else None,
            periods=sale.periods if recurring else None,
        )

    def charge(self, order_id: uuid.UUID, sale: Sale, card: str, *, save: bool = True) -> Order:
        """Submit with payment; the order as it is afterwards."""
        source: Source = SavedMethod(self.card_on_file(sale.buyer)) if card == "saved" else NewMethod(token(card), save)
        submit_with_payment(self.partner, self.actor(sale.seller), order_id, source)
        self.tell_vendors()
        with reading(self.partner.id):
            return Order.objects.get(id=order_id)

    def payment_of(self, order_id: uuid.UUID) -> Payment:
        """The order's newest payment."""
        with reading(self.partner.id):
            return Payment.objects.filter(order_id=order_id).latest("id")

    # Cards

    def card_on_file(self, buyer: int) -> uuid.UUID:
        with reading(self.partner.id):
            settings_ = BillingSettings.objects.get(customer_id=self.buyers[buyer])
        assert settings_.default_payment_method_id is not None, f"{BUYERS[buyer].name} has no card on file"
        return settings_.default_payment_method_id

    def keep_card(self, buyer: int, card: str) -> None:
        """A card saved without a sale, from now on the buyer's default."""
        method = save_method(self.partner, self.maya, self.buyers[buyer], token(card))
        set_default_method(self.partner, self.maya, self.buyers[buyer], method.id)

    def verify_cards(self) -> None:
        for buyer in VERIFIED:
            verify_method(self.partner, self.maya, self.card_on_file(buyer))

    def take_new_card(self, buyer: int) -> None:
        """A new card, and everything the buyer owes is charged to it at once."""
        self.keep_card(buyer, "visa")
        with reading(self.partner.id):
            owed = Invoice.objects.filter(customer_id=self.buyers[buyer], status=InvoiceStatus.DUE).order_by("id")
            invoices = list(owed.values_list("id", flat=True))
        for invoice_id in invoices:
            collect_invoice(self.partner, self.maya, invoice_id)


def token(card: str) -> str:
    """A test name, or for "expiring" a card typed into the gateway's fields that is good for this month only."""
    if card != "expiring":
        return f"pm_card_{card}"
    today = dt.datetime.now(dt.UTC)
    typed = {
        "type": "card",
        "card[number]": "5555555555554444",
        "card[exp_month]": str(today.month),
        "card[exp_year]": str(today.year),
        "card[cvc]": "123",
    }
    answer = httpx.post(
        f"{settings.SANDBOX_URL}/v1/payment_methods",
        data=typed,
        headers={"Authorization": f"Bearer {settings.SANDBOX_PUBLISHABLE_KEY}"},
        timeout=10,
    )
    answer.raise_for_status()
    minted: str = answer.json()["id"]
    return minted

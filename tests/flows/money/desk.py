"""A desk to sell at: a partner, its people, a three-line order, and what a test wants to know afterwards."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from handsel.database.tenancy import reading, writing
from handsel.flows.money.begin import NewMethod, SavedMethod, Source
from handsel.flows.money.take import submit_with_payment
from handsel.flows.sales.draft import LineDraft
from handsel.models import (
    Activation,
    BillingSettings,
    Customer,
    Event,
    Invoice,
    LedgerPosting,
    Order,
    Partner,
    Payment,
    PaymentMethod,
    Product,
    Refund,
    Subscription,
)
from handsel.rules.permissions import Actor
from tests.cast import acting, make_customer, make_member, make_order, make_partner, make_product, read_order, unique


@dataclass
class Desk:
    """One partner with a salesperson and a customer, ready to sell."""

    currency: str = "USD"
    partner: Partner = field(default_factory=make_partner)

    def __post_init__(self) -> None:
        self.alice: Actor = acting(make_member(self.partner, "Alice", "admin"))
        self.bob: Actor = acting(make_member(self.partner, "Bob", "salesperson"))
        self.dana: Customer = make_customer(self.partner, self.alice, currency=self.currency)
        self.website = self.product("Website", 10_000)
        self.hosting = self.product("Hosting", 2_000, interval="month")
        self.care = self.product("Care plan", 5_000, interval="year")

    def product(self, name: str, price_minor: int, **fields: Any) -> Product:
        given = {"name": name, "sku": unique(name.lower()), "price_minor": price_minor, "currency": self.currency}
        return make_product(self.partner, self.alice, **{**given, **fields})

    def order(self, *lines: LineDraft | Product, **fields: Any) -> Order:
        """By default three lines, 170.00: a website, monthly hosting, a yearly care plan."""
        return make_order(self.partner, self.bob, self.dana, lines or (self.website, self.hosting, self.care), **fields)

    def pay(self, order: Order, source: Source | str | None = "pm_card_visa", actor: Actor | None = None) -> Order:
        """Submit with payment, a string being a new card's token; the order as it stands afterwards."""
        if isinstance(source, str):
            source = NewMethod(source, save=True)
        submit_with_payment(self.partner, actor or self.bob, order.id, source)
        return read_order(self.partner, order.id)

    def saved_card(self, token: str = "pm_card_visa") -> SavedMethod:
        """A card on file, kept by an order that was paid with it."""
        self.pay(self.order(self.product("Set-up", 1_000)), token)
        with reading(self.partner.id):
            method = PaymentMethod.objects.order_by("-id").first()
        assert method is not None
        return SavedMethod(method.id)

    def payments(self, debt_id: uuid.UUID) -> list[Payment]:
        return self.rows(Payment, debt_id=debt_id)

    def payment(self, order: Order) -> Payment:
        """The order's newest payment."""
        return self.payments(order.id)[-1]

    def rows(self, model: Any, **where: Any) -> list[Any]:
        with reading(self.partner.id):
            return list(model.objects.filter(**where).order_by("id"))

    def invoices(self, order: Order) -> list[Invoice]:
        return self.rows(Invoice, order_id=order.id)

    def subscriptions(self, order: Order) -> list[Subscription]:
        return self.rows(Subscription, order_id=order.id)

    def activations(self, order: Order) -> list[Activation]:
        return self.rows(Activation, order_id=order.id)

    def refunds(self, payment: Payment) -> list[Refund]:
        return self.rows(Refund, payment_id=payment.id)

    def postings(self, **where: Any) -> list[LedgerPosting]:
        return self.rows(LedgerPosting, **where)

    def events(self, **where: Any) -> list[str]:
        return [event.type for event in self.rows(Event, **where)]

    def billing(self) -> BillingSettings:
        with reading(self.partner.id):
            return BillingSettings.objects.get(customer_id=self.dana.id)

    def make_due(self, payment: Payment, **changes: Any) -> None:
        """Let the reconciler's date for this payment be now, and other things be as a test needs them."""
        from django.utils.timezone import now

        with writing(self.partner.id):
            Payment.objects.filter(id=payment.id).update(**{"next_look_at": now(), **changes})

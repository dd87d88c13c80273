"""What the tests of refunds need beside a desk: taxed sales, a limit, and what the gateway gave back."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from handsel.flows.money.refund import drive_refund
from handsel.flows.money.refund_requests import refund_payment
from handsel.models import CreditNote, Invoice, Order, Partner, Payment, Refund
from handsel.rules.permissions import Actor
from tests.cast import CALIFORNIA, acting, make_customer, make_member, make_tax_rate
from tests.flows.money.desk import Desk
from tests.sandbox import SandboxServer


@dataclass
class Counter(Desk):
    """A desk in California, where everything is taxed; Carol is a second admin."""

    percent: str = "8.25"

    def __post_init__(self) -> None:
        super().__post_init__()
        self.carol: Actor = acting(make_member(self.partner, "Carol", "admin"))
        make_tax_rate(self.partner, self.alice, percent=self.percent)
        self.dana = make_customer(self.partner, self.alice, currency=self.currency, address=CALIFORNIA)

    def paid(self) -> tuple[Order, Payment]:
        """Three lines, 170.00, with tax 184.03, paid with a new card."""
        order = self.pay(self.order())
        return order, self.payment(order)

    def limit(self, minor: int | None) -> None:
        """Above it a second person approves."""
        Partner.objects.filter(id=self.partner.id).update(refund_limit_minor=minor)
        self.partner.refund_limit_minor = minor

    def refund(self, payment: Payment, minor: int | None = None, actor: Actor | None = None, **more: object) -> Refund:
        given: dict[str, object] = {"reason": "Sold by mistake", **more}
        return refund_payment(self.partner, actor or self.alice, payment.id, amount_minor=minor, **given)  # type: ignore[arg-type]

    def driven(self, refund: Refund) -> Refund:
        """What the worker does with it, and how it stands then."""
        drive_refund(self.partner, refund.id, now_due=True)
        return self.again(refund)

    def again(self, row: Refund) -> Refund:
        (found,) = self.rows(Refund, id=row.id)
        assert isinstance(found, Refund)
        return found

    def notes(self, order: Order) -> list[CreditNote]:
        return self.rows(CreditNote, invoice__order_id=order.id)

    def invoice(self, order: Order) -> Invoice:
        (invoice,) = self.invoices(order)
        return invoice

    def balances(self, debt_id: uuid.UUID) -> dict[str, int]:
        """What stands on each account for one debt, debit above zero; accounts at zero are left out."""
        sums: dict[str, int] = {}
        for account, minor in self._movements(debt_id):
            sums[account] = sums.get(account, 0) + minor
        return {account: minor for account, minor in sums.items() if minor}

    def _movements(self, debt_id: uuid.UUID) -> Iterator[tuple[str, int]]:
        for posting in self.postings(debt_id=debt_id):
            yield posting.debit, posting.amount_minor
            yield posting.credit, -posting.amount_minor


def given_back(sandbox: SandboxServer, payment: Payment) -> int:
    """By the gateway's own list."""
    return sum(
        each.amount
        for each in sandbox.client().v1.refunds.list({"payment_intent": payment.reference, "limit": 100}).data
    )

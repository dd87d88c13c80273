"""The tag "Payment declined" goes when what it was for is paid, by whatever way."""

from __future__ import annotations

from decimal import Decimal

import pytest

from handsel.flows.billing.renew import collect_invoice
from handsel.flows.people.billing_settings import update_billing_settings
from handsel.flows.sales.activate import activate
from handsel.flows.sales.draft import LineDraft, update_order
from handsel.flows.sales.moves import act
from handsel.models import Order, OrderTag
from handsel.rules.pricing import PercentOff
from tests.flows.money.desk import Desk
from tests.sandbox import SandboxServer


@pytest.fixture
def desk(sandbox: SandboxServer) -> Desk:
    return Desk()


def declined_and_mended(desk: Desk) -> Order:
    order = desk.pay(desk.order(), "pm_card_visa_chargeDeclined")
    assert tags(desk, order) == [OrderTag.PAYMENT_DECLINED]
    return act(desk.partner, desk.bob, "convert_to_draft", order.id)


def tags(desk: Desk, order: Order) -> list[str]:
    return [row.tag for row in desk.rows(OrderTag, order_id=order.id)]


def test_when_nothing_is_due_any_more(desk: Desk) -> None:
    order = declined_and_mended(desk)
    free = LineDraft(product_id=desk.hosting.id, discount=PercentOff(Decimal(100)))
    update_order(desk.partner, desk.bob, order.id, order.version, {"lines": [free]})
    assert desk.pay(order, None).status == "activated"
    assert tags(desk, order) == []


def test_when_the_invoice_of_an_order_activated_without_payment_is_paid(desk: Desk) -> None:
    card = desk.saved_card()
    update_billing_settings(desk.partner, desk.alice, desk.dana.id, {"default_payment_method_id": card.id})
    order = declined_and_mended(desk)
    activate(desk.partner, desk.alice, order.id)
    assert tags(desk, order) == [OrderTag.PAYMENT_DECLINED]
    (invoice,) = desk.invoices(order)
    collect_invoice(desk.partner, desk.alice, invoice.id)
    assert desk.invoices(order)[0].status == "paid"
    assert tags(desk, order) == []

"""The first invoice of an order follows the customer's own terms, not the partner's defaults."""

from __future__ import annotations

import datetime as dt

from handsel.flows.people.billing_settings import update_billing_settings
from handsel.flows.sales.activate import activate
from tests.flows.money.desk import Desk
from tests.sandbox import SandboxServer


def test_an_order_activated_without_payment_is_due_by_the_customers_terms(sandbox: SandboxServer) -> None:
    desk = Desk()
    terms = {"payment_terms_days": 45, "memo": "Purchase order 77"}
    update_billing_settings(desk.partner, desk.alice, desk.dana.id, terms)  # type: ignore[arg-type]
    order = desk.order()
    activate(desk.partner, desk.alice, order.id)
    (invoice,) = desk.invoices(order)
    assert invoice.issued_on is not None
    assert (invoice.status, invoice.memo) == ("due", "Purchase order 77")
    assert invoice.due_on == invoice.issued_on + dt.timedelta(days=45)

"""Flows that meet on the same rows lock them in one order: both finish, none is picked as a deadlock's victim."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.utils.timezone import now as real_now

from handsel.database.tenancy import reading, writing
from handsel.flows.billing import invoices, renew
from handsel.flows.billing.renew import collect_invoice, renew_customer
from handsel.flows.money import settle as settling
from handsel.flows.money.begin import SavedMethod
from handsel.flows.money.reconcile import look
from handsel.flows.money.settle import settle
from handsel.flows.people.billing_settings import update_billing_settings
from handsel.flows.sales.activate import activate
from handsel.gateways.base import Approved
from handsel.models import GatewayAccount, Invoice, Payment, Subscription
from tests.flows.money.desk import Desk
from tests.oracle import assert_sound
from tests.races.together import together
from tests.sandbox import SandboxServer

pytestmark = pytest.mark.races
MEETING_SECONDS = 1.0
"""How long one waits for the other where they might meet; locks in the right order keep them from it."""


@pytest.fixture
def desk(sandbox: SandboxServer) -> Desk:
    return Desk()


def meeting(monkeypatch: pytest.MonkeyPatch, *places: tuple[Any, str]) -> None:
    """Whoever comes to one of these functions waits a moment for somebody at each of the others."""
    here = [threading.Event() for _ in places]
    for (module, name), arrived in zip(places, here, strict=True):
        monkeypatch.setattr(module, name, _waiting(getattr(module, name), arrived, here))


def _waiting(call: Callable[..., Any], arrived: threading.Event, all_here: list[threading.Event]) -> Callable[..., Any]:
    def wait_then(*args: Any, **more: Any) -> Any:
        arrived.set()
        for other in all_here:
            other.wait(MEETING_SECONDS)
        return call(*args, **more)

    return wait_then


def lost(desk: Desk, sandbox: SandboxServer, **order: Any) -> Payment:
    """A payment whose request went nowhere."""
    sandbox.faults(drop_request_rate=1)
    payment = desk.payment(desk.pay(desk.order(**order)))
    sandbox.faults()
    return payment


def approved(payment: Payment) -> Approved:
    return Approved(f"pi_{payment.shown_id}", payment.amount_minor, payment.currency, None, None)


def test_settling_an_invoice_meets_somebody_who_charges_it(
    desk: Desk, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = desk.saved_card()
    update_billing_settings(desk.partner, desk.alice, desk.dana.id, {"default_payment_method_id": card.id})
    order = desk.order()
    activate(desk.partner, desk.alice, order.id)
    (invoice,) = desk.invoices(order)
    sandbox.faults(drop_request_rate=1)
    collect_invoice(desk.partner, desk.alice, invoice.id)
    sandbox.faults()
    (payment,) = desk.payments(invoice.id)

    meeting(monkeypatch, (settling, "invoice_paid_by"), (renew, "begin"))
    told = together(
        lambda: settle(desk.partner, payment.id, approved(payment)),
        lambda: collect_invoice(desk.partner, desk.alice, invoice.id),
    )
    assert told["done"] == 1
    assert set(told) <= {"done", "already_paid", "payment_in_progress"}
    with reading(desk.partner.id):
        assert Invoice.objects.get(id=invoice.id).status == "paid"


def test_the_first_answers_after_an_outage_come_together(
    desk: Desk, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    payments = [lost(desk, sandbox), lost(desk, sandbox)]
    with writing(desk.partner.id):
        Payment.objects.update(looks=3)
        assert GatewayAccount.objects.get().failing_since is not None
    both = threading.Barrier(2)
    locked = settling._locked

    def locked_by_both(payment_id: Any) -> Payment:
        payment = locked(payment_id)
        both.wait(timeout=5)
        return payment

    monkeypatch.setattr(settling, "_locked", locked_by_both)
    told = together(*(lambda p=p: settle(desk.partner, p.id, approved(p)) for p in payments))
    assert told == {"done": 2}
    with reading(desk.partner.id):
        assert GatewayAccount.objects.get().failing_since is None


def test_a_sale_meets_the_renewal_of_the_same_customer(
    desk: Desk, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sale holds the invoice counter when its invoice refers to the customer; the renewal the other way round."""
    card = SavedMethod(desk.saved_card().id)
    sold = desk.pay(desk.order(desk.hosting), card)
    with writing(desk.partner.id):
        Subscription.objects.filter(order_id=sold.id).update(renews_at=real_now() - dt.timedelta(minutes=1))
    sandbox.faults(drop_request_rate=1)
    order = desk.pay(desk.order(desk.website), card)
    sandbox.faults()
    payment = desk.payment(order)

    meeting(monkeypatch, (invoices, "next_number"), (renew, "_due"))
    told = together(
        lambda: str(look(desk.partner, payment.id, now_due=True)),
        lambda: renew_customer(desk.partner, desk.dana.id),
    )
    assert told == {"True": 1, "done": 1}
    monkeypatch.undo()
    assert_sound(desk.partner, order, sandbox=sandbox)

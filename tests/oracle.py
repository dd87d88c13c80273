"""The oracle: what must hold after anything that a test did, by our books and by the gateway's own (RELIABILITY.md)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from handsel.database.tenancy import reading
from handsel.flows.history.seal import seal_events
from handsel.flows.money.reconcile import look
from handsel.flows.money.refund import drive_refund
from handsel.models import Activation, Invoice, Order, Partner, Payment, Refund
from handsel.reads.verify import check_all
from handsel.rules.payment_states import LIVE_PAYMENT_STATUSES, RefundStatus
from tests.sandbox import SandboxServer

PAID_STATUSES = ("processing", "scheduled", "activated", "activation_errors")


@dataclass(frozen=True)
class Harm:
    """What went wrong with the money of one order."""

    double: int = 0  # captures beyond the first, not given back
    unrecorded: int = 0  # captures that no payment of ours knows
    unpaid: int = 0  # the order is at work without a capture, or captured and not at work

    def __bool__(self) -> bool:
        return bool(self.double or self.unrecorded or self.unpaid)


def converge(partner: Partner, *, rounds: int = 12) -> None:
    """What the worker does, without its waiting: every open payment is looked at until none is open."""
    for _ in range(rounds):
        open_payments, open_refunds = _open(partner)
        if not open_payments and not open_refunds:
            return
        for payment_id in open_payments:
            look(partner, payment_id, now_due=True)
        for refund_id in open_refunds:
            drive_refund(partner, refund_id, now_due=True)
    raise AssertionError(f"not settled after {rounds} looks: {_open(partner)}")


def harm_to(partner: Partner, order: Order, sandbox: SandboxServer) -> Harm:
    """Our books of one order against the gateway's own list of charges."""
    kept = [charge for charge in sandbox.captured(order=order.shown_id) if not charge["refunded"]]
    with reading(partner.id):
        now = Order.objects.get(id=order.id)
        known = set(Payment.objects.filter(order_id=order.id, captured_minor__gt=0).values_list("reference", flat=True))
    unknown = [charge for charge in kept if charge["payment_intent"] not in known]
    at_work = now.status in PAID_STATUSES
    return Harm(
        double=max(0, len(kept) - 1), unrecorded=len(unknown), unpaid=int(at_work != bool(kept) and now.total_minor > 0)
    )


def assert_sound(partner: Partner, *orders: Order, sandbox: SandboxServer) -> None:
    """No double charge, no charge unrecorded, nothing at work unpaid, and `verify` finds nothing."""
    for order in orders:
        assert not (harm := harm_to(partner, order, sandbox)), f"{order.number}: {harm}"
        assert_made_once(partner, order)
    while seal_events(partner):
        pass
    assert [str(finding) for finding in check_all(partner.id)] == []


def assert_made_once(partner: Partner, order: Order) -> None:
    """A paid order has exactly one invoice and one activation per line; an unpaid one has none of either."""
    with reading(partner.id):
        now = Order.objects.get(id=order.id)
        at_work = now.status in PAID_STATUSES
        assert Invoice.objects.filter(order_id=order.id).count() == int(at_work)
        assert Activation.objects.filter(order_id=order.id).count() == (now.line_count if at_work else 0)


def _open(partner: Partner) -> tuple[list[Any], list[Any]]:
    with reading(partner.id):
        payments = Payment.objects.filter(status__in=LIVE_PAYMENT_STATUSES).exclude(status="requires_action")
        waiting = Q(needs_approval=True, approved_at=None)  # for a second person, whom nobody here is
        refunds = Refund.objects.filter(status=RefundStatus.PENDING).exclude(waiting)
        return list(payments.values_list("id", flat=True)), list(refunds.values_list("id", flat=True))

"""An order is cancelled, with everything that hangs on it (DOMAIN.md section 2, `cancel`; CASES.md 42).

One transaction does what was chosen for each thing: what is sold ends, what is due is void, what was paid is promised
back; the worker then refunds as it does any refund. Who cancels has seen it all: what changed since is refused.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

from handsel.flows.billing.credit_notes import check_due, checked_reason
from handsel.flows.billing.void import void
from handsel.flows.idempotency import Claim
from handsel.flows.money.refund_requests import release, request_refund
from handsel.flows.sales.end_service import end_subscription, locked_activations, locked_subscriptions, stop
from handsel.flows.sales.facts import facts, order_for
from handsel.flows.sales.offers import close_offer
from handsel.flows.transition import move
from handsel.flows.work import Work, working
from handsel.models import Activation, Invoice, Order, OrderLine, Partner, Payment, Subscription
from handsel.reads.sales.cancellation import invoices_of, money_of, refundable_payments, what_hangs_on
from handsel.rules.cancellation import Choice, chosen
from handsel.rules.errors import Refused
from handsel.rules.invoice_states import OPEN_INVOICE_STATUSES
from handsel.rules.offers import ClosedAs
from handsel.rules.order_status import CancelCause, OrderStatus
from handsel.rules.permissions import Actor, check_action


def cancel_order(
    partner: Partner,
    actor: Actor,
    order_id: uuid.UUID,
    *,
    reason: str,
    choices: Mapping[str, str],
    version: int | None = None,
    seen: str = "",
    claim: Claim | None = None,
) -> Order:
    """Cancel the order of the version that was seen, and do with each thing on it what `choices` say by its id; `seen`
    is the preview's word for what it showed.

    Raises NotFound, NotAllowed, Invalid (`choices_missing`), and Refused: `order_changed`, `action_not_allowed`,
    `payment_in_progress`. Refunds above the partner's limit wait for a second person, as always.
    """
    text = checked_reason(reason)
    with working(partner, actor) as work:
        order_for(actor, order_id, version, lock=False)
        payments = _locked_payments(partner, order_id)
        order = order_for(actor, order_id, version)
        check_action("cancel", facts(order), actor, partner.settings())
        invoices, activations, subscriptions = _locked_rest(partner, order)
        decided = chosen(what_hangs_on(partner, actor, order), choices, seen_before=seen)
        _check_locked(decided, (*payments, *invoices))
        if claim is not None:
            claim.remember("order", order.id)
        close_offer(work, order, ClosedAs.CANCELLED)
        for activation in activations:
            if decided.get(activation.shown_id) == Choice.END:
                stop(work, activation)
        for subscription in subscriptions:
            if decided.get(subscription.shown_id) == Choice.END:
                end_subscription(work, subscription)
        _move(work, order, decided, text)
        _settle_money(work, invoices, payments, decided, text)
    return order


def _locked_payments(partner: Partner, order_id: uuid.UUID) -> list[Payment]:
    """Before the order, as everywhere; they are looked at once more when all is locked."""
    order = Order.objects.select_related("customer").get(id=order_id)
    rows = refundable_payments(money_of(partner, order)).select_for_update(of=("self",), no_key=True)
    return list(rows)


def _locked_rest(partner: Partner, order: Order) -> tuple[list[Invoice], list[Activation], list[Subscription]]:
    rows = invoices_of(money_of(partner, order)).select_for_update(of=("self",), no_key=True)
    invoices = [invoice for invoice in rows if invoice.status in OPEN_INVOICE_STATUSES]
    lines = list(OrderLine.objects.filter(order_id=order.id).values_list("id", flat=True))
    return invoices, locked_activations(lines), locked_subscriptions(lines)


def _check_locked(
    decided: Mapping[str, Choice], locked: Iterable[Payment | Invoice | Activation | Subscription]
) -> None:
    """What came to hang on the order after we locked, such as money that settled at this moment, was not decided on."""
    held = {row.shown_id for row in locked}
    if {name for name, choice in decided.items() if choice in (Choice.VOID, Choice.REFUND)} - held:
        raise Refused("order_changed", "The order's money moved a moment ago. Nothing was cancelled; look again.")


def _move(work: Work, order: Order, decided: Mapping[str, Choice], reason: str) -> None:
    move(
        work,
        order,
        "cancel",
        OrderStatus.CANCELLED,
        note={"cause": CancelCause.STAFF, "chosen": {name: choice.value for name, choice in decided.items()}},
        personal={"reason": reason},
        cancel_cause=CancelCause.STAFF,
        cancellation_reason=reason,
    )


def _settle_money(
    work: Work, invoices: list[Invoice], payments: list[Payment], decided: Mapping[str, Choice], reason: str
) -> None:
    """Last, since credit notes take their numbers here."""
    for invoice in invoices:
        if decided.get(invoice.shown_id) == Choice.VOID:
            check_due(invoice, "voided")
            void(work, invoice)
    for payment in payments:
        if decided.get(payment.shown_id) == Choice.REFUND:
            refund = request_refund(work, payment, None, reason=reason)
            if not refund.is_waiting:
                release(work, payment, refund, [])

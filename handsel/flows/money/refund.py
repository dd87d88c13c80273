"""Money goes back: what must not be kept (it came late, or in the wrong amount: DOMAIN.md section 3.13, 3.14), and what
people refund (`refund_requests`).

1. The refund row is written, and counted on its payment: with the capture it answers, one per payment by an index; or
   when a person asks for it, and a second one agrees where it is above the partner's limit.
2. With no transaction open the gateway is asked, under the refund's own key.
3. A second transaction writes what came back; no answer leaves the refund `pending`, to be asked again.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils.timezone import now as real_now

from handsel.flows.billing.invoice_payments import invoice_settled_by
from handsel.flows.money import ledger
from handsel.flows.money.gateways import gateway_of
from handsel.flows.transition import move
from handsel.flows.work import Work, working
from handsel.gateways.base import (
    NotListed,
    Refunded,
    RefundFailed,
    RefundOutcome,
    RefundPending,
    RefundRequest,
    Unknown,
)
from handsel.models import Partner, Payment, Refund
from handsel.rules.errors import Refused
from handsel.rules.payment_states import RefundStatus
from handsel.rules.permissions import GATEWAY, SYSTEM

AGAIN = (20, 20, 60, 300, 900, 3600)


def refund_automatically(work: Work, payment: Payment, amount_minor: int, currency: str, *, cause: str) -> None:
    """Owe the whole of a capture back; the worker carries it out. Part of the transaction that recorded it."""
    refund = Refund(
        partner_id=work.partner.id,
        payment=payment,
        amount_minor=amount_minor,
        currency=currency,
        cause=cause,
        created_at=work.now,
        next_attempt_at=real_now(),
    )
    insert_refund(work, payment, refund)


def insert_refund(work: Work, payment: Payment, refund: Refund) -> None:
    """Write a refund and count it on its payment, which is locked. That all of a payment's refunds together stay within
    its capture is the database's word, whatever was looked at before. Raises Refused (`refund_too_large`)."""
    try:
        with transaction.atomic(savepoint=False):
            under_way = F("refunding_minor") + refund.amount_minor
            Payment.objects.filter(id=payment.id).update(refunding_minor=under_way)
    except IntegrityError as error:
        if "refunds_within_capture" in str(error):
            raise Refused("refund_too_large", "The refunds together would exceed what was captured.") from error
        raise
    payment.refunding_minor += refund.amount_minor
    refund.save(force_insert=True)
    changes = {
        "payment": payment.shown_id,
        "cause": refund.cause,
        "amount_minor": refund.amount_minor,
        "currency": refund.currency,
        "needs_approval": refund.needs_approval,
    }
    work.record(
        "refund.created", refund, changes=changes, personal={"reason": refund.reason} if refund.reason else None
    )


def drive_refund(partner: Partner, refund_id: uuid.UUID, *, now_due: bool = False) -> None:
    """Ask the gateway for a pending refund, or what became of it; safe to repeat. `now_due`: although its date has not
    come.

    From the second attempt on it is looked for first: the gateway forgets our key after a day, and would then take the
    same request for another refund.
    """
    claimed = _claim(partner, refund_id, now_due)
    if claimed is None:
        return
    # If we die here: nothing was sent, and the refund is due again at its next attempt.
    connection.close()
    request = RefundRequest(
        refund=claimed.shown_id,
        payment_reference=claimed.payment.reference,
        amount_minor=claimed.amount_minor,
        currency=claimed.currency,
        metadata={"partner": str(partner.id), "refund": claimed.shown_id},
    )
    gateway = gateway_of(claimed.payment.account)
    asked_before = claimed.attempts > 0
    found = gateway.look_refund(request, claimed.reference or None) if asked_before else NotListed()
    outcome = gateway.refund(request) if isinstance(found, NotListed) else found
    # If we die here: the gateway has the refund under our key; asked again it answers the same.
    settle_refund(partner, refund_id, outcome)


def _claim(partner: Partner, refund_id: uuid.UUID, now_due: bool) -> Refund | None:
    now = real_now()
    with working(partner, SYSTEM):
        rows = Refund.objects.select_for_update(of=("self",), no_key=True).select_related("payment__account")
        refund: Refund = rows.get(id=refund_id)
        is_due = now_due or (refund.next_attempt_at is not None and refund.next_attempt_at <= now)
        if refund.status != RefundStatus.PENDING or refund.is_waiting or not is_due:
            return None
        pause = AGAIN[min(refund.attempts, len(AGAIN) - 1)]
        Refund.objects.filter(id=refund.id).update(
            attempts=refund.attempts + 1, next_attempt_at=now + dt.timedelta(seconds=pause)
        )
    return refund


def settle_refund(partner: Partner, refund_id: uuid.UUID, outcome: RefundOutcome) -> None:
    """Write what became of a refund, once."""
    with working(partner, GATEWAY) as work:
        rows = Refund.objects.select_for_update(of=("self", "payment"), no_key=True).select_related("payment__account")
        refund = rows.get(id=refund_id)
        if refund.status != RefundStatus.PENDING:
            return
        ended: dict[str, Any] = {"settled_at": work.now, "next_attempt_at": None}
        match outcome:
            case Refunded(reference=reference):
                _count_ended(refund, refunded=True)
                invoice = invoice_settled_by(refund.payment)
                ledger.post(ledger.unapplied_refunded(work, refund.payment, refund, invoice.id if invoice else None))
                move(
                    work, refund, "settle_succeeded", RefundStatus.SUCCEEDED,
                    note=amount_of(refund), reference=reference, **ended,
                )  # fmt: skip
            case RefundFailed(code=code, reference=reference):
                # What a credit note took back stays with the customer as unapplied money, for another try.
                _count_ended(refund, refunded=False)
                move(
                    work, refund, "settle_failed", RefundStatus.FAILED,
                    note=amount_of(refund), failure_code=code, reference=reference or "", **ended,
                )  # fmt: skip
            case RefundPending(reference=reference):
                Refund.objects.filter(id=refund.id).update(reference=reference)
            case Unknown():
                pass  # It stays pending; its next attempt has a date.


def _count_ended(refund: Refund, *, refunded: bool) -> None:
    """It is not under way any more: it went back, or it did not."""
    amount = refund.amount_minor
    Payment.objects.filter(id=refund.payment_id).update(
        refunding_minor=F("refunding_minor") - amount,
        refunded_minor=F("refunded_minor") + (amount if refunded else 0),
    )


def refuse_pending(work: Work, refund: Refund, code: str) -> None:
    """End a refund that waits for a second person, of which nothing was sent."""
    _count_ended(refund, refunded=False)
    move(
        work, refund, "refuse", RefundStatus.FAILED,
        note=amount_of(refund), failure_code=code, settled_at=work.now, next_attempt_at=None,
    )  # fmt: skip


def amount_of(refund: Refund) -> dict[str, Any]:
    return {"amount_minor": refund.amount_minor, "currency": refund.currency}

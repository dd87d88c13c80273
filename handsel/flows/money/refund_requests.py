"""People give money back: who may ask, what needs a second person, and what it takes back with it (DOMAIN.md sections
3, 6 and 8).

A refund above the partner's limit waits: it is counted on its payment, so that nothing else can promise the same money,
but nothing is sent, no credit note is issued and nothing ends until a second person agrees. What of a payment was
refunded without one counts together, so that a large refund in small parts is a large one. The limit is in the
partner's own currency; in another one every refund counts as above it.
"""

from __future__ import annotations

import uuid

from django.db.models import Sum
from django.utils.timezone import now as real_now

from handsel.database.ids import new_id
from handsel.flows.billing.credit_notes import checked_reason, issue_credit_note
from handsel.flows.billing.invoice_payments import invoice_settled_by
from handsel.flows.idempotency import Claim
from handsel.flows.money.refund import amount_of, insert_refund, refuse_pending
from handsel.flows.sales.end_service import end_lines, lines_paid_by, lock_orders_of
from handsel.flows.work import Work, working
from handsel.models import CreditNote, Invoice, Order, Partner, Payment, Refund
from handsel.rules.errors import Invalid, NotAllowed, NotFound, Refused
from handsel.rules.payment_states import RefundStatus
from handsel.rules.permissions import Actor, Grant, check_grant

REQUEST = "request"
NOT_APPROVED = "not_approved"


def refund_payment(
    partner: Partner,
    actor: Actor,
    payment_id: uuid.UUID,
    *,
    amount_minor: int | None = None,
    reason: str,
    end_service: bool = False,
    claim: Claim | None = None,
) -> Refund:
    """Owe a payment's money back, all that is left of it unless an amount is named; the worker carries it out. With
    `end_service` what it paid for ends, so that nothing is charged for it later.

    Raises NotAllowed, NotFound, Invalid, and Refused: `refund_too_large`, and what keeps a service from ending.
    """
    check_grant(actor, Grant.PAYMENTS_REFUND)
    text = checked_reason(reason)
    with working(partner, actor) as work:
        payment = _locked(payment_id)
        orders = lock_orders_of(lines_paid_by(payment)) if end_service else []
        refund = request_refund(work, payment, amount_minor, reason=text, ends_service=end_service)
        if claim is not None:
            claim.remember("refund", refund.id)
        if not refund.is_waiting:
            release(work, payment, refund, orders)
    return refund


def request_refund(
    work: Work, payment: Payment, amount_minor: int | None, *, reason: str, ends_service: bool = False
) -> Refund:
    """Part of a transaction that locked the payment. What does not wait for a second person must be released in it."""
    left = payment.captured_minor - payment.refunded_minor - payment.refunding_minor
    amount = left if amount_minor is None else amount_minor
    if amount_minor is not None and amount <= 0:
        raise Invalid.at("amount", "Refund an amount above zero.")
    if left <= 0 or amount > left:
        raise Refused("refund_too_large", "No more can be refunded than is left of this payment.")
    waits = needs_second_person(work.partner, payment, amount)
    refund = Refund(
        id=new_id(),
        partner_id=work.partner.id,
        payment=payment,
        amount_minor=amount,
        currency=payment.currency,
        cause=REQUEST,
        reason=reason,
        requested_by_id=uuid.UUID(work.actor.id),
        ends_service=ends_service,
        needs_approval=waits,
        created_at=work.now,
        next_attempt_at=None if waits else real_now(),
    )
    insert_refund(work, payment, refund)
    return refund


def needs_second_person(partner: Partner, payment: Payment, amount_minor: int) -> bool:
    """Whether this much, with what was refunded of the payment without a second person, is above the limit."""
    if partner.refund_limit_minor is None:
        return False
    alone = Refund.objects.filter(payment_id=payment.id, cause=REQUEST, needs_approval=False)
    before = alone.exclude(status=RefundStatus.FAILED).aggregate(minor=Sum("amount_minor"))["minor"] or 0
    return above_limit(partner, before + amount_minor, payment.currency)


def above_limit(partner: Partner, amount_minor: int, currency: str) -> bool:
    """The limit is in the partner's own currency: in another one it cannot be told, so every amount is above it."""
    limit = partner.refund_limit_minor
    return limit is not None and (currency != partner.currency or amount_minor > limit)


def release(work: Work, payment: Payment, refund: Refund, orders: list[Order]) -> None:
    """What a refund takes with it, once nobody has to agree any more: the service, where it was to end, and what the
    invoice says was sold. Money of an earlier refund that failed was credited then; it is not credited twice."""
    invoice = invoice_settled_by(payment, lock=True)
    if refund.ends_service:
        end_lines(work, orders, lines_paid_by(payment))
    if invoice is None:
        return
    amount = refund.amount_minor - min(refund.amount_minor, _held(invoice, payment, refund))
    if amount:
        issue_credit_note(work, invoice, amount, reason=refund.reason, refund=refund)


def approve_refund(partner: Partner, actor: Actor, refund_id: uuid.UUID, *, claim: Claim | None = None) -> Refund:
    """The second person agrees: what waited is sent. Never whoever asked for it (`second_person_needed`)."""
    check_grant(actor, Grant.PAYMENTS_APPROVE_REFUND)
    with working(partner, actor) as work:
        refund = _waiting(refund_id)
        if actor.owns(str(refund.requested_by_id)):
            raise NotAllowed("second_person_needed", "You asked for this refund, so somebody else has to approve it.")
        orders = lock_orders_of(lines_paid_by(refund.payment)) if refund.ends_service else []
        if claim is not None:
            claim.remember("refund", refund.id)
        agreed = {"approved_by_id": uuid.UUID(actor.id), "approved_at": work.now, "next_attempt_at": real_now()}
        Refund.objects.filter(id=refund.id).update(**agreed)
        for name, value in agreed.items():
            setattr(refund, name, value)
        work.record("refund.approved", refund, changes=amount_of(refund))
        release(work, refund.payment, refund, orders)
    return refund


def refuse_refund(partner: Partner, actor: Actor, refund_id: uuid.UUID, *, claim: Claim | None = None) -> Refund:
    """The second person does not agree, or whoever asked takes it back: nothing was sent, nothing is."""
    with working(partner, actor) as work:
        refund = _waiting(refund_id)
        if not actor.owns(str(refund.requested_by_id)):
            check_grant(actor, Grant.PAYMENTS_APPROVE_REFUND)
        if claim is not None:
            claim.remember("refund", refund.id)
        refuse_pending(work, refund, NOT_APPROVED)
    return refund


def _locked(payment_id: uuid.UUID) -> Payment:
    rows = Payment.objects.select_for_update(of=("self",), no_key=True).select_related("customer", "invoice")
    payment: Payment | None = rows.filter(id=payment_id).first()
    if payment is None:
        raise NotFound("not_found", "There is no such payment.")
    return payment


def _waiting(refund_id: uuid.UUID) -> Refund:
    rows = Refund.objects.select_for_update(of=("self", "payment"), no_key=True).select_related(
        "payment__customer", "payment__invoice"
    )
    refund: Refund | None = rows.filter(id=refund_id).first()
    if refund is None:
        raise NotFound("not_found", "There is no such refund.")
    if not refund.is_waiting:
        raise Refused("action_not_allowed", "This refund does not wait for an approval, or not any more.")
    return refund


def _held(invoice: Invoice, payment: Payment, refund: Refund) -> int:
    """What was credited with refunds that then failed, and is not on its way back by another one."""
    credited = CreditNote.objects.filter(invoice_id=invoice.id, refund_id__isnull=False)
    others = Refund.objects.filter(payment_id=payment.id).exclude(id=refund.id).exclude(status=RefundStatus.FAILED)
    sent = sum(each.amount_minor for each in others if not each.is_waiting)
    return max(0, (credited.aggregate(minor=Sum("total_minor"))["minor"] or 0) - sent)

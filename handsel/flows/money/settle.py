"""settle(): the one place where a gateway's fact becomes ours. The reply, the incoming event and the reconciler all
end here, in any order and as often as they like: it is idempotent and monotonic."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any, assert_never

import structlog
from django.db import connection
from django.utils.timezone import now as real_now

from handsel.database.secrets import link_token
from handsel.flows.billing.invoice_payments import invoice_declined, invoice_paid_by
from handsel.flows.money import ledger
from handsel.flows.money.failed_cards import count_failed_card
from handsel.flows.money.methods import keep_gateway_customer, keep_method
from handsel.flows.money.refund import refund_automatically
from handsel.flows.sales.fulfil import fulfil, lines_of
from handsel.flows.sales.offers import close_offer
from handsel.flows.transition import move
from handsel.flows.work import Work, working
from handsel.gateways.base import (
    Approved,
    Cancelled,
    Clearing,
    Declined,
    MethodFacts,
    NeedsCustomer,
    PayOutcome,
    Rejected,
    Unknown,
)
from handsel.models import Credential, GatewayAccount, OrderTag, Partner, Payment
from handsel.models.access import hash_secret
from handsel.rules.offers import ClosedAs
from handsel.rules.order_status import DeclineCause, OrderStatus
from handsel.rules.payment_states import PaymentStatus
from handsel.rules.permissions import GATEWAY

log = structlog.get_logger(__name__)

CHALLENGE_VALID = dt.timedelta(days=7)
CHALLENGE_VALID_ON_PAGE = dt.timedelta(minutes=30)
"""How long the bank's question may stay unanswered: mailed, and asked on the page that the payer has open."""

WAITING_LOOK = dt.timedelta(minutes=15)
CLEARING_LOOK = dt.timedelta(hours=1)


def ask_and_settle(partner: Partner, payment: Payment, ask: Callable[[], PayOutcome]) -> PayOutcome:
    """Any question about a payment: ask its gateway with no connection held, settle the answer.

    Nothing is raised: the payment exists, so whatever goes wrong here is no failure of it, but an outcome that the
    reconciler finds out.
    """
    # Django keeps a pooled connection after COMMIT; a slow gateway must not hold one (RELIABILITY.md T6).
    connection.close()
    try:
        outcome = ask()
        # If we die here: the gateway's fact stands, and the next look finds it again.
        settle(partner, payment.id, outcome)
    except Exception:
        log.exception("payment_outcome_not_written", payment=payment.shown_id)
        connection.close()
        return Unknown("not written")
    return outcome


def settle(partner: Partner, payment_id: uuid.UUID, outcome: PayOutcome) -> None:
    """Write `outcome` for the payment, with everything that follows from it, in one transaction."""
    with working(partner, GATEWAY) as work:
        payment = _locked(payment_id)
        match outcome:
            case Approved():
                _approved(work, payment, outcome)
            case Declined():
                _declined(work, payment, outcome)
            case Rejected():
                _rejected(work, payment, outcome)
            case NeedsCustomer():
                _needs_customer(work, payment, outcome)
            case Clearing():
                _clearing(work, payment, outcome)
            case Cancelled():
                _cancelled(work, payment, outcome)
            case Unknown():
                _lost(work, payment, outcome)
            case _:
                assert_never(outcome)
    if not isinstance(outcome, Unknown) and payment.account.failing_since is not None:
        # If we die here: the account still counts as failing, and its next answer does this.
        gateway_answers(partner, payment.account_id)


def _locked(payment_id: uuid.UUID) -> Payment:
    """The payment and what it is for, both locked before anything is written, always in this order."""
    rows = Payment.objects.select_related("account", "customer").filter(id=payment_id)
    of_order = rows.select_related("order__customer").filter(order__status__isnull=False)
    of_invoice = rows.select_related("invoice").filter(invoice__status__isnull=False)
    payment: Payment | None = of_order.select_for_update(of=("self", "order"), no_key=True).first()
    return payment or of_invoice.select_for_update(of=("self", "invoice"), no_key=True).get()


def _approved(work: Work, payment: Payment, outcome: Approved) -> None:
    if payment.captured_minor or (not payment.is_live and not outcome.amount_minor):
        return  # The same success once more: nothing is left to do.
    if not payment.is_live:
        _late(work, payment, outcome)
    elif (outcome.amount_minor, outcome.currency) != (payment.amount_minor, payment.currency):
        _wrong_amount(work, payment, outcome)
    else:
        _succeeded(work, payment, outcome)


def _succeeded(work: Work, payment: Payment, outcome: Approved) -> None:
    keep_gateway_customer(work, payment, outcome.customer_reference)
    method = keep_method(work, payment, outcome.method, outcome.customer_reference)
    move(
        work,
        payment,
        "settle_succeeded",
        PaymentStatus.SUCCEEDED,
        note={"amount_minor": outcome.amount_minor, "currency": outcome.currency},
        captured_minor=outcome.amount_minor,
        method_id=method.id if method else payment.method_id,
        **_ended(work, outcome.reference),
        **_shown(payment, outcome.method),
    )
    if payment.order is None:
        invoice_paid_by(work, payment)
        return
    order = payment.order
    move(
        work,
        order,
        "settle_succeeded",
        OrderStatus.PROCESSING,
        note={"payment": payment.shown_id},
        decline_cause="",
        decline_reason="",
    )
    if payment.offer_id is not None:
        close_offer(work, order, ClosedAs.APPROVED)
    fulfil(work, order, lines_of(order), paid=True, payment=payment, method=method)


def _late(work: Work, payment: Payment, outcome: Approved) -> None:
    """Money after a decline or a cancel: recorded, refunded once, told to staff (DOMAIN.md section 3.13)."""
    work.record("payment.captured_late", payment, changes={"amount_minor": outcome.amount_minor})
    _give_back(work, payment, outcome, cause="late")


def _wrong_amount(work: Work, payment: Payment, outcome: Approved) -> None:
    """What was captured is not what was due: declined with `amount_mismatch`, and given back (section 3.14)."""
    _end_declined(work, payment, decline_code="amount_mismatch", reference=outcome.reference)
    if outcome.amount_minor:
        _give_back(work, payment, outcome, cause="amount_mismatch")


def _give_back(work: Work, payment: Payment, outcome: Approved, *, cause: str) -> None:
    """Record a capture that settles nothing, and owe it back."""
    captured = {"captured_minor": outcome.amount_minor, "reference": outcome.reference}
    Payment.objects.filter(id=payment.id).update(**captured)
    ledger.post(ledger.captured_unapplied(work, payment, outcome.amount_minor, outcome.currency))
    refund_automatically(work, payment, outcome.amount_minor, outcome.currency, cause=cause)


def _declined(work: Work, payment: Payment, outcome: Declined) -> None:
    keep_gateway_customer(work, payment, outcome.customer_reference)
    _end_declined(
        work,
        payment,
        decline_code=outcome.decline.code,
        network_code=outcome.decline.network_code,
        advice_code=outcome.decline.advice_code,
        gateway_message=outcome.decline.gateway_message,
        reference=outcome.reference or payment.reference,
        shown=_shown(payment, outcome.method),
    )


def _rejected(work: Work, payment: Payment, outcome: Rejected) -> None:
    """The gateway refused the request itself: nothing was taken, and its customer serves the next try."""
    keep_gateway_customer(work, payment, outcome.customer_reference)
    _end_declined(work, payment, decline_code=outcome.code, gateway_message=outcome.gateway_message)


def _end_declined(
    work: Work,
    payment: Payment,
    *,
    decline_code: str,
    reference: str = "",
    shown: dict[str, Any] | None = None,
    **codes: Any,
) -> None:
    if not payment.is_live:
        return
    move(
        work,
        payment,
        "settle_declined",
        PaymentStatus.DECLINED,
        note={"decline_code": decline_code, "amount_minor": payment.amount_minor, "currency": payment.currency},
        decline_code=decline_code,
        **codes,
        **_ended(work, reference or payment.reference),
        **(shown or {}),
    )
    if payment.order is None:
        invoice_declined(work, payment)
        return
    move(
        work,
        payment.order,
        "settle_declined",
        OrderStatus.DECLINED,
        note={"cause": DeclineCause.PAYMENT, "payment": payment.shown_id, "decline_code": decline_code},
        decline_cause=DeclineCause.PAYMENT,
        declined_before=True,
    )
    if payment.offer_id is not None:
        count_failed_card(work, payment)
    tag = OrderTag(partner_id=work.partner.id, order_id=payment.debt_id, tag=OrderTag.PAYMENT_DECLINED)
    OrderTag.objects.bulk_create([tag], ignore_conflicts=True)


def _needs_customer(work: Work, payment: Payment, outcome: NeedsCustomer) -> None:
    """The bank wants to ask the customer: the challenge goes to them by mail, on a link of ours (section 3.7)."""
    if not payment.is_live:
        return
    keep_gateway_customer(work, payment, outcome.customer_reference)
    token_hash = hash_secret(link_token(Credential.CHALLENGE_LINK, payment.id))
    credential = Credential(
        hash=token_hash,
        partner_id=work.partner.id,
        kind=Credential.CHALLENGE_LINK,
        row_id=payment.id,
        expires_at=real_now() + challenge_valid(payment),
    )
    Credential.objects.bulk_create([credential], ignore_conflicts=True)
    move(
        work,
        payment,
        "ask",
        PaymentStatus.REQUIRES_ACTION,
        reference=outcome.reference,
        challenge_url=outcome.url or "",
        next_look_at=real_now() + WAITING_LOOK,
        **_shown(payment, outcome.method),
    )


def challenge_valid(payment: Payment) -> dt.timedelta:
    return CHALLENGE_VALID_ON_PAGE if payment.offer_id else CHALLENGE_VALID


def _clearing(work: Work, payment: Payment, outcome: Clearing) -> None:
    if payment.is_live:
        look = real_now() + CLEARING_LOOK
        move(
            work, payment, "clear", PaymentStatus.CLEARING, reference=outcome.reference, next_look_at=look, looks=0,
            **_shown(payment, outcome.method),
        )  # fmt: skip


def _cancelled(work: Work, payment: Payment, outcome: Cancelled) -> None:
    if not payment.is_live:
        return
    move(work, payment, "settle_cancelled", PaymentStatus.CANCELLED, **_ended(work, outcome.reference))
    if payment.order is None:
        invoice_declined(work, payment)
        return
    move(work, payment.order, "settle_cancelled", payment.returns_to, note={"payment": payment.shown_id})


def _lost(work: Work, payment: Payment, outcome: Unknown) -> None:
    """No fact came. The reconciler has its date already; here the page learns that we are finding out."""
    if payment.status in (PaymentStatus.CREATED, PaymentStatus.SUBMITTED, PaymentStatus.UNKNOWN):
        reference = outcome.reference or payment.reference
        move(work, payment, "lose", PaymentStatus.UNKNOWN, note={"why": outcome.why}, reference=reference)
    if not outcome.answered and payment.account.failing_since is None:
        GatewayAccount.objects.filter(id=payment.account_id).update(failing_since=real_now())


def gateway_answers(partner: Partner, account_id: uuid.UUID) -> None:
    """The first answer after an outage makes every look at this gateway due at once, and the waits short again.

    A transaction of its own: a settlement that locked other payments besides its own could meet another one. What is
    locked is being looked at or settled at this moment.
    """
    with working(partner, GATEWAY):
        failing = GatewayAccount.objects.filter(id=account_id, failing_since__isnull=False)
        if failing.update(failing_since=None):
            waiting = Payment.objects.filter(account_id=account_id, next_look_at__isnull=False, looks__gt=0)
            free = waiting.select_for_update(skip_locked=True, no_key=True).values("id")
            Payment.objects.filter(id__in=free).update(next_look_at=real_now(), looks=1)


def _ended(work: Work, reference: str) -> dict[str, Any]:
    return {"reference": reference, "settled_at": work.now, "next_look_at": None, "challenge_url": ""}


def _shown(payment: Payment, method: MethodFacts | None) -> dict[str, Any]:
    if method is None or payment.method_facts:
        return {}
    names = ("brand", "last4", "exp_month", "exp_year")
    return {"method_facts": {name: getattr(method, name) for name in names}}

"""The reconciler: for every payment whose outcome is open, ask the gateway what happened, until it knows.

It never guesses and never charges again with a new key: it looks, and where the gateway has not seen the payment it
sends the same frozen request under the same keys. Only a fact from the gateway ends a payment.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.utils.timezone import now as real_now

from handsel.flows.money.gateways import gateway_of
from handsel.flows.money.settle import ask_and_settle, challenge_valid
from handsel.flows.transition import move
from handsel.flows.work import Work, working
from handsel.gateways.base import Cancelled, LookOutcome, NotListed, PaymentRequest, PayOutcome, Unknown
from handsel.models import Partner, Payment
from handsel.rules.payment_states import PaymentStatus
from handsel.rules.permissions import CLOCK

LOOKS = tuple(dt.timedelta(seconds=seconds) for seconds in (20, 60, 300, 900, 3600))
TELL_STAFF_AFTER = dt.timedelta(minutes=10)
SEND_AGAIN_UNTIL = dt.timedelta(hours=23)  # gateways keep idempotency keys for 24 h
ABSENT_AFTER = dt.timedelta(hours=24)  # not listed so long after the last send: it never happened
LISTED_SINCE = dt.timedelta(minutes=5)  # clocks differ; the list is asked for from a little earlier


@dataclass(frozen=True, slots=True)
class _Look:
    """What one look needs, read while the payment was claimed."""

    payment: Payment
    may_send: bool
    absent_is_fact: bool
    challenge_over: bool


def look(partner: Partner, payment_id: uuid.UUID, *, now_due: bool = False) -> bool:
    """One look at one payment; whether the gateway said how it stands. `now_due` looks although its date has not come:
    an event hinted at news."""
    claimed = _claim(partner, payment_id, now_due)
    if claimed is None:
        return False
    # If we die here: nothing was asked; the next look has its date.
    outcome = ask_and_settle(partner, claimed.payment, lambda: _ask(claimed))
    return not isinstance(outcome, Unknown)


def _claim(partner: Partner, payment_id: uuid.UUID, now_due: bool) -> _Look | None:
    now = real_now()
    with working(partner, CLOCK) as work:
        rows = Payment.objects.select_for_update(of=("self",), no_key=True).select_related("account")
        payment = rows.get(id=payment_id)
        if not now_due and (payment.next_look_at is None or payment.next_look_at > now):
            return None
        assert payment.first_sent_at is not None
        assert payment.last_sent_at is not None
        look_at = _Look(
            payment=payment,
            may_send=payment.is_live and now - payment.first_sent_at < SEND_AGAIN_UNTIL,
            absent_is_fact=now - payment.last_sent_at > ABSENT_AFTER,
            challenge_over=payment.status == PaymentStatus.REQUIRES_ACTION
            and work.now - payment.created_at > challenge_valid(payment),
        )
        changes: dict[str, Any] = {"looks": payment.looks + 1}
        if payment.is_live:
            changes["next_look_at"] = now + LOOKS[min(payment.looks, len(LOOKS) - 1)]
            if look_at.may_send:
                # It may be sent again in a moment; absence counts from here.
                changes["last_sent_at"] = now
        if _should_tell(payment, now):
            changes["staff_told_at"] = now
            work.record("payment.outcome_overdue", payment, changes={"looks": payment.looks})
        _write(work, payment, changes)
        return look_at


def _write(work: Work, payment: Payment, changes: dict[str, Any]) -> None:
    if payment.status == PaymentStatus.CREATED:
        move(work, payment, "send", PaymentStatus.SUBMITTED, **changes)
    else:
        Payment.objects.filter(id=payment.id).update(**changes)


def _should_tell(payment: Payment, now: dt.datetime) -> bool:
    waits_for_us = payment.status in (PaymentStatus.CREATED, PaymentStatus.SUBMITTED, PaymentStatus.UNKNOWN)
    assert payment.first_sent_at is not None
    return waits_for_us and payment.staff_told_at is None and now - payment.first_sent_at > TELL_STAFF_AFTER


def _ask(claimed: _Look) -> PayOutcome:
    payment = claimed.payment
    gateway = gateway_of(payment.account)
    request = PaymentRequest.from_json(payment.request)
    if claimed.challenge_over and payment.reference:
        return gateway.cancel(request, payment.reference)
    assert payment.first_sent_at is not None
    found: LookOutcome = gateway.look(request, payment.reference or None, payment.first_sent_at - LISTED_SINCE)
    if not isinstance(found, NotListed):
        return found
    if claimed.may_send:
        return gateway.pay(request)
    if claimed.absent_is_fact:
        return Cancelled(payment.reference)
    return Unknown("not listed yet", answered=True)

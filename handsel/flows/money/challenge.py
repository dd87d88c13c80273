"""The customer's bank asks, and the customer has come by the link we mailed (DOMAIN.md section 3.7)."""

from __future__ import annotations

import uuid

from handsel.database.tenancy import reading
from handsel.flows.money.gateways import gateway_of
from handsel.flows.money.reconcile import look
from handsel.flows.money.settle import ask_and_settle
from handsel.gateways.base import NeedsCustomer, PaymentRequest
from handsel.models import Partner, Payment
from handsel.rules.payment_states import PaymentStatus


def open_challenge(partner: Partner, payment_id: uuid.UUID) -> str | None:
    """The gateway's page where the customer answers the bank; None when nothing waits for an answer any more.

    An intent that was refused off-session is confirmed on-session first: the same intent, never a second one.
    """
    with reading(partner.id):
        payment = Payment.objects.select_related("account").get(id=payment_id)
    if payment.status != PaymentStatus.REQUIRES_ACTION:
        return None
    gateway, request = gateway_of(payment.account), PaymentRequest.from_json(payment.request)
    outcome = ask_and_settle(partner, payment, lambda: gateway.challenge(request, payment.reference))
    return outcome.url if isinstance(outcome, NeedsCustomer) else None


def challenge_answered(partner: Partner, payment_id: uuid.UUID) -> None:
    """The customer came back from the bank's page: look at once, since the event may take its time."""
    look(partner, payment_id, now_due=True)

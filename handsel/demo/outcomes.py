"""What becomes of each sale of the story: one function per outcome, by name."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from types import MappingProxyType

import httpx
from django.conf import settings

from handsel.demo import offers, story
from handsel.demo.desk import Desk
from handsel.demo.story import Sale
from handsel.flows.money.challenge import challenge_answered
from handsel.flows.money.reconcile import look
from handsel.flows.sales.activate import activate
from handsel.flows.sales.activation import ignore_errors, retry_activation
from handsel.flows.sales.moves import act
from handsel.rules.order_status import OrderStatus
from handsel.rules.payment_states import PaymentStatus

Outcome = Callable[[Desk, Sale, uuid.UUID], None]


def make_happen(desk: Desk, sale: Sale) -> None:
    """Write the sale's order and do with it what the story says."""
    order_id = desk.write(sale)
    OUTCOMES[sale.outcome](desk, sale, order_id)


def _paid(desk: Desk, sale: Sale, order_id: uuid.UUID) -> None:
    order = desk.charge(order_id, sale, sale.card)
    assert order.status not in (OrderStatus.DECLINED, OrderStatus.PROCESSING_PAYMENT), f"{sale} was not paid"


def _declined(desk: Desk, sale: Sale, order_id: uuid.UUID) -> None:
    order = desk.charge(order_id, sale, sale.card)
    assert order.status == OrderStatus.DECLINED, f"{sale} was not declined"


def _declined_then_paid(desk: Desk, sale: Sale, order_id: uuid.UUID) -> None:
    _declined(desk, sale, order_id)
    act(desk.partner, desk.actor(sale.seller), "convert_to_draft", order_id)
    desk.charge(order_id, sale, "visa")


def _paid_by_another(desk: Desk, sale: Sale, order_id: uuid.UUID) -> None:
    """The buyer's own card is on file, and will be declined when it is charged for renewals."""
    desk.keep_card(sale.buyer, sale.card)
    desk.charge(order_id, sale, "visa", save=False)


def _found_out(desk: Desk, sale: Sale, order_id: uuid.UUID) -> None:
    """The gateway's answer is lost on its way; a look finds the payment."""
    faults = f"{settings.SANDBOX_URL}/_test/faults"
    lost = {"drop_response_rate": 1, "paths": "/v1/payment_intents", "methods": ["POST"], "times": 1}
    httpx.post(faults, json=lost).raise_for_status()
    desk.charge(order_id, sale, sale.card)
    httpx.post(faults, json={}).raise_for_status()
    look(desk.partner, desk.payment_of(order_id).id, now_due=True)


def _asked(desk: Desk, sale: Sale, order_id: uuid.UUID) -> None:
    """The customer's bank wants to ask; the link is mailed, and nobody has answered yet."""
    order = desk.charge(order_id, sale, sale.card)
    assert order.status == OrderStatus.PROCESSING_PAYMENT, f"nobody was asked: {sale}"


def _answered(desk: Desk, sale: Sale, order_id: uuid.UUID) -> None:
    """The bank asks, and the customer says yes on its page."""
    _asked(desk, sale, order_id)
    payment = desk.payment_of(order_id)
    assert payment.status == PaymentStatus.REQUIRES_ACTION
    httpx.post(payment.challenge_url, data={"result": "approve"}, follow_redirects=False)
    challenge_answered(desk.partner, payment.id)
    desk.tell_vendors()


def _invoiced(desk: Desk, sale: Sale, order_id: uuid.UUID) -> None:
    activate(desk.partner, desk.maya, order_id)
    desk.tell_vendors()


def _draft(desk: Desk, sale: Sale, order_id: uuid.UUID) -> None:
    """Nothing more happens to it."""


def _pending(desk: Desk, sale: Sale, order_id: uuid.UUID) -> None:
    act(desk.partner, desk.actor(sale.seller), "submit_to_admin", order_id)


def _refused(desk: Desk, sale: Sale, order_id: uuid.UUID) -> None:
    _pending(desk, sale, order_id)
    reason = "We do not sell at half price. Offer the care plan free for three months instead."
    act(desk.partner, desk.maya, "decline", order_id, reason=reason)


def _resubmitted(desk: Desk, sale: Sale, order_id: uuid.UUID) -> None:
    _refused(desk, sale, order_id)
    act(desk.partner, desk.actor(sale.seller), "convert_to_draft", order_id)
    _pending(desk, sale, order_id)


def _approved(desk: Desk, sale: Sale, order_id: uuid.UUID) -> None:
    _pending(desk, sale, order_id)
    act(desk.partner, desk.maya, "approve", order_id)


def _approved_then_paid(desk: Desk, sale: Sale, order_id: uuid.UUID) -> None:
    _approved(desk, sale, order_id)
    desk.charge(order_id, sale, sale.card)


def _paid_then_retried(desk: Desk, sale: Sale, order_id: uuid.UUID) -> None:
    _paid(desk, sale, order_id)
    retry_activation(desk.partner, desk.maya, order_id)
    desk.tell_vendors()


def _paid_then_ignored(desk: Desk, sale: Sale, order_id: uuid.UUID) -> None:
    _paid(desk, sale, order_id)
    ignore_errors(desk.partner, desk.maya, order_id)


def _archived(desk: Desk, sale: Sale, order_id: uuid.UUID) -> None:
    _paid(desk, sale, order_id)
    act(desk.partner, desk.maya, "archive", order_id)


def _archived_draft(desk: Desk, sale: Sale, order_id: uuid.UUID) -> None:
    act(desk.partner, desk.actor(sale.seller), "archive", order_id)


def _cancellation(desk: Desk, sale: Sale, order_id: uuid.UUID) -> None:
    _paid(desk, sale, order_id)
    reason = sale.staff_notes or "The customer changed their mind on the phone today."
    act(desk.partner, desk.actor(sale.seller), "request_cancellation", order_id, reason=reason)


OUTCOMES: Mapping[str, Outcome] = MappingProxyType(
    {
        story.PAID: _paid,
        story.DECLINED: _declined,
        story.DECLINED_THEN_PAID: _declined_then_paid,
        story.PAID_BY_ANOTHER_CARD: _paid_by_another,
        story.FOUND_OUT: _found_out,
        story.ASKED_BY_BANK: _asked,
        story.ANSWERED_BY_CUSTOMER: _answered,
        story.INVOICED: _invoiced,
        story.DRAFT: _draft,
        story.PENDING: _pending,
        story.REFUSED: _refused,
        story.RESUBMITTED: _resubmitted,
        story.APPROVED: _approved,
        story.APPROVED_THEN_PAID: _approved_then_paid,
        story.PAID_THEN_RETRIED: _paid_then_retried,
        story.PAID_THEN_IGNORED: _paid_then_ignored,
        story.ARCHIVED: _archived,
        story.ARCHIVED_DRAFT: _archived_draft,
        story.CANCELLATION: _cancellation,
        story.OFFERED: offers.offered,
        story.TALKED_OVER: offers.offered_and_talked_over,
        story.OFFER_DECLINED: offers.offer_declined,
        story.OFFER_RAN_OUT: offers.offer_ran_out,
        story.SIGNED_AND_PAID: offers.signed_and_paid,
        story.SIGNED: offers.signed,
        story.DECLINED_ON_LINK: offers.declined_on_the_link,
    }
)

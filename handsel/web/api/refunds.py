"""Money that goes back."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.http import HttpResponse
from ninja import Body, Router

from handsel.database.tenancy import reading
from handsel.flows.money.refund_requests import approve_refund, refund_payment, refuse_refund
from handsel.models import Payment, Refund
from handsel.reads.money.payments import payment_view
from handsel.reads.money.refunds import refund_of
from handsel.web.api.face import PROBLEMS, Caller, tell
from handsel.web.api.schemas.base import Asked, amount_in, known
from handsel.web.api.schemas.money import RefundAsked, RefundTold
from handsel.web.guards import Desk

router = Router(tags=["Payments"])


class Nothing(Asked):
    """This takes no fields."""


NOTHING = Body(default_factory=Nothing)


@router.post("/payments/{payment_id}/refunds", response={201: RefundTold, **PROBLEMS}, summary="Refund a payment")
def create_refund(request: Caller, payment_id: str, body: RefundAsked) -> HttpResponse:
    """All that is left of it, unless an `amount` is named. `end_service` ends what it paid for, so that nothing is
    charged later. Above the partner's limit it waits for a second person (`awaiting_approval`)."""
    desk, row_id = request.desk, known(Payment.prefix, payment_id)
    with reading(desk.partner.id):
        payment = payment_view(desk.partner, desk.actor, row_id).payment
    refund = refund_payment(
        desk.partner,
        desk.actor,
        row_id,
        amount_minor=amount_in(body.amount, payment.currency),
        reason=body.reason,
        end_service=body.end_service,
        claim=request.claim,
    )
    return tell(RefundTold.of(refund), 201)


@router.get("/refunds/{refund_id}", response={200: RefundTold, **PROBLEMS}, summary="Read a refund")
def read_refund(request: Caller, refund_id: str) -> HttpResponse:
    """How it stands: pending, succeeded or failed."""
    return tell(RefundTold.of(refund_of(request.desk.actor, known(Refund.prefix, refund_id))))


@router.post("/refunds/{refund_id}/approve", response={200: RefundTold, **PROBLEMS}, summary="Approve a large refund")
def approve(request: Caller, refund_id: str, body: Nothing = NOTHING) -> HttpResponse:
    """By a second person, never by whoever asked for it (`second_person_needed`)."""
    return _answer(request, refund_id, approve_refund)


@router.post("/refunds/{refund_id}/refuse", response={200: RefundTold, **PROBLEMS}, summary="Refuse a large refund")
def refuse(request: Caller, refund_id: str, body: Nothing = NOTHING) -> HttpResponse:
    """Nothing is sent; it has failed with `not_approved`."""
    return _answer(request, refund_id, refuse_refund)


def _answer(request: Caller, refund_id: str, flow: Callable[..., Refund]) -> HttpResponse:
    desk, row_id = request.desk, known(Refund.prefix, refund_id)
    with reading(desk.partner.id):
        refund_of(desk.actor, row_id)
    return tell(RefundTold.of(flow(desk.partner, desk.actor, row_id, claim=request.claim)))


def tell_refund(desk: Desk, refund_id: uuid.UUID, *, status: int) -> HttpResponse:
    """As it stands now."""
    with reading(desk.partner.id):
        return tell(RefundTold.of(Refund.objects.get(id=refund_id)), status)

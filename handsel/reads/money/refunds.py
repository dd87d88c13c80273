"""One refund, and those that wait for a second person."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from handsel.models import Refund
from handsel.reads.visibility import visible_payments
from handsel.rules.errors import NotFound
from handsel.rules.payment_states import RefundStatus
from handsel.rules.permissions import Actor, Grant


def refund_of(actor: Actor, refund_id: uuid.UUID) -> Refund:
    """With its payment. Raises NotFound, also where the payment is for an order this actor may not see."""
    rows = _whole(actor).filter(id=refund_id)
    refund: Refund | None = rows.first()
    if refund is None:
        raise NotFound("not_found", "There is no such refund.")
    return refund


def refunds_to_approve(actor: Actor, limit: int) -> list[Refund]:
    """What this actor may answer, newest first: those who approve see others', who asked sees their own."""
    waiting = _whole(actor).filter(status=RefundStatus.PENDING, needs_approval=True, approved_at=None)
    if not actor.may(Grant.PAYMENTS_APPROVE_REFUND):
        waiting = waiting.filter(requested_by_id=uuid.UUID(actor.id))
    return list(waiting.order_by("-id")[:limit])


def may_approve(actor: Actor, refund: Refund) -> bool:
    return (
        refund.is_waiting and actor.may(Grant.PAYMENTS_APPROVE_REFUND) and not actor.owns(str(refund.requested_by_id))
    )


def may_refuse(actor: Actor, refund: Refund) -> bool:
    """Whoever approves may refuse, and whoever asked may take it back."""
    own = actor.owns(str(refund.requested_by_id))
    return refund.is_waiting and (own or actor.may(Grant.PAYMENTS_APPROVE_REFUND))


def _whole(actor: Actor) -> QuerySet[Refund]:
    rows: QuerySet[Refund] = Refund.objects.filter(payment__in=visible_payments(actor).values("id"))
    return rows.select_related("payment__customer", "payment__order", "payment__invoice", "requested_by__user")

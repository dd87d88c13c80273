"""Payments: what was tried, what came of it, and what somebody must do now."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Prefetch, QuerySet

from handsel.database.secrets import link_token
from handsel.models import Credential, Partner, Payment, Refund
from handsel.reads.filters import created_between
from handsel.reads.paging import DEFAULT_LIMIT, Page, page
from handsel.reads.visibility import visible_payments
from handsel.rules.declines import Explanation, explain
from handsel.rules.errors import NotFound
from handsel.rules.payment_states import PaymentStatus
from handsel.rules.permissions import Actor


@dataclass(frozen=True, slots=True)
class NextAction:
    """What somebody must do for the payment to go on, and where."""

    type: str
    url: str


@dataclass(frozen=True, slots=True)
class PaymentView:
    """A payment with its refunds, its decline in words where it has one, and the customer's next step."""

    payment: Payment
    refunds: list[Refund]
    decline: Explanation | None
    next_action: NextAction | None

    @property
    def is_open(self) -> bool:
        return self.payment.is_live

    @property
    def left_minor(self) -> int:
        """What was taken and is neither refunded nor promised."""
        return self.payment.captured_minor - self.payment.refunded_minor - self.payment.refunding_minor


@dataclass(frozen=True, slots=True)
class PaymentFilters:
    statuses: tuple[str, ...] = ()
    customer_id: uuid.UUID | None = None
    order_id: uuid.UUID | None = None
    invoice_id: uuid.UUID | None = None
    created_from: dt.datetime | None = None
    created_until: dt.datetime | None = None


def list_payments(
    partner: Partner,
    actor: Actor,
    filters: PaymentFilters = PaymentFilters(),
    *,
    after: uuid.UUID | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[PaymentView]:
    """One page of the payments this actor may see, newest first, with customers, debts and refunds: two statements."""
    rows = visible_payments(actor)
    if filters.statuses:
        rows = rows.filter(status__in=filters.statuses)
    if filters.customer_id is not None:
        rows = rows.filter(customer_id=filters.customer_id)
    if filters.order_id is not None:
        rows = rows.filter(debt_id=filters.order_id)
    if filters.invoice_id is not None:
        rows = rows.filter(debt_id=filters.invoice_id)
    rows = created_between(rows, filters.created_from, filters.created_until)
    found = page(_whole(rows), after, limit)
    return Page([view_of(payment) for payment in found.rows], found.has_more, found.next_id)


def payment_view(partner: Partner, actor: Actor, payment_id: uuid.UUID) -> PaymentView:
    """Raises NotFound, also where the payment is for an order this actor may not see."""
    payment = _whole(visible_payments(actor)).filter(id=payment_id).first()
    if payment is None:
        raise NotFound("not_found", "There is no such payment.")
    return view_of(payment)


def payments_for(partner: Partner, debt_ids: Iterable[uuid.UUID]) -> list[PaymentView]:
    """Every payment of these orders and invoices, newest first; whoever asks has been let see them."""
    rows = _whole(Payment.objects.filter(debt_id__in=list(debt_ids))).order_by("-id")
    return [view_of(payment) for payment in rows]


def view_of(payment: Payment) -> PaymentView:
    """The payment in words. Its refunds are loaded already (`refund_rows`)."""
    declined = payment.status == PaymentStatus.DECLINED
    return PaymentView(
        payment=payment,
        refunds=payment.refund_rows,  # type: ignore[attr-defined]
        decline=explain(payment.decline_code, payment.network_code, payment.advice_code) if declined else None,
        next_action=next_action(payment),
    )


def next_action(payment: Payment) -> NextAction | None:
    """The link on which the customer answers their bank; only while the bank asks."""
    if payment.status != PaymentStatus.REQUIRES_ACTION:
        return None
    token = link_token(Credential.CHALLENGE_LINK, payment.id)
    return NextAction("confirm_with_bank", f"{settings.BASE_URL}/confirm/{token}")


def _whole(rows: QuerySet[Payment]) -> QuerySet[Payment]:
    refunds = Prefetch("refunds", queryset=Refund.objects.order_by("id"), to_attr="refund_rows")
    return rows.select_related("customer", "account", "order", "invoice").prefetch_related(refunds)

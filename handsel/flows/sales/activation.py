"""What was sold is made available: vendors are told, their answers are written, the order follows its lines.

A vendor is told by a signed webhook, outside any transaction, always with the same activation id so that it can ignore
repeats: (1) the attempt is claimed and its next date set, (2) the vendor is asked, (3) the answer is written.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from django.db import connection

from handsel.flows.billing.holding import resume_billing
from handsel.flows.idempotency import Claim
from handsel.flows.sales.facts import facts, order_for
from handsel.flows.transition import move
from handsel.flows.work import Work, working
from handsel.messages.vendors import Done, Failed, Later, NoAnswer, VendorAnswer, tell
from handsel.models import Activation, Order, Partner
from handsel.rules.activation_states import ActivationStatus, order_status_after
from handsel.rules.errors import NotFound
from handsel.rules.order_status import OrderStatus
from handsel.rules.permissions import CLOCK, VENDOR, Actor, check_action

AGAIN_SECONDS = (10, 60, 300, 1800, 7200)
"""The pauses after an attempt without an answer; when they are used up, the line has failed."""

LATER_SECONDS = 3600
"""How long until a vendor that answered "later" is asked again."""

_AT_WORK = (OrderStatus.SCHEDULED, OrderStatus.PROCESSING, OrderStatus.ACTIVATION_ERRORS, OrderStatus.CANCELLED)
"""Where a line whose day has come may start; of a cancelled order it is one that was to be kept."""


def conclude(work: Work, order: Order, statuses: Iterable[str]) -> None:
    """Give the order the status its lines' outcomes call for (`finish_activation`), if that is another one."""
    target = order_status_after(statuses)
    if target is not None and target != order.status:
        move(work, order, "finish_activation", target)


def start_due(partner: Partner, activation_id: uuid.UUID) -> None:
    """What falls due for one activation: its day has come, or its vendor is to be told (again)."""
    claimed = _claim(partner, activation_id)
    if claimed is None:
        return
    # If we die here: nothing was sent; the attempt is due again at its next date, with the same activation id.
    connection.close()
    answer = tell(partner, claimed)
    # If we die here: the vendor may have done it; told again with the same id it answers the same.
    write_answer(partner, activation_id, answer)


def _claim(partner: Partner, activation_id: uuid.UUID) -> Activation | None:
    with working(partner, CLOCK) as work:
        activation = _locked(activation_id)
        if activation.next_attempt_at is None or activation.next_attempt_at > work.now:
            return None
        order = activation.order
        if activation.status == ActivationStatus.SCHEDULED:
            if order.status not in _AT_WORK:
                # A request for cancellation may be refused and an archived order come back: look again later.
                again = work.now + dt.timedelta(seconds=LATER_SECONDS)
                Activation.objects.filter(id=activation.id).update(next_attempt_at=again)
                return None
            if order.status == OrderStatus.SCHEDULED:
                move(work, order, "start_activation", OrderStatus.PROCESSING)
            move(work, activation, "start", ActivationStatus.PENDING)
        if not activation.product.vendor_url:
            _finish(work, activation)
            return None
        pause = AGAIN_SECONDS[min(activation.attempts, len(AGAIN_SECONDS) - 1)]
        activation.attempts += 1
        activation.next_attempt_at = work.now + dt.timedelta(seconds=pause)
        activation.save(update_fields=["attempts", "next_attempt_at"])
        return activation


def write_answer(partner: Partner, activation_id: uuid.UUID, answer: VendorAnswer) -> None:
    """What the vendor said: done, failed with a reason, later, or nothing that can be understood."""
    with working(partner, VENDOR) as work:
        activation = _locked(activation_id)
        if activation.status not in (ActivationStatus.PENDING, ActivationStatus.ERRORED):
            return
        match answer:
            case Done():
                _finish(work, activation)
            case Failed(reason=reason):
                _fail(work, activation, reason)
            case Later():
                again = work.now + dt.timedelta(seconds=LATER_SECONDS)
                Activation.objects.filter(id=activation.id).update(next_attempt_at=again, attempts=0)
            case NoAnswer(why=why):
                if activation.attempts > len(AGAIN_SECONDS):
                    _fail(work, activation, f"The vendor did not answer: {why}")


def retry_activation(
    partner: Partner,
    actor: Actor,
    order_id: uuid.UUID,
    *,
    line_id: uuid.UUID | None = None,
    version: int | None = None,
    claim: Claim | None = None,
) -> None:
    """Tell the vendors of the failed lines again: all of them, or one."""
    with working(partner, actor) as work:
        order = order_for(actor, order_id, version)
        check_action("retry_activation", facts(order), actor, partner.settings())
        if claim is not None:
            claim.remember("order", order.id)
        for activation in _errored(order, line_id):
            move(work, activation, "retry", ActivationStatus.PENDING, attempts=0, reason="", next_attempt_at=work.now)
        move(work, order, "retry_activation", OrderStatus.PROCESSING)


def ignore_errors(
    partner: Partner,
    actor: Actor,
    order_id: uuid.UUID,
    *,
    line_id: uuid.UUID | None = None,
    version: int | None = None,
    claim: Claim | None = None,
) -> None:
    """Stop asking for the failed lines: bookkeeping only, nothing is activated."""
    with working(partner, actor) as work:
        order = order_for(actor, order_id, version)
        check_action("ignore_errors", facts(order), actor, partner.settings())
        if claim is not None:
            claim.remember("order", order.id)
        for activation in _errored(order, line_id):
            move(work, activation, "ignore_errors", ActivationStatus.ERRORS_IGNORED, next_attempt_at=None)
        outcomes = _outcomes(order)
        # Lines that are under way or start later still decide what becomes of the order.
        is_over = order_status_after(outcomes) == OrderStatus.ACTIVATED
        move(work, order, "ignore_errors", OrderStatus.ACTIVATED if is_over else OrderStatus.ACTIVATION_ERRORS)
        conclude(work, order, outcomes)


def _errored(order: Order, line_id: uuid.UUID | None) -> list[Activation]:
    rows = Activation.objects.filter(order_id=order.id, status=ActivationStatus.ERRORED).order_by("id")
    found = list(rows if line_id is None else rows.filter(line_id=line_id))
    if not found:
        raise NotFound("not_found", "This order has no such failed line.")
    return found


def _locked(activation_id: uuid.UUID) -> Activation:
    """The order first, then the activation: the same order of locks as everywhere."""
    order_id = Activation.objects.values_list("order_id", flat=True).get(id=activation_id)
    order = Order.objects.select_for_update(of=("self",), no_key=True).select_related("customer").get(id=order_id)
    rows = Activation.objects.select_for_update(of=("self",), no_key=True).select_related("product", "line")
    activation = rows.get(id=activation_id)
    activation.order = order
    return activation


def _finish(work: Work, activation: Activation) -> None:
    move(
        work, activation, "finish", ActivationStatus.ACTIVATED,
        finished_at=work.now, next_attempt_at=None, reason="",
    )  # fmt: skip
    resume_billing(work, activation.line_id, activation.order.customer.timezone)
    _follow(work, activation.order)


def _fail(work: Work, activation: Activation, reason: str) -> None:
    if activation.status == ActivationStatus.PENDING:
        move(
            work, activation, "fail", ActivationStatus.ERRORED,
            reason=reason[:500], next_attempt_at=None, personal={"reason": reason[:500]},
        )  # fmt: skip
        _follow(work, activation.order)


def _follow(work: Work, order: Order) -> None:
    if order.status in (OrderStatus.PROCESSING, OrderStatus.ACTIVATION_ERRORS):
        conclude(work, order, _outcomes(order))


def _outcomes(order: Order) -> list[str]:
    return list(Activation.objects.filter(order_id=order.id).values_list("status", flat=True))

"""What can be done with an order. Each action of `rules.order_states` that staff may take has an address of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from ninja import Body, Router

from handsel.flows.money.begin import NewMethod, SavedMethod, Source
from handsel.flows.money.cancel import cancel_payment
from handsel.flows.money.take import submit_with_payment
from handsel.flows.sales.activate import activate
from handsel.flows.sales.activation import ignore_errors, retry_activation
from handsel.flows.sales.cancel import cancel_order
from handsel.flows.sales.duplicate import duplicate
from handsel.flows.sales.moves import act
from handsel.models import Member, Order, OrderLine, PaymentMethod
from handsel.reads.sales.cancellation import cancellation_of
from handsel.rules.errors import Invalid
from handsel.web.api.face import PROBLEMS, Caller, tell
from handsel.web.api.orders import tell_order
from handsel.web.api.schemas.base import known, known_or_none
from handsel.web.api.schemas.cancellation import CancellationTold
from handsel.web.api.schemas.orders import Act, ActivateAct, CancelAct, LineAct, PayAct, ReasonedAct, ReassignAct
from handsel.web.api.schemas.orders_told import OrderTold

router = Router(tags=["Order actions"])
NO_ACT = Body(default_factory=Act)
NO_ACTIVATEACT = Body(default_factory=ActivateAct)
NO_LINEACT = Body(default_factory=LineAct)
NO_PAYACT = Body(default_factory=PayAct)
ANSWERS: dict[int, Any] = {200: OrderTold, 202: OrderTold, **PROBLEMS}


@router.post("/orders/{order_id}/submit-with-payment", response=ANSWERS, summary="Charge an order")
def submit(request: Caller, order_id: str, body: PayAct = NO_PAYACT) -> HttpResponse:
    """Take what is due now. 200 when the outcome is known, approved or declined alike; 202 while it is open: the
    customer's bank asks, clears, or we are finding out. Do not charge again then; read the order."""
    desk = request.desk
    submit_with_payment(
        desk.partner,
        desk.actor,
        known(Order.prefix, order_id),
        _source(body),
        version=body.version,
        claim=request.claim,
    )
    return tell_order(desk, known(Order.prefix, order_id))


@router.post("/orders/{order_id}/cancel-payment", response=ANSWERS, summary="Cancel a payment that waits")
def cancel(request: Caller, order_id: str, body: Act = NO_ACT) -> HttpResponse:
    """The gateway is asked to cancel; whatever came first counts."""
    return _do(request, order_id, body, cancel_payment)


@router.post("/orders/{order_id}/activate", response=ANSWERS, summary="Activate without payment")
def start(request: Caller, order_id: str, body: ActivateAct = NO_ACTIVATEACT) -> HttpResponse:
    """On the contract start date, or now; the debt passes to an invoice."""
    return _do(request, order_id, body, activate, start_now=body.start_now)


@router.post("/orders/{order_id}/retry-activation", response=ANSWERS, summary="Tell the vendors again")
def retry(request: Caller, order_id: str, body: LineAct = NO_LINEACT) -> HttpResponse:
    """For every failed line, or for one."""
    return _do(request, order_id, body, retry_activation, line_id=known_or_none(OrderLine.prefix, body.line))


@router.post("/orders/{order_id}/ignore-errors", response=ANSWERS, summary="Ignore failed activations")
def ignore(request: Caller, order_id: str, body: LineAct = NO_LINEACT) -> HttpResponse:
    """Bookkeeping only: nothing is activated."""
    return _do(request, order_id, body, ignore_errors, line_id=known_or_none(OrderLine.prefix, body.line))


@router.post("/orders/{order_id}/duplicate", response=ANSWERS, summary="Write the same order again")
def copy(request: Caller, order_id: str, body: Act = NO_ACT) -> HttpResponse:
    """A new draft with its lines and notes, never its payments; the answer is the new order."""
    desk = request.desk
    made = duplicate(desk.partner, desk.actor, known(Order.prefix, order_id), version=body.version, claim=request.claim)
    return tell_order(desk, made.id)


@router.post("/orders/{order_id}/decline", response=ANSWERS, summary="Decline an order")
def decline(request: Caller, order_id: str, body: ReasonedAct) -> HttpResponse:
    """An admin says no, and why; the salesperson is told."""
    return _move(request, order_id, "decline", body, reason=body.reason)


@router.post("/orders/{order_id}/request-cancellation", response=ANSWERS, summary="Ask for a cancellation")
def request_cancellation(request: Caller, order_id: str, body: ReasonedAct) -> HttpResponse:
    """With a reason; the order remembers where it was."""
    return _move(request, order_id, "request_cancellation", body, reason=body.reason)


@router.get(
    "/orders/{order_id}/cancellation",
    response={200: CancellationTold, **PROBLEMS},
    summary="See what hangs on an order",
)
def preview_cancellation(request: Caller, order_id: str) -> HttpResponse:
    """Subscriptions, activations, unpaid invoices, paid money, an open offer: each with what may become of it."""
    desk = request.desk
    return tell(CancellationTold.of(cancellation_of(desk.partner, desk.actor, known(Order.prefix, order_id))))


@router.post("/orders/{order_id}/cancel", response=ANSWERS, summary="Cancel an order")
def cancel_whole(request: Caller, order_id: str, body: CancelAct) -> HttpResponse:
    """With a choice for each thing that hangs on it (`choices_missing` names those without one); refunds follow, those
    above the partner's limit once a second person agrees."""
    return _do(request, order_id, body, cancel_order, reason=body.reason, choices=body.choices, seen=body.seen)


@router.post("/orders/{order_id}/reassign", response=ANSWERS, summary="Give an order to another member")
def reassign(request: Caller, order_id: str, body: ReassignAct) -> HttpResponse:
    """Another member owns it from now on."""
    return _move(request, order_id, "reassign", body, member_id=known(Member.prefix, body.member))


PLAIN: dict[str, tuple[str, str]] = {
    "submit_to_admin": ("Send an order to an admin", "An admin looks at it before anything is sold."),
    "withdraw": ("Take an order back", "Back to a draft, to change something."),
    "approve": ("Approve an order", "It can then be charged or activated."),
    "convert_to_draft": ("Make a declined order a draft", "Payments and history stay; it is a new revision."),
    "refuse_cancellation": ("Refuse a cancellation", "The order goes back to where it was."),
    "archive": ("Archive an order", "Hidden from lists and from the customer."),
    "unarchive": ("Bring an order back", "Back to where it was before it was archived."),
}
"""Actions that only move an order and need nothing more: what each is called and does."""


def _plain(verb: str) -> Callable[..., HttpResponse]:
    def move(request: Caller, order_id: str, body: Act = NO_ACT) -> HttpResponse:
        return _move(request, order_id, verb, body)

    return move


for _verb, (_summary, _description) in PLAIN.items():
    router.post(
        f"/orders/{{order_id}}/{_verb.replace('_', '-')}",
        response=ANSWERS,
        summary=_summary,
        description=_description,
        operation_id=f"order_{_verb}",
    )(_plain(_verb))


def _move(request: Caller, order_id: str, verb: str, body: Act, **more: Any) -> HttpResponse:
    desk, row_id = request.desk, known(Order.prefix, order_id)
    act(desk.partner, desk.actor, verb, row_id, version=body.version, claim=request.claim, **more)
    return tell_order(desk, row_id)


def _do(request: Caller, order_id: str, body: Act, flow: Callable[..., Any], **more: Any) -> HttpResponse:
    desk, row_id = request.desk, known(Order.prefix, order_id)
    flow(desk.partner, desk.actor, row_id, version=body.version, claim=request.claim, **more)
    return tell_order(desk, row_id)


def _source(body: PayAct) -> Source | None:
    if body.payment_method is not None and body.token is not None:
        raise Invalid.at("token", "Name either a payment method on file or a token.")
    if body.offline is not None and (body.payment_method is not None or body.token is not None):
        raise Invalid.at("offline", "Name either what came outside of a gateway or what is to be charged.")
    if body.save and body.token is None:
        raise Invalid.at("save", "Only a new card can be saved: send its token.")
    if body.offline is not None:
        return body.offline.source()
    if body.token is not None:
        return NewMethod(body.token, body.save)
    if body.payment_method is not None:
        return SavedMethod(known(PaymentMethod.prefix, body.payment_method))
    return None

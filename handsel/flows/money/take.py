"""The heart: taking the first payment of an order.

1. Transaction 1: the order is locked, the table is asked, the payment row is written with its whole frozen request,
   the order becomes `processing_payment`. Commit.
2. No transaction open, no connection held: the gateway is asked, under the payment's own keys.
3. Transaction 2: `settle` writes what came back, whatever it was.

The browser, the API, the clock and the customer's link all come through here; nothing else starts a payment.
"""

from __future__ import annotations

import uuid
from typing import Any

from handsel.flows.billing.invoices import check_can_invoice
from handsel.flows.idempotency import Claim
from handsel.flows.money.begin import Begun, NewMethod, Source, begin
from handsel.flows.money.settle import ask_and_settle
from handsel.flows.sales.facts import facts, order_for
from handsel.flows.sales.fulfil import fulfil, lines_of
from handsel.flows.sales.link import OfferLink, facts_by_link, locked_offer
from handsel.flows.sales.sign import Answer, sign
from handsel.flows.transition import move
from handsel.flows.work import Work, working
from handsel.models import Order, Partner
from handsel.rules.errors import Refused
from handsel.rules.order_status import OrderStatus
from handsel.rules.permissions import Actor, check_action, check_payment_source


def submit_with_payment(
    partner: Partner,
    actor: Actor,
    order_id: uuid.UUID,
    source: Source | None,
    *,
    version: int | None = None,
    claim: Claim | None = None,
) -> None:
    """Take what is due for the order now (DOMAIN.md sections 2 and 3); the order then says what came of it.

    `source` is None only where nothing is due. Raises NotFound, NotAllowed, Refused or Invalid before anything is
    sent; once the gateway may have been asked nothing is raised for an outcome, it is the order's state.
    """
    begun = _begin_order(partner, actor, order_id, source, version, claim)
    # If we die here: the payment is `created` and due for a look in 20 s; the reconciler sends its frozen request.
    if begun is not None:
        ask(partner, begun)


def ask(partner: Partner, begun: Begun) -> None:
    """Steps 2 and 3 for a payment that has begun: ask its gateway, settle its answer. Nothing is raised."""
    ask_and_settle(partner, begun.payment, lambda: begun.gateway.pay(begun.request))


def approve_and_pay(partner: Partner, link: OfferLink, answer: Answer, source: NewMethod) -> None:
    """The customer signs and pays in one step, by the link (DOMAIN.md section 4): the signature is written with the
    payment's row, and stands whatever the bank says. Raises as `submit_with_payment` does, before anything is sent."""
    begun = _begin_offer(partner, link, answer, source)
    # If we die here: signed, and the payment is `created`; the reconciler sends its frozen request.
    ask(partner, begun)


def _begin_order(
    partner: Partner, actor: Actor, order_id: uuid.UUID, source: Source | None, version: int | None, claim: Claim | None
) -> Begun | None:
    with working(partner, actor) as work:
        order = order_for(actor, order_id, version)
        check_action("submit_with_payment", facts(order), actor, partner.settings())
        if claim is not None:
            claim.remember("order", order.id)
        check_can_invoice(partner)
        if order.due_minor == 0:
            move(work, order, "submit_with_payment", OrderStatus.PROCESSING, submitted_at=work.now)
            fulfil(work, order, lines_of(order), paid=True)
            return None
        if source is None:
            raise Refused("payment_method_required", "Something is due: name a payment method to charge.")
        check_payment_source(actor, saved=not isinstance(source, NewMethod))
        return _begin(work, order, source, "submit_with_payment", submitted_at=work.now)


def _begin_offer(partner: Partner, link: OfferLink, answer: Answer, source: NewMethod) -> Begun:
    with working(partner, link.actor) as work:
        order, offer = locked_offer(work, link)
        check_action("approve_and_pay", facts_by_link(work, order, offer, link), work.actor, partner.settings())
        check_can_invoice(partner)
        sign(work, order, offer, answer, link.visitor)
        return _begin(work, order, source, "approve_and_pay", offer_id=offer.id)


def _begin(
    work: Work, order: Order, source: Source, verb: str, *, offer_id: uuid.UUID | None = None, **columns: Any
) -> Begun:
    """The payment's row with its frozen request, then the order's status: what is due is the order's own."""
    begun = begin(work, order.customer, order, order.due_minor, source, offer_id)
    note = {"payment": begun.payment.shown_id, "amount_minor": order.due_minor}
    move(work, order, verb, OrderStatus.PROCESSING_PAYMENT, note=note, **columns)
    return begun

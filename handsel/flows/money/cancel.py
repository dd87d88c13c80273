"""Cancelling a payment that waits: the gateway is asked, and only its answer ends it (DOMAIN.md, `cancel_payment`)."""

from __future__ import annotations

import uuid

from handsel.database.tenancy import reading
from handsel.flows.idempotency import Claim
from handsel.flows.money.gateways import gateway_of
from handsel.flows.money.settle import ask_and_settle
from handsel.flows.sales.facts import facts, order_for
from handsel.flows.sales.link import OfferLink, link_actor, offer_of
from handsel.flows.transition import move
from handsel.flows.work import working
from handsel.gateways.base import PaymentRequest
from handsel.models import Partner, Payment
from handsel.rules.errors import Refused
from handsel.rules.payment_states import LIVE_PAYMENT_STATUSES, PaymentStatus
from handsel.rules.permissions import Actor, check_action


def cancel_payment(
    partner: Partner,
    actor: Actor,
    order_id: uuid.UUID,
    *,
    version: int | None = None,
    claim: Claim | None = None,
    offer_id: uuid.UUID | None = None,
) -> None:
    """Ask the gateway to cancel the order's live payment; whatever won the race is settled. With `offer_id` only one
    that was started on that offer's link, by its payer.

    Refused while it clears, and while its outcome is not known: what the gateway has not shown us cannot be cancelled.
    """
    with working(partner, actor) as work:
        live = Payment.objects.filter(debt_id=order_id, status__in=LIVE_PAYMENT_STATUSES)
        live = live if offer_id is None else live.filter(offer_id=offer_id)
        payment = live.select_related("account").select_for_update(of=("self",), no_key=True).first()
        order = order_for(actor, order_id, version)
        clearing = payment is not None and payment.status == PaymentStatus.CLEARING
        check_action("cancel_payment", facts(order, clearing=clearing), actor, partner.settings())
        if payment is None or not payment.reference:
            raise Refused("payment_in_progress", "We are still finding out about this payment. Try again in a minute.")
        if claim is not None:
            claim.remember("order", order.id)
        move(work, order, "cancel_payment", order.status, note={"payment": payment.shown_id})
    # If we die here: the payment still waits for the customer, and can be cancelled again.
    gateway, request = gateway_of(payment.account), PaymentRequest.from_json(payment.request)
    ask_and_settle(partner, payment, lambda: gateway.cancel(request, payment.reference))


def cancel_payment_by_link(partner: Partner, link: OfferLink) -> None:
    """The payer on an offer's link gives up a payment that waits for their bank. Raises as `cancel_payment` does."""
    with reading(partner.id):
        offer = offer_of(link)
    cancel_payment(partner, link_actor(offer), offer.order_id, offer_id=offer.id)

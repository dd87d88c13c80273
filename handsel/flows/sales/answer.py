"""What the customer answers without paying: signed, or declined. Both in one step, with a card: `flows.money.take`."""

from __future__ import annotations

from handsel.flows.billing.invoices import check_can_invoice
from handsel.flows.fields import REASON_LENGTH, Fields
from handsel.flows.sales.fulfil import fulfil, lines_of
from handsel.flows.sales.link import OfferLink, facts_by_link, locked_offer
from handsel.flows.sales.offers import close_offer
from handsel.flows.sales.sign import Answer, SignatureGiven, sign
from handsel.flows.transition import move
from handsel.flows.work import working
from handsel.models import Partner
from handsel.rules.offers import ClosedAs
from handsel.rules.order_status import DeclineCause, OrderStatus
from handsel.rules.permissions import check_action

__all__ = ["Answer", "SignatureGiven", "approve_as_customer", "decline_as_customer"]


def approve_as_customer(partner: Partner, link: OfferLink, answer: Answer) -> None:
    """The customer signs and nothing is paid now: none is required, or nothing is due. The order is set to work; what
    is due goes onto an invoice. Raises Refused where the link or the order does not allow it, Invalid for what is
    missing."""
    with working(partner, link.actor) as work:
        order, offer = locked_offer(work, link)
        check_action("approve_as_customer", facts_by_link(work, order, offer, link), work.actor, partner.settings())
        check_can_invoice(partner)
        sign(work, order, offer, answer, link.visitor)
        move(
            work,
            order,
            "approve_as_customer",
            OrderStatus.PROCESSING,
            note={"offer": offer.shown_id, "revision": offer.revision},
        )
        close_offer(work, order, ClosedAs.APPROVED)
        fulfil(work, order, lines_of(order), paid=order.due_minor == 0)


def decline_as_customer(partner: Partner, link: OfferLink, reason: str) -> None:
    """The customer says no, and why."""
    fields = Fields()
    why = fields.text("reason", reason, REASON_LENGTH, needed=True, breaks=True)
    fields.check()
    with working(partner, link.actor) as work:
        order, offer = locked_offer(work, link)
        check_action("decline_as_customer", facts_by_link(work, order, offer, link), work.actor, partner.settings())
        close_offer(work, order, ClosedAs.DECLINED)
        move(
            work,
            order,
            "decline_as_customer",
            OrderStatus.DECLINED,
            note={"cause": DeclineCause.CUSTOMER, "offer": offer.shown_id},
            personal={"reason": why},
            decline_cause=DeclineCause.CUSTOMER,
            decline_reason=why,
            declined_before=True,
        )

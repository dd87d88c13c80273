"""A new draft from an order that is there: its lines and notes; never payments, signatures or dates in the past."""

from __future__ import annotations

import datetime as dt
import uuid

from handsel.flows.idempotency import Claim
from handsel.flows.sales.draft import insert_order
from handsel.flows.sales.facts import facts, order_for
from handsel.flows.sales.lines import LineDraft, build_lines
from handsel.flows.work import working
from handsel.models import Order, OrderLine, OrderTag, Partner
from handsel.rules.errors import Invalid, Refused
from handsel.rules.periods import local_date
from handsel.rules.permissions import Actor, check_action
from handsel.rules.pricing import AmountOff, Discount, PercentOff


def duplicate(
    partner: Partner, actor: Actor, order_id: uuid.UUID, *, version: int | None = None, claim: Claim | None = None
) -> Order:
    """A new draft of the actor's own. What was sold at list price costs today's list price; an agreed price stays.

    The order it is taken from does not change; its history says what was made of it. Raises NotFound, NotAllowed, and
    Refused (`product_not_sold`) where the catalogue has changed since.
    """
    with working(partner, actor) as work:
        source = order_for(actor, order_id, version)
        edge = check_action("duplicate", facts(source), actor, partner.settings())
        today = local_date(work.now, source.customer.timezone)
        order = Order(
            partner_id=partner.id,
            customer=source.customer,
            owner_id=uuid.UUID(actor.id),
            currency=source.customer.currency,
            billing_recipient_id=source.billing_recipient_id,
            contract_start_on=_to_come(source.contract_start_on, today),
            staff_notes=source.staff_notes,
            customer_notes=source.customer_notes,
            created_at=work.now,
            updated_at=work.now,
        )
        lines = OrderLine.objects.filter(order_id=source.id).order_by("position")
        tags = OrderTag.objects.filter(order_id=source.id).exclude(tag=OrderTag.PAYMENT_DECLINED)
        try:
            priced = build_lines(order.customer, order.id, [_again(line, today) for line in lines])
        except Invalid as error:
            raise Refused(error.code, error.errors[0].msg if error.errors else error.message) from error
        insert_order(work, order, priced, [tag.tag for tag in tags], claim)
        work.record("order.created", order, changes={"number": order.number, "duplicate_of": source.shown_id})
        work.record(edge.event, source, changes={"duplicate": order.shown_id})
    return order


def _again(line: OrderLine, today: dt.date) -> LineDraft:
    discount: Discount | None = None
    if line.discount_percent is not None:
        discount = PercentOff(line.discount_percent)
    elif line.discount_amount_minor is not None:
        discount = AmountOff(line.discount_amount_minor)
    return LineDraft(
        product_id=line.product_id,
        quantity=line.quantity,
        unit_price_minor=None if line.unit_price_minor == line.list_price_minor else line.unit_price_minor,
        discount=discount,
        discount_periods=line.discount_periods,
        start_on=_to_come(line.start_on, today),
        periods=line.periods,
    )


def _to_come(day: dt.date | None, today: dt.date) -> dt.date | None:
    return day if day is not None and day >= today else None

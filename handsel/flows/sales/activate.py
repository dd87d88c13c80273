"""Activating without payment: the debt passes to an invoice in the same transaction (DOMAIN.md section 3.15)."""

from __future__ import annotations

import uuid
from typing import Any

from handsel.flows.billing.invoices import check_can_invoice
from handsel.flows.idempotency import Claim
from handsel.flows.sales.facts import facts, order_for
from handsel.flows.sales.fulfil import fulfil, lines_of
from handsel.flows.transition import move
from handsel.flows.work import working
from handsel.models import Partner
from handsel.rules.order_status import OrderStatus
from handsel.rules.periods import local_date
from handsel.rules.permissions import Actor, check_action


def activate(
    partner: Partner,
    actor: Actor,
    order_id: uuid.UUID,
    *,
    start_now: bool = False,
    version: int | None = None,
    claim: Claim | None = None,
) -> None:
    """Set the order to work on its contract start date, or with `start_now` today, with an invoice that is `due`. A
    line with a start date of its own keeps it."""
    with working(partner, actor) as work:
        order = order_for(actor, order_id, version)
        check_action("activate", facts(order), actor, partner.settings())
        check_can_invoice(partner)
        if claim is not None:
            claim.remember("order", order.id)
        columns: dict[str, Any] = {"submitted_at": work.now}
        today = local_date(work.now, order.customer.timezone)
        if start_now and order.contract_start_on is not None and order.contract_start_on > today:
            columns["contract_start_on"] = today
        note = {"contract_start_on": today.isoformat()} if "contract_start_on" in columns else {}
        move(work, order, "activate", OrderStatus.PROCESSING, note=note, **columns)
        fulfil(work, order, lines_of(order), paid=order.due_minor == 0)

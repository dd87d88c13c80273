"""move(): the only writer of a status."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Model

from handsel.flows.work import Work
from handsel.models import Activation, Invoice, Order, Payment, Refund, Subscription
from handsel.rules.activation_states import ACTIVATION
from handsel.rules.errors import Refused
from handsel.rules.invoice_states import INVOICE
from handsel.rules.order_states import ORDER
from handsel.rules.payment_states import PAYMENT, REFUND
from handsel.rules.states import StateTable
from handsel.rules.subscription_states import SUBSCRIPTION

TABLES: Mapping[type[Model], StateTable] = {
    Order: ORDER,
    Payment: PAYMENT,
    Refund: REFUND,
    Subscription: SUBSCRIPTION,
    Invoice: INVOICE,
    Activation: ACTIVATION,
}


def move(
    work: Work,
    row: Any,
    verb: str,
    target: str,
    *,
    note: Mapping[str, Any] | None = None,
    personal: Mapping[str, Any] | None = None,
    **changes: Any,
) -> None:
    """Take `row` to `target` by `verb`, with other fields in `changes`, and leave the edge's one event.

    The table is checked, then the row is written by compare-and-set: exactly one row must still have the status that
    was read (an order: the version too), else somebody else came first and this is refused with `order_changed`. A
    step that leaves the status as it is writes its fields and its event only where the table names one for it.
    """
    table = TABLES[type(row)]
    edge = table.check(verb, row.status, target)
    before = row.status
    seen: dict[str, Any] = {"id": row.id, "status": before}
    if isinstance(row, Order):
        seen["version"] = row.version
        changes |= {"version": row.version + 1, "updated_at": work.now}
        if target in table.remembers:
            changes["previous_status"] = before
    changes["status"] = target
    if type(row)._default_manager.filter(**seen).update(**changes) != 1:
        raise Refused("order_changed", f"This {table.noun} was changed by somebody else a moment ago.")
    for name, value in changes.items():
        setattr(row, name, value)
    if before != target or isinstance(row, Order):
        work.record(edge.event, row, changes={"from": before, "to": target, **(note or {})}, personal=personal)

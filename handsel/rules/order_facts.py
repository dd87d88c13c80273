"""An order as the rules see it, and where a verb leads from there."""

from __future__ import annotations

from dataclasses import dataclass

from handsel.rules.offers import OfferFacts
from handsel.rules.order_states import ORDER
from handsel.rules.order_status import OrderStatus


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What the rules need to know of an order; `due_minor` is what submitting it would charge now. `offer` is known
    where the customer acts, or the clock; `sender_id` is who sent the newest one."""

    status: str
    decline_cause: str | None = None
    cancel_cause: str | None = None
    previous_status: str | None = None
    owner_id: str | None = None
    declined_before: bool = False
    debt_on_invoice: bool = False
    live_payment: bool = False
    clearing: bool = False
    line_count: int = 0
    due_minor: int = 0
    sender_id: str | None = None
    offer: OfferFacts | None = None


def target_status(verb: str, order: OrderFacts, *, starts_later: bool = False) -> str:
    """Where a verb leads from here, by the facts: the target to hand to the move.

    `starts_later` says, for `activate`, that the contract start date is still to come. What depends on the lines'
    outcomes (`finish_activation`, `ignore_errors`) is decided by `activation_states`, not here.
    Raises `Refused` when the table does not allow the verb from this status.
    """
    targets = ORDER.targets(verb, order.status)
    match verb:
        case "submit_with_payment":
            wanted: str | None = OrderStatus.PROCESSING_PAYMENT if order.due_minor else OrderStatus.PROCESSING
        case "submit_to_admin":
            wanted = OrderStatus.RESUBMITTED if order.declined_before else OrderStatus.PENDING
        case "activate":
            wanted = OrderStatus.SCHEDULED if starts_later else OrderStatus.PROCESSING
        case _:
            wanted = targets[0] if len(targets) == 1 else order.previous_status
    ORDER.check(verb, order.status, wanted or "")
    return str(wanted)

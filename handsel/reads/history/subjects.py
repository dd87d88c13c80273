"""What the events of a list happened to, by the names that people know."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from handsel.models import Customer, Event, Order, Partner


@dataclass(frozen=True, slots=True)
class Subjects:
    """Order numbers and customer names by their ids."""

    orders: dict[uuid.UUID, str]
    customers: dict[uuid.UUID, str]

    def of(self, event: Event) -> str:
        """“O-00061, Redwood Optometry”, as far as the event is about an order or a customer."""
        order = self.orders.get(event.order_id) if event.order_id else None
        about = event.subject_id if event.subject_kind == "customer" else event.customer_id
        customer = self.customers.get(about) if about else None
        return ", ".join(name for name in (order, customer) if name)


def subjects_of(partner: Partner, events: Sequence[Event]) -> Subjects:
    """Two statements, however many events there are."""
    orders = {event.order_id for event in events if event.order_id}
    about = (event.subject_id if event.subject_kind == "customer" else event.customer_id for event in events)
    return Subjects(
        orders=dict(Order.objects.filter(id__in=orders).values_list("id", "number")),
        customers=dict(Customer.objects.filter(id__in={each for each in about if each}).values_list("id", "name")),
    )

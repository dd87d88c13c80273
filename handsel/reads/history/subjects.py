"""What the events of a list happened to, by the names that people know."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from handsel.models import Customer, Event, Member, Order, Partner


@dataclass(frozen=True, slots=True)
class Subjects:
    """Order numbers, customers' and members' names by their ids."""

    orders: dict[uuid.UUID, str]
    customers: dict[uuid.UUID, str]
    members: dict[uuid.UUID, str]

    def of(self, event: Event) -> str:
        """“O-00061, Redwood Optometry”, as far as the event is about an order, a customer or a member."""
        order = self.orders.get(event.order_id) if event.order_id else None
        about = event.subject_id if event.subject_kind == "customer" else event.customer_id
        customer = self.customers.get(about) if about else None
        return ", ".join(name for name in (order, customer, self.members.get(event.subject_id)) if name)


def subjects_of(partner: Partner, events: Sequence[Event]) -> Subjects:
    """Two statements, however many events there are; a third where members were changed."""
    orders = {event.order_id for event in events if event.order_id}
    about = (event.subject_id if event.subject_kind == "customer" else event.customer_id for event in events)
    people = {event.subject_id for event in events if event.subject_kind == "member"}
    team = Member.objects.filter(partner=partner, id__in=people).select_related("user") if people else ()
    return Subjects(
        orders=dict(Order.objects.filter(id__in=orders).values_list("id", "number")),
        customers=dict(Customer.objects.filter(id__in={each for each in about if each}).values_list("id", "name")),
        members={member.id: str(member) for member in team},
    )

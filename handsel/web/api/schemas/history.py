"""Events."""

from __future__ import annotations

import datetime as dt
from typing import Any

from handsel.database.ids import show
from handsel.models import (
    Activation,
    ApiKey,
    Attachment,
    Contact,
    CreditNote,
    Customer,
    GatewayAccount,
    Invoice,
    Member,
    Order,
    Payment,
    PaymentMethod,
    Product,
    Refund,
    Subscription,
    TaxRate,
)
from handsel.reads.history.events import HistoryEntry
from handsel.web.api.schemas.base import Told, shown_or_none

PREFIXES: dict[str, str] = {
    "activation": Activation.prefix,
    "api_key": ApiKey.prefix,
    "attachment": Attachment.prefix,
    "contact": Contact.prefix,
    "credit_note": CreditNote.prefix,
    "customer": Customer.prefix,
    "gateway_account": GatewayAccount.prefix,
    "invoice": Invoice.prefix,
    "member": Member.prefix,
    "order": Order.prefix,
    "payment": Payment.prefix,
    "payment_method": PaymentMethod.prefix,
    "product": Product.prefix,
    "refund": Refund.prefix,
    "subscription": Subscription.prefix,
    "tax_rate": TaxRate.prefix,
}
"""How the id of an event's subject begins; what has no page of its own is shown as a plain UUID."""


class ActorTold(Told):
    kind: str
    id: str
    name: str
    role: str | None


class SubjectTold(Told):
    kind: str
    id: str


class EventTold(Told):
    """One change: when, who, from where, of what. `changes` are codes, ids and amounts; `personal` may be erased."""

    id: str
    type: str
    occurred_at: dt.datetime
    actor: ActorTold
    source: str
    subject: SubjectTold
    order: str | None
    customer: str | None
    changes: dict[str, Any]
    personal: dict[str, Any]

    @classmethod
    def of(cls, entry: HistoryEntry) -> EventTold:
        event = entry.event
        prefix = PREFIXES.get(event.subject_kind)
        return cls(
            id=event.shown_id,
            type=event.type,
            occurred_at=event.occurred_at,
            actor=ActorTold(kind=event.actor_kind, id=event.actor_id, name=entry.actor_name, role=event.role or None),
            source=event.source,
            subject=SubjectTold(
                kind=event.subject_kind, id=show(prefix, event.subject_id) if prefix else str(event.subject_id)
            ),
            order=shown_or_none(Order.prefix, event.order_id),
            customer=shown_or_none(Customer.prefix, event.customer_id),
            changes=event.changes,
            personal=entry.personal,
        )

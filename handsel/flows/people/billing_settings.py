"""How one customer is billed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, TypedDict

from handsel.flows.changes import change
from handsel.flows.fields import NOTES_LENGTH, Fields
from handsel.flows.work import working
from handsel.models import BillingSettings, Contact, Partner, PaymentMethod
from handsel.rules.errors import NotFound
from handsel.rules.permissions import Actor, Grant, check_grant

COLLECTIONS = (BillingSettings.AUTOMATIC, BillingSettings.SEND_INVOICE)


class BillingChanges(TypedDict, total=False):
    """The billing settings that a change may name; recipient and default method may be set to None again."""

    recipient_id: uuid.UUID | None
    default_payment_method_id: uuid.UUID | None
    collection: str
    memo: str
    payment_terms_days: int


def update_billing_settings(
    partner: Partner, actor: Actor, customer_id: uuid.UUID, changes: BillingChanges
) -> BillingSettings:
    """Change what is named. Recipient and default method must be this customer's own, the method not removed; else
    NotFound. Raises NotAllowed, Invalid."""
    check_grant(actor, Grant.BILLING_MANAGE)
    values = _values(changes)
    with working(partner, actor) as work:
        rows = BillingSettings.objects.select_for_update(no_key=True)
        settings: BillingSettings | None = rows.filter(customer_id=customer_id).first()
        if settings is None:
            raise NotFound("not_found", "There is no such customer.")
        if values.get("recipient_id") is not None:
            check_recipient(customer_id, values["recipient_id"])
        if values.get("default_payment_method_id") is not None:
            check_method(customer_id, values["default_payment_method_id"])
        change(work, settings, "billing_settings.updated", values, personal={"memo"})
    return settings


def check_recipient(customer_id: uuid.UUID, contact_id: uuid.UUID) -> None:
    """Raises NotFound unless the contact is this customer's."""
    if not Contact.objects.filter(id=contact_id, customer_id=customer_id).exists():
        raise NotFound("not_found", "This customer has no such contact.")


def check_method(customer_id: uuid.UUID, method_id: uuid.UUID) -> None:
    """Raises NotFound unless the payment method is this customer's and was not removed."""
    if not PaymentMethod.objects.filter(id=method_id, customer_id=customer_id, removed_at=None).exists():
        raise NotFound("not_found", "This customer has no such payment method.")


def _values(sent: Mapping[str, Any]) -> dict[str, Any]:
    fields = Fields()
    values = fields.read(
        sent,
        {
            "recipient_id": lambda value: value,
            "default_payment_method_id": lambda value: value,
            "collection": lambda value: fields.choice("collection", value, COLLECTIONS),
            "memo": lambda value: fields.text("memo", value, NOTES_LENGTH, breaks=True),
            "payment_terms_days": lambda value: fields.whole("payment_terms_days", value, 0, 365),
        },
    )
    fields.check()
    return values

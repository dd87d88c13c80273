"""Payment methods on file, as people look at them: which is the default, which has expired."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from handsel.models import BillingSettings, Partner, PaymentMethod
from handsel.models.people import now_of
from handsel.rules.errors import NotFound


@dataclass(frozen=True, slots=True)
class MethodOnFile:
    """One payment method of a customer. `is_expired` is judged by the partner's own date."""

    method: PaymentMethod
    is_default: bool
    is_expired: bool

    @property
    def is_usable(self) -> bool:
        return not self.is_expired and self.method.removed_at is None


def methods_of(partner: Partner, customer_id: uuid.UUID, settings: BillingSettings | None) -> list[MethodOnFile]:
    """What is on file for the customer, the default first, then the newest: one statement."""
    rows = PaymentMethod.objects.filter(customer_id=customer_id, removed_at=None).order_by("-id")
    return on_file(partner, rows, settings.default_payment_method_id if settings else None)


def on_file(partner: Partner, methods: Iterable[PaymentMethod], default_id: uuid.UUID | None) -> list[MethodOnFile]:
    today = now_of(partner).date()
    found = [MethodOnFile(method, method.id == default_id, is_expired(method, today)) for method in methods]
    return sorted(found, key=lambda each: not each.is_default)


def is_expired(method: PaymentMethod, today: dt.date) -> bool:
    """A card works until the end of the month that is printed on it."""
    if method.exp_year is None or method.exp_month is None:
        return False
    return (method.exp_year, method.exp_month) < (today.year, today.month)


def method_of(partner: Partner, method_id: uuid.UUID) -> MethodOnFile:
    """One payment method that is on file. Raises NotFound."""
    default = BillingSettings.objects.filter(default_payment_method_id=OuterRef("id"))
    rows = PaymentMethod.objects.filter(id=method_id, removed_at=None).annotate(bills=Exists(default))
    method = rows.first()
    if method is None:
        raise NotFound("not_found", "There is no such payment method.")
    return MethodOnFile(method, method.bills, is_expired(method, now_of(partner).date()))

"""The list of invoices."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from handsel.models import Invoice, Partner
from handsel.reads.filters import created_between
from handsel.reads.paging import DEFAULT_LIMIT, Page, page
from handsel.reads.visibility import visible_invoices
from handsel.rules.permissions import Actor


@dataclass(frozen=True, slots=True)
class InvoiceFilters:
    """What narrows the list. `number` is an invoice's whole number."""

    statuses: tuple[str, ...] = ()
    customer_id: uuid.UUID | None = None
    created_from: dt.datetime | None = None
    created_until: dt.datetime | None = None
    number: str = ""


def list_invoices(
    partner: Partner,
    actor: Actor,
    filters: InvoiceFilters = InvoiceFilters(),
    *,
    after: uuid.UUID | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[Invoice]:
    """One page of the invoices this actor may see, newest first, with customer and order: one statement."""
    rows = visible_invoices(actor).select_related("customer", "order")
    if filters.statuses:
        rows = rows.filter(status__in=filters.statuses)
    if filters.customer_id is not None:
        rows = rows.filter(customer_id=filters.customer_id)
    if filters.number:
        rows = rows.filter(number=filters.number)
    return page(created_between(rows, filters.created_from, filters.created_until), after, limit)

"""The filters that every list has."""

from __future__ import annotations

import datetime as dt
from typing import TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


def created_between(
    rows: QuerySet[Row], created_from: dt.datetime | None, created_until: dt.datetime | None
) -> QuerySet[Row]:
    """Created at `created_from` or later, and before `created_until`."""
    if created_from is not None:
        rows = rows.filter(created_at__gte=created_from)
    if created_until is not None:
        rows = rows.filter(created_at__lt=created_until)
    return rows

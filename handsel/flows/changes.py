"""Changing the fields of a row, with the event that says which."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Model

from handsel.flows.work import Work


def change(
    work: Work, row: Any, event: str, values: Mapping[str, Any], *, personal: Collection[str] = ()
) -> dict[str, list[Any]]:
    """Write those of `values` that differ and record `event` with what each was and is; nothing at all if none does.

    Fields named in `personal` go to the erasable side of the event. Secrets are not for this.
    Answers with what changed: {field: [before, after]}.
    """
    changed = {name: [getattr(row, name), value] for name, value in values.items() if getattr(row, name) != value}
    if not changed:
        return {}
    for name, (_, after) in changed.items():
        setattr(row, name, after)
    assert isinstance(row, Model)
    row.save(update_fields=[*changed])
    said = {name: [storable(value) for value in pair] for name, pair in changed.items()}
    work.record(
        event,
        row,
        changes={
            "fields": sorted(changed),
            **{name: pair for name, pair in said.items() if name not in personal},
        },
        personal={name: pair for name, pair in said.items() if name in personal},
    )
    return changed


def storable(value: Any) -> Any:
    """The value as an event keeps it: JSON without floats."""
    match value:
        case uuid.UUID() | Decimal():
            return str(value)
        case dt.date():
            return value.isoformat()
        case _:
            return value

"""What hangs on an order that may be cancelled."""

from __future__ import annotations

from handsel.reads.sales.cancellation import Cancellation
from handsel.rules.cancellation import Hanging
from handsel.web.api.schemas.base import Money, Told, money


class HangingTold(Told):
    """One thing that hangs on an order: what may become of it, and what is suggested. Where there is one choice only,
    none has to be made."""

    id: str
    kind: str
    name: str
    status: str
    status_label: str
    amount: Money | None
    note: str | None
    choices: list[str]
    suggested: str

    @classmethod
    def of(cls, item: Hanging, currency: str) -> HangingTold:
        return cls(
            id=item.id,
            kind=item.kind,
            name=item.name,
            status=item.status,
            status_label=item.status_label,
            amount=None if item.amount_minor is None else money(item.amount_minor, currency),
            note=_note(item) or None,
            choices=[choice.value for choice in item.choices],
            suggested=item.suggested,
        )


class CancellationTold(Told):
    """What a cancellation decides about. `seen` and `version` go with the choices, so that nothing else is cancelled
    than what was looked at."""

    order: str
    version: int
    items: list[HangingTold]
    seen: str

    @classmethod
    def of(cls, preview: Cancellation) -> CancellationTold:
        order = preview.order
        return cls(
            order=order.shown_id,
            version=order.version,
            items=[HangingTold.of(item, order.currency) for item in preview.items],
            seen=preview.seen,
        )


def _note(item: Hanging) -> str:
    dated = f"{item.on_what} {item.on.isoformat()}." if item.on else ""
    return " ".join(part for part in (dated, item.note) if part)

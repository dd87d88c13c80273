"""From the allowed actions to buttons: what each is called, which one is the primary, which ask first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse

from handsel.reads.sales.order_page import OrderPage
from handsel.rules.order_states import ORDER
from handsel.rules.order_status import OrderStatus
from handsel.rules.states import Edge
from handsel.templatetags.handsel_format import money_text

PRIMARY: Mapping[str, tuple[str, ...]] = {
    OrderStatus.DRAFT: ("submit_with_payment", "send_for_customer_approval", "submit_to_admin", "activate"),
    OrderStatus.PENDING: ("approve", "decline"),
    OrderStatus.RESUBMITTED: ("approve", "decline"),
    OrderStatus.AWAITING_CUSTOMER_APPROVAL: ("resend", "recall"),
    OrderStatus.APPROVED: ("submit_with_payment", "send_for_customer_approval", "activate"),
    OrderStatus.ACTIVATION_ERRORS: ("retry_activation",),
    OrderStatus.DECLINED: ("convert_to_draft",),
    OrderStatus.CANCELLED: ("convert_to_draft",),
    OrderStatus.CANCELLATION_REQUESTED: ("cancel", "refuse_cancellation"),
    OrderStatus.ARCHIVED: ("unarchive",),
}
"""What one would want to do next, by status: the first that is allowed is the primary button."""

OTHERWISE: Mapping[str, tuple[str, ...]] = {OrderStatus.PENDING: ("withdraw",), OrderStatus.RESUBMITTED: ("withdraw",)}
"""What is left for who may do none of those."""

ASKED_FIRST = frozenset(
    {
        "activate", "archive", "cancel", "cancel_payment", "decline", "ignore_errors", "reassign", "recall",
        "refuse_cancellation", "request_cancellation",
    }
)  # fmt: skip
"""These open a dialog that names the order and the amount; the others are done at once and can be undone."""

SENDING = frozenset({"send_for_customer_approval", "resend"})
"""These open the dialog that says to whom, until when and for how much."""

ICONS: Mapping[str, str] = {
    "submit_with_payment": "payments",
    "submit_to_admin": "send",
    "send_for_customer_approval": "send",
    "resend": "send",
    "recall": "undo",
    "withdraw": "undo",
    "approve": "check",
    "decline": "close",
    "activate": "plug",
    "cancel": "close",
    "cancel_payment": "close",
    "retry_activation": "plug",
    "ignore_errors": "check",
    "convert_to_draft": "edit",
    "request_cancellation": "close",
    "refuse_cancellation": "undo",
    "archive": "archive",
    "unarchive": "archive",
    "duplicate": "copy",
    "reassign": "user",
}
BUSY: Mapping[str, str] = {
    "submit_to_admin": "Sending…",
    "approve": "Approving…",
    "convert_to_draft": "Converting…",
    "retry_activation": "Telling the vendors…",
    "withdraw": "Withdrawing…",
}


@dataclass(frozen=True, slots=True)
class Button:
    """One allowed action. `asks` opens a dialog from `url`; else `url` is posted to."""

    verb: str
    label: str
    url: str
    icon: str
    asks: bool
    dangerous: bool
    busy: str


@dataclass(frozen=True, slots=True)
class Buttons:
    """The one primary action, the others that fit this status, and the menu: all but the primary, since a phone has
    room for one button only."""

    primary: Button | None
    secondary: tuple[Button, ...]
    menu: tuple[Button, ...]


def buttons_of(page: OrderPage, locale: str) -> Buttons:
    """Exactly the allowed actions: none is added, none is left out."""
    made = {verb: _button(page, verb, locale) for verb in page.view.allowed_actions}
    status = page.order.status
    first = [made[verb] for verb in PRIMARY.get(status, ()) if verb in made]
    first = first or [made[verb] for verb in OTHERWISE.get(status, ()) if verb in made]
    rest = tuple(button for button in made.values() if button not in first[:1])
    return Buttons(first[0] if first else None, tuple(first[1:]), rest)


def _button(page: OrderPage, verb: str, locale: str) -> Button:
    edge = ORDER.edge(verb, page.order.status)
    assert edge is not None
    return Button(
        verb=verb,
        label=_label(page, edge, locale),
        url=_url(verb, page.order.shown_id),
        icon=ICONS.get(verb, "arrow-right"),
        asks=verb == "submit_with_payment" or verb in ASKED_FIRST or verb in SENDING,
        dangerous=edge.dangerous,
        busy=BUSY.get(verb, "One moment…"),
    )


def _url(verb: str, order_id: str) -> str:
    if verb == "submit_with_payment":
        return reverse("order_charge", args=[order_id])
    if verb in SENDING:
        return reverse("order_send", args=[order_id])
    return reverse("order_action", args=[order_id, verb])


def _label(page: OrderPage, edge: Edge, locale: str) -> str:
    if edge.verb == "submit_with_payment":
        due = page.order.due_minor
        return f"Charge {money_text(due, page.order.currency, locale)}" if due else "Complete: nothing to pay"
    if edge.verb == "activate":
        return "Activate without payment" if page.order.due_minor else "Activate"
    return edge.words[:1].upper() + edge.words[1:] + ("…" if edge.verb in ASKED_FIRST else "")

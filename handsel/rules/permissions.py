"""Who may do what: the one place that every page, every action and every API call asks.

An act on an order needs four things, asked in this order so that the answer never tells more than it must:
the person may do it at all, the order's status allows it, the person may do it *here*, and the facts of the
order permit it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType

from handsel.rules.errors import HandselError, NotAllowed, Refused
from handsel.rules.grants import (
    DEFAULT_GRANTS,
    GRANT_EXPLANATIONS,
    GRANT_LABELS,
    ROLE_LABELS,
    Grant,
    Role,
)
from handsel.rules.offers import ClosedAs
from handsel.rules.order_facts import OrderFacts
from handsel.rules.order_states import ORDER
from handsel.rules.order_status import CancelCause, DeclineCause, OrderStatus
from handsel.rules.states import Edge

__all__ = [
    "CLOCK",
    "DEFAULT_GRANTS",
    "GATEWAY",
    "GRANT_EXPLANATIONS",
    "GRANT_LABELS",
    "ROLE_LABELS",
    "SETTING_LABELS",
    "SYSTEM",
    "VENDOR",
    "Actor",
    "Grant",
    "OrderFacts",
    "OrderSettings",
    "Role",
    "allowed_actions",
    "check_action",
    "check_grant",
    "check_offer_payment",
    "check_payment_source",
    "may_edit_order",
    "may_see_order",
]

ACTOR_KINDS = frozenset({"member", "link", "clock", "gateway", "vendor", "system"})
SOURCES = frozenset({"console", "api", "link", "gateway", "clock", "vendor"})


@dataclass(frozen=True, slots=True)
class OrderSettings:
    """A partner's switches for its orders, as a new partner has them; limits are at least 1."""

    salespeople_can_submit_to_admin: bool = True
    salespeople_can_send_for_customer_approval: bool = False
    customer_approval_can_accept_payment: bool = False
    salespeople_can_charge: bool = False
    admins_can_bypass_approval: bool = False
    offer_valid_days: int = 30
    customers_can_retry_declined: bool = False
    failed_cards_per_link: int = 5


SETTING_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "salespeople_can_submit_to_admin": "Allow salespeople to submit orders to admins",
        "salespeople_can_send_for_customer_approval": ("Allow salespeople to send an order to customers for approval"),
        "customer_approval_can_accept_payment": "Orders sent for approval by salespeople can accept payment",
        "salespeople_can_charge": "Allow salespeople to charge payment methods on submission",
        "admins_can_bypass_approval": "Admins can bypass approval and activate at once",
        "offer_valid_days": "Offers are valid for this many days",
        "customers_can_retry_declined": "Customers may try another card after a decline",
        "failed_cards_per_link": "Limit failed cards per link",
    }
)

SALESPEOPLE_SETTINGS = frozenset(
    {
        "salespeople_can_submit_to_admin",
        "salespeople_can_send_for_customer_approval",
        "customer_approval_can_accept_payment",
        "salespeople_can_charge",
    }
)
"""What these give to salespeople, admins may always do."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, as the history will say it: a member with role and grants, or a power without either."""

    kind: str
    id: str
    label: str
    role: Role | None = None
    grants: frozenset[Grant] = frozenset()
    source: str = "console"

    def __post_init__(self) -> None:
        if self.kind not in ACTOR_KINDS or self.source not in SOURCES:
            raise AssertionError(f"unknown kind {self.kind!r} or source {self.source!r} of an actor")
        if self.kind != "member" and (self.grants or self.role):
            raise AssertionError(f"only members hold roles and grants, not a {self.kind}")

    def may(self, grant: Grant) -> bool:
        return grant in self.grants

    def owns(self, owner_id: str | None) -> bool:
        return self.kind == "member" and owner_id is not None and self.id == owner_id


CLOCK = Actor("clock", "clock", "Clock", source="clock")
GATEWAY = Actor("gateway", "gateway", "Payment gateway", source="gateway")
VENDOR = Actor("vendor", "vendor", "Vendor", source="vendor")
SYSTEM = Actor("system", "system", "Handsel", source="clock")


def may_see_order(actor: Actor, owner_id: str | None) -> bool:
    """Whether this order exists for the actor at all; if not, the answer is the same as for a foreign id
    (404).

    A link was resolved to its one order before it became an actor.
    """
    return actor.kind != "member" or actor.owns(owner_id) or actor.may(Grant.ORDERS_VIEW_ALL)


def may_edit_order(order: OrderFacts, actor: Actor) -> bool:
    """Lines, notes and dates: the owner's while it is a draft; an admin's while it is being reviewed."""
    if order.status == OrderStatus.DRAFT:
        manages = actor.may(Grant.ORDERS_MANAGE)
        return manages or (actor.owns(order.owner_id) and actor.may(Grant.ORDERS_CREATE))
    return order.status in (OrderStatus.PENDING, OrderStatus.RESUBMITTED) and actor.may(Grant.ORDERS_MANAGE)


def check_grant(actor: Actor, grant: Grant) -> None:
    """Raises `NotAllowed` unless the actor holds the grant."""
    if not actor.may(grant):
        raise NotAllowed("not_allowed", f"This needs the permission “{GRANT_LABELS[grant]}”.")


def check_payment_source(actor: Actor, saved: bool) -> None:
    """A saved method is charged, and cash recorded, with payments.collect; a card typed in by staff needs
    payments.enter_card."""
    check_grant(actor, Grant.PAYMENTS_COLLECT if saved else Grant.PAYMENTS_ENTER_CARD)


def check_offer_payment(actor: Actor, settings: OrderSettings) -> None:
    """Whether an offer sent by this member may ask for a payment; admins always may."""
    setting = "customer_approval_can_accept_payment"
    if actor.role != Role.ADMIN and not getattr(settings, setting):
        raise NotAllowed("not_allowed", f"The setting “{SETTING_LABELS[setting]}” is off.")


def allowed_actions(order: OrderFacts, actor: Actor, settings: OrderSettings) -> tuple[str, ...]:
    """The verbs this actor may do with this order now, in table order: buttons, and `allowed_actions`."""
    if not may_see_order(actor, order.owner_id):
        return ()
    possible = (edge.verb for edge in ORDER.verbs_from(order.status))
    return tuple(verb for verb in possible if _refusal(verb, order, actor, settings) is None)


def check_action(verb: str, order: OrderFacts, actor: Actor, settings: OrderSettings) -> Edge:
    """The table's row by which this actor may do this now.

    Raises `NotAllowed` or `Refused` with the reason. Whether the order may be *seen* is asked before
    (`may_see_order`), since its answer is 404. Rows that lead elsewhere are told apart by `ORDER.check(verb,
    source, target)` in the move.
    """
    if not may_see_order(actor, order.owner_id):
        raise NotAllowed("not_allowed", "This order is another member's.")
    refusal = _refusal(verb, order, actor, settings)
    if refusal is not None:
        raise refusal
    edge = ORDER.edge(verb, order.status)
    assert edge is not None
    return edge


def _refusal(verb: str, order: OrderFacts, actor: Actor, settings: OrderSettings) -> HandselError | None:
    rows = ORDER.rows(verb)
    ever = [_person_refusal(row, None, actor, settings) for row in rows]
    if rows and all(reason is not None for reason in ever):
        return ever[0]
    edge = ORDER.edge(verb, order.status)
    if edge is None:
        return _status_refusal(verb, order, actor, settings)
    return _person_refusal(edge, order, actor, settings) or _facts_refusal(edge, order, actor)


def _person_refusal(edge: Edge, order: OrderFacts | None, actor: Actor, settings: OrderSettings) -> HandselError | None:
    """Why this actor may not take this row; with `order` None, why not even with the best of orders."""
    kind = _WHO_IS.get(actor.kind, frozenset())
    if not kind & set(edge.actors):
        return NotAllowed("not_allowed", f"“{edge.words.capitalize()}” is not for {actor.label} to do.")
    if actor.kind != "member":
        return None
    if edge.grants and not any(actor.may(grant) for grant in edge.grants):
        needed = " or ".join(f"“{GRANT_LABELS[grant]}”" for grant in edge.grants)
        return NotAllowed("not_allowed", f"This needs the permission {needed}.")
    if order is not None and edge.owner_only and not _owner_or_manager(order, actor):
        return NotAllowed("not_allowed", "Only the order's owner, or who manages orders, can do this.")
    if order is not None and edge.sender_only and not (actor.owns(order.sender_id) or actor.may(Grant.ORDERS_MANAGE)):
        return NotAllowed("not_allowed", "Only who sent the offer, or who manages orders, can do this.")
    return _setting_refusal(edge, order, actor, settings)


def _setting_refusal(
    edge: Edge, order: OrderFacts | None, actor: Actor, settings: OrderSettings
) -> HandselError | None:
    if edge.setting is None or getattr(settings, edge.setting):
        return None
    label = SETTING_LABELS[edge.setting]
    if edge.setting in SALESPEOPLE_SETTINGS:
        if actor.role == Role.ADMIN:
            return None
        return NotAllowed("not_allowed", f"The setting “{label}” is off.")
    if order is None:
        return None
    return Refused("action_not_allowed", f"This needs an approval first: the setting “{label}” is off.")


def _owner_or_manager(order: OrderFacts, actor: Actor) -> bool:
    return actor.owns(order.owner_id) or actor.may(Grant.ORDERS_MANAGE)


_PAID_FOR = frozenset(
    {OrderStatus.PROCESSING, OrderStatus.SCHEDULED, OrderStatus.ACTIVATED, OrderStatus.ACTIVATION_ERRORS}
)


def _status_refusal(verb: str, order: OrderFacts, actor: Actor, settings: OrderSettings) -> HandselError:
    """The second of two who pay learns which it is: under way, settled, or simply not possible here."""
    if verb in ("submit_with_payment", "approve_and_pay", "approve_as_customer"):
        if order.live_payment or order.status == OrderStatus.PROCESSING_PAYMENT:
            return _in_progress()
        if order.debt_on_invoice:
            return _on_invoice()
        if order.status in _PAID_FOR:
            return Refused("already_paid", "This order is paid; nothing more is due.")
    if order.offer is not None and (over := _offer_open(order, actor)) is not None:
        return over
    row = next(iter(ORDER.rows(verb)), None)
    wanted = row.words if row else verb.replace("_", " ")
    label = ORDER.labels.get(order.status, order.status)
    words = {edge.verb: edge.words for edge in ORDER.verbs_from(order.status)}
    possible = ", ".join(f"“{words[action]}”" for action in allowed_actions(order, actor, settings))
    sentence = f"This order is “{label}”, so “{wanted}” is not possible."
    return Refused("action_not_allowed", f"{sentence} Possible now: {possible or 'nothing'}.")


def _in_progress() -> Refused:
    return Refused("payment_in_progress", "A payment for this order is under way. Do not pay again.")


def _on_invoice() -> Refused:
    return Refused("debt_on_invoice", "What this order owes stands on an invoice; pay the invoice instead.")


def _facts_refusal(edge: Edge, order: OrderFacts, actor: Actor) -> HandselError | None:
    found: Iterable[HandselError | None] = (CONDITIONS[name](order, actor) for name in edge.conditions)
    return next((refusal for refusal in found if refusal is not None), None)


def _has_lines(order: OrderFacts, actor: Actor) -> HandselError | None:
    return None if order.line_count else Refused("order_has_no_lines", "Add at least one line first.")


def _debt_not_on_invoice(order: OrderFacts, actor: Actor) -> HandselError | None:
    return _on_invoice() if order.debt_on_invoice else None


def _no_live_payment(order: OrderFacts, actor: Actor) -> HandselError | None:
    return _in_progress() if order.live_payment else None


def _not_clearing(order: OrderFacts, actor: Actor) -> HandselError | None:
    if not order.clearing:
        return None
    return Refused("payment_clearing", "The bank is clearing this payment; it cannot be cancelled any more.")


def _cancelled_by_expiry(order: OrderFacts, actor: Actor) -> HandselError | None:
    if order.cancel_cause == CancelCause.EXPIRED:
        return None
    return Refused("action_not_allowed", "This order was cancelled; only one whose offer ran out can be a draft again.")


def _draft_or_managed(order: OrderFacts, actor: Actor) -> HandselError | None:
    if order.previous_status == OrderStatus.DRAFT or actor.may(Grant.ORDERS_MANAGE):
        return None
    return NotAllowed("not_allowed", f"This needs the permission “{GRANT_LABELS[Grant.ORDERS_MANAGE]}”.")


def _offer_open(order: OrderFacts, actor: Actor) -> HandselError | None:
    """Said to whoever holds the link: what became of the offer, and whom to ask."""
    offer = order.offer
    if offer is None or not offer.same_revision or offer.closed_as == ClosedAs.RECALLED:
        return Refused(
            "offer_recalled", "This offer was taken back. Nothing was charged; ask the sender for a new one."
        )
    if not offer.link_is_newest:
        return Refused("offer_replaced", "This link was replaced by a newer one. Nothing was charged.")
    if offer.closed_as == ClosedAs.EXPIRED or (offer.is_over and not offer.closed_as):
        return Refused("offer_expired", "This offer has expired. Nothing was charged; ask the sender for a new one.")
    if offer.closed_as:
        return Refused("offer_answered", "This offer was answered already.")
    if offer.is_locked:
        return Refused("offer_locked", "This link is locked after too many failed cards. Nothing was charged.")
    return None


def _payment_required(order: OrderFacts, actor: Actor) -> HandselError | None:
    if order.offer is not None and order.offer.require_payment and order.due_minor:
        return None
    return Refused("action_not_allowed", "This offer asks for no payment: sign it.")


def _nothing_to_pay(order: OrderFacts, actor: Actor) -> HandselError | None:
    if order.offer is not None and order.offer.require_payment and order.due_minor:
        return Refused("payment_method_required", "This offer is signed and paid in one step. Nothing was signed.")
    return None


def _declined_by_bank(order: OrderFacts, actor: Actor) -> HandselError | None:
    if order.decline_cause == DeclineCause.PAYMENT:
        return None
    return Refused("offer_answered", "This offer was declined.")


def _may_retry(order: OrderFacts, actor: Actor) -> HandselError | None:
    if order.offer is not None and order.offer.may_retry:
        return None
    return Refused("action_not_allowed", "The card was declined. Nothing was charged; please write to the sender.")


CONDITIONS: Mapping[str, Callable[[OrderFacts, Actor], HandselError | None]] = MappingProxyType(
    {
        "has_lines": _has_lines,
        "debt_not_on_invoice": _debt_not_on_invoice,
        "no_live_payment": _no_live_payment,
        "not_clearing": _not_clearing,
        "cancelled_by_expiry": _cancelled_by_expiry,
        "draft_or_managed": _draft_or_managed,
        "offer_open": _offer_open,
        "payment_required": _payment_required,
        "nothing_to_pay": _nothing_to_pay,
        "declined_by_bank": _declined_by_bank,
        "may_retry": _may_retry,
    }
)
"""The facts that an `Edge` may ask for by name; a name that is missing here fails the test of the table."""

_SETTINGS = frozenset(field.name for field in fields(OrderSettings))
assert set(SETTING_LABELS) == _SETTINGS

_WHO_IS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "member": frozenset({"staff"}),
        "link": frozenset({"link"}),
        "clock": frozenset({"clock", "lines"}),
        "gateway": frozenset({"gateway", "lines"}),
        "vendor": frozenset({"lines"}),
        "system": frozenset({"clock", "gateway", "lines"}),
    }
)
"""Which `Edge.who` each kind of actor is. Consequences inside a flow (a line's outcome after a member's
click) go through `move()` with `ORDER.check` alone: they are nobody's choice."""

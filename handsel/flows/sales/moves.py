"""Acts that only move an order: one table of what each writes besides the status. Who may do them, when, and where they
lead stands in `rules.order_states`."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from handsel.flows.fields import REASON_LENGTH, Fields
from handsel.flows.idempotency import Claim
from handsel.flows.sales.facts import facts, order_for
from handsel.flows.sales.offers import close_offer
from handsel.flows.sales.reprice import reprice_order
from handsel.flows.transition import move
from handsel.flows.work import Work, working
from handsel.models import Member, Order, Partner
from handsel.rules.errors import Invalid, NotFound
from handsel.rules.offers import ClosedAs
from handsel.rules.order_facts import target_status
from handsel.rules.order_status import DeclineCause
from handsel.rules.permissions import Actor, check_action


@dataclass(frozen=True, slots=True)
class Asked:
    """What came with the act: a reason, or the member who is to own the order."""

    reason: str = ""
    member_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """What an act writes besides the status: columns, and what the history notes of it."""

    columns: Mapping[str, Any] = field(default_factory=dict)
    note: Mapping[str, Any] = field(default_factory=dict)


def _submitted(work: Work, order: Order, asked: Asked) -> Effect:
    return Effect({"submitted_at": work.now})


def _declined(work: Work, order: Order, asked: Asked) -> Effect:
    columns = {"decline_cause": DeclineCause.ADMIN, "decline_reason": asked.reason, "declined_before": True}
    return Effect(columns, {"cause": DeclineCause.ADMIN})


def _drafted_again(work: Work, order: Order, asked: Asked) -> Effect:
    """A new revision: signatures given for the old one no longer count, and a link that is still out accepts nothing
    more. That it was declined before stays known."""
    close_offer(work, order, ClosedAs.RECALLED)
    revision = order.revision + 1
    columns = {"revision": revision, "decline_cause": "", "decline_reason": "", "cancel_cause": ""}
    return Effect(columns, {"revision": revision})


def _cancellation_asked(work: Work, order: Order, asked: Asked) -> Effect:
    return Effect({"cancellation_reason": asked.reason})


def _cancellation_refused(work: Work, order: Order, asked: Asked) -> Effect:
    return Effect({"cancellation_reason": ""})


def _reassigned(work: Work, order: Order, asked: Asked) -> Effect:
    if asked.member_id is None:
        raise Invalid.at("member", "Name the member who is to own the order.")
    member = Member.objects.filter(partner=work.partner, id=asked.member_id, is_active=True).first()
    if member is None:
        raise NotFound("not_found", "There is no such member.")
    return Effect({"owner_id": member.id}, {"owner": [str(order.owner_id), str(member.id)]})


def _nothing_more(work: Work, order: Order, asked: Asked) -> Effect:
    return Effect()


MOVES: Mapping[str, Callable[[Work, Order, Asked], Effect]] = MappingProxyType(
    {
        "submit_to_admin": _submitted,
        "withdraw": _nothing_more,
        "approve": _nothing_more,
        "decline": _declined,
        "convert_to_draft": _drafted_again,
        "request_cancellation": _cancellation_asked,
        "refuse_cancellation": _cancellation_refused,
        "archive": _nothing_more,
        "unarchive": _nothing_more,
        "reassign": _reassigned,
    }
)
REASONED = frozenset({"decline", "request_cancellation"})
"""Acts that need a reason."""


def act(
    partner: Partner,
    actor: Actor,
    verb: str,
    order_id: uuid.UUID,
    *,
    version: int | None = None,
    claim: Claim | None = None,
    reason: str = "",
    member_id: uuid.UUID | None = None,
) -> Order:
    """Do one of `MOVES` with the order: of the version that was seen, if one is named.

    `decline` and `request_cancellation` need a reason, `reassign` a member. Raises NotFound, NotAllowed, Refused
    (`order_changed`, `action_not_allowed` and what the facts forbid), Invalid.
    """
    asked = Asked(_reason(verb, reason), member_id)
    with working(partner, actor) as work:
        order = order_for(actor, order_id, version)
        known = facts(order)
        check_action(verb, known, actor, partner.settings())
        if claim is not None:
            claim.remember("order", order.id)
        effect = MOVES[verb](work, order, asked)
        move(
            work,
            order,
            verb,
            target_status(verb, known),
            note=effect.note,
            personal={"reason": asked.reason} if asked.reason else None,
            **effect.columns,
        )
        if verb == "convert_to_draft":
            reprice_order(work, order)
    return order


def _reason(verb: str, reason: str) -> str:
    fields = Fields()
    text = fields.text("reason", reason, REASON_LENGTH, needed=verb in REASONED, breaks=True)
    fields.check()
    if text and verb not in REASONED:
        raise Invalid.at("reason", "This act takes no reason.")
    return text

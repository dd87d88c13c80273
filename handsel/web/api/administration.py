"""Settings, terms, members, events and the test clock."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import asdict
from typing import Annotated, Any, cast

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field, StrictInt, StrictStr

from handsel.database.tenancy import reading
from handsel.flows.clock import advance_clock
from handsel.flows.people import invitations as invitation_flows
from handsel.flows.people import members as member_flows
from handsel.flows.people import partners as partner_flows
from handsel.flows.sales import terms as terms_flows
from handsel.models import Customer, Event, Member, Order, Terms
from handsel.models.people import now_of
from handsel.reads.history.events import EventFilters
from handsel.reads.history.events import list_events as read_events
from handsel.reads.people.members import list_members as read_members
from handsel.reads.people.team import member_of
from handsel.reads.sales.terms import list_terms as read_terms
from handsel.web.api.asking import Paging, after_of, check_query, sent, tell_page
from handsel.web.api.face import PROBLEMS, Caller, tell
from handsel.web.api.schemas.base import Asked, Flag, Instant, ListOf, Told, known, known_or_none, whole
from handsel.web.api.schemas.history import PREFIXES, EventTold
from handsel.web.api.schemas.people import MemberChange, MemberNew, MemberTold
from handsel.web.api.schemas.terms import TermsNew, TermsTold

router = Router(tags=["Administration"])


class OrderSettingsTold(Told):
    salespeople_can_submit_to_admin: bool
    salespeople_can_send_for_customer_approval: bool
    customer_approval_can_accept_payment: bool
    salespeople_can_charge: bool
    admins_can_bypass_approval: bool
    offer_valid_days: int
    customers_can_retry_declined: bool
    failed_cards_per_link: int


class OrderSettingsChange(Asked):
    """What salespeople may do with an order; admins may always do it."""

    salespeople_can_submit_to_admin: Flag | None = None
    salespeople_can_send_for_customer_approval: Flag | None = None
    customer_approval_can_accept_payment: Flag | None = None
    salespeople_can_charge: Flag | None = None
    admins_can_bypass_approval: Flag | None = None
    offer_valid_days: Annotated[StrictInt, whole(1, 365)] | None = None
    customers_can_retry_declined: Flag | None = None
    failed_cards_per_link: Annotated[StrictInt, whole(1, 100)] | None = None


class EventQuery(Paging):
    """`subject` is the id of whatever changed."""

    type: Annotated[StrictStr, Field(max_length=60)] = ""
    order: str | None = None
    customer: str | None = None
    subject: str | None = None
    created_from: Instant | None = None
    created_until: Instant | None = None


class ClockMove(Asked):
    advance_to: Instant


class ClockTold(Told):
    """`now` is the partner's time after the move; `ran` counts what fell due on the way and was done."""

    now: dt.datetime
    advanced_from: dt.datetime
    advanced_to: dt.datetime
    ran: int


@router.get("/settings/orders", response={200: OrderSettingsTold, **PROBLEMS}, summary="Read the order settings")
def read_settings(request: Caller) -> HttpResponse:
    """What salespeople and customers may do with orders."""
    return tell(OrderSettingsTold(**asdict(request.desk.partner.settings())))


@router.patch("/settings/orders", response={200: OrderSettingsTold, **PROBLEMS}, summary="Change the order settings")
def change_settings(request: Caller, body: OrderSettingsChange) -> HttpResponse:
    """Change what is named; offers already sent stand. Needs the permission “Change settings”."""
    changes = cast(partner_flows.OrderSettingsChanges, sent(body))
    settings = partner_flows.update_order_settings(request.desk.partner, request.desk.actor, changes)
    return tell(OrderSettingsTold(**asdict(settings)))


@router.get("/settings/terms", response={200: ListOf[TermsTold], **PROBLEMS}, summary="List versions of the terms")
def list_terms(request: Caller, query: Query[Paging]) -> HttpResponse:
    """What customers agree to, newest version first. `asked` is true for the one that offers sent now ask for; if it
    is true for none, they ask for no terms."""
    check_query(request, query)
    after = after_of(Terms.prefix, query)
    return tell_page(read_terms(request.desk.partner, after=after, limit=query.limit), Terms.prefix, TermsTold.of)


@router.post("/settings/terms", response={201: TermsTold, **PROBLEMS}, summary="Publish a version of the terms")
def publish_terms(request: Caller, body: TermsNew) -> HttpResponse:
    """Every offer sent from now on asks for it; those already sent keep theirs. Needs the permission “Change
    settings”."""
    desk = request.desk
    terms = terms_flows.publish_terms(
        desk.partner, desk.actor, title=body.title, text=body.text, tick=body.tick, claim=request.claim
    )
    return tell(TermsTold.of(terms), 201)


@router.get("/members", response={200: ListOf[MemberTold], **PROBLEMS}, summary="List members")
def list_members(request: Caller, query: Query[Paging]) -> HttpResponse:
    """Who works for the partner, newest first, former members too. Needs the permission “Manage members”."""
    check_query(request, query)
    desk, after = request.desk, after_of(Member.prefix, query)
    return tell_page(
        read_members(desk.partner, desk.actor, after=after, limit=query.limit), Member.prefix, MemberTold.of
    )


@router.post("/members", response={201: MemberTold, **PROBLEMS}, summary="Invite or add a member")
def create_member(request: Caller, body: MemberNew) -> HttpResponse:
    """With the role's grants unless others are named; nobody gives a grant that they do not hold. Without `password`
    the person is asked by mail, and is a member once they accept; with one they are a member at once."""
    desk = request.desk
    given: dict[str, Any] = {"email": body.email, "name": body.name, "role": body.role, "grants": body.grants}
    if body.password is None:
        member_id = invitation_flows.invite_member(desk.partner, desk.actor, **given, claim=request.claim).member_id
    else:
        member_id = member_flows.create_member(
            desk.partner, desk.actor, **given, password=body.password, claim=request.claim
        ).id
    return _tell_member(request, member_id, 201)


@router.patch("/members/{member_id}", response={200: MemberTold, **PROBLEMS}, summary="Change a member")
def change_member(request: Caller, member_id: str, body: MemberChange) -> HttpResponse:
    """Role, grants or place; it holds at the member's next request. `active` false ends their sessions and keys."""
    changes = sent(body)
    if "active" in changes:
        changes["is_active"] = changes.pop("active")
    member = member_flows.update_member(
        request.desk.partner,
        request.desk.actor,
        known(Member.prefix, member_id),
        cast(member_flows.MemberChanges, changes),
    )
    return _tell_member(request, member.id)


def _tell_member(request: Caller, member_id: uuid.UUID, status: int = 200) -> HttpResponse:
    partner = request.desk.partner
    with reading(partner.id):
        return tell(MemberTold.of(member_of(partner, member_id)), status)


@router.get("/events", response={200: ListOf[EventTold], **PROBLEMS}, summary="List events")
def list_events(request: Caller, query: Query[EventQuery]) -> HttpResponse:
    """Every change, newest first. Without “See all orders”: those of your own orders."""
    check_query(request, query)
    prefix = (query.subject or "").partition("_")[0]
    filters = EventFilters(
        type=query.type,
        order_id=known_or_none(Order.prefix, query.order),
        customer_id=known_or_none(Customer.prefix, query.customer),
        subject_id=known_or_none(prefix if prefix in PREFIXES.values() else "?", query.subject),
        occurred_from=query.created_from,
        occurred_until=query.created_until,
    )
    desk, after = request.desk, after_of(Event.prefix, query)
    return tell_page(
        read_events(desk.partner, desk.actor, filters, after=after, limit=query.limit), Event.prefix, EventTold.of
    )


@router.post("/test-clock", response={200: ClockTold, **PROBLEMS}, summary="Move the test clock")
def move_clock(request: Caller, body: ClockMove) -> HttpResponse:
    """Partners in test mode only. Runs all that falls due on the way, in order, and answers when it is done."""
    desk = request.desk
    advance = advance_clock(desk.partner, desk.actor, body.advance_to)
    desk.partner.refresh_from_db(fields=["clock_offset_seconds"])
    return tell(
        ClockTold(now=now_of(desk.partner), advanced_from=advance.from_at, advanced_to=advance.to_at, ran=advance.ran)
    )

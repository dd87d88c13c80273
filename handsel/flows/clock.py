"""The test clock: moves a test partner's time and runs what falls due on the way, in order (DOMAIN.md section 1)."""

from __future__ import annotations

import datetime as dt
import uuid

import structlog
from django.db import IntegrityError
from django.db.models import Min
from django.utils.timezone import now as real_now

from handsel.database.tenancy import reading
from handsel.flows import due
from handsel.flows.billing.renew import renew_customer, start_subscription
from handsel.flows.jobs import wake
from handsel.flows.sales.activation import start_due
from handsel.flows.sales.offers import expire_offer
from handsel.flows.work import partner_by_id, working
from handsel.models import Activation, ClockAdvance, Offer, Partner, Subscription
from handsel.models.people import now_of
from handsel.rules.errors import Invalid, Refused
from handsel.rules.permissions import Actor, Grant, check_grant
from handsel.rules.subscription_states import BILLED_SUBSCRIPTION_STATUSES, SubscriptionStatus

log = structlog.get_logger(__name__)

FURTHEST = dt.timedelta(days=5 * 366)


def begin_advance(partner: Partner, actor: Actor, to: dt.datetime, *, in_background: bool) -> ClockAdvance:
    """Record the move, and with `in_background` wake the job that carries it out; a page then polls the row.

    Raises Refused (`test_mode_only`, or while another move runs) and Invalid (`clock_cannot_go_back`).
    """
    check_grant(actor, Grant.SETTINGS_MANAGE)
    if not partner.is_test:
        raise Refused("test_mode_only", "Only a partner in test mode has a clock that can be moved.")
    with working(partner, actor) as work:
        if to <= work.now:
            raise Invalid.at("advance_to", "The test clock moves forward only.", code="clock_cannot_go_back")
        if to - work.now > FURTHEST:
            raise Invalid.at("advance_to", "The test clock moves at most five years at a time.")
        advance = ClockAdvance(partner_id=partner.id, from_at=work.now, to_at=to, reached_at=work.now)
        try:
            advance.save(force_insert=True)
        except IntegrityError as error:
            raise Refused("request_in_progress", "The clock is being moved already; wait until it is there.") from error
        work.record("clock.advance_started", advance, changes={"to": to.isoformat()})
        if in_background:
            wake("advance_clock", partner_id=str(partner.id), advance_id=str(advance.id))
    return advance


def advance_clock(partner: Partner, actor: Actor, to: dt.datetime) -> ClockAdvance:
    """Move the clock and answer when everything that fell due is done."""
    advance = begin_advance(partner, actor, to, in_background=False)
    return run_advance(partner, advance.id, actor)


def run_advance(partner: Partner, advance_id: uuid.UUID, actor: Actor) -> ClockAdvance:
    """Do what is due, then step to the next instant at which something is. Safe to run again after a crash: what was
    done is not due any more. What fails is logged, and stays due while the clock moves on."""
    with reading(partner.id):
        advance = ClockAdvance.objects.get(id=advance_id)
    while advance.finished_at is None:
        partner = partner_by_id(partner.id)
        ran, instant = _run_due(partner), None
        if ran == 0:
            instant = _next_instant(partner, advance.to_at)
            partner = _set_clock(partner, actor, instant or advance.to_at)
        advance = _progress(partner, actor, advance_id, ran, done=ran == 0 and instant is None)
    return advance


def _next_instant(partner: Partner, until: dt.datetime) -> dt.datetime | None:
    """The earliest instant to come at which something of this partner falls due, up to `until`."""
    to_come = (now_of(partner), until)
    with reading(partner.id):
        running = Subscription.objects.filter(status__in=BILLED_SUBSCRIPTION_STATUSES, renews_at__range=to_come)
        scheduled = Subscription.objects.filter(status=SubscriptionStatus.SCHEDULED, starts_at__range=to_come)
        offers = Offer.objects.filter(closed_at=None, order__status__in=due.EXPIRING)
        instants = [
            running.aggregate(at=Min("renews_at"))["at"],
            scheduled.aggregate(at=Min("starts_at"))["at"],
            Activation.objects.filter(next_attempt_at__range=to_come).aggregate(at=Min("next_attempt_at"))["at"],
            offers.filter(expires_at__range=to_come).aggregate(at=Min("expires_at"))["at"],
        ]
    return min((instant for instant in instants if instant is not None), default=None)


def _set_clock(partner: Partner, actor: Actor, to: dt.datetime) -> Partner:
    offset = (to - real_now()).total_seconds()
    with working(partner, actor):
        row = Partner.objects.select_for_update(no_key=True).get(id=partner.id)
        row.clock_offset_seconds = max(row.clock_offset_seconds, int(offset) + 1)
        row.save(update_fields=["clock_offset_seconds"])
    return row


def _run_due(partner: Partner) -> int:
    """One pass over what is due now, and how much of it was done; each thing is its own transaction, as when the worker
    does it."""
    ran = 0
    for run, found in (
        (start_subscription, due.subscriptions_to_start(partner)),
        (start_due, due.activations_to_start(partner)),
        (expire_offer, due.offers_to_expire(partner)),
        (renew_customer, due.customers_to_renew(partner)),
    ):
        for _, row_id in found:
            try:
                run(partner, row_id)
                ran += 1
            except Exception:
                log.exception("due_failed", flow=run.__name__, row=str(row_id))
    return ran


def _progress(partner: Partner, actor: Actor, advance_id: uuid.UUID, ran: int, *, done: bool) -> ClockAdvance:
    with working(partner, actor) as work:
        advance = ClockAdvance.objects.select_for_update(no_key=True).get(id=advance_id)
        if advance.finished_at is not None:
            return advance  # Another one carried it out too.
        advance.ran += ran
        advance.reached_at = min(work.now, advance.to_at)
        if done:
            advance.reached_at = advance.to_at
            advance.finished_at = real_now()
            work.record("clock.advanced", advance, changes={"to": advance.to_at.isoformat(), "ran": advance.ran})
        advance.save()
    return advance

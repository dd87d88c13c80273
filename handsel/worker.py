"""The jobs and the calendar: every recurring thing the product does, on one screen. Each line names the flow it runs.

A job only wakes work up: what is owed stands in our own rows with the date it falls due, so a lost or doubled job
changes nothing. Each due thing is claimed by its flow, in its own transaction.
"""

from __future__ import annotations

import functools
import time
import uuid
from collections.abc import Callable, Iterable
from typing import Any

import procrastinate
import structlog
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from handsel.flows import due
from handsel.flows.billing.renew import renew_customer, start_subscription
from handsel.flows.clock import run_advance
from handsel.flows.history.housekeeping import fold_order_counts, forget_old_answers
from handsel.flows.history.seal import seal_events
from handsel.flows.money.incoming import apply_event
from handsel.flows.money.reconcile import look
from handsel.flows.money.refund import drive_refund
from handsel.flows.sales.activation import start_due
from handsel.flows.sales.certify import certify_offer
from handsel.flows.sales.offers import expire_offer
from handsel.flows.sales.reprice import reprice_country
from handsel.flows.work import partner_by_id
from handsel.messages.compose import compose_mails
from handsel.messages.send import send_mail
from handsel.models import Partner
from handsel.rules.permissions import SYSTEM

log = structlog.get_logger(__name__)

# Six fields: croniter reads the seconds from the last one.
EVERY_2_SECONDS, EVERY_5_SECONDS = "* * * * * */2", "* * * * * */5"
EVERY_MINUTE, EVERY_HOUR = "* * * * *", "7 * * * *"
SLOW_SECONDS = 5.0
STALLED_SECONDS = 30.0  # three heartbeats of a worker


def _calendar(when: str, name: str) -> Callable[[Callable[[], None]], Any]:
    """A job of the calendar: never two of one name at once, and a missed one is not made up for."""

    def register(run: Callable[[], None]) -> Any:
        def job(timestamp: int) -> None:
            del timestamp
            try:
                run()
            finally:
                connection.close()  # A thread that waits holds none, least of all a broken one.

        task = app.task(name=name, queueing_lock=name, lock=name)(job)
        return app.periodic(cron=when, periodic_id=name)(task)

    return register


def _each(pairs: Iterable[tuple[uuid.UUID, uuid.UUID]], run: Callable[[Partner, uuid.UUID], Any]) -> None:
    """Run a flow for each due row; one that fails is logged and keeps its date, the others go on. Where a partner's
    gateway or vendor is slow, the rest of its rows waits for the next time, and not the other partners."""
    partners: dict[uuid.UUID, Partner] = {}
    slow: set[uuid.UUID] = set()
    for partner_id, row_id in pairs:
        if partner_id in slow:
            continue
        began = time.monotonic()
        try:
            partner = partners.setdefault(partner_id, partner_by_id(partner_id))
            run(partner, row_id)
        except Exception:
            log.exception("job_failed", flow=run.__name__, row=str(row_id))
        finally:
            connection.close()
        if time.monotonic() - began > SLOW_SECONDS:
            slow.add(partner_id)


@_calendar(EVERY_2_SECONDS, "reconcile_payments")
def reconcile_payments() -> None:
    _each(due.payments_to_look_at(), look)


@_calendar(EVERY_2_SECONDS, "apply_gateway_events")
def apply_gateway_events() -> None:
    _each(due.gateway_events_to_apply(), apply_event)


@_calendar(EVERY_2_SECONDS, "drive_refunds")
def drive_refunds() -> None:
    _each(due.refunds_to_drive(), drive_refund)


@_calendar(EVERY_2_SECONDS, "start_activations")
def start_activations() -> None:
    _each(due.activations_to_start(), start_due)


@_calendar(EVERY_5_SECONDS, "start_subscriptions")
def start_subscriptions() -> None:
    _each(due.subscriptions_to_start(), start_subscription)


@_calendar(EVERY_2_SECONDS, "certify_offers")
def certify_offers() -> None:
    _each(due.offers_to_certify(), certify_offer)


@_calendar(EVERY_5_SECONDS, "expire_offers")
def expire_offers() -> None:
    _each(due.offers_to_expire(), expire_offer)


@_calendar(EVERY_5_SECONDS, "renew_subscriptions")
def renew_subscriptions() -> None:
    _each(due.customers_to_renew(), renew_customer)


@_calendar(EVERY_2_SECONDS, "seal_and_compose")
def seal_and_compose() -> None:
    _each(((partner, partner) for partner in due.partners_with_unsealed_events()), _all_of(seal_events))
    _each(((partner, partner) for partner in due.partners_with_unread_seals()), _all_of(compose_mails))


def _all_of(step: Callable[[Partner], int]) -> Callable[[Partner, uuid.UUID], None]:
    """A step that does one batch and says how many it held, until a batch is empty."""

    @functools.wraps(step)
    def run(partner: Partner, _: uuid.UUID) -> None:
        while step(partner):
            pass

    return run


@_calendar(EVERY_2_SECONDS, "send_mails")
def send_mails() -> None:
    _each(due.mails_to_send(), send_mail)


@_calendar(EVERY_MINUTE, "fold_order_counts")
def fold_counts() -> None:
    fold_order_counts()


@_calendar(EVERY_HOUR, "forget_old_answers")
def forget_answers() -> None:
    forget_old_answers()


@_calendar(EVERY_MINUTE, "resume_clock_advances")
def resume_clock_advances() -> None:
    _each(due.clock_advances_to_resume(), lambda partner, row: run_advance(partner, row, SYSTEM))


@app.periodic(cron=EVERY_5_SECONDS, periodic_id="retry_stalled_jobs")
@app.task(name="retry_stalled_jobs", queueing_lock="retry_stalled_jobs", pass_context=True)
async def retry_stalled_jobs(context: procrastinate.JobContext, timestamp: int) -> None:
    """A job whose worker was killed stays "doing", with its lock, until somebody notices.

    One of the calendar is dropped: the next one is queued behind its lock, and two of a name may not be queued.
    """
    del timestamp
    jobs = context.app.job_manager
    for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
        if job.queueing_lock:
            await jobs.finish_job(job, Status.FAILED, delete_job=True)
        else:
            await jobs.retry_job(job)


@app.task(name="apply_gateway_event")
def apply_gateway_event(partner_id: str, event_id: str) -> None:
    _each([(uuid.UUID(partner_id), uuid.UUID(event_id))], apply_event)


@app.task(name="reprice_country", retry=procrastinate.RetryStrategy(max_attempts=10, exponential_wait=2))
def reprice_orders(partner_id: str, country: str) -> None:
    reprice_country(partner_by_id(uuid.UUID(partner_id)), country)


@app.task(name="advance_clock")
def advance_clock(partner_id: str, advance_id: str) -> None:
    _each([(uuid.UUID(partner_id), uuid.UUID(advance_id))], lambda p, row: run_advance(p, row, SYSTEM))

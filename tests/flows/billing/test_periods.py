"""Which periods are billed and when: anchors, terms, trials, time zones, and each period exactly once."""

from __future__ import annotations

import datetime as dt
import threading
from decimal import Decimal

import psycopg
import pytest
from django.db import IntegrityError, connection

from handsel.database.tenancy import writing
from handsel.flows import due
from handsel.flows.billing.renew import renew_customer
from handsel.flows.money.settle import settle
from handsel.flows.sales.draft import LineDraft
from handsel.gateways.base import Approved
from handsel.models import Activation, InvoiceLine, Payment, Subscription
from handsel.rules.periods import instant
from handsel.rules.pricing import PercentOff
from tests.flows.calendar import billed_periods, desk_in, fresh, go_to, noon, renewals, sound
from tests.flows.money.desk import Desk
from tests.sandbox import SandboxServer

BERLIN = "Europe/Berlin"


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def subscribed(desk: Desk, **line: object) -> Subscription:
    """One month of hosting after another, 20.00 each, the first paid today by a card that is kept."""
    order = desk.pay(desk.order(LineDraft(desk.hosting.id, **line)))  # type: ignore[arg-type]
    (subscription,) = desk.subscriptions(order)
    return subscription


def starts(desk: Desk, subscription: Subscription) -> list[str]:
    return [start.isoformat() for start, _ in billed_periods(desk, subscription)]


@pytest.fixture
def desk(sandbox: SandboxServer) -> Desk:
    return desk_in(BERLIN, day=day("2027-01-31"))


def test_a_renewal_is_invoiced_and_charged_when_its_period_begins(desk: Desk, sandbox: SandboxServer) -> None:
    subscription = subscribed(desk)
    go_to(desk, day("2027-02-28"))

    (invoice,) = renewals(desk)
    assert (invoice.status, invoice.number, invoice.total_minor, invoice.paid_minor) == (
        "paid", "INV-000002", 2_000, 2_000,
    )  # fmt: skip
    assert invoice.issued_on == day("2027-02-28")
    (payment,) = desk.payments(invoice.id)
    assert (payment.status, payment.source, payment.initiated_by) == ("succeeded", "clock", "Clock")
    (charge,) = sandbox.captured(invoice=invoice.shown_id)
    assert charge["amount"] == 2_000
    renewed = fresh(desk, subscription)
    assert (renewed.status, renewed.periods_billed) == ("active", 2)
    assert (renewed.period_start_on, renewed.period_end_on) == (day("2027-02-28"), day("2027-03-31"))
    assert renewed.renews_at == instant(day("2027-03-31"), BERLIN)
    assert sound(desk) == []


def test_an_anchor_on_the_31st_keeps_the_ends_of_months(desk: Desk) -> None:
    subscription = subscribed(desk)
    go_to(desk, day("2027-06-01"))

    assert starts(desk, subscription) == ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"]
    assert [invoice.issued_on.isoformat() for invoice in renewals(desk) if invoice.issued_on] == [
        "2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31",
    ]  # fmt: skip
    assert sound(desk) == []


def test_a_leap_day_comes_round_again(sandbox: SandboxServer) -> None:
    desk = desk_in(BERLIN, day=day("2028-02-29"))
    order = desk.pay(desk.order(desk.care))
    (subscription,) = desk.subscriptions(order)
    go_to(desk, day("2031-12-31"))

    assert starts(desk, subscription) == ["2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28"]
    assert fresh(desk, subscription).renews_at == instant(day("2032-02-29"), BERLIN)


def test_twelve_months_are_billed_twelve_times_and_then_the_service_ends(desk: Desk, sandbox: SandboxServer) -> None:
    subscription = subscribed(desk, periods=12)
    go_to(desk, day("2028-06-01"))

    assert len(starts(desk, subscription)) == 12
    assert len(renewals(desk)) == 11
    assert len(sandbox.captured(partner=str(desk.partner.id))) == 12
    ended = fresh(desk, subscription)
    assert (ended.status, ended.renews_at) == ("ended", None)
    assert ended.ended_at is not None
    assert ended.ended_at >= instant(day("2028-01-31"), BERLIN)
    (activation,) = desk.rows(Activation, line_id=ended.line_id)
    assert activation.status == "deactivated"
    assert sound(desk) == []


def test_one_period_is_a_term_too(desk: Desk) -> None:
    subscription = subscribed(desk, periods=1)
    go_to(desk, day("2027-03-01"))

    assert renewals(desk) == []
    assert fresh(desk, subscription).status == "ended"


def test_a_trial_is_not_billed_until_it_ends(desk: Desk) -> None:
    trial = desk.product("Trial hosting", 2_000, interval="month", trial_days=30)
    order = desk.pay(desk.order(trial, desk.website))
    (subscription,) = desk.subscriptions(order)
    assert (subscription.status, subscription.periods_billed, subscription.trial_ends_on) == (
        "active", 0, day("2027-03-02"),
    )  # fmt: skip
    go_to(desk, day("2027-03-01"))
    assert renewals(desk) == []
    go_to(desk, day("2027-04-05"))

    assert starts(desk, subscription) == ["2027-03-02", "2027-04-02"]
    assert sound(desk) == []


def test_a_trial_of_twelve_periods_is_followed_by_all_twelve(desk: Desk) -> None:
    trial = desk.product("Weekly", 100, interval="week", trial_days=5)
    order = desk.pay(desk.order(LineDraft(trial.id, periods=3), desk.website))
    (subscription,) = desk.subscriptions(order)
    go_to(desk, day("2027-04-01"))

    assert starts(desk, subscription) == ["2027-02-05", "2027-02-12", "2027-02-19"]
    assert fresh(desk, subscription).status == "ended"


def test_a_scheduled_subscription_renews_from_its_own_start(desk: Desk) -> None:
    order = desk.pay(desk.order(desk.hosting, contract_start_on=day("2027-03-31")))
    (subscription,) = desk.subscriptions(order)
    go_to(desk, day("2027-05-15"))

    assert starts(desk, subscription) == ["2027-03-31", "2027-04-30"]


@pytest.mark.parametrize(
    ("zone", "renews"),
    [
        ("America/New_York", "2027-03-15T04:00:00+00:00"),  # clocks went forward on the 14th
        ("Europe/Berlin", "2027-03-14T23:00:00+00:00"),
        ("Australia/Sydney", "2027-03-14T13:00:00+00:00"),
        ("Pacific/Kiritimati", "2027-03-14T10:00:00+00:00"),
    ],
)
def test_a_period_begins_at_midnight_where_the_customer_is(sandbox: SandboxServer, zone: str, renews: str) -> None:
    desk = desk_in(zone, day=day("2027-02-15"))
    subscription = subscribed(desk)
    assert subscription.renews_at == dt.datetime.fromisoformat(renews)
    go_to(desk, subscription.renews_at - dt.timedelta(seconds=5))
    assert renewals(desk) == []
    go_to(desk, subscription.renews_at)

    (invoice,) = renewals(desk)
    assert invoice.issued_on == day("2027-03-15")


def test_a_midnight_that_does_not_exist_is_where_the_clocks_jump_to(sandbox: SandboxServer) -> None:
    desk = desk_in("America/Santiago", day=day("2027-08-05"))
    subscription = subscribed(desk)

    assert subscription.renews_at == dt.datetime(2027, 9, 5, 4, tzinfo=dt.UTC)


def test_a_discount_ends_after_its_periods(desk: Desk) -> None:
    subscribed(desk, discount=PercentOff(Decimal(50)), discount_periods=2)
    go_to(desk, day("2027-04-01"))

    assert [(invoice.discount_minor, invoice.total_minor) for invoice in renewals(desk)] == [(1_000, 1_000), (0, 2_000)]
    assert sound(desk) == []


def test_workers_that_were_asleep_bill_every_period_they_missed(desk: Desk) -> None:
    subscription = subscribed(desk)
    with writing(desk.partner.id):
        desk.partner.clock_offset_seconds += 100 * 86400
        desk.partner.save(update_fields=["clock_offset_seconds"])
    for _ in range(5):
        renew_customer(desk.partner, desk.dana.id)

    assert starts(desk, subscription) == ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]
    assert sound(desk) == []


def fall_due(desk: Desk, subscription: Subscription) -> None:
    """Let the subscription's period be over, without anybody billing it."""
    assert subscription.renews_at is not None
    with writing(desk.partner.id):
        passed = noon(desk, day("2027-02-28")) - noon(desk, day("2027-01-31"))
        desk.partner.clock_offset_seconds += int(passed.total_seconds())
        desk.partner.save(update_fields=["clock_offset_seconds"])


def test_two_workers_at_once_bill_and_charge_one_period(desk: Desk, sandbox: SandboxServer) -> None:
    subscription = subscribed(desk)
    fall_due(desk, subscription)
    assert (desk.partner.id, desk.dana.id) in due.customers_to_renew(desk.partner)
    start = threading.Barrier(4)

    def works() -> None:
        start.wait()
        renew_customer(desk.partner, desk.dana.id)
        connection.close()

    workers = [threading.Thread(target=works) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    (invoice,) = renewals(desk)
    assert len(desk.payments(invoice.id)) == 1
    assert len(sandbox.captured(invoice=invoice.shown_id)) == 1
    assert starts(desk, subscription) == ["2027-01-31", "2027-02-28"]
    assert (desk.partner.id, desk.dana.id) not in due.customers_to_renew(desk.partner)
    assert sound(desk) == []


def test_billing_that_is_started_three_times_bills_once(desk: Desk, sandbox: SandboxServer) -> None:
    subscription = subscribed(desk)
    fall_due(desk, subscription)
    for _ in range(3):
        renew_customer(desk.partner, desk.dana.id)

    assert len(renewals(desk)) == 1
    assert len(sandbox.captured(partner=str(desk.partner.id))) == 2


def test_the_database_refuses_a_second_line_for_a_period(desk: Desk) -> None:
    subscription = subscribed(desk)
    (line,) = desk.rows(InvoiceLine, subscription_id=subscription.id)
    line.id = subscription.id  # any other id
    with (
        pytest.raises(IntegrityError, match="one_line_per_subscription_and_period") as refused,
        writing(desk.partner.id),
    ):
        line.save(force_insert=True)

    assert isinstance(refused.value.__cause__, psycopg.errors.UniqueViolation)


def test_the_same_success_again_extends_nothing(desk: Desk) -> None:
    subscription = subscribed(desk)
    go_to(desk, day("2027-02-28"))
    (invoice,) = renewals(desk)
    (payment,) = desk.payments(invoice.id)
    before = fresh(desk, subscription).renews_at
    for _ in range(2):
        settle(desk.partner, payment.id, _again(payment))
        renew_customer(desk.partner, desk.dana.id)

    assert fresh(desk, subscription).renews_at == before
    assert len(renewals(desk)) == 1
    assert fresh(desk, invoice).paid_minor == 2_000
    assert sound(desk) == []


def _again(payment: Payment) -> Approved:
    return Approved(
        reference=payment.reference,
        amount_minor=payment.captured_minor,
        currency=payment.currency,
        method=None,
        customer_reference=None,
    )

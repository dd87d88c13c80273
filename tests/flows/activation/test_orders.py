"""The order and its lines: retry, ignore, days on which lines start, and what a failed line means for its money."""

from __future__ import annotations

import datetime as dt

import pytest

from handsel.flows.clock import advance_clock
from handsel.flows.sales.activation import ignore_errors, retry_activation, start_due
from handsel.flows.sales.draft import LineDraft
from handsel.flows.sales.moves import act
from handsel.flows.work import partner_by_id
from handsel.models import Activation, Event, Order, Product, Subscription
from handsel.models.people import now_of
from handsel.rules.errors import NotAllowed, NotFound, Refused
from handsel.rules.periods import instant
from tests.cast import read_order
from tests.flows.activation.vendor import VendorServer
from tests.flows.calendar import billed_periods, desk_in, fresh, go_to, renewals, sound, today
from tests.flows.money.desk import Desk
from tests.sandbox import SandboxServer

DONE, FAILED = (200, '{"status": "done"}'), (200, '{"status": "failed", "reason": "Taken."}')
SECONDS = dt.timedelta(seconds=1)


def other_product(desk: Desk, vendor: VendorServer) -> Product:
    return desk.product("Mailbox", 500, vendor_url=vendor.url)


def with_two_failures(desk: Desk, vendor: VendorServer, *more: LineDraft | Product) -> tuple[Order, list[Activation]]:
    """A paid order whose two vendor lines have failed."""
    vendor.says(FAILED)
    order = desk.pay(desk.order(desk.hosting, other_product(desk, vendor), *more))
    for activation in desk.rows(Activation, order_id=order.id, status="pending"):
        start_due(desk.partner, activation.id)
    return order, desk.rows(Activation, order_id=order.id, status="errored")


def run_due(desk: Desk, order: Order) -> None:
    for activation in desk.activations(order):
        start_due(desk.partner, activation.id)


def status(desk: Desk, order: Order) -> str:
    return read_order(desk.partner, order.id).status


def test_a_retry_of_the_whole_order_tells_every_failed_vendor_again(desk: Desk, vendor: VendorServer) -> None:
    order, _ = with_two_failures(desk, vendor)
    vendor.says(DONE)
    retry_activation(desk.partner, desk.alice, order.id)
    assert status(desk, order) == "processing"
    assert {row.status for row in desk.activations(order)} == {"pending"}
    run_due(desk, order)

    assert status(desk, order) == "activated"
    assert {row.reason for row in desk.activations(order)} == {""}
    assert len({told.headers["webhook-id"] for told in vendor.told}) == 2
    assert sound(desk) == []


def test_a_retry_of_one_line_leaves_the_other_in_error(desk: Desk, vendor: VendorServer) -> None:
    order, (first, second) = with_two_failures(desk, vendor)
    vendor.says(DONE)
    retry_activation(desk.partner, desk.alice, order.id, line_id=first.line_id)
    run_due(desk, order)

    assert (fresh(desk, first).status, fresh(desk, second).status) == ("activated", "errored")
    assert status(desk, order) == "activation_errors"


def test_ignoring_one_line_keeps_the_status_and_ignoring_the_last_ends_it(desk: Desk, vendor: VendorServer) -> None:
    order, (first, second) = with_two_failures(desk, vendor)
    ignore_errors(desk.partner, desk.alice, order.id, line_id=first.line_id)
    assert (fresh(desk, first).status, status(desk, order)) == ("errors_ignored", "activation_errors")
    ignore_errors(desk.partner, desk.alice, order.id)

    assert (fresh(desk, second).status, status(desk, order)) == ("errors_ignored", "activated")
    assert len(vendor.told) == 2
    assert sound(desk) == []


def test_an_ignored_error_does_not_hide_a_line_that_starts_later(desk: Desk, vendor: VendorServer) -> None:
    later = LineDraft(desk.website.id, start_on=today(desk) + dt.timedelta(days=9))
    order, _ = with_two_failures(desk, vendor, later)
    ignore_errors(desk.partner, desk.alice, order.id)
    assert status(desk, order) == "scheduled"
    go_to(desk, today(desk) + dt.timedelta(days=9))

    assert status(desk, order) == "activated"
    assert sorted(row.status for row in desk.activations(order)) == ["activated", "errors_ignored", "errors_ignored"]


@pytest.mark.parametrize("verb", [retry_activation, ignore_errors])
def test_a_salesperson_may_neither_retry_nor_ignore(desk: Desk, vendor: VendorServer, verb: object) -> None:
    order, _ = with_two_failures(desk, vendor)
    with pytest.raises(NotAllowed):
        verb(desk.partner, desk.bob, order.id)  # type: ignore[operator]

    assert status(desk, order) == "activation_errors"


@pytest.mark.parametrize("verb", [retry_activation, ignore_errors])
def test_a_line_that_did_not_fail_is_not_found_among_the_failed(desk: Desk, vendor: VendorServer, verb: object) -> None:
    order, _ = with_two_failures(desk, vendor, desk.website)
    works = next(row for row in desk.activations(order) if row.status == "activated")
    with pytest.raises(NotFound):
        verb(desk.partner, desk.alice, order.id, line_id=works.line_id)  # type: ignore[operator]


def test_an_order_without_errors_has_nothing_to_retry(desk: Desk, vendor: VendorServer) -> None:
    order = desk.pay(desk.order(desk.website))
    with pytest.raises(Refused) as refusal:
        retry_activation(desk.partner, desk.alice, order.id)

    assert refusal.value.code == "action_not_allowed"


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles", "Asia/Kolkata"])
def test_an_order_starts_when_its_day_begins_where_the_customer_is(sandbox: SandboxServer, zone: str) -> None:
    desk = desk_in(zone, day=dt.date(2027, 3, 1))
    start = dt.date(2027, 3, 20)
    order = desk.pay(desk.order(desk.website, desk.hosting, contract_start_on=start))
    assert status(desk, order) == "scheduled"
    assert {row.status for row in desk.subscriptions(order)} == {"scheduled"}
    assert [invoice.status for invoice in desk.invoices(order)] == ["paid"]
    go_to(desk, instant(start, zone) - 5 * SECONDS)
    assert status(desk, order) == "scheduled"
    go_to(desk, instant(start, zone))

    assert status(desk, order) == "activated"
    assert {row.status for row in desk.subscriptions(order)} == {"active"}
    assert {row.starts_on for row in desk.activations(order)} == {start}


def test_each_line_starts_on_its_own_day_before_that_of_the_contract(desk: Desk, vendor: VendorServer) -> None:
    vendor.says(DONE)
    first, second = today(desk) + dt.timedelta(days=2), today(desk) + dt.timedelta(days=5)
    order = desk.pay(desk.order(LineDraft(desk.hosting.id, start_on=first), desk.website, contract_start_on=second))
    assert sorted(row.starts_on for row in desk.activations(order)) == [first, second]
    go_to(desk, first)
    assert status(desk, order) == "scheduled"
    assert sorted(row.status for row in desk.activations(order)) == ["activated", "scheduled"]
    assert len(vendor.told) == 1
    go_to(desk, second)

    assert status(desk, order) == "activated"
    assert desk.events(subject_id=order.id)[-4:] == [
        "order.activation_started", "order.scheduled", "order.activation_started", "order.activated",
    ]  # fmt: skip


def test_a_line_of_today_does_not_wait_for_that_of_tomorrow(desk: Desk) -> None:
    later = LineDraft(desk.website.id, start_on=today(desk) + dt.timedelta(days=1))
    order = desk.pay(desk.order(desk.care, later))

    assert sorted(row.status for row in desk.activations(order)) == ["activated", "scheduled"]
    assert status(desk, order) == "scheduled"


def test_a_start_in_the_past_is_today(sandbox: SandboxServer) -> None:
    desk = desk_in("Europe/Berlin", day=dt.date(2027, 3, 10))
    order = desk.pay(desk.order(LineDraft(desk.hosting.id, start_on=dt.date(2027, 1, 1))))
    (subscription,) = desk.subscriptions(order)

    assert subscription.anchor_on == dt.date(2027, 3, 10)
    assert status(desk, order) == "activated"


def test_a_line_waits_while_cancellation_is_asked_for_and_starts_when_it_is_refused(desk: Desk) -> None:
    start = today(desk) + dt.timedelta(days=3)
    order = desk.pay(desk.order(desk.website, contract_start_on=start))
    act(desk.partner, desk.bob, "request_cancellation", order.id, reason="They are not sure.")
    go_to(desk, start)
    assert [row.status for row in desk.activations(order)] == ["scheduled"]
    act(desk.partner, desk.alice, "refuse_cancellation", order.id)
    go_to(desk, now_of(desk.partner) + dt.timedelta(hours=2))

    assert [row.status for row in desk.activations(order)] == ["activated"]
    assert status(desk, order) == "activated"


def test_a_failed_line_does_not_bill_and_its_neighbour_does(sandbox: SandboxServer, vendor: VendorServer) -> None:
    desk, order = with_a_failed_subscription(vendor)
    go_to(desk, dt.date(2027, 2, 20))
    failed, works = _failed_and_working(desk, order)

    assert failed.renews_at is None
    assert billed_periods(desk, failed) == [(dt.date(2027, 1, 10), dt.date(2027, 2, 10))]
    assert [start for start, _ in billed_periods(desk, works)] == [dt.date(2027, 1, 10), dt.date(2027, 2, 10)]
    assert [invoice.total_minor for invoice in renewals(desk)] == [700]
    assert len(desk.rows(Event, type="subscription.billing_held")) == 1
    assert sound(desk) == []


def test_billing_goes_on_once_the_line_works_and_leaves_out_what_nobody_had(
    sandbox: SandboxServer, vendor: VendorServer
) -> None:
    desk, order = with_a_failed_subscription(vendor)
    go_to(desk, dt.date(2027, 4, 20))
    vendor.says(DONE)
    retry_activation(desk.partner, desk.alice, order.id)
    run_due(desk, order)
    failed, _ = _failed_and_working(desk, order)
    assert failed.renews_at == instant(dt.date(2027, 5, 10), desk.dana.timezone)
    go_to(desk, dt.date(2027, 6, 20))

    starts = [start for start, _ in billed_periods(desk, failed)]
    assert starts == [dt.date(2027, 1, 10), dt.date(2027, 5, 10), dt.date(2027, 6, 10)]
    (resumed,) = desk.rows(Event, type="subscription.billing_resumed")
    assert resumed.changes == {"from": "2027-05-10", "skipped": 3}
    assert sound(desk) == []


def test_a_line_mended_on_the_day_of_its_renewal_is_billed_that_day(
    sandbox: SandboxServer, vendor: VendorServer
) -> None:
    desk, order = with_a_failed_subscription(vendor)
    go_to(desk, dt.date(2027, 2, 10))
    vendor.says(DONE)
    retry_activation(desk.partner, desk.alice, order.id)
    run_due(desk, order)
    go_to(desk, dt.date(2027, 2, 11))
    failed, _ = _failed_and_working(desk, order)

    assert [start for start, _ in billed_periods(desk, failed)] == [dt.date(2027, 1, 10), dt.date(2027, 2, 10)]


def test_a_failed_line_that_is_mended_after_its_term_bills_nothing_more(
    sandbox: SandboxServer, vendor: VendorServer
) -> None:
    desk, order = with_a_failed_subscription(vendor, periods=3)
    go_to(desk, dt.date(2027, 8, 1))
    vendor.says(DONE)
    retry_activation(desk.partner, desk.alice, order.id)
    run_due(desk, order)
    go_to(desk, dt.date(2027, 8, 2))
    failed, _ = _failed_and_working(desk, order)

    assert (failed.status, failed.renews_at) == ("ended", None)
    assert len(billed_periods(desk, failed)) == 1
    assert sound(desk) == []


def test_a_vendor_that_stays_silent_is_asked_by_the_calendar_until_it_has_failed(
    desk: Desk, vendor: VendorServer
) -> None:
    vendor.says((503, ""))
    order = desk.pay(desk.order(desk.hosting))
    advance_clock(desk.partner, desk.alice, now_of(desk.partner) + dt.timedelta(hours=6))
    desk.partner = partner_by_id(desk.partner.id)

    assert status(desk, order) == "activation_errors"
    assert len(vendor.told) == 6


def with_a_failed_subscription(vendor: VendorServer, periods: int | None = None) -> tuple[Desk, Order]:
    """Paid on 10 January 2027: the vendor's hosting, which fails, and backups at 7.00, which work."""
    desk = desk_in("Europe/Berlin", day=dt.date(2027, 1, 10))
    hosting = desk.product("Vendor hosting", 2_000, interval="month", vendor_url=vendor.url)
    backups = desk.product("Backups", 700, interval="month")
    vendor.says(FAILED)
    order = desk.pay(desk.order(LineDraft(hosting.id, periods=periods), backups))
    run_due(desk, order)
    assert status(desk, order) == "activation_errors"
    return desk, order


def _failed_and_working(desk: Desk, order: Order) -> list[Subscription]:
    return sorted(desk.subscriptions(order), key=lambda row: -row.unit_price_minor)

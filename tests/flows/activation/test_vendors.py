"""Telling vendors: what they get, and what each of their answers does to the line and its order."""

from __future__ import annotations

import datetime as dt
import json
import threading
from typing import Any

import pytest
from django.db import connection
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from handsel.database.secrets import decrypt
from handsel.database.tenancy import writing
from handsel.flows import due
from handsel.flows.sales import activation as flow
from handsel.flows.sales.activation import AGAIN_SECONDS, LATER_SECONDS, start_due
from handsel.messages import vendors
from handsel.models import Activation, Event, Order
from handsel.models.people import now_of
from tests.cast import read_order
from tests.flows.activation.vendor import VendorServer
from tests.flows.calendar import fresh, sound
from tests.flows.money.desk import Desk

DONE, LATER = (200, '{"status": "done"}'), (202, '{"status": "later"}')
FAILED = (200, '{"status": "failed", "reason": "The domain is taken."}')


def sold(desk: Desk) -> tuple[Order, Activation]:
    """A paid order of the vendor's hosting alone, and its activation."""
    order = desk.pay(desk.order(desk.hosting))
    (activation,) = desk.activations(order)
    return order, activation


def ask_again(desk: Desk, activation: Activation) -> Activation:
    """Let the next attempt be due, and make it."""
    with writing(desk.partner.id):
        Activation.objects.filter(id=activation.id).update(next_attempt_at=now_of(desk.partner))
    start_due(desk.partner, activation.id)
    row: Activation = fresh(desk, activation)
    return row


def test_a_paid_line_waits_for_its_vendor(desk: Desk, vendor: VendorServer) -> None:
    order, activation = sold(desk)

    assert (order.status, activation.status) == ("processing", "pending")
    assert (desk.partner.id, activation.id) in due.activations_to_start(desk.partner)
    assert vendor.told == []


@pytest.mark.parametrize("answer", [DONE, (200, ""), (204, ""), (201, " \n")])
def test_done_activates_the_line_and_the_order(desk: Desk, vendor: VendorServer, answer: tuple[int, str]) -> None:
    vendor.says(answer)
    order, activation = sold(desk)
    start_due(desk.partner, activation.id)

    activation = fresh(desk, activation)
    assert (activation.status, activation.attempts, activation.next_attempt_at) == ("activated", 1, None)
    assert activation.finished_at is not None
    assert read_order(desk.partner, order.id).status == "activated"
    (event,) = desk.rows(Event, type="activation.activated")
    assert (event.actor_kind, event.source) == ("vendor", "vendor")
    assert sound(desk) == []


def test_the_vendor_gets_a_signed_request_that_names_the_line(desk: Desk, vendor: VendorServer) -> None:
    order, activation = sold(desk)
    start_due(desk.partner, activation.id)

    (told,) = vendor.told
    assert told.path == "/activate?shop=1"
    assert told.headers["host"] == f"127.0.0.1:{vendor.port}"
    body = Webhook(decrypt(desk.hosting.vendor_secret_encrypted)).verify(told.body, told.headers)
    assert body == {
        "type": "activation.requested",
        "id": activation.shown_id,
        "product": {"id": desk.hosting.shown_id, "sku": desk.hosting.sku},
        "quantity": 1,
        "order": order.shown_id,
        "customer": {"id": desk.dana.shown_id, "name": desk.dana.name},
        "starts_on": activation.starts_on.isoformat(),
    }
    assert told.headers["webhook-id"] == activation.shown_id


def test_another_products_secret_verifies_nothing(desk: Desk, vendor: VendorServer) -> None:
    _, activation = sold(desk)
    start_due(desk.partner, activation.id)

    (told,) = vendor.told
    with pytest.raises(WebhookVerificationError):
        Webhook(decrypt(desk.website.vendor_secret_encrypted)).verify(told.body, told.headers)


def test_every_retry_carries_the_same_id(desk: Desk, vendor: VendorServer) -> None:
    vendor.says((503, ""), (500, "oops"), DONE)
    _, activation = sold(desk)
    start_due(desk.partner, activation.id)
    ask_again(desk, activation)
    assert ask_again(desk, activation).status == "activated"

    assert [told.headers["webhook-id"] for told in vendor.told] == [activation.shown_id] * 3
    assert len({json.loads(told.body)["id"] for told in vendor.told}) == 1


def test_failed_ends_the_line_with_the_vendors_reason(desk: Desk, vendor: VendorServer) -> None:
    vendor.says(FAILED)
    order, activation = sold(desk)
    start_due(desk.partner, activation.id)

    activation = fresh(desk, activation)
    assert (activation.status, activation.reason) == ("errored", "The domain is taken.")
    assert activation.next_attempt_at is None
    assert read_order(desk.partner, order.id).status == "activation_errors"
    assert desk.events(subject_id=activation.id) == ["activation.created", "activation.failed"]


def test_later_asks_again_in_an_hour_and_forgets_the_attempts(desk: Desk, vendor: VendorServer) -> None:
    vendor.says((500, ""), LATER)
    _, activation = sold(desk)
    start_due(desk.partner, activation.id)
    activation = ask_again(desk, activation)

    assert (activation.status, activation.attempts) == ("pending", 0)
    assert activation.next_attempt_at is not None
    wait = activation.next_attempt_at - now_of(desk.partner)
    assert dt.timedelta(0) <= dt.timedelta(seconds=LATER_SECONDS) - wait < dt.timedelta(seconds=30)


@pytest.mark.parametrize(
    "answer",
    [
        (500, ""),
        (404, ""),
        (301, ""),
        (307, '{"status": "done"}'),
        (200, "<html>"),
        (200, "[]"),
        (200, '"done"'),
        (200, '{"state": "done"}'),
        (200, '{"status": "perhaps"}'),
        (200, '{"status": ["done"]}'),
        (200, "[" * 60_000),
        (200, '{"status": "done"' + " " * 70_000 + "}"),
        VendorServer.cut,
        VendorServer.pour,
    ],
    ids=lambda answer: getattr(answer, "__name__", None) or f"{answer[0]} {answer[1][:24]}",
)
def test_what_cannot_be_understood_is_no_answer(desk: Desk, vendor: VendorServer, answer: Any) -> None:
    vendor.says(answer)
    order, activation = sold(desk)
    start_due(desk.partner, activation.id)

    activation = fresh(desk, activation)
    assert (activation.status, activation.attempts) == ("pending", 1)
    assert activation.next_attempt_at is not None
    assert activation.next_attempt_at > now_of(desk.partner)
    assert read_order(desk.partner, order.id).status == "processing"
    assert len(vendor.told) == 1


def test_a_vendor_that_does_not_answer_in_time_is_asked_again(
    desk: Desk, vendor: VendorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vendors, "_TIMEOUT", vendors.httpx.Timeout(0.2))
    vendor.says(vendor.stall)
    _, activation = sold(desk)
    start_due(desk.partner, activation.id)

    assert fresh(desk, activation).status == "pending"


def test_when_all_attempts_are_used_up_the_line_has_failed(desk: Desk, vendor: VendorServer) -> None:
    vendor.says((503, ""))
    order, activation = sold(desk)
    for _ in AGAIN_SECONDS:
        assert ask_again(desk, activation).status == "pending"
    activation = ask_again(desk, activation)

    assert (activation.status, activation.attempts) == ("errored", len(AGAIN_SECONDS) + 1)
    assert activation.reason == "The vendor did not answer: HTTP 503"
    assert read_order(desk.partner, order.id).status == "activation_errors"
    assert len(vendor.told) == len(AGAIN_SECONDS) + 1


def test_a_done_that_comes_after_we_gave_up_still_counts(desk: Desk, vendor: VendorServer) -> None:
    vendor.says(FAILED)
    order, activation = sold(desk)
    start_due(desk.partner, activation.id)
    flow.write_answer(desk.partner, activation.id, vendors.Done())

    assert fresh(desk, activation).status == "activated"
    assert read_order(desk.partner, order.id).status == "activated"


def test_two_workers_tell_the_vendor_once(desk: Desk, vendor: VendorServer) -> None:
    _, activation = sold(desk)
    start = threading.Barrier(4)

    def works() -> None:
        start.wait()
        start_due(desk.partner, activation.id)
        connection.close()

    workers = [threading.Thread(target=works) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(vendor.told) == 1
    assert desk.events(type="activation.activated") == ["activation.activated"]


def test_an_attempt_that_is_not_due_is_not_made(desk: Desk, vendor: VendorServer) -> None:
    vendor.says((500, ""))
    _, activation = sold(desk)
    start_due(desk.partner, activation.id)
    start_due(desk.partner, activation.id)

    assert len(vendor.told) == 1


def test_one_failed_line_shows_on_the_order_while_the_other_goes_on(desk: Desk, vendor: VendorServer) -> None:
    vendor.says(FAILED, DONE)
    order = desk.pay(desk.order(desk.hosting, desk.product("Mail", 500, vendor_url=vendor.url), desk.website))
    for activation in desk.rows(Activation, order_id=order.id, status="pending"):
        start_due(desk.partner, activation.id)

    assert sorted(row.status for row in desk.activations(order)) == ["activated", "activated", "errored"]
    assert read_order(desk.partner, order.id).status == "activation_errors"

"""T13: the same key gives the same bytes; another body is refused; of two at once one runs; a crash between the act and
its answer leads to the thing's present state; other people's keys are other keys."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connection
from django.utils.timezone import now as real_now

from handsel.database.tenancy import reading, writing
from handsel.models import Customer, IdempotencyRecord, Member, Order, Partner, Product
from tests.cast import unique
from tests.sandbox import SandboxServer
from tests.web.api.calling import Answer, Caller, caller


def orders_of(partner: Partner) -> int:
    with reading(partner.id):
        return Order.objects.count()


def forget_the_answer(partner: Partner, *, seconds_ago: int) -> None:
    """As after a crash between the flow's transaction and the answer: the row is there, its bytes are not."""
    with writing(partner.id):
        rows = IdempotencyRecord.objects.all()
        rows.update(body=None, status=None, content_type="", created_at=real_now() - dt.timedelta(seconds=seconds_ago))


def test_the_same_key_gives_the_same_bytes_and_makes_one_thing(
    salesperson: Caller, partner: Partner, dana: Customer
) -> None:
    key, body = unique("key"), {"customer": dana.shown_id, "tags": ["fair"]}
    first = salesperson.post("/orders", body, key=key)
    again = salesperson.post("/orders", body, key=key)
    assert (first.status, again.status) == (201, 201)
    assert again.bytes == first.bytes
    assert again.response["Content-Type"] == first.response["Content-Type"]
    assert again.response["Idempotent-Replayed"] == "true"
    assert orders_of(partner) == 1


def test_the_answer_stays_as_it_was_though_the_thing_has_changed(
    salesperson: Caller, draft: dict[str, Any], sandbox: SandboxServer
) -> None:
    key, path = unique("key"), f"/orders/{draft['id']}/submit-with-payment"
    body = {"token": "pm_card_visa", "save": True}
    first = salesperson.post(path, body, key=key)
    assert first.told()["status"] == "activated"
    salesperson.post(f"/orders/{draft['id']}/request-cancellation", {"reason": "no"}).told()
    assert salesperson.post(path, body, key=key).bytes == first.bytes
    assert len(sandbox.captured(order=draft["id"])) == 1


@pytest.mark.parametrize("what", ["body", "address", "query"])
def test_the_same_key_with_another_request_is_refused(
    what: str, salesperson: Caller, partner: Partner, dana: Customer, draft: dict[str, Any]
) -> None:
    key = unique("key")
    salesperson.post("/orders", {"customer": dana.shown_id}, key=key).told(201)
    path = {"body": "/orders", "address": f"/orders/{draft['id']}/duplicate", "query": "/orders?a=1"}[what]
    body = {"customer": dana.shown_id, "tags": ["other"]} if what == "body" else {"customer": dana.shown_id}
    refused = salesperson.post(path, body, key=key)
    assert (refused.status, refused.code) == (422, "idempotency_mismatch")
    assert orders_of(partner) == 2


def test_a_refusal_is_kept_too(salesperson: Caller, partner: Partner, dana: Customer, draft: dict[str, Any]) -> None:
    key = unique("key")
    refused = salesperson.post("/orders", {"customer": dana.shown_id, "colour": "red"}, key=key)
    assert (refused.status, refused.code) == (422, "validation_error")
    again = salesperson.post("/orders", {"customer": dana.shown_id, "colour": "red"}, key=key)
    assert again.bytes == refused.bytes
    assert salesperson.post("/orders", {"customer": dana.shown_id}, key=key).code == "idempotency_mismatch"
    forbidden = unique("key")
    path = f"/orders/{draft['id']}/withdraw"
    assert salesperson.post(path, {}, key=forbidden).status == 409
    salesperson.post(f"/orders/{draft['id']}/submit-to-admin").told()
    assert salesperson.post(path, {}, key=forbidden).status == 409
    assert salesperson.post(path, {}, key=unique("key")).told()["status"] == "draft"


def test_a_stranger_leaves_no_key_behind(stranger: Caller, salesperson: Caller, dana: Customer) -> None:
    key = unique("key")
    assert stranger.post("/orders", {"customer": dana.shown_id}, key=key).status == 401
    salesperson.post("/orders", {"customer": dana.shown_id}, key=key).told(201)


def test_the_same_key_of_others_is_another_key(
    salesperson: Caller, admin: Caller, foreign: Caller, dana: Customer, foreign_customer: Customer
) -> None:
    key = unique("key")
    mine = salesperson.post("/orders", {"customer": dana.shown_id}, key=key).told(201)
    colleagues = admin.post("/orders", {"customer": dana.shown_id}, key=key).told(201)
    theirs = foreign.post("/orders", {"customer": foreign_customer.shown_id}, key=key).told(201)
    assert len({mine["id"], colleagues["id"], theirs["id"]}) == 3


def test_another_key_of_the_same_member_answers_the_same(bob: Member, salesperson: Caller, dana: Customer) -> None:
    key, body = unique("key"), {"customer": dana.shown_id}
    first = salesperson.post("/orders", body, key=key)
    assert caller(bob).post("/orders", body, key=key).bytes == first.bytes


def test_after_a_crash_the_key_waits_and_then_tells_the_present_state(
    salesperson: Caller, partner: Partner, draft: dict[str, Any], sandbox: SandboxServer
) -> None:
    key, path = unique("key"), f"/orders/{draft['id']}/submit-with-payment"
    body = {"token": "pm_card_visa", "save": True}
    first = salesperson.post(path, body, key=key).told()
    forget_the_answer(partner, seconds_ago=30)
    waiting = salesperson.post(path, body, key=key)
    assert (waiting.status, waiting.code) == (409, "request_in_progress")
    forget_the_answer(partner, seconds_ago=61)
    assert salesperson.post(path, body, key=key).told() == first
    assert len(sandbox.captured(order=draft["id"])) == 1


@pytest.mark.parametrize("what", ["product", "tax_rate", "customer", "contact", "member", "order", "payment_method"])
def test_whatever_a_key_made_is_found_again_after_a_crash(
    what: str, admin: Caller, partner: Partner, dana: Customer, sandbox: SandboxServer
) -> None:
    path, body = {
        "product": ("/products", {"name": "Logo", "sku": unique("sku"), "price": {"amount": 1, "currency": "USD"}}),
        "tax_rate": ("/tax-rates", {"name": "VAT", "country": "DE", "percent": "19"}),
        "customer": ("/customers", {"name": "Erin", "email": "erin@example.com", "currency": "USD"}),
        "contact": (f"/customers/{dana.shown_id}/contacts", {"name": "Erin", "email": "erin@example.com"}),
        "member": ("/members", {"email": f"{unique('m')}@example.com", "role": "salesperson"}),
        "order": ("/orders", {"customer": dana.shown_id}),
        "payment_method": (f"/customers/{dana.shown_id}/payment-methods", {"token": "pm_card_visa"}),
    }[what]
    key = unique("key")
    first = admin.post(path, body, key=key).told(201)
    forget_the_answer(partner, seconds_ago=61)
    assert admin.post(path, body, key=key).told(201) == first


def test_a_key_is_forgotten_after_a_day(salesperson: Caller, partner: Partner, dana: Customer) -> None:
    key, body = unique("key"), {"customer": dana.shown_id}
    first = salesperson.post("/orders", body, key=key).told(201)
    with writing(partner.id):
        IdempotencyRecord.objects.update(created_at=real_now() - dt.timedelta(hours=24, seconds=1))
    assert salesperson.post("/orders", body, key=key).told(201)["id"] != first["id"]


@pytest.mark.parametrize("key", ["", "x" * 256, "ключ"])
def test_a_key_that_is_none_is_refused(key: str, salesperson: Caller, partner: Partner, dana: Customer) -> None:
    refused = salesperson.post("/orders", {"customer": dana.shown_id}, key=key)
    assert (refused.status, refused.locs) == (422, ["Idempotency-Key"])
    assert orders_of(partner) == 0


def test_of_eight_at_once_with_one_key_one_runs(
    bob: Member, partner: Partner, salesperson: Caller, draft: dict[str, Any], sandbox: SandboxServer
) -> None:
    key, path = unique("key"), f"/orders/{draft['id']}/submit-with-payment"
    body = {"token": "pm_card_visa", "save": True}
    answers: list[Answer] = []
    start = threading.Barrier(8)

    def pay() -> None:
        start.wait(timeout=10)
        try:
            answers.append(Caller(salesperson.key).post(path, body, key=key))
        finally:
            connection.close()

    threads = [threading.Thread(target=pay) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    done = [answer for answer in answers if answer.status == 200]
    others = [answer for answer in answers if answer.status != 200]
    assert done
    assert len({answer.bytes for answer in done}) == 1
    assert {answer.code for answer in others} <= {"request_in_progress"}
    assert len(sandbox.captured(order=draft["id"])) == 1
    assert salesperson.post(path, body, key=key).bytes == done[0].bytes


def test_a_file_with_a_key_is_kept_once(salesperson: Caller, draft: dict[str, Any], website: Product) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    path, key = f"/orders/{draft['id']}/attachments", unique("key")

    def send(text: bytes) -> Answer:
        file = SimpleUploadedFile("notes.txt", text, content_type="text/plain")
        return salesperson.upload(path, {"file": file}, key=key)

    first = send(b"one")
    assert first.status == 201
    assert send(b"one").bytes == first.bytes
    assert send(b"two").code == "idempotency_mismatch"
    assert len(salesperson.get(path).told()) == 1

"""Money that goes back, by API: refunds and their second person, credit notes, void invoices, a cancelled order."""

from __future__ import annotations

from typing import Any

import pytest

from handsel.models import Member, Partner, Payment
from tests.cast import make_member
from tests.sandbox import SandboxServer
from tests.web.api.calling import Answer, Caller, caller, usd


@pytest.fixture
def paid(salesperson: Caller, draft: dict[str, Any], sandbox: SandboxServer) -> dict[str, Any]:
    """Bob's order for Dana, paid with a card that was kept."""
    body = {"token": "pm_card_visa", "save": True}
    order: dict[str, Any] = salesperson.post(f"/orders/{draft['id']}/submit-with-payment", body).told()
    return order


@pytest.fixture
def owed(admin: Caller, draft: dict[str, Any]) -> dict[str, Any]:
    """The invoice of an order that was activated without payment."""
    order = admin.post(f"/orders/{draft['id']}/activate", {}).told()
    invoice: dict[str, Any] = admin.get(f"/invoices/{order['invoice']['id']}").told()
    return invoice


def payment_of(admin: Caller, order: dict[str, Any]) -> dict[str, Any]:
    (payment,) = admin.get(f"/orders/{order['id']}/payments").told()
    assert isinstance(payment, dict)
    return payment


def limit(partner: Partner, minor: int) -> None:
    Partner.objects.filter(id=partner.id).update(refund_limit_minor=minor)


def refuses(answer: Answer, status: int, code: str) -> bool:
    return (answer.status, answer.code) == (status, code)


def test_a_payment_is_refunded_in_part_and_then_whole(admin: Caller, paid: dict[str, Any]) -> None:
    payment = payment_of(admin, paid)
    path = f"/payments/{payment['id']}/refunds"
    total = payment["amount"]["amount"]
    first = admin.post(path, {"amount": usd(100), "reason": "A mistake"}).told(201)
    assert (first["status"], first["amount"], first["payment"]) == ("pending", usd(100), payment["id"])
    assert (first["cause"], first["awaiting_approval"], first["end_service"]) == ("request", False, False)
    rest = admin.post(path, {"reason": "The rest", "end_service": True}).told(201)
    assert rest["amount"] == usd(total - 100)
    assert admin.get(f"/refunds/{rest['id']}").told() == rest
    assert [each["id"] for each in payment_of(admin, paid)["refunds"]] == [first["id"], rest["id"]]
    assert refuses(admin.post(path, {"reason": "Once more"}), 409, "refund_too_large")
    invoice = admin.get(f"/invoices/{paid['invoice']['id']}").told()
    assert [note["total"] for note in invoice["credit_notes"]] == [usd(100), usd(total - 100)]
    assert [note["refund"] for note in invoice["credit_notes"]] == [first["id"], rest["id"]]
    assert (invoice["status"], invoice["amount_credited"], invoice["amount_due"]) == ("paid", usd(total), usd(0))
    assert {each["status"] for each in admin.get("/subscriptions", order=paid["id"]).told()["data"]} <= {"cancelled"}
    pdf = admin.get(f"/invoices/{invoice['id']}/credit-notes/{invoice['credit_notes'][0]['id']}/pdf")
    assert pdf.bytes.startswith(b"%PDF")


def test_a_refund_repeated_under_its_key_is_one(admin: Caller, paid: dict[str, Any]) -> None:
    path, body = f"/payments/{payment_of(admin, paid)['id']}/refunds", {"amount": usd(100), "reason": "A mistake"}
    first = admin.post(path, body, key="refund-1")
    again = admin.post(path, body, key="refund-1")
    assert (again.status, again.bytes) == (201, first.bytes)
    assert len(payment_of(admin, paid)["refunds"]) == 1


def test_what_is_wrong_with_a_refund_is_said(admin: Caller, salesperson: Caller, paid: dict[str, Any]) -> None:
    path = f"/payments/{payment_of(admin, paid)['id']}/refunds"
    assert refuses(salesperson.post(path, {"reason": "mine"}), 403, "not_allowed")
    assert refuses(
        admin.post(path, {"reason": "x", "amount": {"amount": 1, "currency": "EUR"}}), 422, "currency_mismatch"
    )
    assert refuses(admin.post(path, {"amount": usd(1)}), 422, "validation_error")
    assert refuses(admin.post(path, {"reason": "", "amount": usd(1)}), 422, "validation_error")
    assert refuses(admin.post(path, {"reason": "x", "amount": usd(0)}), 422, "validation_error")
    assert refuses(admin.post(path, {"reason": "x", "sum": 1}), 422, "validation_error")
    assert payment_of(admin, paid)["refunds"] == []


def test_a_large_refund_needs_somebody_else(
    admin: Caller, salesperson: Caller, partner: Partner, paid: dict[str, Any]
) -> None:
    limit(partner, 50)
    carol = caller(make_member(partner, "Carol", "admin"))
    path = f"/payments/{payment_of(admin, paid)['id']}/refunds"
    refund = admin.post(path, {"amount": usd(100), "reason": "A mistake"}).told(201)
    assert refund["awaiting_approval"]
    assert refuses(admin.post(f"/refunds/{refund['id']}/approve"), 403, "second_person_needed")
    assert refuses(salesperson.post(f"/refunds/{refund['id']}/approve"), 403, "not_allowed")
    agreed = carol.post(f"/refunds/{refund['id']}/approve", key="agree").told()
    assert (agreed["status"], agreed["awaiting_approval"]) == ("pending", False)
    assert carol.post(f"/refunds/{refund['id']}/approve", key="agree").told() == agreed
    assert refuses(carol.post(f"/refunds/{refund['id']}/refuse"), 409, "action_not_allowed")
    other = admin.post(path, {"amount": usd(100), "reason": "Another"}).told(201)
    refused = carol.post(f"/refunds/{other['id']}/refuse").told()
    assert (refused["status"], refused["failure_code"]) == ("failed", "not_approved")


def test_a_due_invoice_is_credited_and_void(admin: Caller, salesperson: Caller, owed: dict[str, Any]) -> None:
    path, due = f"/invoices/{owed['id']}", owed["amount_due"]["amount"]
    assert refuses(salesperson.post(f"{path}/credit-notes", {"reason": "mine"}), 403, "not_allowed")
    assert refuses(salesperson.post(f"{path}/void"), 403, "not_allowed")
    credited = admin.post(f"{path}/credit-notes", {"amount": usd(100), "reason": "Agreed"}).told()
    assert (credited["status"], credited["amount_due"]) == ("due", usd(due - 100))
    (note,) = credited["credit_notes"]
    assert (note["number"], note["total"], note["reason"], note["refund"]) == ("CN-000001", usd(100), "Agreed", None)
    much = admin.post(f"{path}/credit-notes", {"amount": usd(due), "reason": "More"})
    assert refuses(much, 409, "credit_too_large")
    void = admin.post(f"{path}/void", key="void").told()
    assert (void["status"], void["amount_due"]) == ("void", usd(0))
    assert admin.post(f"{path}/void", key="void").told() == void
    assert refuses(admin.post(f"{path}/void"), 409, "action_not_allowed")
    assert refuses(admin.post(f"{path}/credit-notes", {"reason": "x"}), 409, "action_not_allowed")
    assert admin.get(f"{path}/pdf").bytes.startswith(b"%PDF")


def test_a_paid_invoice_is_not_void(admin: Caller, paid: dict[str, Any]) -> None:
    assert refuses(admin.post(f"/invoices/{paid['invoice']['id']}/void"), 409, "action_not_allowed")


def test_an_order_is_cancelled_as_was_chosen_after_a_look(admin: Caller, paid: dict[str, Any]) -> None:
    path = f"/orders/{paid['id']}"
    shown = admin.get(f"{path}/cancellation").told()
    kinds = [item["kind"] for item in shown["items"]]
    assert (kinds[-1], shown["version"], shown["order"]) == ("payment", paid["version"], paid["id"])
    missing = admin.post(f"{path}/cancel", {"reason": "A mistake", "version": shown["version"]})
    assert refuses(missing, 422, "choices_missing")
    assert missing.locs == [f"choices.{item['id']}" for item in shown["items"]]

    choices = {item["id"]: "refund" if item["kind"] == "payment" else item["suggested"] for item in shown["items"]}
    body = {"reason": "A mistake", "choices": choices, "version": shown["version"], "seen": shown["seen"]}
    done = admin.post(f"{path}/cancel", body, key="cancel").told()
    assert (done["status"], done["status_label"]) == ("cancelled", "Cancelled")
    assert admin.post(f"{path}/cancel", body, key="cancel").told() == done
    assert {each["status"] for each in done["subscriptions"]} <= {"cancelled"}
    (refund,) = payment_of(admin, paid)["refunds"]
    assert (refund["amount"], refund["reason"]) == (payment_of(admin, paid)["amount"], "A mistake")
    assert refuses(admin.get(f"{path}/cancellation"), 409, "action_not_allowed")


def test_what_changed_since_it_was_shown_is_not_cancelled(admin: Caller, paid: dict[str, Any]) -> None:
    path = f"/orders/{paid['id']}"
    shown = admin.get(f"{path}/cancellation").told()
    choices = {item["id"]: item["suggested"] for item in shown["items"]}
    admin.post(f"/payments/{payment_of(admin, paid)['id']}/refunds", {"amount": usd(1), "reason": "x"}).told(201)
    body = {"reason": "A mistake", "choices": choices, "seen": shown["seen"]}
    assert refuses(admin.post(f"{path}/cancel", body), 409, "order_changed")
    wrong = {**choices, next(iter(choices)): "burn"}
    assert refuses(admin.post(f"{path}/cancel", {"reason": "x", "choices": wrong}), 422, "validation_error")
    assert refuses(admin.post(f"{path}/cancel", {**body, "version": 1}), 409, "order_changed")
    assert admin.get(path).told()["status"] == "activated"


def test_salespeople_neither_look_at_a_cancellation_nor_do_it(salesperson: Caller, paid: dict[str, Any]) -> None:
    assert refuses(salesperson.get(f"/orders/{paid['id']}/cancellation"), 403, "not_allowed")
    assert refuses(salesperson.post(f"/orders/{paid['id']}/cancel", {"reason": "mine"}), 403, "not_allowed")


def test_strangers_and_other_partners_find_nothing(
    foreign: Caller, stranger: Caller, admin: Caller, alice: Member, paid: dict[str, Any]
) -> None:
    payment = payment_of(admin, paid)
    refund = admin.post(f"/payments/{payment['id']}/refunds", {"amount": usd(1), "reason": "x"}).told(201)
    note = admin.get(f"/invoices/{paid['invoice']['id']}").told()["credit_notes"][0]
    asked: tuple[tuple[str, str, dict[str, str] | None], ...] = (
        ("POST", f"/payments/{payment['id']}/refunds", {"reason": "x"}),
        ("GET", f"/refunds/{refund['id']}", None),
        ("POST", f"/refunds/{refund['id']}/approve", {}),
        ("POST", f"/refunds/{refund['id']}/refuse", {}),
        ("POST", f"/invoices/{paid['invoice']['id']}/void", {}),
        ("POST", f"/invoices/{paid['invoice']['id']}/credit-notes", {"reason": "x"}),
        ("GET", f"/invoices/{paid['invoice']['id']}/credit-notes/{note['id']}/pdf", None),
        ("GET", f"/orders/{paid['id']}/cancellation", None),
        ("POST", f"/orders/{paid['id']}/cancel", {"reason": "x"}),
    )
    for method, path, body in asked:
        for who, status in ((foreign, 404), (stranger, 401)):
            answer = who.get(path) if method == "GET" else who.post(path, body)
            assert answer.status == status, f"{method} {path}"
    assert admin.get(f"/payments/{Payment.prefix}_nonsense").status == 404
    assert alice.partner_id

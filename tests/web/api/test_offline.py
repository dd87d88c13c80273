"""Money that came outside of any gateway, recorded by API."""

from __future__ import annotations

from typing import Any

import pytest

from handsel.flows.money.gateway_accounts import add_offline_account
from handsel.models import Member, Partner
from tests.cast import acting
from tests.web.api.calling import Caller

CASH = {"offline": {"kind": "cash", "reference": "Till 3", "received_on": "2026-01-02"}}


@pytest.fixture
def offline(partner: Partner, alice: Member) -> None:
    add_offline_account(partner, acting(alice))


@pytest.mark.usefixtures("offline")
def test_an_order_is_paid_in_cash(salesperson: Caller, draft: dict[str, Any]) -> None:
    paid = salesperson.post(f"/orders/{draft['id']}/submit-with-payment", CASH).told(200)
    assert (paid["status"], paid["invoice"]["status"]) == ("activated", "paid")
    (payment,) = salesperson.get(f"/orders/{draft['id']}/payments").told()
    assert payment["offline"] == {"kind": "cash", "reference": "Till 3", "received_on": "2026-01-02"}
    assert (payment["gateway"], payment["method"]["brand"], payment["method"]["last4"]) == ("offline", "cash", None)


@pytest.mark.usefixtures("offline")
def test_a_due_invoice_is_marked_paid_and_a_repeat_learns_so(admin: Caller, draft: dict[str, Any]) -> None:
    due = admin.post(f"/orders/{draft['id']}/activate").told(200)["invoice"]
    path, body = f"/invoices/{due['id']}/mark-paid", {"kind": "transfer", "reference": "Statement 7"}
    paid = admin.post(path, body).told(200)
    assert (paid["status"], paid["amount_due"]["amount"]) == ("paid", 0)
    assert admin.post(path, body).code == "already_paid"


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize(
    "body",
    [
        {"offline": {"kind": "gold"}},
        {"offline": {"kind": "cheque"}},
        {"offline": {"kind": "cash", "received_on": "2199-01-01"}},
        {"offline": {"kind": "cash", "amount": 1}},
        {**CASH, "token": "pm_card_visa"},
    ],
)
def test_what_cannot_be_is_refused(salesperson: Caller, draft: dict[str, Any], body: dict[str, Any]) -> None:
    answer = salesperson.post(f"/orders/{draft['id']}/submit-with-payment", body)
    assert (answer.status, answer.code) == (422, "validation_error")
    assert salesperson.get(f"/orders/{draft['id']}").told()["status"] == "draft"


def test_without_such_an_account_nothing_is_recorded(
    salesperson: Caller, admin: Caller, foreign: Caller, stranger: Caller, draft: dict[str, Any]
) -> None:
    assert salesperson.post(f"/orders/{draft['id']}/submit-with-payment", CASH).code == "offline_not_accepted"
    due = admin.post(f"/orders/{draft['id']}/activate").told(200)["invoice"]
    path = f"/invoices/{due['id']}/mark-paid"
    assert admin.post(path, {"kind": "cash"}).code == "offline_not_accepted"
    assert salesperson.post(path, {"kind": "cash"}).status == 403
    assert foreign.post(path, {"kind": "cash"}).status == 404
    assert stranger.post(path, {"kind": "cash"}).status == 401

"""What is done with an order by API: charged, sent, approved, declined, activated, put away."""

from __future__ import annotations

from typing import Any

import pytest

from handsel.models import Customer, Member, Partner, Product
from handsel.rules.order_states import ORDER
from handsel.rules.permissions import OrderSettings
from tests.cast import acting, make_customer, make_member, make_method, make_order, make_partner, make_product
from tests.sandbox import SandboxServer
from tests.web.api.calling import BODIES, Caller, caller


def verbs_of_staff() -> list[str]:
    return sorted({edge.verb for edge in ORDER.edges if edge.who == "staff"})


def test_a_new_card_pays_and_is_kept(
    salesperson: Caller, draft: dict[str, Any], dana: Customer, sandbox: SandboxServer
) -> None:
    body = {"token": "pm_card_visa", "save": True, "version": draft["version"]}
    paid = salesperson.post(f"/orders/{draft['id']}/submit-with-payment", body).told(200)
    assert (paid["status"], paid["payment"]["status"], paid["invoice"]["status"]) == ("activated", "succeeded", "paid")
    assert paid["invoice"]["number"]
    assert [each["status"] for each in paid["subscriptions"]] == ["active"]
    assert paid["payment_method_on_file"]["default"]
    assert "submit_with_payment" not in paid["allowed_actions"]
    assert len(sandbox.captured(order=draft["id"])) == 1
    attempts = salesperson.get(f"/orders/{draft['id']}/payments").told()
    assert [(each["status"], each["method"]["last4"]) for each in attempts] == [("succeeded", "4242")]
    assert attempts[0]["initiated_by"] == "Bob"
    assert len(salesperson.get(f"/orders/{draft['id']}/activations").told()) == 2
    told = [event["type"] for event in salesperson.get(f"/orders/{draft['id']}/history").told()]
    assert told[-1] == "order.created"
    assert {"order.payment_started", "payment.succeeded", "order.activated"} <= set(told)


def test_a_declined_card_is_an_answer_and_another_card_mends_it(
    salesperson: Caller, draft: dict[str, Any], sandbox: SandboxServer
) -> None:
    path = f"/orders/{draft['id']}"
    token = {"token": "pm_card_visa_chargeDeclinedInsufficientFunds"}
    declined = salesperson.post(f"{path}/submit-with-payment", token).told(200)
    assert (declined["status"], declined["decline"]["cause"], declined["tags"]) == (
        "declined", "payment", ["Payment declined"],
    )  # fmt: skip
    why = declined["payment"]["decline"]
    assert (why["code"], why["class"]) == ("insufficient_funds", "soft")
    assert why["customer_message"]
    assert why["staff_message"]
    assert declined["invoice"] is None
    assert "convert_to_draft" in declined["allowed_actions"]
    again = salesperson.post(f"{path}/convert-to-draft").told(200)
    assert (again["status"], again["revision"]) == ("draft", draft["revision"] + 1)
    paid = salesperson.post(f"{path}/submit-with-payment", {"token": "pm_card_visa", "save": True}).told(200)
    assert (paid["status"], paid["tags"], paid["decline"]) == ("activated", [], None)
    assert [each["status"] for each in salesperson.get(f"{path}/payments").told()] == ["succeeded", "declined"]
    assert len(sandbox.captured(order=draft["id"])) == 1


def test_while_the_bank_asks_the_answer_is_202_with_a_link_and_nobody_pays_again(
    salesperson: Caller, draft: dict[str, Any], sandbox: SandboxServer
) -> None:
    path = f"/orders/{draft['id']}"
    token = {"token": "pm_card_authenticationRequired"}
    asked = salesperson.post(f"{path}/submit-with-payment", token).told(202)
    assert (asked["status"], asked["payment"]["status"]) == ("processing_payment", "requires_action")
    assert asked["payment"]["next_action"]["type"]
    assert "/confirm/" in asked["payment"]["next_action"]["url"]
    again = salesperson.post(f"{path}/submit-with-payment", {"token": "pm_card_visa"})
    assert (again.status, again.code) == (409, "payment_in_progress")
    cancelled = salesperson.post(f"{path}/cancel-payment").told(200)
    assert (cancelled["status"], cancelled["payment"]["status"]) == ("draft", "cancelled")
    assert sandbox.captured(order=draft["id"]) == []


def test_a_saved_method_is_charged_by_its_id(
    admin: Caller, draft: dict[str, Any], dana: Customer, sandbox: SandboxServer
) -> None:
    saved = admin.post(f"/customers/{dana.shown_id}/payment-methods", {"token": "pm_card_visa"}).told(201)
    paid = admin.post(f"/orders/{draft['id']}/submit-with-payment", {"payment_method": saved["id"]}).told(200)
    assert paid["payment"]["method"]["id"] == saved["id"]
    repeated = admin.post(f"/orders/{draft['id']}/submit-with-payment", {"payment_method": saved["id"]})
    assert (repeated.status, repeated.code) == (409, "already_paid")
    assert len(sandbox.captured(order=draft["id"])) == 1


def test_nothing_due_needs_no_card(
    admin: Caller, partner: Partner, alice: Member, dana: Customer, website: Product
) -> None:
    free = {"product": website.shown_id, "discount": {"percent": "100"}}
    order = admin.post("/orders", {"customer": dana.shown_id, "lines": [free]}).told(201)
    paid = admin.post(f"/orders/{order['id']}/submit-with-payment").told(200)
    assert (paid["status"], paid["payment"], paid["invoice"]["status"]) == ("activated", None, "paid")


def test_an_order_goes_to_an_admin_and_back_and_is_approved_and_activated(
    admin: Caller, salesperson: Caller, draft: dict[str, Any]
) -> None:
    path = f"/orders/{draft['id']}"
    assert salesperson.post(f"{path}/submit-to-admin").told()["status"] == "pending"
    assert salesperson.post(f"{path}/withdraw").told()["status"] == "draft"
    salesperson.post(f"{path}/submit-to-admin").told()
    declined = admin.post(f"{path}/decline", {"reason": "too cheap"}).told()
    assert declined["decline"] == {"cause": "admin", "reason": "too cheap"}
    salesperson.post(f"{path}/convert-to-draft").told()
    assert salesperson.post(f"{path}/submit-to-admin").told()["status"] == "resubmitted"
    assert admin.post(f"{path}/approve").told()["status"] == "approved"
    activated = admin.post(f"{path}/activate").told(200)
    assert (activated["status"], activated["invoice"]["status"]) == ("activated", "due")
    assert activated["invoice"]["amount_due"]["amount"] == 12_000
    asked = salesperson.post(f"{path}/request-cancellation", {"reason": "changed their mind"}).told()
    assert (asked["status"], asked["cancellation_reason"]) == ("cancellation_requested", "changed their mind")
    assert admin.post(f"{path}/refuse-cancellation").told()["status"] == "activated"
    assert admin.post(f"{path}/archive").told()["status"] == "archived"
    assert admin.post(f"{path}/unarchive").told()["status"] == "activated"


def test_a_duplicate_is_a_new_draft(salesperson: Caller, draft: dict[str, Any]) -> None:
    made = salesperson.post(f"/orders/{draft['id']}/duplicate").told(200)
    assert made["id"] != draft["id"]
    assert (made["status"], made["totals"]) == ("draft", draft["totals"])


def test_another_member_owns_it_from_then_on(
    admin: Caller, partner: Partner, salesperson: Caller, draft: dict[str, Any]
) -> None:
    olga = make_member(partner, "Olga", "salesperson")
    hers = caller(olga)
    member = admin.get("/members", limit=1).told()["data"][0]
    assert member["name"] == "Olga"
    moved = admin.post(f"/orders/{draft['id']}/reassign", {"member": member["id"]}).told()
    assert moved["owner"] == member["id"]
    assert hers.get(f"/orders/{draft['id']}").status == 200
    assert salesperson.get(f"/orders/{draft['id']}").status == 404


def test_a_stale_version_is_not_charged(salesperson: Caller, draft: dict[str, Any], sandbox: SandboxServer) -> None:
    path = f"/orders/{draft['id']}"
    salesperson.patch(path, {"tags": ["changed"]}).told()
    stale = {"token": "pm_card_visa", "version": draft["version"]}
    refused = salesperson.post(f"{path}/submit-with-payment", stale)
    assert (refused.status, refused.code) == (409, "order_changed")
    assert sandbox.captured(order=draft["id"]) == []
    assert salesperson.get(f"{path}/payments").told() == []


@pytest.mark.parametrize("verb", verbs_of_staff())
def test_every_action_is_refused_to_who_may_not_see_the_order(
    verb: str, draft: dict[str, Any], stranger: Caller, foreign: Caller, partner: Partner, admin: Caller
) -> None:
    other = caller(make_member(partner, "Olga", "salesperson"))
    path = f"/orders/{draft['id']}/{verb.replace('_', '-')}"
    body = BODIES.get(verb, {"member": draft["owner"]} if verb == "reassign" else {})
    assert stranger.post(path, body).code == "unauthenticated"
    assert foreign.post(path, body).code == "not_found"
    assert other.post(path, body).code == "not_found"
    assert admin.get(f"/orders/{draft['id']}").told()["version"] == draft["version"]


@pytest.mark.parametrize("verb", verbs_of_staff())
def test_an_action_that_the_status_forbids_is_refused_and_changes_nothing(
    verb: str, admin: Caller, partner: Partner, alice: Member, dana: Customer
) -> None:
    """A draft without lines allows little; what is not in `allowed_actions` answers 409 or 403 and leaves it alone."""
    order = admin.get(f"/orders/{make_order(partner, acting(alice), dana).shown_id}").told()
    if verb in order["allowed_actions"]:
        return
    refused = admin.post(f"/orders/{order['id']}/{verb.replace('_', '-')}", BODIES.get(verb, {}))
    assert refused.status in (403, 409)
    assert refused.code
    assert admin.get(f"/orders/{order['id']}").told() == order


@pytest.mark.parametrize(
    "verb", ["settle-succeeded", "finish-activation", "fly", "approve-as-customer", "approve-and-pay"]
)
def test_what_is_nobodys_to_do_has_no_address(verb: str, admin: Caller, draft: dict[str, Any]) -> None:
    assert admin.post(f"/orders/{draft['id']}/{verb}", {}).code == "not_found"


def test_a_setting_that_is_off_stops_salespeople_and_not_admins(sandbox: SandboxServer) -> None:
    partner = make_partner(settings=OrderSettings(salespeople_can_charge=False))
    alice, bob = make_member(partner, "Alice"), make_member(partner, "Bob", "salesperson")
    customer, product = make_customer(partner, acting(alice)), make_product(partner, acting(alice))
    order = make_order(partner, acting(bob), customer, [product])
    path = f"/orders/{order.shown_id}/submit-with-payment"
    refused = caller(bob).post(path, {"token": "pm_card_visa"})
    assert (refused.status, refused.code) == (403, "not_allowed")
    assert caller(alice).post(path, {"token": "pm_card_visa"}).told()["status"] == "activated"


def test_an_expired_card_and_a_strangers_card_are_refused_before_any_charge(
    admin: Caller, partner: Partner, alice: Member, draft: dict[str, Any], dana: Customer, sandbox: SandboxServer
) -> None:
    path = f"/orders/{draft['id']}/submit-with-payment"
    expired = make_method(partner, dana, exp_year=2020, exp_month=1)
    theirs = make_method(partner, make_customer(partner, acting(alice)))
    assert admin.post(path, {"payment_method": expired.shown_id}).code == "method_expired"
    assert admin.post(path, {"payment_method": theirs.shown_id}).status == 404
    assert admin.post(path).code == "payment_method_required"
    assert admin.get(f"/orders/{draft['id']}").told() == draft | {
        "payment_method_on_file": admin.get(f"/orders/{draft['id']}").told()["payment_method_on_file"],
        "allowed_actions": admin.get(f"/orders/{draft['id']}").told()["allowed_actions"],
    }
    assert sandbox.captured(order=draft["id"]) == []

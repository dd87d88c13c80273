"""Offers by API: sent, sent again, taken back, their documents, the conversation."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from handsel.database.ids import parse
from handsel.database.tenancy import reading
from handsel.flows.sales.answer import decline_as_customer
from handsel.flows.sales.conversation import write_to_seller
from handsel.models import Customer, Member, Offer, Partner
from handsel.rules.permissions import OrderSettings
from tests.cast import make_customer, make_member, make_order, make_partner, make_product
from tests.flows.sales.offering import link_to
from tests.sandbox import SandboxServer
from tests.web.api.calling import Caller, caller

DANA = {"name": "Dana Baker", "email": "dana@bakery.example"}


def sent(by: Caller, order: dict[str, Any], **more: Any) -> dict[str, Any]:
    body = {"contact": DANA, "require_payment": True, **more}
    told: dict[str, Any] = by.post(f"/orders/{order['id']}/send-for-customer-approval", body).told(200)
    return told


def test_an_order_is_sent_and_answers_with_its_offer(salesperson: Caller, draft: dict[str, Any]) -> None:
    order = sent(salesperson, draft, message="As agreed.", version=draft["version"])
    assert order["status"] == "awaiting_customer_approval"
    offer = order["offer"]
    assert offer["url"].rpartition("/approve/")[2].startswith("lk_")
    assert (offer["revision"], offer["contact"], offer["closed_as"]) == (1, DANA, None)
    assert {"resend", "recall", "request_cancellation"} <= set(order["allowed_actions"])
    pdf = salesperson.get(f"/orders/{order['id']}/offers/{offer['id']}/document")
    assert pdf.status == 200
    assert hashlib.sha256(pdf.bytes).hexdigest() == offer["sha256"]
    missing = salesperson.get(f"/orders/{order['id']}/offers/{offer['id']}/certificate")
    assert missing.status == 404


def test_sent_again_and_taken_back(salesperson: Caller, draft: dict[str, Any]) -> None:
    first = sent(salesperson, draft)
    again = salesperson.post(f"/orders/{draft['id']}/resend", {}).told(200)
    assert again["offer"]["id"] == first["offer"]["id"]
    assert again["offer"]["url"] != first["offer"]["url"]
    assert again["offer"]["sends"] == 2
    back = salesperson.post(f"/orders/{draft['id']}/recall", {"version": again["version"]}).told(200)
    assert (back["status"], back["revision"], back["offer"]["closed_as"]) == ("draft", 2, "recalled")
    newer = sent(salesperson, draft)
    assert newer["offer"]["revision"] == 2
    listed = salesperson.get(f"/orders/{draft['id']}/offers").told()
    assert [each["revision"] for each in listed] == [2, 1]


def test_a_stale_version_sends_nothing(salesperson: Caller, draft: dict[str, Any]) -> None:
    body = {"contact": DANA, "require_payment": True, "version": draft["version"] + 1}
    refused = salesperson.post(f"/orders/{draft['id']}/send-for-customer-approval", body)
    assert (refused.status, refused.code) == (409, "order_changed")
    assert salesperson.get(f"/orders/{draft['id']}").told()["offer"] is None


def test_the_same_key_sends_once(salesperson: Caller, draft: dict[str, Any]) -> None:
    body = {"contact": DANA, "require_payment": True}
    path = f"/orders/{draft['id']}/send-for-customer-approval"
    one = salesperson.post(path, body, key="send-once")
    two = salesperson.post(path, body, key="send-once")
    assert one.bytes == two.bytes
    assert len(salesperson.get(f"/orders/{draft['id']}/offers").told()) == 1


@pytest.mark.parametrize(
    ("body", "loc"),
    [
        ({"contact": {"name": "", "email": "x"}, "require_payment": True}, "contact.name"),
        ({"contact": DANA, "require_payment": True, "expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"contact": DANA, "require_payment": "yes"}, "require_payment"),
        ({"contact": DANA, "require_payment": True, "amount": 1}, "amount"),
    ],
)
def test_what_makes_no_sense_is_told_beside_its_field(
    salesperson: Caller, draft: dict[str, Any], body: dict[str, Any], loc: str
) -> None:
    refused = salesperson.post(f"/orders/{draft['id']}/send-for-customer-approval", body)
    assert refused.status == 422
    assert loc in refused.locs


def test_the_settings_are_held_for_salespeople(sandbox: SandboxServer) -> None:
    partner = make_partner(settings=OrderSettings())
    bob, alice = make_member(partner, "Bob", "salesperson"), make_member(partner, "Alice")
    dana = make_customer(partner)
    order = make_order(partner, bob.actor("api"), dana, [make_product(partner)])
    body = {"contact": DANA, "require_payment": False}
    path = f"/orders/{order.shown_id}/send-for-customer-approval"
    assert "send_for_customer_approval" not in caller(bob).get(f"/orders/{order.shown_id}").told()["allowed_actions"]
    refused = caller(bob).post(path, body)
    assert (refused.status, refused.code) == (403, "not_allowed")
    assert caller(alice).post(path, body).told(200)["status"] == "awaiting_customer_approval"


def test_the_conversation_and_the_answer_are_read_by_api(
    partner: Partner, salesperson: Caller, draft: dict[str, Any], dana: Customer
) -> None:
    order = sent(salesperson, draft)
    offer = offer_behind(partner, order)
    write_to_seller(partner, link_to(offer), "Is training included?")
    salesperson.post(f"/orders/{order['id']}/messages", {"text": "Yes."}).told(201)
    told = [(each["by"], each["text"]) for each in salesperson.get(f"/orders/{order['id']}/messages").told()]
    assert told == [("customer", "Is training included?"), ("staff", "Yes.")]
    decline_as_customer(partner, link_to(offer), "Too expensive.")
    now = salesperson.get(f"/orders/{order['id']}").told()
    assert now["decline"] == {"cause": "customer", "reason": "Too expensive."}


def test_another_members_offer_is_not_found(partner: Partner, salesperson: Caller, draft: dict[str, Any]) -> None:
    order = sent(salesperson, draft)
    carl: Member = make_member(partner, "Carl", "salesperson")
    other = caller(carl)
    for path in ("offers", "messages", f"offers/{order['offer']['id']}/document"):
        assert other.get(f"/orders/{order['id']}/{path}").status == 404
    assert other.post(f"/orders/{order['id']}/recall", {}).status == 404


def offer_behind(partner: Partner, order: dict[str, Any]) -> Offer:
    offer_id = parse(Offer.prefix, order["offer"]["id"])
    assert offer_id is not None
    with reading(partner.id):
        return Offer.objects.get(id=offer_id)

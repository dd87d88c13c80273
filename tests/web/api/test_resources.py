"""Products, tax rates, customers, payment methods, invoices, subscriptions, settings, members, events, the clock: for
each what works; strangers and other partners are `tests/web/test_isolation.py`'s."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import pytest
from django.core.cache import cache

from handsel.flows.people.members import update_member
from handsel.models import Customer, Member, Partner, Product
from handsel.rules.permissions import SYSTEM
from tests.cast import PASSWORD, acting, make_api_key, make_customer, make_member, make_method, make_partner, unique
from tests.sandbox import SandboxServer
from tests.web.api.calling import Caller, caller, usd


@pytest.fixture(autouse=True)
def _no_throttle() -> None:
    cache.clear()


@pytest.fixture
def paid(salesperson: Caller, draft: dict[str, Any], sandbox: SandboxServer) -> dict[str, Any]:
    """Bob's order for Dana, paid with a card that was kept."""
    body = {"token": "pm_card_visa", "save": True}
    order: dict[str, Any] = salesperson.post(f"/orders/{draft['id']}/submit-with-payment", body).told()
    return order


def test_a_product_is_added_read_changed_and_taken_off(admin: Caller, salesperson: Caller) -> None:
    base = admin.post("/products", {"name": "Server", "sku": unique("srv"), "price": usd(5_000)}).told(201)
    body = {
        "name": "Backups", "sku": unique("bak"), "price": usd(900), "interval": "month", "interval_count": 3,
        "trial_days": 14, "prerequisite": base["id"], "vendor_url": "https://vendor.example/hook",
    }  # fmt: skip
    made = admin.post("/products", body).told(201)
    assert {name: made[name] for name in body} == body
    assert admin.get(f"/products/{made['id']}").told() == made
    changed = admin.patch(f"/products/{made['id']}", {"price": usd(950), "prerequisite": None, "active": False}).told()
    assert (changed["price"]["amount"], changed["prerequisite"], changed["active"]) == (950, None, False)
    assert [row["id"] for row in salesperson.get("/products", q="serv").told()["data"]] == [base["id"]]
    assert salesperson.get("/products", q="backups").told()["data"] == []
    assert len(salesperson.get("/products", q="backups", status="all", recurring="true").told()["data"]) == 1
    twice = admin.post("/products", {**body, "sku": base["sku"]})
    assert (twice.status, twice.code, twice.locs) == (422, "duplicate", ["sku"])
    refused = salesperson.patch(f"/products/{base['id']}", {"name": "Mine"})
    assert (refused.status, refused.code) == (403, "not_allowed")
    assert admin.get(f"/products/{base['id']}").told() == base


def test_a_tax_rate_is_added_listed_and_changed(admin: Caller, salesperson: Caller) -> None:
    body = {"name": "VAT", "country": "AT", "region": None, "percent": "20", "inclusive": True}
    made = admin.post("/tax-rates", body).told(201)
    assert {name: made[name] for name in body} == body
    assert [row["id"] for row in salesperson.get("/tax-rates", country="AT").told()["data"]] == [made["id"]]
    assert salesperson.get("/tax-rates", country="DE").told()["data"] == []
    changed = admin.patch(f"/tax-rates/{made['id']}", {"percent": "20.5", "active": False}).told()
    assert (changed["percent"], changed["active"]) == ("20.5", False)
    assert salesperson.post("/tax-rates", body).status == 403
    assert salesperson.patch(f"/tax-rates/{made['id']}", {"percent": "1"}).status == 403


def test_a_customer_is_added_found_and_changed(salesperson: Caller, admin: Caller) -> None:
    address = {"line1": "1 Ring", "city": "Wien", "region": "", "postal_code": "1010", "country": "AT"}
    body = {
        "name": "Café Größ", "email": "office@groess.example", "currency": "EUR", "timezone": "Europe/Vienna",
        "address": address, "tax_id": "ATU12345678", "tax_exempt": True,
    }  # fmt: skip
    made = salesperson.post("/customers", body).told(201)
    assert {name: made[name] for name in body} == body
    assert salesperson.get(f"/customers/{made['id']}").told() == made
    assert [row["id"] for row in admin.get("/customers", q="gross").told()["data"]] == [made["id"]]
    moved = salesperson.patch(f"/customers/{made['id']}", {"address": {"city": "Graz"}}).told()
    assert moved["address"] == address | {"city": "Graz"}
    first = salesperson.get(f"/customers/{made['id']}/contacts").told()["data"]
    assert [contact["email"] for contact in first] == ["office@groess.example"]
    second = salesperson.post(f"/customers/{made['id']}/contacts", {"name": "Eva", "email": "eva@groess.example"})
    assert second.told(201)["id"].startswith("con_")
    again = salesperson.post(f"/customers/{made['id']}/contacts", {"name": "Eva", "email": "eva@groess.example"})
    assert (again.status, again.code) == (422, "duplicate")


def test_billing_settings_are_null_until_set(
    admin: Caller, salesperson: Caller, partner: Partner, dana: Customer
) -> None:
    path = f"/customers/{dana.shown_id}/billing-settings"
    before = admin.get(path).told()
    assert (before["recipient"], before["default_payment_method"], before["collection"]) == (None, None, "automatic")
    method = make_method(partner, dana)
    contact = admin.get(f"/customers/{dana.shown_id}/contacts").told()["data"][0]["id"]
    body = {
        "recipient": contact, "default_payment_method": method.shown_id, "collection": "send_invoice",
        "collect_on": None, "memo": "Thank you", "payment_terms_days": 30,
    }  # fmt: skip
    assert admin.patch(path, body).told() == body
    assert admin.patch(path, {"recipient": None, "collect_on": None}).told() == body | {
        "recipient": None, "collect_on": None,
    }  # fmt: skip
    refused = salesperson.patch(path, {"memo": "mine"})
    assert (refused.status, refused.code) == (403, "not_allowed")
    assert admin.patch(path, {"collect_on": 15}).locs == ["collect_on"]
    assert admin.patch(path, {"collection": None}).locs == ["collection"]


def test_a_payment_method_is_saved_verified_listed_and_removed(
    admin: Caller, salesperson: Caller, dana: Customer, sandbox: SandboxServer
) -> None:
    path = f"/customers/{dana.shown_id}/payment-methods"
    made = salesperson.post(path, {"token": "pm_card_visa"}).told(201)
    assert (made["brand"], made["last4"], made["default"], made["expired"]) == ("visa", "4242", False, False)
    assert salesperson.get(path).told()["data"] == [made]
    assert salesperson.post(f"/payment-methods/{made['id']}/verify").told()["verification"] == "ok"
    assert salesperson.delete(f"/payment-methods/{made['id']}").status == 403
    assert admin.delete(f"/payment-methods/{made['id']}").status == 204
    assert admin.delete(f"/payment-methods/{made['id']}").status == 404
    assert salesperson.get(path).told()["data"] == []
    assert sandbox.captured(partner=str(dana.partner_id)) == []


def test_a_card_that_the_bank_refuses_is_not_saved(salesperson: Caller, dana: Customer, sandbox: SandboxServer) -> None:
    path = f"/customers/{dana.shown_id}/payment-methods"
    refused = salesperson.post(path, {"token": "pm_card_visa_chargeDeclined"})
    assert (refused.status, refused.code) == (402, "method_not_saved")
    assert salesperson.get(path).told()["data"] == []


def test_a_gateway_that_is_away_is_said_and_can_be_tried_again(
    salesperson: Caller, dana: Customer, sandbox: SandboxServer
) -> None:
    path, key = f"/customers/{dana.shown_id}/payment-methods", unique("key")
    sandbox.faults(error_rate=1.0)
    away = salesperson.post(path, {"token": "pm_card_visa"}, key=key)
    assert (away.status, away.code) == (503, "gateway_unavailable")
    sandbox.faults()
    assert salesperson.post(path, {"token": "pm_card_visa"}, key=key).status == 201


def test_a_method_that_a_subscription_bills_stays(admin: Caller, paid: dict[str, Any]) -> None:
    refused = admin.delete(f"/payment-methods/{paid['payment_method_on_file']['id']}")
    assert (refused.status, refused.code) == (409, "method_in_use")


def test_payments_invoices_and_subscriptions_are_read(
    admin: Caller, salesperson: Caller, partner: Partner, paid: dict[str, Any]
) -> None:
    payment = salesperson.get(f"/payments/{paid['payment']['id']}").told()
    assert payment == paid["payment"]
    assert salesperson.get("/payments", order=paid["id"]).told()["data"] == [payment]
    assert salesperson.get("/payments", status="declined").told()["data"] == []
    invoice = salesperson.get(f"/invoices/{paid['invoice']['id']}").told()
    assert (invoice["status"], invoice["amount_due"]["amount"], invoice["order"]) == ("paid", 0, paid["id"])
    assert [line["total"]["amount"] for line in invoice["lines"]] == [10_000, 2_000]
    assert [each["id"] for each in invoice["payments"]] == [payment["id"]]
    assert len(salesperson.get("/invoices", q=invoice["number"], status="paid").told()["data"]) == 1
    subscription = salesperson.get(f"/subscriptions/{paid['subscriptions'][0]['id']}").told()
    assert (subscription["status"], subscription["unit_price"]) == ("active", usd(2_000))
    assert subscription["payment_method"] == payment["method"]["id"]
    assert subscription["current_period"]["end"] > subscription["current_period"]["start"]
    assert [row["id"] for row in admin.get("/subscriptions", order=paid["id"]).told()["data"]] == [subscription["id"]]
    other = caller(make_member(partner, "Olga", "salesperson"))
    for kind, row in (("payments", payment), ("invoices", invoice), ("subscriptions", subscription)):
        assert other.get(f"/{kind}/{row['id']}").status == 404
        assert other.get(f"/{kind}").told()["data"] == []


def test_a_pdf_is_made_of_what_was_frozen(admin: Caller, paid: dict[str, Any]) -> None:
    path = f"/invoices/{paid['invoice']['id']}/pdf"
    before = admin.get(path)
    assert before.response["Content-Type"] == "application/pdf"
    assert before.bytes.startswith(b"%PDF-")
    admin.patch(f"/customers/{paid['customer']}", {"name": "Moved", "address": {"line1": "9 Elsewhere"}}).told()
    assert admin.get(path).bytes == before.bytes


def test_an_invoice_that_is_due_is_charged_to_the_default_method(
    admin: Caller, draft: dict[str, Any], dana: Customer, sandbox: SandboxServer
) -> None:
    admin.post(f"/orders/{draft['id']}/submit-to-admin").told()
    admin.post(f"/orders/{draft['id']}/approve").told()
    invoice = admin.post(f"/orders/{draft['id']}/activate").told()["invoice"]
    path = f"/invoices/{invoice['id']}/pay"
    assert admin.post(path).code == "payment_method_required"
    saved = admin.post(f"/customers/{dana.shown_id}/payment-methods", {"token": "pm_card_visa"}).told(201)
    settings = {"default_payment_method": saved["id"]}
    admin.patch(f"/customers/{dana.shown_id}/billing-settings", settings).told()
    key = unique("key")
    settled = admin.post(path, key=key)
    assert (settled.told()["status"], settled.body["amount_due"]["amount"]) == ("paid", 0)
    assert admin.post(path, key=key).bytes == settled.bytes
    again = admin.post(path)
    assert (again.status, again.code) == (409, "already_paid")
    assert len(sandbox.captured(invoice=invoice["id"])) == 1


def test_the_clock_moves_and_what_falls_due_is_done(admin: Caller, salesperson: Caller, paid: dict[str, Any]) -> None:
    subscription = admin.get(f"/subscriptions/{paid['subscriptions'][0]['id']}").told()
    moved = admin.post("/test-clock", {"advance_to": subscription["next_renewal"]}).told()
    assert moved["ran"] >= 1
    assert dt.datetime.fromisoformat(moved["now"]) >= dt.datetime.fromisoformat(subscription["next_renewal"])
    renewed = admin.get(f"/subscriptions/{subscription['id']}").told()
    assert renewed["current_period"]["start"] == subscription["current_period"]["end"]
    assert len(admin.get("/invoices", status="paid").told()["data"]) == 2
    back = admin.post("/test-clock", {"advance_to": subscription["next_renewal"]})
    assert (back.status, back.code) == (422, "clock_cannot_go_back")
    assert salesperson.post("/test-clock", {"advance_to": "2031-01-01T00:00:00Z"}).status == 403


def test_a_partner_in_live_mode_has_no_test_clock() -> None:
    alice = make_member(make_partner(mode="live"))
    refused = caller(alice).post("/test-clock", {"advance_to": "2031-01-01T00:00:00Z"})
    assert (refused.status, refused.code) == (409, "test_mode_only")


def test_order_settings_are_changed_by_who_may(admin: Caller, salesperson: Caller) -> None:
    before = salesperson.get("/settings/orders").told()
    changed = admin.patch("/settings/orders", {"offer_valid_days": 14, "salespeople_can_charge": False}).told()
    assert changed == before | {"offer_valid_days": 14, "salespeople_can_charge": False}
    assert salesperson.get("/settings/orders").told() == changed
    assert salesperson.patch("/settings/orders", {"salespeople_can_charge": True}).status == 403


def test_members_are_added_and_a_demotion_holds_at_the_next_request(admin: Caller, partner: Partner) -> None:
    asked = {"email": f"{unique('eva')}@example.com", "name": "Eva", "role": "admin", "password": PASSWORD}
    made = admin.post("/members", asked).told(201)
    assert (made["role"], "members.manage" in made["grants"], made["active"]) == ("admin", True, True)
    assert (made["state"], made["invited_until"], made["two_factor"]) == ("active", None, False)
    member = Member.objects.get(user__email=made["email"])
    eva = Caller(make_api_key(partner, member))
    assert eva.get("/members").told()["data"][0] == made
    demoted = admin.patch(f"/members/{made['id']}", {"role": "salesperson", "grants": ["orders.create"]}).told()
    assert demoted["grants"] == ["orders.create"]
    assert eva.get("/members").status == 403
    assert eva.get("/orders").status == 200
    admin.patch(f"/members/{made['id']}", {"active": False}).told()
    gone = eva.get("/orders")
    assert (gone.status, gone.code) == (401, "unauthenticated")


def test_without_a_password_a_member_is_invited_and_once_for_one_key(admin: Caller, partner: Partner) -> None:
    asked = {"email": f"{unique('ivo')}@example.com", "role": "salesperson", "grants": ["orders.create"]}
    made = admin.post("/members", asked, key="invite").told(201)
    assert (made["state"], made["active"], made["grants"]) == ("invited", False, ["orders.create"])
    assert made["invited_until"] is not None
    assert admin.post("/members", asked, key="invite").told(201) == made
    again = admin.post("/members", asked)
    assert (again.status, again.code) == (422, "duplicate")
    joined = admin.patch(f"/members/{made['id']}", {"active": True})
    assert (joined.status, joined.code) == (409, "action_not_allowed")


def test_terms_are_published_in_versions_by_who_may(admin: Caller, salesperson: Caller) -> None:
    words = {"title": "Terms", "text": "Pay within 14 days.", "tick": "I agree."}
    assert admin.get("/settings/terms").told()["data"] == []
    first = admin.post("/settings/terms", words, key="terms").told(201)
    assert (first["version"], first["asked"], first["retired_at"]) == (1, True, None)
    assert first["sha256"] == hashlib.sha256(b"Pay within 14 days.").hexdigest()
    assert admin.post("/settings/terms", words, key="terms").told(201) == first
    second = admin.post("/settings/terms", {**words, "text": "Pay within 30 days."}).told(201)
    told = salesperson.get("/settings/terms").told()["data"]
    assert [(each["version"], each["asked"]) for each in told] == [(2, True), (1, False)]
    assert told[0] == second
    assert salesperson.post("/settings/terms", words).status == 403
    assert admin.post("/settings/terms", {**words, "text": " "}).status == 422


def test_nobody_gives_a_grant_that_they_do_not_hold(partner: Partner) -> None:
    team = caller(make_member(partner, "Tom", "salesperson", grants=["members.manage"]))
    refused = team.post("/members", {"email": "eva@example.com", "role": "admin"})
    assert (refused.status, refused.code) == (403, "not_allowed")


def test_events_tell_who_did_what(admin: Caller, salesperson: Caller, partner: Partner, draft: dict[str, Any]) -> None:
    event = admin.get("/events", subject=draft["id"]).told()["data"][0]
    assert (event["type"], event["actor"]["name"], event["source"]) == ("order.created", "Bob", "api")
    assert event["subject"] == {"kind": "order", "id": draft["id"]}
    assert admin.get("/events", type="order.created", limit=1).told()["data"] == [event]
    assert {each["order"] for each in salesperson.get("/events").told()["data"]} == {draft["id"]}
    other = caller(make_member(partner, "Olga", "salesperson"))
    assert other.get("/events").told()["data"] == []


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer hk_nobody", "hk_nobody"])
def test_without_a_key_that_holds_nobody_comes_in(header: str, stranger: Caller) -> None:
    answer = stranger.client.get("/api/v1/orders", headers={"Authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"


def test_an_address_that_keeps_sending_bad_keys_is_asked_to_wait_and_good_keys_pass(admin: Caller) -> None:
    bad = Caller("hk_nobody")
    answers = [bad.get("/orders") for _ in range(35)]
    assert answers[0].status == 401
    assert (answers[-1].status, answers[-1].code) == (429, "too_many_requests")
    assert answers[-1].response["Retry-After"] == "60"
    assert admin.get("/orders").status == 200


def test_a_member_who_was_removed_is_out_at_once(partner: Partner, alice: Member, bob: Member) -> None:
    bobs = caller(bob)
    assert bobs.get("/orders").status == 200
    update_member(partner, SYSTEM, bob.id, {"is_active": False})
    assert bobs.get("/orders").code == "unauthenticated"


def test_the_documentation_is_a_page_that_needs_no_script(stranger: Caller) -> None:
    page = stranger.client.get("/api/docs")
    assert page.status_code == 200
    text = page.content.decode()
    assert "Charge an order" in text
    assert "/api/v1/orders/{order_id}/submit-with-payment" in text
    assert "unsafe-inline" not in page["Content-Security-Policy"]
    document = stranger.client.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")


def test_a_colleagues_customer_is_everybodys(partner: Partner, alice: Member, salesperson: Caller) -> None:
    customer = make_customer(partner, acting(alice), name="Shared")
    assert salesperson.get(f"/customers/{customer.shown_id}").told()["name"] == "Shared"


def test_a_products_price_change_leaves_orders_as_they_were(
    admin: Caller, salesperson: Caller, draft: dict[str, Any], website: Product
) -> None:
    admin.patch(f"/products/{website.shown_id}", {"price": usd(1)}).told()
    assert salesperson.get(f"/orders/{draft['id']}").told()["totals"] == draft["totals"]

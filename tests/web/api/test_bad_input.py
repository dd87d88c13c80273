"""Bad input gets a clear problem, and nothing is changed: what is sent by mistake, and what is sent by malice."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps

from handsel.database.tables import TenantTable
from handsel.database.tenancy import reading
from handsel.models import Customer, IdempotencyRecord, Member, Partner, Product
from tests.cast import acting, make_customer, make_method, make_product
from tests.sandbox import SandboxServer
from tests.web.api.calling import Caller, usd

NOWHERE = "0" * 26
PERCENT = "lines.0.discount.percent"


def rows_of(partner: Partner) -> dict[str, int]:
    """How many rows the partner has, by table: what a refused request must leave as it was."""
    with reading(partner.id):
        return {
            model._meta.db_table: model._default_manager.count()
            for model in apps.get_app_config("handsel").get_models()
            if issubclass(model, TenantTable) and model is not IdempotencyRecord
        }


Line = Callable[[Product], dict[str, Any]]

BAD_LINES: dict[str, tuple[Line, int, str, str]] = {
    "unknown product": (lambda p: {"product": f"prd_{NOWHERE}"}, 404, "not_found", ""),
    "an id of another kind": (lambda p: {"product": p.shown_id.replace("prd_", "cus_")}, 404, "not_found", ""),
    "no id at all": (lambda p: {"product": "website"}, 404, "not_found", ""),
    "quantity zero": (lambda p: {"quantity": 0}, 422, "validation_error", "lines.0.quantity"),
    "quantity negative": (lambda p: {"quantity": -1}, 422, "validation_error", "lines.0.quantity"),
    "quantity huge": (lambda p: {"quantity": 1_000_001}, 422, "validation_error", "lines.0.quantity"),
    "quantity beyond 64 bits": (lambda p: {"quantity": 2**70}, 422, "validation_error", "lines.0.quantity"),
    "quantity broken": (lambda p: {"quantity": 1.5}, 422, "validation_error", "lines.0.quantity"),
    "quantity with a point": (lambda p: {"quantity": 2.0}, 422, "validation_error", "lines.0.quantity"),
    "quantity as text": (lambda p: {"quantity": "2"}, 422, "validation_error", "lines.0.quantity"),
    "quantity as truth": (lambda p: {"quantity": True}, 422, "validation_error", "lines.0.quantity"),
    "quantity null": (lambda p: {"quantity": None}, 422, "validation_error", "lines.0.quantity"),
    "price negative": (lambda p: {"unit_price": usd(-1)}, 422, "validation_error", "lines.0.unit_price"),
    "price with decimals": (
        lambda p: {"unit_price": {"amount": 12.345, "currency": "USD"}}, 422, "validation_error",
        "lines.0.unit_price.amount",
    ),
    "price as a number": (lambda p: {"unit_price": 1250}, 422, "validation_error", "lines.0.unit_price"),
    "price beyond 64 bits": (lambda p: {"unit_price": usd(2**63)}, 422, "amount_too_large", "lines.0.unit_price"),
    "price of twenty digits": (
        lambda p: {"unit_price": usd(99_999_999_999_999_999_999)}, 422, "amount_too_large", "lines.0.unit_price",
    ),
    "sum beyond what counts": (
        lambda p: {"unit_price": usd(10**12), "quantity": 1_000_000}, 422, "amount_too_large", "lines.0.unit_price",
    ),
    "price in another currency": (
        lambda p: {"unit_price": {"amount": 1, "currency": "EUR"}}, 422, "currency_mismatch", "lines.0.unit_price",
    ),
    "price in no currency": (
        lambda p: {"unit_price": {"amount": 1}}, 422, "validation_error", "lines.0.unit_price.currency",
    ),
    "discount in another currency": (
        lambda p: {"unit_price": usd(5), "discount": {"amount": {"amount": 1, "currency": "EUR"}}},
        422, "currency_mismatch", "lines.0.discount",
    ),
    "discount above all": (lambda p: {"discount": {"percent": "101"}}, 422, "validation_error", PERCENT),
    "discount negative": (lambda p: {"discount": {"percent": "-1"}}, 422, "validation_error", PERCENT),
    "discount as a number": (lambda p: {"discount": {"percent": 10}}, 422, "validation_error", PERCENT),
    "discount of nothing": (lambda p: {"discount": {}}, 422, "validation_error", "lines.0.discount"),
    "discount twice": (
        lambda p: {"discount": {"percent": "1", "amount": usd(1)}}, 422, "validation_error", "lines.0.discount",
    ),
    "a date that does not exist": (
        lambda p: {"start_date": "2026-02-30"}, 422, "validation_error", "lines.0.start_date",
    ),
    "a date as a number": (lambda p: {"start_date": 1790000000}, 422, "validation_error", "lines.0.start_date"),
    "a date with a time": (
        lambda p: {"start_date": "2026-02-03T00:00:00Z"}, 422, "validation_error", "lines.0.start_date",
    ),
    "a date before all sales": (lambda p: {"start_date": "0001-01-01"}, 422, "validation_error", "lines.0.start_date"),
    "periods of something sold once": (lambda p: {"periods": 3}, 422, "validation_error", "lines.0.periods"),
    "periods beyond 64 bits": (lambda p: {"periods": 2**64}, 422, "validation_error", "lines.0.periods"),
    "an unknown field": (lambda p: {"colour": "red"}, 422, "validation_error", "lines.0.colour"),
    "a line that is not there": (lambda p: {"id": f"lin_{NOWHERE}"}, 404, "not_found", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_LINES)
def test_a_bad_line_is_refused_by_name_and_nothing_is_written(
    name: str, salesperson: Caller, partner: Partner, dana: Customer, website: Product, draft: dict[str, Any]
) -> None:
    line, status, code, loc = BAD_LINES[name]
    before = rows_of(partner)
    lines = [{"product": website.shown_id, **line(website)}]
    for refused in (
        salesperson.post("/orders", {"customer": dana.shown_id, "lines": lines}),
        salesperson.patch(f"/orders/{draft['id']}", {"lines": lines}),
    ):
        assert (refused.status, refused.code) == (status, code), refused.bytes
        assert "errors" not in refused.body or loc in refused.locs
        assert status == 404 or loc in refused.locs
    assert rows_of(partner) == before
    assert salesperson.get(f"/orders/{draft['id']}").told() == draft


def test_another_partners_ids_do_not_exist(
    salesperson: Caller, partner: Partner, charlie: Member, foreign_customer: Customer, dana: Customer,
    draft: dict[str, Any], admin: Caller,
) -> None:  # fmt: skip
    product = make_product(charlie.partner, acting(charlie))
    method = make_method(charlie.partner, foreign_customer)
    before = rows_of(partner), rows_of(charlie.partner)
    path = f"/orders/{draft['id']}"
    for refused in (
        salesperson.post("/orders", {"customer": foreign_customer.shown_id}),
        salesperson.post("/orders", {"customer": dana.shown_id, "lines": [{"product": product.shown_id}]}),
        salesperson.patch(path, {"lines": [{"product": product.shown_id}]}),
        salesperson.patch(path, {"billing_payment_method": method.shown_id}),
        salesperson.post(f"{path}/submit-with-payment", {"payment_method": method.shown_id}),
        salesperson.get(f"/customers/{foreign_customer.shown_id}"),
        admin.patch(f"/customers/{dana.shown_id}/billing-settings", {"default_payment_method": method.shown_id}),
        admin.delete(f"/payment-methods/{method.shown_id}"),
        salesperson.get("/orders", customer="cus_nonsense"),
    ):
        assert (refused.status, refused.code) == (404, "not_found")
    assert (rows_of(partner), rows_of(charlie.partner)) == before


def test_an_order_without_lines_is_not_submitted(
    salesperson: Caller, partner: Partner, dana: Customer, sandbox: SandboxServer
) -> None:
    order = salesperson.post("/orders", {"customer": dana.shown_id}).told(201)
    for action, body in (("submit-with-payment", {"token": "pm_card_visa"}), ("submit-to-admin", {})):
        refused = salesperson.post(f"/orders/{order['id']}/{action}", body)
        assert (refused.status, refused.code) == (409, "order_has_no_lines")
    assert salesperson.get(f"/orders/{order['id']}").told() == order
    assert sandbox.captured(order=order["id"]) == []


def test_an_order_in_another_currency_than_the_customers_is_refused(salesperson: Caller, dana: Customer) -> None:
    refused = salesperson.post("/orders", {"customer": dana.shown_id, "currency": "EUR"})
    assert (refused.status, refused.code, refused.locs) == (422, "currency_mismatch", ["currency"])


def test_a_token_that_is_unknown_or_used_takes_no_money(
    salesperson: Caller, admin: Caller, draft: dict[str, Any], dana: Customer, sandbox: SandboxServer
) -> None:
    path = f"/customers/{dana.shown_id}/payment-methods"
    assert admin.post(path, {"token": "4242424242424242"}).code == "token_unknown"
    assert admin.post(path, {"token": "pm_nobody_made_this"}).code == "token_unknown"
    assert admin.get(path).told()["data"] == []
    nonsense = salesperson.post(f"/orders/{draft['id']}/submit-with-payment", {"token": "tok_visa"})
    assert (nonsense.status, nonsense.code) == (422, "token_unknown")
    assert salesperson.get(f"/orders/{draft['id']}").told() == draft
    unknown = salesperson.post(f"/orders/{draft['id']}/submit-with-payment", {"token": "pm_nobody_made_this"}).told()
    assert unknown["status"] == "declined"
    assert sandbox.captured(order=draft["id"]) == []


@pytest.mark.parametrize(
    ("body", "loc"),
    [
        ({"payment_method": "pm_x", "token": "pm_card_visa"}, "token"),
        ({"payment_method": "pm_x", "save": True}, "save"),
        ({"token": 1}, "token"),
        ({"token": "pm_card_visa", "save": "yes"}, "save"),
        ({"token": "pm_card_visa", "version": "1"}, "version"),
        ({"token": "pm_card_visa", "version": 2**40}, "version"),
        ({"token": "pm_card_visa", "amount": 1}, "amount"),
    ],
)
def test_a_charge_that_makes_no_sense_is_refused_before_anything_is_sent(
    body: dict[str, Any], loc: str, salesperson: Caller, draft: dict[str, Any], partner: Partner
) -> None:
    before = rows_of(partner)
    refused = salesperson.post(f"/orders/{draft['id']}/submit-with-payment", body)
    assert (refused.status, refused.locs) == (422, [loc])
    assert rows_of(partner) == before


UNREADABLE: dict[str, tuple[bytes, str, int, str]] = {
    "bad UTF-8": (b'{"customer": "\xff\xfe"}', "application/json", 400, "malformed_body"),
    "cut short": (b'{"customer": ', "application/json", 400, "malformed_body"),
    "not JSON": (b"customer=1", "application/json", 400, "malformed_body"),
    "NaN": (b'{"customer": NaN}', "application/json", 400, "malformed_body"),
    "a key twice": (b'{"customer": "a", "customer": "b"}', "application/json", 400, "malformed_body"),
    "a number without end": (b'{"customer": ' + b"9" * 5_000 + b"}", "application/json", 400, "malformed_body"),
    "deep beyond measure": (b"[" * 100_000 + b"]" * 100_000, "application/json", 400, "malformed_body"),
    "rather deep": (b'{"tags":' + b"[" * 60 + b"]" * 60 + b"}", "application/json", 400, "malformed_body"),
    "NUL bytes": (b'{"customer": "a\\u0000b"}', "application/json", 422, "validation_error"),
    "NUL in a name": (b'{"cust\\u0000omer": "ab"}', "application/json", 422, "validation_error"),
    "half a surrogate pair": (b'{"tags": ["\\ud800"]}', "application/json", 422, "validation_error"),
    "a list": (b"[]", "application/json", 422, "validation_error"),
    "null": (b"null", "application/json", 422, "validation_error"),
    "text": (b'"order"', "application/json", 422, "validation_error"),
    "nothing": (b"", "application/json", 422, "validation_error"),
    "a form": (b"customer=1", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
    "plain text": (b"{}", "text/plain", 415, "unsupported_media_type"),
    "no type": (b"{}", "", 415, "unsupported_media_type"),
    "another encoding": (b"{}", "application/json; charset=utf-16", 415, "unsupported_media_type"),
    "ten megabytes": (b'"' + b"x" * 10_000_000 + b'"', "application/json", 413, "payload_too_large"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_is_refused_and_nothing_is_written(
    name: str, salesperson: Caller, partner: Partner, draft: dict[str, Any]
) -> None:
    content, content_type, status, code = UNREADABLE[name]
    before = rows_of(partner)
    for method, path in (("POST", "/orders"), ("PATCH", f"/orders/{draft['id']}")):
        refused = salesperson.send(method, path, content, content_type)
        if name == "nothing" and method == "PATCH":
            assert refused.status == 422
            continue
        assert (refused.status, refused.code) == (status, code), refused.bytes
    assert rows_of(partner) == before


def test_a_nul_byte_in_the_address_is_refused(salesperson: Caller) -> None:
    for path in ("/orders?q=a%00b", "/orders/ord_%00"):
        refused = salesperson.get(path)
        assert (refused.status, refused.code) == (400, "malformed_body")


@pytest.mark.parametrize(
    ("path", "body", "loc"),
    [
        ("/products", {"name": " ", "sku": "a", "price": usd(1)}, "name"),
        ("/products", {"name": "a", "sku": "a", "price": usd(-1)}, "price"),
        ("/products", {"name": "a", "sku": "a", "price": usd(2**64)}, "price"),
        ("/products", {"name": "a", "sku": "a", "price": {"amount": 1, "currency": "XXX"}}, "price.currency"),
        ("/products", {"name": "a", "sku": "a", "price": usd(1), "interval": "fortnight"}, "interval"),
        ("/products", {"name": "a", "sku": "a", "price": usd(1), "interval_count": 2**80}, "interval_count"),
        ("/products", {"name": "a", "sku": "a", "price": usd(1), "trial_days": 7}, "trial_days"),
        ("/products", {"name": "a", "sku": "a", "price": usd(1), "vendor_url": "ftp://x"}, "vendor_url"),
        ("/products", {"sku": "a", "price": usd(1)}, "name"),
        ("/tax-rates", {"name": "VAT", "country": "Germany", "percent": "19"}, "country"),
        ("/tax-rates", {"name": "VAT", "country": "DE", "percent": "nineteen"}, "percent"),
        ("/tax-rates", {"name": "VAT", "country": "DE", "percent": "19.00001"}, "percent"),
        ("/tax-rates", {"name": "VAT", "country": "DE", "percent": 19}, "percent"),
        ("/customers", {"name": "a", "email": "nobody", "currency": "USD"}, "email"),
        ("/customers", {"name": "a", "email": "a@example.com", "currency": "usd"}, "currency"),
        ("/customers", {"name": "a", "email": "a@example.com", "currency": "USD", "timezone": "Mars"}, "timezone"),
        (
            "/customers",
            {"name": "a", "email": "a@example.com", "currency": "USD", "address": {"country": "QQ"}},
            "address.country",
        ),
        ("/customers", {"name": "x" * 201, "email": "a@example.com", "currency": "USD"}, "name"),
        ("/members", {"email": "a@example.com", "role": "owner"}, "role"),
        ("/members", {"email": "a@example.com", "role": "admin", "grants": ["everything"]}, "grants.0"),
        ("/test-clock", {"advance_to": "tomorrow"}, "advance_to"),
        ("/test-clock", {"advance_to": "2020-01-01T00:00:00Z"}, "advance_to"),
        ("/test-clock", {"advance_to": "2999-01-01T00:00:00Z"}, "advance_to"),
    ],
)
def test_a_bad_field_is_named(path: str, body: dict[str, Any], loc: str, admin: Caller, partner: Partner) -> None:
    before = rows_of(partner)
    refused = admin.post(path, body)
    assert refused.status == 422, refused.bytes
    assert loc in refused.locs
    assert all(error["msg"] for error in refused.body["errors"])
    assert rows_of(partner) == before


@pytest.mark.parametrize(
    ("path", "body", "loc"),
    [
        ("/settings/orders", {"offer_valid_days": 0}, "offer_valid_days"),
        ("/settings/orders", {"salespeople_can_charge": 1}, "salespeople_can_charge"),
        ("/settings/orders", {"salespeople_can_charge": None}, "salespeople_can_charge"),
        ("/settings/orders", {"salespeople_can_fly": True}, "salespeople_can_fly"),
    ],
)
def test_a_bad_setting_is_named(path: str, body: dict[str, Any], loc: str, admin: Caller) -> None:
    before = admin.get(path).told()
    refused = admin.patch(path, body)
    assert (refused.status, refused.locs) == (422, [loc])
    assert admin.get(path).told() == before


def test_a_method_that_an_address_does_not_have_is_refused(admin: Caller, draft: dict[str, Any]) -> None:
    refused = admin.delete(f"/orders/{draft['id']}")
    assert (refused.status, refused.code) == (405, "method_not_allowed")
    assert set(refused.response["Allow"].split(", ")) == {"GET", "PATCH"}
    assert admin.send("PUT", "/orders", b"{}", "application/json").code == "method_not_allowed"


def test_an_address_that_is_none_answers_with_a_problem(admin: Caller, stranger: Caller) -> None:
    assert admin.get("/refunds").code == "not_found"
    assert stranger.post("/webhook-endpoints", {}).code == "not_found"


def test_all_complaints_come_at_once(salesperson: Caller, dana: Customer) -> None:
    refused = salesperson.post(
        "/orders", {"customer": dana.shown_id, "lines": [{"quantity": "one"}, {"product": 5}], "when": "now"}
    )
    assert set(refused.locs) == {"lines.0.product", "lines.0.quantity", "lines.1.product", "when"}


def test_submitting_twice_charges_once(salesperson: Caller, draft: dict[str, Any], sandbox: SandboxServer) -> None:
    path, body = f"/orders/{draft['id']}/submit-with-payment", {"token": "pm_card_visa"}
    assert salesperson.post(path, body).told()["status"] == "activated"
    again = salesperson.post(path, body)
    assert (again.status, again.code) == (409, "already_paid")
    assert len(sandbox.captured(order=draft["id"])) == 1


def test_what_the_problem_says_is_json_of_rfc_9457(admin: Caller) -> None:
    problem = json.loads(admin.get(f"/orders/ord_{NOWHERE}").bytes)
    assert set(problem) == {"type", "title", "status", "detail", "code"}
    assert (problem["status"], problem["title"]) == (404, "Not Found")


def test_a_customer_keeps_its_currency_once_there_is_an_order(
    admin: Caller, partner: Partner, alice: Member, draft: dict[str, Any], dana: Customer
) -> None:
    refused = admin.patch(f"/customers/{dana.shown_id}", {"currency": "EUR"})
    assert (refused.status, refused.code) == (409, "in_use")
    other = make_customer(partner, acting(alice))
    assert admin.patch(f"/customers/{other.shown_id}", {"currency": "EUR"}).told()["currency"] == "EUR"

"""Orders by API: made, read, listed, changed; for each address the same five questions."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from handsel.models import Customer, Member, Partner, Product
from tests.cast import acting, make_customer, make_member, make_method, make_order, make_tax_rate, read_order
from tests.web.api.calling import Caller, caller, usd


def test_a_draft_is_priced_and_taxed_and_charges_nothing(
    admin: Caller, partner: Partner, alice: Member, website: Product, hosting: Product
) -> None:
    make_tax_rate(partner, acting(alice), region="OR")
    customer = make_customer(partner, acting(alice))
    made = admin.post(
        "/orders",
        {
            "customer": customer.shown_id,
            "currency": "USD",
            "lines": [
                {"product": website.shown_id, "quantity": 2, "discount": {"percent": "10"}},
                {
                    "product": hosting.shown_id,
                    "unit_price": usd(1_500),
                    "discount": {"amount": usd(500)},
                    "periods": 12,
                },
            ],
            "contract_start_date": "2030-01-31",
            "notes": {"staff": "call first", "customer": "thank you"},
            "tags": ["fair"],
        },
    ).told(201)
    totals = made["totals"]
    assert {name: amount["amount"] for name, amount in totals.items()} == {
        "subtotal": 21_500, "discount": 2_500, "tax": 1_568, "total": 20_568, "due_now": 20_568,
        "contract_value": 20_568 + 11 * (1_000 + 83),
    }  # fmt: skip
    assert (made["status"], made["status_label"], made["tags"]) == ("draft", "Drafted", ["fair"])
    assert made["notes"] == {"staff": "call first", "customer": "thank you"}
    assert made["contract_start_date"] == "2030-01-31"
    assert [line["discount"] for line in made["lines"]] == [
        {"percent": "10", "amount": None}, {"percent": None, "amount": usd(500)},
    ]  # fmt: skip
    assert made["id"].startswith("ord_")
    assert made["lines"][0]["id"].startswith("lin_")
    assert admin.get(f"/orders/{made['id']}").told() == made


def test_lines_are_replaced_and_a_named_line_keeps_its_id(
    salesperson: Caller, draft: dict[str, Any], website: Product
) -> None:
    kept = draft["lines"][1]
    lines = [{"id": kept["id"], "product": kept["product"], "quantity": 3}, {"product": website.shown_id}]
    body = {"version": draft["version"], "lines": lines, "notes": {"staff": "by phone"}}
    changed = salesperson.patch(f"/orders/{draft['id']}", body).told()
    assert [line["quantity"] for line in changed["lines"]] == [3, 1]
    assert changed["lines"][0]["id"] == kept["id"]
    assert changed["lines"][1]["id"] not in {line["id"] for line in draft["lines"]}
    assert changed["version"] == draft["version"] + 1
    assert changed["notes"]["staff"] == "by phone"


def test_a_stale_version_is_refused_and_changes_nothing(salesperson: Caller, draft: dict[str, Any]) -> None:
    path = f"/orders/{draft['id']}"
    now = salesperson.patch(path, {"version": draft["version"], "tags": ["one"]}).told()
    late = salesperson.patch(path, {"version": draft["version"], "tags": ["two"]})
    assert (late.status, late.code) == (409, "order_changed")
    assert salesperson.get(path).told() == now


def test_the_same_change_again_changes_nothing(salesperson: Caller, draft: dict[str, Any]) -> None:
    first = salesperson.patch(f"/orders/{draft['id']}", {"tags": ["one"]}).told()
    again = salesperson.patch(f"/orders/{draft['id']}", {"tags": ["one"]}).told()
    assert again["tags"] == first["tags"]


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_an_order_is_nobody_elses(
    draft: dict[str, Any], stranger: Caller, foreign: Caller, partner: Partner, method: str
) -> None:
    other = caller(make_member(partner, "Olga", "salesperson"))
    body = b"{}" if method == "PATCH" else b""
    path = f"/orders/{draft['id']}"
    for who, status in ((stranger, 401), (foreign, 404), (other, 404)):
        assert who.send(method, path, body, "application/json").status == status


def test_without_the_grant_no_order_is_made(partner: Partner, dana: Customer) -> None:
    reader = caller(make_member(partner, "Rita", "salesperson", grants=["orders.view_all"]))
    refused = reader.post("/orders", {"customer": dana.shown_id})
    assert (refused.status, refused.code) == (403, "not_allowed")
    assert reader.get("/orders").told()["data"] == []


def test_salespeople_list_their_own_orders_and_admins_all(
    partner: Partner, alice: Member, bob: Member, admin: Caller, salesperson: Caller, foreign: Caller, dana: Customer
) -> None:
    own = make_order(partner, acting(bob), dana).shown_id
    other = make_order(partner, acting(alice), dana).shown_id
    assert [row["id"] for row in admin.get("/orders").told()["data"]] == [other, own]
    assert [row["id"] for row in salesperson.get("/orders").told()["data"]] == [own]
    assert foreign.get("/orders").told()["data"] == []


def test_lists_go_on_after_the_last_row_in_every_sorting(
    partner: Partner, alice: Member, admin: Caller, dana: Customer, website: Product, hosting: Product
) -> None:
    goods: list[list[Any]] = [[website], [hosting], [website], [], [website, hosting]]
    made = [make_order(partner, acting(alice), dana, lines) for lines in goods]
    expected = {
        "newest": list(reversed(made)),
        "oldest": made,
        "total": sorted(made, key=lambda order: (order.total_minor, order.id), reverse=True),
        "total_ascending": sorted(made, key=lambda order: (order.total_minor, order.id)),
        "updated": sorted(made, key=lambda order: (order.updated_at, order.id), reverse=True),
    }
    for sort, orders in expected.items():
        found: list[str] = []
        query: dict[str, Any] = {"limit": 2, "sort": sort}
        while True:
            page = admin.get("/orders", **query).told()
            found += [row["id"] for row in page["data"]]
            assert page["has_more"] == (page["next"] is not None)
            if page["next"] is None:
                break
            query["after"] = page["next"]
        assert found == [order.shown_id for order in orders], sort


def test_lists_are_narrowed(partner: Partner, alice: Member, admin: Caller, dana: Customer, website: Product) -> None:
    muller = make_customer(partner, acting(alice), name="Bäckerei Müller & Söhne")
    plain = make_order(partner, acting(alice), dana, [website])
    tagged = make_order(partner, acting(alice), muller, tags=["fair"])

    def found(**query: Any) -> list[str]:
        return [row["id"] for row in admin.get("/orders", **query).told()["data"]]

    assert found(q="MULL backer") == [tagged.shown_id]
    assert found(q="mull dana") == []
    assert found(q=plain.number.lower()) == [plain.shown_id]
    assert found(tag="fair") == [tagged.shown_id]
    assert found(customer=dana.shown_id) == [plain.shown_id]
    assert found(status="draft", customer=muller.shown_id) == [tagged.shown_id]
    assert found(status=["approved", "pending"]) == []
    assert found(created_from="2099-01-01T00:00:00Z") == []
    assert found(created_until="2099-01-01T00:00:00+01:00") == [tagged.shown_id, plain.shown_id]
    assert admin.post(f"/orders/{plain.shown_id}/archive").status == 200
    assert found() == [tagged.shown_id]
    assert found(archived="true") == [plain.shown_id]
    assert found(status="archived") == [plain.shown_id]


@pytest.mark.parametrize(
    ("query", "loc"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"limit": "ten"}, "limit"),
        ({"status": "done"}, "status"),
        ({"created_from": "yesterday"}, "created_from"),
        ({"created_from": "2026-02-30T00:00:00Z"}, "created_from"),
        ({"created_from": "2026-02-03T00:00:00"}, "created_from"),
        ({"sort": "colour"}, "sort"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_list_refuses_what_it_does_not_know(admin: Caller, query: dict[str, str], loc: str) -> None:
    refused = admin.get("/orders", **query)
    assert (refused.status, refused.code) == (422, "validation_error")
    assert any(each.startswith(loc) for each in refused.locs)


def test_a_list_does_not_go_on_after_what_is_not_there(admin: Caller, foreign: Caller, draft: dict[str, Any]) -> None:
    assert admin.get("/orders", after="nonsense").status == 404
    assert foreign.get("/orders", after=draft["id"], sort="total").status == 404
    assert foreign.get("/orders", after=draft["id"]).told()["data"] == []


def test_the_order_says_which_method_is_on_file(
    partner: Partner, alice: Member, admin: Caller, dana: Customer, website: Product
) -> None:
    old = make_method(partner, dana, exp_year=2020, exp_month=3, default=True)
    order = make_order(partner, acting(alice), dana, [website])
    expired = admin.get(f"/orders/{order.shown_id}").told()["payment_method_on_file"]
    assert expired == {
        "id": old.shown_id, "brand": "visa", "last4": "4242", "exp_month": 3, "exp_year": 2020,
        "default": True, "expired": True,
    }  # fmt: skip
    new = make_method(partner, dana, last4="5556")
    named = admin.patch(f"/orders/{order.shown_id}", {"billing_payment_method": new.shown_id}).told()
    assert named["payment_method_on_file"]["id"] == new.shown_id
    assert not named["payment_method_on_file"]["default"]


def test_warnings_are_told(partner: Partner, alice: Member, admin: Caller, website: Product) -> None:
    nowhere = make_customer(partner, acting(alice), address={})
    order = make_order(partner, acting(alice), nowhere, [website])
    warned = admin.patch(f"/orders/{order.shown_id}", {"contract_start_date": "2020-01-01"}).told()["warnings"]
    assert len(warned) == 2
    assert all(warning["message"] and warning["line"] is None for warning in warned)


def test_files_are_put_on_an_order_and_come_back_as_they_were(
    salesperson: Caller, foreign: Caller, draft: dict[str, Any]
) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    path = f"/orders/{draft['id']}/attachments"
    content = b"%PDF-1.7 a brief"
    file = SimpleUploadedFile("brief.pdf", content, content_type="application/pdf")
    kept = salesperson.upload(path, {"file": file, "for_customer": "true"}).told(201)
    assert (kept["name"], kept["size_bytes"], kept["for_customer"]) == ("brief.pdf", len(content), True)
    assert salesperson.get(path).told() == [kept]
    download = salesperson.get(f"{path}/{kept['id']}")
    assert download.bytes == content
    assert download.response["Content-Disposition"] == 'attachment; filename="brief.pdf"'
    assert download.response["Content-Type"] == "application/octet-stream"
    assert foreign.get(f"{path}/{kept['id']}").status == 404
    assert foreign.delete(f"{path}/{kept['id']}").status == 404
    assert salesperson.delete(f"{path}/{kept['id']}").status == 204
    assert salesperson.delete(f"{path}/{kept['id']}").status == 404


def test_a_file_that_is_none_is_refused(salesperson: Caller, draft: dict[str, Any]) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    path = f"/orders/{draft['id']}/attachments"
    page = SimpleUploadedFile("page.html", b"<script>", content_type="text/html")
    assert salesperson.upload(path, {"file": page}).status == 422
    assert salesperson.upload(path, {}).status == 422
    assert salesperson.post(path, {"file": "text"}).code == "unsupported_media_type"
    big = SimpleUploadedFile("big.txt", b"x" * (11 * 1024 * 1024), content_type="text/plain")
    assert salesperson.upload(path, {"file": big}).status == 413
    assert salesperson.get(path).told() == []


def test_the_statements_of_a_page_do_not_grow_with_what_is_on_it(
    partner: Partner, alice: Member, admin: Caller, dana: Customer, website: Product, hosting: Product
) -> None:
    def statements(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            admin.get(path).told()
        return len(captured)

    small = make_order(partner, acting(alice), dana, [website], tags=["one"])
    listed, read = statements("/orders"), statements(f"/orders/{small.shown_id}")
    large = make_order(partner, acting(alice), dana, [website, hosting] * 15, tags=["one", "two"])
    for _ in range(6):
        make_order(partner, acting(alice), dana, [hosting], tags=["three"])
    assert statements("/orders") == listed
    assert statements(f"/orders/{large.shown_id}") == read
    # Six of them find the key and its member and open and close the transaction.
    assert listed <= 8
    assert read <= 15
    assert read_order(partner, large.id).line_count == 30

"""Payment gateways by the pages, and what came outside of them."""

from __future__ import annotations

import pytest
from django.test import Client

from handsel.database.tenancy import reading
from handsel.flows.money.gateway_accounts import add_offline_account
from handsel.flows.sales.activate import activate
from handsel.models import GatewayAccount, Member, Partner
from handsel.reads.money.gateway import accounts_of
from tests.sandbox import SandboxServer
from tests.web.console.world import signed_in
from tests.web.orders.conftest import Place, html, place

__all__ = ["place"]

SECRET, PUBLISHABLE = "sk_test_0123456789WXYZ", "pk_test_0123456789abcd"
TYPED = {"once": "a-word-of-its-own", "label": "Shop", "secret_key": SECRET, "publishable_key": PUBLISHABLE}


def accounts(partner: Partner) -> list[GatewayAccount]:
    with reading(partner.id):
        return accounts_of(partner)


def added(client: Client, partner: Partner) -> str:
    assert client.post("/administration/gateways/new", TYPED).status_code == 302
    return accounts(partner)[1].shown_id


def test_stripe_is_added_once_and_its_key_is_never_shown_again(partner: Partner, alice: Member) -> None:
    client = signed_in(alice)
    for _ in range(2):
        added(client, partner)
    assert len(accounts(partner)) == 2
    page = html(client.get("/administration/gateways"))
    assert "ends in <code>WXYZ</code>" in page
    assert SECRET not in page
    assert "Set up events" in page


def test_a_refused_key_is_not_repeated(partner: Partner, alice: Member) -> None:
    live = "sk_live_0123456789WXYZ"
    answer = signed_in(alice).post("/administration/gateways/new", {**TYPED, "secret_key": live})
    assert answer.status_code == 422
    assert "would move real money" in html(answer)
    assert live not in html(answer)
    assert PUBLISHABLE not in html(answer)
    assert 'value="Shop"' in html(answer)


def test_an_account_is_tried_made_the_default_given_keys_and_closed(
    partner: Partner, alice: Member, sandbox: SandboxServer
) -> None:
    client = signed_in(alice)
    shop, first = added(client, partner), accounts(partner)[0].shown_id
    assert "the key is good" in html(client.post(f"/administration/gateways/{first}/check", follow=True))
    assert "comes with the installation" not in html(client.get(f"/administration/gateways/{shop}/keys"))
    assert client.get(f"/administration/gateways/{first}/keys").status_code == 302
    keys = client.post(f"/administration/gateways/{shop}/keys", {"secret_key": "rk_test_0123456789LAST"}, follow=True)
    assert "ends in <code>LAST</code>" in html(keys)
    assert client.post(f"/administration/gateways/{shop}/keys", {"secret_key": "x"}).status_code == 422
    refused = client.post(f"/administration/gateways/{first}/close", follow=True)
    assert "This is the default account" in html(refused)
    client.post(f"/administration/gateways/{shop}/default")
    client.post(f"/administration/gateways/{first}/close")
    assert [(row.name, row.is_default, row.closed_at is None) for row in accounts(partner)] == [
        ("stripe", True, True), ("sandbox", False, False),
    ]  # fmt: skip
    assert "Add the sandbox" in html(client.get("/administration/gateways"))
    client.post("/administration/gateways/sandbox")
    assert len(accounts(partner)) == 3


def test_a_gateway_that_does_not_answer_is_told_so(partner: Partner, alice: Member, sandbox: SandboxServer) -> None:
    sandbox.faults(drop_request_rate=1)
    path = f"/administration/gateways/{accounts(partner)[0].shown_id}"
    assert "It did not answer" in html(signed_in(alice).post(f"{path}/check", follow=True))
    assert "did not answer" in html(signed_in(alice).post(f"{path}/events", follow=True))


@pytest.mark.parametrize("path", ["new", "offline", "sandbox", "{}/keys", "{}/check", "{}/events", "{}/default"])
def test_another_role_and_another_partner_change_nothing(
    partner: Partner, bob: Member, charlie: Member, path: str
) -> None:
    url = f"/administration/gateways/{path.format(accounts(partner)[0].shown_id)}"
    assert signed_in(bob).post(url, TYPED).status_code == 403
    assert Client().post(url, TYPED).status_code == 302
    if "{}" in path:
        assert signed_in(charlie).post(url, TYPED).status_code == 404
    assert len(accounts(partner)) == 1


def test_cash_is_recorded_from_the_charge_dialog(place: Place) -> None:
    assert "Received outside" not in html(place.bob.get(f"{place.url}/charge"))
    add_offline_account(place.desk.partner, place.desk.alice)
    assert "Received outside" in html(place.bob.get(f"{place.url}/charge"))
    typed = {"version": "1", "method": "offline", "kind": "cheque", "reference": "", "received_on": ""}
    refused = place.bob.post(f"{place.url}/charge", typed)
    assert (refused.status_code, refused["HX-Retarget"]) == (422, "#charge-problem")
    assert "Name the cheque&#x27;s number" in html(refused)
    shown = html(place.bob.post(f"{place.url}/charge", {**typed, "reference": "No. 1207"}))
    assert "$120.00 was received" in shown
    tab = html(place.bob.get(f"{place.url}/payment"))
    assert "Cheque, No. 1207" in tab
    assert "Received on" in tab


def test_an_invoice_is_marked_paid_from_its_page(place: Place) -> None:
    desk = place.desk
    activate(desk.partner, desk.alice, place.order.id)
    (invoice,) = desk.invoices(place.order)
    url = f"/invoices/{invoice.shown_id}"
    assert "Mark as paid" not in html(place.alice.get(url))
    add_offline_account(desk.partner, desk.alice)
    assert "Mark as paid" in html(place.alice.get(url))
    assert "Mark as paid" not in html(place.bob.get(url))
    typed = {"once": "one-word", "kind": "transfer", "reference": "", "received_on": "2026-01-02"}
    refused = place.alice.post(f"{url}/mark-paid", typed)
    assert refused.status_code == 422
    assert "data-open-now" in html(refused)
    assert 'value="2026-01-02"' in html(refused)
    for _ in range(2):
        assert place.alice.post(f"{url}/mark-paid", {**typed, "reference": "Line 4"}).status_code == 302
    assert len(desk.payments(invoice.id)) == 1
    page = html(place.alice.get(url))
    assert "Bank transfer, Line 4" in page
    assert "Received Jan 2, 2026" in page
    assert place.bob.post(f"{url}/mark-paid", typed).status_code == 403
    assert place.charlie.post(f"{url}/mark-paid", typed).status_code == 404


def test_offline_stands_apart_from_gateways(partner: Partner, alice: Member) -> None:
    client = signed_in(alice)
    client.post("/administration/gateways/offline")
    page = html(client.get("/administration/gateways"))
    assert "Cash, cheque, transfer" in page
    assert "Record such payments" not in page

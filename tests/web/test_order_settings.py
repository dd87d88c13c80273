"""DOMAIN.md section 8: what a switch turns off disappears from pages and from `allowed_actions`, and is refused by the
API; what was sent before stands."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from handsel.database.tenancy import reading
from handsel.flows.people.partners import update_order_settings
from handsel.flows.sales.answer import approve_as_customer
from handsel.models import Event, Member, Partner
from handsel.rules.permissions import SETTING_LABELS, OrderSettings
from handsel.web.console.administration_orders import ADMIN_ACTIONS, CUSTOMER_SWITCHES, SALESPERSON_ACTIONS
from tests.cast import make_api_key, read_order
from tests.flows.money.desk import Desk
from tests.flows.sales.offering import answer_to, link_to, send
from tests.sandbox import SandboxServer
from tests.web.api.calling import Caller
from tests.web.console.world import signed_in

URL = "/administration/orders"
SWITCHES = (*SALESPERSON_ACTIONS, *ADMIN_ACTIONS, *CUSTOMER_SWITCHES)
ALL_ON = {**dict.fromkeys(SWITCHES, "on"), "offer_valid_days": "30", "failed_cards_per_link": "5"}
DANA = {"name": "Dana Baker", "email": "dana@bakery.example"}


class Shop:
    """A desk whose people also have keys and browsers."""

    def __init__(self) -> None:
        self.desk = Desk()
        self.members = {
            row.user.name: row for row in Member.objects.filter(partner=self.desk.partner).select_related("user")
        }

    def api(self, name: str) -> Caller:
        return Caller(make_api_key(self.desk.partner, self.members[name]))

    def browser(self, name: str) -> Client:
        return signed_in(self.members[name])

    def set(self, **settings: bool) -> None:
        update_order_settings(self.desk.partner, self.desk.alice, settings)  # type: ignore[arg-type]


@pytest.fixture
def shop(sandbox: SandboxServer) -> Shop:
    return Shop()


CARD = {"token": "pm_card_visa", "save": False}
SALESPERSON_VERBS: dict[str, tuple[str, dict[str, Any]]] = {
    "salespeople_can_submit_to_admin": ("submit_to_admin", {}),
    "salespeople_can_send_for_customer_approval": (
        "send_for_customer_approval",
        {"contact": DANA, "require_payment": False},
    ),
    "salespeople_can_charge": ("submit_with_payment", CARD),
}


@pytest.mark.parametrize("setting", SALESPERSON_VERBS)
def test_what_is_turned_off_for_salespeople_is_gone_and_refused_and_admins_still_may(shop: Shop, setting: str) -> None:
    verb, body = SALESPERSON_VERBS[setting]
    order = shop.desk.order()
    path, bob = f"/orders/{order.shown_id}", shop.api("Bob")
    assert verb in bob.get(path).told()["allowed_actions"]
    off = {setting: False}
    if setting == "salespeople_can_send_for_customer_approval":
        off["customer_approval_can_accept_payment"] = False
    shop.set(**off)
    before = bob.get(path).told()
    assert verb not in before["allowed_actions"]
    refused = bob.post(f"{path}/{verb.replace('_', '-')}", body)
    assert (refused.status, refused.code) == (403, "not_allowed")
    assert SETTING_LABELS[setting] in refused.body["detail"]
    assert bob.get(path).told() == before
    done = shop.api("Alice").post(f"{path}/{verb.replace('_', '-')}", body)
    assert done.status == 200, done.bytes


def test_a_salesperson_asks_for_payment_on_approval_only_where_that_is_on(shop: Shop) -> None:
    shop.set(customer_approval_can_accept_payment=False)
    order = shop.desk.order()
    path = f"/orders/{order.shown_id}/send-for-customer-approval"
    asks = {"contact": DANA, "require_payment": True}
    refused = shop.api("Bob").post(path, asks)
    assert (refused.status, refused.code) == (403, "not_allowed")
    assert SETTING_LABELS["customer_approval_can_accept_payment"] in refused.body["detail"]
    assert read_order(shop.desk.partner, order.id).status == "draft"
    assert shop.api("Bob").post(path, {**asks, "require_payment": False}).status == 200
    other = shop.desk.order()
    assert shop.api("Alice").post(f"/orders/{other.shown_id}/send-for-customer-approval", asks).status == 200


def test_an_admin_activates_a_draft_only_where_that_is_on(shop: Shop) -> None:
    order = shop.desk.order()
    path, alice = f"/orders/{order.shown_id}", shop.api("Alice")
    assert "activate" in alice.get(path).told()["allowed_actions"]
    shop.set(admins_can_bypass_approval=False)
    assert "activate" not in alice.get(path).told()["allowed_actions"]
    refused = alice.post(f"{path}/activate", {})
    assert (refused.status, refused.code) == (409, "action_not_allowed")
    shop.set(admins_can_bypass_approval=True)
    assert alice.post(f"{path}/activate", {}).status == 200


def test_an_action_that_is_turned_off_disappears_from_the_orders_page(shop: Shop) -> None:
    page = f"/orders/{shop.desk.order().shown_id}"
    acts = f"{page}/actions/submit_to_admin"
    assert acts in shop.browser("Bob").get(page).content.decode()
    shop.set(salespeople_can_submit_to_admin=False)
    assert acts not in shop.browser("Bob").get(page).content.decode()
    assert shop.browser("Bob").post(acts, {"version": "1"}, headers={"HX-Request": "true"}).status_code == 403


def test_offers_already_sent_stand_whatever_is_turned_off(shop: Shop) -> None:
    offer = send(shop.desk, require_payment=False)
    shop.set(**dict.fromkeys(SWITCHES, False))
    approve_as_customer(shop.desk.partner, link_to(offer), answer_to(offer))
    assert read_order(shop.desk.partner, offer.order_id).status in {"processing", "activated"}


class TestThePage:
    """Three cards, word for word."""

    @pytest.fixture
    def desk(self, alice: Member) -> Client:
        return signed_in(alice)

    def test_it_has_every_card_and_every_setting_word_for_word(self, desk: Client) -> None:
        page = desk.get(URL).content.decode()
        for card in ("Salesperson submit actions", "Admin submit actions", "Customer approval"):
            assert f">{card}<" in page
        for label in SETTING_LABELS.values():
            assert label in page
        assert "Terms of service" in page

    def test_what_is_switched_and_typed_is_saved_and_told(self, partner: Partner, desk: Client) -> None:
        typed = {"salespeople_can_charge": "on", "offer_valid_days": "7", "failed_cards_per_link": "3"}
        assert desk.post(URL, typed).status_code == 302
        wanted = OrderSettings(
            salespeople_can_submit_to_admin=False, salespeople_can_charge=True, offer_valid_days=7,
            failed_cards_per_link=3,
        )  # fmt: skip
        assert Partner.objects.get(id=partner.id).settings() == wanted
        with reading(partner.id):
            event = Event.objects.get(type="partner.order_settings_updated")
        assert event.changes["offer_valid_days"] == [30, 7]
        assert event.changes["admins_can_bypass_approval"] == [True, False]
        assert "salespeople_can_charge" not in event.changes
        history = desk.get("/events").content.decode()
        assert "Turned off: “Admins can bypass approval and activate at once”." in history
        assert "“Offers are valid for this many days” went from 30 to 7." in history

    def test_nothing_changed_leaves_no_event(self, partner: Partner, desk: Client) -> None:
        assert desk.post(URL, ALL_ON).status_code == 302
        with reading(partner.id):
            assert not Event.objects.filter(type="partner.order_settings_updated").exists()

    def test_payment_on_approval_stands_disabled_while_approval_is_off(self, desk: Client) -> None:
        desk.post(URL, {"offer_valid_days": "7", "failed_cards_per_link": "3"})
        page = desk.get(URL).content.decode()
        control = re.search(r"<input[^>]*customer_approval_can_accept_payment[^>]*>", page)
        assert control is not None
        assert " disabled" in control[0]
        assert 'data-needs="salespeople_can_send_for_customer_approval"' in control[0]

    def test_payment_on_approval_without_approval_is_refused_beside_its_switch(
        self, partner: Partner, desk: Client
    ) -> None:
        typed = {name: value for name, value in ALL_ON.items() if name != "salespeople_can_send_for_customer_approval"}
        response = desk.post(URL, typed)
        assert response.status_code == 422
        page = response.content.decode()
        assert 'id="error_customer_approval_can_accept_payment"' in page
        assert "One answer needs another look." in page
        assert Partner.objects.get(id=partner.id).settings().salespeople_can_send_for_customer_approval

    @pytest.mark.parametrize("typed", ["", "0", "366", "many"])
    def test_days_that_make_no_sense_are_refused_and_kept(self, desk: Client, typed: str) -> None:
        response = desk.post(URL, {**ALL_ON, "offer_valid_days": typed})
        assert response.status_code == 422
        page = response.content.decode()
        assert 'id="error_offer_valid_days"' in page
        assert f'name="offer_valid_days" value="{typed}"' in page


def test_the_api_refuses_payment_on_approval_without_approval_too(alice: Member) -> None:
    answer = Caller(make_api_key(alice.partner, alice)).patch(
        "/settings/orders", {"salespeople_can_send_for_customer_approval": False}
    )
    assert (answer.status, answer.locs) == (422, ["customer_approval_can_accept_payment"])

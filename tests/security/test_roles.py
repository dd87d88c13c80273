"""T24: every role and grant × every act, on an order by page and by API, and on every page of administration. Who may
is worked out here from the rows of the tables, not by the function that the product asks.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from handsel.database.ids import show
from handsel.database.tenancy import writing
from handsel.flows.sales.offers import ContactAsked, send_offer
from handsel.models import Customer, Member, Order, OrderLine, Partner, Product
from handsel.rules.grants import DEFAULT_GRANTS, Grant, Role
from handsel.rules.order_states import ORDER
from handsel.rules.order_status import OrderStatus
from handsel.rules.states import Edge
from handsel.web.console.orders.actions import DONE
from tests.cast import (
    acting,
    make_api_key,
    make_customer,
    make_member,
    make_order,
    make_partner,
    make_product,
    read_lines,
    read_order,
)
from tests.web.api.calling import Caller
from tests.web.console.world import signed_in
from tests.web.isolation_rows import STAFF

WHO: dict[str, tuple[Role, frozenset[Grant]]] = {
    "an admin": (Role.ADMIN, frozenset(Grant)),
    "a salesperson": (Role.SALESPERSON, DEFAULT_GRANTS[Role.SALESPERSON]),
    "a salesperson without grants": (Role.SALESPERSON, frozenset()),
    **{f"a salesperson with {grant} alone": (Role.SALESPERSON, frozenset({grant})) for grant in Grant},
}
VERBS = sorted({edge.verb for edge in ORDER.edges if "staff" in edge.actors})
BODIES: dict[str, dict[str, Any]] = {
    "submit_with_payment": {"token": "pm_card_visa", "save": False},
    "send_for_customer_approval": {
        "contact": {"name": "Dana Baker", "email": "dana@bakery.example"},
        "require_payment": False,
    },
    "cancel": {"reason": "no"},
    "decline": {"reason": "no"},
    "request_cancellation": {"reason": "no"},
}
MANAGERS = (Grant.SETTINGS_MANAGE, Grant.MEMBERS_MANAGE, Grant.CATALOG_MANAGE)
PAGES: dict[str, tuple[Grant, ...]] = {
    "administration": MANAGERS,
    "administration/members": (Grant.MEMBERS_MANAGE,),
    "administration/tax-rates": (Grant.CATALOG_MANAGE,),
    "administration/api-keys": (),
}
"""The grants of which one opens a page, by the longest beginning of its address; the rest is for settings.manage."""

PARAMETERS = {"<int:version>": "1", "<slug:mail_kind>": "receipt_customer", "<slug:language>": "en"}
"""What an address must name to be one at all."""


@dataclass
class Place:
    """A partner with goods and a customer; members come and go."""

    partner: Partner
    alice: Member
    dana: Customer
    website: Product
    draft: Order

    def order(self, status: str, owner: Member) -> Order:
        """An order of this member's, as if it had come to this status; what awaits its customer Alice has sent."""
        if status == OrderStatus.AWAITING_CUSTOMER_APPROVAL:
            sent = self.order(OrderStatus.DRAFT, owner)
            contact = ContactAsked(name="Dana Baker", email="dana@bakery.example")
            send_offer(self.partner, acting(self.alice), sent.id, contact=contact, require_payment=False)
            return read_order(self.partner, sent.id)
        order = Order.objects.model(
            partner=self.partner, number=f"X-{Order().id.hex[-12:]}", customer_id=self.dana.id, owner_id=owner.id,
            status=status, currency="USD", line_count=1, total_minor=self.draft.total_minor,
            previous_status="draft" if status == OrderStatus.ARCHIVED else "approved",
            decline_cause="admin" if status == OrderStatus.DECLINED else "",
        )  # fmt: skip
        lines = read_lines(self.partner, self.draft)
        with writing(self.partner.id):
            order.save(force_insert=True)
            for line in lines:
                line.pk, line.order_id = OrderLine().id, order.id
                line.save(force_insert=True)
        return order


@pytest.fixture(scope="module")
def place() -> Place:
    partner = make_partner()
    alice = make_member(partner)
    dana, website = make_customer(partner, acting(alice)), make_product(partner, acting(alice))
    return Place(partner, alice, dana, website, make_order(partner, acting(alice), dana, [website]))


def may(edge: Edge, grants: Collection[Grant]) -> bool:
    """Whether somebody may do this with an order that is their own and whose offer somebody else sent, all settings
    being on."""
    manages = Grant.ORDERS_MANAGE in grants
    # What is sent below is a card that staff typed.
    needed = (Grant.PAYMENTS_ENTER_CARD,) if edge.verb == "submit_with_payment" else edge.grants
    return (not needed or any(grant in grants for grant in needed)) and (manages or not edge.sender_only)


def test_the_order_table_asks_for_more_than_one_thing() -> None:
    """Else the walk below would prove little."""
    staff = [edge for edge in ORDER.edges if "staff" in edge.actors]
    assert {grant for edge in staff for grant in edge.grants} >= {Grant.ORDERS_CREATE, Grant.ORDERS_MANAGE}
    assert any(edge.sender_only for edge in staff)
    assert any(edge.owner_only for edge in staff)


@pytest.mark.parametrize("who", WHO)
@pytest.mark.usefixtures("sandbox_process")
def test_an_act_on_ones_own_order_is_for_who_may_by_page_and_by_api(place: Place, who: str) -> None:
    role, grants = WHO[who]
    member = make_member(place.partner, "Mem", role.value, sorted(grants))
    program, browser = Caller(make_api_key(place.partner, member)), signed_in(member)
    for verb in VERBS:
        edges = [edge for edge in ORDER.rows(verb) if "staff" in edge.actors]
        allowed = any(may(edge, grants) for edge in edges)
        for face in ("api", "page"):
            order = place.order(edges[0].sources[0], member)
            status = by_api(program, order, verb) if face == "api" else by_page(browser, order, verb)
            where = f"{who}: {verb} by {face} answers {status}"
            if status is None:
                continue
            assert (status == 403) == (not allowed), where
            assert status < 500, where
            if not allowed:
                after = read_order(place.partner, order.id)
                assert (after.status, after.version) == (order.status, order.version), where


def by_api(program: Caller, order: Order, verb: str) -> int | None:
    path = f"/orders/{order.shown_id}/{verb.replace('_', '-')}"
    if not _exists(f"/api/v1{path}"):
        return None
    answer = program.post(path, BODIES.get(verb, {"member": "mem_" + "0" * 26} if verb == "reassign" else {}))
    assert answer.status != 403 or answer.code == "not_allowed"
    return answer.status


def by_page(browser: Client, order: Order, verb: str) -> int | None:
    """The status of the act's own address; None for an act that is done elsewhere."""
    if verb not in {*DONE, "cancel", "duplicate", "submit_with_payment"}:
        return None
    url = f"/orders/{order.shown_id}/actions/{verb}"
    body = {"version": order.version, "reason": "no"}
    if verb == "submit_with_payment":
        url, body = f"/orders/{order.shown_id}/charge", {**body, "method": "new", "token": "pm_card_visa"}
    status = int(browser.post(url, body, headers={"HX-Request": "true"}).status_code)
    return None if status == 404 else status


def _exists(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def test_no_act_was_passed_over_above_for_want_of_an_operation() -> None:
    assert all(_exists(f"/api/v1/orders/x/{verb.replace('_', '-')}") for verb in VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_another_members_order_does_not_exist_for_who_sees_their_own_only(place: Place, verb: str) -> None:
    eve = make_member(place.partner, "Eve", "salesperson", sorted(set(Grant) - {Grant.ORDERS_VIEW_ALL}))
    order = place.order(next(edge for edge in ORDER.rows(verb) if "staff" in edge.actors).sources[0], place.alice)
    assert by_api(Caller(make_api_key(place.partner, eve)), order, verb) in (404, None)
    assert by_page(signed_in(eve), order, verb) is None
    assert read_order(place.partner, order.id).version == order.version


def opens(route: str) -> tuple[Grant, ...]:
    """The grants of which one opens this page."""
    beginnings = [known for known in PAGES if route == known or (route.startswith(f"{known}/") and "/" in known)]
    return PAGES[max(beginnings, key=len)] if beginnings else (Grant.SETTINGS_MANAGE,)


@pytest.mark.parametrize("who", WHO)
def test_a_page_of_administration_is_for_who_may(place: Place, who: str) -> None:
    role, grants = WHO[who]
    member = make_member(place.partner, "Mem", role.value, sorted(grants))
    browser = signed_in(member)
    for route in sorted(each for each in STAFF if each.startswith("administration")):
        path = "/" + route
        for parameter, value in {**PARAMETERS, "<str:member>": show(Member.prefix, place.alice.id)}.items():
            path = path.replace(parameter, value)
        needed = opens(route)
        allowed = not needed or any(grant in grants for grant in needed)
        for method in ("GET", "POST"):
            if method == "POST" and allowed:
                continue  # What it does is its own tests' matter; here is asked who is turned away.
            status = browser.generic(method, path).status_code
            if status == 405:
                continue
            assert (status == 403) == (not allowed), f"{who}: {method} {route} answers {status}"


def test_a_demotion_works_at_the_next_request_by_page_part_and_api(place: Place) -> None:
    mona = make_member(place.partner, "Mona", "admin")
    browser, program = signed_in(mona), Caller(make_api_key(place.partner, mona))
    order = place.order(OrderStatus.PENDING, mona)
    part = {"HX-Request": "true"}
    assert browser.get("/administration/members").status_code == 200
    assert browser.get("/home/figures", headers=part).status_code == 200
    assert program.get("/members").status == 200
    program_of_alice = Caller(make_api_key(place.partner, place.alice))
    program_of_alice.patch(f"/members/{show(Member.prefix, mona.id)}", {"role": "salesperson"}).told()
    assert browser.get("/administration/members").status_code == 403
    assert browser.get("/home/figures", headers=part).status_code == 403
    assert program.get("/members").status == 403
    assert by_page(browser, order, "approve") == 403
    assert by_api(program, order, "approve") == 403
    assert read_order(place.partner, order.id).status == OrderStatus.PENDING


def test_who_is_removed_gets_nothing_at_the_next_request_by_page_part_and_api(place: Place) -> None:
    mona = make_member(place.partner, "Mona", "admin")
    browser, program = signed_in(mona), Caller(make_api_key(place.partner, mona))
    order = place.order(OrderStatus.PENDING, mona)
    assert browser.get("/home").status_code == 200
    assert program.get("/orders").status == 200
    program_of_alice = Caller(make_api_key(place.partner, place.alice))
    program_of_alice.patch(f"/members/{show(Member.prefix, mona.id)}", {"active": False}).told()
    assert browser.get("/home")["Location"].startswith("/accounts/login/")
    part = browser.get(f"/orders/{order.shown_id}/status", headers={"HX-Request": "true"})
    assert part["HX-Redirect"].startswith("/accounts/login/")
    assert part.content == b""
    assert browser.post(f"/orders/{order.shown_id}/actions/approve", {"version": 1})["Location"].startswith("/accounts")
    assert (program.get("/orders").status, program.post(f"/orders/{order.shown_id}/approve").status) == (401, 401)
    assert read_order(place.partner, order.id).status == OrderStatus.PENDING

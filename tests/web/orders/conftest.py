"""A desk with a draft, and the browsers of the cast, signed in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from handsel.database.ids import show
from handsel.models import Contact, Member, Order
from tests.cast import make_member, read_lines, read_order
from tests.flows.money.desk import Desk


def signed_in(member: Member) -> Client:
    """A browser in which this member has signed in."""
    client = Client()
    client.force_login(member.user)
    return client


def html(response: Any) -> str:
    """The words of a page, blanks together."""
    return re.sub(r"\s+", " ", response.content.decode())


@dataclass
class Place:
    """A desk with a draft of Bob's, and everybody's browser."""

    desk: Desk
    order: Order
    bob: Client
    alice: Client
    charlie: Client
    eve: Client  # a salesperson of the same partner, who does not see Bob's orders
    stranger: Client

    @property
    def url(self) -> str:
        return f"/orders/{self.order.shown_id}"

    def fresh(self) -> Order:
        return read_order(self.desk.partner, self.order.id)

    def form(self, **typed: str) -> dict[str, object]:
        """The draft's form as the page would send it, with other things typed."""
        lines = read_lines(self.desk.partner, self.order)
        order = self.fresh()
        values: dict[str, object] = {"version": str(order.version), "line": [line.shown_id for line in lines]}
        for line in lines:
            key = line.shown_id
            values |= {f"quantity_{key}": str(line.quantity), f"price_{key}": f"{line.unit_price_minor / 100:.2f}"}
        recipient = show(Contact.prefix, order.billing_recipient_id) if order.billing_recipient_id else ""
        return values | {"billing_recipient": recipient} | typed


@pytest.fixture
def place(charlie: Member) -> Place:
    desk = Desk()
    members = {each.id: each for each in Member.objects.filter(partner=desk.partner).select_related("user")}
    by_name = {each.user.name: each for each in members.values()}
    eve = make_member(desk.partner, "Eve", "salesperson")
    return Place(
        desk=desk,
        order=desk.order(desk.website, desk.hosting),
        bob=signed_in(by_name["Bob"]),
        alice=signed_in(by_name["Alice"]),
        charlie=signed_in(charlie),
        eve=signed_in(eve),
        stranger=Client(),
    )

"""The cast at the API's door."""

from __future__ import annotations

import pytest

from handsel.models import Customer, Member, Partner, Product
from tests.cast import acting, make_customer
from tests.web.api.calling import Caller, caller, usd


@pytest.fixture
def admin(alice: Member) -> Caller:
    return caller(alice)


@pytest.fixture
def salesperson(bob: Member) -> Caller:
    return caller(bob)


@pytest.fixture
def foreign(charlie: Member) -> Caller:
    """The admin of another partner."""
    return caller(charlie)


@pytest.fixture
def stranger() -> Caller:
    return Caller(None)


@pytest.fixture
def foreign_customer(charlie: Member) -> Customer:
    return make_customer(charlie.partner, acting(charlie))


@pytest.fixture
def draft(
    salesperson: Caller, dana: Customer, website: Product, hosting: Product, partner: Partner
) -> dict[str, object]:
    """Bob's draft for Dana: a website, 100.00 USD, and hosting, 20.00 USD a month."""
    lines = [{"product": website.shown_id}, {"product": hosting.shown_id, "unit_price": usd(2_000)}]
    body: dict[str, object] = salesperson.post("/orders", {"customer": dana.shown_id, "lines": lines}).told(201)
    return body

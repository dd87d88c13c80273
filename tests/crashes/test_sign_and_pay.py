"""T1 on the customer's link, small dose: sign-and-pay is killed at every boundary, one offer for each, and the customer
tries again or leaves. No double charge, none unrecorded, none unpaid; and never a second signature.
"""

from __future__ import annotations

import contextlib

import pytest

from handsel.flows.money.begin import NewMethod
from handsel.flows.money.take import approve_and_pay
from handsel.models import Offer, Signature
from handsel.rules.errors import Refused
from tests.cast import read_order
from tests.crashes.killed import run_killed
from tests.flows.money.desk import Desk
from tests.flows.sales.offering import answer_to, link_to, send
from tests.oracle import assert_sound, converge
from tests.sandbox import SandboxServer

pytestmark = pytest.mark.crashes


@pytest.fixture
def desk(sandbox: SandboxServer) -> Desk:
    return Desk()


def sign_and_pay(desk: Desk, offer: Offer, token: str) -> None:
    approve_and_pay(desk.partner, link_to(offer), answer_to(offer), NewMethod(token, save=True))


@pytest.mark.parametrize(("token", "each"), [("pm_card_visa", 1), ("pm_card_visa_chargeDeclined", 3)])
def test_killed_anywhere_an_offer_is_signed_once_and_charged_once_or_not_at_all(
    desk: Desk, sandbox: SandboxServer, token: str, each: int
) -> None:
    offers = [send(desk), send(desk)]
    for offer in offers:
        _, boundaries = run_killed(lambda offer=offer: sign_and_pay(desk, offer, token))  # type: ignore[misc]
    assert boundaries > 35, "a signature, two transactions and a gateway call have more boundaries than this"
    for fatal in range(0, boundaries, each):
        offer = send(desk)
        killed, _ = run_killed(lambda offer=offer: sign_and_pay(desk, offer, token), fatal)  # type: ignore[misc]
        assert killed
        offers.append(offer)
        if fatal % 2:
            with contextlib.suppress(Refused):  # under way, paid already, or locked: what counts is what was taken
                sign_and_pay(desk, offer, token)
    converge(desk.partner)

    orders = [read_order(desk.partner, offer.order_id) for offer in offers]
    assert_sound(desk.partner, *orders, sandbox=sandbox)
    assert ("activated" in {order.status for order in orders}) == (token == "pm_card_visa")
    for offer, order in zip(offers, orders, strict=True):
        signatures = len(desk.rows(Signature, offer_id=offer.id))
        assert signatures == int(order.status != "awaiting_customer_approval")

"""T5 on the customer's link: signed and paid in many tabs at once, while it is taken back, while it runs out.

The control takes the locks and the index away, and must charge twice.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from handsel.flows.money import take
from handsel.flows.money.begin import NewMethod
from handsel.flows.money.take import approve_and_pay
from handsel.flows.sales import link as links
from handsel.flows.sales.answer import approve_as_customer, decline_as_customer
from handsel.flows.sales.link import OfferLink
from handsel.flows.sales.offers import recall_offer
from handsel.flows.work import Work
from handsel.models import Offer, Order, Signature
from tests.cast import read_order
from tests.flows.money.desk import Desk
from tests.flows.sales.offering import answer_to, link_to, send
from tests.oracle import assert_sound, converge
from tests.races.test_submit import without_index_and_lock
from tests.races.together import together
from tests.sandbox import SandboxServer

pytestmark = pytest.mark.races


@pytest.fixture
def desk(sandbox: SandboxServer) -> Desk:
    return Desk()


def paying(desk: Desk, offer: Offer, token: str = "pm_card_visa") -> Callable[[], str]:
    def click() -> str:
        approve_and_pay(desk.partner, link_to(offer), answer_to(offer), NewMethod(token, save=True))
        return "paid"

    return click


def test_an_offer_open_in_many_tabs_is_signed_and_paid_once(desk: Desk, sandbox: SandboxServer) -> None:
    """CASES.md 1."""
    offers = [send(desk) for _ in range(5)]
    for offer in offers:
        told = together(*(paying(desk, offer) for _ in range(8)))
        assert told["paid"] == 1
        assert set(told) <= {"paid", "payment_in_progress", "already_paid", "offer_answered"}
        assert len(desk.rows(Signature, offer_id=offer.id)) == 1
    converge(desk.partner)
    assert_sound(desk.partner, *(read_order(desk.partner, offer.order_id) for offer in offers), sandbox=sandbox)


def test_two_signatures_at_once_are_one(desk: Desk) -> None:
    offer = send(desk, require_payment=False)
    told = together(*(lambda: approve_as_customer(desk.partner, link_to(offer), answer_to(offer)) for _ in range(6)))
    assert told["done"] == 1
    assert set(told) <= {"done", "offer_answered", "already_paid", "order_changed"}
    assert len(desk.rows(Signature, offer_id=offer.id)) == 1
    assert len(desk.invoices(read_order(desk.partner, offer.order_id))) == 1


def test_paid_while_it_is_taken_back_one_of_the_two_happens(desk: Desk, sandbox: SandboxServer) -> None:
    for _ in range(6):
        offer = send(desk)
        told = together(
            paying(desk, offer),
            lambda offer=offer: recall_offer(desk.partner, desk.bob, offer.order_id),  # type: ignore[misc]
            lambda offer=offer: decline_as_customer(desk.partner, link_to(offer), "No."),  # type: ignore[misc]
        )
        converge(desk.partner)
        order = read_order(desk.partner, offer.order_id)
        assert told["paid"] + told["done"] == 1, told
        assert order.status in ("activated", "draft", "declined")
        assert (order.status == "activated") == (told["paid"] == 1)
        assert len(sandbox.captured(order=order.shown_id)) == told["paid"]


def _unlocked(work: Work, link: OfferLink) -> tuple[Order, Offer]:
    offer = Offer.objects.select_related("order__customer").get(id=link.offer_id)
    return offer.order, offer


def test_control_without_locks_and_index_an_offer_is_paid_twice(
    sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch, owner_url: str
) -> None:
    desk = Desk()
    offer = send(desk)
    order = read_order(desk.partner, offer.order_id)
    with without_index_and_lock(owner_url, desk.partner.id, monkeypatch):
        monkeypatch.setattr(take, "locked_offer", _unlocked)
        monkeypatch.setattr(take, "sign", lambda *_: None)
        together(*(paying(desk, offer) for _ in range(4)))
        assert len(sandbox.captured(order=order.shown_id)) > 1
    assert links.locked_offer is not _unlocked

"""T27, small dose: whoever tries stolen cards on links that they were sent. At most five reach the bank for each link,
from one address or from many; staff are told, and honest customers pass. HANDSEL_DOSE multiplies the tries.

The control takes the count away: then every card reaches the bank.
"""

from __future__ import annotations

import os

import pytest
from django.core.cache import cache

from handsel.flows.money import settle
from handsel.web.portal.failed_cards import LEAST
from tests.flows.money.desk import Desk
from tests.sandbox import SandboxServer
from tests.web.portal.sent import Sent, html, sent

STOLEN = "pm_card_visa_chargeDeclined"
LIMIT = 5
TRIES = 8 * int(os.environ.get("HANDSEL_DOSE", "1"))


@pytest.fixture(autouse=True)
def _nobody_failed_yet() -> None:
    cache.clear()


@pytest.fixture
def desk(sandbox: SandboxServer) -> Desk:
    return Desk()


def from_address(offer: Sent, address: str) -> Sent:
    """The same link in a browser at this address."""
    offer.browser.defaults["REMOTE_ADDR"] = address
    return offer


def attack(offer: Sent, addresses: int) -> None:
    """Card after card, each with what the page asks for now; once it asks for none, with what it asked last."""
    form = offer.form(token=STOLEN)
    for number in range(TRIES):
        from_address(offer, f"203.0.113.{1 + number % addresses}").post("/sign", form)
        if 'name="document_sha256"' in html(offer.get()):
            form = offer.form(token=STOLEN)


@pytest.mark.parametrize("addresses", [1, 200])
def test_however_many_cards_are_tried_five_reach_the_bank(desk: Desk, addresses: int) -> None:
    offer = sent(desk)
    attack(offer, addresses)
    assert len(offer.payments()) == LIMIT
    assert offer.fresh().locked_at is not None
    assert desk.events(subject_id=offer.offer.id).count("offer.locked") == 1


def test_from_link_to_link_one_address_fails_no_more_than_its_limit(desk: Desk) -> None:
    desks = [desk, *(Desk() for _ in range(LEAST // LIMIT))]
    offers = [sent(each) for each in desks]
    for offer in offers:
        attack(offer, 1)
    assert sum(len(offer.payments()) for offer in offers) == LEAST


def test_meanwhile_an_honest_customer_pays(desk: Desk) -> None:
    attacked, honest = sent(desk), sent(Desk())
    attack(attacked, 200)
    answer = from_address(honest, "198.51.100.7").sign()
    assert answer.status_code in (200, 302)
    assert honest.order().status == "activated"


def test_control_without_the_count_every_card_reaches_the_bank(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settle, "count_failed_card", lambda *_: None)
    offer = sent(desk)
    attack(offer, 200)
    assert len(offer.payments()) == TRIES

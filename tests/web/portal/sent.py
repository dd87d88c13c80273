"""An offer that was sent, as its customer has it: the secret of its link, and what a browser would post."""

from __future__ import annotations

import base64
import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from handsel.database.tenancy import reading, writing
from handsel.flows.sales.draft import LineDraft
from handsel.flows.sales.offers import offer_token
from handsel.flows.sales.terms import publish_terms
from handsel.models import Offer, Order, Payment, Product
from tests.cast import read_order
from tests.flows.money.desk import Desk
from tests.flows.sales.offering import drawing, send

CARD = "pm_card_visa"


def drawn(ink: int = 3) -> str:
    """A signature as the pad sends it; with no ink an empty one."""
    return "data:image/png;base64," + base64.b64encode(drawing(ink)).decode()


def html(response: Any) -> str:
    """The words of a page, blanks together."""
    return re.sub(r"\s+", " ", response.content.decode())


def hidden(shown: str, name: str) -> str:
    """The value of a hidden field on a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', shown)
    assert found is not None, f"the page has no field {name}"
    return found[1]


@dataclass
class Sent:
    """A desk's offer and the browser of whoever holds its link."""

    desk: Desk
    offer: Offer
    browser: Client = field(default_factory=Client)

    @property
    def token(self) -> str:
        return offer_token(self.offer)

    @property
    def url(self) -> str:
        return f"/approve/{self.token}"

    def get(self, path: str = "", **more: Any) -> Any:
        return self.browser.get(self.url + path, **more)

    def post(self, path: str, form: dict[str, Any] | None = None, *, htmx: bool = False) -> Any:
        headers = {"HX-Request": "true"} if htmx else {}
        return self.browser.post(self.url + path, form or {}, headers=headers)

    def form(self, **changed: Any) -> dict[str, Any]:
        """What the open page would send: a typed signature, all ticks but the one to keep the card, and a good card."""
        shown = html(self.get())
        sent = {
            "document_sha256": hidden(shown, "document_sha256"),
            "shown": hidden(shown, "shown"),
            "name": "Dana Whitfield",
            "kind": "typed",
            "terms": "on",
            "token": CARD,
        }
        return {name: value for name, value in {**sent, **changed}.items() if value is not None}

    def sign(self, *, htmx: bool = False, **changed: Any) -> Any:
        return self.post("/sign", self.form(**changed), htmx=htmx)

    def order(self) -> Order:
        return read_order(self.desk.partner, self.offer.order_id)

    def fresh(self) -> Offer:
        with reading(self.desk.partner.id):
            return Offer.objects.get(id=self.offer.id)

    def payments(self) -> list[Payment]:
        return self.desk.payments(self.offer.order_id)

    def end(self) -> None:
        """Let the offer's time be over, before the clock has noticed."""
        with writing(self.desk.partner.id):
            Offer.objects.filter(id=self.offer.id).update(expires_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))


def sent(
    desk: Desk, *lines: LineDraft | Product, require_payment: bool = True, terms: bool = True, **more: Any
) -> Sent:
    """An offer of the desk's three lines (170.00), or of others, sent by Bob to Dana. `more` goes to the order, or to
    the sending where it is `until` or `message`."""
    if terms:
        publish_terms(
            desk.partner, desk.alice, title="Terms of service", text="Be kind.\n\nPay in time.", tick="I accept them."
        )
    sending = {name: more.pop(name) for name in ("until", "message") if name in more}
    return Sent(desk, send(desk, desk.order(*lines, **more), require_payment=require_payment, **sending))

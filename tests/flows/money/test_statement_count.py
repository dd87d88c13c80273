"""What taking a payment costs the database, in statements: these numbers may go down, never up.

COMMIT and BEGIN are not seen here; `make bench` counts them, and everything else, in the server's own log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from handsel.flows.money.begin import NewMethod
from handsel.flows.money.take import approve_and_pay, submit_with_payment
from tests.cast import read_order
from tests.flows.money.desk import Desk
from tests.flows.sales.offering import answer_to, link_to, pay, send
from tests.sandbox import SandboxServer

BOTH_TRANSACTIONS = 20
"""Of an order of three lines (one-time, monthly, yearly), paid with the card on file: SET LOCAL included."""

SIGNED_AND_PAID = 30
"""The same order by the customer's link, with a new card that is kept."""


@contextmanager
def statements() -> Iterator[list[str]]:
    asked: list[str] = []

    def listen(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        yield asked


def test_a_three_line_order_paid_with_the_card_on_file_takes_twenty_statements(sandbox: SandboxServer) -> None:
    desk = Desk()
    card = desk.saved_card()
    order = desk.order()
    with statements() as asked:
        submit_with_payment(desk.partner, desk.bob, order.id, card)
    assert read_order(desk.partner, order.id).status == "activated"
    assert len(asked) <= BOTH_TRANSACTIONS, "\n".join(asked)


def test_the_number_of_statements_does_not_grow_with_the_lines(sandbox: SandboxServer) -> None:
    desk = Desk()
    card = desk.saved_card()
    counts = []
    for lines in (3, 30):
        order = desk.order(*[desk.website, desk.hosting, desk.care] * (lines // 3))
        with statements() as asked:
            submit_with_payment(desk.partner, desk.bob, order.id, card)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_signing_and_paying_by_the_link_takes_thirty_statements(sandbox: SandboxServer) -> None:
    desk = Desk()
    pay(desk, send(desk))  # The gateway's customer is known from here on.
    offer = send(desk)
    link, answer = link_to(offer), answer_to(offer)
    with statements() as asked:
        approve_and_pay(desk.partner, link, answer, NewMethod("pm_card_visa", save=True))
    assert read_order(desk.partner, offer.order_id).status == "activated"
    assert len(asked) <= SIGNED_AND_PAID, "\n".join(asked)

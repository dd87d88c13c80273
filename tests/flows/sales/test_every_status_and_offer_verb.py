"""T17 for what is done with offers: every status × every verb of staff, link and clock, by flow and on the customer's
page. What the table allows is done; everything else is refused and changes nothing. By SQL: the pairs of statuses are
those of the whole table (`test_every_status_and_verb`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from handsel.database.tenancy import reading, writing
from handsel.flows.money.begin import NewMethod
from handsel.flows.money.take import approve_and_pay
from handsel.flows.sales.answer import approve_as_customer, decline_as_customer
from handsel.flows.sales.offers import expire_offer, recall_offer, resend_offer
from handsel.models import Offer, Order, Signature
from handsel.reads.sales.offer import offer_page
from handsel.rules.errors import CODES, HandselError
from handsel.rules.order_states import ORDER
from handsel.rules.order_status import OrderStatus
from tests.cast import event_types, read_order
from tests.flows.money.desk import Desk
from tests.flows.sales.offering import answer_to, link_to, read_offer, send
from tests.flows.sales.test_every_status_and_verb import stand_in
from tests.sandbox import SandboxServer
from tests.web.portal.sent import Sent

Act = Callable[[Desk, Offer], Any]

ACTS: Mapping[str, Act] = {
    "resend": lambda desk, offer: resend_offer(desk.partner, desk.bob, offer.order_id),
    "recall": lambda desk, offer: recall_offer(desk.partner, desk.bob, offer.order_id),
    "approve_as_customer": lambda desk, offer: approve_as_customer(desk.partner, link_to(offer), answer_to(offer)),
    "approve_and_pay": lambda desk, offer: approve_and_pay(
        desk.partner, link_to(offer), answer_to(offer), NewMethod("pm_card_visa", save=False)
    ),
    "decline_as_customer": lambda desk, offer: decline_as_customer(desk.partner, link_to(offer), "No."),
}
BY_PAGE = {"approve_as_customer": "/sign", "approve_and_pay": "/sign", "decline_as_customer": "/decline"}


@pytest.fixture
def desk(sandbox: SandboxServer) -> Desk:
    return Desk()


def allowed(verb: str) -> frozenset[str]:
    """The statuses from which the table lets this verb go on; an offer here is open, its order declined by the bank."""
    return frozenset(source for row in ORDER.rows(verb) for source in row.sources)


def offered(desk: Desk, status: str, *, require_payment: bool) -> Offer:
    """An open offer whose order is brought to this status past all flows."""
    offer = send(desk, require_payment=require_payment)
    bring(desk, offer, status)
    return offer


def bring(desk: Desk, offer: Offer, status: str) -> None:
    stand_in(desk.partner, read_order(desk.partner, offer.order_id), status)
    if status == OrderStatus.DECLINED:
        with writing(desk.partner.id):
            Order.objects.filter(id=offer.order_id).update(decline_cause="payment")


def trace(desk: Desk, offer: Offer) -> tuple[Any, ...]:
    """Everything that an act on an offer could have changed."""
    order, now = read_order(desk.partner, offer.order_id), read_offer(desk, offer.id)
    return (
        order.status,
        order.version,
        order.revision,
        (now.closed_as, now.sends, now.expires_at),
        event_types(desk.partner, order.id),
        len(desk.rows(Signature)),
        len(desk.payments(order.id)),
    )


@pytest.mark.parametrize("status", list(OrderStatus))
@pytest.mark.parametrize("verb", sorted(ACTS))
def test_a_verb_on_an_offer_is_done_where_the_table_says_and_leaves_no_trace_elsewhere(
    desk: Desk, sandbox: SandboxServer, verb: str, status: str
) -> None:
    offer = offered(desk, status, require_payment=verb != "approve_as_customer")
    before, order_id = trace(desk, offer), offer.order_id
    if status in allowed(verb):
        ACTS[verb](desk, offer)
        events = {row.event for row in ORDER.rows(verb) if status in row.sources}
        assert events & set(event_types(desk.partner, order_id)[len(before[4]) :])
        assert verb == "resend" or read_order(desk.partner, order_id).status != status
        return
    with pytest.raises(HandselError) as refused:
        ACTS[verb](desk, offer)
    assert refused.value.code in CODES
    assert trace(desk, offer) == before
    assert sandbox.captured(order=read_order(desk.partner, order_id).shown_id) == []


@pytest.mark.parametrize("status", list(OrderStatus))
def test_an_order_is_sent_from_where_the_table_says_and_nowhere_else(desk: Desk, status: str) -> None:
    order = stand_in(desk.partner, desk.order(), status)
    before = event_types(desk.partner, order.id)
    if status in allowed("send_for_customer_approval"):
        assert send(desk, order).revision == order.revision
        assert read_order(desk.partner, order.id).status == "awaiting_customer_approval"
        return
    with pytest.raises(HandselError) as refused:
        send(desk, order)
    assert refused.value.code in CODES
    assert desk.rows(Offer) == []
    after = read_order(desk.partner, order.id)
    assert (after.status, after.version, event_types(desk.partner, order.id)) == (status, order.version, before)


@pytest.mark.parametrize("status", list(OrderStatus))
def test_an_offer_runs_out_where_the_table_says_and_moves_nothing_elsewhere(desk: Desk, status: str) -> None:
    offer = offered(desk, status, require_payment=True)
    with writing(desk.partner.id):
        Offer.objects.filter(id=offer.id).update(expires_at=offer.sent_at - dt.timedelta(days=1))
    before = read_order(desk.partner, offer.order_id)
    expire_offer(desk.partner, offer.id)
    after = read_order(desk.partner, offer.order_id)
    if status in allowed("expire_offer"):
        assert (after.status, after.cancel_cause) == ("cancelled", "expired")
        assert event_types(desk.partner, after.id)[-1] == "order.offer_expired"
    else:
        assert (after.status, after.version) == (status, before.version)


@pytest.mark.parametrize("status", list(OrderStatus))
@pytest.mark.parametrize("verb", sorted(BY_PAGE))
def test_on_the_customers_page_a_verb_is_done_where_the_table_says_and_leaves_no_trace_elsewhere(
    desk: Desk, sandbox: SandboxServer, verb: str, status: str
) -> None:
    """The form was filled while the offer was open, and is posted when its order stands elsewhere."""
    sent = Sent(desk, send(desk, require_payment=verb != "approve_as_customer"))
    form = {**sent.form(), "reason": "No."}
    bring(desk, sent.offer, status)
    with reading(desk.partner.id):
        may = offer_page(desk.partner, link_to(sent.offer)).may
    assert (verb in may) is (status in allowed(verb))
    if verb in may and status == OrderStatus.DECLINED:
        form = {**sent.form(), "reason": "No."}
    before = trace(desk, sent.offer)
    answer = sent.post(BY_PAGE[verb], form)
    assert answer.status_code < 500
    if verb in may:
        assert sent.order().status != status
        return
    assert trace(desk, sent.offer) == before
    assert sandbox.captured(order=sent.order().shown_id) == []

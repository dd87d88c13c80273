"""T17 over HTTP: in every status, every action that staff have is done, or refused with a documented code and without a
trace; and what `allowed_actions` lists is what is done."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils.timezone import now as real_now

from handsel.database.tenancy import writing
from handsel.models import Contact, Customer, Member, Offer, Order, OrderLine, Partner, Product
from handsel.rules.errors import CODES
from handsel.rules.order_states import ORDER
from handsel.rules.order_status import OrderStatus
from tests.cast import acting, make_order, read_lines
from tests.web.api.calling import BODIES, Caller

VERBS = sorted({edge.verb for edge in ORDER.edges if edge.who == "staff"})
NEEDS_MORE = frozenset({"submit_with_payment", "cancel_payment", "retry_activation", "ignore_errors"})
"""What the status allows and these orders lack: a card, a payment under way, a line that failed."""


def order_in(partner: Partner, like: Order, status: str) -> Order:
    """An order as if it had come to this status; the database guards the way there, not the first row."""
    lines = read_lines(partner, like)
    order = Order.objects.model(
        partner=partner, number=f"X-{Order().id.hex[-12:]}", customer_id=like.customer_id,
        owner_id=like.owner_id, status=status, currency=like.currency, line_count=1, total_minor=like.total_minor,
        previous_status="draft" if status == OrderStatus.ARCHIVED else "approved",
        decline_cause="admin" if status == OrderStatus.DECLINED else "",
    )  # fmt: skip
    with writing(partner.id):
        order.save(force_insert=True)
        for line in lines:
            line.pk = OrderLine().id
            line.order_id = order.id
            line.save(force_insert=True)
        if status == OrderStatus.AWAITING_CUSTOMER_APPROVAL:
            offer_of(order).save(force_insert=True)
    return order


def offer_of(order: Order) -> Offer:
    """What an order that waits for its customer was sent as."""
    contact, sent_at = Contact.objects.filter(customer_id=order.customer_id)[0], real_now()
    return Offer.objects.model(
        partner_id=order.partner_id, order=order, customer_id=order.customer_id, revision=order.revision,
        contact=contact, contact_name=contact.name, contact_email=contact.email, sender_id=order.owner_id,
        require_payment=True, locale="en_US", currency=order.currency, total_minor=order.total_minor, content={},
        pdf=b"%PDF-1.7", sha256="0" * 64, sent_at=sent_at, expires_at=sent_at + dt.timedelta(days=30),
    )  # fmt: skip


@pytest.mark.parametrize("status", list(OrderStatus))
def test_an_action_is_done_where_it_is_allowed_and_leaves_no_trace_elsewhere(
    status: str, admin: Caller, partner: Partner, alice: Member, dana: Customer, website: Product
) -> None:
    like = make_order(partner, acting(alice), dana, [website])
    with writing(partner.id):
        like = Order.objects.get(id=like.id)
    for verb in VERBS:
        path = f"/orders/{order_in(partner, like, status).shown_id}"
        before = admin.get(path).told()
        assert (before["status"], before["status_label"]) == (status, ORDER.labels[status])
        body = BODIES.get(verb, {"member": before["owner"]} if verb == "reassign" else {})
        answer = admin.post(f"{path}/{verb.replace('_', '-')}", body)
        where = f"{verb} from {status}: {answer.bytes[:300]!r}"
        if verb in before["allowed_actions"] and verb not in NEEDS_MORE:
            assert answer.status == 200, where
            reached = answer.body["status"]
            assert verb == "duplicate" or reached in ORDER.targets(verb, status) or verb == "activate", where
        else:
            assert answer.status in (404, 409), where
            assert answer.code in CODES, where
            assert admin.get(path).told() == before, where

"""Who is told of money that people give back: the second person, the customer, staff where it failed."""

from __future__ import annotations

import pytest

from handsel.flows.history.seal import seal_events
from handsel.flows.money.refund_requests import approve_refund
from handsel.messages.compose import compose_mails
from handsel.models import Mail, Member
from tests.flows.money.refunding import Counter
from tests.sandbox import SandboxServer


@pytest.fixture
def desk(sandbox: SandboxServer) -> Counter:
    return Counter()


def mails(desk: Counter, kind: str) -> list[Mail]:
    """Those of this kind, after everything that happened was sealed and read."""
    while seal_events(desk.partner):
        pass
    while compose_mails(desk.partner):
        pass
    return desk.rows(Mail, kind=kind)


def address(desk: Counter, name: str) -> str:
    member: Member = Member.objects.select_related("user").get(partner=desk.partner, user__name=name)
    return str(member.user.email)


def test_a_large_refund_is_told_to_everybody_who_may_approve_it_but_not_to_who_asked(desk: Counter) -> None:
    desk.limit(1_000)
    order, payment = desk.paid()
    desk.refund(payment)
    (mail,) = mails(desk, "refund_waiting_staff")
    assert mail.recipient == address(desk, "Carol")
    for words in ("Alice", "$184.03", "Sold by mistake", order.number, f"/orders/{order.shown_id}/payment"):
        assert words in mail.text
    assert mails(desk, "refund_customer") == []


def test_what_was_approved_before_the_mail_was_written_is_not_asked_for(desk: Counter) -> None:
    desk.limit(1_000)
    _, payment = desk.paid()
    approve_refund(desk.partner, desk.carol, desk.refund(payment).id)
    assert mails(desk, "refund_waiting_staff") == []


def test_the_customer_gets_word_and_the_credit_note_once_the_money_is_on_its_way(desk: Counter) -> None:
    order, payment = desk.paid()
    refund = desk.refund(payment, 1_083)
    assert mails(desk, "refund_customer") == []
    desk.driven(refund)
    (mail,) = mails(desk, "refund_customer")
    (note,) = desk.notes(order)
    assert mail.recipient == desk.dana.email
    assert mail.attachments == [{"kind": "credit_note", "id": str(note.id)}]
    for words in ("$10.83", note.number, "Sold by mistake", "Visa"):
        assert words in mail.text


def test_a_refund_that_the_gateway_refused_is_told_to_staff_alone(desk: Counter, sandbox: SandboxServer) -> None:
    _, payment = desk.paid()
    sandbox.client().v1.refunds.create({"payment_intent": payment.reference})  # behind our back
    assert desk.driven(desk.refund(payment)).status == "failed"
    told = mails(desk, "refund_unsent_staff")
    assert {mail.recipient for mail in told} == {address(desk, name) for name in ("Alice", "Bob", "Carol")}
    assert "$184.03" in told[0].text
    assert mails(desk, "refund_customer") == mails(desk, "refund_failed_staff") == []

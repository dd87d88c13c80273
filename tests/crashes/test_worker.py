"""T2, small dose: the worker is killed while it renews, refunds and applies an event, and another one goes on.

Afterwards each period is on one invoice and charged once, the money is back once, the event was applied.
"""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.utils.timezone import now as real_now

from handsel.database.tenancy import reading, writing
from handsel.flows.billing.renew import renew_customer
from handsel.flows.money.incoming import apply_event
from handsel.flows.money.refund import drive_refund
from handsel.flows.sales import certify
from handsel.flows.sales.answer import approve_as_customer
from handsel.flows.sales.certify import certify_offer
from handsel.flows.sales.signing_keys import signing_key
from handsel.models import GatewayAccount, GatewayEvent, InvoiceLine, Offer, Order, SignedDocument, Subscription
from handsel.models.people import now_of
from tests.cast import event_types
from tests.crashes.killed import run_killed
from tests.flows.money.desk import Desk
from tests.flows.sales.offering import answer_to, link_to, send
from tests.oracle import assert_sound, converge
from tests.sandbox import SandboxServer

pytestmark = pytest.mark.crashes
INTENTS = "/v1/payment_intents"


@pytest.fixture
def desk(sandbox: SandboxServer) -> Desk:
    return Desk()


def test_killed_anywhere_in_a_renewal_each_period_is_billed_and_charged_once(
    desk: Desk, sandbox: SandboxServer
) -> None:
    (subscription,) = desk.subscriptions(desk.pay(desk.order(desk.hosting)))

    def fall_due() -> None:
        with writing(desk.partner.id):
            Subscription.objects.filter(id=subscription.id).update(renews_at=real_now() - dt.timedelta(minutes=1))

    def renew() -> None:
        renew_customer(desk.partner, desk.dana.id)

    fall_due()
    _, boundaries = run_killed(renew)
    assert boundaries > 40
    periods = 2
    for fatal in range(0, boundaries, 3):
        fall_due()
        assert run_killed(renew, fatal) == (True, fatal + 1)
        renew()  # What was committed is not due any more, what was not is done now.
        periods += 1
        assert len(desk.rows(InvoiceLine, subscription_id=subscription.id)) == periods
    converge(desk.partner)
    assert len(sandbox.captured(partner=str(desk.partner.id))) == periods
    assert_sound(desk.partner, sandbox=sandbox)


def test_killed_anywhere_while_it_certifies_an_offer_has_both_documents_once(
    desk: Desk, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = certify._documents

    def signed() -> Offer:
        offer = send(desk, require_payment=False)
        approve_as_customer(desk.partner, link_to(offer), answer_to(offer))
        # The typesetter's threads do not live on in a forked child, so the documents are made before it is.
        with reading(desk.partner.id):
            known = certify._read(offer.id)
        assert known is not None
        made = make(known, signing_key(desk.partner), now_of(desk.partner))
        monkeypatch.setattr(certify, "_documents", lambda *_: made)
        return offer

    first = signed()
    _, boundaries = run_killed(lambda: certify_offer(desk.partner, first.id))
    assert boundaries > 10
    for fatal in range(0, boundaries, 2):
        offer = signed()
        killed, _ = run_killed(lambda offer=offer: certify_offer(desk.partner, offer.id), fatal)  # type: ignore[misc]
        assert killed
        certify_offer(desk.partner, offer.id)
        made = desk.rows(SignedDocument, offer_id=offer.id)
        assert sorted(row.kind for row in made) == ["certificate", "offer"]
        assert event_types(desk.partner, offer.id).count("offer.certified") == 1
    assert_sound(desk.partner, sandbox=sandbox)


def test_killed_anywhere_in_a_refund_the_money_goes_back_once(desk: Desk, sandbox: SandboxServer) -> None:
    def owing() -> tuple[Order, uuid.UUID]:
        sandbox.faults(wrong_amount_rate=1, paths=INTENTS)
        order = desk.pay(desk.order())
        sandbox.faults()
        (refund,) = desk.refunds(desk.payment(order))
        return order, refund.id

    first, refund_id = owing()
    _, boundaries = run_killed(lambda: drive_refund(desk.partner, refund_id))
    orders = [first]
    for fatal in range(0, boundaries, 2):
        order, refund_id = owing()
        killed, _ = run_killed(lambda refund_id=refund_id: drive_refund(desk.partner, refund_id), fatal)  # type: ignore[misc]
        assert killed
        orders.append(order)
    converge(desk.partner)
    for order in orders:
        payment = desk.payment(order)
        assert payment.refunded_minor == payment.captured_minor > 0
        made = sandbox.client().v1.refunds.list({"payment_intent": payment.reference})
        assert [item.amount for item in made.data] == [payment.captured_minor]
    assert_sound(desk.partner, *orders, sandbox=sandbox)


def test_killed_anywhere_while_applying_an_event_it_is_applied_later(desk: Desk, sandbox: SandboxServer) -> None:
    def told() -> tuple[Order, uuid.UUID]:
        """An order whose answer was lost, and the gateway's event about it."""
        sandbox.faults(drop_response_rate=1, paths=INTENTS, methods=["POST"], times=1)
        order = desk.pay(desk.order(desk.website))
        payment = desk.payment(order)
        with writing(desk.partner.id):
            event = GatewayEvent(
                partner=desk.partner,
                account=GatewayAccount.objects.get(),
                event=f"evt_{uuid.uuid4().hex}",
                type="payment_intent.succeeded",
                object_kind="payment_intent",
                object_reference="",
                payment_id=payment.id,
                occurred_at=real_now(),
                next_attempt_at=real_now(),
            )
            event.save(force_insert=True)
        return order, event.id

    desk.saved_card()  # From now on the gateway knows the customer, and all cross the same boundaries.
    first, event_id = told()
    _, boundaries = run_killed(lambda: apply_event(desk.partner, event_id))
    orders = [first]
    for fatal in range(0, boundaries, 4):
        order, event_id = told()
        killed, _ = run_killed(lambda event_id=event_id: apply_event(desk.partner, event_id), fatal)  # type: ignore[misc]
        assert killed
        apply_event(desk.partner, event_id)
        orders.append(order)
    assert {event.outcome for event in desk.rows(GatewayEvent)} == {"applied"}
    assert {row.status for row in desk.rows(Order, id__in=[order.id for order in orders])} == {"activated"}
    assert_sound(desk.partner, *orders, sandbox=sandbox)

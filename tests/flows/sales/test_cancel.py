"""`cancel`: staff see what hangs on an order and choose for each thing; one transaction does it all (CASES.md 42)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pytest

from handsel.database.tenancy import reading
from handsel.flows.billing.renew import collect_invoice
from handsel.flows.billing.void import void_invoice
from handsel.flows.clock import advance_clock
from handsel.flows.money.refund_requests import approve_refund
from handsel.flows.people.billing_settings import update_billing_settings
from handsel.flows.sales.activate import activate
from handsel.flows.sales.cancel import cancel_order
from handsel.flows.sales.moves import act
from handsel.flows.sales.offers import ContactAsked, send_offer
from handsel.models import Customer, Event, EventPersonal, Invoice, Member, Offer, Order, Partner, Product, Refund
from handsel.models.people import now_of
from handsel.reads.sales.cancellation import what_hangs_on
from handsel.rules.cancellation import Hanging, Thing, seen
from handsel.rules.errors import Invalid, NotAllowed, NotFound, Refused
from handsel.rules.order_states import ORDER
from handsel.rules.permissions import Actor
from tests.cast import acting, event_types, make_member, make_order, read_order
from tests.flows.money.refunding import Counter, given_back
from tests.flows.sales.test_every_status_and_verb import stand_in
from tests.oracle import assert_sound, converge
from tests.sandbox import SandboxServer


@pytest.fixture
def desk(sandbox: SandboxServer) -> Counter:
    return Counter()


def hanging(desk: Counter, order: Order, actor: Actor | None = None) -> list[Hanging]:
    desk.partner.refresh_from_db()  # its clock may have been moved
    now = read_order(desk.partner, order.id)
    with reading(desk.partner.id):
        return what_hangs_on(desk.partner, actor or desk.alice, now)


def suggested(desk: Counter, order: Order, **by_kind: str) -> dict[str, str]:
    """As the dialog has it, with another choice for the kinds that are named."""
    return {each.id: by_kind.get(each.kind, each.suggested) for each in hanging(desk, order)}


def cancel(
    desk: Counter, order: Order, choices: Mapping[str, str] | None = None, actor: Actor | None = None, **more: object
) -> Order:
    given = suggested(desk, order) if choices is None else choices
    cancel_order(desk.partner, actor or desk.alice, order.id, reason="Signed by mistake", choices=given, **more)  # type: ignore[arg-type]
    return read_order(desk.partner, order.id)


# What staff see first


def test_everything_that_hangs_on_a_sold_order_is_shown_with_its_money(desk: Counter, sandbox: SandboxServer) -> None:
    """CASES.md 42."""
    order, payment = desk.paid()
    items = hanging(desk, order)
    assert [(each.kind, each.name, each.amount_minor, each.choices) for each in items] == [
        (Thing.ACTIVATION, "Website", None, ("keep", "end")),
        (Thing.ACTIVATION, "Hosting", None, ("keep", "end")),
        (Thing.ACTIVATION, "Care plan", None, ("keep", "end")),
        (Thing.SUBSCRIPTION, "Hosting", 2_165, ("keep", "end")),
        (Thing.SUBSCRIPTION, "Care plan", 5_413, ("keep", "end")),
        (Thing.PAYMENT, f"Payment of order {order.number}", 18_403, ("keep", "refund")),
    ]
    assert {each.suggested for each in items if each.kind != Thing.PAYMENT} == {"end"}
    assert items[-1].suggested == "keep", "what ran was used"
    desk.refund(payment, 403)
    assert [(each.kind, each.amount_minor) for each in hanging(desk, order)][-2:] == [
        (Thing.PAYMENT, 18_000),
        (Thing.REFUND, 403),
    ]


def test_money_for_what_never_ran_is_suggested_to_go_back(desk: Counter, sandbox: SandboxServer) -> None:
    later = now_of(desk.partner).date() + dt.timedelta(days=10)
    order = desk.pay(desk.order(desk.hosting, contract_start_on=later))
    assert [each.suggested for each in hanging(desk, order) if each.kind == Thing.PAYMENT] == ["refund"]


def test_a_draft_has_nothing_hanging_on_it_and_is_cancelled_by_a_word(desk: Counter, sandbox: SandboxServer) -> None:
    order = desk.order()
    assert hanging(desk, order) == []
    after = cancel(desk, order, {})
    assert (after.status, after.cancel_cause, after.cancellation_reason) == ("cancelled", "staff", "Signed by mistake")
    assert_sound(desk.partner, order, sandbox=sandbox)


def test_whoever_may_not_refund_or_bill_can_only_keep_the_money(desk: Counter, sandbox: SandboxServer) -> None:
    manager = acting(
        make_member(desk.partner, "Mia", "salesperson", grants={"orders.view_all", "orders.manage", "orders.create"})
    )
    order, _ = desk.paid()
    owed = desk.order()
    activate(desk.partner, desk.alice, owed.id)
    assert [each.choices for each in hanging(desk, order, manager) if each.kind == Thing.PAYMENT] == [("keep",)]
    assert [each.choices for each in hanging(desk, owed, manager) if each.kind == Thing.INVOICE] == [("keep",)]
    with pytest.raises(Invalid):
        cancel(desk, order, suggested(desk, order, payment="refund"), manager)
    assert read_order(desk.partner, order.id).status == "activated"


# What becomes of it


def test_a_sold_order_is_cancelled_with_everything_and_refunded(desk: Counter, sandbox: SandboxServer) -> None:
    order, payment = desk.paid()
    after = cancel(desk, order, suggested(desk, order, payment="refund"))
    assert after.status == "cancelled"
    assert {each.status for each in desk.subscriptions(order)} == {"cancelled"}
    assert {each.status for each in desk.activations(order)} == {"deactivated"}
    (refund,) = desk.refunds(payment)
    assert (refund.status, refund.amount_minor, refund.reason) == ("pending", 18_403, "Signed by mistake")
    converge(desk.partner)
    assert given_back(sandbox, payment) == 18_403
    assert [note.total_minor for note in desk.notes(order)] == [18_403]
    assert desk.balances(desk.invoice(order).id) == {}

    advance_clock(desk.partner, desk.alice, now_of(desk.partner) + dt.timedelta(days=800))
    assert len(sandbox.captured(partner=str(desk.partner.id))) == 1, "no later charge"
    assert_sound(desk.partner, sandbox=sandbox)


def test_the_history_says_what_was_chosen_and_the_reason_can_be_erased(desk: Counter, sandbox: SandboxServer) -> None:
    order, payment = desk.paid()
    choices = suggested(desk, order, payment="refund")
    cancel(desk, order, choices)
    (event,) = desk.rows(Event, type="order.cancelled")
    assert event.changes["chosen"] == choices
    assert (event.changes["cause"], event.changes["to"]) == ("staff", "cancelled")
    assert choices[payment.shown_id] == "refund"
    (said,) = desk.rows(EventPersonal, event_id=event.id)
    assert said.content == {"reason": "Signed by mistake"}


def test_what_is_kept_goes_on(desk: Counter, sandbox: SandboxServer) -> None:
    order, payment = desk.paid()
    cancel(desk, order, {each.id: "keep" for each in hanging(desk, order)})
    assert {each.status for each in desk.subscriptions(order)} == {"active"}
    assert {each.status for each in desk.activations(order)} == {"activated"}
    assert desk.refunds(payment) == []
    advance_clock(desk.partner, desk.alice, now_of(desk.partner) + dt.timedelta(days=32))
    assert len(sandbox.captured(partner=str(desk.partner.id))) == 2
    assert_sound(desk.partner, sandbox=sandbox)


def test_of_a_scheduled_order_a_kept_line_still_starts_on_its_day(desk: Counter, sandbox: SandboxServer) -> None:
    later = now_of(desk.partner).date() + dt.timedelta(days=10)
    order = desk.pay(desk.order(desk.website, desk.hosting, contract_start_on=later))
    by_name = {(each.kind, each.name): each.id for each in hanging(desk, order)}
    choices = suggested(desk, order) | {by_name[(Thing.ACTIVATION, "Website")]: "keep"}
    cancel(desk, order, choices)
    advance_clock(desk.partner, desk.alice, now_of(desk.partner) + dt.timedelta(days=12))
    statuses = {each.product_id: each.status for each in desk.activations(order)}
    assert statuses == {desk.website.id: "activated", desk.hosting.id: "cancelled"}
    assert read_order(desk.partner, order.id).status == "cancelled"
    assert_sound(desk.partner, sandbox=sandbox)


def test_an_unpaid_invoice_is_void_or_stays_payable(desk: Counter, sandbox: SandboxServer) -> None:
    card = desk.saved_card()
    update_billing_settings(desk.partner, desk.alice, desk.dana.id, {"default_payment_method_id": card.id})
    orders = [desk.order(desk.website), desk.order(desk.website)]
    for order, choice in zip(orders, ("void", "keep"), strict=True):
        activate(desk.partner, desk.alice, order.id)
        assert [each.kind for each in hanging(desk, order)] == [Thing.ACTIVATION, Thing.INVOICE]
        cancel(desk, order, suggested(desk, order, invoice=choice))
    void, kept = (desk.invoice(order) for order in orders)
    assert (void.status, kept.status) == ("void", "due")
    assert desk.balances(void.id) == {}
    advance_clock(desk.partner, desk.alice, now_of(desk.partner) + dt.timedelta(days=40))
    assert desk.payments(kept.id) == [], "nobody charges it by himself"
    collect_invoice(desk.partner, desk.alice, kept.id)
    assert desk.invoice(orders[1]).status == "paid"
    assert_sound(desk.partner, sandbox=sandbox)


def test_an_open_offer_ends_with_its_order(desk: Counter, sandbox: SandboxServer) -> None:
    order = desk.order()
    contact = ContactAsked(name="Dana", email="dana@example.com")
    send_offer(desk.partner, desk.bob, order.id, contact=contact, require_payment=True)
    assert [(each.kind, each.choices) for each in hanging(desk, order)] == [(Thing.OFFER, ("end",))]
    cancel(desk, order, {})
    (offer,) = desk.rows(Offer, order_id=order.id)
    assert offer.closed_as == "cancelled"
    assert_sound(desk.partner, order, sandbox=sandbox)


def test_a_cancellation_that_was_asked_for_is_done(desk: Counter, sandbox: SandboxServer) -> None:
    order, payment = desk.paid()
    act(desk.partner, desk.bob, "request_cancellation", order.id, reason="They went bankrupt")
    after = cancel(desk, order, suggested(desk, order, payment="refund"))
    assert after.status == "cancelled"
    converge(desk.partner)
    assert given_back(sandbox, payment) == 18_403
    assert_sound(desk.partner, sandbox=sandbox)


def test_a_refund_above_the_limit_waits_although_the_order_is_cancelled(desk: Counter, sandbox: SandboxServer) -> None:
    desk.limit(10_000)
    order, payment = desk.paid()
    cancel(desk, order, suggested(desk, order, payment="refund"))
    (refund,) = desk.refunds(payment)
    assert refund.is_waiting
    assert (read_order(desk.partner, order.id).status, desk.notes(order)) == ("cancelled", [])
    approve_refund(desk.partner, desk.carol, refund.id)
    converge(desk.partner)
    assert given_back(sandbox, payment) == 18_403
    assert len(desk.notes(order)) == 1
    assert_sound(desk.partner, sandbox=sandbox)


def test_a_renewal_of_a_running_period_can_be_refunded_and_an_old_one_is_history(
    desk: Counter, sandbox: SandboxServer
) -> None:
    order = desk.pay(desk.order(desk.hosting))
    advance_clock(desk.partner, desk.alice, now_of(desk.partner) + dt.timedelta(days=65))
    renewals = desk.rows(Invoice, order=None)
    assert len(renewals) == 2
    names = [each.name for each in hanging(desk, order) if each.kind == Thing.PAYMENT]
    assert names == [f"Payment of order {order.number}", f"Payment of invoice {renewals[1].number}"]


def test_a_renewal_that_bills_other_orders_too_is_seen_to_on_its_invoice(desk: Counter, sandbox: SandboxServer) -> None:
    card = desk.saved_card()
    one, other = (desk.pay(desk.order(desk.hosting), card) for _ in range(2))
    update_billing_settings(desk.partner, desk.alice, desk.dana.id, {"default_payment_method_id": None})
    advance_clock(desk.partner, desk.alice, now_of(desk.partner) + dt.timedelta(days=32))
    (shared,) = desk.rows(Invoice, order=None)
    (item,) = [each for each in hanging(desk, one) if each.kind == Thing.INVOICE]
    assert (item.id, item.choices) == (shared.shown_id, ("keep",))
    cancel(desk, one)
    assert desk.rows(Invoice, id=shared.id)[0].status == "due"
    assert {each.status for each in desk.subscriptions(other)} == {"past_due"}
    assert_sound(desk.partner, sandbox=sandbox)


# What is refused


def test_a_thing_without_a_choice_is_refused_and_nothing_happens(desk: Counter, sandbox: SandboxServer) -> None:
    order, payment = desk.paid()
    choices = suggested(desk, order)
    del choices[payment.shown_id]
    with pytest.raises(Invalid) as refused:
        cancel(desk, order, choices)
    assert refused.value.code == "choices_missing"
    assert [error.loc for error in refused.value.errors] == [f"choices.{payment.shown_id}"]
    assert read_order(desk.partner, order.id).status == "activated"
    assert {each.status for each in desk.subscriptions(order)} == {"active"}


def test_what_changed_since_it_was_shown_is_refused(desk: Counter, sandbox: SandboxServer) -> None:
    order, payment = desk.paid()
    shown, choices = seen(hanging(desk, order)), suggested(desk, order)
    desk.refund(payment, 1)
    with pytest.raises(Refused) as refused:
        cancel(desk, order, choices, seen=shown)
    assert refused.value.code == "order_changed"

    owed = desk.order(desk.website)
    activate(desk.partner, desk.alice, owed.id)
    choices = suggested(desk, owed)
    void_invoice(desk.partner, desk.alice, desk.invoice(owed).id)
    with pytest.raises(Refused) as refused:
        cancel(desk, owed, choices)
    assert refused.value.code == "order_changed"


def test_a_stale_version_is_refused(desk: Counter, sandbox: SandboxServer) -> None:
    order, _ = desk.paid()
    with pytest.raises(Refused) as refused:
        cancel(desk, order, version=order.version - 1)
    assert refused.value.code == "order_changed"


def test_an_order_that_is_being_paid_is_not_cancelled(desk: Counter, sandbox: SandboxServer) -> None:
    order = desk.pay(desk.order(), "pm_card_authenticationRequired")
    with pytest.raises(Refused) as refused:
        cancel(desk, order)
    assert refused.value.code in ("action_not_allowed", "payment_in_progress")
    assert read_order(desk.partner, order.id).status == "processing_payment"


@pytest.mark.parametrize("status", ORDER.statuses)
def test_an_order_is_cancelled_from_where_the_table_says_and_from_nowhere_else(
    partner: Partner, alice: Member, dana: Customer, website: Product, status: str
) -> None:
    """T17: what the other acts are walked through in `test_every_status_and_verb`."""
    order = stand_in(partner, make_order(partner, acting(alice), dana, [website]), status)
    before = event_types(partner, order.id)
    if "cancel" in {edge.verb for edge in ORDER.verbs_from(status)}:
        cancel_order(partner, acting(alice), order.id, reason="No more", choices={}, version=order.version)
        assert read_order(partner, order.id).status == "cancelled"
        assert event_types(partner, order.id) == [*before, "order.cancelled"]
    else:
        with pytest.raises(Refused):
            cancel_order(partner, acting(alice), order.id, reason="No more", choices={})
        after = read_order(partner, order.id)
        assert (after.status, after.version) == (status, order.version)
        assert event_types(partner, order.id) == before


def test_twice_is_refused(desk: Counter, sandbox: SandboxServer) -> None:
    order, _ = desk.paid()
    cancel(desk, order)
    with pytest.raises(Refused):
        cancel(desk, order)
    assert len(desk.rows(Refund)) == 0


def test_salespeople_do_not_cancel_and_strangers_see_nothing(desk: Counter, sandbox: SandboxServer) -> None:
    order, _ = desk.paid()
    with pytest.raises(NotAllowed):
        cancel(desk, order, actor=desk.bob)
    other = Counter()
    with pytest.raises(NotFound):
        cancel_order(other.partner, other.alice, order.id, reason="mine", choices={})
    assert read_order(desk.partner, order.id).status == "activated"


def test_a_reason_is_needed(desk: Counter, sandbox: SandboxServer) -> None:
    order, _ = desk.paid()
    with pytest.raises(Invalid):
        cancel_order(desk.partner, desk.alice, order.id, reason="", choices=suggested(desk, order))

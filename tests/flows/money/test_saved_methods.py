from __future__ import annotations

import datetime as dt
import uuid

import pytest

from handsel.database.tenancy import reading, writing
from handsel.flows.idempotency import Claim
from handsel.flows.money.saved_methods import remove_method, save_method, set_default_method, verify_method
from handsel.models import (
    BillingSettings,
    Customer,
    GatewayCustomer,
    IdempotencyRecord,
    Member,
    Order,
    Partner,
    PaymentMethod,
    Product,
    Subscription,
)
from handsel.rules.errors import Invalid, NotAllowed, NotFound, PaymentRequired, Refused, TryLater
from tests.cast import acting, event_types, make_customer, make_member, make_method, make_order, read_lines, read_order
from tests.sandbox import SandboxServer


def methods_of(partner: Partner, customer: Customer) -> list[PaymentMethod]:
    with reading(partner.id):
        return list(PaymentMethod.objects.filter(customer_id=customer.id).order_by("id"))


def subscribe(partner: Partner, order: Order, product: Product, method: PaymentMethod | None, status: str) -> None:
    line = read_lines(partner, order)[0]
    with writing(partner.id):
        Subscription(
            partner=partner, customer=order.customer, order=order, line=line, product=product, status=status,
            quantity=1, unit_price_minor=2_000, currency="USD", interval="month", anchor_on=dt.date(2027, 1, 1),
            starts_at=dt.datetime(2027, 1, 1, tzinfo=dt.UTC), payment_method=method,
        ).save(force_insert=True)  # fmt: skip


def test_a_card_is_kept_with_what_may_be_shown_of_it_and_consent(
    sandbox: SandboxServer, partner: Partner, bob: Member, dana: Customer
) -> None:
    method = save_method(partner, acting(bob), dana.id, "pm_card_visa")
    (kept,) = methods_of(partner, dana)
    assert (kept.id, kept.brand, kept.last4, kept.kind) == (method.id, "visa", "4242", "card")
    assert kept.consent.keys() == {"text", "version", "source", "at", "authentication"}
    assert (kept.verification, kept.verified_at is None) == ("ok", False)
    with reading(partner.id):
        known = GatewayCustomer.objects.get(customer_id=dana.id)
    assert known.reference == kept.customer_reference
    assert event_types(partner, method.id) == ["payment_method.saved"]
    assert sandbox.captured(customer=dana.shown_id) == []


def test_the_second_card_belongs_to_the_same_gateway_customer(
    sandbox: SandboxServer, partner: Partner, bob: Member, dana: Customer
) -> None:
    first = save_method(partner, acting(bob), dana.id, "pm_card_visa")
    second = save_method(partner, acting(bob), dana.id, "pm_card_mastercard")
    assert first.customer_reference == second.customer_reference


@pytest.mark.parametrize(
    "token", ["pm_card_visa_chargeDeclined", "pm_card_authenticationRequiredOnSetup", "pm_1Unknown0000000000000000"]
)
def test_a_card_that_the_bank_does_not_let_us_keep_is_not_kept(
    sandbox: SandboxServer, partner: Partner, bob: Member, dana: Customer, token: str
) -> None:
    with pytest.raises(PaymentRequired):
        save_method(partner, acting(bob), dana.id, token)
    assert methods_of(partner, dana) == []


@pytest.mark.parametrize("token", ["", "4242424242424242", "tok_visa", "pm_\x00", "pm_" + "x" * 100])
def test_what_is_no_token_never_reaches_the_gateway(partner: Partner, bob: Member, dana: Customer, token: str) -> None:
    with pytest.raises(Invalid) as caught:
        save_method(partner, acting(bob), dana.id, token)
    assert caught.value.code == "token_unknown"


def test_a_gateway_that_does_not_answer_leaves_nothing_behind(
    sandbox: SandboxServer, partner: Partner, bob: Member, dana: Customer
) -> None:
    sandbox.faults(drop_request_rate=1)
    with pytest.raises(TryLater):
        save_method(partner, acting(bob), dana.id, "pm_card_visa")
    assert methods_of(partner, dana) == []


def test_the_same_request_after_a_lost_answer_keeps_one_card(
    sandbox: SandboxServer, partner: Partner, bob: Member, dana: Customer
) -> None:
    claim = Claim(partner.id, bob.id, uuid.uuid4().hex * 2, "r" * 64, "/api/v1/customers")
    sandbox.faults(drop_response_rate=1)
    with pytest.raises(TryLater):
        save_method(partner, acting(bob, "api"), dana.id, "pm_card_visa", claim)
    sandbox.faults()
    method = save_method(partner, acting(bob, "api"), dana.id, "pm_card_visa", claim)
    assert [kept.id for kept in methods_of(partner, dana)] == [method.id]
    with reading(partner.id):
        assert IdempotencyRecord.objects.get().subject_id == method.id


def test_only_who_enters_cards_saves_them_and_only_for_own_customers(
    partner: Partner, bob: Member, dana: Customer, charlie: Member
) -> None:
    reader = make_member(partner, "Rita", "salesperson", grants=["orders.create"])
    with pytest.raises(NotAllowed):
        save_method(partner, acting(reader), dana.id, "pm_card_visa")
    with pytest.raises(NotFound):
        save_method(charlie.partner, acting(charlie), dana.id, "pm_card_visa")


def test_verifying_asks_the_bank_without_an_amount_and_says_what_it_answered(
    sandbox: SandboxServer, partner: Partner, bob: Member, dana: Customer
) -> None:
    good = save_method(partner, acting(bob), dana.id, "pm_card_visa")
    after = verify_method(partner, acting(bob), good.id)
    assert (after.verification, after.verified_at is None) == ("ok", False)
    assert event_types(partner, good.id) == ["payment_method.saved", "payment_method.verified"]
    with pytest.raises(NotFound):
        verify_method(partner, acting(bob), uuid.uuid4())


def test_a_verification_without_an_answer_says_nothing_about_the_card(
    sandbox: SandboxServer, partner: Partner, bob: Member, dana: Customer
) -> None:
    method = make_method(partner, dana)
    sandbox.faults(drop_request_rate=1)
    with pytest.raises(TryLater):
        verify_method(partner, acting(bob), method.id)
    assert methods_of(partner, dana)[0].verification == ""


def test_a_card_that_the_gateway_does_not_know_is_said_to_be_declined(
    sandbox: SandboxServer, partner: Partner, bob: Member, dana: Customer
) -> None:
    assert verify_method(partner, acting(bob), make_method(partner, dana).id).verification == "declined"


def test_a_removed_card_is_off_file_off_drafts_and_off_the_gateway(
    sandbox: SandboxServer, partner: Partner, alice: Member, dana: Customer, website: Product
) -> None:
    method = save_method(partner, acting(alice), dana.id, "pm_card_visa")
    set_default_method(partner, acting(alice), dana.id, method.id)
    order = make_order(partner, acting(alice), dana, [website])
    assert order.billing_method_id == method.id
    remove_method(partner, acting(alice), method.id)
    with reading(partner.id):
        assert PaymentMethod.objects.get(id=method.id).removed_at is not None
        assert BillingSettings.objects.get(customer_id=dana.id).default_payment_method_id is None
    assert read_order(partner, order.id).billing_method_id is None
    attached = sandbox.client().v1.payment_methods.retrieve(method.reference)
    assert attached.customer is None
    with pytest.raises(NotFound):
        remove_method(partner, acting(alice), method.id)


@pytest.mark.parametrize("status", ["active", "past_due", "scheduled", "paused"])
@pytest.mark.parametrize("as_default", [True, False])
def test_a_card_that_a_subscription_bills_stays(
    partner: Partner, alice: Member, dana: Customer, hosting: Product, status: str, as_default: bool
) -> None:
    method = make_method(partner, dana, default=as_default)
    order = make_order(partner, acting(alice), dana, [hosting])
    subscribe(partner, order, hosting, None if as_default else method, status)
    with pytest.raises(Refused) as caught:
        remove_method(partner, acting(alice), method.id)
    assert caught.value.code == "method_in_use"
    assert methods_of(partner, dana)[0].removed_at is None


def test_an_ended_subscription_and_another_card_as_default_do_not_hold_a_card(
    sandbox: SandboxServer, partner: Partner, alice: Member, dana: Customer, hosting: Product
) -> None:
    method = make_method(partner, dana)
    make_method(partner, dana, default=True)
    ended = make_order(partner, acting(alice), dana, [hosting])
    subscribe(partner, ended, hosting, method, "ended")
    by_default = make_order(partner, acting(alice), dana, [hosting])
    subscribe(partner, by_default, hosting, None, "active")
    remove_method(partner, acting(alice), method.id)
    assert methods_of(partner, dana)[0].removed_at is not None


def test_salespeople_do_not_remove_cards(partner: Partner, bob: Member, dana: Customer) -> None:
    with pytest.raises(NotAllowed):
        remove_method(partner, acting(bob), make_method(partner, dana).id)


def test_a_default_is_the_customers_own_card(partner: Partner, alice: Member, dana: Customer) -> None:
    elsewhere = make_method(partner, make_customer(partner, acting(alice)))
    with pytest.raises(NotFound):
        set_default_method(partner, acting(alice), dana.id, elsewhere.id)

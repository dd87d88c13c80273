"""The adapter against the sandbox: outcomes, repetition, and every fault of RELIABILITY.md T4."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import hmac
import json
import threading
from typing import Any

import pytest

from handsel.gateways.base import (
    Approved,
    Cancelled,
    Declined,
    Gateway,
    MethodNeedsCustomer,
    MethodSaved,
    NeedsCustomer,
    NotListed,
    PaymentRequest,
    Refunded,
    RefundFailed,
    RefundPending,
    RefundRequest,
    Rejected,
    Unknown,
)
from handsel.gateways.registry import UnknownGateway, gateway_for
from handsel.gateways.stripe import StripeGateway
from tests.sandbox import SandboxServer, a_key, eventually

EARLIER = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1)


@pytest.fixture
def gateway(sandbox: SandboxServer) -> Gateway:
    return StripeGateway(sandbox.secret_key, sandbox.url, timeout_seconds=2)


def a_request(token: str = "pm_card_visa", **changes: Any) -> PaymentRequest:
    payment = a_key("pay")
    request = PaymentRequest(
        payment=payment,
        amount_minor=124_000,
        currency="USD",
        method_reference=token,
        customer_reference=None,
        customer_name="Dana Ltd",
        customer_email="dana@example.com",
        customer_metadata={"customer": "cus_1"},
        off_session=False,
        save_method=False,
        description="Agency SO-1",
        return_url="https://shop.example/back",
        metadata={"partner": "p", "payment": payment, "order": "ord_1"},
    )
    return dataclasses.replace(request, **changes)


def a_saved_method(gateway: Gateway, sandbox: SandboxServer, token: str) -> tuple[str, str]:
    """Attached without being set up, so that a card which wants authentication still does."""
    client = sandbox.client()
    customer = client.v1.customers.create({"name": "Dana"}).id
    return client.v1.payment_methods.attach(token, {"customer": customer}).id, customer


def captures(sandbox: SandboxServer, request: PaymentRequest) -> int:
    return len(sandbox.captured(payment=request.payment))


def status_of(sandbox: SandboxServer, reference: str) -> str:
    return sandbox.client().v1.payment_intents.retrieve(reference).status


# Outcomes


def test_an_approval_names_the_amount_the_customer_and_the_saved_card(gateway: Gateway, sandbox: SandboxServer) -> None:
    request = a_request(save_method=True)
    outcome = gateway.pay(request)
    assert isinstance(outcome, Approved)
    assert (outcome.amount_minor, outcome.currency) == (124_000, "USD")
    assert outcome.method is not None
    assert (outcome.method.brand, outcome.method.last4, outcome.method.kind) == ("visa", "4242", "card")
    assert outcome.method.fingerprint
    assert outcome.method.customer_reference == outcome.customer_reference
    again = a_request(
        outcome.method.reference, customer_reference=outcome.customer_reference, off_session=True, amount_minor=500
    )
    assert isinstance(gateway.pay(again), Approved)


def test_a_card_that_is_not_saved_stays_unattached(gateway: Gateway) -> None:
    outcome = gateway.pay(a_request())
    assert isinstance(outcome, Approved)
    assert outcome.method is not None
    assert outcome.method.customer_reference is None


def test_paying_twice_with_one_request_charges_once_and_answers_alike(gateway: Gateway, sandbox: SandboxServer) -> None:
    request = a_request()
    assert gateway.pay(request) == gateway.pay(request)
    assert captures(sandbox, request) == 1


@pytest.mark.parametrize(
    ("token", "code", "advice"),
    [
        ("pm_card_visa_chargeDeclined", "generic_decline", "try_again_later"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "insufficient_funds", "try_again_later"),
        ("pm_card_visa_chargeDeclinedLostCard", "lost_card", "do_not_try_again"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", "confirm_card_data"),
        ("pm_card_chargeDeclinedProcessingError", "processing_error", "try_again_later"),
        ("pm_card_chargeCustomerFail", "generic_decline", "try_again_later"),
    ],
)
def test_a_decline_is_answered_after_its_intent_is_cancelled(
    gateway: Gateway, sandbox: SandboxServer, token: str, code: str, advice: str
) -> None:
    request = a_request(token)
    outcome = gateway.pay(request)
    assert isinstance(outcome, Declined)
    assert (outcome.decline.code, outcome.decline.advice_code) == (code, advice)
    assert outcome.decline.network_code
    assert outcome.reference is not None
    assert outcome.customer_reference is not None
    assert outcome.method is not None
    assert outcome.method.brand == "visa"
    assert status_of(sandbox, outcome.reference) == "canceled"
    assert gateway.pay(request) == outcome
    assert gateway.look(request, None, EARLIER) == outcome


def test_a_decline_that_cannot_be_cancelled_is_unknown(gateway: Gateway, sandbox: SandboxServer) -> None:
    request = a_request("pm_card_visa_chargeDeclined", customer_reference=sandbox.client().v1.customers.create({}).id)
    sandbox.faults(error_before_rate=1, paths=["/v1/payment_intents/pi_"])
    outcome = gateway.pay(request)
    assert isinstance(outcome, Unknown)
    assert outcome.reference is not None
    sandbox.faults()
    assert isinstance(gateway.look(request, outcome.reference, EARLIER), Declined)


@pytest.mark.parametrize("token", ["pm_unknown", "pm_card_no_such_card"])
def test_an_unknown_token_is_rejected(gateway: Gateway, token: str) -> None:
    outcome = gateway.pay(a_request(token))
    assert isinstance(outcome, Rejected)
    assert outcome.code == "resource_missing"


def test_a_used_token_is_rejected(gateway: Gateway, sandbox: SandboxServer) -> None:
    token = sandbox.client().v1.payment_methods.retrieve("pm_card_visa").id
    assert isinstance(gateway.pay(a_request(token)), Approved)
    outcome = gateway.pay(a_request(token))
    assert isinstance(outcome, Rejected)
    assert outcome.code == "payment_method_unexpected_state"
    assert outcome.customer_reference is not None


def test_an_amount_below_the_minimum_is_rejected(gateway: Gateway) -> None:
    outcome = gateway.pay(a_request(amount_minor=49))
    assert isinstance(outcome, Rejected)
    assert outcome.code == "amount_too_small"


@pytest.mark.parametrize(
    ("amount", "currency", "at_stripe"),
    [(80, "JPY", 80), (1230, "KWD", 1230), (500, "ISK", 50_000), (20_000, "HUF", 20_000), (1000, "UGX", 100_000)],
)
def test_every_currency_is_charged_as_it_is_counted(
    gateway: Gateway, sandbox: SandboxServer, amount: int, currency: str, at_stripe: int
) -> None:
    request = a_request(amount_minor=amount, currency=currency)
    outcome = gateway.pay(request)
    assert isinstance(outcome, Approved)
    assert (outcome.amount_minor, outcome.currency) == (amount, currency)
    assert [charge["amount"] for charge in sandbox.captured(payment=request.payment)] == [at_stripe]


def test_an_amount_that_stripe_cannot_count_is_rejected_unasked(gateway: Gateway) -> None:
    assert gateway.pay(a_request(amount_minor=1001, currency="KWD")) == Rejected("amount_not_representable")


# The customer's bank asks


def test_a_challenge_gives_its_page_and_an_approval_settles_it(gateway: Gateway, sandbox: SandboxServer) -> None:
    request = a_request("pm_card_authenticationRequired")
    outcome = gateway.pay(request)
    assert isinstance(outcome, NeedsCustomer)
    assert outcome.url is not None
    assert gateway.pay(request) == outcome
    assert gateway.challenge(request, outcome.reference) == outcome
    sandbox.answer_challenge(outcome.url)
    for present in (
        gateway.look(request, outcome.reference, EARLIER),
        gateway.pay(request),
        gateway.cancel(request, outcome.reference),
        gateway.challenge(request, outcome.reference),
    ):
        assert isinstance(present, Approved)
    assert captures(sandbox, request) == 1


def test_a_refused_challenge_is_a_decline_and_closes_the_intent(gateway: Gateway, sandbox: SandboxServer) -> None:
    request = a_request("pm_card_authenticationRequired")
    outcome = gateway.pay(request)
    assert isinstance(outcome, NeedsCustomer)
    sandbox.answer_challenge(outcome.url or "", "refuse")
    declined = gateway.look(request, outcome.reference, EARLIER)
    assert isinstance(declined, Declined)
    assert declined.decline.code == "payment_intent_authentication_failure"
    assert status_of(sandbox, outcome.reference) == "canceled"


def test_an_absent_customer_is_asked_later_about_the_same_intent(gateway: Gateway, sandbox: SandboxServer) -> None:
    method, customer = a_saved_method(gateway, sandbox, "pm_card_authenticationRequired")
    request = a_request(method, customer_reference=customer, off_session=True)
    outcome = gateway.pay(request)
    assert isinstance(outcome, NeedsCustomer)
    assert outcome.url is None
    assert outcome.method is not None
    assert gateway.look(request, outcome.reference, EARLIER) == outcome
    asked = gateway.challenge(request, outcome.reference)
    assert isinstance(asked, NeedsCustomer)
    assert asked.reference == outcome.reference
    assert asked.url is not None
    assert gateway.challenge(request, outcome.reference) == asked
    sandbox.answer_challenge(asked.url)
    assert isinstance(gateway.look(request, outcome.reference, EARLIER), Approved)
    assert captures(sandbox, request) == 1


def test_a_challenge_that_is_given_up_is_cancelled_not_declined(gateway: Gateway, sandbox: SandboxServer) -> None:
    method, customer = a_saved_method(gateway, sandbox, "pm_card_authenticationRequired")
    request = a_request(method, customer_reference=customer, off_session=True)
    outcome = gateway.pay(request)
    assert isinstance(outcome, NeedsCustomer)
    assert gateway.cancel(request, outcome.reference) == Cancelled(outcome.reference)
    assert gateway.cancel(request, outcome.reference) == Cancelled(outcome.reference)
    assert gateway.challenge(request, outcome.reference) == Cancelled(outcome.reference)


def test_a_card_saved_with_authentication_is_charged_later_without_asking(
    gateway: Gateway, sandbox: SandboxServer
) -> None:
    first = a_request("pm_card_authenticationRequiredOnSetup", save_method=True)
    outcome = gateway.pay(first)
    assert isinstance(outcome, NeedsCustomer)
    sandbox.answer_challenge(outcome.url or "")
    paid = gateway.look(first, outcome.reference, EARLIER)
    assert isinstance(paid, Approved)
    assert paid.method is not None
    later = a_request(paid.method.reference, customer_reference=paid.customer_reference, off_session=True)
    assert isinstance(gateway.pay(later), Approved)


# Looking


def test_what_was_never_sent_is_not_listed(gateway: Gateway) -> None:
    assert gateway.look(a_request(), None, EARLIER) == NotListed()


def test_a_payment_is_found_among_more_than_a_page_of_others(gateway: Gateway, sandbox: SandboxServer) -> None:
    request = a_request()
    outcome = gateway.pay(request)
    client = sandbox.client()
    for _ in range(101):
        client.v1.payment_intents.create({"amount": 100, "currency": "usd"})
    assert gateway.look(request, None, EARLIER) == outcome


def test_a_reference_that_is_unknown_at_the_gateway_ends_nothing(gateway: Gateway) -> None:
    outcome = gateway.look(a_request(), "pi_nowhere", EARLIER)
    assert isinstance(outcome, Unknown)
    assert outcome.answered


# Faults (RELIABILITY.md T4)


@pytest.mark.parametrize(
    ("fault", "answered", "captured"),
    [
        ({"drop_response_rate": 1}, False, 1),
        ({"drop_request_rate": 1}, False, 0),
        ({"stall_s": 30}, False, 1),
        ({"error_after_rate": 1}, False, 1),
        ({"error_before_rate": 1}, False, 0),
        ({"rate_limit_rate": 1}, False, 0),
        ({"key_in_use_rate": 1}, True, 0),
        ({"bad_json_rate": 1}, False, 1),
        ({"cut_body_rate": 1}, False, 1),
        ({"reset_rate": 1}, False, 1),
    ],
)
def test_a_fault_while_paying_is_unknown_and_looking_or_repeating_finds_the_truth(
    gateway: Gateway, sandbox: SandboxServer, fault: dict[str, Any], answered: bool, captured: int
) -> None:
    request = a_request()
    sandbox.faults(**fault, paths=["/v1/payment_intents"], methods=["POST"], times=1)
    outcome = gateway.pay(request)
    assert isinstance(outcome, Unknown)
    assert outcome.answered is answered
    assert captures(sandbox, request) == captured
    looked = gateway.look(request, None, EARLIER)
    assert isinstance(looked, Approved if captured else NotListed)
    repeated = gateway.pay(request)
    if "error_after_rate" in fault:
        assert isinstance(repeated, Unknown)  # Stripe keeps the failure under the key: only looking tells.
    else:
        assert isinstance(repeated, Approved)
    assert captures(sandbox, request) == 1


def test_a_late_request_and_its_retry_charge_once(gateway: Gateway, sandbox: SandboxServer) -> None:
    request = a_request()
    sandbox.faults(late_request_ms=300, paths=["/v1/payment_intents"], times=1)
    assert isinstance(gateway.pay(request), Unknown)
    assert gateway.look(request, None, EARLIER) == NotListed()
    eventually(lambda: captures(sandbox, request))
    assert isinstance(gateway.pay(request), Approved)
    assert captures(sandbox, request) == 1


def test_no_gateway_at_that_address_is_unknown() -> None:
    for address in ("http://127.0.0.1:9", "http://gateway.invalid"):
        outcome = StripeGateway("sk_test_x", address, timeout_seconds=1).pay(a_request())
        assert isinstance(outcome, Unknown)
        assert not outcome.answered


def test_refused_credentials_are_unknown_because_an_earlier_try_may_have_paid(sandbox: SandboxServer) -> None:
    outcome = StripeGateway("sk_test_revoked", sandbox.url).pay(a_request())
    assert isinstance(outcome, Unknown)
    assert outcome.why == "credentials_refused"


@pytest.mark.parametrize("path", ["/v1/customers", "/v1/payment_intents/pi_"])
@pytest.mark.parametrize("fault", ["error_after_rate", "drop_response_rate", "bad_json_rate", "rate_limit_rate"])
def test_faults_around_the_payment_heal_by_repeating(
    gateway: Gateway, sandbox: SandboxServer, path: str, fault: str
) -> None:
    request = a_request("pm_card_visa_chargeDeclined")
    sandbox.faults(**{fault: 1}, paths=[path], times=1)
    assert isinstance(gateway.pay(request), Unknown)
    assert isinstance(gateway.pay(request), Declined)
    assert captures(sandbox, request) == 0


def test_a_wrong_amount_or_currency_is_reported_as_it_was_taken(gateway: Gateway, sandbox: SandboxServer) -> None:
    sandbox.faults(wrong_amount_rate=1, seed=3)
    outcomes = [gateway.pay(a_request()) for _ in range(8)]
    assert all(isinstance(outcome, Approved) for outcome in outcomes)
    taken = {(each.amount_minor, each.currency) for each in outcomes if isinstance(each, Approved)}
    assert taken == {(124_100, "USD"), (124_000, "EUR")}


def test_many_at_once_with_one_request_charge_once(gateway: Gateway, sandbox: SandboxServer) -> None:
    request = a_request()
    outcomes: list[object] = []
    threads = [threading.Thread(target=lambda: outcomes.append(gateway.pay(request))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 8
    assert all(isinstance(outcome, Approved | Unknown) for outcome in outcomes)
    assert captures(sandbox, request) == 1


# Refunds


def a_refund(payment: Approved, amount_minor: int = 1000) -> RefundRequest:
    return RefundRequest(a_key("ref"), payment.reference, amount_minor, payment.currency, {"payment": "pay_1"})


def paid(gateway: Gateway, token: str = "pm_card_visa") -> Approved:
    outcome = gateway.pay(a_request(token))
    assert isinstance(outcome, Approved)
    return outcome


def test_a_refund_is_made_once_however_often_it_is_asked(gateway: Gateway, sandbox: SandboxServer) -> None:
    payment = paid(gateway)
    request = a_refund(payment)
    outcome = gateway.refund(request)
    assert isinstance(outcome, Refunded)
    assert gateway.refund(request) == outcome
    assert gateway.look_refund(request, None) == outcome
    assert gateway.look_refund(request, outcome.reference) == outcome
    refunded = [each["refunded"] for each in sandbox.charges() if each["payment_intent"] == payment.reference]
    assert refunded == [1000]


def test_a_lost_refund_is_found(gateway: Gateway, sandbox: SandboxServer) -> None:
    request = a_refund(paid(gateway))
    assert gateway.look_refund(request, None) == NotListed()
    sandbox.faults(drop_response_rate=1, times=1)
    assert isinstance(gateway.refund(request), Unknown)
    assert isinstance(gateway.look_refund(request, None), Refunded)


def test_refunds_above_the_capture_fail(gateway: Gateway) -> None:
    payment = paid(gateway)
    assert isinstance(gateway.refund(a_refund(payment, 124_001)), RefundFailed)
    assert isinstance(gateway.refund(a_refund(payment, 124_000)), Refunded)
    assert gateway.refund(a_refund(payment, 1)) == RefundFailed("charge_already_refunded")


def test_a_pending_refund_and_a_failing_one_are_told_apart_later(gateway: Gateway, sandbox: SandboxServer) -> None:
    slow, failing = a_refund(paid(gateway, "pm_card_pendingRefund")), a_refund(paid(gateway, "pm_card_refundFail"))
    pending, hopeful = gateway.refund(slow), gateway.refund(failing)
    assert isinstance(pending, RefundPending)
    assert isinstance(hopeful, Refunded)
    sandbox.advance_clock("2031-01-01T00:00:00Z")
    assert gateway.look_refund(slow, pending.reference) == Refunded(pending.reference)
    assert gateway.refund(failing) == RefundFailed("expired_or_canceled_card", hopeful.reference)


# Methods


def save(gateway: Gateway, token: str, key: str | None = None) -> object:
    return gateway.save_method(
        key=key or a_key("pm"),
        token=token,
        customer_reference=None,
        customer_name="Dana",
        customer_email="dana@example.com",
        customer_metadata={"customer": "cus_1"},
        return_url="https://shop.example/back",
    )


def test_a_method_is_saved_verified_charged_and_detached(gateway: Gateway, sandbox: SandboxServer) -> None:
    saved = save(gateway, "pm_card_mastercard")
    assert isinstance(saved, MethodSaved)
    assert (saved.method.brand, saved.method.customer_reference) == ("mastercard", saved.customer_reference)
    verified = gateway.verify_method(
        key=a_key(),
        method=saved.method.reference,
        customer_reference=saved.customer_reference,
        return_url="https://s.x",
    )
    assert verified == saved
    gateway.detach_method(key=a_key(), method=saved.method.reference)
    gateway.detach_method(key=a_key(), method=saved.method.reference)
    later = a_request(saved.method.reference, customer_reference=saved.customer_reference, off_session=True)
    assert isinstance(gateway.pay(later), Rejected)


def test_saving_a_refused_card_is_declined(gateway: Gateway, sandbox: SandboxServer) -> None:
    outcome = save(gateway, "pm_card_visa_chargeDeclinedInsufficientFunds")
    assert isinstance(outcome, Declined)
    assert outcome.decline.code == "insufficient_funds"
    assert sandbox.client().v1.setup_intents.retrieve(outcome.reference or "").status == "canceled"
    assert isinstance(save(gateway, "pm_unknown"), Rejected)


def test_saving_with_a_challenge_is_done_when_asked_again(gateway: Gateway, sandbox: SandboxServer) -> None:
    key = a_key("pm")
    asked = save(gateway, "pm_card_authenticationRequiredOnSetup", key)
    assert isinstance(asked, MethodNeedsCustomer)
    assert asked.url is not None
    sandbox.answer_challenge(asked.url)
    assert isinstance(save(gateway, "pm_card_authenticationRequiredOnSetup", key), MethodSaved)


def test_a_lost_answer_while_saving_is_unknown_and_repeating_finds_it(gateway: Gateway, sandbox: SandboxServer) -> None:
    key = a_key("pm")
    sandbox.faults(drop_response_rate=1, paths=["/v1/setup_intents"], times=1)
    assert isinstance(save(gateway, "pm_card_visa", key), Unknown)
    assert isinstance(save(gateway, "pm_card_visa", key), MethodSaved)


# Events, registry


def an_event(secret: str, at: dt.datetime, body: bytes | None = None) -> tuple[bytes, str]:
    about = {"id": "pi_1", "object": "payment_intent", "metadata": {"payment": "pay_7"}}
    event = {"id": "evt_1", "type": "payment_intent.succeeded", "created": 1_700_000_000, "data": {"object": about}}
    sent = json.dumps(event).encode() if body is None else body
    stamp = int(at.timestamp())
    signed = hmac.new(secret.encode(), f"{stamp}.".encode() + sent, hashlib.sha256).hexdigest()
    return sent, f"t={stamp},v1={signed}"


def test_a_genuine_event_is_read(gateway: Gateway) -> None:
    now = dt.datetime.now(dt.UTC)
    event = gateway.read_event(*an_event("whsec_a", now), "whsec_a", now)
    assert event is not None
    assert (event.id, event.object_id, event.object_kind, event.payment) == ("evt_1", "pi_1", "payment_intent", "pay_7")


def test_a_forged_stale_or_senseless_event_is_not_read(gateway: Gateway) -> None:
    now = dt.datetime.now(dt.UTC)
    body, signature = an_event("whsec_a", now)
    minutes = dt.timedelta(minutes=6)
    assert gateway.read_event(body, signature, "whsec_b", now) is None
    assert gateway.read_event(body + b" ", signature, "whsec_a", now) is None
    assert gateway.read_event(body, signature, "whsec_a", now + minutes) is None
    assert gateway.read_event(body, signature, "whsec_a", now - minutes) is None
    for nonsense in ("", "t=,v1=", "v1=abc", "t=1,t=2,v1=x", "t=٣,v1=x", "t=1;v1=é"):
        assert gateway.read_event(body, nonsense, "whsec_a", now) is None
    for content in (b"[]", b"{}", b"\xff", b"null"):
        assert gateway.read_event(*an_event("whsec_a", now, content), "whsec_a", now) is None


def test_gateways_are_found_by_name_and_hide_their_key(sandbox: SandboxServer) -> None:
    gateway = gateway_for("sandbox", sandbox.secret_key, sandbox.url)
    assert (gateway.name, gateway_for("stripe", "sk_live_x", None).name) == ("sandbox", "stripe")
    assert sandbox.secret_key not in repr(gateway)
    with pytest.raises(UnknownGateway):
        gateway_for("no-such-gateway", "", None)

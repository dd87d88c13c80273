"""Payments at the sandbox: every test card, challenges, saved cards, cancelling, refunds, lists."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import stripe

from tests.sandbox import SandboxServer, eventually

BACK = "https://shop.example/back?order=1"


def a_customer(client: stripe.StripeClient) -> str:
    return client.v1.customers.create({"name": "Dana"}).id


def pay(client: stripe.StripeClient, token: str, **more: Any) -> stripe.PaymentIntent:
    asked: dict[str, Any] = {"amount": 5000, "currency": "usd", "payment_method": token, "confirm": True}
    if not more.get("off_session"):
        asked["return_url"] = BACK
    return client.v1.payment_intents.create({**asked, **more})  # type: ignore[typeddict-item]


def refusal(client: stripe.StripeClient, token: str, **more: Any) -> stripe.ErrorObject:
    with pytest.raises(stripe.CardError) as caught:
        pay(client, token, **more)
    assert caught.value.http_status == 402
    assert caught.value.error is not None
    return caught.value.error


@pytest.mark.parametrize(
    ("token", "brand", "last4"),
    [
        ("pm_card_visa", "visa", "4242"),
        ("pm_card_mastercard", "mastercard", "4444"),
        ("pm_card_amex", "amex", "0005"),
        ("pm_card_discover", "discover", "1117"),
        ("pm_card_createDispute", "visa", "0259"),
    ],
)
def test_a_good_card_is_charged(client: stripe.StripeClient, token: str, brand: str, last4: str) -> None:
    intent = pay(client, token, expand=["payment_method", "latest_charge"])
    assert (intent.status, intent.amount_received) == ("succeeded", 5000)
    assert isinstance(intent.payment_method, stripe.PaymentMethod)
    assert intent.payment_method.card is not None
    assert (intent.payment_method.card.brand, intent.payment_method.card.last4) == (brand, last4)


@pytest.mark.parametrize(
    ("token", "code", "decline_code", "advice"),
    [
        ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline", "try_again_later"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds", "try_again_later"),
        ("pm_card_visa_chargeDeclinedLostCard", "card_declined", "lost_card", "do_not_try_again"),
        ("pm_card_visa_chargeDeclinedStolenCard", "card_declined", "stolen_card", "do_not_try_again"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card", "confirm_card_data"),
        ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", "incorrect_cvc", "confirm_card_data"),
        ("pm_card_chargeDeclinedProcessingError", "processing_error", "processing_error", "try_again_later"),
        ("pm_card_chargeCustomerFail", "card_declined", "generic_decline", "try_again_later"),
    ],
)
def test_a_bad_card_is_declined_with_its_codes(
    client: stripe.StripeClient, token: str, code: str, decline_code: str, advice: str
) -> None:
    error = refusal(client, token)
    assert (error.code, error.decline_code, error.advice_code) == (code, decline_code, advice)
    assert error.payment_intent is not None
    intent = client.v1.payment_intents.retrieve(error.payment_intent.id, {"expand": ["latest_charge"]})
    assert (intent.status, intent.payment_method, intent.amount_received) == ("requires_payment_method", None, 0)
    assert intent.last_payment_error is not None
    assert intent.last_payment_error.decline_code == decline_code
    assert intent.last_payment_error.network_decline_code
    assert isinstance(intent.latest_charge, stripe.Charge)
    assert (intent.latest_charge.status, intent.latest_charge.paid) == ("failed", False)


def test_a_card_that_fails_later_may_still_be_attached(client: stripe.StripeClient) -> None:
    customer = a_customer(client)
    attached = client.v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer})
    assert attached.customer == customer
    with pytest.raises(stripe.CardError):
        client.v1.payment_methods.attach("pm_card_visa_chargeDeclined", {"customer": customer})


def test_a_token_is_used_once_unless_it_was_saved(client: stripe.StripeClient) -> None:
    once = client.v1.payment_methods.retrieve("pm_card_visa").id
    pay(client, once)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        pay(client, once)
    assert caught.value.code == "payment_method_unexpected_state"
    customer = a_customer(client)
    saved = client.v1.payment_methods.retrieve("pm_card_visa").id
    pay(client, saved, customer=customer, setup_future_usage="off_session")
    assert pay(client, saved, customer=customer, off_session=True).status == "succeeded"


def test_a_declined_token_is_used_up_too(client: stripe.StripeClient) -> None:
    token = client.v1.payment_methods.retrieve("pm_card_visa_chargeDeclined").id
    refusal(client, token)
    with pytest.raises(stripe.InvalidRequestError):
        pay(client, token)


def test_another_customers_method_and_an_unknown_one_are_refused(client: stripe.StripeClient) -> None:
    mine = client.v1.payment_methods.attach("pm_card_visa", {"customer": a_customer(client)}).id
    for token, customer in ((mine, a_customer(client)), ("pm_nothing", a_customer(client))):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            pay(client, token, customer=customer)
        assert caught.value.code == "resource_missing"


def test_a_customer_who_approves_at_the_bank_pays(sandbox: SandboxServer, client: stripe.StripeClient) -> None:
    intent = pay(client, "pm_card_authenticationRequired")
    assert intent.next_action is not None
    assert intent.next_action.redirect_to_url is not None
    url = intent.next_action.redirect_to_url.url
    assert url == f"{sandbox.url}/3ds/{intent.id}/{intent.client_secret}"
    back = urlsplit(sandbox.answer_challenge(url))
    assert back.netloc == "shop.example"
    query = parse_qs(back.query)
    assert (query["order"], query["payment_intent"], query["redirect_status"]) == (["1"], [intent.id], ["succeeded"])
    assert client.v1.payment_intents.retrieve(intent.id).status == "succeeded"
    sandbox.answer_challenge(url, "refuse")
    assert client.v1.payment_intents.retrieve(intent.id).status == "succeeded"
    assert len([charge for charge in sandbox.charges() if charge["payment_intent"] == intent.id]) == 1


def test_a_customer_who_refuses_at_the_bank_does_not_pay(sandbox: SandboxServer, client: stripe.StripeClient) -> None:
    intent = pay(client, "pm_card_authenticationRequired")
    assert intent.next_action is not None
    assert intent.next_action.redirect_to_url is not None
    back = sandbox.answer_challenge(intent.next_action.redirect_to_url.url or "", "refuse")
    assert "redirect_status=failed" in back
    refused = client.v1.payment_intents.retrieve(intent.id)
    assert refused.status == "requires_payment_method"
    assert refused.last_payment_error is not None
    assert refused.last_payment_error.code == "payment_intent_authentication_failure"


def test_the_bank_cannot_be_asked_while_the_customer_is_away(client: stripe.StripeClient) -> None:
    customer = a_customer(client)
    method = client.v1.payment_methods.attach("pm_card_authenticationRequired", {"customer": customer}).id
    error = refusal(client, method, customer=customer, off_session=True)
    assert (error.code, error.decline_code) == ("authentication_required", "authentication_required")
    assert error.payment_intent is not None
    intent = error.payment_intent
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error is not None
    assert intent.last_payment_error.payment_method is not None
    assert intent.last_payment_error.payment_method.id == method
    again = client.v1.payment_intents.confirm(intent.id, {"payment_method": method, "return_url": BACK})
    assert again.status == "requires_action"


def test_a_card_set_up_once_is_charged_later_without_asking(
    sandbox: SandboxServer, client: stripe.StripeClient
) -> None:
    customer = a_customer(client)
    token = "pm_card_authenticationRequiredOnSetup"
    first = pay(client, token, customer=customer, setup_future_usage="off_session")
    assert first.next_action is not None
    assert first.next_action.redirect_to_url is not None
    sandbox.answer_challenge(first.next_action.redirect_to_url.url or "")
    saved = client.v1.payment_methods.list({"customer": customer}).data
    assert len(saved) == 1
    assert pay(client, saved[0].id, customer=customer, off_session=True).status == "succeeded"


def test_a_card_that_always_asks_asks_again_after_setup(sandbox: SandboxServer, client: stripe.StripeClient) -> None:
    customer = a_customer(client)
    setup = client.v1.setup_intents.create(
        {"customer": customer, "payment_method": "pm_card_authenticationRequired", "confirm": True, "return_url": BACK}
    )
    assert setup.next_action is not None
    assert setup.next_action.redirect_to_url is not None
    assert "setup_intent=" in sandbox.answer_challenge(setup.next_action.redirect_to_url.url or "")
    done = client.v1.setup_intents.retrieve(setup.id)
    assert done.status == "succeeded"
    error = refusal(client, str(done.payment_method), customer=customer, off_session=True)
    assert error.code == "authentication_required"


def test_a_declining_card_cannot_be_set_up(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.CardError) as caught:
        client.v1.setup_intents.create(
            {
                "customer": a_customer(client),
                "payment_method": "pm_card_visa_chargeDeclinedLostCard",
                "confirm": True,
                "return_url": BACK,
            }
        )
    assert caught.value.error is not None
    assert caught.value.error.decline_code == "lost_card"
    assert caught.value.error.setup_intent is not None
    canceled = client.v1.setup_intents.cancel(caught.value.error.setup_intent.id)
    assert canceled.status == "canceled"


def test_a_cancelled_payment_can_be_neither_confirmed_nor_cancelled_again(client: stripe.StripeClient) -> None:
    intent = pay(client, "pm_card_authenticationRequired")
    canceled = client.v1.payment_intents.cancel(intent.id, {"cancellation_reason": "abandoned"})
    assert (canceled.status, canceled.cancellation_reason) == ("canceled", "abandoned")
    for act in (client.v1.payment_intents.cancel, client.v1.payment_intents.confirm):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            act(intent.id)
        assert caught.value.code == "payment_intent_unexpected_state"
        assert caught.value.error is not None
        assert caught.value.error.payment_intent is not None
        assert caught.value.error.payment_intent.status == "canceled"


def test_refunds_never_exceed_the_capture(sandbox: SandboxServer, client: stripe.StripeClient) -> None:
    intent = pay(client, "pm_card_visa", metadata={"payment": "refunded"})
    first = client.v1.refunds.create({"payment_intent": intent.id, "amount": 3000, "metadata": {"refund": "r1"}})
    assert first.status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.refunds.create({"payment_intent": intent.id, "amount": 2001})
    client.v1.refunds.create({"payment_intent": intent.id})
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.refunds.create({"payment_intent": intent.id, "amount": 1})
    assert caught.value.code == "charge_already_refunded"
    assert [refund.amount for refund in client.v1.refunds.list({"payment_intent": intent.id}).data] == [2000, 3000]
    truth = [charge for charge in sandbox.charges() if charge["payment_intent"] == intent.id]
    assert [(charge["amount"], charge["refunded"]) for charge in truth] == [(5000, 5000)]


def test_the_banks_days_finish_pending_refunds(sandbox: SandboxServer, client: stripe.StripeClient) -> None:
    waiting = client.v1.refunds.create({"payment_intent": pay(client, "pm_card_pendingRefund").id})
    failing = client.v1.refunds.create({"payment_intent": pay(client, "pm_card_refundFail").id})
    assert (waiting.status, failing.status) == ("pending", "succeeded")
    sandbox.advance_clock("2030-01-01T00:00:00Z")
    assert client.v1.refunds.retrieve(waiting.id).status == "succeeded"
    assert client.v1.refunds.retrieve(failing.id).status == "failed"


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [(49, "usd", "amount_too_small"), (49, "jpy", "amount_too_small"), (100_000_000, "usd", "amount_too_large"),
     (1005, "kwd", None), (1050, "isk", None), (500, "xxx", None)],
)  # fmt: skip
def test_amounts_that_stripe_refuses_are_refused(
    client: stripe.StripeClient, amount: int, currency: str, code: str | None
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        pay(client, "pm_card_visa", amount=amount, currency=currency)
    assert caught.value.code == code


def test_unknown_and_missing_parameters_are_refused(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        pay(client, "pm_card_visa", amout=5)
    assert (caught.value.code, caught.value.param) == ("parameter_unknown", "amout")
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.payment_intents.create({"currency": "usd"})  # type: ignore[typeddict-item]
    assert (caught.value.code, caught.value.param) == ("parameter_missing", "amount")


def test_a_wrong_key_and_a_browsers_key_are_refused(sandbox: SandboxServer) -> None:
    for key in ("sk_test_of_someone_else", sandbox.publishable_key):
        stranger = stripe.StripeClient(key, base_addresses={"api": sandbox.url}, max_network_retries=0)
        with pytest.raises(stripe.AuthenticationError):
            stranger.v1.customers.create({})


def test_lists_page_filter_by_time_and_customer(client: stripe.StripeClient) -> None:
    customer = a_customer(client)
    made = [pay(client, "pm_card_visa", customer=customer).id for _ in range(3)]
    page = client.v1.payment_intents.list({"customer": customer, "limit": 2})
    assert [intent.id for intent in page.data] == made[:0:-1]
    assert page.has_more
    assert [intent.id for intent in page.auto_paging_iter()] == made[::-1]
    future: Any = {"gte": int(time.time()) + 100}
    assert client.v1.payment_intents.list({"customer": customer, "created": future}).data == []


def test_search_finds_by_metadata_but_lags(client: stripe.StripeClient) -> None:
    intent = pay(client, "pm_card_visa", metadata={"payment": f"pay_{time.time_ns()}"})
    query = f"metadata['payment']:'{intent.metadata['payment']}'"
    assert client.v1.payment_intents.search({"query": query}).data == []
    found = eventually(lambda: client.v1.payment_intents.search({"query": query}).data, every_seconds=0.2)
    assert [each.id for each in found] == [intent.id]


def test_a_detached_method_is_of_no_more_use(client: stripe.StripeClient) -> None:
    customer = a_customer(client)
    method = client.v1.payment_methods.attach("pm_card_visa", {"customer": customer}).id
    assert client.v1.payment_methods.detach(method).customer is None
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_methods.attach(method, {"customer": customer})
    assert client.v1.customers.payment_methods.list(customer).data == []


def test_a_saved_card_that_has_expired_is_declined(sandbox: SandboxServer, client: stripe.StripeClient) -> None:
    customer = a_customer(client)
    method = client.v1.payment_methods.attach("pm_card_visa", {"customer": customer}).id
    sandbox.post(f"/_test/payment_methods/{method}", {"exp_month": 1, "exp_year": 2020})
    assert refusal(client, method, customer=customer, off_session=True).code == "expired_card"


def test_a_frame_card_becomes_a_token_and_its_number_is_kept_nowhere(sandbox: SandboxServer) -> None:
    browser = stripe.StripeClient(sandbox.publishable_key, base_addresses={"api": sandbox.url}, max_network_retries=0)
    card: Any = {"number": "4000002500003155", "exp_month": 12, "exp_year": 2034, "cvc": "737"}
    method = browser.v1.payment_methods.create({"type": "card", "card": card})
    assert method.card is not None
    assert (method.card.last4, method.card.exp_year) == ("3155", 2034)
    assert pay(sandbox.client(), method.id).status == "requires_action"
    for stored in sandbox.data.iterdir():
        assert b"4000002500003155" not in stored.read_bytes()


@pytest.mark.parametrize(
    ("change", "code", "param"),
    [
        ({"number": "4242424242424241"}, "incorrect_number", "number"),
        ({"number": "4111111111111111"}, "card_declined", "number"),
        ({"exp_year": 2020}, "invalid_expiry_year", "exp_year"),
        ({"exp_month": 13}, "invalid_expiry_month", "exp_month"),
        ({"cvc": "12"}, "invalid_cvc", "cvc"),
    ],
)
def test_the_frame_refuses_what_is_no_test_card(
    sandbox: SandboxServer, change: dict[str, Any], code: str, param: str
) -> None:
    browser = stripe.StripeClient(sandbox.publishable_key, base_addresses={"api": sandbox.url}, max_network_retries=0)
    card: Any = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2034, "cvc": "123"} | change
    with pytest.raises(stripe.CardError) as caught:
        browser.v1.payment_methods.create({"type": "card", "card": card})
    assert (caught.value.code, caught.value.param) == (code, param)

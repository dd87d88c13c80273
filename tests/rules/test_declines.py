"""Every documented code has exactly one class, and words that say the right things to the right reader."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handsel.rules.decline_codes import MEANINGS, STORIES
from handsel.rules.declines import AUTHENTICATION, HARD, NEVER_AGAIN, SOFT, DeclineClass, classify, explain

# docs.stripe.com/declines/codes, both tables, as of November 2026; deprecated codes are still sent for old payments.
CARD_DECLINE_CODES = """
authentication_required authentication_not_handled approve_with_id call_issuer card_not_supported
card_velocity_exceeded currency_not_supported do_not_honor do_not_try_again duplicate_transaction expired_card
fraudulent generic_decline incorrect_address incorrect_cvc incorrect_number incorrect_pin incorrect_zip
insufficient_funds invalid_account invalid_amount invalid_cvc invalid_expiry_month invalid_expiry_year invalid_number
invalid_pin issuer_not_available lost_card merchant_blacklist new_account_information_available no_action_taken
not_permitted offline_pin_required online_or_offline_pin_required pickup_card pin_try_exceeded processing_error
reenter_transaction restricted_card revocation_of_all_authorizations revocation_of_authorization security_violation
service_not_allowed stolen_card stop_payment_order testmode_decline transaction_not_allowed try_again_later
withdrawal_count_limit_exceeded mobile_device_authentication_required
""".split()  # noqa: SIM905
LOCAL_METHOD_CODES = """
partner_generic_decline invalid_customer_account payment_limit_exceeded invalid_billing_agreement
invalid_business_account partner_high_risk_customer compliance_violation payment_disputed invalid_authorization
invalid_payment_information partner_payment_not_found expired_payment_information
""".split()  # noqa: SIM905
# The error codes with which a payment of a card or a bank account is declined or rejected.
ERROR_CODES = """
account_closed amount_too_large amount_too_small authentication_required bank_account_restricted
bank_account_unusable card_decline_rate_limit_exceeded card_declined debit_not_authorized expired_card incorrect_cvc
incorrect_number incorrect_zip insufficient_funds invalid_cvc invalid_expiry_month invalid_expiry_year invalid_number
no_account parameter_missing payment_intent_authentication_failure payment_intent_payment_attempt_failed
payment_method_customer_decline payment_method_provider_decline payment_method_provider_timeout
payment_method_unactivated payment_method_unexpected_state processing_error refer_to_customer resource_missing
setup_intent_authentication_failure token_already_used
""".split()  # noqa: SIM905
DOCUMENTED = sorted({*CARD_DECLINE_CODES, *LOCAL_METHOD_CODES, *ERROR_CODES, "amount_mismatch"})


def test_the_list_of_documented_card_codes_is_whole() -> None:
    assert len(CARD_DECLINE_CODES) == len(set(CARD_DECLINE_CODES)) == 50


@pytest.mark.parametrize("code", DOCUMENTED)
def test_a_documented_code_is_in_exactly_one_class(code: str) -> None:
    assert sum(code in members for members in (SOFT, HARD, AUTHENTICATION)) == 1
    assert explain(code).decline_class == classify(code)


def test_the_classes_the_meanings_and_the_stories_know_the_same_codes() -> None:
    assert len(SOFT) + len(HARD) + len(AUTHENTICATION) == len(SOFT | HARD | AUTHENTICATION)
    assert set(MEANINGS) == SOFT | HARD | AUTHENTICATION
    assert {story for story, _ in MEANINGS.values()} == set(STORIES)
    assert NEVER_AGAIN <= HARD


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("insufficient_funds", DeclineClass.SOFT),
        ("do_not_honor", DeclineClass.SOFT),
        ("processing_error", DeclineClass.SOFT),
        ("generic_decline", DeclineClass.SOFT),
        ("lost_card", DeclineClass.HARD),
        ("stolen_card", DeclineClass.HARD),
        ("expired_card", DeclineClass.HARD),
        ("incorrect_cvc", DeclineClass.HARD),
        ("fraudulent", DeclineClass.HARD),
        ("account_closed", DeclineClass.HARD),
        ("amount_mismatch", DeclineClass.HARD),
        ("authentication_required", DeclineClass.AUTHENTICATION),
        ("payment_intent_authentication_failure", DeclineClass.AUTHENTICATION),
    ],
)
def test_the_class_of_the_codes_that_matter_most(code: str, expected: DeclineClass) -> None:
    assert classify(code) == expected


@pytest.mark.parametrize("code", sorted(MEANINGS))
def test_a_message_says_what_happened_then_that_nothing_was_charged_then_what_to_do(code: str) -> None:
    told = explain(code)
    for message in (told.customer_message, told.staff_message):
        happened, charged, advice = (message.partition("Nothing ")[i] for i in range(3))
        assert len(happened) > 15
        assert happened.rstrip().endswith(".")
        assert charged
        assert advice.partition(".")[2].strip().endswith(".")
    assert f"code {code}" in told.staff_message
    assert code not in told.customer_message, "codes are for staff"


@pytest.mark.parametrize(
    "code",
    [
        "lost_card",
        "stolen_card",
        "pickup_card",
        "restricted_card",
        "fraudulent",
        "merchant_blacklist",
        "security_violation",
        "partner_high_risk_customer",
        "request_blocked",
    ],
)
def test_what_hints_at_fraud_is_told_to_staff_and_not_to_whoever_holds_the_card(code: str) -> None:
    told = explain(code, "41", "do_not_try_again")
    assert told.customer_message == explain("generic_decline").customer_message
    assert "Do not tell the customer" in told.staff_message
    assert not told.retry_same_card


@pytest.mark.parametrize("code", sorted(MEANINGS))
def test_no_customer_is_told_of_fraud_loss_or_theft(code: str) -> None:
    words = explain(code).customer_message.lower()
    assert not any(word in words for word in ("fraud", "lost", "stolen", "theft", "risk", "suspect", "block list"))


@pytest.mark.parametrize("code", sorted(NEVER_AGAIN))
def test_after_never_nobody_tries_again(code: str) -> None:
    told = explain(code)
    assert (told.never_again, told.retry_same_card, told.may_retry_by_itself) == (True, False, False)
    assert "Do not charge this payment method again" in told.staff_message


@pytest.mark.parametrize(
    ("network_code", "advice_code"),
    [("", "do_not_try_again"), ("", "03"), ("", "21"), ("R1", ""), ("r0", ""), ("43", "")],
)
def test_the_networks_never_makes_a_soft_decline_final(network_code: str, advice_code: str) -> None:
    told = explain("do_not_honor", network_code, advice_code)
    assert (told.never_again, told.may_retry_by_itself, told.decline_class) == (True, False, DeclineClass.HARD)


def test_a_hard_decline_stays_hard_when_the_bank_advises_to_try_later() -> None:
    assert explain("expired_card", "54", "try_again_later").decline_class == DeclineClass.HARD


def test_an_unknown_code_starts_no_automatic_retry() -> None:
    told = explain("brand_new_code")
    assert told.decline_class == DeclineClass.HARD
    assert not told.may_retry_by_itself
    assert not told.retry_same_card
    assert not told.never_again
    assert "not documented (code brand_new_code)" in told.staff_message
    assert told.customer_message == explain("generic_decline").customer_message


def test_an_unknown_code_with_advice_to_try_later_is_soft() -> None:
    assert explain("brand_new_code", "", "try_again_later").may_retry_by_itself


def test_wrong_details_may_be_corrected_on_the_same_card_but_not_by_the_clock() -> None:
    told = explain("incorrect_cvc")
    assert told.retry_same_card
    assert not told.may_retry_by_itself


def test_authentication_waits_for_the_customer() -> None:
    told = explain("authentication_required")
    assert told.retry_same_card
    assert not told.may_retry_by_itself
    assert "link" in told.customer_message
    assert "link" in told.staff_message


def test_staff_see_the_codes_of_gateway_and_network_and_the_banks_advice() -> None:
    told = explain("insufficient_funds", "51", "try_again_later")
    assert "(code insufficient_funds, network code 51, the bank advises: try again later)" in told.staff_message


def test_a_wrong_amount_is_given_back_and_said_so() -> None:
    told = explain("amount_mismatch")
    assert "refunded in full" in told.customer_message
    assert "refunded in full" in told.staff_message


@given(st.text(max_size=40), st.text(max_size=4), st.text(max_size=20))
def test_whatever_a_gateway_says_there_is_an_explanation(code: str, network_code: str, advice_code: str) -> None:
    told = explain(code, network_code, advice_code)
    assert told.decline_class in DeclineClass
    assert told.customer_message.endswith(".")
    assert told.staff_message.endswith(".")

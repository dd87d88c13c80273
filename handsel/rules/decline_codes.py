"""The register behind `declines`: every code with its class, its story and what it means.

A story is what the customer is told; many codes share one. `MEANINGS` is for staff. The three class sets are
written out, so that moving a code from one to another is a change that somebody reads; a test holds that every
code is in exactly one of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

NOTHING_CHARGED = "Nothing was charged."


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


@dataclass(frozen=True, slots=True)
class Story:
    """What happened and what to do now, for the customer; `staff_does` where staff need more than the class says.

    A `secret` story hides the reason from the customer, since it may be told to a thief.
    """

    happened: str
    customer_does: str
    same_card: bool
    staff_does: str = ""
    charged: str = NOTHING_CHARGED
    secret: bool = False


GENERIC = "generic"

STORIES: Mapping[str, Story] = MappingProxyType(
    {
        GENERIC: Story(
            "Your bank declined this payment.",
            "Use another payment method, or ask your bank and try again.",
            same_card=True,
        ),
        # The same words as above on purpose: whoever holds the card must not learn why.
        "secret": Story(
            "Your bank declined this payment.",
            "Use another payment method, or ask your bank and try again.",
            same_card=False,
            secret=True,
        ),
        "refused": Story(
            "Your bank does not allow this payment.",
            "Use another payment method, or ask your bank to allow it.",
            same_card=False,
        ),
        "funds": Story(
            "There was not enough money or credit available for this payment.",
            "Use another payment method, or try again when there is.",
            same_card=True,
        ),
        "later": Story(
            "The payment could not be processed just now.",
            "Try again in a few minutes, or use another payment method.",
            same_card=True,
        ),
        "resting": Story(
            "This card was tried too often and is blocked for a day.",
            "Use another payment method, or try again tomorrow.",
            same_card=True,
        ),
        "expired": Story("This card has expired.", "Use a card that is still valid.", same_card=False),
        "unusable": Story(
            "This payment method does not work.",
            "Use another one, or ask your bank.",
            same_card=False,
        ),
        "unsupported": Story(
            "This card cannot be used for this kind of purchase or in this currency.",
            "Use another payment method.",
            same_card=False,
        ),
        "details": Story(
            "Some of the card's details are not right.",
            "Check number, expiry date, security code and billing address, and enter them again.",
            same_card=True,
            staff_does="The same card can work once its details are entered anew.",
        ),
        "limit": Story(
            "The amount is beyond what this payment method may be charged.",
            "Use another payment method, or ask your bank to raise the limit.",
            same_card=False,
        ),
        "pin": Story(
            "Your bank wants this card's PIN, which cannot be given here.",
            "Use another payment method.",
            same_card=False,
        ),
        "confirm": Story(
            "Your bank wants you to confirm this payment.",
            "Open the payment link and confirm it there, or use another payment method.",
            same_card=True,
        ),
        "unconfirmed": Story(
            "Your bank could not confirm that it is you.",
            "Try again and confirm with your bank, or use another payment method.",
            same_card=True,
        ),
        "duplicate": Story(
            "The same payment was made a moment ago.",
            "Please do not pay again until we have looked into it.",
            same_card=False,
            charged="Nothing was charged a second time.",
            staff_does="Look for a recent payment of the same amount before anything is charged again.",
        ),
        "account": Story(
            "This bank account cannot be charged.",
            "Use another account or another payment method, or ask your bank.",
            same_card=False,
            staff_does="Trying the same account again makes no sense; ask for another payment method.",
        ),
        "token": Story(
            "The payment details that were entered cannot be used any more.",
            "Enter them again.",
            same_card=True,
            staff_does="The token is spent or unknown; the same card works when it is entered anew.",
        ),
        "small": Story(
            "The amount is too small to be charged this way.",
            "Please get in touch with us.",
            same_card=False,
            staff_does="Raise the amount above the gateway's minimum, or take it another way.",
        ),
        "ours": Story(
            "The payment could not be made because of a mistake on our side.",
            "You need not do anything; we will get in touch.",
            same_card=True,
            staff_does="No card is at fault: have the gateway's settings looked at, then charge again.",
        ),
        "mismatch": Story(
            "The amount taken was not the amount due, so this payment does not count.",
            "You need not do anything; we will get in touch about the amount due.",
            same_card=True,
            staff_does="Watch for the refund to arrive, tell the gateway, then charge again.",
            charged="Nothing is kept: what was taken is being refunded in full.",
        ),
    }
)

UNKNOWN_MEANING = "The gateway gave a reason that is not documented"

SOFT: frozenset[str] = _codes(
    """
    approve_with_id balance_insufficient call_issuer card_decline_rate_limit_exceeded card_declined
    card_velocity_exceeded do_not_honor generic_decline insufficient_funds issuer_not_available no_action_taken
    partner_generic_decline partner_processing_error payment_intent_payment_attempt_failed
    payment_limit_exceeded payment_method_not_available payment_method_provider_decline
    payment_method_provider_timeout processing_error reenter_transaction setup_attempt_failed try_again_later
    withdrawal_count_limit_exceeded
    """
)

AUTHENTICATION: frozenset[str] = _codes(
    """
    authentication_failure authentication_not_handled authentication_required
    mobile_device_authentication_required payment_intent_action_required
    payment_intent_authentication_failure payment_intent_payment_attempt_expired
    setup_intent_authentication_failure setup_intent_setup_attempt_expired
    three_d_secure_authentication_upstream_error
    """
)

HARD: frozenset[str] = _codes(
    """
    account_closed account_invalid account_number_invalid amount_mismatch amount_too_large amount_too_small
    api_key_expired bank_account_declined bank_account_restricted bank_account_unusable bank_account_unverified
    card_not_supported charge_exceeds_source_limit charge_exceeds_transaction_limit compliance_violation
    currency_not_supported debit_not_authorized do_not_try_again duplicate_transaction expired_card
    expired_payment_information expired_payment_method fraudulent incorrect_address incorrect_cvc
    incorrect_number incorrect_pin incorrect_postal_code incorrect_zip india_recurring_payment_mandate_canceled
    invalid_account invalid_amount invalid_authorization invalid_billing_agreement invalid_business_account
    invalid_card_type invalid_charge_amount invalid_customer_account invalid_cvc invalid_expiry_month
    invalid_expiry_year invalid_number invalid_payment_information invalid_pin livemode_mismatch lost_card
    merchant_blacklist missing new_account_information_available no_account not_permitted offline_pin_required
    online_or_offline_pin_required parameter_invalid_empty parameter_invalid_integer parameter_missing
    parameter_unknown partner_high_risk_customer partner_payment_not_found payment_disputed
    payment_intent_incompatible_payment_method payment_intent_invalid_parameter payment_intent_mandate_invalid
    payment_intent_unexpected_state payment_method_bank_account_blocked payment_method_currency_mismatch
    payment_method_customer_decline payment_method_invalid_parameter payment_method_restricted
    payment_method_unactivated payment_method_unexpected_state payment_method_unsupported_type pickup_card
    pin_try_exceeded refer_to_customer request_blocked resource_missing restricted_card
    revocation_of_all_authorizations revocation_of_authorization routing_number_invalid secret_key_required
    security_violation sepa_unsupported_account service_not_allowed setup_intent_mandate_invalid stolen_card
    stop_payment_order testmode_charges_only testmode_decline three_d_secure_authentication_not_supported
    token_already_used token_in_use transaction_not_allowed
    """
)

NEVER_AGAIN: frozenset[str] = _codes(
    """
    account_closed debit_not_authorized do_not_try_again fraudulent invalid_account invalid_authorization
    lost_card no_account pickup_card restricted_card revocation_of_all_authorizations
    revocation_of_authorization stolen_card stop_payment_order
    """
)
"""After these the same card or account is not charged again, by nobody: the networks charge for trying."""

_BY_STORY: Mapping[str, Mapping[str, str]] = {
    GENERIC: {
        "approve_with_id": "The bank could not authorise it and wants to identify the customer",
        "call_issuer": "The bank gave no reason and wants the customer to call",
        "card_declined": "The bank gave no reason",
        "do_not_honor": "The bank gave no reason",
        "generic_decline": "The bank gave no reason, or the gateway's risk rules blocked it",
        "no_action_taken": "The bank took no action and gave no reason",
        "partner_generic_decline": "The payment provider gave no reason",
        "payment_intent_payment_attempt_failed": "The attempt failed without a reason",
        "payment_method_provider_decline": "The payment provider declined it",
        "setup_attempt_failed": "Setting the payment method up failed without a reason",
    },
    "secret": {
        "fraudulent": "The gateway suspects fraud",
        "lost_card": "The card was reported lost",
        "merchant_blacklist": "It matches your block list at the gateway",
        "partner_high_risk_customer": "The payment provider regards the customer as a high risk",
        "pickup_card": "The bank wants the card withdrawn; it may be lost or stolen",
        "request_blocked": "The gateway's rules blocked it",
        "restricted_card": "The card is restricted; it may be lost or stolen",
        "security_violation": "The bank saw a security violation",
        "stolen_card": "The card was reported stolen",
    },
    "refused": {
        "compliance_violation": "It would break the provider's terms or the law",
        "do_not_try_again": "The bank says not to try again",
        "invalid_authorization": "The customer's authorisation is invalid or revoked",
        "invalid_billing_agreement": "The customer's billing agreement is not valid",
        "india_recurring_payment_mandate_canceled": "The customer cancelled the mandate for recurring payments",
        "not_permitted": "The bank does not permit this payment",
        "payment_disputed": "There is a dispute over this payment",
        "payment_intent_mandate_invalid": "The mandate is not valid",
        "payment_method_customer_decline": "The customer declined it at the payment provider",
        "payment_method_restricted": "The payment method is restricted",
        "revocation_of_all_authorizations": "The customer told the bank to stop all charges to this card",
        "revocation_of_authorization": "The customer told the bank to stop your charges",
        "service_not_allowed": "The bank does not allow this service on the card",
        "setup_intent_mandate_invalid": "The mandate is not valid",
        "stop_payment_order": "The customer stopped this payment at the bank",
        "transaction_not_allowed": "The bank does not allow this kind of payment on the card",
    },
    "funds": {
        "balance_insufficient": "There is not enough money on the account",
        "card_velocity_exceeded": "The card is over its balance, credit or amount limit",
        "insufficient_funds": "There is not enough money or credit",
        "withdrawal_count_limit_exceeded": "The card is over its balance, credit or count limit",
    },
    "later": {
        "issuer_not_available": "The bank could not be reached",
        "partner_processing_error": "The payment provider had an error",
        "payment_method_not_available": "The payment provider is not available",
        "payment_method_provider_timeout": "The payment provider did not answer in time",
        "processing_error": "An error occurred while the payment was processed",
        "reenter_transaction": "The bank could not process it and wants it sent again",
        "try_again_later": "The bank wants it tried again later",
    },
    "resting": {
        "card_decline_rate_limit_exceeded": "The card was declined too often and is blocked for a day",
    },
    "expired": {
        "expired_card": "The card has expired",
        "expired_payment_information": "The payment details have expired",
        "expired_payment_method": "The payment method has expired",
    },
    "unusable": {
        "invalid_account": "The card, or the account behind it, is not valid",
        "invalid_customer_account": "The customer's account with the provider cannot be charged",
        "invalid_payment_information": "The payment details are not valid",
        "missing": "The customer and the payment method do not belong together at the gateway",
        "new_account_information_available": "The card or account was replaced by a new one",
        "partner_payment_not_found": "The payment provider cannot find this payment",
        "payment_method_unexpected_state": "The payment method is in a state that cannot be charged",
    },
    "unsupported": {
        "card_not_supported": "The card does not support this kind of purchase",
        "currency_not_supported": "The card does not support this currency",
        "invalid_card_type": "The card's type is not accepted",
        "payment_intent_incompatible_payment_method": "The payment method does not fit this payment",
        "payment_method_currency_mismatch": "The payment method cannot pay in this currency",
        "payment_method_unsupported_type": "This type of payment method is not accepted",
        "three_d_secure_authentication_not_supported": "The card cannot be authenticated with 3-D Secure",
    },
    "details": {
        "incorrect_address": "The billing address does not match",
        "incorrect_cvc": "The security code is wrong",
        "incorrect_number": "The card number is wrong",
        "incorrect_postal_code": "The postal code does not match",
        "incorrect_zip": "The postal code does not match",
        "invalid_cvc": "The security code is wrong",
        "invalid_expiry_month": "The expiry month is wrong",
        "invalid_expiry_year": "The expiry year is wrong",
        "invalid_number": "The card number is wrong",
    },
    "limit": {
        "amount_too_large": "The amount is above what the gateway accepts",
        "charge_exceeds_source_limit": "The amount is above the limit of this payment method",
        "charge_exceeds_transaction_limit": "The amount is above the limit for one payment",
        "invalid_amount": "The amount is not valid, or above what the card may be charged",
        "payment_limit_exceeded": "The amount is above a limit on the customer's account",
    },
    "pin": {
        "incorrect_pin": "The PIN is wrong",
        "invalid_pin": "The PIN is wrong",
        "offline_pin_required": "The card needs its PIN at a card reader",
        "online_or_offline_pin_required": "The card needs its PIN",
        "pin_try_exceeded": "The PIN was tried too often",
    },
    "confirm": {
        "authentication_not_handled": "The bank asked for authentication and got none",
        "authentication_required": "The bank wants the customer to authenticate the payment",
        "mobile_device_authentication_required": "The bank wants the customer to authenticate on their phone",
        "payment_intent_action_required": "The payment waits for the customer's confirmation",
    },
    "unconfirmed": {
        "authentication_failure": "The customer's authentication failed",
        "payment_intent_authentication_failure": "The customer's authentication failed",
        "payment_intent_payment_attempt_expired": "The customer did not confirm in time",
        "setup_intent_authentication_failure": "The customer's authentication failed",
        "setup_intent_setup_attempt_expired": "The customer did not confirm in time",
        "three_d_secure_authentication_upstream_error": "The bank's authentication service failed",
    },
    "duplicate": {
        "duplicate_transaction": "A payment of the same amount was sent with this card a moment ago",
    },
    "account": {
        "account_closed": "The bank account is closed",
        "account_number_invalid": "The bank account number is not valid",
        "bank_account_declined": "The bank account cannot be used",
        "bank_account_restricted": "The bank account does not allow debits",
        "bank_account_unusable": "The bank account cannot be used",
        "bank_account_unverified": "The bank account is not verified yet",
        "debit_not_authorized": "The customer told the bank that the debit was not authorised",
        "no_account": "There is no such bank account",
        "payment_method_bank_account_blocked": "The bank account is blocked after failed debits",
        "refer_to_customer": "The customer stopped this debit at the bank",
        "routing_number_invalid": "The routing number is not valid",
        "sepa_unsupported_account": "The account does not support SEPA debits",
    },
    "token": {
        "payment_method_unactivated": "The payment method was used before without being saved, or is not active",
        "resource_missing": "The gateway does not know this payment method",
        "token_already_used": "The token was used before",
        "token_in_use": "The token is being used by another request",
    },
    "small": {
        "amount_too_small": "The amount is below the gateway's minimum",
        "invalid_charge_amount": "The amount is not one that the gateway can charge",
    },
    "ours": {
        "account_invalid": "The gateway account is not valid",
        "api_key_expired": "The gateway's key has expired",
        "invalid_business_account": "The gateway account is deactivated",
        "livemode_mismatch": "Test and live mode were mixed",
        "parameter_invalid_empty": "The gateway refused the request's form",
        "parameter_invalid_integer": "The gateway refused the request's form",
        "parameter_missing": "The gateway refused the request's form",
        "parameter_unknown": "The gateway refused the request's form",
        "payment_intent_invalid_parameter": "The gateway refused the request's form",
        "payment_intent_unexpected_state": "The payment was not in a state for this at the gateway",
        "payment_method_invalid_parameter": "The gateway refused the payment method's form",
        "secret_key_required": "The gateway's key is of the wrong kind",
        "testmode_charges_only": "The gateway account is not live yet",
        "testmode_decline": "A test card was used in live mode",
    },
    "mismatch": {
        "amount_mismatch": "The gateway took another amount or currency than was due",
    },
}

MEANINGS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {code: (story, meaning) for story, codes in _BY_STORY.items() for code, meaning in codes.items()}
)
"""Every code with the name of its story and its meaning for staff."""

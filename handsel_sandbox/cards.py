"""Stripe's test cards: what each prints on a receipt, and how its bank behaves (docs.stripe.com/testing)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Authentication = Literal["never", "unless_set_up", "always"]


@dataclass(frozen=True, slots=True)
class Decline:
    code: str
    decline_code: str
    message: str
    network_code: str
    advice_code: str


def _declined(
    decline_code: str, network_code: str, advice_code: str, message: str = "Your card was declined."
) -> Decline:
    return Decline("card_declined", decline_code, message, network_code, advice_code)


GENERIC = _declined("generic_decline", "01", "try_again_later")
INSUFFICIENT_FUNDS = _declined("insufficient_funds", "51", "try_again_later", "Your card has insufficient funds.")
LOST = _declined("lost_card", "41", "do_not_try_again")
STOLEN = _declined("stolen_card", "43", "do_not_try_again")
FRAUDULENT = _declined("fraudulent", "59", "do_not_try_again")
VELOCITY = _declined("card_velocity_exceeded", "65", "try_again_later")
EXPIRED = Decline("expired_card", "expired_card", "Your card has expired.", "54", "confirm_card_data")
INCORRECT_CVC = Decline(
    "incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect.", "N7", "confirm_card_data"
)
PROCESSING = Decline(
    "processing_error",
    "processing_error",
    "An error occurred while processing your card. Try again in a little bit.",
    "96",
    "try_again_later",
)
AUTHENTICATION_REQUIRED = Decline(
    "authentication_required",
    "authentication_required",
    "Your card was declined. This transaction requires authentication.",
    "1A",
    "confirm_card_data",
)


@dataclass(frozen=True, slots=True)
class TestCard:
    """`saves` is False where the bank already refuses when the card is attached or set up."""

    __test__ = False  # not a test class, whatever pytest makes of its name

    token: str
    number: str
    brand: str
    funding: str = "credit"
    country: str = "US"
    decline: Decline | None = None
    saves: bool = True
    authentication: Authentication = "never"
    refund: Literal["succeeded", "pending", "failed"] = "succeeded"


def _refusing(token: str, number: str, decline: Decline) -> TestCard:
    return TestCard(token, number, "visa", decline=decline, saves=False)


CARDS: tuple[TestCard, ...] = (
    TestCard("pm_card_visa", "4242424242424242", "visa"),
    TestCard("pm_card_visa_debit", "4000056655665556", "visa", "debit"),
    TestCard("pm_card_mastercard", "5555555555554444", "mastercard"),
    TestCard("pm_card_mastercard_debit", "5200828282828210", "mastercard", "debit"),
    TestCard("pm_card_mastercard_prepaid", "5105105105105100", "mastercard", "prepaid"),
    TestCard("pm_card_amex", "378282246310005", "amex"),
    TestCard("pm_card_discover", "6011111111111117", "discover"),
    TestCard("pm_card_diners", "3056930009020004", "diners"),
    TestCard("pm_card_jcb", "3566002020360505", "jcb", country="JP"),
    TestCard("pm_card_unionpay", "6200000000000005", "unionpay", country="CN"),
    TestCard("pm_card_br", "4000000760000002", "visa", country="BR"),
    TestCard("pm_card_ca", "4000001240000000", "visa", country="CA"),
    TestCard("pm_card_de", "4000002760000016", "visa", country="DE"),
    TestCard("pm_card_gb", "4000008260000000", "visa", country="GB"),
    _refusing("pm_card_visa_chargeDeclined", "4000000000000002", GENERIC),
    _refusing("pm_card_visa_chargeDeclinedInsufficientFunds", "4000000000009995", INSUFFICIENT_FUNDS),
    _refusing("pm_card_visa_chargeDeclinedLostCard", "4000000000009987", LOST),
    _refusing("pm_card_visa_chargeDeclinedStolenCard", "4000000000009979", STOLEN),
    _refusing("pm_card_visa_chargeDeclinedVelocityLimitExceeded", "4000000000006975", VELOCITY),
    _refusing("pm_card_radarBlock", "4100000000000019", FRAUDULENT),
    _refusing("pm_card_chargeDeclinedExpiredCard", "4000000000000069", EXPIRED),
    _refusing("pm_card_chargeDeclinedIncorrectCvc", "4000000000000127", INCORRECT_CVC),
    _refusing("pm_card_chargeDeclinedProcessingError", "4000000000000119", PROCESSING),
    TestCard("pm_card_chargeCustomerFail", "4000000000000341", "visa", decline=GENERIC),
    TestCard(
        "pm_card_authenticationRequiredOnSetup",
        "4000002500003155",
        "visa",
        country="FR",
        authentication="unless_set_up",
    ),
    TestCard("pm_card_authenticationRequired", "4000002760003184", "visa", country="DE", authentication="always"),
    TestCard(
        "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds",
        "4000008260003178",
        "visa",
        country="GB",
        decline=INSUFFICIENT_FUNDS,
        authentication="always",
    ),
    TestCard("pm_card_createDispute", "4000000000000259", "visa"),
    TestCard("pm_card_pendingRefund", "4000000000007726", "visa", refund="pending"),
    TestCard("pm_card_refundFail", "4000000000005126", "visa", refund="failed"),
)
BY_TOKEN = {card.token: card for card in CARDS}
_ALIASES = {
    "pm_card_chargeDeclined": "pm_card_visa_chargeDeclined",
    "pm_card_chargeDeclinedInsufficientFunds": "pm_card_visa_chargeDeclinedInsufficientFunds",
    "pm_card_chargeDeclinedLostCard": "pm_card_visa_chargeDeclinedLostCard",
    "pm_card_chargeDeclinedStolenCard": "pm_card_visa_chargeDeclinedStolenCard",
    "pm_card_visa_chargeDeclinedExpiredCard": "pm_card_chargeDeclinedExpiredCard",
    "pm_card_visa_chargeDeclinedIncorrectCvc": "pm_card_chargeDeclinedIncorrectCvc",
    "pm_card_visa_chargeDeclinedProcessingError": "pm_card_chargeDeclinedProcessingError",
    "pm_card_us": "pm_card_visa",
    "pm_card_authenticationRequiredSetupForOffSession": "pm_card_authenticationRequiredOnSetup",
}
BY_TOKEN.update({alias: BY_TOKEN[token] for alias, token in _ALIASES.items()})
_BY_NUMBER = {card.number: card for card in CARDS}


def by_number(number: str) -> TestCard | None:
    return _BY_NUMBER.get(number)


def luhn_holds(number: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    total = 0
    for position, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + position % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0

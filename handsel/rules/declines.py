"""Why a payment was declined: one class per code, and the words for the customer and for staff.

The codes are those that Stripe documents (docs.stripe.com/declines/codes, for cards and for local methods, and
the error codes of declined intents, docs.stripe.com/error-codes), those with which a gateway rejects a request,
and one of our own, `amount_mismatch`. Every message says in this order: what happened, that nothing was charged,
what to do now. What hints at fraud, loss or theft is never told to whoever holds the card (Stripe: "present it as
a generic_decline").
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from handsel.rules.decline_codes import (
    AUTHENTICATION,
    GENERIC,
    HARD,
    MEANINGS,
    NEVER_AGAIN,
    SOFT,
    STORIES,
    UNKNOWN_MEANING,
    Story,
)

__all__ = ["AUTHENTICATION", "HARD", "NEVER_AGAIN", "SOFT", "DeclineClass", "Explanation", "classify", "explain"]


class DeclineClass(StrEnum):
    """Soft: the same card may work later. Hard: it will not as it is. Authentication: the customer must confirm."""

    SOFT = "soft"
    HARD = "hard"
    AUTHENTICATION = "authentication"


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decline in words. `happened` is the first sentence of the customer's message, for texts that go on by
    themselves. `retry_same_card` is advice for people; automatic retries ask `may_retry_by_itself`."""

    code: str
    decline_class: DeclineClass
    happened: str
    customer_message: str
    staff_message: str
    retry_same_card: bool
    never_again: bool
    network_code: str = ""
    advice_code: str = ""

    @property
    def may_retry_by_itself(self) -> bool:
        """Whether the clock may charge the same method again without a person having done anything."""
        return self.decline_class == DeclineClass.SOFT and not self.never_again


_NEVER_ADVICE = frozenset({"do_not_try_again", "03", "21"})
"""Stripe's advice code, and Mastercard's merchant advice codes "do not try again" and "payment cancellation"."""

_LATER_ADVICE = frozenset({"try_again_later", "02", "24", "25", "26", "27", "28", "29", "30"})
"""Stripe's advice code, and Mastercard's "try again later", also with an hour or a number of days."""

_NEVER_NETWORK = frozenset({"04", "07", "12", "15", "41", "43", "46", "57", "R0", "R1", "R3"})
"""Visa's category 1 (Core Rules 7.3.6.5, "issuer will never approve"): a retry costs a fee."""

_ADVICE_WORDS = {
    "do_not_try_again": "do not try again",
    "try_again_later": "try again later",
    "confirm_card_data": "check the card's details",
}


def classify(code: str) -> DeclineClass:
    """The class of a code. An unknown one is hard: a code that we cannot read must never start automatic retries."""
    if code in SOFT:
        return DeclineClass.SOFT
    if code in AUTHENTICATION:
        return DeclineClass.AUTHENTICATION
    return DeclineClass.HARD


def explain(code: str, network_code: str = "", advice_code: str = "") -> Explanation:
    """What a decline means, from the gateway's code, the network's and the advice that came with it, as they came.

    Advice can only make a known code stricter ("do not try again"); it can make an unknown one soft, since then it
    is all there is to go by.
    """
    known = code in MEANINGS
    never = code in NEVER_AGAIN or advice_code in _NEVER_ADVICE or network_code.upper() in _NEVER_NETWORK
    decline_class = classify(code)
    story = STORIES[MEANINGS[code][0]] if known else STORIES[GENERIC]
    if never:
        decline_class = DeclineClass.HARD
    elif not known and advice_code in _LATER_ADVICE:
        decline_class = DeclineClass.SOFT
    advice = _advice(decline_class, never, known, story)
    same_card = not never and (story.same_card if known else decline_class == DeclineClass.SOFT)
    return Explanation(
        code=code,
        decline_class=decline_class,
        happened=story.happened,
        customer_message=f"{story.happened} {story.charged} {story.customer_does}",
        staff_message=_staff_message(code, network_code, advice_code, story, advice),
        retry_same_card=same_card,
        never_again=never,
        network_code=network_code,
        advice_code=advice_code,
    )


def _advice(decline_class: DeclineClass, never: bool, known: bool, story: Story) -> str:
    discretion = "Do not tell the customer the reason. " if story.secret else ""
    if never:
        advice = "Do not charge this payment method again; the bank will not approve it. Ask for another one."
    elif story.staff_does:
        advice = story.staff_does
    elif decline_class == DeclineClass.AUTHENTICATION:
        advice = "The same card works once the customer confirms with their bank: send them the payment link."
    elif decline_class == DeclineClass.SOFT:
        advice = "The same card may work later; another payment method is surer."
    elif known:
        advice = "Trying the same card again makes no sense; ask for another payment method."
    else:
        advice = "Nobody can say that trying the same card again is allowed; ask for another payment method."
    return discretion + advice


def _staff_message(code: str, network_code: str, advice_code: str, story: Story, advice: str) -> str:
    meaning = MEANINGS[code][1] if code in MEANINGS else UNKNOWN_MEANING
    hints = [f"code {code or 'none'}"]
    if network_code:
        hints.append(f"network code {network_code}")
    if advice_code:
        hints.append(f"the bank advises: {_ADVICE_WORDS.get(advice_code, advice_code)}")
    return f"{meaning} ({', '.join(hints)}). {story.charged} {advice}"

"""Refusals as the customer reads them: by their code and their field, in the customer's language."""

from __future__ import annotations

from collections.abc import Mapping

from handsel.flows.fields import REASON_LENGTH
from handsel.rules.errors import HandselError, Invalid
from handsel.web.portal.words import OfferWords

NAME_LENGTH = 200
_LONGEST = {"name": NAME_LENGTH}


def refusal_text(refusal: HandselError, words: OfferWords) -> str:
    """One sentence for a refusal; empty where its fields say it all."""
    if refusal.code in words.refusals:
        return words.refusals[refusal.code]
    return "" if isinstance(refusal, Invalid) and refusal.errors else words.refused


def complaints(refusal: HandselError, words: OfferWords, sent: Mapping[str, str]) -> dict[str, str]:
    """What is wrong, by field."""
    if not isinstance(refusal, Invalid):
        return {}
    return {error.loc: _complaint(error.loc, words, sent) for error in refusal.errors}


def _complaint(loc: str, words: OfferWords, sent: Mapping[str, str]) -> str:
    if loc == "signature":
        return words.drawing_unreadable if sent.get("drawing") else words.drawing_missing
    if loc == "terms":
        return words.tick_missing
    if loc == "token":
        return words.refusals["token_unknown"]
    missing = {"name": words.name_missing, "reason": words.reason_missing, "text": words.message_missing}
    typed = sent.get(loc, "").strip()
    if not typed:
        return missing.get(loc, words.refused)
    return words.text_too_long if len(typed) > _LONGEST.get(loc, REASON_LENGTH) else words.text_refused

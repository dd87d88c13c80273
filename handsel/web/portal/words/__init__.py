"""The customer's pages in English, German, French and Spanish."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from handsel.documents.localised import readable_locale
from handsel.web.portal.words.de import GERMAN
from handsel.web.portal.words.en import ENGLISH
from handsel.web.portal.words.es import SPANISH
from handsel.web.portal.words.fr import FRENCH
from handsel.web.portal.words.kinds import ConfirmWords, FrameWords, OfferWords, PortalWords, StateWords

__all__ = ["WORDS", "ConfirmWords", "FrameWords", "OfferWords", "PortalWords", "StateWords", "words_for"]

WORDS: Mapping[str, PortalWords] = MappingProxyType({"en": ENGLISH, "de": GERMAN, "fr": FRENCH, "es": SPANISH})


def words_for(locale: str) -> PortalWords:
    """The words in the language of a locale such as `de_AT`; English where we do not have it."""
    return WORDS[readable_locale(locale).language]

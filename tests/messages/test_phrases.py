"""What values say in each language."""

from __future__ import annotations

import pytest

from handsel.messages import phrases
from handsel.messages.phrases import and_more, declined_because, refused_because
from handsel.rules.decline_codes import MEANINGS
from handsel.rules.decline_languages import told
from handsel.rules.declines import explain
from handsel.rules.offline import KINDS, kind_label

LANGUAGES = ("en", "de", "fr", "es")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_counts_what_else_was_bought(language: str) -> None:
    assert and_more(0, language) == ""
    assert "1" in and_more(1, language)
    assert "7" in and_more(7, language)


def test_every_refusal_is_told_in_every_language_and_a_new_one_in_general_words() -> None:
    assert set(phrases._REFUSED) == set(LANGUAGES)
    assert len({frozenset(words) for words in phrases._REFUSED.values()}) == 1
    for code in phrases._REFUSED["en"]:
        assert len({refused_because(code, language) for language in LANGUAGES}) == len(LANGUAGES)
    assert refused_because("something_new", "de") == refused_because("", "de")
    assert refused_because("method_expired", "it") == "The card on file has expired."


@pytest.mark.parametrize("code", sorted(MEANINGS))
def test_what_the_bank_said_is_told_as_on_the_customers_page(code: str) -> None:
    why = explain(code)
    assert declined_because(why, "en") == why.happened
    for language in ("de", "fr", "es"):
        assert declined_because(why, language) == told(code, language).happened


def test_what_came_outside_of_gateways_has_a_name_in_every_language() -> None:
    for kind in KINDS:
        assert all(kind_label(kind, language) for language in LANGUAGES)
    assert kind_label("transfer", "it") == "Bank transfer"

"""The customer's pages speak four languages, whole."""

from __future__ import annotations

import string
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import pytest

from handsel.rules.decline_codes import GENERIC, MEANINGS, NOTHING_CHARGED, STORIES
from handsel.rules.decline_languages import CHARGED, TRANSLATIONS, told
from handsel.rules.declines import explain
from handsel.rules.errors import CODES
from handsel.web.portal.words import WORDS, words_for

LANGUAGES = ("en", "de", "fr", "es")


def texts(words: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a language, under the path of its field."""
    if isinstance(words, str):
        yield path, words
    elif isinstance(words, dict):
        for name, text in words.items():
            yield f"{path}.{name}", text
    else:
        assert is_dataclass(words)
        for field in fields(words):
            yield from texts(getattr(words, field.name), f"{path}.{field.name}")


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_there_are_four_languages_and_english_for_all_others() -> None:
    assert tuple(WORDS) == LANGUAGES
    assert words_for("de_AT") is WORDS["de"]
    assert words_for("pt_BR") is WORDS["en"]


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_a_language_says_everything_that_english_says_with_the_same_values(language: str) -> None:
    english, other = dict(texts(WORDS["en"])), dict(texts(WORDS[language]))
    assert other.keys() == english.keys()
    for path, text in english.items():
        assert bool(other[path].strip()) == bool(text.strip()), path
        assert placeholders(other[path]) == placeholders(text), path


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_hardly_a_sentence_is_left_in_english(language: str) -> None:
    english, other = dict(texts(WORDS["en"])), dict(texts(WORDS[language]))
    same = {path for path, text in english.items() if text and other[path] == text and " " in text}
    assert same <= {".offer.terms_version"}, same


def test_every_refusal_that_has_words_is_one_that_exists() -> None:
    assert set(WORDS["en"].offer.refusals) <= set(CODES)


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_story_of_a_decline_is_told_in_every_language(language: str) -> None:
    assert TRANSLATIONS[language].keys() == STORIES.keys()
    otherwise = {name for name, story in STORIES.items() if story.charged != NOTHING_CHARGED}
    assert CHARGED[language].keys() == {"", *otherwise}
    for code in MEANINGS:
        story = told(code, language)
        assert story.happened
        assert story.charged
        assert story.customer_does
        assert story.text != told(code, "en").text


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_may_be_told_to_a_thief_sounds_like_any_decline(language: str) -> None:
    secret = next(code for code, (story, _) in MEANINGS.items() if STORIES[story].secret)
    general = next(code for code, (story, _) in MEANINGS.items() if story == GENERIC)
    assert told(secret, language) == told(general, language)
    assert told("a_code_that_is_new", language) == told(general, language)


def test_english_is_what_the_rest_of_the_product_says() -> None:
    for code in MEANINGS:
        assert told(code, "en").text == explain(code).customer_message

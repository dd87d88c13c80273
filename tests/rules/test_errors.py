from __future__ import annotations

import re

import pytest

from handsel.rules.errors import (
    CODES,
    FieldError,
    HandselError,
    Invalid,
    NotAllowed,
    NotFound,
    PaymentRequired,
    Refused,
    TryLater,
)

KINDS = {Refused: 409, NotAllowed: 403, NotFound: 404, Invalid: 422, TryLater: 503, PaymentRequired: 402}


@pytest.mark.parametrize(("kind", "status"), KINDS.items(), ids=lambda value: getattr(value, "__name__", None))
def test_each_kind_of_refusal_has_its_http_status(kind: type[HandselError], status: int) -> None:
    error = kind("try_later", "Not now.")
    assert (error.status, error.code, error.message, str(error)) == (status, "try_later", "Not now.", "Not now.")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_each_kind_of_refusal_has_a_code_and_a_sentence_of_its_own(kind: type[HandselError]) -> None:
    error = kind()
    assert error.code in CODES
    assert error.message.endswith(".")


def test_an_error_with_an_undocumented_code_cannot_be_made() -> None:
    with pytest.raises(AssertionError, match="computer_says_no"):
        Refused("computer_says_no", "No.")


def test_the_codes_that_clients_were_promised_are_documented() -> None:
    promised = "action_not_allowed payment_in_progress already_paid validation_error idempotency_mismatch"
    promised += " request_in_progress order_changed not_found not_allowed amount_mismatch unauthenticated"
    assert set(promised.split()) <= set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_a_word_for_machines_with_a_sentence_for_people(code: str) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", code)
    assert re.fullmatch(r"[A-Z].{10,120}\.", CODES[code])


def test_an_invalid_field_can_be_seen_from_the_document_around_it() -> None:
    inner = Invalid.at("quantity", "This must be from 1 to 1,000,000.")
    outer = inner.under("lines.2")
    assert inner.errors == (FieldError("quantity", "This must be from 1 to 1,000,000."),)
    assert outer.errors == (FieldError("lines.2.quantity", "This must be from 1 to 1,000,000."),)
    assert (outer.code, outer.message) == ("validation_error", inner.message)


def test_an_invalid_document_without_a_field_to_blame_names_none() -> None:
    assert Invalid().errors == ()
    assert Invalid.at("", "Nonsense.").under("lines.0").errors == (FieldError("lines.0", "Nonsense."),)

"""Which keys are taken in which mode."""

from __future__ import annotations

import pytest

from handsel.rules.gateway_keys import events_complaint, publishable_complaint, secret_complaint

TAIL = "0123456789abcdef"


@pytest.mark.parametrize("kind", ["sk", "rk"])
def test_a_key_works_in_its_own_mode_alone(kind: str) -> None:
    assert secret_complaint(f"{kind}_test_{TAIL}", live=False) == ""
    assert secret_complaint(f"{kind}_live_{TAIL}", live=True) == ""
    assert "live key" in secret_complaint(f"{kind}_live_{TAIL}", live=False)
    assert "test key" in secret_complaint(f"{kind}_test_{TAIL}", live=True)


def test_a_publishable_key_is_none_of_the_secret_ones() -> None:
    assert publishable_complaint(f"pk_test_{TAIL}", live=False) == ""
    assert "live key" in publishable_complaint(f"pk_live_{TAIL}", live=False)
    assert "begins with pk_" in publishable_complaint(f"sk_test_{TAIL}", live=False)
    assert "begins with sk_" in secret_complaint(f"pk_test_{TAIL}", live=False)


@pytest.mark.parametrize("key", ["", "sk_test_", "sk_test_short", f"sk_test_{TAIL} ", f"sk_test_{TAIL}\n", "hunter2"])
def test_what_is_no_key_is_told_so_without_repeating_it(key: str) -> None:
    complaint = secret_complaint(key, live=False)
    assert complaint == "This is no secret key: it begins with sk_ or rk_."


def test_a_signing_secret_is_told_from_keys() -> None:
    assert events_complaint(f"whsec_{TAIL}") == ""
    assert events_complaint(f"sk_test_{TAIL}") != ""

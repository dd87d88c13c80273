"""What numbers may look like."""

from __future__ import annotations

import pytest

from handsel.rules.numbering import CREDIT_NOTES, INVOICES, ORDERS, prefix_complaint, same_prefixes


def test_a_number_is_its_prefix_and_at_least_so_many_digits() -> None:
    assert INVOICES.number("INV-", 43) == "INV-000043"
    assert ORDERS.number("O-", 7) == "O-00007"
    assert ORDERS.number("", 1_234_567) == "1234567"


@pytest.mark.parametrize("prefix", ["", "INV-", "HV/2026/", "a.b_c-", "2026-", "R"])
def test_letters_digits_and_a_few_signs_make_a_prefix(prefix: str) -> None:
    assert prefix_complaint(prefix) == ""


@pytest.mark.parametrize("prefix", ["INV 1-", "INV#", "Ré-", "<b>", "INV-\n", "١-", "IN'V"])
def test_other_signs_make_none(prefix: str) -> None:
    assert prefix_complaint(prefix).startswith("Write letters")


@pytest.mark.parametrize("prefix", ["2026", "INV-1", "INV 1"])
def test_a_prefix_ends_in_no_digit_since_two_numbers_could_be_alike(prefix: str) -> None:
    assert "last character must not be a digit" in prefix_complaint(prefix)


def test_series_that_begin_alike_are_found_whatever_their_case() -> None:
    assert same_prefixes({"order": "A-", "invoice": "B-", "credit_note": "C-"}) == []
    assert same_prefixes({"order": "O-", "invoice": "x-", "credit_note": "X-"}) == [(INVOICES, CREDIT_NOTES)]

"""What no field takes, whoever sends it: card numbers and secret keys (RELIABILITY.md T28)."""

from __future__ import annotations

import pytest

from handsel.flows.fields import Fields
from handsel.rules.errors import Invalid

KEY = "hk_" + "a1B2-_c3" * 4


@pytest.mark.parametrize("loc", ["name", "notes.staff", "address.line1", "reason", "sku", "tax_id"])
@pytest.mark.parametrize("card", ["4242424242424242", "4000 0566 5566 5556", "5555-5555-5555-4444"])
def test_a_card_number_is_refused_in_every_text(loc: str, card: str) -> None:
    fields = Fields()
    fields.text(loc, f"his card is {card}", 200)
    with pytest.raises(Invalid) as refused:
        fields.check()
    (error,) = refused.value.errors
    assert error.loc == loc
    assert error.msg.startswith("This looks like a card number.")
    assert card not in str(refused.value)


def test_a_secret_key_is_refused() -> None:
    fields = Fields()
    fields.text("notes.staff", f"the key: {KEY}", 200)
    with pytest.raises(Invalid, match="secret key") as refused:
        fields.check()
    assert KEY not in str(refused.value)


def test_an_email_with_a_card_number_is_refused() -> None:
    fields = Fields()
    fields.email("email", "4242424242424242@example.com")
    with pytest.raises(Invalid, match="card number"):
        fields.check()


@pytest.mark.parametrize(
    ("loc", "text"),
    [
        ("tax_id", "380 129 866 46850"),
        ("sku", "4006381333931"),
        ("phone", "+49 30 901820 12345"),
        ("notes.staff", "IBAN DE89 3704 0044 0532 0130 00"),
        ("name", "4Ever Bakery 4242"),
    ],
)
def test_other_numbers_pass(loc: str, text: str) -> None:
    fields = Fields()
    assert fields.text(loc, text, 200) == text
    fields.check()

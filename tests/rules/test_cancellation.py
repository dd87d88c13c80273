"""Nothing that hangs on an order is decided in silence when the order is cancelled."""

from __future__ import annotations

import pytest

from handsel.rules.cancellation import Choice, Hanging, Thing, chosen, seen
from handsel.rules.errors import Invalid, Refused


def thing(name: str, *choices: Choice, status: str = "active", amount: int | None = None) -> Hanging:
    return Hanging(
        id=name,
        kind=Thing.SUBSCRIPTION,
        name=name.title(),
        status=status,
        status_label=status.title(),
        choices=choices,
        suggested=choices[0],
        amount_minor=amount,
    )


HOSTING = thing("hosting", Choice.KEEP, Choice.END)
PAYMENT = thing("payment", Choice.KEEP, Choice.REFUND, amount=1_000)
OFFER = thing("offer", Choice.END)


def test_each_thing_gets_what_was_chosen_for_it() -> None:
    decided = chosen([HOSTING, PAYMENT, OFFER], {"hosting": "end", "payment": "keep"})
    assert decided == {"hosting": Choice.END, "payment": Choice.KEEP, "offer": Choice.END}


def test_what_has_no_choice_is_named_one_by_one() -> None:
    with pytest.raises(Invalid) as refused:
        chosen([HOSTING, PAYMENT, OFFER], {})
    assert refused.value.code == "choices_missing"
    assert [(error.loc, error.msg) for error in refused.value.errors] == [
        ("choices.hosting", "Hosting: choose keep or end."),
        ("choices.payment", "Payment: choose keep or refund."),
    ]


def test_a_choice_that_the_thing_does_not_have_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        chosen([HOSTING], {"hosting": "refund"})
    assert [error.loc for error in refused.value.errors] == ["choices.hosting"]


def test_a_choice_for_what_is_not_there_any_more_means_that_the_order_changed() -> None:
    with pytest.raises(Refused) as refused:
        chosen([HOSTING], {"hosting": "end", "invoice": "void"})
    assert refused.value.code == "order_changed"


@pytest.mark.parametrize(
    "now",
    [
        thing("payment", Choice.KEEP, Choice.REFUND, amount=999),
        thing("payment", Choice.KEEP, Choice.REFUND, amount=1_000, status="declined"),
        thing("payment", Choice.KEEP, amount=1_000),
    ],
)
def test_what_looks_otherwise_than_it_was_shown_means_that_the_order_changed(now: Hanging) -> None:
    with pytest.raises(Refused):
        chosen([now], {"payment": "keep"}, seen_before=seen([PAYMENT]))
    assert chosen([PAYMENT], {"payment": "keep"}, seen_before=seen([PAYMENT]))

"""Every type of event that a table or a flow names has a sentence of its own."""

from __future__ import annotations

import re
from pathlib import Path

from handsel.flows.transition import TABLES
from handsel.web.console.event_words import SENTENCES, words

FLOWS = Path(__file__).parents[3] / "handsel" / "flows"
ON_AN_ORDER = ("order.", "payment.", "refund.", "activation.", "subscription.", "invoice.", "offer.", "message.")


def recorded() -> set[str]:
    """The types of event that flows write by name."""
    named = re.compile(r'record\(\s*"([a-z_]+\.[a-z_]+)"')
    return {found for file in FLOWS.rglob("*.py") for found in named.findall(file.read_text(encoding="utf-8"))}


def test_every_event_of_an_order_is_told_in_plain_words() -> None:
    types = {event for table in TABLES.values() for event in table.events} | recorded()
    assert sorted(each for each in types if each.startswith(ON_AN_ORDER) and each not in SENTENCES) == []


def test_sentences_hold_with_nothing_said_and_with_amounts() -> None:
    for event_type in SENTENCES:
        assert words(event_type, {}, {}).title
    paid = words("payment.succeeded", {"amount_minor": 124_000, "currency": "USD"}, {})
    assert paid.title == "Payment of $1,240.00 succeeded"
    edited = words("order.updated", {"fields": ["lines", "tags"], "total_minor": [100, 250]}, {}, "USD")
    assert edited.title == "Order edited: lines and tags"
    assert edited.more == "The total went from $1.00 to $2.50."


def test_an_erased_personal_side_leaves_the_sentence_whole() -> None:
    assert words("order.attachment_added", {}, {}).title == "Attachment added: a file whose name was erased"
    assert words("order.declined", {"cause": "admin"}, {}).more == ""


def test_an_event_without_a_sentence_is_spelt_out() -> None:
    assert words("gateway_account.created", {}, {}).title == "Gateway account created"

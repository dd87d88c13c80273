"""What administration changes is told in plain words, whatever was said or erased."""

from __future__ import annotations

import re
from pathlib import Path

from handsel.web.console.administration_history import EVENT_TYPES
from handsel.web.console.administration_words import ADMINISTRATION_SENTENCES
from handsel.web.console.event_words import Told

FLOWS = Path(__file__).parents[3] / "handsel" / "flows"


def said(event_type: str, **changes: object) -> str:
    words = ADMINISTRATION_SENTENCES[event_type](Told(changes, {}, "USD"))
    return f"{words.title} {words.more}".strip()


def test_every_event_about_the_partner_and_its_people_has_words() -> None:
    named = re.compile(r'"((?:partner|member|terms|api_key|gateway_account)\.[a-z_]+)"')
    types = {found for file in FLOWS.rglob("*.py") for found in named.findall(file.read_text(encoding="utf-8"))}
    assert types - EVENT_TYPES.keys() == set()
    assert {"member.invited", "member.removed", "partner.security_updated", "terms.retired"} <= types


def test_sentences_hold_with_nothing_said() -> None:
    for event_type in ADMINISTRATION_SENTENCES:
        assert said(event_type)


def test_a_change_of_permissions_says_what_was_given_and_taken() -> None:
    changes = {
        "fields": ["grants", "role"],
        "role": ["admin", "salesperson"],
        "grants": [["orders.create", "orders.manage"], ["orders.create", "reports.view"]],
    }
    assert said("member.updated", **changes) == (
        "Member changed From admin to salesperson. Given: See reports. Taken: Manage orders."
    )


def test_a_change_of_settings_says_each_by_its_label() -> None:
    changes = {
        "fields": ["failed_cards_per_link", "salespeople_can_charge"],
        "failed_cards_per_link": [5, 3],
        "salespeople_can_charge": [False, True],
    }
    assert said("partner.order_settings_updated", **changes) == (
        "Order settings changed “Limit failed cards per link” went from 5 to 3. "
        "Turned on: “Allow salespeople to charge payment methods on submission”."
    )

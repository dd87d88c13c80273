"""What happened to gateways, numbers and mails, in plain words."""

from __future__ import annotations

import re
from pathlib import Path

from handsel.web.console.administration_history import EVENT_TYPES
from tests.web.console.test_administration_words import said

MESSAGES = Path(__file__).parents[3] / "handsel" / "messages"


def test_every_event_about_mails_has_words() -> None:
    named = re.compile(r'"(mail_text\.[a-z_]+)"')
    types = {found for file in MESSAGES.rglob("*.py") for found in named.findall(file.read_text(encoding="utf-8"))}
    assert types == {"mail_text.updated", "mail_text.removed", "mail_text.tested"}
    assert types <= EVENT_TYPES.keys()


def test_a_change_of_numbers_says_from_what_to_what() -> None:
    assert said("partner.numbering_updated", fields=["order_prefix"], order_prefix=["O-", "HV-"]) == (
        "Numbering changed Orders begin with “HV-” instead of “O-”."
    )
    assert said("partner.series_started", invoice_start=[1, 43]) == (
        "Numbering changed Invoices begin at 43 instead of 1."
    )


def test_a_mail_is_named_with_its_reader_and_its_language() -> None:
    assert said("mail_text.updated", kind="receipt_customer", language="de", sha256=["", "x"]) == (
        "Words of a mail changed Receipt, to the customer, German."
    )
    assert said("mail_text.removed", kind="of_another_version", language="en") == "Back to our words in a mail"


def test_a_gateway_is_named_and_so_is_what_was_replaced() -> None:
    assert said("gateway_account.closed", name="offline") == "Payment gateway closed: Cash, cheque, transfer"
    assert said("gateway_account.created", name="acme") == "Payment gateway added: Acme"
    assert said("gateway_account.keys_replaced", name="stripe", fields=["event_secret", "secret_key"]) == (
        "Keys of a payment gateway replaced Replaced: event secret, secret key."
    )

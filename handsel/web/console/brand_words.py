"""What admins did to gateways, numbers, mails and the logo, in plain words: which one, and from what to what."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from handsel.messages.kinds import LANGUAGE_NAMES, TOLD
from handsel.rules.numbering import SERIES
from handsel.web.console.event_words import Sentence, Told, Words

GATEWAY_NAMES: Mapping[str, str] = MappingProxyType(
    {"stripe": "Stripe", "sandbox": "Sandbox", "offline": "Cash, cheque, transfer"}
)


def gateway_name(name: str) -> str:
    """What an account is called that the partner gave no name of its own."""
    return GATEWAY_NAMES.get(name, name.capitalize())


def _gateway(title: str) -> Sentence:
    return lambda told: Words(f"{title}: {gateway_name(told.text('name'))}" if told.text("name") else title)


def _keys(told: Told) -> Words:
    names = ", ".join(field.replace("_", " ") for field in told.changes.get("fields", []))
    return Words("Keys of a payment gateway replaced", more=f"Replaced: {names}." if names else "")


def _prefixes(told: Told) -> Words:
    return Words("Numbering changed", more=" ".join(_changed(told, "prefix", "begin with “{now}” instead of “{was}”")))


def _starts(told: Told) -> Words:
    return Words("Numbering changed", more=" ".join(_changed(told, "start", "begin at {now} instead of {was}")))


def _changed(told: Told, what: str, clause: str) -> list[str]:
    """One clause for each series whose prefix or start changed."""
    said = []
    for code, series in SERIES.items():
        pair = told.changes.get(f"{code}_{what}")
        if isinstance(pair, list) and len(pair) == 2:
            said.append(f"{series.label} {clause.format(was=pair[0], now=pair[1])}.")
    return said


def _mail(title: str) -> Sentence:
    def said(told: Told) -> Words:
        kind, language = TOLD.get(told.text("kind")), LANGUAGE_NAMES.get(told.text("language"), "")
        return Words(title, more=f"{kind.label}, to {kind.who[:1].lower()}{kind.who[1:]}, {language}." if kind else "")

    return said


BRAND_SENTENCES: Mapping[str, Sentence] = MappingProxyType(
    {
        "gateway_account.closed": _gateway("Payment gateway closed"),
        "gateway_account.created": _gateway("Payment gateway added"),
        "gateway_account.events_registered": _gateway("Payment gateway told where to send its events"),
        "gateway_account.keys_replaced": _keys,
        "gateway_account.made_default": _gateway("New cards are entered at another payment gateway"),
        "gateway_account.moved": _gateway("Payment gateway found at another address"),
        "mail_text.removed": _mail("Back to our words in a mail"),
        "mail_text.tested": _mail("Test mail sent"),
        "mail_text.updated": _mail("Words of a mail changed"),
        "partner.logo_removed": lambda told: Words("Logo removed"),
        "partner.logo_set": lambda told: Words("Logo chosen"),
        "partner.numbering_updated": _prefixes,
        "partner.series_started": _starts,
    }
)

"""Money that came outside of any gateway, and was counted or seen on a bank statement by a person."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

GATEWAY = "offline"
"""The name of the account that such payments are recorded under, and of its account in the ledger."""

KINDS: Mapping[str, str] = MappingProxyType({"cash": "Cash", "cheque": "Cheque", "transfer": "Bank transfer"})

_ABROAD: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "de": {"cash": "Bar", "cheque": "Scheck", "transfer": "Überweisung"},
        "fr": {"cash": "Espèces", "cheque": "Chèque", "transfer": "Virement"},
        "es": {"cash": "Efectivo", "cheque": "Cheque", "transfer": "Transferencia"},
    }
)

NAMED = frozenset({"cheque", "transfer"})
"""Kinds that carry a reference of their own, by which the money is found again; cash need not."""


def kind_label(kind: str, language: str) -> str:
    """As a receipt names it; in English where we have no words in the reader's language."""
    return _ABROAD.get(language, KINDS).get(kind, KINDS[kind])


def ledger_account(gateway: str) -> str:
    """Where the ledger holds what was captured at a gateway of this name: all but our own hand are `gateway`."""
    return "offline" if gateway == GATEWAY else "gateway"

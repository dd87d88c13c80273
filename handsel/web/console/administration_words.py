"""Changes of settings and of members in plain words: what was turned on or off, who was given what."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from handsel.rules.permissions import GRANT_LABELS, ROLE_LABELS, SETTING_LABELS, Grant, Role
from handsel.web.console.brand_words import BRAND_SENTENCES
from handsel.web.console.event_words import Sentence, Told, Words


def _settings(told: Told) -> Words:
    """One clause for each setting that changed, with what it was."""
    said = [_setting(name, told.changes[name]) for name in told.changes.get("fields", []) if name in SETTING_LABELS]
    return Words("Order settings changed", more=" ".join(said))


def _setting(name: str, change: Any) -> str:
    was, now = change
    label = SETTING_LABELS[name]
    if isinstance(now, bool):
        return f"Turned {'on' if now else 'off'}: “{label}”."
    return f"“{label}” went from {was} to {now}."


def _security(told: Told) -> Words:
    _, required = told.changes.get("requires_two_factor", [None, None])
    return Words("Two-factor authentication required of all members" if required else "Two-factor made a choice")


def _invited(title: str) -> Sentence:
    def said(told: Told) -> Words:
        role = told.changes.get("role")
        return Words(title, more=f"As {ROLE_LABELS[Role(role)].lower()}." if role else "")

    return said


def _member(title: str) -> Sentence:
    def said(told: Told) -> Words:
        return Words(title, more=" ".join([*_role(told), *_grants(told)]))

    return said


def _role(told: Told) -> list[str]:
    if "role" not in told.changes.get("fields", []):
        return []
    was, now = (ROLE_LABELS[Role(role)].lower() for role in told.changes["role"])
    return [f"From {was} to {now}."]


def _grants(told: Told) -> list[str]:
    """What was given and what was taken, by the names of the permissions."""
    if "grants" not in told.changes.get("fields", []):
        return []
    was, now = (set(grants) for grants in told.changes["grants"])
    parts = (("Given", now - was), ("Taken", was - now))
    return [
        f"{verb}: {', '.join(GRANT_LABELS[Grant(grant)] for grant in sorted(some))}." for verb, some in parts if some
    ]


def _terms(title: str) -> Sentence:
    return lambda told: Words(title.format(version=told.changes.get("version", "")))


ADMINISTRATION_SENTENCES: Mapping[str, Sentence] = MappingProxyType(
    {
        **BRAND_SENTENCES,
        "partner.order_settings_updated": _settings,
        "partner.security_updated": _security,
        "member.created": _invited("Member added"),
        "member.invited": _invited("Member invited"),
        "member.invitation_resent": _member("Invitation sent again"),
        "member.invitation_withdrawn": _member("Invitation withdrawn"),
        "member.joined": _member("Member joined"),
        "member.updated": _member("Member changed"),
        "member.removed": _member("Member removed: signed out, API keys revoked"),
        "member.taken_back": _member("Member taken back"),
        "terms.published": _terms("Version {version} of the terms published"),
        "terms.retired": _terms("Version {version} of the terms is asked for no more"),
    }
)
"""The rest of administration's words are titles alone (`administration_history`)."""

"""The keys of a gateway account, told apart by how Stripe writes them: what a key is for, and in which mode it works.

https://docs.stripe.com/keys
"""

from __future__ import annotations

import re

_SECRET = re.compile(r"(?:sk|rk)_(test|live)_[A-Za-z0-9_]{10,240}")
_PUBLISHABLE = re.compile(r"pk_(test|live)_[A-Za-z0-9_]{10,180}")
_EVENTS = re.compile(r"whsec_[A-Za-z0-9+/=_-]{16,190}")


def secret_complaint(key: str, *, live: bool) -> str:
    """What is wrong with a secret or restricted key for a partner in this mode; empty where nothing is."""
    return _complaint(_SECRET, key, live, "This is no secret key: it begins with sk_ or rk_.")


def publishable_complaint(key: str, *, live: bool) -> str:
    return _complaint(_PUBLISHABLE, key, live, "This is no publishable key: it begins with pk_.")


def events_complaint(secret: str) -> str:
    """A signing secret says nothing of its mode."""
    return "" if _EVENTS.fullmatch(secret) else "This is no signing secret: it begins with whsec_."


def _complaint(pattern: re.Pattern[str], key: str, live: bool, otherwise: str) -> str:
    found = pattern.fullmatch(key)
    if found is None:
        return otherwise
    if found[1] == "live" and not live:
        return "This is a live key, and your organisation is in test mode: it would move real money. Use a test key."
    if found[1] == "test" and live:
        return "This is a test key, and your organisation is live: it would move no money. Use a live key."
    return ""

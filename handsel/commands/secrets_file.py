"""The secrets of an installation that `handsel up` looks after: made once, kept in the data folder, mode 0600."""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path

_MAKERS: dict[str, Callable[[], str]] = {
    "HANDSEL_SECRET_KEY": lambda: secrets.token_urlsafe(50),
    "HANDSEL_ENCRYPTION_KEY": lambda: base64.b64encode(secrets.token_bytes(32)).decode(),
    "HANDSEL_SANDBOX_SECRET_KEY": lambda: f"sk_test_{secrets.token_hex(24)}",
    "HANDSEL_SANDBOX_PUBLISHABLE_KEY": lambda: f"pk_test_{secrets.token_hex(24)}",
    "HANDSEL_SANDBOX_WEBHOOK_SECRET": lambda: f"whsec_{secrets.token_hex(24)}",
    "owner_password": lambda: secrets.token_urlsafe(32),
    "app_password": lambda: secrets.token_urlsafe(32),
}


def read_or_make(file: Path) -> dict[str, str]:
    """What the file holds, with whatever is missing made and added. What the environment names already wins.

    Losing the file loses the stored gateway credentials with it: they are encrypted with HANDSEL_ENCRYPTION_KEY.
    """
    kept: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    made = {name: make() for name, make in _MAKERS.items() if name not in kept}
    if made:
        write_private(file, json.dumps(kept | made, indent=2) + "\n")
    return {name: os.environ.get(name, value) for name, value in (kept | made).items()}


def write_private(file: Path, text: str) -> None:
    """Writes for the owner's eyes only, and whole or not at all: a kill in the middle leaves the old content."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    beside.replace(file)

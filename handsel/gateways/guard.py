"""No gateway is asked while a database transaction is open: a slow gateway would hold its locks and its connection."""

from __future__ import annotations

from django.conf import settings
from django.db import connections


def forbid_open_transaction() -> None:
    """Raise AssertionError when this thread is inside a transaction of any database; the assertion stays on."""
    if not settings.configured:
        return
    for connection in connections.all(initialized_only=True):
        if connection.in_atomic_block:
            raise AssertionError(f"a gateway was asked inside a transaction of database {connection.alias!r}")

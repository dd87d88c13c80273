"""What a control needs to switch a safeguard off: the address of the tables' owner."""

from __future__ import annotations

import os

import pytest


@pytest.fixture
def owner_url() -> str:
    """Of this process's own database; whatever is switched off is switched on again by the test."""
    return os.environ["OWNER_DATABASE_URL"]

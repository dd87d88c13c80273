"""What every test may ask for: the sandbox gateway where the settings look for it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from tests.cast import alice, bob, charlie, dana, hosting, partner, website
from tests.chromium import chromium
from tests.sandbox import SandboxServer

__all__ = ["alice", "bob", "charlie", "chromium", "dana", "hosting", "partner", "website"]

# Tests make hundreds of people; that passwords are hashed slowly is Django's to test.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def sandbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    """One sandbox gateway for each process that runs tests, at HANDSEL_SANDBOX_URL with the settings' keys."""
    server = SandboxServer(
        tmp_path_factory.mktemp("sandbox"),
        port=urlsplit(os.environ["HANDSEL_SANDBOX_URL"]).port or 0,
        secret_key=os.environ["HANDSEL_SANDBOX_SECRET_KEY"],
        publishable_key=os.environ["HANDSEL_SANDBOX_PUBLISHABLE_KEY"],
    ).start()
    yield server
    server.stop()


@pytest.fixture
def sandbox(sandbox_process: SandboxServer) -> Iterator[SandboxServer]:
    """The gateway, well-behaved again after the test, whatever the test did to it."""
    yield sandbox_process
    sandbox_process.faults()
    sandbox_process.unlisten()

"""One sandbox process for all tests of a process; each test leaves it well-behaved."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import stripe

from tests.sandbox import SandboxServer, WebhookReceiver


@pytest.fixture(scope="session")
def sandbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    server = SandboxServer(tmp_path_factory.mktemp("sandbox")).start()
    yield server
    server.stop()


@pytest.fixture
def sandbox(sandbox_process: SandboxServer) -> Iterator[SandboxServer]:
    yield sandbox_process
    sandbox_process.faults()
    sandbox_process.unlisten()


@pytest.fixture
def client(sandbox: SandboxServer) -> stripe.StripeClient:
    return sandbox.client()


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    listening = WebhookReceiver()
    yield listening
    listening.close()

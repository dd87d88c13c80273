"""Starts the sandbox gateway as a process of its own, so that it can be slow, be killed and disagree with us."""

from __future__ import annotations

import http.server
import itertools
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import stripe

_REPOSITORY = Path(__file__).resolve().parent.parent
_READY_SECONDS = 15
_KEYS = itertools.count(1)
T = TypeVar("T")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def eventually(what: Callable[[], T], *, within_seconds: float = 10, every_seconds: float = 0.02) -> T:
    """The first truthy answer; fails the test when none came in time."""
    deadline = time.monotonic() + within_seconds
    while True:
        answer = what()
        if answer:
            return answer
        assert time.monotonic() < deadline, "what was awaited did not come"
        time.sleep(every_seconds)


@dataclass
class SandboxServer:
    """One sandbox process on a fixed port and folder: it may be stopped or killed, and started again as it was."""

    data: Path
    port: int = field(default_factory=free_port)
    secret_key: str = "sk_test_sandbox_of_the_tests"
    publishable_key: str = "pk_test_sandbox_of_the_tests"
    webhook_url: str | None = None
    webhook_secret: str | None = None
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> SandboxServer:
        """Start and wait for the ready line."""
        command = [
            sys.executable, "-m", "handsel_sandbox", "--host", "127.0.0.1", "--port", str(self.port),
            "--data", str(self.data), "--secret-key", self.secret_key, "--publishable-key", self.publishable_key,
        ]  # fmt: skip
        if self.webhook_url and self.webhook_secret:
            command += ["--webhook-url", self.webhook_url, "--webhook-secret", self.webhook_secret]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HANDSEL_SANDBOX_")}
        self._process = subprocess.Popen(command, cwd=_REPOSITORY, env=environment, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            assert selector.select(_READY_SECONDS), "the sandbox gateway did not become ready"
        line = self._process.stdout.readline()
        assert b"ready" in line, "the sandbox gateway ended at once"
        return self

    def stop(self) -> int:
        """SIGTERM, and the exit status."""
        return self._end(signal.SIGTERM)

    def kill9(self) -> None:
        self._end(signal.SIGKILL)

    def _end(self, number: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(number)
        status = process.wait(timeout=10)
        assert process.stdout is not None
        process.stdout.close()
        return status

    def client(self, *, timeout_seconds: float = 20) -> stripe.StripeClient:
        """Stripe's own library, pointed here, with no silent retries."""
        return stripe.StripeClient(
            self.secret_key,
            base_addresses={"api": self.url},
            max_network_retries=0,
            http_client=stripe.RequestsClient(timeout=timeout_seconds),
        )

    def faults(self, **settings: Any) -> None:
        """Set misbehaviour, replacing what was set; without arguments all of it ends."""
        self.post("/_test/faults", settings)

    def charges(self) -> list[dict[str, Any]]:
        """The gateway's own truth: every charge tried, oldest first."""
        listed: list[dict[str, Any]] = self.get("/_test/charges")
        return listed

    def captured(self, **metadata: str) -> list[dict[str, Any]]:
        """The charges that took money and carry this metadata."""
        return [
            charge
            for charge in self.charges()
            if charge["status"] == "succeeded" and metadata.items() <= charge["metadata"].items()
        ]

    def advance_clock(self, advance_to: str) -> None:
        self.post("/_test/clock", {"advance_to": advance_to})

    def listen(self, url: str, *events: str) -> str:
        """Have events sent to this address; answers with the signing secret."""
        asked: Any = {"url": url, "enabled_events": list(events) or ["*"]}
        endpoint = self.client().v1.webhook_endpoints.create(asked)
        assert endpoint.secret is not None
        return endpoint.secret

    def unlisten(self) -> None:
        client = self.client()
        for endpoint in client.v1.webhook_endpoints.list({"limit": 100}).data:
            client.v1.webhook_endpoints.delete(endpoint.id)

    def answer_challenge(self, url: str, result: str = "approve") -> str:
        """Press a button on the bank's page ("approve" or "refuse"); answers with where it leads."""
        request = urllib.request.Request(url, data=f"result={result}".encode(), method="POST")
        with _NO_REDIRECTS.open(request, timeout=10) as answer:
            location: str = answer.headers["Location"]
            return location

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return json.load(answer)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        request = urllib.request.Request(self.url + path, data=json.dumps(body).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)


def a_key(stem: str = "test") -> str:
    """An idempotency key that no other test uses."""
    return f"{stem}-{os.getpid()}-{next(_KEYS)}-{time.time_ns()}"


class _Stay(urllib.request.HTTPRedirectHandler):
    def http_error_303(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:
        return fp


_NO_REDIRECTS = urllib.request.build_opener(_Stay)


class WebhookReceiver:
    """Collects what is delivered; `status` is what it answers."""

    def __init__(self) -> None:
        self.received: list[tuple[bytes, str]] = []
        self.status = 200
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.received.append((body, self.headers["Stripe-Signature"]))
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                return

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/events"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for body, _ in list(self.received)]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

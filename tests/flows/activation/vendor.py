"""A vendor on this machine: answers what a test tells it to, and keeps what it was sent."""

from __future__ import annotations

import http.server
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Told:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


class VendorServer:
    """Answers each request with the next of `answers`, the last one for ever: (status, body) or a function that
    writes to the connection itself."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self.answers: list[tuple[int, str] | Callable[[Any], None]] = [(200, "")]
        self.released = threading.Event()
        vendor = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                vendor.told.append(Told(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                answer = vendor.answers[0] if len(vendor.answers) == 1 else vendor.answers.pop(0)
                if callable(answer):
                    answer(self)
                    return
                status, text = answer
                self.send_response(status)
                self.send_header("Content-Length", str(len(text.encode())))
                if status in (301, 302, 307, 308):
                    self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, format: str, *args: Any) -> None:
                return

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/activate?shop=1"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def says(self, *answers: tuple[int, str] | Callable[[Any], None]) -> None:
        self.answers = list(answers)

    def stall(self, request: Any) -> None:
        """An answer that never comes, until the test is over."""
        self.released.wait(30)

    @staticmethod
    def cut(request: Any) -> None:
        """Half an answer, then the line is dead."""
        request.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"status"')
        request.wfile.flush()
        request.connection.close()

    @staticmethod
    def pour(request: Any) -> None:
        """An answer without an end."""
        request.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        deadline = time.monotonic() + 10
        try:
            while time.monotonic() < deadline:
                request.wfile.write(b"1000\r\n" + b" " * 4096 + b"\r\n")
        except OSError:
            return

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

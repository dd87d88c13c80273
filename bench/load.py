"""Clients: each a thread with one connection that stays open, asking as fast as it is answered."""

from __future__ import annotations

import http.client
import json
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Ask = Callable[["Client", Any], None]


@dataclass(frozen=True, slots=True)
class Timing:
    """What one run took: all of it, and each request, in seconds."""

    seconds: float
    each: tuple[float, ...]

    @property
    def per_second(self) -> float:
        return len(self.each) / self.seconds

    def percentile(self, percent: int) -> float:
        """In milliseconds, by the nearest rank."""
        ranked = sorted(self.each)
        return 1000 * ranked[min(len(ranked) - 1, len(ranked) * percent // 100)]


class Client:
    """One connection with one API key."""

    def __init__(self, port: int, key: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def post(self, path: str, body: dict[str, Any], wanted: int) -> dict[str, Any]:
        """Raises AssertionError where the answer has another status: a benchmark of refusals measures nothing."""
        self._connection.request("POST", f"/api/v1{path}", json.dumps(body), self._headers)
        answer = self._connection.getresponse()
        read = answer.read()
        assert answer.status == wanted, f"{path}: {answer.status} {read[:500]!r}"
        parsed: dict[str, Any] = json.loads(read)
        return parsed


def run(port: int, key: str, clients: int, work: Sequence[Any], ask: Ask) -> Timing:
    """Every piece of work asked for once, by so many clients."""
    waiting: queue.SimpleQueue[Any] = queue.SimpleQueue()
    for piece in work:
        waiting.put(piece)
    taken: list[float] = []
    failures: list[BaseException] = []

    def serve() -> None:
        client = Client(port, key)
        try:
            while not failures:
                piece = waiting.get_nowait()
                began = time.perf_counter()
                ask(client, piece)
                taken.append(time.perf_counter() - began)
        except queue.Empty:
            return
        except (AssertionError, OSError, http.client.HTTPException) as failure:
            failures.append(failure)

    threads = [threading.Thread(target=serve) for _ in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    if failures:
        raise failures[0]
    return Timing(seconds, tuple(taken))

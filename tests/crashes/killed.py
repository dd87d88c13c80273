"""Killing a flow at every boundary it crosses: before and after each SQL statement, each COMMIT and each gateway call.

The flow runs in a forked child that counts the boundaries and kills itself with SIGKILL at the one asked for, so that
nothing is unwound: no rollback, no `finally`, no goodbye to the database or to the gateway.
"""

from __future__ import annotations

import os
import signal
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper

from handsel.gateways import stripe as adapter

NEVER = 1 << 30


class Boundaries:
    """Counts boundaries in the child and kills it at number `fatal`; what was reached goes up a pipe as it goes."""

    def __init__(self, fatal: int, pipe: int) -> None:
        self.fatal, self.pipe, self.reached = fatal, pipe, 0

    def cross(self) -> None:
        os.write(self.pipe, struct.pack("I", self.reached))
        if self.reached == self.fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        self.reached += 1

    @contextmanager
    def around(self) -> Iterator[None]:
        self.cross()
        yield
        self.cross()

    def watch(self) -> None:
        """Put a boundary before and after every statement, COMMIT and call of the gateway in this process."""
        connection.execute_wrappers.append(self._statement)
        backend: Any = DatabaseWrapper
        gateway: Any = adapter
        commit, ask = backend._commit, gateway.ask

        def committed(wrapper: Any) -> None:
            with self.around():
                commit(wrapper)

        def asked(act: str, send: Callable[[], Any], *, subject: str) -> Any:
            with self.around():
                return ask(act, send, subject=subject)

        backend._commit = committed
        gateway.ask = asked

    def _statement(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        with self.around():
            return execute(sql, params, many, context)


def run_killed(act: Callable[[], object], fatal: int = NEVER) -> tuple[bool, int]:
    """Run `act` in a child that dies at boundary `fatal`: (was it killed, how many boundaries it crossed)."""
    connections.close_all()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _live_and_die(act, Boundaries(fatal, writing))
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        crossed = len(pipe.read()) // 4
    _, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status)
    assert killed or os.WEXITSTATUS(status) == 0, "the flow failed by itself, which is not what is tested here"
    return killed, crossed


def _live_and_die(act: Callable[[], object], boundaries: Boundaries) -> None:
    status = 1
    try:
        # The parent's pools and connections are not the child's to use or to close.
        backend: Any = DatabaseWrapper
        backend._connection_pools = {}
        connection.connection = None
        boundaries.watch()
        act()
        status = 0
    finally:
        os._exit(status)

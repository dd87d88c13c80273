"""What PostgreSQL was asked: read from its own log, with nothing left out and nothing guessed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

_ENTRY = re.compile(r"^\d{4}-\d\d-\d\d [\d:.]+ UTC \[(\d+)\] (?:\S+ )?(LOG|DETAIL):  (.*)$")
_SAID = re.compile(r"^(?:statement|execute [^:]*): (.*)$", re.DOTALL)
_PARAMETER = re.compile(r"\$(\d+) = (NULL|'(?:[^']|'')*')")


@dataclass(slots=True)
class Statement:
    """One statement as the server got it, with its parameters as SQL literals."""

    text: str
    parameters: dict[int, str] = field(default_factory=dict)

    @property
    def verb(self) -> str:
        return self.text.lstrip("( \n").split(None, 1)[0].upper().rstrip(";") if self.text.strip() else ""

    @property
    def is_boundary(self) -> bool:
        """Opens or ends a transaction."""
        return self.verb in {"BEGIN", "COMMIT", "ROLLBACK"}

    def filled_in(self, replace: Callable[[str], str] = lambda literal: literal) -> str:
        """The statement with its parameters in their places."""
        return re.sub(r"\$(\d+)", lambda found: replace(self.parameters[int(found.group(1))]), self.text)


@contextmanager
def everything_logged(superuser_url: str) -> Iterator[None]:
    """The server logs every statement of every connection meanwhile."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET log_statement = 'all'")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("SELECT pg_sleep(0.3)")  # The other processes of the server read it when they next look.
        try:
            yield
        finally:
            connection.execute("ALTER SYSTEM RESET log_statement")
            connection.execute("SELECT pg_reload_conf()")


def logged(log: Path, offset: int) -> list[Statement]:
    """The application's statements that the log holds from this byte on."""
    entries: list[tuple[str, str]] = []
    for line in log.read_bytes()[offset:].decode().splitlines():
        found = _ENTRY.match(line)
        if found and "handsel_app@" in line:
            entries.append((found.group(2), found.group(3)))
        elif not found and entries:
            entries[-1] = (entries[-1][0], f"{entries[-1][1]}\n{line}")
    statements: list[Statement] = []
    for kind, text in entries:
        if kind == "LOG" and (said := _SAID.match(text)):
            statements.append(Statement(said.group(1)))
        elif kind == "DETAIL" and statements:
            statements[-1].parameters = {int(number): value for number, value in _PARAMETER.findall(text)}
    return statements


def transactions(statements: list[Statement]) -> list[list[Statement]]:
    """The statements between each BEGIN and its end; what stands outside is a transaction by itself."""
    found: list[list[Statement]] = []
    inside = False
    for statement in statements:
        if inside:
            found[-1].append(statement)
        else:
            found.append([statement])
        if statement.is_boundary:
            inside = statement.verb == "BEGIN"
    return found

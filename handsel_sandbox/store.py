"""The sandbox's durable memory: one SQLite file, one connection, one short transaction per request.

WAL with `synchronous=FULL`: what was answered is on the disk before the answer leaves, so a `kill -9` loses nothing
that anyone was told.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from handsel_sandbox.errors import Json

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, created INTEGER NOT NULL,
    changed_at REAL NOT NULL, customer TEXT, payment_intent TEXT, charge TEXT, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS objects_by_time ON objects (kind, created);
CREATE INDEX IF NOT EXISTS objects_by_customer ON objects (customer, kind) WHERE customer IS NOT NULL;
CREATE INDEX IF NOT EXISTS objects_by_intent ON objects (payment_intent, kind) WHERE payment_intent IS NOT NULL;
CREATE TABLE IF NOT EXISTS answers (
    account TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL,
    request_id TEXT NOT NULL, created_at REAL NOT NULL, PRIMARY KEY (account, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL, endpoint TEXT NOT NULL, created_at REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, next_at REAL NOT NULL, done INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (next_at) WHERE done = 0;
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_LINKS = ("customer", "payment_intent", "charge")
ANSWERS_KEPT_SECONDS = 25 * 3600  # Stripe keeps them at least 24 hours


def public(stored: Json) -> Json:
    """An object as the API shows it: without what only the sandbox knows of it."""
    return {key: value for key, value in stored.items() if key != "_sandbox"}


class Store:
    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(folder / "sandbox.sqlite3", isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.execute("PRAGMA busy_timeout=5000")
        self._db.executescript(_SCHEMA)
        self._db.execute("DELETE FROM answers WHERE created_at < ?", (time.time() - ANSWERS_KEPT_SECONDS,))
        self._db.execute("DELETE FROM deliveries WHERE done = 1")

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo what a refused request had begun, while its answer is still kept."""
        self._db.execute("SAVEPOINT effect")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK TO effect")
            raise
        finally:
            self._db.execute("RELEASE effect")

    # Objects

    def insert(self, stored: Json) -> None:
        links = [stored.get(name) for name in _LINKS]
        self._db.execute(
            "INSERT INTO objects (id, kind, created, changed_at, customer, payment_intent, charge, body)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (stored["id"], stored["object"], stored["created"], time.time(), *links, json.dumps(stored)),
        )

    def update(self, stored: Json) -> None:
        links = [stored.get(name) for name in _LINKS]
        self._db.execute(
            "UPDATE objects SET changed_at = ?, customer = ?, payment_intent = ?, charge = ?, body = ? WHERE id = ?",
            (time.time(), *links, json.dumps(stored), stored["id"]),
        )

    def delete(self, object_id: str) -> None:
        self._db.execute("DELETE FROM objects WHERE id = ?", (object_id,))

    def find(self, kind: str, object_id: str) -> Json | None:
        row = self._db.execute("SELECT body FROM objects WHERE id = ? AND kind = ?", (object_id, kind)).fetchone()
        return None if row is None else json.loads(row["body"])

    def find_any(self, object_id: str) -> Json | None:
        row = self._db.execute("SELECT body FROM objects WHERE id = ?", (object_id,)).fetchone()
        return None if row is None else json.loads(row["body"])

    def sequence_of(self, object_id: str) -> int | None:
        row = self._db.execute("SELECT seq FROM objects WHERE id = ?", (object_id,)).fetchone()
        return None if row is None else int(row["seq"])

    def select(
        self, kind: str, conditions: list[tuple[str, Any]], *, limit: int, ascending: bool = False
    ) -> list[Json]:
        """Newest first; `conditions` are fixed SQL fragments of this package with their value."""
        where = " AND ".join(["kind = ?", *(fragment for fragment, _ in conditions)])
        order = "ASC" if ascending else "DESC"
        rows = self._db.execute(
            f"SELECT body FROM objects WHERE {where} ORDER BY seq {order} LIMIT ?",  # noqa: S608 (no text of others)
            (kind, *(value for _, value in conditions), limit),
        )
        return [json.loads(row["body"]) for row in rows]

    # Answers kept under idempotency keys

    def kept_answer(self, account: str, key: str) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._db.execute(
            "SELECT * FROM answers WHERE account = ? AND key = ?", (account, key)
        ).fetchone()
        return row

    def keep_answer(self, account: str, key: str, fingerprint: str, status: int, body: str, request_id: str) -> None:
        self._db.execute(
            "INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?, ?)",
            (account, key, fingerprint, status, body, request_id, time.time()),
        )

    # Deliveries of events

    def owe_delivery(self, event_id: str, endpoint_id: str) -> None:
        now = time.time()
        self._db.execute(
            "INSERT INTO deliveries (event, endpoint, created_at, next_at) VALUES (?, ?, ?, ?)",
            (event_id, endpoint_id, now, now),
        )

    def due_deliveries(self, now: float, created_before: float, limit: int) -> list[sqlite3.Row]:
        return self._db.execute(
            "SELECT * FROM deliveries WHERE done = 0 AND next_at <= ? AND created_at <= ? ORDER BY next_at, id LIMIT ?",
            (now, created_before, limit),
        ).fetchall()

    def delivery_done(self, delivery_id: int) -> None:
        self._db.execute("UPDATE deliveries SET done = 1, attempts = attempts + 1 WHERE id = ?", (delivery_id,))

    def delivery_failed(self, delivery_id: int, next_at: float) -> None:
        self._db.execute(
            "UPDATE deliveries SET attempts = attempts + 1, next_at = ? WHERE id = ?", (next_at, delivery_id)
        )

    def pending_deliveries(self, event_id: str) -> int:
        row = self._db.execute("SELECT count(*) FROM deliveries WHERE event = ? AND done = 0", (event_id,)).fetchone()
        return int(row[0])

    # Single facts: the bank's clock, the salt of fingerprints

    def fact(self, name: str) -> str | None:
        row = self._db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row["value"])

    def set_fact(self, name: str, value: str) -> None:
        self._db.execute(
            "INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value)
        )

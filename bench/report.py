"""The table: on the terminal, and in docs/benchmarks.md between its marks."""

from __future__ import annotations

import datetime as dt
import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

BEGIN, END = "<!-- measured by make bench -->", "<!-- end of what make bench measured -->"


@dataclass(frozen=True, slots=True)
class Row:
    """One number of clients."""

    clients: int
    per_second: float
    p50: float
    p95: float
    app_ms: float
    postgres_ms: float
    limit_per_second: float

    @property
    def ratio(self) -> float:
        return self.per_second / self.limit_per_second


@dataclass(frozen=True, slots=True)
class Statements:
    """Of one paid order: what a request asks in all, and in the two transactions that take the money."""

    first: int
    second: int
    rest: int
    boundaries: int


def table(rows: Sequence[Row], counted: Statements, limit_statements: int, facts: Sequence[str]) -> str:
    """As Markdown, which reads well on a terminal too."""
    lines = [
        "| clients | orders/s | p50 ms | p95 ms | CPU ms per order: app + PostgreSQL | bare SQL, orders/s | ratio |",
        "|---:|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {row.clients} | {row.per_second:.1f} | {row.p50:.0f} | {row.p95:.0f} "
        f"| {row.app_ms:.1f} + {row.postgres_ms:.1f} | {row.limit_per_second:.0f} | {row.ratio:.2f} |"
        for row in rows
    ]
    lines += [
        "",
        f"Statements per paid order: **{counted.first + counted.second}** in the two transactions "
        f"({counted.first} + {counted.second}), {counted.rest} around them (who asks, and the answer), and "
        f"{counted.boundaries} of BEGIN and COMMIT. The bare script has {limit_statements}.",
        "",
        *(f"- {fact}" for fact in facts),
    ]
    return "\n".join(lines)


def facts(postgres: str, processes: int, threads: int, orders: int, load: float) -> list[str]:
    """Where and how it was measured; `load` is the machine's load average before anything was started. Whatever it is
    at the end beyond our own few processes is other work."""
    return [
        f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, commit {_commit()}, {os.cpu_count()} cores ({_processor()}), shared "
        f"by the clients, the server and the database; load average {load:.1f} before "
        f"the start and {os.getloadavg()[0]:.1f} at the end.",
        f"PostgreSQL {postgres} with fsync, synchronous_commit and full_page_writes on; Python "
        f"{platform.python_version()}; granian with {processes} processes of {threads} threads.",
        f"{orders} orders of three lines (one-time, monthly, yearly) of one partner, each paid once with the "
        "customer's card on file, over HTTP with `POST /api/v1/orders/{id}/submit-with-payment`, answered with the "
        "whole order.",
    ]


def write(text: str, file: Path) -> None:
    """Replaces what stands between the marks."""
    page = file.read_text()
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    file.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}")


def _commit() -> str:
    asked = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return asked.stdout.strip() or "unknown"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())

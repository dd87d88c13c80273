"""`make bench`: orders paid per second over HTTP, and beside them the same rows written by bare SQL.

1. A PostgreSQL of its own, the web server, a partner whose gateway approves in process.
2. Draft orders of three lines are made over HTTP; then each is paid, by 1, 8 and 32 clients.
3. A few more are paid while the server logs every statement: they are counted, and the writes become the bare script.
4. pgbench runs the script by as many clients, on fresh drafts.
"""

from __future__ import annotations

import argparse
import os
import socket
import sys
from pathlib import Path
from typing import Any

from bench import limit, load, report
from bench.load import Client
from bench.stand import REPOSITORY, WEB_PROCESSES, WEB_THREADS, Shop, Stand, open_shop, stand
from bench.statements import Statement, everything_logged, logged, transactions

CLIENTS = (1, 8, 32)
CUSTOMERS = 50
WARM_UP = 60
COUNTED = 5


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--orders", type=int, default=800, help="paid at 8 and at 32 clients; a quarter of it at 1")
    parser.add_argument("--write", type=Path, default=REPOSITORY / "docs" / "benchmarks.md", help="page to update")
    chosen = parser.parse_args()
    load_before = os.getloadavg()[0]
    with stand(_free_port()) as standing:
        import django

        django.setup()
        text = _measure(standing, chosen.orders, load_before)
    print(f"\n{text}\n")
    if chosen.write.exists():
        report.write(text, chosen.write)
    return 0


def _measure(standing: Stand, orders: int, load_before: float) -> str:
    shop = open_shop(CUSTOMERS)
    runs = {clients: orders // 4 if clients == 1 else orders for clients in CLIENTS}
    drafts = _drafts(standing, shop, WARM_UP + sum(runs.values()) + COUNTED + 1)
    _say("Warming up …")
    load.run(standing.port, shop.key, 8, [drafts.pop() for _ in range(WARM_UP)], _pay)
    measured = {
        clients: _paid(standing, shop, clients, [drafts.pop() for _ in range(n)]) for clients, n in runs.items()
    }
    counted, script = _statements(standing, shop, [drafts.pop() for _ in range(COUNTED)])
    limits = _limits(standing, script, drafts.pop(), runs)
    rows = [
        report.Row(
            clients, timing.per_second, timing.percentile(50), timing.percentile(95), app, postgres, limits[clients]
        )
        for clients, (timing, app, postgres) in measured.items()
    ]
    facts = report.facts(_version(standing), WEB_PROCESSES, WEB_THREADS, sum(runs.values()), load_before)
    return report.table(rows, counted, script.statement_count, facts)


def _drafts(standing: Stand, shop: Shop, number: int) -> list[tuple[str, str]]:
    """Orders to pay: their ids, with the card of their customer."""
    _say(f"Making {number} draft orders of three lines …")
    made: list[tuple[str, str]] = []

    def make(client: Client, customer: tuple[str, str]) -> None:
        lines = [{"product": product, "quantity": 1} for product in shop.products]
        order = client.post("/orders", {"customer": customer[0], "lines": lines}, 201)
        made.append((order["id"], customer[1]))

    load.run(standing.port, shop.key, 8, [shop.customers[n % CUSTOMERS] for n in range(number)], make)
    return made


def _pay(client: Client, order: tuple[str, str]) -> None:
    paid = client.post(f"/orders/{order[0]}/submit-with-payment", {"payment_method": order[1]}, 200)
    assert paid["status"] == "activated", paid["status"]


def _paid(standing: Stand, shop: Shop, clients: int, orders: list[tuple[str, str]]) -> tuple[load.Timing, float, float]:
    """The timing, and the CPU time of an order in milliseconds: the web server's, PostgreSQL's."""
    app, postgres = standing.web_cpu(), standing.postgres_cpu()
    timing = load.run(standing.port, shop.key, clients, orders, _pay)
    spent = [
        1000 * (after - before) / len(orders)
        for before, after in ((app, standing.web_cpu()), (postgres, standing.postgres_cpu()))
    ]
    _say(f"{clients:>3} clients: {timing.per_second:.1f} orders/s, p50 {timing.percentile(50):.0f} ms")
    return timing, spent[0], spent[1]


def _statements(standing: Stand, shop: Shop, orders: list[tuple[str, str]]) -> tuple[report.Statements, limit.Script]:
    """Counted on single requests, none beside them; the last one becomes the bare script."""
    log = standing.folder / "postgres" / "postgres.log"
    client = Client(standing.port, shop.key)
    each: list[list[Statement]] = []
    with everything_logged(standing.superuser_url):
        for order in orders:
            offset = log.stat().st_size
            _pay(client, order)
            each.append(logged(log, offset))
    counts = {_counted(statements) for statements in each[1:]}
    _say(f"Statements: {sorted((c.first, c.second, c.rest, c.boundaries) for c in counts)}")
    (standing.folder / "statements.sql").write_text("\n".join(statement.filled_in() for statement in each[-1]))
    return max(counts, key=lambda c: (c.first + c.second, c.rest)), _script(orders[-1][0], each[-1])


def _counted(statements: list[Statement]) -> report.Statements:
    groups = transactions(statements)
    first, second, rest = 0, 0, 0
    for group in groups:
        number = sum(not statement.is_boundary for statement in group)
        if any('INSERT INTO "payments"' in statement.text for statement in group):
            first += number
        elif any('INSERT INTO "invoices"' in statement.text for statement in group):
            second += number
        else:
            rest += number
    boundaries = sum(statement.is_boundary for statement in statements)
    return report.Statements(first, second, rest, boundaries)


def _script(order: str, statements: list[Statement]) -> limit.Script:
    from handsel.database.ids import parse
    from handsel.database.tenancy import across_partners
    from handsel.models import OrderLine

    order_id = parse("ord", order)
    assert order_id is not None
    with across_partners("a benchmark"):
        lines = list(OrderLine.objects.filter(order_id=order_id).order_by("position").values_list("id", flat=True))
    taking = [
        statement
        for group in transactions(statements)
        if any('INSERT INTO "payments"' in each.text or 'INSERT INTO "invoices"' in each.text for each in group)
        for statement in group
    ]
    return limit.Script(taking, order_id, lines)


def _limits(standing: Stand, script: limit.Script, template: tuple[str, str], runs: dict[int, int]) -> dict[int, float]:
    from handsel.database.ids import parse

    found: dict[int, float] = {}
    for clients, orders in runs.items():
        template_id = parse("ord", template[0])
        assert template_id is not None
        limit.prepare(standing.superuser_url, template_id, orders + clients)
        ran = limit.run(script, standing.app_url, standing.folder, clients, orders)
        found[clients] = ran.per_second
        _say(f"{clients:>3} clients of pgbench: {ran.per_second:.0f} orders/s")
    return found


def _version(standing: Stand) -> str:
    import psycopg

    with psycopg.connect(standing.superuser_url) as connection:
        return f"{connection.info.server_version // 10000}.{connection.info.server_version % 10000}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _say(line: str, **extra: Any) -> None:
    print(line, file=sys.stderr, flush=True, **extra)


if __name__ == "__main__":
    raise SystemExit(main())

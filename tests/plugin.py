"""Before any test: one PostgreSQL for the run, one migrated template, one copy of it for each process that runs tests.

Tests commit for real (ARCHITECTURE.md, "Tests"): nothing is rolled back and nothing is truncated; each test makes a
partner of its own. So pytest-django's test databases are not used, and its guard against database access is lifted.

With HANDSEL_TEST_DATABASE_URL, a superuser's address of a throw-away server, that server is used instead: its roles
handsel_owner and handsel_app get new passwords, and its databases handsel_template and handsel_test_* are replaced.

Django takes seconds to replay the migrations, so a server made ready for them is kept in pytest's cache folder, under a
hash of everything that shapes the tables.

pytest loads this with `-p`, since Django reads its settings, and so the environment, before any conftest.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from handsel.database import embedded
from handsel.database.bootstrap import Passwords, Urls, bootstrap

SUPERUSER_URL = "HANDSEL_TEST_SUPERUSER_URL"  # from the process that started the server to xdist's workers
TEMPLATE = "handsel_template"
KEPT_SERVERS = 4
_PASSWORDS = Passwords(owner="owner-of-the-tests", app="app-of-the-tests")


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    _set_environment()
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        _provide_server(early_config.add_cleanup, early_config.rootpath / ".pytest_cache" / "handsel-servers")
    if worker or not early_config.known_args_namespace.numprocesses:
        _use_database(copy_template(f"handsel_test_{worker or 'main'}"))
    return (yield)


@pytest.fixture(scope="session", autouse=True)
def _database_open_to_tests(django_db_blocker: object) -> Generator[None]:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield


def _set_environment() -> None:
    os.environ |= {
        "HANDSEL_SECRET_KEY": "a-secret-key-that-guards-nothing-but-tests-0123456789",
        "HANDSEL_ENCRYPTION_KEY": "dGhlIGtleSB0aGF0IGVuY3J5cHRzIG5vdGhpbmcgISE=",
        "HANDSEL_BASE_URL": f"http://127.0.0.1:{free_port()}",
        "HANDSEL_SANDBOX_URL": f"http://127.0.0.1:{free_port()}",
        "HANDSEL_SANDBOX_SECRET_KEY": "sk_test_tests",
        "HANDSEL_SANDBOX_PUBLISHABLE_KEY": "pk_test_tests",
        "HANDSEL_SANDBOX_WEBHOOK_SECRET": "whsec_tests",
        "HANDSEL_DEBUG": "0",
        "HANDSEL_GATEWAY_TIMEOUT_SECONDS": "2",
        "HANDSEL_LOG_LEVEL": "WARNING",
        # Settings are imported before a worker has a database; whoever runs no tests never connects to this one.
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none",
    }
    os.environ.pop("JOBS_DATABASE_URL", None)


def free_port() -> int:
    """A port of the loopback address that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _provide_server(at_end: Callable[[Callable[[], None]], None], cache: Path) -> None:
    """Leaves a superuser's address in the environment, of a server that holds the migrated template."""
    if given := os.environ.get("HANDSEL_TEST_DATABASE_URL"):
        os.environ[SUPERUSER_URL] = given
        _make_template()
        return
    folder = Path(tempfile.mkdtemp(prefix="handsel-tests-"))
    folder.chmod(0o711)  # PostgreSQL runs as another user when the tests run as root, and must get through.
    at_end(lambda: shutil.rmtree(folder, ignore_errors=True))
    kept = cache / _schema_hash()
    if not kept.exists():
        _make_ready(folder / "new", kept)
    subprocess.run(["cp", "-a", kept, folder / "database"], check=True)
    cluster = embedded.start(folder / "database", durable=False)
    at_end(cluster.stop)  # What is to be done at the end is done last in, first out.
    os.environ[SUPERUSER_URL] = cluster.superuser_url


def _make_ready(folder: Path, kept: Path) -> None:
    cluster = embedded.start(folder, durable=False)
    try:
        os.environ[SUPERUSER_URL] = cluster.superuser_url
        _make_template()
    finally:
        cluster.stop()
    kept.parent.mkdir(parents=True, exist_ok=True)
    for outdated in sorted(kept.parent.iterdir(), key=lambda each: each.stat().st_mtime)[:-KEPT_SERVERS]:
        shutil.rmtree(outdated, ignore_errors=True)
    unfinished = kept.with_name(f".{kept.name}.{os.getpid()}")
    subprocess.run(["cp", "-a", folder, unfinished], check=True)
    try:
        unfinished.rename(kept)
    except OSError:  # Another run of the tests was quicker.
        shutil.rmtree(unfinished)


def _schema_hash() -> str:
    root = Path(__file__).parent.parent
    shaping = [root / "requirements.txt", root / "handsel/settings.py", root / "handsel/commands/migrate.py"]
    for package in ("database", "migrations", "models", "rules"):
        shaping += sorted((root / "handsel" / package).rglob("*.py"))
    digest = hashlib.sha256()
    for file in shaping:
        digest.update(f"{file.relative_to(root)}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:20]


def _make_template() -> None:
    _drop(TEMPLATE)
    urls = bootstrap(os.environ[SUPERUSER_URL], TEMPLATE, _PASSWORDS)
    migrating = subprocess.run(
        [sys.executable, "-m", "handsel.cli", "migrate"],
        env=os.environ | {"OWNER_DATABASE_URL": urls.owner, "DATABASE_URL": urls.app},
        capture_output=True,
        text=True,
        check=False,
    )
    if migrating.returncode != 0:
        raise pytest.UsageError(f"The migrations failed:\n{migrating.stdout}{migrating.stderr}")


def copy_template(name: str) -> Urls:
    """A database of this name, migrated and empty; one that was there is replaced."""
    _drop(name)
    with psycopg.connect(os.environ[SUPERUSER_URL], autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(TEMPLATE))
        )
    return bootstrap(os.environ[SUPERUSER_URL], name, _PASSWORDS)


def _use_database(urls: Urls) -> None:
    os.environ |= {"DATABASE_URL": urls.app, "OWNER_DATABASE_URL": urls.owner}


def _drop(database: str) -> None:
    with psycopg.connect(os.environ[SUPERUSER_URL], autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))

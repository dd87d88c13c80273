"""The embedded PostgreSQL: it starts, it stops, it comes back after every kind of end, and there is only one of it."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from handsel.database import embedded, embedded_home
from handsel.database.bootstrap import Passwords, Urls, bootstrap
from handsel.database.embedded import Cluster, EmbeddedServerError

Start = Callable[..., Cluster]

SUPERVISOR = """
import sys, time
from pathlib import Path
from handsel.database import embedded
cluster = embedded.start(Path(sys.argv[1]))
print(cluster.superuser_url, cluster.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def open_place() -> Iterator[Path]:
    """A folder that an unprivileged user can reach; pytest's own are closed, and closed again by every run."""
    with tempfile.TemporaryDirectory(prefix="handsel-embedded-") as made:
        Path(made).chmod(0o711)
        yield Path(made)


@pytest.fixture
def folder(open_place: Path) -> Path:
    """Where a data folder may be made, as under a person's own folder."""
    return open_place / "database"


@pytest.fixture
def start(folder: Path) -> Iterator[Start]:
    started: list[Cluster] = []

    def begin(**options: object) -> Cluster:
        started.append(embedded.start(folder, **options))  # type: ignore[arg-type]
        return started[-1]

    yield begin
    for cluster in started:
        cluster.stop()


def write_a_row(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")


def read_the_row(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT answer FROM kept").fetchone()
    assert row is not None
    return int(row[0])


def wait_until(holds: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "what was awaited did not come"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_what_was_written_is_there_after_a_clean_stop(start: Start) -> None:
    first = start()
    write_a_row(first.superuser_url)
    first.stop()
    assert not is_alive(first.pid)
    assert read_the_row(start().superuser_url) == 42


def test_what_was_committed_survives_a_kill_of_the_whole_server(start: Start) -> None:
    first = start()
    write_a_row(first.superuser_url)
    first.kill()
    assert read_the_row(start().superuser_url) == 42


def test_durable_is_the_default_and_fsync_is_off_only_on_request(start: Start, open_place: Path) -> None:
    assert setting(start(), "fsync") == "on"
    hasty = embedded.start(open_place / "hasty", durable=False)
    try:
        assert setting(hasty, "fsync") == "off"
    finally:
        hasty.stop()


def setting(cluster: Cluster, name: str) -> str:
    with psycopg.connect(cluster.superuser_url) as connection:
        row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
    assert row is not None
    return str(row[0])


def test_further_settings_and_a_port_may_be_given(start: Start) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    cluster = start(extra={"work_mem": "8MB"}, port=port)
    assert cluster.port == port
    assert setting(cluster, "work_mem") == "8MB"


def test_it_listens_on_the_loopback_address_alone_and_wants_a_password(start: Start) -> None:
    cluster = start()
    assert setting(cluster, "listen_addresses") == "127.0.0.1"
    assert setting(cluster, "unix_socket_directories") == ""
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(f"postgresql://postgres:wrong@127.0.0.1:{cluster.port}/postgres")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(f"postgresql://postgres@127.0.0.1:{cluster.port}/postgres")


def test_passwords_are_for_the_owners_eyes_only_and_in_no_representation(start: Start, folder: Path) -> None:
    cluster = start()
    assert stat.S_IMODE((folder / "superuser-password").stat().st_mode) == 0o600
    assert cluster.password not in repr(cluster)
    assert cluster.password not in (folder / "postgres.log").read_text()


def test_a_second_start_on_the_same_folder_is_refused_and_disturbs_nobody(start: Start) -> None:
    cluster = start()
    with pytest.raises(EmbeddedServerError, match="already running"):
        start()
    write_a_row(cluster.superuser_url)
    assert read_the_row(cluster.superuser_url) == 42


def test_the_server_ends_when_its_supervisor_is_killed_and_starts_again_after(start: Start, folder: Path) -> None:
    with supervised(folder) as supervisor:
        url, pid = told_by(supervisor)
        write_a_row(url)
        supervisor.kill()
        supervisor.wait()
    # No waiting for the old server here: the start itself waits for it.
    assert read_the_row(start().superuser_url) == 42
    assert not is_alive(pid)


def test_it_starts_after_a_kill_of_supervisor_and_server_at_once(start: Start, folder: Path) -> None:
    with supervised(folder) as supervisor:
        url, pid = told_by(supervisor)
        write_a_row(url)
        os.kill(pid, signal.SIGKILL)
        supervisor.kill()
        supervisor.wait()
    assert read_the_row(start().superuser_url) == 42


def supervised(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", SUPERVISOR, str(folder)], stdout=subprocess.PIPE, text=True)


def told_by(supervisor: subprocess.Popen[str]) -> tuple[str, int]:
    assert supervisor.stdout is not None
    url, pid = supervisor.stdout.readline().split()
    return url, int(pid)


@pytest.mark.parametrize("whose", ["of nobody", "of somebody else"])
def test_a_process_id_left_behind_stops_no_start(start: Start, folder: Path, whose: str) -> None:
    first = start()
    write_a_row(first.superuser_url)
    pid_file = folder / "cluster" / "postmaster.pid"
    left_behind = pid_file.read_text().splitlines()
    first.kill()
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        if whose == "of somebody else":
            left_behind[0] = str(stranger.pid)
        pid_file.write_text("\n".join(left_behind) + "\n")
        assert read_the_row(start().superuser_url) == 42
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_cluster_that_was_made_by_half_is_made_anew(start: Start, folder: Path) -> None:
    # What a kill in the middle of initdb leaves behind.
    folder.mkdir()
    (folder / "cluster.unfinished").mkdir()
    (folder / "cluster.unfinished" / "PG_VERSION").write_text("18\n")
    write_a_row(start().superuser_url)
    assert not (folder / "cluster.unfinished").exists()


def test_a_folder_of_another_major_version_is_refused_and_left_alone(start: Start, folder: Path) -> None:
    start().stop()
    stamp = folder / "cluster" / "PG_VERSION"
    stamp.write_text("12\n")
    with pytest.raises(EmbeddedServerError, match="made by PostgreSQL 12"):
        start()
    assert stamp.read_text() == "12\n"


def test_a_lost_password_is_said_and_not_replaced(start: Start, folder: Path) -> None:
    start().stop()
    (folder / "superuser-password").unlink()
    with pytest.raises(EmbeddedServerError, match="superuser-password is missing"):
        start()


def test_settings_that_postgresql_refuses_are_reported_in_its_own_words(start: Start) -> None:
    with pytest.raises(EmbeddedServerError, match="no_such_setting"):
        start(extra={"no_such_setting": "1"})
    write_a_row(start().superuser_url)


def test_it_is_started_from_the_main_thread_only(folder: Path) -> None:
    caught: list[BaseException] = []

    def elsewhere() -> None:
        try:
            embedded.start(folder)
        except RuntimeError as error:
            caught.append(error)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert "main thread" in str(caught[0])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts a server as somebody else")
def test_as_root_the_server_runs_as_an_unprivileged_user(start: Start, folder: Path) -> None:
    cluster = start()
    assert Path(f"/proc/{cluster.pid}").stat().st_uid != 0
    assert (folder / "cluster").stat().st_uid != 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts a server as somebody else")
def test_as_root_a_closed_folder_stays_closed_and_the_cluster_lives_elsewhere(
    start: Start, folder: Path, open_place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = open_place / "elsewhere"
    monkeypatch.setattr(embedded_home, "UNREACHABLE_HOME", elsewhere)
    folder.mkdir(mode=0o700)
    first = start()
    write_a_row(first.superuser_url)
    first.stop()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert (folder / "cluster").resolve().is_relative_to(elsewhere)
    assert read_the_row(start().superuser_url) == 42


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts a server as somebody else")
def test_as_root_binaries_in_a_closed_place_are_copied_to_an_open_one(
    start: Start, open_place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = open_place / "elsewhere"
    monkeypatch.setattr(embedded_home, "UNREACHABLE_HOME", elsewhere)
    reaches = embedded_home.Account.reaches
    monkeypatch.setattr(embedded_home.Account, "reaches", lambda self, path: path.name != "bin" and reaches(self, path))
    cluster = start()
    assert Path(f"/proc/{cluster.pid}/exe").resolve().is_relative_to(elsewhere)


def test_bootstrap_makes_three_roles_with_no_more_power_than_they_need(start: Start) -> None:
    cluster = start()
    urls = bootstrap(cluster.superuser_url, "handsel", Passwords(owner="o@:/%", app="ä b"))
    with psycopg.connect(cluster.superuser_url) as connection:
        rows = connection.execute(
            "SELECT rolname, rolcanlogin, rolinherit, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb"
            " FROM pg_roles WHERE rolname LIKE 'handsel%' ORDER BY rolname"
        ).fetchall()
    assert rows == [
        ("handsel_all", False, True, False),
        ("handsel_app", True, False, False),
        ("handsel_owner", True, True, False),
    ]
    assert "ä" not in repr(urls)


def test_the_owner_may_make_tables_and_the_app_may_not(start: Start) -> None:
    urls = bootstrap(start().superuser_url, "handsel", Passwords(owner="owner", app="app"))
    write_a_row(urls.owner)
    with psycopg.connect(urls.app) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine (id int)")
        connection.rollback()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM kept")


def test_bootstrap_repeated_changes_the_passwords_and_nothing_else(start: Start) -> None:
    cluster = start()
    first = bootstrap(cluster.superuser_url, "handsel", Passwords(owner="owner", app="app"))
    write_a_row(first.owner)
    second = bootstrap(cluster.superuser_url, "handsel", Passwords(owner="another", app="app"))
    assert read_the_row(second.owner) == 42
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(first.owner)


def test_the_app_enters_the_role_that_sees_all_only_by_asking(start: Start) -> None:
    urls: Urls = bootstrap(start().superuser_url, "handsel", Passwords(owner="owner", app="app"))
    write_a_row(urls.owner)
    with psycopg.connect(urls.owner) as connection:
        connection.execute("GRANT SELECT ON kept TO handsel_all")
    with psycopg.connect(urls.app) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM kept")
        connection.rollback()
        connection.execute("SET LOCAL ROLE handsel_all")
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_bootstrap_gives_a_restored_database_back_to_its_owner(start: Start) -> None:
    cluster = start()
    with psycopg.connect(cluster.superuser_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE handsel")
    write_a_row(bootstrap(cluster.superuser_url, "handsel", Passwords(owner="owner", app="app")).owner)

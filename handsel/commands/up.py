"""Everything on one machine: PostgreSQL, migrations, sandbox gateway, worker and web, with one clean stop.

PostgreSQL is embedded, in the data folder, unless DATABASE_URL names a server (then OWNER_DATABASE_URL, if set,
migrates). Ctrl-C or SIGTERM stops it all.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from handsel.commands.secrets_file import read_or_make, write_private
from handsel.commands.supervisor import Child, say
from handsel.processes import dies_with_parent

READY_SECONDS = 60
LOOK_SECONDS = 0.2
EARLY_ENDS_AT_START = 3


class CannotStart(Exception):
    """Something that an operator must put right first; the message says what."""


class Stopped(BaseException):
    """SIGINT or SIGTERM came. Not an Exception, so that nothing on the way mistakes it for a failure."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data",
        type=Path,
        default=Path(os.environ.get("HANDSEL_DATA", "~/.handsel")).expanduser(),
        metavar="DIR",
        help="where everything is kept (default: HANDSEL_DATA, else ~/.handsel)",
    )
    parser.add_argument("--host", default="127.0.0.1", metavar="H", help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--port", type=_port, default=8000, metavar="P", help="the web's port; the sandbox gateway's is the next one"
    )
    parser.add_argument("--demo", action="store_true", help="make the demo partner, once")


def run(arguments: argparse.Namespace) -> int:
    from handsel.database.embedded import EmbeddedServerError

    installation = Installation(arguments.data.absolute(), arguments.host, arguments.port)
    try:
        with _stop_on_signals():
            installation.start()
            if arguments.demo:
                installation.make_demo()
            print(installation.announcement(), flush=True)
            installation.look_after_children()
    except Stopped:
        say("Stopping …")
    except (CannotStart, EmbeddedServerError) as error:
        say(f"handsel up: {error}")
        return 1
    finally:
        installation.stop()
    return 0


@dataclass(slots=True)
class Installation:
    """All that runs on this machine, from the database up."""

    folder: Path
    host: str
    port: int
    database: EmbeddedDatabase | None = None
    children: list[Child] = field(default_factory=list)
    demo: dict[str, object] | None = field(default=None, repr=False)  # logins and keys

    @property
    def url(self) -> str:
        return os.environ.get("HANDSEL_BASE_URL") or self._local_url(self.port)

    @property
    def gateway_url(self) -> str:
        return os.environ.get("HANDSEL_SANDBOX_URL") or self._local_url(self.port + 1)

    def _local_url(self, port: int) -> str:
        name = "127.0.0.1" if self.host in {"0.0.0.0", "::", ""} else self.host  # noqa: S104
        return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"

    def start(self) -> None:
        """From the database up; each waits for what it needs. Raises CannotStart."""
        for port in (self.port, self.port + 1):
            _refuse_taken_port(self.host, port)
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o711)
        for private in ("logs", "sandbox"):
            (self.folder / private).mkdir(exist_ok=True, mode=0o700)
        environment = self._environment()
        # It says "ready", which is not so yet. Only now is it sure that no other `up` runs in this folder.
        (self.folder / "demo.json").unlink(missing_ok=True)
        self._migrate(environment)
        del environment["OWNER_DATABASE_URL"]  # Whoever serves requests has no use for the owner's powers.
        for name, command in self._commands().items():
            child = Child(name, command, _environment_of(name, environment), self.folder / "logs" / f"{name}.log")
            self.children.append(child)
            child.start()
        self._wait_until_ready()

    def _environment(self) -> dict[str, str]:
        kept = read_or_make(self.folder / "secrets.json")
        if "DATABASE_URL" in os.environ:
            app = os.environ["DATABASE_URL"]
            owner = os.environ.get("OWNER_DATABASE_URL", app)
        else:
            self.database = EmbeddedDatabase(self.folder / "postgres", kept["owner_password"], kept["app_password"])
            app, owner = self.database.start()
        ours = {
            **{name: value for name, value in kept.items() if name.startswith("HANDSEL_")},
            "DATABASE_URL": app,
            "OWNER_DATABASE_URL": owner,
            "JOBS_DATABASE_URL": os.environ.get("JOBS_DATABASE_URL", app),
            "HANDSEL_BASE_URL": self.url,
            "HANDSEL_SANDBOX_URL": self.gateway_url,
            "PYTHONUNBUFFERED": "1",
        }
        if "HANDSEL_SMTP_URL" not in os.environ:
            mail = self.folder / "mail"
            mail.mkdir(exist_ok=True, mode=0o700)
            ours["HANDSEL_MAIL_FOLDER"] = os.environ.get("HANDSEL_MAIL_FOLDER", str(mail))
        return {**os.environ, **ours}

    def _commands(self) -> dict[str, list[str]]:
        handsel = [sys.executable, "-m", "handsel.cli"]
        gateway = ["--host", self.host, "--port", str(self.port + 1), "--data", str(self.folder / "sandbox")]
        return {
            "sandbox": [sys.executable, "-m", "handsel_sandbox", *gateway],
            "worker": [*handsel, "worker"],
            "web": [*handsel, "web", "--host", self.host, "--port", str(self.port)],
        }

    def _migrate(self, environment: dict[str, str]) -> None:
        done = _run_child([sys.executable, "-m", "handsel.cli", "migrate"], environment)
        if done.returncode != 0:
            raise CannotStart(f"the migrations failed.\n{done.stdout}{done.stderr}")

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        probe = f"{self._local_url(self.port)}/readyz"
        while not _answers_well(probe):
            self._look_once()
            for child in self.children:
                if child.early_ends >= EARLY_ENDS_AT_START:
                    raise CannotStart(f"{child.name} does not stay up. The end of {child.log}:\n{child.last_words()}")
            if time.monotonic() > deadline:
                raise CannotStart(f"not ready after {READY_SECONDS} s. See the logs in {self.folder / 'logs'}.")

    def make_demo(self) -> None:
        """Made once and remembered in demo-partner.json; demo.json appears at every start, when all is ready."""
        made = self.folder / "demo-partner.json"
        addresses = {"url": self.url, "gateway_url": self.gateway_url}
        known: dict[str, object] = json.loads(made.read_text()) if made.exists() else {}
        if known | addresses != known:
            say("Making the demo partner …" if not known else "Telling the gateway where the demo partner is now …")
            command = [sys.executable, "-m", "handsel.demo", "--out", str(made)]
            command += ["--url", self.url, "--gateway-url", self.gateway_url]
            web = next(child for child in self.children if child.name == "web")
            if _run_child(command, web.environment, shown=True).returncode != 0:
                raise CannotStart("the demo partner could not be made.")
        self.demo = json.loads(made.read_text())
        write_private(self.folder / "demo.json", json.dumps(self.demo, indent=2) + "\n")

    def announcement(self) -> str:
        """What the terminal shows when everything is ready."""
        lines = [("Handsel", self.url), ("API", f"{self.url}/api/docs"), ("Sandbox gateway", self.gateway_url)]
        for role, label in (("admin", "Admin"), ("salesperson", "Salesperson")):
            if self.demo and isinstance(login := self.demo.get(role), dict):
                lines.append((label, f"{login['email']}   {login['password']}"))
        if self.demo:
            lines.append(("API key", str(self.demo["api_key"])))
        lines += [("Data", str(self.folder)), ("Stop", "Ctrl-C")]
        return "\n" + "\n".join(f"  {label:<17}{value}" for label, value in lines) + "\n"

    def look_after_children(self) -> None:
        """Until a signal comes."""
        while True:
            self._look_once()

    def _look_once(self) -> None:
        if self.database is not None:
            self.database.look_after()
        for child in self.children:
            child.look_after()
        time.sleep(LOOK_SECONDS)

    def stop(self) -> None:
        """Whoever asks goes before whoever answers: web, worker, sandbox, and the database last."""
        for child in reversed(self.children):
            child.stop()
        if self.database is not None:
            self.database.stop()


class EmbeddedDatabase:
    """The embedded server as one of the supervised: it comes back at the port where everybody looks for it."""

    def __init__(self, folder: Path, owner_password: str, app_password: str) -> None:
        from handsel.database import bootstrap, embedded

        self._embedded = embedded
        self._bootstrap = bootstrap
        self._folder = folder
        self._passwords = bootstrap.Passwords(owner=owner_password, app=app_password)
        self._cluster: embedded.Cluster | None = None

    def start(self) -> tuple[str, str]:
        """Answers with the application's and the owner's address. Raises EmbeddedServerError."""
        self._cluster = self._embedded.start(self._folder)
        urls = self._bootstrap.bootstrap(self._cluster.superuser_url, "handsel", self._passwords)
        return urls.app, urls.owner

    def look_after(self) -> None:
        if self._cluster is not None and self._cluster.process.poll() is not None:
            say(f"PostgreSQL ended; starting it again. See {self._folder / 'postgres.log'}.")
            port = self._cluster.port
            self._cluster.stop()
            self._cluster = self._embedded.start(self._folder, port=port)

    def stop(self) -> None:
        if self._cluster is not None:
            self._cluster.stop()


@contextmanager
def _stop_on_signals() -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        # Once is enough: an impatient second Ctrl-C must not interrupt the orderly stop half-way.
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN)
        raise Stopped

    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, stop)
    yield


def _environment_of(name: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Partners register where the sandbox sends their events; what signs them until then is nothing it needs."""
    return {n: v for n, v in environment.items() if name != "sandbox" or n != "HANDSEL_SANDBOX_WEBHOOK_SECRET"}


def _run_child(
    command: list[str], environment: Mapping[str, str], *, shown: bool = False
) -> subprocess.CompletedProcess[str]:
    """Waits for it. With `shown` the terminal sees what it says, else the result holds it."""
    return subprocess.run(
        command,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr if shown else subprocess.PIPE,
        stderr=None if shown else subprocess.PIPE,
        text=True,
        check=False,
        process_group=0,
        preexec_fn=dies_with_parent(signal.SIGTERM),
    )


def _answers_well(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=3) as answer:  # noqa: S310 (an http address of our own)
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _refuse_taken_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotStart(
                f"cannot listen on {host}:{port} ({error.strerror}). Choose another with --port."
            ) from error


def _port(text: str) -> int:
    port = int(text)
    if not 1 <= port <= 65534:  # The sandbox gateway takes the next one.
        raise ValueError
    return port

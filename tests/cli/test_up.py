"""`handsel up`: everything comes up, what is killed comes back, everything goes down, and the next start is quick."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.sandbox import eventually, free_port

FIRST_START_SECONDS = 90
SECOND_START_SECONDS = 15  # what we promise
WEB_MEMORY_BYTES = 200 * 1024 * 1024  # what we promise


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("up") / "data"


@contextmanager
def up(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """A `handsel up` of its own, not of the tests' settings."""
    ours = {"DATABASE_URL", "OWNER_DATABASE_URL", "JOBS_DATABASE_URL"}
    environment = {n: v for n, v in os.environ.items() if n not in ours and not n.startswith("HANDSEL_")}
    command = [sys.executable, "-m", "handsel.cli", "up", "--data", str(folder), "--port", str(port)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as it:
        try:
            yield it
        finally:
            it.kill()


def announcement(process: subprocess.Popen[str]) -> str:
    """All it says until it is ready."""
    assert process.stdout is not None
    told = ""
    for line in process.stdout:
        told += line
        if line.startswith("  Stop"):
            return told
    raise AssertionError(f"it ended before it was ready:\n{told}")


def is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def descendants(pid: int) -> dict[int, str]:
    """Every living process below this one, with its command line."""
    found: dict[int, str] = {}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        command = Path(f"/proc/{child}/cmdline").read_text().replace("\0", " ")
        found |= {int(child): command} | descendants(int(child))
    return found


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def memory_bytes(pid: int) -> int:
    """What only this process occupies, and its share of the rest."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def test_up_comes_up_heals_and_goes_down(folder: Path) -> None:
    port = free_port()
    with up(folder, port) as process:
        began = time.monotonic()
        told = announcement(process)
        assert time.monotonic() - began < FIRST_START_SECONDS
        assert f"http://127.0.0.1:{port}\n" in told
        assert f"http://127.0.0.1:{port + 1}\n" in told
        assert is_ready(port)
        running = descendants(process.pid)
        for part in ("cli worker", "cli web", "handsel_sandbox", "postgres -D"):
            pid = next(pid for pid, command in running.items() if part in command)
            os.kill(pid, signal.SIGKILL)
            eventually(lambda: not is_alive(pid))  # noqa: B023
            eventually(lambda: is_ready(port), within_seconds=30)
        running = descendants(process.pid)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert not [command for pid, command in running.items() if is_alive(pid)]


def test_the_second_start_is_quick_small_and_survives_a_kill_of_everything(folder: Path) -> None:
    port = free_port()
    with up(folder, port) as process:
        began = time.monotonic()
        announcement(process)
        assert time.monotonic() - began < SECOND_START_SECONDS
        running = descendants(process.pid)
        web = [pid for pid, command in running.items() if "cli web" in command]
        assert sum(memory_bytes(pid) for pid in web) < WEB_MEMORY_BYTES
        process.kill()
        for pid in running:
            if is_alive(pid):
                os.kill(pid, signal.SIGKILL)
    with up(folder, port) as process:
        announcement(process)
        assert is_ready(port)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


def test_a_second_up_on_the_same_folder_is_refused(folder: Path) -> None:
    port = free_port()
    with up(folder, port) as process:
        announcement(process)
        with up(folder, free_port()) as second:
            assert second.wait(30) == 1
            assert second.stdout is not None
            assert "already running" in second.stdout.read()
        assert is_ready(port)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0

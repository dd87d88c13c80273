"""The supervised processes: what ends is started again, what is stopped ends, and nobody outlives the supervisor."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from handsel.commands.supervisor import Child
from tests.sandbox import eventually

SLEEPER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]
DEAF = [
    sys.executable,
    "-c",
    "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('up', flush=True)\ntime.sleep(600)",
]
PARENT_OF_ONE = [
    sys.executable,
    "-c",
    "import subprocess, time\np = subprocess.Popen(['sleep', '600'])\nprint(p.pid, flush=True)\ntime.sleep(600)",
]
SUPERVISOR = """
import os, sys, time
from pathlib import Path
from handsel.commands.supervisor import Child
child = Child("sleeper", ["sleep", "600"], os.environ, Path(sys.argv[1]))
child.start()
print(child.process.pid, flush=True)
time.sleep(600)
"""

MakeChild = Callable[[list[str]], Child]


@pytest.fixture
def make_child(tmp_path: Path) -> Iterator[MakeChild]:
    made: list[Child] = []

    def make(command: list[str]) -> Child:
        made.append(Child("child", command, os.environ, tmp_path / f"{len(made)}.log"))
        made[-1].start()
        return made[-1]

    yield make
    for child in made:
        child.stop()


def pid_of(child: Child) -> int:
    assert child.process is not None
    return child.process.pid


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def looked_after_until(child: Child, holds: Callable[[], bool]) -> None:
    def look() -> bool:
        child.look_after()
        return holds()

    eventually(look)


def test_a_child_that_is_killed_is_started_again(make_child: MakeChild, capsys: pytest.CaptureFixture[str]) -> None:
    child = make_child(SLEEPER)
    first = pid_of(child)
    os.kill(first, signal.SIGKILL)
    looked_after_until(child, lambda: pid_of(child) != first)
    assert is_alive(pid_of(child))
    assert "child ended (signal SIGKILL); starting it again in 0.5 s" in capsys.readouterr().err


def test_a_child_that_ends_at_once_is_given_longer_pauses(make_child: MakeChild) -> None:
    child = make_child([sys.executable, "-c", "raise SystemExit(3)"])
    pauses: list[float] = []
    while len(pauses) < 2:
        looked_after_until(child, lambda: child.start_again_at is not None)
        pauses.append(child.pause_seconds)
        looked_after_until(child, lambda: child.start_again_at is None)
    assert pauses == [0.5, 1.0]


def test_pauses_have_a_ceiling_and_begin_anew_after_a_steady_run(make_child: MakeChild) -> None:
    child = make_child([sys.executable, "-c", ""])
    child.early_ends = 50
    looked_after_until(child, lambda: child.start_again_at is not None)
    assert child.pause_seconds == 30.0
    child.start()
    child.started_at = time.monotonic() - 61
    looked_after_until(child, lambda: child.start_again_at is not None)
    assert child.pause_seconds == 0.5


def test_what_a_child_started_ends_with_it(make_child: MakeChild) -> None:
    child = make_child(PARENT_OF_ONE)
    grandchild = int(eventually(child.log.read_text))
    os.kill(pid_of(child), signal.SIGKILL)
    looked_after_until(child, lambda: child.start_again_at is not None)
    eventually(lambda: not is_alive(grandchild))


def test_a_child_that_does_not_listen_is_ended_all_the_same(
    make_child: MakeChild, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handsel.commands.supervisor.STOP_SECONDS", 0.2)
    child = make_child(DEAF)
    eventually(child.log.read_text)
    child.stop()
    assert not is_alive(pid_of(child))


def test_stopping_twice_is_harmless(make_child: MakeChild) -> None:
    child = make_child(SLEEPER)
    child.stop()
    child.stop()
    assert not is_alive(pid_of(child))


def test_a_child_ends_when_its_supervisor_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SUPERVISOR, str(tmp_path / "log")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as supervisor:
        assert supervisor.stdout is not None
        child = int(supervisor.stdout.readline())
        assert is_alive(child)
        supervisor.kill()
    eventually(lambda: not is_alive(child))

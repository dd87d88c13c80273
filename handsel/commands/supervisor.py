"""Keeps the processes of `handsel up` running: starts them, restarts what ends, and stops them in order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from handsel.processes import dies_with_parent

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 60.0  # What has run this long and then ends is restarted as quickly as at first.
STOP_SECONDS = 10.0


@dataclass(slots=True)
class Child:
    """One supervised process. What it says goes to its log file."""

    name: str
    command: list[str]
    environment: Mapping[str, str] = field(repr=False)
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0  # time.monotonic()
    start_again_at: float | None = None
    pause_seconds: float = 0.0
    early_ends: int = 0  # how often in a row it ended before it ran steadily

    def start(self) -> None:
        """Starts it as a child that is asked to end when we end, however that happens. Main thread only."""
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                # A group of its own: Ctrl-C is ours to answer, and what it started ends with it.
                process_group=0,
                preexec_fn=dies_with_parent(signal.SIGTERM),
            )
        self.started_at = time.monotonic()
        self.start_again_at = None

    def look_after(self) -> None:
        """Notes that it ended, and starts it again when its pause is over. Pauses double up to half a minute."""
        now = time.monotonic()
        if self.start_again_at is not None:
            if now >= self.start_again_at:
                self.start()
        elif self.process is not None and (status := self.process.poll()) is not None:
            self._end_group()
            self._choose_pause(now)
            ended = f"{self.name} ended ({_in_words(status)})"
            say(f"{ended}; starting it again in {self.pause_seconds:g} s. See {self.log}.")
            self.start_again_at = now + self.pause_seconds

    def _choose_pause(self, now: float) -> None:
        self.early_ends = 0 if now - self.started_at >= STEADY_SECONDS else self.early_ends + 1
        self.pause_seconds = min(FIRST_PAUSE_SECONDS * 2 ** max(self.early_ends - 1, 0), LONGEST_PAUSE_SECONDS)

    def last_words(self, lines: int = 12) -> str:
        """The end of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def stop(self) -> None:
        """Asks it to end, and after a while ends it."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(STOP_SECONDS)
        self._end_group()
        self.process.wait()

    def _end_group(self) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


def say(line: str) -> None:
    """One line for whoever watches the terminal."""
    print(line, file=sys.stderr, flush=True)


def _in_words(status: int) -> str:
    return f"signal {signal.Signals(-status).name}" if status < 0 else f"status {status}"

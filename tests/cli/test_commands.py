"""The command line says what it can do, and refuses the rest before it starts anything."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from handsel.cli import COMMANDS, main


def handsel(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "handsel.cli", *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--help"])
    assert end.value.code == 0
    told = capsys.readouterr().out
    assert all(name in told for name in COMMANDS)


@pytest.mark.parametrize("arguments", [[], ["dance"], ["up", "--port", "70000"], ["up", "--port", "eight"]])
def test_nonsense_is_refused_with_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    assert "usage: handsel" in capsys.readouterr().err


@pytest.mark.parametrize("busy", [0, 1])
def test_up_says_which_port_is_taken_and_leaves_no_folder(tmp_path: Path, busy: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        told = handsel("up", "--data", str(tmp_path / "data"), "--port", str(port - busy))
    assert told.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}" in told.stderr
    assert not (tmp_path / "data").exists()


def test_a_command_refuses_to_start_without_its_secret_key() -> None:
    told = handsel("migrate", HANDSEL_SECRET_KEY="")
    assert told.returncode != 0
    assert "HANDSEL_SECRET_KEY" in told.stderr


def test_migrating_again_changes_nothing_and_succeeds() -> None:
    told = handsel("migrate")
    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")

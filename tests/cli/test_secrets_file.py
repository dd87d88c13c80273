"""The secrets that `handsel up` makes: once, for nobody else's eyes, and never over what is already there."""

from __future__ import annotations

import base64
import json
import os
import stat
from pathlib import Path

import pytest

from handsel.commands.secrets_file import read_or_make, write_private


@pytest.fixture(autouse=True)
def _nothing_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("HANDSEL_")]:
        monkeypatch.delenv(name)


def test_secrets_are_made_once_and_kept(tmp_path: Path) -> None:
    first = read_or_make(tmp_path / "secrets.json")
    assert read_or_make(tmp_path / "secrets.json") == first
    assert len(set(first.values())) == len(first)


def test_two_installations_share_no_secret(tmp_path: Path) -> None:
    one, other = read_or_make(tmp_path / "one.json"), read_or_make(tmp_path / "other.json")
    assert not set(one.values()) & set(other.values())


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    read_or_make(tmp_path / "secrets.json")
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["secrets.json"]


def test_what_a_newer_version_needs_is_added_and_the_rest_stays(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    write_private(file, json.dumps({"HANDSEL_ENCRYPTION_KEY": "the one that everything is encrypted with"}))
    completed = read_or_make(file)
    assert completed["HANDSEL_ENCRYPTION_KEY"] == "the one that everything is encrypted with"
    assert completed == json.loads(file.read_text())
    assert completed["HANDSEL_SECRET_KEY"]


def test_the_environment_wins_and_is_not_written_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDSEL_SECRET_KEY", "from the environment")
    assert read_or_make(tmp_path / "secrets.json")["HANDSEL_SECRET_KEY"] == "from the environment"
    assert "from the environment" not in (tmp_path / "secrets.json").read_text()


def test_keys_have_the_shape_that_their_readers_ask_for(tmp_path: Path) -> None:
    made = read_or_make(tmp_path / "secrets.json")
    assert len(base64.b64decode(made["HANDSEL_ENCRYPTION_KEY"], validate=True)) == 32
    assert made["HANDSEL_SANDBOX_SECRET_KEY"].startswith("sk_test_")
    assert made["HANDSEL_SANDBOX_PUBLISHABLE_KEY"].startswith("pk_test_")
    assert made["HANDSEL_SANDBOX_WEBHOOK_SECRET"].startswith("whsec_")

"""docs/operations.md names every variable that the product reads, and none that it does not."""

from __future__ import annotations

import re
from pathlib import Path

import handsel
import handsel_sandbox
from docs.generate import FOLDER

VARIABLE = re.compile(r"\b(?:HANDSEL(?:_[A-Z0-9]+)+|(?:OWNER_|JOBS_)?DATABASE_URL|DATABASE_POOLER)\b")
PAGE = (FOLDER / "operations.md").read_text()
FOR_TESTS = {"HANDSEL_TEST_DATABASE_URL"}
SPELT_OUT = {f"HANDSEL_SANDBOX_{name}" for name in ("HOST", "PORT", "DATA", "PUBLIC_URL", "TEST")}
"""The sandbox's options, which the page names by their last word."""


def read_by_the_code() -> set[str]:
    found: set[str] = set()
    for package in (handsel, handsel_sandbox):
        assert package.__file__ is not None
        for file in Path(package.__file__).parent.rglob("*.py"):
            found |= {match.group() for match in VARIABLE.finditer(file.read_text())}
    return found


def test_every_variable_that_is_read_is_documented() -> None:
    read = read_by_the_code()
    assert {"HANDSEL_SECRET_KEY", "HANDSEL_SMTP_URL", "JOBS_DATABASE_URL"} <= read
    documented = set(VARIABLE.findall(PAGE)) | SPELT_OUT
    assert read - documented == set()


def test_every_documented_variable_is_read() -> None:
    assert set(VARIABLE.findall(PAGE)) - read_by_the_code() - SPELT_OUT - FOR_TESTS == set()


def test_the_three_roles_are_those_that_the_embedded_server_gets() -> None:
    from handsel.database.bootstrap import ALL, APP, OWNER

    made = set(re.findall(r"CREATE ROLE (\w+)", PAGE))
    assert made == {OWNER, APP, ALL}

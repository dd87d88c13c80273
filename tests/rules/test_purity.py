"""Rules are pure: standard library only, no clock, no randomness, no input or output."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import handsel.rules

FILES = sorted(Path(handsel.rules.__path__[0]).glob("*.py"))
IMPURE = {"datetime.now", "dt.datetime.now", "datetime.utcnow", "dt.date.today", "date.today", "time.time"}
IMPURE_MODULES = {"random", "secrets", "socket", "subprocess", "threading", "time", "urllib", "http", "sqlite3", "os"}


def imported(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            names.add(node.module or "")
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_rule_imports_the_standard_library_and_other_rules_only(path: Path) -> None:
    for name in imported(ast.parse(path.read_text())):
        top = name.split(".")[0]
        assert name.startswith("handsel.rules") or top in sys.stdlib_module_names, f"{path.name} imports {name}"
        assert top not in IMPURE_MODULES, f"{path.name} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_rule_reads_no_clock_opens_no_file_and_prints_nothing(path: Path) -> None:
    calls = {ast.unparse(node.func) for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)}
    assert not calls & (IMPURE | {"open", "print", "input"})


def test_all_rules_load_without_loading_the_framework() -> None:
    modules = " ".join(f"handsel.rules.{path.stem}" for path in FILES if path.stem != "__init__")
    script = (
        "import importlib, sys\n"
        f"for name in {modules!r}.split(): importlib.import_module(name)\n"
        "sys.exit(any(name.split('.')[0] in ('django', 'psycopg', 'stripe') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_rule_file_has_room_and_its_functions_are_short(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) < 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 40, f"{path.name}: {node.name} is too long"

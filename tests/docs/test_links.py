"""Every page's links to files of this repository lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\((?!https?://|mailto:)([^)#\s]+)[^)]*\)")
PATH = re.compile(r"`((?:handsel|handsel_sandbox|tests|docs|bench|scripts|frontend)/[\w./-]+)`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_named_files_exist(page: Path) -> None:
    text = page.read_text()
    linked = [page.parent / target for target in LINK.findall(text)]
    named = [ROOT / target for target in PATH.findall(text)]
    assert [str(path) for path in (*linked, *named) if not path.exists()] == []

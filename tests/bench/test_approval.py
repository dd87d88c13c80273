"""The table that says what an offer's page weighs."""

from __future__ import annotations

from bench.approval import Load, report


def test_the_table_names_the_middle_and_the_worst_of_its_loads() -> None:
    loads = [
        Load(100, 300, 50_000, 20_000, 0),
        Load(120, 500, 50_000, 20_000, 0.002),
        Load(110, 400, 50_001, 20_000, 0),
    ]
    shown = report(loads)
    assert "3 loads" in shown
    assert "| usable (button and card fields), ms | 400 | 500 |" in shown
    assert "| bytes together | 70,000 | 70,001 |" in shown
    assert "| layout shift | 0.000 | 0.002 |" in shown

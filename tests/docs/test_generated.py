"""The pages that are read off the code say what the code says (RELIABILITY.md T17: the drawing equals the table)."""

from __future__ import annotations

import dataclasses

import pytest

from docs import generate
from handsel.rules.order_states import ORDER

PAGES = generate.pages()


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_what_the_code_says_now(name: str) -> None:
    committed = (generate.FOLDER / name).read_text()
    assert committed == PAGES[name], f"docs/{name} is out of date: run `python -m docs.generate`."


def test_every_status_and_every_step_of_an_order_is_on_its_page() -> None:
    page = PAGES["order-states.md"]
    assert all(f'state "{label}" as {code}\n' in page for code, label in ORDER.labels.items())
    drawn = {tuple(line.split(":")[0].split(" --> ")) for line in page.splitlines() if " --> " in line}
    steps = {(source.strip(), target.strip()) for source, target in drawn} - {("[*]", ORDER.initial)}
    assert steps == {(str(source), str(target)) for source, target in ORDER.pairs()}


def test_a_step_that_is_taken_out_of_the_table_makes_the_page_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: a table that changed does not pass for the committed page."""
    monkeypatch.setattr(generate, "ORDER", dataclasses.replace(ORDER, edges=ORDER.edges[1:]))
    assert generate.pages()["order-states.md"] != (generate.FOLDER / "order-states.md").read_text()

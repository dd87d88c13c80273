"""The sandbox's vendors, which the demo's products name: they answer as their path says."""

from __future__ import annotations

import httpx
import pytest

from tests.sandbox import SandboxServer, a_key


def told(sandbox: SandboxServer, path: str, activation: str) -> httpx.Response:
    return httpx.post(f"{sandbox.url}/_test/vendors/{path}", headers={"webhook-id": activation}, json={})


@pytest.mark.parametrize(
    ("path", "answers"),
    [
        ("done", ["done", "done"]),
        ("failed", ["failed", "failed"]),
        ("failed_first", ["failed", "done", "done"]),
        ("later", ["later", "later", "later", "done"]),
    ],
)
def test_a_vendor_answers_each_telling_of_one_activation(sandbox: SandboxServer, path: str, answers: list[str]) -> None:
    activation = a_key("act")
    assert [told(sandbox, path, activation).json()["status"] for _ in answers] == answers


def test_a_failure_says_the_reason_that_it_was_given(sandbox: SandboxServer) -> None:
    assert told(sandbox, "failed?reason=No+such+plan", a_key("act")).json()["reason"] == "No such plan"


def test_an_unknown_answer_is_none(sandbox: SandboxServer) -> None:
    assert told(sandbox, "perhaps", a_key("act")).status_code == 404

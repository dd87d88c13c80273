"""Waking a job by its name, in the transaction that made the work. Jobs only wake: what is owed stands in our rows,
and the calendar finds it even if the wake-up is lost."""

from __future__ import annotations

from procrastinate.contrib.django import app


def wake(name: str, **arguments: str) -> None:
    """Have the worker run `handsel.worker`'s task of this name once this transaction commits."""
    app.configure_task(name, allow_unknown=True).defer(**arguments)

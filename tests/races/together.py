"""Many acts at one instant, each in a thread with a connection of its own."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

from django.db import connection

from handsel.rules.errors import Refused


def together(*acts: Callable[[], str | None]) -> Counter[str]:
    """Run all at once; what each of them was told: its answer, "done" for none, or the code of a refusal. Whatever else
    is raised is told by its class."""
    told: Counter[str] = Counter()
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], str | None]) -> None:
        gate.wait(timeout=10)
        try:
            said = act() or "done"
        except Refused as refused:
            said = refused.code
        except Exception as error:  # noqa: BLE001  what a thread met is the test's to judge
            said = type(error).__name__
        finally:
            connection.close()
        told.update([said])

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return told

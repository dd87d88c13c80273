"""The background worker: runs the jobs that flows wake and the calendar, configured by environment.

JOBS_DATABASE_URL is a direct connection for LISTEN, needed where a pooler stands before DATABASE_URL.
HANDSEL_WORKER_THREADS (4 unless set) is how many jobs run at once.
"""

from __future__ import annotations

import argparse
import asyncio
import os

SHUTDOWN_SECONDS = 20  # A job that takes longer is abandoned; what it owes stands in our own rows.


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Configured by environment alone."""


def run(arguments: argparse.Namespace) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "handsel.settings")
    import django

    django.setup()
    asyncio.run(_work())
    return 0


async def _work() -> None:
    from procrastinate import PsycopgConnector
    from procrastinate.contrib.django import app

    listening = os.environ.get("JOBS_DATABASE_URL") or os.environ["DATABASE_URL"]
    with app.replace_connector(PsycopgConnector(conninfo=listening)) as working:
        async with working.open_async():
            await working.run_worker_async(
                concurrency=int(os.environ.get("HANDSEL_WORKER_THREADS", "4")),
                shutdown_graceful_timeout=SHUTDOWN_SECONDS,
                delete_jobs="successful",
            )

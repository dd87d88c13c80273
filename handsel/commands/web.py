"""The web server: pages and API, configured by environment.

HANDSEL_WEB_WORKERS (processes, 1 unless set) and HANDSEL_WEB_THREADS (threads in each, 8 unless set) size it.
"""

from __future__ import annotations

import argparse
import os


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)


def run(arguments: argparse.Namespace) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "handsel.settings")
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        "handsel.web.wsgi:application",
        address=arguments.host,
        port=arguments.port,
        interface=Interfaces.WSGI,
        workers=int(os.environ.get("HANDSEL_WEB_WORKERS", "1")),
        blocking_threads=int(os.environ.get("HANDSEL_WEB_THREADS", "8")),
        # More waiting requests than this are refused at the door, so that a slow database does not grow a queue.
        backlog=1024,
        workers_kill_timeout=15,
        respawn_failed_workers=True,
        websockets=False,
    ).serve()
    return 0

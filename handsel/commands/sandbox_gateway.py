"""The sandbox gateway: a stand-in for a payment gateway, for test mode; a server of its own with its own storage.

Its keys come from HANDSEL_SANDBOX_SECRET_KEY and HANDSEL_SANDBOX_PUBLISHABLE_KEY; events go to
HANDSEL_SANDBOX_WEBHOOK_URL, signed with HANDSEL_SANDBOX_WEBHOOK_SECRET.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--data", type=Path, default=Path("data/sandbox"), help="where it keeps its own truth")


def run(arguments: argparse.Namespace) -> int:
    # It shares no code with the product, so it is started by name, and takes over this process.
    command = [sys.executable, "-m", "handsel_sandbox", "--host", arguments.host, "--port", str(arguments.port)]
    os.execv(sys.executable, [*command, "--data", str(arguments.data)])  # noqa: S606

"""Makes the demo partner, once, and writes how to reach it.

With a FILE of an earlier run nothing is made again; if the installation has moved to another address since, the gateway
is told where to send its events now.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m handsel.demo", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="the JSON file to write")
    parser.add_argument("--url", required=True, help="where this installation is")
    parser.add_argument("--gateway-url", required=True, help="where its sandbox gateway is")
    chosen = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "handsel.settings")
    os.environ["HANDSEL_POOL_SIZE"] = "0"
    os.environ.setdefault("HANDSEL_LOG_LEVEL", "WARNING")
    import django

    django.setup()
    addresses = {"url": chosen.url, "gateway_url": chosen.gateway_url}
    if chosen.out.exists():
        made: dict[str, Any] = json.loads(chosen.out.read_text())
        if {name: made.get(name) for name in addresses} != addresses:
            from handsel.demo.make import move_demo

            move_demo(made["partner"])
    else:
        from handsel.demo.make import make_demo

        made = make_demo(_say)
    _write_private(chosen.out, json.dumps(addresses | made | addresses, indent=2) + "\n")
    return 0


def _write_private(file: Path, text: str) -> None:
    """It holds passwords and keys: for the owner's eyes only, and whole or not at all."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(text)
    beside.replace(file)


def _say(line: str) -> None:
    print(f"  {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())

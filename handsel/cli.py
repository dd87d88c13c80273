"""The command line: `handsel COMMAND`, each command a module of `handsel.commands`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version

COMMANDS = {
    "up": "everything on one machine: PostgreSQL, migrations, sandbox gateway, worker, web",
    "web": "the web server",
    "worker": "the background worker",
    "sandbox-gateway": "the sandbox gateway",
    "migrate": "bring the database's tables up to date",
    "api-key": "a new API key for a member",
    "verify": "whether the books are right",
    "check-certificate": "whether a certificate of signature is genuine, offline",
    "seed": "bulk data for load tests",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and answers with its exit status."""
    parser = argparse.ArgumentParser(prog="handsel", description="Sales orders with their first payment.")
    parser.add_argument("--version", action="version", version=f"handsel {version('handsel')}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    modules = {name: import_module(f"handsel.commands.{name.replace('-', '_')}") for name in COMMANDS}
    for name, module in modules.items():
        module.add_arguments(commands.add_parser(name, help=COMMANDS[name], description=module.__doc__))
    chosen = parser.parse_args(arguments)
    status: int = modules[chosen.command].run(chosen)
    return status


if __name__ == "__main__":
    raise SystemExit(main())

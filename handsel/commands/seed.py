"""Bulk rows for load tests, added to a partner of their own with the slug `seed`.

They are made in sets and have no history: the lists, searches and counts of a large partner, nothing else.
"""

from __future__ import annotations

import argparse

from handsel.commands.connected import add_data_argument, connected
from handsel.commands.supervisor import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data_argument(parser)
    for name in ("customers", "orders", "subscriptions"):
        parser.add_argument(f"--{name}", type=_number, default=0, metavar="N", help=f"how many {name} to add")


def run(arguments: argparse.Namespace) -> int:
    with connected(arguments.data):
        from handsel.flows.seed import seed
        from handsel.models import Partner

        nobody_yet = not Partner.objects.filter(slug="seed").exists()
        if arguments.orders and not arguments.customers and nobody_yet:
            say("handsel seed: orders need customers to be for; add --customers.")
            return 2
        seed(arguments.customers, arguments.orders, arguments.subscriptions, say)
    return 0


def _number(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 100_000_000:
        raise ValueError
    return number

"""Checks the books: ledger, chain of events, orders against payments and invoices, and that nothing is left open.

Nothing is changed. The exit status is 1 when something is off, with one line for each finding. With --data it looks at
the embedded database of that folder, whether `handsel up` runs there or not; else at DATABASE_URL.
"""

from __future__ import annotations

import argparse
import sys

from handsel.commands.connected import add_data_argument, connected


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data_argument(parser)
    parser.add_argument("--partner", metavar="SLUG", help="only this partner (default: every one)")


def run(arguments: argparse.Namespace) -> int:
    with connected(arguments.data):
        return _verify(arguments.partner)


def _verify(slug: str | None) -> int:
    from handsel.models import Partner
    from handsel.reads.verify import CHECKS, SEED_SLUG, check_partner, partners_to_check

    partners = list(Partner.objects.filter(slug=slug)) if slug else partners_to_check()
    if slug and not partners:
        print(f"handsel verify: there is no partner {slug!r}.", file=sys.stderr)
        return 2
    findings = 0
    for partner in partners:
        for finding in check_partner(partner):
            findings += 1
            print(finding)
    if not slug and Partner.objects.filter(slug=SEED_SLUG).exists():
        print(f"Left out: {SEED_SLUG}, whose rows `handsel seed` made without a history.")
    print(f"{_counted(findings, 'finding')} by {len(CHECKS)} checks of {_counted(len(partners), 'partner')}.")
    return 1 if findings else 0


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"

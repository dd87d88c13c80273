"""Prints a new API key of a member, once: it may do what the member may do, and is stored as a hash only."""

from __future__ import annotations

import argparse
import sys

from handsel.commands.connected import add_data_argument, connected


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data_argument(parser)
    parser.add_argument("--partner", required=True, metavar="SLUG")
    parser.add_argument("--member", required=True, metavar="EMAIL")
    parser.add_argument(
        "--name", default="command line", metavar="N", help="what the key is for (default: %(default)s)"
    )


def run(arguments: argparse.Namespace) -> int:
    with connected(arguments.data):
        return _make(arguments.partner, arguments.member, arguments.name)


def _make(slug: str, email: str, name: str) -> int:
    from handsel.flows.people.api_keys import create_api_key
    from handsel.models import Member
    from handsel.rules.errors import HandselError
    from handsel.rules.permissions import SYSTEM

    members = Member.objects.select_related("partner", "user").filter(partner__slug=slug, is_active=True)
    member = members.filter(user__email=email.strip().lower()).first()
    if member is None:
        print(f"handsel api-key: {slug!r} has no active member {email!r}.", file=sys.stderr)
        return 2
    try:
        _, secret = create_api_key(member.partner, SYSTEM, member, name)
    except HandselError as refused:
        print(f"handsel api-key: {refused}", file=sys.stderr)
        return 2
    print(secret)
    return 0

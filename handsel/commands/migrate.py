"""Brings the database's tables, policies, grants and triggers up to date, as the role that owns them.

OWNER_DATABASE_URL names that role's connection; without it DATABASE_URL is used. Repeating it is harmless.
"""

from __future__ import annotations

import argparse
import os


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Configured by environment alone."""


def run(arguments: argparse.Namespace) -> int:
    # Settings read the environment once, so the owner's connection must be in place before Django is.
    if owner := os.environ.get("OWNER_DATABASE_URL"):
        os.environ["DATABASE_URL"] = owner
    os.environ["HANDSEL_POOL_SIZE"] = "0"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "handsel.settings")
    import django
    from django.core.management import call_command

    django.setup()
    # The cache table first: the grants that follow a migration are for all tables there are.
    call_command("createcachetable", verbosity=0)
    call_command("migrate", interactive=False, verbosity=0)
    return 0

"""Whether the books are right: every invariant of RELIABILITY.md that the database alone can show.

Nothing is written. `handsel verify` prints what is found; the crash and race tests use the same checks as their oracle,
and add the gateway's own list of charges. Each check is one statement (the chain of events is read in pages), so a
partner may go on selling meanwhile.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from handsel.database.tenancy import reading
from handsel.models import Partner
from handsel.reads.verify import billing, history, ledger, money, offers, sales, tenancy
from handsel.reads.verify.findings import CHECKS, Check, Finding, shown

__all__ = ["CHECKS", "Check", "Finding", "check_all", "check_partner", "partners_to_check"]

_ROOMS = (money, billing, sales, offers, ledger, history, tenancy)  # importing them registers their checks

SEED_SLUG = "seed"
"""The partner of `handsel seed`: bulk rows for load tests, made without flows and so without a history to check."""


def check_all(partner_id: uuid.UUID | None = None) -> list[Finding]:
    """Everything that is off at this partner, or at all of them but the bulk rows of `handsel seed`."""
    return [finding for partner in partners_to_check(partner_id) for finding in check_partner(partner)]


def partners_to_check(partner_id: uuid.UUID | None = None) -> list[Partner]:
    """The partners that `check_all` looks at, oldest first."""
    partners = Partner.objects.order_by("id")
    if partner_id is not None:
        return list(partners.filter(id=partner_id))
    return list(partners.exclude(slug=SEED_SLUG))


def check_partner(partner: Partner) -> Iterator[Finding]:
    """What is off at one partner, check by check, each in a read-only transaction of its own."""
    for check in CHECKS:
        with reading(partner.id):
            found = [
                Finding(check.name, partner.slug, shown(kind, row), said) for kind, row, said in check.run(partner.id)
            ]
        yield from found

"""Whose rows a piece of work may touch: one partner at a time, said twice.

`writing` and `reading` open one durable transaction, tell PostgreSQL the partner (row-level security refuses every
other partner's row) and tell the ORM, whose managers add `partner_id = …` so that the composite indexes are used.
`across_partners` is the one way around, for jobs that look for due work; it must say why.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator
from contextvars import ContextVar

import structlog
from django.db import connection, transaction

log = structlog.get_logger(__name__)

_partner: ContextVar[uuid.UUID | None] = ContextVar("handsel_partner", default=None)
_everyone: ContextVar[bool] = ContextVar("handsel_everyone", default=False)


class NoPartner(AssertionError):
    """Tenant rows were asked for outside `reading`, `writing` and `across_partners`."""


def current_partner() -> uuid.UUID | None:
    """The partner of the open scope; None only inside `across_partners`."""
    partner = _partner.get()
    if partner is None and not _everyone.get():
        raise NoPartner("Tenant rows are read inside reading(partner), writing(partner) or across_partners(reason).")
    return partner


@contextlib.contextmanager
def writing(partner_id: uuid.UUID) -> Iterator[None]:
    """One durable transaction of one partner. Never nested: what is inside has committed when it ends."""
    with transaction.atomic(durable=True), _scope(partner_id):
        _set_local(partner_id)
        yield


@contextlib.contextmanager
def reading(partner_id: uuid.UUID) -> Iterator[None]:
    """One read-only transaction of one partner; a page is rendered inside it. Inside an open scope of the same
    partner it joins that scope."""
    if connection.in_atomic_block and _partner.get() == partner_id:
        yield
        return
    with transaction.atomic(durable=True), _scope(partner_id):
        _set_local(partner_id, read_only=True)
        yield


@contextlib.contextmanager
def across_partners(reason: str) -> Iterator[None]:
    """One transaction that sees every partner's rows, as the role `handsel_all`. `reason` is logged."""
    log.debug("across_partners", reason=reason)
    everyone = _everyone.set(True)
    partner = _partner.set(None)
    try:
        with transaction.atomic(durable=True):
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL ROLE handsel_all")
            yield
    finally:
        _partner.reset(partner)
        _everyone.reset(everyone)


@contextlib.contextmanager
def _scope(partner_id: uuid.UUID) -> Iterator[None]:
    token = _partner.set(partner_id)
    try:
        yield
    finally:
        _partner.reset(token)


def _set_local(partner_id: uuid.UUID, read_only: bool = False) -> None:
    # A literal, since set_config() is not forwarded to the workers of a distributed database and SET LOCAL is.
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL handsel.partner = '{uuid.UUID(str(partner_id))}'")
        if read_only:
            cursor.execute("SET TRANSACTION READ ONLY")

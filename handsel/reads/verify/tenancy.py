"""No row reaches another partner's: I10. Read from the models and from the database's own catalogue."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection

from handsel.database.tables import TenantForeignKey, TenantTable
from handsel.reads.verify.findings import Found, checks, found


@checks("I10")
def rows_point_at_their_own_partners_rows(partner_id: uuid.UUID) -> Iterator[Found]:
    """Every reference, composite key or not, finds its row within the same partner."""
    for model in _tenant_models():
        for field in model._meta.local_fields:
            if isinstance(field, TenantForeignKey):
                yield from _dangling(partner_id, model, field)


def _dangling(partner_id: uuid.UUID, model: type[TenantTable], field: TenantForeignKey) -> Iterator[Found]:
    table, target = model._meta.db_table, field.remote_field.model._meta.db_table
    return found(
        partner_id,
        f"""
        SELECT %(table)s, near.id, %(message)s FROM "{table}" near
        WHERE near.partner_id = %(partner)s AND near."{field.column}" IS NOT NULL AND NOT EXISTS (
          SELECT 1 FROM "{target}" far WHERE far.partner_id = near.partner_id AND far.id = near."{field.column}")
        """,
        table=table,
        message=f"names a row in {field.column} that this partner does not have",
    )


@checks("I10")
def tables_are_closed_to_other_partners(partner_id: uuid.UUID) -> Iterator[Found]:
    """Row-level security is on and forced for every tenant table, and what the ledger and the history hold can be
    changed or removed by nobody."""
    tables = {model._meta.db_table: model.append_only for model in _tenant_models()}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT relname, relrowsecurity AND relforcerowsecurity,
                   has_table_privilege(oid, 'UPDATE') OR has_table_privilege(oid, 'DELETE')
            FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
              AND relname = ANY(%s)
            """,
            [list(tables)],
        )
        known = {name: (forced, writable) for name, forced, writable in cursor.fetchall()}
    for table, append_only in sorted(tables.items()):
        forced, writable = known.get(table, (False, False))
        if not forced:
            yield "table", table, "has no forced row-level security"
        if append_only and writable:
            yield "table", table, "may be changed by the application"


def _tenant_models() -> list[Any]:
    models = apps.get_app_config("handsel").get_models()
    return [model for model in models if issubclass(model, TenantTable)]

"""The migration step that turns freshly created tables into tenant tables."""

from __future__ import annotations

from typing import Any

from django.db.migrations.operations.base import Operation

from handsel.database.tables import TenantForeignKey

POLICY = "partner_id = nullif(current_setting('handsel.partner', true), '')::uuid"


class TenantTables(Operation):
    """Give each named model's table its composite keys and its forced row-level security.

    The primary key becomes (partner_id, id); every `TenantForeignKey` becomes a composite foreign key with an index
    of its own; two policies admit the partner of the transaction, and the role `handsel_all`.
    """

    reversible = False
    reduces_to_sql = True

    def __init__(self, models: list[str]) -> None:
        self.models = models

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing in Django's own picture of the models changes."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        models = [to_state.apps.get_model(app_label, name) for name in self.models]
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for model in models:
            table = schema_editor.quote_name(model._meta.db_table)
            name = model._meta.db_table
            schema_editor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}_pkey"')
            schema_editor.execute(f"ALTER TABLE {table} ADD PRIMARY KEY (partner_id, id)")
            schema_editor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            schema_editor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            schema_editor.execute(f"CREATE POLICY of_partner ON {table} USING ({POLICY}) WITH CHECK ({POLICY})")
            schema_editor.execute(f"CREATE POLICY of_all ON {table} TO handsel_all USING (true) WITH CHECK (true)")
        for model in models:
            for field in model._meta.local_fields:
                if isinstance(field, TenantForeignKey):
                    self._foreign_key(schema_editor, model._meta.db_table, field)

    def _foreign_key(self, schema_editor: Any, table: str, field: TenantForeignKey) -> None:
        target = field.remote_field.model._meta.db_table
        column = field.column
        schema_editor.execute(
            f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_{column}_of_partner" '
            f'FOREIGN KEY (partner_id, "{column}") REFERENCES "{target}" (partner_id, id)'
        )
        schema_editor.execute(f'CREATE INDEX "{table}_{column}" ON "{table}" (partner_id, "{column}")')

    def describe(self) -> str:
        return f"Make tenant tables of {', '.join(self.models)}"

"""What the database must know beyond its tables, brought up to date after every migration run.

Grants for the application's roles, and triggers generated from the transition tables of `rules`: they refuse an
unknown change of status even from psql. All of it is idempotent.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connections

from handsel.rules.activation_states import ACTIVATION
from handsel.rules.invoice_states import INVOICE
from handsel.rules.order_states import ORDER
from handsel.rules.payment_states import PAYMENT, REFUND
from handsel.rules.states import StateTable
from handsel.rules.subscription_states import SUBSCRIPTION

STATUS_TABLES: dict[str, StateTable] = {
    "orders": ORDER,
    "payments": PAYMENT,
    "refunds": REFUND,
    "subscriptions": SUBSCRIPTION,
    "invoices": INVOICE,
    "activations": ACTIVATION,
}


def refresh(using: str = "default", **_: Any) -> None:
    """Called by post_migrate, as the owner of the tables."""
    with connections[using].cursor() as cursor:
        for statement in (
            *_grants(),
            *_status_triggers(),
            *_count_trigger(),
            *_seal_trigger(),
            *_append_only_triggers(),
        ):
            cursor.execute(statement)


def _grants() -> list[str]:
    statements = [
        "GRANT USAGE ON SCHEMA public TO handsel_app, handsel_all",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO handsel_app, handsel_all",
        "GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO handsel_app, handsel_all",
        "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO handsel_app, handsel_all",
    ]
    statements += [
        f'REVOKE UPDATE, DELETE, TRUNCATE ON "{table}" FROM PUBLIC, handsel_app, handsel_all'
        for table in _append_only_tables()
    ]
    return statements


def _append_only_tables() -> list[str]:
    models = apps.get_app_config("handsel").get_models()
    return sorted(model._meta.db_table for model in models if getattr(model, "append_only", False))


def _status_triggers() -> list[str]:
    statements = []
    for table, states in STATUS_TABLES.items():
        pairs = ", ".join(f"'{source}>{target}'" for source, target in sorted(states.pairs()))
        statements.append(
            f"""CREATE OR REPLACE FUNCTION public.{table}_status_check() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF TG_OP = 'INSERT' OR (OLD.status || '>' || NEW.status) IN ({pairs}) THEN RETURN NEW; END IF;
              RAISE EXCEPTION 'a {states.noun} may not go from % to %', OLD.status, NEW.status
                USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_status_check';
            END $$"""
        )
        statements.append(
            f"CREATE OR REPLACE TRIGGER {table}_status_check BEFORE UPDATE OF status ON {table} "
            f"FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) "
            f"EXECUTE FUNCTION public.{table}_status_check()"
        )
    return statements


def _count_trigger() -> list[str]:
    return [
        """CREATE OR REPLACE FUNCTION public.orders_counted() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF TG_OP <> 'INSERT' THEN
            INSERT INTO public.order_counts (partner_id, id, owner_id, status, change)
            VALUES (OLD.partner_id, gen_random_uuid(), OLD.owner_id, OLD.status, -1);
          END IF;
          IF TG_OP <> 'DELETE' THEN
            INSERT INTO public.order_counts (partner_id, id, owner_id, status, change)
            VALUES (NEW.partner_id, gen_random_uuid(), NEW.owner_id, NEW.status, 1);
          END IF;
          RETURN NULL;
        END $$""",
        "CREATE OR REPLACE TRIGGER orders_counted_in_and_out AFTER INSERT OR DELETE ON orders "
        "FOR EACH ROW EXECUTE FUNCTION public.orders_counted()",
        "CREATE OR REPLACE TRIGGER orders_counted_moved AFTER UPDATE OF status, owner_id ON orders "
        "FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status OR OLD.owner_id IS DISTINCT FROM NEW.owner_id) "
        "EXECUTE FUNCTION public.orders_counted()",
    ]


def _seal_trigger() -> list[str]:
    return [
        """CREATE OR REPLACE FUNCTION public.event_unsealed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO public.unsealed_events (partner_id, id, event_id)
          VALUES (NEW.partner_id, gen_random_uuid(), NEW.id);
          RETURN NULL;
        END $$""",
        "CREATE OR REPLACE TRIGGER event_unsealed AFTER INSERT ON events "
        "FOR EACH ROW EXECUTE FUNCTION public.event_unsealed()",
    ]


def _append_only_triggers() -> list[str]:
    statements = [
        """CREATE OR REPLACE FUNCTION public.never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME USING ERRCODE = 'check_violation';
        END $$"""
    ]
    for table in _append_only_tables():
        statements.append(
            f"CREATE OR REPLACE TRIGGER {table}_never_changed BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION public.never_changed()"
        )
    return statements

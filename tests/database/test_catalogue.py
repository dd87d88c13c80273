"""Every table of the schema is either listed as global, or a tenant table with all that keeps tenants apart."""

from __future__ import annotations

import os
from collections.abc import Iterator

import psycopg
import pytest
from django.apps import apps
from django.db import connection
from django.db.utils import IntegrityError, ProgrammingError

from handsel.database.tenancy import across_partners, reading, writing
from handsel.models import Contact, Customer, Member
from tests.cast import acting, make_customer

GLOBAL_TABLES = frozenset(
    {
        "account_emailaddress",
        "account_emailconfirmation",
        "auth_group",
        "auth_group_permissions",
        "auth_permission",
        "credentials",
        "django_content_type",
        "django_migrations",
        "django_session",
        "memberships",
        "mfa_authenticator",
        "partners",
        "procrastinate_events",
        "procrastinate_jobs",
        "procrastinate_periodic_defers",
        "procrastinate_workers",
        "throttle_cache",
        "users",
    }
)
"""A request finds its partner through these, or they belong to Django and its applications."""

OF_PARTNER = "(partner_id = (NULLIF(current_setting('handsel.partner'::text, true), ''::text))::uuid)"

TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"

UNFORCED = """
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
  AND NOT (relrowsecurity AND relforcerowsecurity)"""

POLICIES = """
SELECT tablename, policyname, roles::text[], cmd, permissive, qual, with_check FROM pg_policies
WHERE schemaname = 'public' ORDER BY policyname"""

KEYS = """
SELECT from_table.relname, c.conname, c.contype::text,
       (SELECT array_agg(attname::text ORDER BY position) FROM unnest(c.conkey) WITH ORDINALITY AS k (attnum, position)
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum),
       to_table.relname,
       (SELECT array_agg(attname::text ORDER BY position) FROM unnest(c.confkey) WITH ORDINALITY AS k (attnum, position)
        JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.attnum)
FROM pg_constraint c
JOIN pg_class from_table ON from_table.oid = c.conrelid
LEFT JOIN pg_class to_table ON to_table.oid = c.confrelid
WHERE c.connamespace = 'public'::regnamespace AND c.contype IN ('p', 'f')"""

CHANGEABLE = """
SELECT relname, grantee FROM pg_class, unnest(ARRAY['handsel_app', 'handsel_all']) grantee
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
  AND (has_table_privilege(grantee, oid, 'UPDATE') OR has_table_privilege(grantee, oid, 'DELETE')
       OR has_any_column_privilege(grantee, oid, 'UPDATE') OR has_table_privilege(grantee, oid, 'TRUNCATE'))"""


def findings(database: psycopg.Connection[tuple[object, ...]]) -> list[str]:
    """What the catalogue has against the tables of the schema."""
    tenants = {str(name) for (name,) in database.execute(TABLES.encode())} - GLOBAL_TABLES
    unforced = {str(name) for (name,) in database.execute(UNFORCED.encode())}
    found = [f"{table}: row-level security is not forced" for table in unforced & tenants]
    found += list(_policy_findings(database, tenants))
    found += list(_key_findings(database, tenants))
    append_only = {m._meta.db_table for m in apps.get_models() if getattr(m, "append_only", False)}
    found += [
        f"{table}: {role} may change its rows"
        for table, role in database.execute(CHANGEABLE.encode())
        if table in append_only
    ]
    return sorted(found)


def _policy_findings(database: psycopg.Connection[tuple[object, ...]], tenants: set[str]) -> Iterator[str]:
    wanted = [
        ("of_all", ["handsel_all"], "ALL", "PERMISSIVE", "true", "true"),
        ("of_partner", ["public"], "ALL", "PERMISSIVE", OF_PARTNER, OF_PARTNER),
    ]
    have: dict[object, list[tuple[object, ...]]] = {}
    for table, *policy in database.execute(POLICIES.encode()):
        have.setdefault(table, []).append(tuple(policy))
    for table in tenants:
        if have.get(table, []) != wanted:
            yield f"{table}: its policies are {have.get(table, [])}"


def _key_findings(database: psycopg.Connection[tuple[object, ...]], tenants: set[str]) -> Iterator[str]:
    keyed = set()
    for table, name, kind, columns, target, target_columns in database.execute(KEYS.encode()):
        assert isinstance(columns, list)
        if table not in tenants:
            if target in tenants:
                yield f"{table}: {name} points from a global table into a tenant's"
        elif kind == "p":
            keyed.add(table)
            if columns[0] != "partner_id":
                yield f"{table}: its primary key begins with {columns[0]}"
        elif target == "partners":
            if columns != ["partner_id"]:
                yield f"{table}: {name} names a partner by {columns}"
        elif (columns[0], len(columns)) != ("partner_id", 2) or target_columns != ["partner_id", "id"]:
            yield f"{table}: {name} is not composite but {columns}"
    yield from (f"{table}: it has no primary key" for table in tenants - keyed)


@pytest.fixture
def owner() -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """The owner of the tables, in a transaction that is rolled back."""
    with psycopg.connect(os.environ["OWNER_DATABASE_URL"]) as database:
        yield database
        database.rollback()


def test_every_table_is_global_by_name_or_a_tenants_by_key_and_policy(
    owner: psycopg.Connection[tuple[object, ...]],
) -> None:
    assert findings(owner) == []


def test_every_global_table_that_is_listed_exists(owner: psycopg.Connection[tuple[object, ...]]) -> None:
    assert {str(name) for (name,) in owner.execute(TABLES.encode())} >= GLOBAL_TABLES


def test_every_tenant_model_has_a_tenant_table_and_no_other_model_has() -> None:
    for model in apps.get_app_config("handsel").get_models():
        assert (model._meta.db_table in GLOBAL_TABLES) != getattr(model, "is_tenant_table", False), model


@pytest.mark.parametrize(
    ("harm", "finding"),
    [
        ("CREATE TABLE forgotten (id uuid PRIMARY KEY)", "forgotten: its primary key begins with id"),
        ("ALTER TABLE orders NO FORCE ROW LEVEL SECURITY", "orders: row-level security is not forced"),
        ("DROP POLICY of_partner ON orders", "orders: its policies are"),
        ("GRANT UPDATE (sealed_at) ON seals TO handsel_app", "seals: handsel_app may change its rows"),
        (
            "ALTER TABLE credentials ADD tenant_row uuid, ADD partner uuid, ADD CONSTRAINT leak "
            "FOREIGN KEY (partner, tenant_row) REFERENCES orders (partner_id, id)",
            "credentials: leak points from a global table into a tenant's",
        ),
        (
            "ALTER TABLE customers ADD CONSTRAINT customer_id UNIQUE (id); "
            "ALTER TABLE orders ADD CONSTRAINT leak FOREIGN KEY (customer_id) REFERENCES customers (id)",
            "orders: leak is not composite but ['customer_id']",
        ),
    ],
)
def test_control_what_would_let_tenants_meet_is_found(
    owner: psycopg.Connection[tuple[object, ...]], harm: str, finding: str
) -> None:
    owner.execute(harm.encode())
    assert any(found.startswith(finding) for found in findings(owner))


def test_the_application_cannot_go_round_the_policies() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname, rolsuper, rolbypassrls, rolinherit FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("handsel_app", False, False, False)
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user")
        assert cursor.fetchone() == (0,)


def _visible(customer: Customer) -> int:
    """Asked in SQL, past the managers that would add the partner."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM customers WHERE id = %s", [customer.id])
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])


def test_another_partners_row_is_not_there_control_handsel_all_sees_it(dana: Customer, charlie: Member) -> None:
    with reading(charlie.partner_id):
        assert _visible(dana) == 0
    with reading(dana.partner_id):
        assert _visible(dana) == 1
    with across_partners("to see that the row is there"):
        assert _visible(dana) == 1


def test_without_a_partner_no_row_is_there(dana: Customer) -> None:
    assert _visible(dana) == 0


def test_another_partners_row_cannot_be_changed_or_deleted(dana: Customer, charlie: Member) -> None:
    with writing(charlie.partner_id), connection.cursor() as cursor:
        cursor.execute("UPDATE customers SET name = 'taken' WHERE id = %s", [dana.id])
        assert cursor.rowcount == 0
        cursor.execute("DELETE FROM search_words WHERE row_id = %s", [dana.id])
        assert cursor.rowcount == 0
    with reading(dana.partner_id):
        assert Customer.objects.get(id=dana.id).name == dana.name


def test_a_row_cannot_be_written_for_another_partner(dana: Customer, charlie: Member) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), writing(charlie.partner_id):
        Customer(partner_id=dana.partner_id, number="C-X", name="x", email="x@example.com", currency="USD").save(
            force_insert=True
        )


def test_a_row_cannot_point_at_another_partners_row(dana: Customer, charlie: Member) -> None:
    own = make_customer(charlie.partner, acting(charlie))
    contact = Contact(partner_id=own.partner_id, customer_id=dana.id, name="x", email="x@example.com")
    with pytest.raises(IntegrityError, match="contacts_customer_id_of_partner"), writing(charlie.partner_id):
        contact.save(force_insert=True)

"""The roles and the database, made by a superuser once, before any migration.

    handsel_owner   logs in, owns the database and every table, migrates; row-level security is forced on it too
    handsel_app     logs in, is granted what the migrations grant, inherits nothing and cannot bypass row-level security
    handsel_all     does not log in; its policies see every partner; handsel_app enters it by SET LOCAL ROLE

`handsel up` runs this; on a server of one's own an administrator makes the three roles and the database likewise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

import psycopg
from psycopg import sql

OWNER, APP, ALL = "handsel_owner", "handsel_app", "handsel_all"
_LOCK = 0x48616E64  # Two starts at once must not both find that a role is missing.


@dataclass(frozen=True, slots=True)
class Passwords:
    """The passwords of the two roles that log in."""

    owner: str = field(repr=False)
    app: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Urls:
    """Connection addresses with passwords: `app` serves, `owner` migrates."""

    app: str = field(repr=False)
    owner: str = field(repr=False)


def bootstrap(superuser_url: str, database: str, passwords: Passwords) -> Urls:
    """Makes what is missing of roles and database, sets both passwords, and is harmless to repeat."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        _make_roles(connection, passwords)
        _make_database(connection, database)
    with psycopg.connect(with_database(superuser_url, database), autocommit=True) as connection:
        _own_schema(connection)
    return Urls(
        app=with_login(with_database(superuser_url, database), APP, passwords.app),
        owner=with_login(with_database(superuser_url, database), OWNER, passwords.owner),
    )


def with_database(url: str, database: str) -> str:
    """The same server and login, another database."""
    return urlsplit(url)._replace(path=f"/{quote(database, safe='')}").geturl()


def with_login(url: str, user: str, password: str) -> str:
    """The same server and database, another login."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{quote(user, safe='')}:{quote(password, safe='')}@{place}").geturl()


def _make_roles(connection: psycopg.Connection, passwords: Passwords) -> None:
    attributes = {
        OWNER: "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS",
        APP: "LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS",
        ALL: "NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD NULL",
    }
    there = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
    for role, wanted in attributes.items():
        verb = "ALTER" if role in there else "CREATE"
        connection.execute(sql.SQL(f"{verb} ROLE {{}} {wanted}").format(sql.Identifier(role)))
    for role, password in ((OWNER, passwords.owner), (APP, passwords.app)):
        # Hashed here, so that the password is in no statement, and in no log of one.
        hashed = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
        connection.execute(
            sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(hashed)),
        )
    connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(ALL), sql.Identifier(APP)))


def _make_database(connection: psycopg.Connection, database: str) -> None:
    name = sql.Identifier(database)
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(
                name, sql.Identifier(OWNER)
            )
        )
    # A database copied from a template or restored from a backup belongs to whoever copied it, not to the owner's role.
    connection.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(name, sql.Identifier(OWNER)))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, sql.Identifier(APP)))


def _own_schema(connection: psycopg.Connection) -> None:
    connection.execute(sql.SQL("ALTER SCHEMA public OWNER TO {}").format(sql.Identifier(OWNER)))
    connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    for role in (APP, ALL):
        connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(sql.Identifier(role)))

"""Databases for the tests: made and dropped, or put back to how a small city was founded.

A fresh copy for every test costs half a second; putting one back costs some milliseconds.
"""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

import sqlalchemy as sa

from hotline.models import Base

FOUNDED = "founded"  # the schema with the rows as they were
TABLES = [table.name for table in Base.metadata.sorted_tables]


def create(postgres: str, name: str) -> str:
    """An empty database on the server; its address."""
    administer(postgres, f'CREATE DATABASE "{name}"')
    return urlunsplit(urlsplit(postgres)._replace(path=f"/{name}"))


def drop(postgres: str, name: str) -> None:
    """Gone, whoever is still connected."""
    administer(postgres, f'DROP DATABASE "{name}" WITH (FORCE)')


def administer(postgres: str, statement: str) -> None:
    """One statement outside any transaction."""
    engine = sa.create_engine(postgres, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text(statement))


def remember(engine: sa.Engine) -> None:
    """Keep all rows as they are now."""
    with engine.begin() as connection:
        connection.execute(sa.text(f"CREATE SCHEMA {FOUNDED}"))
        for table in TABLES:
            connection.execute(sa.text(f'CREATE TABLE {FOUNDED}."{table}" AS TABLE public."{table}"'))


def put_back(url: str) -> None:
    """Every row as it was remembered, and every sequence; whoever is still connected is thrown out."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ))  # fmt: skip
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))  # no triggers, no foreign keys
        for table in TABLES:
            connection.execute(sa.text(f'DELETE FROM public."{table}"'))
            connection.execute(sa.text(f'INSERT INTO public."{table}" SELECT * FROM {FOUNDED}."{table}"'))
        connection.execute(sa.text("ALTER SEQUENCE ticket_number RESTART"))
        connection.execute(sa.text("; ".join(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM"
            f' public."{table}"), false)'
            for table in TABLES
        )))  # fmt: skip

"""Databases for the tests: made and dropped, or put back to how a small city was founded.

A fresh copy for every test costs half a second; putting one back costs some milliseconds.
"""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple
from urllib.parse import urlsplit, urlunsplit

import sqlalchemy as sa

from hotline.models import Base
from hotline.models.report import STAYS

FOUNDED = "founded"  # the schema with the rows as they were
TABLES = [table.name for table in Base.metadata.sorted_tables]

#: Of each table how many rows it has and which transaction wrote the latest: whatever is done to it changes one.
STATES = sa.text(" UNION ALL ".join(
    f"SELECT '{table}', count(*), coalesce(max(xmin::text::bigint), 0) FROM public.\"{table}\"" for table in TABLES
))  # fmt: skip
KEPT = "kept"  # what connections call themselves that wait for the next test
THROW_OUT = sa.text(
    "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    f" AND (application_name, state) IS DISTINCT FROM ('{KEPT}', 'idle')"
)
#: The parts of tables that have one for each report: whose, by which name, and for which report.
PARTS = sa.text(
    "SELECT inhparent::regclass::text, inhrelid::regclass::text, pg_get_expr(relpartbound, pg_class.oid)"
    " FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid WHERE pg_class.relkind = 'r'"
)
WRITER = sa.text("SELECT pg_current_xact_id()::text::bigint")
#: What each sequence gives next.
NUMBERS = sa.text("SELECT sequencename, coalesce(last_value + 1, start_value) FROM pg_sequences")

States = dict[str, tuple[int, int]]
Parts = set[tuple[str, str, str]]


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


class Kept(sa.QueuePool):
    """Connections that outlast a test: on a new one the server learns anew what each table looks like, which takes it
    longer than most tests ask it for anything. Whoever disposes of them, as the application does when it is made, has
    them back."""

    _all: ClassVar[list[Kept]] = []

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._all.append(self)

    def dispose(self) -> None:
        """Keep them."""

    def recreate(self) -> Kept:
        """The same."""
        return self

    @classmethod
    def close_all(cls) -> None:
        """Now really."""
        for pool in cls._all:
            super(Kept, pool).dispose()


class Remembered(NamedTuple):
    """How the rows once were. `schema`: where they are kept; `states`: whether a table still is so."""

    schema: str
    states: States
    parts: Parts
    renumber: str


class Founded:
    """A database whose rows have been remembered as they are now."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._known: dict[str, Remembered] = {}
        # No triggers, no foreign keys. Said once: to say it anew makes the server forget how it reads the states.
        self._engine = sa.create_engine(
            url, pool_size=1, connect_args={"options": "-c session_replication_role=replica"}
        )
        self.remember(FOUNDED)

    def remember(self, name: str) -> None:
        """The rows as they are now, by a name that a schema can have."""
        with self._engine.begin() as connection:
            connection.execute(sa.text(f"CREATE SCHEMA {name}"))
            for table in TABLES:
                connection.execute(sa.text(f'CREATE TABLE {name}."{table}" AS TABLE public."{table}"'))
            states, parts = _states(connection), _parts(connection)
            numbers = connection.execute(NUMBERS).all()
        # ALTER SEQUENCE … RESTART would make a new file for each.
        renumber = "SELECT " + ", ".join(f"setval('{each}', {number}, false)" for each, number in numbers)
        self._known[name] = Remembered(name, states, parts, renumber)

    def put_back(self, name: str = FOUNDED) -> None:
        """Every row as it was remembered, and every sequence; whoever else still does something is thrown out."""
        known = self._known[name]
        with self._engine.begin() as connection:
            connection.execute(THROW_OUT)
            _divide(connection, known.parts)
            now = _states(connection)
            changed = [table for table in TABLES if now[table] != known.states[table]]
            statements = [
                f'DELETE FROM public."{table}"; INSERT INTO public."{table}" SELECT * FROM {known.schema}."{table}"'
                for table in changed
            ]
            connection.execute(sa.text("; ".join([*statements, known.renumber])))
            writer = connection.scalar(WRITER)
        known.states.update({table: _written(known.states[table], writer) for table in changed})

    def dispose(self) -> None:
        """Leave the server."""
        self._engine.dispose()


def _states(connection: sa.Connection) -> States:
    return {table: (rows, latest) for table, rows, latest in connection.execute(STATES)}


def _parts(connection: sa.Connection) -> Parts:
    return {(table, part, bounds) for table, part, bounds in connection.execute(PARTS)}


def _divide(connection: sa.Connection, parts: Parts) -> None:
    """The tables into these parts."""
    there = _parts(connection)
    for _, part, _ in there - parts:
        connection.execute(sa.text(f"DROP TABLE {part}"))
    for table, part, bounds in parts - there:
        connection.execute(sa.text(f"CREATE TABLE {part} PARTITION OF {table} {bounds}"))
        connection.execute(sa.text(STAYS[0].format(table=part)))


def _written(state: tuple[int, int], writer: int) -> tuple[int, int]:
    """The same rows, all written by that transaction."""
    rows, _ = state
    return rows, writer if rows else 0

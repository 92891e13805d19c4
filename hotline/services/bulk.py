"""Many rows at once: they travel as one JSON parameter, and the database spreads them out by the table's own types.

One statement a batch whatever its size. Sending each value as a parameter of its own takes three times as long.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

Rows = Sequence[Mapping[str, Any]]


def insert(session: Session, table: sa.Table, rows: Rows, **same: Any) -> None:
    """Add the rows in their order. All have the same columns; `same` are columns that do not differ between them.

    The others take the table's defaults.
    """
    if rows:
        session.execute(sa.text(_insertion(table, rows, same)), _parameters(rows, same))


def insert_new(session: Session, table: sa.Table, rows: Rows, *unique: str, **same: Any) -> list[tuple[Any, ...]]:
    """Add those that are new in the columns of the given unique constraint; return these columns of what was added."""
    if not rows:
        return []
    key = ", ".join(unique)
    statement = f"{_insertion(table, rows, same)} ON CONFLICT ({key}) DO NOTHING RETURNING {key}"
    return [tuple(row) for row in session.execute(sa.text(statement), _parameters(rows, same))]


def update(session: Session, table: sa.Table, rows: Rows) -> None:
    """Change the rows found by `id` to the other values given."""
    if rows:
        changes = ", ".join(f"{name} = n.{name}" for name in rows[0] if name != "id")
        statement = f"UPDATE {table.name} AS t SET {changes} FROM {_spread(table)} AS n WHERE t.id = n.id"  # noqa: S608
        session.execute(sa.text(statement), _parameters(rows, {}))


def next_ids(session: Session, table: sa.Table, count: int) -> list[int]:
    """Ids for rows that others added in the same batch will point to."""
    sequence = sa.func.pg_get_serial_sequence(table.name, "id")
    query = sa.select(sa.func.nextval(sequence)).select_from(sa.func.generate_series(1, count))
    return list(session.scalars(query)) if count else []


def _insertion(table: sa.Table, rows: Rows, same: Mapping[str, Any]) -> str:
    """Names come from the tables and from the code that calls, never from outside."""
    columns = [*rows[0], *same]
    values = [*rows[0], *(f":{name}" for name in same)]
    return f"INSERT INTO {table.name} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {_spread(table)}"  # noqa: S608


def _spread(table: sa.Table) -> str:
    return f"json_populate_recordset(NULL::{table.name}, CAST(:rows AS json))"


def _parameters(rows: Rows, same: Mapping[str, Any]) -> dict[str, Any]:
    return {"rows": json.dumps(rows, ensure_ascii=False, default=_as_text), **same}


def _as_text(value: object) -> str:
    """As PostgreSQL reads it: bytes in hex, times and amounts as they print."""
    return f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)

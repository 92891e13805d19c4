"""How PostgreSQL goes about a list: the plan of the statement that took longest, as it was carried out."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from hotline.domain.actors import Actor
from hotline.office import Office
from hotline.services import desk
from hotline.services.desk import Search

LONGEST = 160  # characters of a line: what is filtered by may be long


def plans_of(
    office: Office, actor: Actor, now: datetime, searches: Sequence[tuple[str, Search]]
) -> Iterator[tuple[str, str]]:
    """For each list its name and the plan of its heaviest statement."""
    for title, search in searches:
        asked: list[tuple[float, str, Any]] = []
        with office.work(actor, now) as work:
            connection = work.session.connection()
            with _Noting(connection, asked):
                desk.page(work, search)
            heaviest = max(asked, key=lambda one: one[0])
            for _, statement, parameters in asked[: asked.index(heaviest)]:
                if "set_config" in statement:  # under which it was carried out
                    connection.exec_driver_sql(statement, parameters)
            _, statement, parameters = heaviest
            explained = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, COSTS OFF, BUFFERS) {statement}", parameters)
            yield title, "\n".join(_short(row[0]) for row in explained)


class _Noting:
    """Statements of a connection, with how long each took."""

    def __init__(self, connection: sa.Connection, asked: list[tuple[float, str, Any]]) -> None:
        self._connection, self._asked, self._began = connection, asked, 0.0

    def __enter__(self) -> None:
        sa.event.listen(self._connection, "before_cursor_execute", self._before)
        sa.event.listen(self._connection, "after_cursor_execute", self._after)

    def __exit__(self, *fault: object) -> None:
        sa.event.remove(self._connection, "before_cursor_execute", self._before)
        sa.event.remove(self._connection, "after_cursor_execute", self._after)

    def _before(self, *of_it: object) -> None:
        self._began = time.perf_counter()

    def _after(self, _connection: object, _cursor: object, statement: str, parameters: Any, *rest: object) -> None:
        self._asked.append((time.perf_counter() - self._began, statement, parameters))


def _short(line: str) -> str:
    plain = re.sub(r"'\{[\d,]{40,}\}'", "'{…}'", line)
    return plain if len(plain) <= LONGEST else plain[:LONGEST] + "…"

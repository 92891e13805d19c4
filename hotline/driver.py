"""The driver of the database, without what it would do at every answer for nobody."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from psycopg import Column, Cursor


class Columns(Sequence[Column]):
    """The columns of an answer, described once somebody looks at them."""

    def __init__(self, cursor: Cursor[Any], number: int) -> None:
        self._cursor = cursor
        self._number = number

    def __len__(self) -> int:
        return self._number

    def __getitem__(self, index: Any) -> Any:
        return self._described[index]

    @cached_property
    def _described(self) -> list[Column]:
        return [Column(self._cursor, index) for index in range(self._number)]


class LateCursor(Cursor[Any]):
    """SQLAlchemy asks every answer whether it has columns, and looks at them the first time that a statement is asked.
    To describe them each time took longer than to read the rows."""

    @property
    def description(self) -> Any:
        """The columns; None where the statement answers with none."""
        answer = self.pgresult
        return Columns(self, answer.nfields) if answer is not None and answer.nfields else super().description

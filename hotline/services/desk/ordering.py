"""What stands on top, and where a page goes on: keyset paging, so that page 500 costs what page 1 costs.

A long list is walked along an index. Where one index does not hold everything (tickets without a promise, matters that
one person brought up) the walk has two stretches, the second one begun when the first has ended.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

import sqlalchemy as sa

from hotline.domain.errors import Invalid
from hotline.models import Deadline, Ticket
from hotline.services.desk.promises import is_first, meant
from hotline.services.desk.search import BAD_CURSOR, Search, Sort
from hotline.services.scoping import exists_by_row
from hotline.services.work import Work

Condition = sa.ColumnElement[bool]
Place = tuple[Any, int]  # the key of a ticket in its order, and its id

FAR: Final = sa.literal_column("'infinity'::timestamptz", sa.TIMESTAMP(timezone=True))
LARGEST: Final = 2**31 - 1


@dataclass(frozen=True)
class Stretch:
    """A part of a list that one index holds in order. `holds`: whether a place lies in it, by its key."""

    columns: tuple[Any, ...]
    down: bool
    conditions: Sequence[Condition]
    holds: Callable[[Any], bool]
    of_firsts: Callable[..., Condition] | None = None  # walked along the promises: what tells a ticket's first one

    @property
    def by_promise(self) -> bool:
        """Walked along the promises."""
        return self.of_firsts is not None

    def start(self) -> sa.Select[Any]:
        """The key and the id of each ticket, from where the walk goes."""
        key = sa.null() if self.is_by_id else self.columns[0]
        query = sa.select(key.label("key"), Ticket.id).where(*self.conditions)
        if self.of_firsts is None:
            return query.select_from(Ticket)
        return query.join_from(Deadline, Ticket, Ticket.id == Deadline.ticket_id).where(self.of_firsts())

    def rows(self) -> sa.Select[Any]:
        """The same as the index has it: of promises all, with their own ids, and nothing of their tickets."""
        if self.of_firsts is None:
            return self.start()
        key, id = self.columns
        return sa.select(key.label("key"), id.label("id"), Deadline.id.label("promise")).where(*self.conditions)

    def firsts(self, rows: sa.FromClause) -> list[Condition]:
        """What must hold of such rows beside their tickets."""
        if self.of_firsts is None:
            return []
        return [self.of_firsts(rows, sa.tuple_(rows.c.key, rows.c.promise))]

    def after(self, place: Place) -> Condition:
        """Beyond a place that lies in this stretch."""
        values = place[-len(self.columns) :]
        there = sa.tuple_(*(sa.literal(value, column.type) for value, column in zip(values, self.columns, strict=True)))
        here = sa.tuple_(*self.columns)
        return here < there if self.down else here > there

    def backwards(self) -> Stretch:
        """The same from its end."""
        return Stretch(self.columns, not self.down, self.conditions, self.holds, self.of_firsts)

    @property
    def order(self) -> list[Any]:
        """As the rows are read."""
        return self._turned(self.columns)

    def order_of(self, rows: sa.FromClause) -> list[Any]:
        """The same of what was read of it, by its `key` and `id`."""
        return self._turned([rows.c.id] if self.is_by_id else [rows.c.key, rows.c.id])

    def _turned(self, columns: Sequence[Any]) -> list[Any]:
        return [column.desc() if self.down else column.asc() for column in columns]

    @property
    def is_by_id(self) -> bool:
        """In the order of the tickets' ids; else by a key first."""
        return len(self.columns) == 1


def stretches(work: Work, search: Search, *, promised: bool = False) -> list[Stretch]:
    """The order as it is walked. `promised`: of tickets with such a promise only."""
    sort = search.order
    if sort is Sort.DUE:
        these = meant(work, search)
        along = Stretch(
            (Deadline.due_at, Deadline.ticket_id), False, these, lambda key: key is not None,
            partial(is_first, work, search),
        )  # fmt: skip
        without = ~exists_by_row(sa.select(Deadline.id).where(Deadline.ticket_id == Ticket.id, *these))
        rest = Stretch((Ticket.id,), False, [without], lambda key: key is None)
        return [along] if promised else [along, rest]
    if sort in (Sort.NEWEST, Sort.OLDEST):
        return [Stretch((Ticket.id,), sort is Sort.NEWEST, [], lambda key: True)]
    column, least = _counted(sort)
    return [
        Stretch((column, Ticket.id), True, [column > least], lambda key: key is not None),
        Stretch((Ticket.id,), True, [column <= least], lambda key: key is None),
    ]


def key_of(sort: Sort, due_at: Any) -> tuple[list[Any], Any]:
    """For a short list: the order, and the key as a walk would give it (None in the second stretch)."""
    if sort is Sort.DUE:
        return [sa.func.coalesce(due_at, FAR), Ticket.id], due_at
    if sort in (Sort.NEWEST, Sort.OLDEST):
        return [Ticket.id.desc() if sort is Sort.NEWEST else Ticket.id.asc()], sa.null()
    column, least = _counted(sort)
    key = sa.case((column > least, column), else_=None)
    return [key.desc().nulls_last(), Ticket.id.desc()], key


def _counted(sort: Sort) -> tuple[Any, int]:
    """What is counted, and what it is for nearly everybody."""
    return (Ticket.heat, 1) if sort is Sort.HEAT else (Ticket.level, 0)


def is_beyond(sort: Sort, place: Place, there: Place) -> bool:
    """Whether a place comes after another one in the order."""
    return _rank(sort, place) > _rank(sort, there)


def _rank(sort: Sort, place: Place) -> tuple[Any, ...]:
    key, id = place
    if sort is Sort.DUE:
        return (key is None, key.timestamp() if key is not None else 0, id)
    if sort in (Sort.NEWEST, Sort.OLDEST):
        return (-id if sort is Sort.NEWEST else id,)
    return (key is None, -(key or 0), -id)


def cursor(place: Place) -> str:
    """A place as it stands in an address."""
    key, id = place
    return f"{key.isoformat() if isinstance(key, datetime) else '' if key is None else key}~{id}"


def read_cursor(sort: Sort, text: str) -> Place:
    """The place that an address names. Raises Invalid for one that is none of ours."""
    key, _, digits = text.partition("~")
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 19):
        raise Invalid({"after": BAD_CURSOR})
    return _read_key(sort, key), int(digits)


def _read_key(sort: Sort, text: str) -> Any:
    if not text or sort in (Sort.NEWEST, Sort.OLDEST):
        return None
    if sort is not Sort.DUE:
        if text.isascii() and text.isdecimal() and len(text) < 10:
            return int(text)
        raise Invalid({"after": BAD_CURSOR})
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        read = None
    if read is None or read.tzinfo is None:
        raise Invalid({"after": BAD_CURSOR})
    return read

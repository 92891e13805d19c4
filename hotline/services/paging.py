"""Lists page by page, in both directions. A page hangs on a row, not on a number: what arrives moves nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar, TypeVarTuple

import sqlalchemy as sa

Row = TypeVar("Row")
Key = TypeVar("Key")
Columns = TypeVarTuple("Columns")


@dataclass(frozen=True)
class Place(Generic[Key]):
    """Where a page begins, `after` a row, or where it ends, `before` one; with neither it is the first page."""

    after: Key | None = None
    before: Key | None = None

    @property
    def back(self) -> bool:
        """Whether the reader comes from further down."""
        return self.before is not None

    @property
    def first(self) -> bool:
        """Whether the list is read from its beginning."""
        return self.after is None and self.before is None


FIRST: Final[Place[Any]] = Place()  # the beginning of any list


class Stretch(list[Row], Generic[Row, Key]):
    """The rows of a page in the order of the list, and the way on: `before` to the page above, `after` to that below.

    `astray`: the way led to nothing, or up to less than a page, because rows have gone or come since; the reader is
    better off at the beginning of the list.
    """

    def __init__(self, rows: Sequence[Row], *, before: Key | None, after: Key | None, astray: bool) -> None:
        super().__init__(rows)
        self.before = before
        self.after = after
        self.astray = astray


def newest_first(query: sa.Select[*Columns], column: Any, place: Place[int], size: int) -> sa.Select[*Columns]:
    """A page of `size` by falling ids; one row more is read, which tells whether the list goes on: see `cut`."""
    if place.before is not None:
        return query.where(column > place.before).order_by(column).limit(size + 1)
    if place.after is not None:
        query = query.where(column < place.after)
    return query.order_by(column.desc()).limit(size + 1)


def cut(rows: Sequence[Row], place: Place[Key], size: int, key: Callable[[Row], Key]) -> Stretch[Row, Key]:
    """The page out of what was read for it; on the way back that was read upwards, beginning next to `place.before`."""
    more, page = len(rows) > size, list(rows[:size])
    if place.back:
        page.reverse()
    above, below = (more, True) if place.back else (not place.first, more)
    return Stretch(
        page,
        before=key(page[0]) if above and page else None,
        after=key(page[-1]) if below and page else None,
        astray=len(page) < size if place.back else not (place.first or page),
    )

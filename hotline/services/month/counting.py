"""The promises that a month's figures count, one row each, in the form in which PostgreSQL counts them quickest.

Without a look at the tickets where nothing of them is asked: the indexes of the promises hold all that the figures look
at. What a ticket tells is looked up together for the tickets of these weeks, and one by one for the few older ones:
PostgreSQL by itself would rather read all that there ever were.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import reduce
from operator import add
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from hotline.domain.rates import FIGURES, Marks, Window
from hotline.models import MonthlyReportItem, Ticket
from hotline.services.month import owing
from hotline.services.scoping import not_named, sees_all
from hotline.services.work import Work

_DIRECT: Final = "direct"
_BITS: Final = (*Marks._fields, _DIRECT)
#: What is looked at of a ticket, and no more, labelled: every column costs SQLAlchemy something in each of the many
#: places in which it is told, one of a table much more.
_OF_TICKET: Final = tuple(
    Ticket.__table__.c[name].label(name)
    for name in (
        *("id", "number", "state", "received_at", "ended_at", "category_id", "area", "channel", "source", "urgency"),
        *("centre_id", "centre_path", "place_keys", "named_unit_ids"),
    )
)
_NEAR: Final = timedelta(days=31)  # before the month: older tickets are few among those that are owed in it


def read(sort: int) -> tuple[Marks, bool]:
    """What a sort says: the marks of the promises, and whether the centre answered itself."""
    *standing, direct = (bool(sort >> place & 1) for place in range(len(_BITS)))
    return Marks(*standing), direct


def counted_by(figure: str, sort: Any) -> owing.Condition:
    """Whether that figure of `rates.FIGURES` counts the promises of a sort, in SQL."""
    counted = [each for each in range(1 << len(_BITS)) if FIGURES[figure](read(each)[0])]
    return sa.and_(sort == sa.any_(sa.literal(counted, ARRAY(sa.Integer))))


def first_near(work: Work, window: Window) -> int:
    """The tickets from this one on are looked up together. Where the border lies changes nothing but the time."""
    since = Ticket.received_at >= window.begins - _NEAR
    return work.session.scalar(sa.select(Ticket.id).where(since).order_by(Ticket.received_at).limit(1)) or 0


def near(border: int) -> sa.Subquery:
    """The tickets from that one on."""
    return sa.select(*_OF_TICKET).where(Ticket.id >= border).subquery()


def one(ticket_id: Any) -> Any:
    """The ticket looked up by itself: to skip none keeps PostgreSQL from reading all of them."""
    return sa.select(*_OF_TICKET).where(Ticket.id == ticket_id).offset(sa.literal_column("0")).lateral()


@dataclass(frozen=True)
class Counting:
    """Whose promises of which month and kinds, live or frozen, are counted. `unit_id`: of that one and all below it."""

    work: Work
    window: Window
    rows: owing.Rows
    unit_id: int | None = None
    kinds: Sequence[str] = owing.RATED

    def every(self, *dimensions: str) -> sa.Subquery:
        """A row for each promise that some figure counts: `kind`, `sort`, and the dimensions asked for by the names of
        their columns.

        A sort is what the figures look at (`rates.Marks`) as bits: so that a promise is looked at once, and not once
        for each figure.
        """
        if self.rows.report_id is not None or (sees_all(self.work.actor) and not self._of_ticket(dimensions)):
            return sa.union_all(*self._parts(dimensions)).subquery()
        own = [name for name in dimensions if name not in self._of_ticket(dimensions)]
        promises = sa.union_all(*self._parts([*own, "ticket_id"])).subquery()
        border = first_near(self.work, self.window)
        return sa.union_all(
            self._joined(promises, dimensions, near(border)).where(promises.c.ticket_id >= border),
            self._joined(promises, dimensions, one(promises.c.ticket_id)).where(promises.c.ticket_id < border),
        ).subquery()

    def _of_ticket(self, dimensions: Sequence[str]) -> Sequence[str]:
        """Those that the ticket tells and not the promise."""
        return [name for name in dimensions if not hasattr(self.rows.promise, name)]

    def _parts(self, dimensions: Sequence[str]) -> Sequence[sa.Select[Any]]:
        promise = self.rows.promise
        conditions = {**owing.marks(self.window, promise), _DIRECT: promise.direct}
        bits = [sa.case((conditions[name], 1 << place), else_=0) for place, name in enumerate(_BITS)]
        columns = [getattr(promise, name) for name in dimensions]
        query = sa.select(promise.kind, reduce(add, bits).label("sort"), *columns)
        for condition in self._narrowing(promise):
            query = query.where(condition)
        return [query.where(each) for each in owing.stretches(self.window, promise, self.kinds)]

    def _narrowing(self, promise: Any) -> Sequence[owing.Condition]:
        actor, found = self.work.actor, []
        if self.rows.report_id is not None:
            found.append(MonthlyReportItem.report_id == self.rows.report_id)
        if not sees_all(actor):
            found.append(owing.below(actor, promise))
            if self.rows.report_id is not None and actor.unit_path:
                found.append(promise.ticket_id.in_(sa.select(Ticket.id).where(not_named(actor))))
        if self.unit_id is not None:
            found.append(owing.in_subtree(self.unit_id, promise))
        return found

    def _joined(self, promises: sa.Subquery, dimensions: Sequence[str], ticket: Any) -> sa.Select[Any]:
        of_ticket = self._of_ticket(dimensions)
        columns = [(ticket if name in of_ticket else promises).c[name] for name in dimensions]
        query = sa.select(promises.c.kind, promises.c.sort, *columns).join(ticket, ticket.c.id == promises.c.ticket_id)
        actor = self.work.actor
        if sees_all(actor) or not actor.unit_path:  # who stands nowhere has no promises either
            return query
        return query.where(not_named(actor, ticket.c))

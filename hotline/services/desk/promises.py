"""The promises that a list is sorted and narrowed by: open, in force, owed by the reader's own units, and of the kind
and time that is asked for.

Where one stands in time is read from the stored moments, never from whether the sweep has passed (design §4).
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlalchemy.sql.selectable import LateralFromClause as Lateral

from hotline.models import Deadline, DeadlineKind, Ticket
from hotline.services.desk.search import Due, DueWithin, Search
from hotline.services.scoping import exists_by_row, is_root
from hotline.services.work import Work

Condition = sa.ColumnElement[bool]

WARNED: Final = -1  # rank of a promise whose owner has been warned
_WARNED: Final = sa.literal_column(str(WARNED), sa.SmallInteger)  # as the index has it


def running(work: Work, promise: type[Deadline] = Deadline) -> list[Condition]:
    """Open, in force, and the reader's: the city centre answers for all."""
    conditions: list[Condition] = [
        promise.met_at.is_(None),
        promise.void_at.is_(None),
        promise.offered_at.is_(None),
        promise.started_at <= work.now,
    ]
    if not is_root(work.actor):
        conditions.append(promise.unit_path.startswith(work.actor.unit_path))
    return conditions


def asks_promise(search: Search) -> bool:
    """Whether a kind of promise or a time is asked for."""
    return search.kind is not None or search.due is not None


def meant(work: Work, search: Search, promise: type[Deadline] = Deadline) -> list[Condition]:
    """The promises that the list is about: those that run, of the kind and time that is asked for."""
    found = running(work, promise)
    if search.kind is not None:
        found.append(promise.kind == search.kind)
    if search.due is not None:
        found += _falls_due(work, search.due, promise.due_at)
    return found


def _falls_due(work: Work, due: DueWithin, at: sa.SQLColumnExpression[datetime]) -> list[Condition]:
    """What ends at 24:00 belongs to the day that ends there (design §5)."""
    today = work.now.astimezone(work.rules.zone).date()
    if due is DueWithin.OVER:
        return [at < work.now]
    if due is DueWithin.LATER:
        return [at > begin_of(work, _monday_after(today))]
    ends = {
        DueWithin.TODAY: today + timedelta(days=1),
        DueWithin.DAYS3: today + timedelta(days=3),
        DueWithin.WEEK: _monday_after(today),
    }
    return [at >= work.now, at <= begin_of(work, ends[due])]


def _monday_after(day: date) -> date:
    return day + timedelta(days=7 - day.weekday())


def begin_of(work: Work, day: date) -> datetime:
    """Midnight in the city."""
    return datetime.combine(day, time(), work.rules.zone)


def near(work: Work, promise: Any = Deadline) -> Condition:
    """将到期: its owner was warned, or would have been had the sweep passed; a survey's time is nobody's hurry."""
    return sa.and_(promise.due_at >= work.now, sa.or_(*near_ways(work, promise)))


def near_ways(work: Work, promise: Any = Deadline) -> tuple[Condition, Condition]:
    """The two, each with an index; none is both."""
    warned = sa.and_(promise.rank >= _WARNED, promise.kind != DeadlineKind.SURVEY)
    return warned, sa.and_(promise.rank < _WARNED, promise.next_at <= work.now)


def is_first(work: Work, search: Search, promise: Any = Deadline, place: sa.Tuple | None = None) -> Condition:
    """Whether no other such promise of the same ticket falls due before this one. Asked after everything that stands in
    the ticket's row (hence of `Ticket.id`), and of each row by itself, so that a list stops when its page is full.

    `place`: its due time and id, where `promise` is a statement that has them by other names.
    """
    other = aliased(Deadline)
    here = place if place is not None else sa.tuple_(promise.due_at, promise.id)
    earlier = sa.tuple_(other.due_at, other.id) < here
    sooner = sa.select(other.id).where(other.ticket_id == Ticket.id, *meant(work, search, other), earlier)
    return ~exists_by_row(sooner.correlate(Ticket, promise))  # said, for the ticket may stand two levels further out


def next_due(work: Work, search: Search) -> Lateral:
    """Of each ticket the one that falls due first."""
    return (
        sa.select(
            Deadline.id,
            Deadline.kind,
            Deadline.started_at,
            Deadline.due_at,
            Deadline.limit_text,
            Deadline.rank,
            Deadline.next_at,
        )
        .where(Deadline.ticket_id == Ticket.id, *meant(work, search))
        .order_by(Deadline.due_at, Deadline.id)
        .limit(1)
        .lateral("next_due")
    )


def due_of(row: Any) -> Due | None:
    """The promise of a row; None for a ticket without one."""
    if row.id is None:
        return None
    return Due(row.id, row.kind, row.started_at, row.due_at, row.limit_text, warned_at(row))


def warned_at(row: Any) -> datetime:
    """From when on a promise is 将到期: the stored moment, or the start where the warning has been given."""
    if row.rank < WARNED:
        moment: datetime = row.next_at or row.due_at
    else:
        moment = row.due_at if row.kind is DeadlineKind.SURVEY else row.started_at
    return moment

"""还差哪些: the promises behind a number of the running month's board or of a brief, with who has each and what it
waits for. By day or by unit; page by page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from hotline.domain.errors import Invalid
from hotline.domain.foresight import FIGURES
from hotline.domain.rates import Month, RateKind, Window
from hotline.domain.workflow import State
from hotline.models import Deadline, DeadlineKind, Part, Staff, Ticket, Unit
from hotline.services import paging
from hotline.services.covering import passing, read_ahead
from hotline.services.crews import Turn
from hotline.services.month import owing, reporting
from hotline.services.month.owing import Condition
from hotline.services.paging import FIRST, Place, Stretch
from hotline.services.scoping import visible
from hotline.services.work import Work

Query = sa.Select[*tuple[Any, ...]]

PAGE = 50
CLOSED = "closed"  # 办结的: by when the ticket was closed, not by when that was due
_ADVANCE = sa.literal(timedelta(microseconds=1), sa.Interval)


@dataclass(frozen=True)
class Asked:
    """Which promises: a figure of `foresight` or `CLOSED`, of a kind or of all three, of a subtree or of the unit
    `alone`. Of the whole month with what it has carried over; with days, of what falls due from `since` to `until`.
    `by_unit`: sorted by unit and then by day, else by day and then by unit."""

    figure: str = "missing"
    kind: RateKind | None = None
    unit_id: int | None = None
    alone: bool = False
    since: date | None = None
    until: date | None = None
    by_unit: bool = False

    @property
    def in_days(self) -> bool:
        """Whether it is about days, not about the month."""
        return self.since is not None or self.until is not None


@dataclass(frozen=True)
class Item:
    """A promise. `matter` is empty for who may not open the ticket; `handler`: who of the unit has it."""

    deadline_id: int
    ticket: str
    ticket_open: bool
    matter: str
    state: State
    kind: DeadlineKind
    unit_id: int
    unit: str
    handler: str | None
    day: date  # on which it falls due, in the city
    due_at: datetime
    offered_at: datetime | None
    met_at: datetime | None


def items(work: Work, asked: Asked, month: Month, *, place: Place[int] = FIRST, size: int = PAGE) -> Stretch[Item, int]:
    """A page of them. Raises Invalid for a figure that there is none, NotFound for a unit that is not the actor's to
    see."""
    _check(work, asked)
    day = day_of(work)
    query: Query = (
        sa.select(
            Deadline,
            Ticket,
            Unit.name.label("unit"),
            Staff.name.label("handler"),
            visible(work.actor).label("ticket_open"),
            day.label("day"),
        )
        .select_from(Deadline)
        .join(Ticket, Ticket.id == Deadline.ticket_id)
        .join(Unit, Unit.id == Deadline.unit_id)
        .outerjoin(Turn, sa.and_(Turn.ticket_id == Ticket.id, Turn.part == Part.LEAD, Turn.ended_at.is_(None)))
        .outerjoin(Staff, Staff.id == Turn.handler_id)
        .where(*conditions(work, asked, month))
    )
    rows = work.session.execute(_at_place(query, _order(asked, day), place).limit(size + 1)).all()
    found = paging.cut(rows, place, size, lambda row: row.Deadline.id)
    read_ahead(work, (row.Ticket for row in found))
    told = [_item(work, row) for row in found]
    return Stretch(told, before=found.before, after=found.after, astray=found.astray)


def count(work: Work, asked: Asked, month: Month) -> tuple[int, int]:
    """How many promises there are, and how many tickets they are of. Raises as `items`."""
    _check(work, asked)
    query = (
        sa.select(sa.func.count(), sa.func.count(Deadline.ticket_id.distinct()))
        .select_from(Deadline)
        .join(Ticket, Ticket.id == Deadline.ticket_id)
        .where(*conditions(work, asked, month))
    )
    promises, tickets = work.session.execute(query).one()
    return promises, tickets


def conditions(work: Work, asked: Asked, month: Month) -> list[Condition]:
    """All that must hold of a promise; the statement has its ticket too."""
    kinds = owing.RATED if asked.kind is None else (asked.kind.value,)
    closed = asked.figure == CLOSED  # the unit's work too, though the promise to close is the centre's in the end
    found = [Deadline.kind.in_(kinds), visible(work.actor) if closed else owing.within(work.actor)]
    if asked.unit_id is not None:
        path = sa.select(Unit.path).where(Unit.id == asked.unit_id).scalar_subquery()
        found.append(Deadline.unit_path == path if asked.alone else owing.in_subtree(asked.unit_id))
    if closed:
        return [*found, *_closed(work, asked)]
    return [*found, figures(work, month, asked)[asked.figure]]


def figures(work: Work, month: Month, asked: Asked | None = None) -> Mapping[str, Condition]:
    """`foresight.FIGURES` in SQL, by the same names, over the whole month; or over the days that are asked for."""
    standing = sa.and_(Deadline.void_at.is_(None), Deadline.exempt_at.is_(None))
    if asked is not None and asked.in_days:
        owed = sa.and_(standing, *_within(work, asked, Deadline.due_at))
        missing = sa.and_(owed, Deadline.met_at.is_(None))
    else:
        owed = owing.figures(Window(month.begins, month.ends))["owed"]
        missing = sa.and_(standing, Deadline.met_at.is_(None), Deadline.due_at <= month.ends)  # in an index's own words
    handed_in = sa.func.coalesce(Deadline.offered_at <= Deadline.due_at, False)
    late = sa.case(
        (Deadline.met_at.is_not(None), Deadline.met_at > Deadline.due_at),
        else_=sa.and_(Deadline.due_at < work.now, sa.not_(handed_in)),
    )
    found = {
        "owed": owed,
        "kept": sa.and_(owed, Deadline.met_at.is_not(None)),
        "on_time": sa.and_(owed, Deadline.met_at <= Deadline.due_at),
        "missing": missing,
        "over": sa.and_(missing, Deadline.due_at < work.now),
        "ahead": sa.and_(missing, Deadline.due_at >= work.now),
        "offered": sa.and_(missing, Deadline.offered_at.is_not(None)),
        "gone": sa.and_(owed, late),
        "reachable": sa.and_(owed, sa.not_(late)),
    }
    assert found.keys() == FIGURES.keys()
    return found


def _within(work: Work, asked: Asked, column: Any) -> list[Condition]:
    """On one of the city days asked for; what ends at 24:00 belongs to the day that ends."""
    begin_of = work.rules.calendar.start_of_day
    found = []
    if asked.since is not None:
        found.append(column > begin_of(asked.since))
    if asked.until is not None:
        found.append(column <= begin_of(asked.until + timedelta(days=1)))
    return found


def _closed(work: Work, asked: Asked) -> list[Condition]:
    """The promise to close, once for each ticket that was closed in those days: in its last round."""
    return [
        Deadline.kind == DeadlineKind.CLOSE,
        Deadline.void_at.is_(None),
        Deadline.round == Ticket.round,
        Ticket.state == State.CLOSED,
        Ticket.ended_at.is_not(None),
        Ticket.erased_at.is_(None),
        *_within(work, asked, Ticket.ended_at),
    ]


def _check(work: Work, asked: Asked) -> None:
    if asked.figure not in FIGURES and not (asked.figure == CLOSED and asked.in_days):
        raise Invalid({"figure": f"没有这个数字：请选择 {'、'.join([*FIGURES, CLOSED])} 之一。"})
    if asked.unit_id is not None:
        reporting.chosen(reporting.overseen(work), asked.unit_id)


def day_of(work: Work) -> sa.ColumnElement[date]:
    """The city day on which a promise falls due; what ends at 24:00 belongs to the day that ends."""
    zone: sa.ColumnElement[str] = sa.literal_column(f"'{work.rules.zone}'")
    return sa.cast(sa.func.timezone(zone, Deadline.due_at - _ADVANCE), sa.Date)


def _order(asked: Asked, day: sa.ColumnElement[date]) -> tuple[Any, ...]:
    """A ticket's promises of a day stand together."""
    unit = sa.collate(Deadline.unit_path, "C")  # a subtree stays together
    first = (unit, day) if asked.by_unit else (day, unit)
    return (*first, Deadline.ticket_id, Deadline.due_at, Deadline.id)


def _at_place(query: Query, order: tuple[Any, ...], place: Place[int]) -> Query:
    """Read from the row of that id on: downwards, or upwards on the way back."""
    here = sa.tuple_(*order)
    if place.before is not None:
        return query.where(here < _row(order, place.before)).order_by(*(part.desc() for part in order))
    if place.after is not None:
        query = query.where(here > _row(order, place.after))
    return query.order_by(*order)


def _row(order: tuple[Any, ...], deadline_id: int) -> sa.Tuple:
    def of_row(part: Any) -> Any:
        return sa.select(part).where(Deadline.id == deadline_id).correlate(None).scalar_subquery()

    return sa.tuple_(*(of_row(part) for part in order))


def _item(work: Work, row: Any) -> Item:
    deadline, ticket = row.Deadline, row.Ticket
    return Item(
        deadline_id=deadline.id,
        ticket=ticket.number,
        ticket_open=row.ticket_open,
        matter=passing(work, ticket)(ticket.matter) if row.ticket_open else "",
        state=ticket.state,
        kind=deadline.kind,
        unit_id=deadline.unit_id,
        unit=row.unit,
        handler=row.handler,
        day=row.day,
        due_at=deadline.due_at,
        offered_at=deadline.offered_at,
        met_at=deadline.met_at,
    )

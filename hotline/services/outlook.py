"""督办台: what is late now and what falls due next, by hour, by day, by unit with its subtree, by kind of promise.

What is counted is promises in force that nobody has kept or offered yet, each once; those of a ticket whose clock
stands still (挂账) are not. A moment belongs to the hour and to the day that it ends. One grouped statement counts them
all; `Wanted` is the same narrowing for a figure and for the list that the figure opens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from hotline.domain.workflow import State
from hotline.models import Deadline, DeadlineKind, Ticket, Unit
from hotline.services import carding
from hotline.services.month import reporting
from hotline.services.paging import Place, Stretch, cut, newest_first
from hotline.services.scoping import is_root, visible
from hotline.services.work import Work

SOON = timedelta(hours=24)
DAYS = 14  # city days that are looked ahead, today among them
PAGE = 50
MOST = 1000  # a count of a list stops here
_HOUR = timedelta(hours=1)
_JUST_BEFORE = timedelta(microseconds=1)


@dataclass(frozen=True)
class Wanted:
    """Which promises: `over` those late now, else those due from now on, after `after` and not after `until`.

    `unit_id` is a subtree; `alone` leaves of it only what the unit itself owes.
    """

    over: bool = False
    after: datetime | None = None
    until: datetime | None = None
    kind: DeadlineKind | None = None
    unit_id: int | None = None
    alone: bool = False


@dataclass(frozen=True)
class Slot:
    """A stretch of time that ends at `end`, which belongs to it, with what falls due in it."""

    begin: datetime
    end: datetime
    count: int


@dataclass(frozen=True)
class Day(Slot):
    day: date


@dataclass(frozen=True)
class Kind:
    """How many promises of a kind are late, fall due within 24 hours, and within the days looked ahead."""

    kind: DeadlineKind
    over: int
    soon: int
    ahead: int


@dataclass(frozen=True)
class UnitRow:
    """A unit with all below it; `alone`: only what is the unit's own, where those below have rows of their own."""

    unit: Unit
    alone: bool
    parent: bool  # it has units below it, which have a page of their own
    open: int
    over: int
    soon: int
    days: tuple[int, ...]
    orders: carding.Tally


@dataclass(frozen=True)
class Outlook:
    """How it stands in one subtree at one moment."""

    top: Unit
    over: int
    soon: int
    until: datetime  # the end of `soon`
    hours: Sequence[Slot]
    days: Sequence[Day]
    kinds: Sequence[Kind]
    units: Sequence[UnitRow]  # in the greatest danger first


@dataclass(frozen=True)
class Item:
    """A promise of the list with its ticket and who owes it."""

    ticket: Ticket
    deadline: Deadline
    unit: str


def expect(work: Work, unit_id: int | None = None) -> Outlook:
    """How the actor's subtree stands, or that of one of its units. Raises NotFound for a unit that is not there or
    not the actor's to see."""
    units = reporting.overseen(work)
    top = units[0] if unit_id is None else reporting.chosen(units, unit_id)
    assert top is not None
    cells = _cells(work, top.path)
    hours = _hours(work)
    days = days_ahead(work)
    return Outlook(
        top,
        over=_sum(cells, _is_over),
        soon=_sum(cells, _is_soon),
        until=work.now + SOON,
        hours=[Slot(begin, end, _sum(cells, _in_hour(place))) for place, (begin, end) in enumerate(hours)],
        days=[Day(begin, end, _sum(cells, _on(day)), day) for day, begin, end in days],
        kinds=_kinds(cells),
        units=_unit_rows(work, top, units, cells, [day for day, _, _ in days]),
    )


def items(work: Work, wanted: Wanted, place: Place[int], size: int = PAGE) -> Stretch[Item, int]:
    """A page of the promises, what falls due first on top."""
    query = (
        sa.select(Ticket, Deadline, Unit.name)
        .join(Ticket, Ticket.id == Deadline.ticket_id)
        .join(Unit, Unit.id == Deadline.unit_id)
        .where(*_conditions(work, wanted))
        .limit(size + 1)
    )
    here = sa.tuple_(Deadline.due_at, Deadline.id)
    if place.before is not None:
        query = query.where(here < _row(place.before)).order_by(Deadline.due_at.desc(), Deadline.id.desc())
    else:
        if place.after is not None:
            query = query.where(here > _row(place.after))
        query = query.order_by(Deadline.due_at, Deadline.id)
    rows = [Item(*row) for row in work.session.execute(query)]
    return cut(rows, place, size, lambda item: item.deadline.id)


def count(work: Work, wanted: Wanted) -> int:
    """How many promises there are, at most `MOST`."""
    return int(work.session.scalar(sa.select(counting(work, wanted))) or 0)


def counting(work: Work, wanted: Wanted) -> sa.ScalarSelect[int]:
    """The same as a part of a statement."""
    found = (
        sa.select(Deadline.id)
        .join(Ticket, Ticket.id == Deadline.ticket_id)
        .where(*_conditions(work, wanted))
        .limit(MOST)
        .subquery()
    )
    return sa.select(sa.func.count()).select_from(found).scalar_subquery()


def held(work: Work, unit: Unit, alone: bool, place: Place[int], size: int = PAGE) -> Stretch[Ticket, int]:
    """A page of the open tickets that lie with the unit or below it, the newest first."""
    lies = Ticket.unit_path == unit.path if alone else Ticket.unit_path.startswith(unit.path)
    query = sa.select(Ticket).where(Ticket.ended_at.is_(None), lies, visible(work.actor))
    rows = work.session.scalars(newest_first(query, Ticket.id, place, size)).all()
    return cut(rows, place, size, lambda ticket: ticket.id)


def days_ahead(work: Work) -> list[tuple[date, datetime, datetime]]:
    """The city days that are looked ahead, each with where it begins (the first: now) and its end."""
    start = work.rules.calendar.start_of_day
    today = work.now.astimezone(work.rules.zone).date()
    found = []
    for number in range(DAYS):
        day = today + timedelta(days=number)
        found.append((day, max(start(day), work.now), start(day + timedelta(days=1))))
    return found


def _hours(work: Work) -> list[tuple[datetime, datetime]]:
    """The hours of the city's clock from now on for 24 hours; the first and the last may be parts of one."""
    end = work.now + SOON
    edges = [work.now]
    while edges[-1] < end:
        edges.append(min(end, _full_hour(work) + _HOUR * len(edges)))
    return list(pairwise(edges))


def _full_hour(work: Work) -> datetime:
    """The hour that has struck last in the city."""
    return work.now.astimezone(work.rules.zone).replace(minute=0, second=0, microsecond=0).astimezone(work.now.tzinfo)


_Paused = aliased(Ticket)


@dataclass(frozen=True, slots=True)
class _Cell:
    """Promises of one unit and one kind: late (`hour` -1), due in one of the next hours, or on a day (hour None)."""

    unit_path: str
    kind: DeadlineKind
    hour: int | None
    day: date
    count: int


def _cells(work: Work, path: str) -> list[_Cell]:
    """Each promise is put between two of the edges of hours and days, which costs less than to work out both."""
    hours, days = _hours(work), days_ahead(work)
    edges = sorted({work.now, *(end for _, end in hours), *(end for _, _, end in days)})
    # What is due at this very moment is not late: the first edge is that little bit before.
    thresholds = sa.literal([work.now - _JUST_BEFORE, *edges[1:]], ARRAY(sa.DateTime(timezone=True)))
    place = sa.func.width_bucket(Deadline.due_at - _JUST_BEFORE, thresholds).label("place")
    query = (
        sa.select(Deadline.unit_path, Deadline.kind, place, sa.func.count())
        .where(*_owed(work), Deadline.due_at <= days[-1][2], Deadline.unit_path.startswith(path))
        .group_by(Deadline.unit_path, Deadline.kind, place)
    )
    if not is_root(work.actor):  # who sees everything is spared the tickets: the index on the promises is enough
        query = query.join(Ticket, Ticket.id == Deadline.ticket_id).where(visible(work.actor))
    hour_of: dict[int, int | None] = {0: -1}
    day_of = {0: days[0][0]}
    for place_of, end in enumerate(edges[1:], 1):
        hour_of[place_of] = next((hour for hour, (_, until) in enumerate(hours) if end <= until), None)
        day_of[place_of] = next(day for day, _, until in days if end <= until)
    return [
        _Cell(unit_path, kind, hour_of[found], day_of[found], count)
        for unit_path, kind, found, count in work.session.execute(query)
    ]


def _owed(work: Work) -> list[sa.ColumnElement[bool]]:
    """In force, neither kept nor offered nor void, and its clock runs. All kinds are named: so the index is used."""
    return [
        Deadline.kind.in_(tuple(DeadlineKind)),
        Deadline.met_at.is_(None),
        Deadline.void_at.is_(None),
        Deadline.offered_at.is_(None),
        Deadline.started_at <= work.now,
        Deadline.ticket_id.not_in(sa.select(_Paused.id).where(_Paused.state == State.PAUSED)),
    ]


def _conditions(work: Work, wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    conditions = [*_owed(work), Deadline.unit_path.startswith(work.actor.unit_path), visible(work.actor)]
    if wanted.over:
        conditions.append(Deadline.due_at < work.now)
    else:
        conditions.append(Deadline.due_at >= work.now)
        if wanted.after is not None:
            conditions.append(Deadline.due_at > wanted.after)
        if wanted.until is not None:
            conditions.append(Deadline.due_at <= wanted.until)
    if wanted.kind is not None:
        conditions.append(Deadline.kind == wanted.kind)
    if wanted.unit_id is not None:
        path = sa.select(Unit.path).where(Unit.id == wanted.unit_id).scalar_subquery()
        conditions.append(Deadline.unit_path == path if wanted.alone else Deadline.unit_path.startswith(path))
    return conditions


def _row(deadline_id: int) -> sa.Tuple:
    due_at = sa.select(Deadline.due_at).where(Deadline.id == deadline_id).correlate(None)
    return sa.tuple_(due_at.scalar_subquery(), sa.literal(deadline_id, sa.BigInteger))


def _kinds(cells: Iterable[_Cell]) -> list[Kind]:
    found = []
    for kind in DeadlineKind:
        own = [cell for cell in cells if cell.kind is kind]
        if own:
            over = _sum(own, _is_over)
            found.append(Kind(kind, over, _sum(own, _is_soon), _sum(own) - over))
    return found


def _unit_rows(
    work: Work, top: Unit, units: Sequence[Unit], cells: Sequence[_Cell], days: Sequence[date]
) -> list[UnitRow]:
    """A row for each unit right below, and one for what is the unit's own; whoever owes nothing and has no orders is
    left out."""
    below = [unit for unit in units if unit.parent_id == top.id]
    parents = {unit.parent_id for unit in units}
    lying = _lying(work, top.path)
    orders = carding.tallies(work, top.path)
    rows = []
    for unit, alone in [(top, True), *((unit, False) for unit in below)]:
        mine = _belongs(unit, alone)
        own = [cell for cell in cells if mine(cell.unit_path)]
        row = UnitRow(
            unit,
            alone,
            not alone and unit.id in parents,
            open=sum(count for path, count in lying.items() if mine(path)),
            over=_sum(own, _is_over),
            soon=_sum(own, _is_soon),
            days=tuple(_sum(own, _on(day)) for day in days),
            orders=carding.together(tally for path, tally in orders.items() if mine(path)),
        )
        if own or row.open or any(vars(row.orders).values()):
            rows.append(row)
    return sorted(rows, key=_danger)


def _danger(row: UnitRow) -> tuple[int, int, int, Decimal, str]:
    """What is late weighs most, then what soon will be, then the orders that stand and what they have cost."""
    return (-row.over, -row.soon, -row.orders.standing, -row.orders.deduction, row.unit.path)


def _lying(work: Work, path: str) -> dict[str, int]:
    """Open tickets by the place of the unit that has them."""
    rows = work.session.execute(
        sa.select(Ticket.unit_path, sa.func.count().label("open"))
        .where(Ticket.ended_at.is_(None), Ticket.unit_path.startswith(path), visible(work.actor))
        .group_by(Ticket.unit_path)
    )
    return {row.unit_path: row.open for row in rows}


def _belongs(unit: Unit, alone: bool) -> Callable[[str], bool]:
    return (lambda path: path == unit.path) if alone else (lambda path: path.startswith(unit.path))


def _sum(cells: Iterable[_Cell], holds: Callable[[_Cell], bool] = lambda cell: True) -> int:
    return sum(cell.count for cell in cells if holds(cell))


def _is_over(cell: _Cell) -> bool:
    return cell.hour == -1


def _is_soon(cell: _Cell) -> bool:
    return cell.hour is not None and cell.hour >= 0


def _in_hour(place: int) -> Callable[[_Cell], bool]:
    return lambda cell: cell.hour == place


def _on(day: date) -> Callable[[_Cell], bool]:
    return lambda cell: not _is_over(cell) and cell.day == day

"""月内看板: the current month to date and to its end, by rate, unit (with its subtree) and day.

Three statements whatever the size: the units, one grouped scan of what the month owes, the tickets behind what is
missing. The rules are `domain/foresight`; every number opens its promises (`remaining`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import add
from typing import Any

import sqlalchemy as sa

from hotline.domain.foresight import Foresight
from hotline.domain.rates import Month, RateKind
from hotline.models import Deadline, Ticket, Unit
from hotline.services import carding
from hotline.services.month import owing, remaining, reporting
from hotline.services.scoping import sees_all
from hotline.services.work import Work

_COUNTED = ("owed", "kept", "on_time", "over", "offered", "gone")

Foresights = Mapping[RateKind, Foresight]


@dataclass(frozen=True)
class UnitLine:
    """A unit with all below it; `alone`: only what is the unit's own. `parent`: it has a board of its own below."""

    unit: Unit
    alone: bool
    parent: bool
    rates: Foresights


@dataclass(frozen=True)
class DayLine:
    """What is missing and falls due on a city day from now on; without a day, what is past due already."""

    day: date | None
    missing: Mapping[RateKind, int]


@dataclass(frozen=True)
class Board:
    """How the month stands in one subtree. `tickets`: how many are behind what is missing, each counted once."""

    month: Month
    top: Unit
    rates: Foresights
    tickets: int
    units: Sequence[UnitLine]  # with the most missing first
    days: Sequence[DayLine]

    @property
    def missing(self) -> int:
        """Promises of all three kinds that are still to be met."""
        return sum(each.missing for each in self.rates.values())


def look(work: Work, unit_id: int | None = None) -> Board:
    """How the actor's subtree stands, or that of one of its units. Raises NotFound for a unit that is not there or
    not the actor's to see."""
    month = carding.this_month(work)
    units = reporting.overseen(work)
    top = units[0] if unit_id is None else reporting.chosen(units, unit_id)
    assert top is not None
    cells = _cells(work, month, unit_id)
    return Board(
        month,
        top,
        rates=_rates(cells),
        tickets=_tickets(work, month, unit_id),
        units=_unit_lines(top, units, cells),
        days=_day_lines(work, month, cells),
    )


@dataclass(frozen=True, slots=True)
class _Cell:
    """Promises of one unit and kind that stand alike; `day` of those that are missing and not past due."""

    unit_path: str
    kind: RateKind
    day: date | None
    standing: Foresight


def _cells(work: Work, month: Month, unit_id: int | None) -> list[_Cell]:
    begins, ends = month.begins, month.ends
    due, met = Deadline.due_at, Deadline.met_at
    done_late = {"owed": sa.true(), "kept": sa.true(), "on_time": met <= due, "gone": met > due}
    ahead = sa.case((due >= work.now, remaining.day_of(work)))
    # Each part is an index's own condition, and what is done is counted without a look at its rows.
    parts = [
        (done_late, [due > begins, due <= ends, met.is_not(None)], sa.null()),
        (done_late, [due <= begins, met > begins, met > due], sa.null()),
        (remaining.figures(work, month), [due <= ends, met.is_(None)], ahead),
    ]
    counted = [_counted(work, sorts, unit_id, day).where(*rows) for sorts, rows, day in parts]
    return [
        _Cell(path, RateKind(kind), day, Foresight(*(count * (sort >> place & 1) for place in range(len(_COUNTED)))))
        for path, kind, sort, day, count in work.session.execute(sa.union_all(*counted))
    ]


def _counted(
    work: Work, sorts: Mapping[str, sa.ColumnElement[bool]], unit_id: int | None, day: sa.ColumnElement[Any]
) -> sa.Select[Any]:
    """How many promises there are of each sort: a sort is the figures that count it, as bits."""
    bits = [sa.case((sorts[name], 1 << place), else_=0) for place, name in enumerate(_COUNTED) if name in sorts]
    names = (Deadline.unit_path, Deadline.kind, reduce(add, bits).label("sort"), sa.cast(day, sa.Date).label("day"))
    query = sa.select(*names, sa.func.count()).group_by(*names)
    query = query.where(Deadline.kind.in_(owing.RATED), Deadline.void_at.is_(None), Deadline.exempt_at.is_(None))
    query = query.where(owing.within(work.actor))
    if not sees_all(work.actor):  # who does is spared the tickets
        query = query.join(Ticket, Ticket.id == Deadline.ticket_id)
    return query if unit_id is None else query.where(owing.in_subtree(unit_id))


def _tickets(work: Work, month: Month, unit_id: int | None) -> int:
    query = sa.select(sa.func.count(Deadline.ticket_id.distinct()))
    query = query.where(*remaining.conditions(work, remaining.Asked(unit_id=unit_id), month))
    if not sees_all(work.actor):
        query = query.join(Ticket, Ticket.id == Deadline.ticket_id)
    return work.session.execute(query).scalar_one()


def _rates(cells: Iterable[_Cell]) -> dict[RateKind, Foresight]:
    found = {kind: Foresight() for kind in RateKind}
    for cell in cells:
        found[cell.kind] += cell.standing
    return found


def _unit_lines(top: Unit, units: Sequence[Unit], cells: Sequence[_Cell]) -> list[UnitLine]:
    """A line for each unit right below, and one for what is the unit's own; who owes nothing is left out.

    A promise belongs to the units that stood above its owner when it fell due: one that has moved since may be in two
    lines, each as its list has it.
    """
    below = {unit.id: unit for unit in units if unit.parent_id == top.id}
    parents = {unit.parent_id for unit in units}
    split: dict[int, list[_Cell]] = {}
    for cell in cells:
        if cell.unit_path == top.path:
            split.setdefault(top.id, []).append(cell)
        for unit_id in owing.lineage(cell.unit_path):
            if unit_id in below:
                split.setdefault(unit_id, []).append(cell)
    lines = [
        UnitLine(below.get(unit_id, top), unit_id == top.id, unit_id in parents and unit_id != top.id, _rates(own))
        for unit_id, own in split.items()
    ]
    return sorted(lines, key=_lack)


def _lack(line: UnitLine) -> tuple[int, int, str]:
    """Who lacks the most comes first; among equals, who has the most past due."""
    rates = line.rates.values()
    return -sum(each.missing for each in rates), -sum(each.over for each in rates), line.unit.path


def _day_lines(work: Work, month: Month, cells: Sequence[_Cell]) -> list[DayLine]:
    """What is past due, if anything is, and every day from today to the month's last."""
    past = {kind: sum(cell.standing.over for cell in cells if cell.kind is kind) for kind in RateKind}
    ahead: dict[tuple[date, RateKind], int] = {}
    for cell in cells:
        if cell.day is not None:
            ahead[cell.day, cell.kind] = ahead.get((cell.day, cell.kind), 0) + cell.standing.missing
    day, last = work.now.astimezone(work.rules.zone).date(), month.turned(1).first_day
    lines = [DayLine(None, past)] if any(past.values()) else []
    while day < last:
        lines.append(DayLine(day, {kind: ahead.get((day, kind), 0) for kind in RateKind}))
        day += timedelta(days=1)
    return lines

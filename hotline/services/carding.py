"""督办单台账: orders and cards by unit and month, those that stand, and the explanations that are owed for them.

`Kept` is the same narrowing for a figure and for the list that the figure opens.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from hotline.domain.rates import Month
from hotline.models import Deadline, Supervision, Ticket, Unit
from hotline.services.paging import Place, Stretch, cut, newest_first
from hotline.services.scoping import visible
from hotline.services.work import Work

Query = sa.Select[*tuple[Any, ...]]

CARDS = ("yellow", "red", "exposure")  # 黄牌、红牌、通报
ORDER = 2  # the rank from which on a level is 督办: below it is the reminder
PAGE = 100  # an official list of a month is printed whole in most cities


class Standing(StrEnum):
    """How it stands with an order, or with the explanation that it demands."""

    OPEN = "open"  # 未解除
    OWED = "owed"  # 待书面说明
    LATE = "late"  # 书面说明逾期
    WAITING = "waiting"  # 书面说明待审核


@dataclass(frozen=True)
class Kept:
    """Which orders: of a month, of these levels (none named: of all), of a subtree, as they stand."""

    month: Month | None = None
    levels: tuple[str, ...] = ()
    unit_id: int | None = None
    alone: bool = False
    standing: Standing | None = None


@dataclass(frozen=True)
class Tally:
    """Orders that stand, cards of this month, explanations owed and of them late, and the month's deductions: of each
    ticket of a unit that of the highest level alone."""

    standing: int = 0
    yellow: int = 0
    red: int = 0
    exposed: int = 0
    owed: int = 0
    late: int = 0
    waiting: int = 0
    deduction: Decimal = Decimal(0)


@dataclass(frozen=True)
class Card:
    """An order with its ticket, its unit and by when the explanation is due."""

    order: Supervision
    ticket: Ticket
    unit: str
    explain_due_at: datetime | None


def tallies(work: Work, path: str) -> dict[str, Tally]:
    """By the place of the unit, in this month of the city, for all units below the path that have any."""
    month = this_month(work)
    issued = _issued(month)
    conditions = {
        "standing": _STANDS,
        **{name: sa.and_(issued, Supervision.level == level) for name, level in _COUNTED},
        "owed": _OWED,
        "late": sa.and_(_OWED, Deadline.due_at < work.now),
        "waiting": _WAITING,
    }
    query = (
        _orders(sa.select(Supervision.unit_path, *(_counted(each, name) for name, each in conditions.items())))
        .where(sa.or_(_STANDS, issued, _UNSETTLED), Supervision.unit_path.startswith(path), visible(work.actor))
        .group_by(Supervision.unit_path)
    )
    rows: Sequence[Any] = work.session.execute(query).all()
    lost = _deductions(work, month, path)
    found = {}
    for path, *counts in rows:
        counted: dict[str, Any] = dict(zip(conditions, counts, strict=True))
        found[path] = Tally(**counted, deduction=lost.get(path, Decimal(0)))
    return found


def together(parts: Iterable[Tally]) -> Tally:
    """The sum of several."""
    found = list(parts)
    return Tally(*(sum(getattr(each, field.name) for each in found) for field in fields(Tally)))


def cards(work: Work, kept: Kept, place: Place[int], size: int = PAGE) -> Stretch[Card, int]:
    """A page of the orders, the newest first."""
    query = _orders(sa.select(Supervision, Ticket, Unit.name, Deadline.due_at)).join(
        Unit, Unit.id == Supervision.unit_id
    )
    query = newest_first(query.where(*_conditions(work, kept)), Supervision.id, place, size)
    return cut([Card(*row) for row in work.session.execute(query)], place, size, lambda card: card.order.id)


def counting(work: Work, kept: Kept) -> sa.ScalarSelect[int]:
    """How many there are, as a part of a statement."""
    return _orders(sa.select(sa.func.count())).where(*_conditions(work, kept)).scalar_subquery()


def count(work: Work, kept: Kept) -> int:
    """How many there are."""
    return int(work.session.scalar(sa.select(counting(work, kept))) or 0)


def this_month(work: Work) -> Month:
    """The month of the city in which it is now."""
    return Month.of(work.now, work.rules.zone)


def _conditions(work: Work, kept: Kept) -> list[sa.ColumnElement[bool]]:
    conditions = [Supervision.unit_path.startswith(work.actor.unit_path), visible(work.actor)]
    if kept.month is not None:
        conditions.append(_issued(kept.month))
    if kept.levels:
        conditions.append(Supervision.level.in_(kept.levels))
    if kept.unit_id is not None:
        path = sa.select(Unit.path).where(Unit.id == kept.unit_id).scalar_subquery()
        conditions.append(Supervision.unit_path == path if kept.alone else Supervision.unit_path.startswith(path))
    if kept.standing is not None:
        late = sa.and_(_OWED, Deadline.due_at < work.now)
        stands = {Standing.OPEN: _STANDS, Standing.OWED: _OWED, Standing.LATE: late, Standing.WAITING: _WAITING}
        conditions.append(stands[kept.standing])
    return conditions


def _orders(query: Query) -> Query:
    return (
        query.select_from(Supervision)
        .join(Ticket, Ticket.id == Supervision.ticket_id)
        .outerjoin(Deadline, Deadline.id == Supervision.explain_deadline_id)
    )


def _counted(condition: sa.ColumnElement[bool], name: str) -> sa.Label[int]:
    return sa.func.count().filter(condition).label(name)


def _issued(month: Month) -> sa.ColumnElement[bool]:
    return sa.and_(Supervision.issued_at > month.begins, Supervision.issued_at <= month.ends)


def _deductions(work: Work, month: Month, path: str) -> dict[str, Decimal]:
    highest = (
        sa.select(Supervision.unit_path, sa.func.max(Supervision.deduction).label("points"))
        .join(Ticket, Ticket.id == Supervision.ticket_id)
        .where(_issued(month), Supervision.unit_path.startswith(path), visible(work.actor))
        .group_by(Supervision.ticket_id, Supervision.round, Supervision.unit_id, Supervision.unit_path)
        .subquery()
    )
    rows = work.session.execute(
        sa.select(highest.c.unit_path, sa.func.sum(highest.c.points).label("points")).group_by(highest.c.unit_path)
    )
    return {row.unit_path: row.points for row in rows}


_COUNTED = (("yellow", "yellow"), ("red", "red"), ("exposed", "exposure"))
#: 未解除: a 督办单 or a card (a reminder demands nothing) on a ticket that is still open.
_STANDS = sa.and_(Supervision.lifted_at.is_(None), Supervision.rank >= ORDER, Ticket.ended_at.is_(None))
_UNSETTLED = sa.and_(Supervision.explain_deadline_id.is_not(None), Supervision.explanation_accepted_at.is_(None))
_OWED = sa.and_(_UNSETTLED, Supervision.explained_at.is_(None))
_WAITING = sa.and_(_UNSETTLED, Supervision.explained_at.is_not(None))

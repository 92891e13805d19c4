"""冻结后的变化: promises of the three rates that a frozen month would count otherwise if it were counted now.

The frozen figures stay as they are; this says what a restatement would change. Only what has been written or changed
since is looked at, not the month again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from hotline.domain.rates import Month
from hotline.models import Deadline, DeadlineKind, Hindsight, MonthlyReport, MonthlyReportItem, Ticket, Unit
from hotline.services import paging
from hotline.services.covering import passing, read_ahead
from hotline.services.month import owing, reporting
from hotline.services.month.figures import MonthFigures
from hotline.services.paging import FIRST, Place, Stretch
from hotline.services.scoping import visible
from hotline.services.work import Work

PAGE: Final = 50
NEWEST: Final = 1000  # promises among which the newest ticket's are
#: How a promise stands in a month, in the order in which it is asked.
STANDINGS: Final = {
    "void": "不计入",
    "exempt": "免于考核",
    "on_time": "按时完成",
    "late": "逾期完成",
    "missing": "未完成",
}
NOWHERE: Final = "不在本月"
_OF_TICKET: Final = ("category_id", "area", "channel", "source", "urgency")


@dataclass(frozen=True)
class Changed:
    """One promise: how it stands in the frozen month, and how it would stand now; both may be the same where only the
    unit, the category, or how much more time it was given is another. `matter` is empty for who may not open it."""

    deadline_id: int
    ticket: str
    ticket_open: bool
    matter: str
    kind: DeadlineKind
    unit: str
    then: str
    now: str


def count(work: Work, report: MonthlyReport) -> int:
    """How many there are, of those in the actor's subtree."""
    query = _changed(work, report).with_only_columns(Deadline.id)
    return work.session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0


def items(work: Work, report: MonthlyReport, place: Place[int] = FIRST, size: int = PAGE) -> Stretch[Changed, int]:
    """A page of them, the newest promise first."""
    query = paging.newest_first(_changed(work, report), Deadline.id, place, size)
    found = paging.cut(work.session.execute(query).all(), place, size, lambda row: row.Deadline.id)
    read_ahead(work, (row.Ticket for row in found))
    told = [_item(work, row) for row in found]
    return Stretch(told, before=found.before, after=found.after, astray=found.astray)


def anew(work: Work, report: MonthlyReport) -> tuple[MonthFigures, MonthFigures]:
    """The rates as they were frozen, and as they would be counted now, whole and by unit."""
    month = Month.of_day(report.month, work.rules.zone)
    return reporting.by_units(work, month, report), reporting.by_units(work, month)


def _changed(work: Work, report: MonthlyReport) -> sa.Select[*tuple[Any, ...]]:
    window = Month.of_day(report.month, work.rules.zone).seen_at(work.now)
    kept, live = owing.rows_of(report), owing.LIVE
    then, now = owing.figures(window, kept), owing.figures(window, live)
    joined = sa.and_(MonthlyReportItem.report_id == report.id, MonthlyReportItem.deadline_id == Deadline.id)
    counted = {name: (sa.func.coalesce(then[name], False), sa.func.coalesce(now[name], False)) for name in now}
    differs = [before.is_distinct_from(after) for before, after in counted.values()]
    moved = sa.and_(
        MonthlyReportItem.deadline_id.is_not(None),
        sa.or_(
            MonthlyReportItem.unit_path.is_distinct_from(Deadline.unit_path),
            MonthlyReportItem.direct.is_distinct_from(Deadline.direct),
            *(getattr(MonthlyReportItem, name).is_distinct_from(getattr(Ticket, name)) for name in _OF_TICKET),
        ),
    )
    query: sa.Select[*tuple[Any, ...]] = sa.select(
        Deadline,
        Ticket,
        Unit.name.label("unit"),
        visible(work.actor).label("ticket_open"),
        _standing(then).label("then"),
        _standing(now).label("now"),
    )
    return (
        query.select_from(Deadline)
        .join(Ticket, Ticket.id == Deadline.ticket_id)
        .join(Unit, Unit.id == Deadline.unit_id)
        .outerjoin(MonthlyReportItem, joined)
        .where(
            Deadline.kind.in_(owing.RATED),
            Deadline.id == sa.any_(sa.literal(_touched(work, report), ARRAY(sa.BigInteger))),
            sa.or_(*differs, moved),
            sa.or_(owing.within(work.actor), sa.func.coalesce(owing.within(work.actor, MonthlyReportItem), False)),
        )
    )


def _touched(work: Work, report: MonthlyReport) -> list[int]:
    """Promises that have been changed since it was frozen, or whose tickets have; and those of tickets that have been
    entered since, for what was received before the month was over.

    Asked for by themselves: they are few, which PostgreSQL would not expect of them in the midst of a longer question.
    """
    since = Hindsight.id > report.known["hindsight"]
    of_tickets = sa.select(Hindsight.ticket_id).where(since, Hindsight.deadline_id.is_(None))
    last = work.session.scalar(_last_ticket(report)) or 0
    entered = sa.select(Ticket.id).where(Ticket.id > last, Ticket.received_at <= report.ends_at)
    touched: sa.CompoundSelect[Any] = sa.union(
        sa.select(Hindsight.deadline_id).where(since, Hindsight.deadline_id.is_not(None)),
        sa.select(Deadline.id).where(Deadline.ticket_id.in_(of_tickets)),
        sa.select(Deadline.id).where(Deadline.ticket_id.in_(entered)),
    )
    return [id for id in work.session.scalars(touched) if id is not None]


def _last_ticket(report: MonthlyReport) -> sa.Select[int]:
    """About the newest ticket then: its promises were among the newest. An older one costs a longer look, no more."""
    newest = sa.select(Deadline.ticket_id).where(Deadline.id <= report.known["deadline"])
    newest_promises = newest.order_by(Deadline.id.desc()).limit(NEWEST).subquery()
    return sa.select(sa.func.max(newest_promises.c.ticket_id))


def _standing(figures: Any) -> sa.Case[str]:
    return sa.case(*((figures[name], word) for name, word in STANDINGS.items()), else_=NOWHERE)


def _item(work: Work, row: Any) -> Changed:
    return Changed(
        deadline_id=row.Deadline.id,
        ticket=row.Ticket.number,
        ticket_open=row.ticket_open,
        matter=passing(work, row.Ticket)(row.Ticket.matter) if row.ticket_open else "",
        kind=row.Deadline.kind,
        unit=row.unit,
        then=row.then,
        now=row.now,
    )

"""What the month's indicators count that is no promise: one row for each thing in a denominator, and the list of them.

The same columns are read from what stands in the tables now (`live_cases`) and from what a frozen report has kept
(`MonthlyReportCase`). A live row is as it was at the cut-off, as far as the tables tell it.

turn      a lead turn begun in the month, not those taken back (收回); `counted`: not returned
rework    a round begun again in the month (重办); always `counted`; of whoever's work it was before
solved    an answer whether it was solved; `counted`: it was; of whoever's work it was
satisfied a score from 1 to 5, in `value`; `counted`: content
repeat    a complaint received; `counted`: joined to another, or the caller had complained of it before
pause     a 挂账 that stood at some time in the month; `counted`: it stands at the cut-off; `at` is when it began
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

import sqlalchemy as sa

from hotline.domain.errors import Invalid
from hotline.domain.rates import Month, Window
from hotline.domain.texts import clean
from hotline.models import Event, MonthlyReport, MonthlyReportCase, Pause, Return, Survey, Ticket, Unit
from hotline.services import paging
from hotline.services.covering import passing, read_ahead
from hotline.services.month import frozen, owing, reporting
from hotline.services.month.live_cases import LIVE, happened
from hotline.services.paging import FIRST, Place
from hotline.services.scoping import visible
from hotline.services.work import Work

SORTS = tuple(LIVE)
MOST = 200  # on one page
#: Of which sorts the numerator is what should not be: those come first in the list, elsewhere the others.
_BAD = frozenset({"rework", "repeat", "pause"})
_LABELS: Mapping[str, tuple[str, str]] = {  # of what is counted, and of what is not
    "turn": ("未被退回", "被退回"),
    "rework": ("重办", ""),
    "solved": ("已解决", "未解决"),
    "satisfied": ("满意", "不满意"),
    "repeat": ("重复", "首次"),
    "pause": ("挂账中", "已恢复"),
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Cases:
    """Which cases are counted: those that the tables tell now, or those that a frozen report has kept."""

    report_id: int | None = None

    def of(self, work: Work, window: Window, sorts: Sequence[str] = SORTS) -> sa.Subquery:
        """Everybody's cases of these sorts, in the columns of `MonthlyReportCase`."""
        if self.report_id is None:
            return cases(work, window, sorts).subquery("month_case")
        kept = sa.select(*(column for column in MonthlyReportCase.__table__.c if column.name != "report_id"))
        return kept.where(MonthlyReportCase.report_id == self.report_id, MonthlyReportCase.sort.in_(sorts)).subquery(
            "month_case"
        )


def cases_of(report: MonthlyReport | None) -> Cases:
    """Those of that report; without one, those that the tables tell now."""
    return Cases() if report is None else Cases(report.id)


def cases(work: Work, window: Window, sorts: Sequence[str] = SORTS) -> sa.Select[Any]:
    """Everybody's cases of these sorts as they stand now, in the columns of `MonthlyReportCase` but for its report."""
    return sa.select(happened(work, window, sorts).subquery("live_case"))


def scoped(work: Work, query: sa.Select[Any], of: sa.Subquery, unit_id: int | None = None) -> sa.Select[Any]:
    """The query over these cases, narrowed to the actor's subtree and to the unit's as `owing.within` has it."""
    if not owing.sees_all(work.actor):  # what a complaint says about a unit is kept from it: the ticket tells
        query = query.join(Ticket, Ticket.id == of.c.ticket_id).where(owing.within(work.actor, of.c))
    return query if unit_id is None else query.where(owing.in_subtree(unit_id, of.c))


@dataclass(frozen=True)
class Case:
    """One of them. `ticket_open`: whether the actor may open the ticket; its matter and the reason are empty if not."""

    ref_id: int
    sort: str
    ticket: str
    matter: str
    ticket_open: bool
    unit_id: int
    unit: str
    at: datetime
    counted: bool
    value: int | None
    reason: str  # as it was given: of a return, a rework, a pause; what was remarked with an answer

    @property
    def label(self) -> str:
        """How it is counted, in Chinese."""
        return _LABELS[self.sort][not self.counted]

    def as_dict(self, zone: tzinfo) -> dict[str, Any]:
        """For JSON; times are city time with their offset."""
        return {
            "ref_id": self.ref_id,
            "sort": self.sort,
            "ticket": self.ticket,
            "matter": self.matter,
            "ticket_open": self.ticket_open,
            "unit_id": self.unit_id,
            "unit": self.unit,
            "at": self.at.astimezone(zone).isoformat(),
            "counted": self.counted,
            "counted_text": self.label,
            "value": self.value,
            "reason": self.reason,
        }


@dataclass(frozen=True)
class Page:
    """A stretch of the list: `before`, `after` and `astray` as in `paging.Stretch`; `total`: how many in all."""

    month: Month
    items: Sequence[Case]
    before: str | None
    after: str | None
    astray: bool
    total: int
    version: int | None  # of the frozen report that they are of

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "month": str(self.month),
            "version": self.version,
            "total": self.total,
            "items": [item.as_dict(self.month.zone) for item in self.items],
            "after": self.after,
        }


def listed(
    work: Work,
    month: str,
    sort: str,
    counted: bool | None = None,
    *,
    begun: bool | None = None,
    unit_id: int | None = None,
    category_id: int | None = None,
    area: str | None = None,
    channel: str | None = None,
    source: str | None = None,
    since: date | None = None,
    until: date | None = None,
    version: int | None = None,
    place: Place[str] = FIRST,
    limit: int = 50,
) -> Page:
    """The cases behind an indicator, of those in the actor's subtree: what should not be first, then the oldest.

    `counted`: only those in the numerator, or only the others; `begun`: those that began in the month (挂账), or the
    others; category 0 and an empty area for what has none; `since`, `until`: city days, both inside.

    Raises MonthError, Invalid for a word or a place that is not known, NotFound for a unit that is not the actor's to
    see and for a version that is not there.
    """
    asked = Month.parse(month, work.rules.zone)
    _check(sort, channel, source)
    window = asked.seen_at(work.now)
    report = frozen.find(work, month, version)
    if unit_id is not None:
        reporting.chosen(reporting.overseen(work), unit_id)
    of = cases_of(report).of(work, window, (sort,))
    conditions: list[owing.Condition] = [] if counted is None else [of.c.counted.is_(counted)]
    if begun is not None:
        conditions.append((of.c.at > window.begins).is_(begun))
    if category_id is not None:
        conditions.append(of.c.category_id.is_not_distinct_from(category_id or None))
    named = ((of.c.area, None if area is None else clean(area)), (of.c.channel, channel), (of.c.source, source))
    conditions += [column == value for column, value in named if value is not None]
    begin_of = work.rules.calendar.start_of_day
    conditions += [of.c.at > begin_of(since)] if since else []
    conditions += [of.c.at <= begin_of(until + timedelta(days=1))] if until else []
    found = scoped(work, sa.select(of).where(*conditions), of, unit_id)
    total = work.session.scalar(sa.select(sa.func.count()).select_from(found.subquery())) or 0
    size = max(1, min(limit, MOST))
    stretch = paging.cut(_read(work, found, of, sort, place, size), place, size, _place)
    told = _told(work, stretch, sort)
    return Page(asked, told, stretch.before, stretch.after, stretch.astray, total, report.version if report else None)


def _check(sort: str, channel: str | None, source: str | None) -> None:
    faults = {
        name: f"没有{what}：请选择 {'、'.join(known)} 之一。"
        for name, what, value, known in (
            ("sort", "这一项", sort, SORTS),
            ("channel", "这个渠道", channel, reporting.CHANNELS),
            ("source", "这个来源", source, reporting.SOURCES),
        )
        if value is not None and value not in known
    }
    if faults:
        raise Invalid(faults)


def _read(work: Work, found: sa.Select[Any], of: sa.Subquery, sort: str, place: Place[str], size: int) -> Sequence[Any]:
    rank = sa.case((of.c.counted.is_(sort in _BAD), 0), else_=1)
    by = (rank, of.c.at, of.c.ref_id)
    query, here = found.add_columns(rank.label("rank")), sa.tuple_(*by)
    edge = place.before if place.back else place.after
    if edge is not None:
        query = query.where(here < _read_place(edge) if place.back else here > _read_place(edge))
    query = query.order_by(*(part.desc() for part in by)) if place.back else query.order_by(*by)
    return work.session.execute(query.limit(size + 1)).all()


def _place(row: Any) -> str:
    return f"{row.rank}-{(row.at - _EPOCH) // timedelta(microseconds=1)}-{row.ref_id}"


def _read_place(text: str) -> sa.Tuple:
    match = re.fullmatch(r"([01])-(\d{1,17})-(\d{1,18})", text, re.ASCII)
    if match is None:
        raise Invalid({"after": "翻页位置无效，请从第一页重新打开。"})
    rank, microseconds, ref_id = (int(part) for part in match.groups())
    at = _EPOCH + timedelta(microseconds=microseconds)
    return sa.tuple_(sa.literal(rank), sa.literal(at), sa.literal(ref_id, sa.BigInteger))


def _told(work: Work, rows: Sequence[Any], sort: str) -> list[Case]:
    """With what is shown of each: the ticket as the actor may read it, the unit's name, the reason."""
    tickets = {
        ticket.id: (ticket, is_open)
        for ticket, is_open in work.session.execute(
            sa.select(Ticket, visible(work.actor)).where(Ticket.id.in_({row.ticket_id for row in rows}))
        )
    }
    read_ahead(work, (ticket for ticket, _ in tickets.values()))
    units = sa.select(Unit.id, Unit.name).where(Unit.id.in_({row.unit_id for row in rows}))
    names = {unit.id: unit.name for unit in work.session.execute(units)}
    reasons = _reasons(work, sort, rows)
    return [_case(work, row, *tickets[row.ticket_id], names.get(row.unit_id, ""), reasons) for row in rows]


def _case(work: Work, row: Any, ticket: Ticket, is_open: bool, unit: str, reasons: Mapping[int, str]) -> Case:
    cover = passing(work, ticket)
    return Case(
        ref_id=row.ref_id,
        sort=row.sort,
        ticket=row.ticket,
        matter=cover(ticket.matter) if is_open else "",
        ticket_open=is_open,
        unit_id=row.unit_id,
        unit=unit,
        at=row.at,
        counted=row.counted,
        value=row.value,
        reason=cover(reasons.get(row.ref_id, "")) if is_open else "",
    )


def _reasons(work: Work, sort: str, rows: Sequence[Any]) -> Mapping[int, str]:
    """By the id of the case; found by its ticket, which every table of reasons has an index on."""
    if sort not in _GIVEN:
        return {}
    ref_id, reason, given = _GIVEN[sort]
    query = sa.select(ref_id, reason).where(
        ref_id.class_.ticket_id.in_({row.ticket_id for row in rows}), ref_id.in_([row.ref_id for row in rows]), given
    )
    return {id: text for id, text in work.session.execute(query) if text}


#: Where the reason of a case stands, and what else holds of it there.
_GIVEN: Mapping[str, tuple[Any, Any, Any]] = {
    "turn": (Return.assignment_id, Return.reason, Return.granted.is_(True)),
    "rework": (Event.id, Event.data["reason"].astext, sa.true()),
    "solved": (Survey.id, Survey.comment, sa.true()),
    "satisfied": (Survey.id, Survey.comment, sa.true()),
    "pause": (Pause.id, Pause.reason, sa.true()),
}

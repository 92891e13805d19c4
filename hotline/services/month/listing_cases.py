"""The cases behind an indicator that counts no promises: exactly those that it counts, what should not be first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any, Final

import sqlalchemy as sa

from hotline.domain.rates import Month
from hotline.domain.score_facts import CENTS
from hotline.models import Event, Pause, Return, SampleCheck, Supervision, Survey, Ticket, Unit
from hotline.services import paging
from hotline.services.covering import passing, read_ahead
from hotline.services.month import frozen, narrowing, owing, placing, reporting
from hotline.services.month.cases import cases_of, scoped
from hotline.services.month.live_cases import ORDERS, SORTS
from hotline.services.paging import FIRST, Place
from hotline.services.scoping import visible
from hotline.services.work import Work

MOST: Final = 200  # on one page
BATCH: Final = 500  # of a stream, read together
WORST_FIRST: Final = "worst"
OLDEST_FIRST: Final = "oldest"
NEWEST_FIRST: Final = "newest"
BY_UNIT: Final = "unit"
BY_TICKET: Final = "ticket"
LOWEST_FIRST: Final = "lowest"
#: Of which sorts the numerator is what should not be: those come first in the list, elsewhere the others.
_BAD: Final = frozenset({"rework", "repeat", "pause", "failed", *ORDERS})
_LABELS: Final[Mapping[str, tuple[str, str]]] = {  # of what is counted, and of what is not
    "turn": ("未被退回", "被退回"),
    "rework": ("重办", ""),
    "solved": ("已解决", "未解决"),
    "satisfied": ("满意", "不满意"),
    "repeat": ("重复", "首次"),
    "pause": ("挂账中", "已恢复"),
    "order": ("督办单", ""),
    "yellow": ("黄牌", ""),
    "red": ("红牌", ""),
    "exposure": ("通报", ""),
    "refusal": ("推诿拒办", ""),
    "deduction": ("督办扣分", ""),
    "failed": ("抽查不合格", ""),
    "point": ("在点位", ""),
}
#: What is told of `value`, where there is anything to tell.
VALUES: Final[Mapping[str, str]] = {"satisfied": "评分", "deduction": "扣分"}
#: What the time of each is.
TIMES: Final[Mapping[str, str]] = {
    "turn": "交办时间",
    "rework": "重办时间",
    "solved": "回答时间",
    "satisfied": "评价时间",
    "repeat": "收到时间",
    "pause": "挂账时间",
    **dict.fromkeys(ORDERS, "签发时间"),
    "failed": "抽查时间",
    "point": "收到时间",
}


@dataclass(frozen=True)
class Asked:
    """Which cases of which line of the report. `None` asks for all; category 0 and an empty area for what has none.

    `counted`: only those in the numerator, or only the others; `begun`: those that began in the month (挂账), or the
    others; `point_id`: of tickets at that 点位; `since`, `until`: city days, both inside; `order`: one of `orders`.
    """

    sort: str
    counted: bool | None = None
    begun: bool | None = None
    unit_id: int | None = None
    category_id: int | None = None
    area: str | None = None
    channel: str | None = None
    source: str | None = None
    point_id: int | None = None
    since: date | None = None
    until: date | None = None
    order: str = WORST_FIRST
    version: int | None = None  # of a frozen month: the newest if not said


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

    @property
    def points(self) -> Decimal | None:
        """The score that was given, or the points that were taken off; None where there are none."""
        if self.sort not in VALUES or self.value is None:
            return None
        return Decimal(self.value) / CENTS if self.sort == "deduction" else Decimal(self.value)

    @property
    def good(self) -> bool:
        """Whether it is as it should be."""
        return self.counted is not (self.sort in _BAD)

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


def orders(sort: str) -> dict[str, str]:
    """How cases of that sort can be sorted, each with its name."""
    told = {OLDEST_FIRST: "早的在前", NEWEST_FIRST: "晚的在前", BY_UNIT: "按单位", BY_TICKET: "按编号"}
    if all(_LABELS[sort]):
        told = {WORST_FIRST: f"{_LABELS[sort][sort not in _BAD]}的在前"} | told
    return told | ({LOWEST_FIRST: "评分低的在前"} if sort == "satisfied" else {})


def listed(work: Work, month: str, asked: Asked, *, place: Place[str] = FIRST, limit: int = 50) -> Page:
    """The cases that are asked for, of those in the actor's subtree; in each group of the order the oldest first.

    Raises MonthError, Invalid for a word or a place that is not known, NotFound for a unit that is not the actor's to
    see and for a version that is not there.
    """
    of = _Of(work, month, asked)
    size = max(1, min(limit, MOST))
    found = paging.cut(work.session.execute(of.sorted(place).limit(size + 1)).all(), place, size, _place)
    version = of.report.version if of.report else None
    return Page(of.month, of.told(found), found.before, found.after, found.astray, of.count(), version)


def count(work: Work, month: str, asked: Asked) -> int:
    """How many there are, as the figure says. Raises as `listed`."""
    return _Of(work, month, asked).count()


def stream(work: Work, month: str, asked: Asked) -> Iterator[Case]:
    """All of them in the same order, read some hundred at a time; which they are is settled at the beginning.

    Raises as `listed`, at once.
    """
    return _Of(work, month, asked).stream()


class _Of:
    """A list that was asked for: of which month as whom, by which report."""

    def __init__(self, work: Work, month: str, asked: Asked) -> None:
        self.work = work
        self.asked = asked
        self.month = Month.parse(month, work.rules.zone)
        _check(asked)
        self.window = self.month.seen_at(work.now)
        self.report = frozen.find(work, month, asked.version)
        if asked.unit_id is not None:
            reporting.chosen(reporting.overseen(work), asked.unit_id)
        of = cases_of(self.report).of(work, self.window, (asked.sort,))
        query = sa.select(of, _group(of, asked).label("group")).where(*self._narrowing(of))
        self.chosen = scoped(work, query, of, asked.unit_id).subquery("chosen")

    def _narrowing(self, of: sa.Subquery) -> list[owing.Condition]:
        asked = self.asked
        found: list[owing.Condition] = [] if asked.counted is None else [of.c.counted.is_(asked.counted)]
        if asked.begun is not None:
            found.append((of.c.at > self.window.begins).is_(asked.begun))
        rows, what = owing.rows_of(self.report), {"ticket": of.c, "ticket_id": of.c.ticket_id, "moment": of.c.at}
        found += narrowing.conditions(self.work, self.window, rows, asked, **what)
        return found

    def count(self) -> int:
        """How many they are."""
        return self.work.session.execute(sa.select(sa.func.count()).select_from(self.chosen)).scalar_one()

    def sorted(self, place: Place[str]) -> sa.Select[Any]:
        """They in the order of the list, from that place on."""
        by = (self.chosen.c.group, self.chosen.c.at, self.chosen.c.ref_id)
        falling, groups = self.asked.order == NEWEST_FIRST, "[01]" if self.asked.order == WORST_FIRST else placing.ANY
        return placing.at(sa.select(*self.chosen.c), by, place, falling=falling, groups=groups)

    def stream(self) -> Iterator[Case]:
        """All of them; memory stays flat however many there are."""
        rows = self.work.session.execute(self.sorted(FIRST).execution_options(yield_per=BATCH))
        for some in rows.partitions():
            yield from self.told(some)

    def told(self, rows: Sequence[Any]) -> list[Case]:
        """With what is shown of each: the ticket as the actor may read it, the unit's name, the reason."""
        tickets = {
            ticket.id: (ticket, is_open)
            for ticket, is_open in self.work.session.execute(
                sa.select(Ticket, visible(self.work.actor)).where(Ticket.id.in_({row.ticket_id for row in rows}))
            )
        }
        read_ahead(self.work, (ticket for ticket, _ in tickets.values()))
        units = sa.select(Unit.id, Unit.name).where(Unit.id.in_({row.unit_id for row in rows}))
        names = {unit.id: unit.name for unit in self.work.session.execute(units)}
        reasons = _reasons(self.work, self.asked.sort, rows)
        return [_case(self.work, row, *tickets[row.ticket_id], names.get(row.unit_id, ""), reasons) for row in rows]


def _check(asked: Asked) -> None:
    known_orders = {WORST_FIRST, *orders(asked.sort)} if asked.sort in SORTS else {asked.order}
    narrowing.check(asked, {"sort": ("这一项", asked.sort, SORTS), "order": ("这种排序", asked.order, known_orders)})


def _group(of: sa.Subquery, asked: Asked) -> sa.ColumnElement[Any]:
    """The number that the list is grouped by."""
    rank: Any = sa.case((of.c.counted.is_(asked.sort in _BAD), 0), else_=1)
    groups = {
        WORST_FIRST: rank,
        BY_UNIT: of.c.unit_id * 2 + rank,
        BY_TICKET: of.c.ticket_id,
        LOWEST_FIRST: of.c.value,
    }
    return groups.get(asked.order, sa.literal(0))


def _place(row: Any) -> str:
    return placing.text_of(row.group, row.at, row.ref_id)


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


def has_reasons(sort: str) -> bool:
    """Whether anybody says why with cases of this sort."""
    return sort in _GIVEN


def _reasons(work: Work, sort: str, rows: Sequence[Any]) -> Mapping[int, str]:
    """By the id of the case; found by its ticket, which every table of reasons has an index on."""
    if not has_reasons(sort):
        return {}
    ref_id, reason, given = _GIVEN[sort]
    query = sa.select(ref_id, reason).where(
        ref_id.class_.ticket_id.in_({row.ticket_id for row in rows}), ref_id.in_([row.ref_id for row in rows]), given
    )
    return {id: text for id, text in work.session.execute(query) if text}


#: Where the reason of a case stands, and what else holds of it there.
_GIVEN: Final[Mapping[str, tuple[Any, Any, Any]]] = {
    "turn": (Return.assignment_id, Return.reason, Return.granted.is_(True)),
    "rework": (Event.id, Event.data["reason"].astext, sa.true()),
    "solved": (Survey.id, Survey.comment, sa.true()),
    "satisfied": (Survey.id, Survey.comment, sa.true()),
    "pause": (Pause.id, Pause.reason, sa.true()),
    "failed": (SampleCheck.id, SampleCheck.finding, sa.true()),
    **{sort: (Supervision.id, Supervision.demand, sa.true()) for sort in ORDERS},
}

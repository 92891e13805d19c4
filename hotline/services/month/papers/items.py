"""明细: every promise of the three rates that the month's figures look at, and 未完成、逾期 with what is known of why.

Read as they are asked for, so that memory stays flat; by the same rules as the figures (`owing`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final

import sqlalchemy as sa

from hotline.domain.rates import RateKind, Window
from hotline.models import Category, Complaint, Deadline, Event, MonthlyReport, Ticket, Unit
from hotline.services.covering import in_passing, passing, read_ahead
from hotline.services.month import owing, reporting
from hotline.services.month.lines import NO_CATEGORY
from hotline.services.month.listing import LACKS
from hotline.services.scoping import visible
from hotline.services.work import Work

AT_ONCE: Final = 1000  # rows fetched from the server at a time
_FLAGS: Final = ("owed", "kept", "on_time", "on_original", "exempt", "original_owed", "original_on_time", "void")
_CAUSES: Final = {"returns": ("return", "grant_return"), "send_backs": ("send_back",), "pauses": ("grant_pause",)}
MISSING, LATE, ON_TIME, EXEMPT, VOID, MOVED = "未完成", "逾期完成", "按时完成", "免于考核", "不计入", "已延期"


@dataclass(frozen=True)
class Scope:
    """Whose promises of which month: as the figures were asked for."""

    window: Window
    report: MonthlyReport | None
    unit_id: int | None


@dataclass(frozen=True)
class Item:
    """One promise as a row of 明细. Times are aware; `path` has the ids from the root down, between slashes."""

    ticket: str
    complaint: str
    kind: RateKind
    round: int
    unit: str
    path: str
    started_at: datetime
    due_at: datetime
    original_due_at: datetime
    met_at: datetime | None
    standing: str
    by_original: str  # 按时, 逾期 or empty: not owed by its original due time
    extensions: int
    direct: bool
    category: str
    area: str
    channel: str
    source: str
    why: str  # not counted


@dataclass(frozen=True)
class Overdue:
    """One promise that was not kept in time, or not at all, with what its history tells of why."""

    ticket: str
    matter: str  # covered, and empty where the actor may not open the ticket
    kind: RateKind
    unit: str
    path: str
    due_at: datetime
    met_at: datetime | None  # by the cut-off
    submitted: bool  # a result waits for its check
    extensions: int
    returns: int  # by units, of the ticket
    send_backs: int  # by who checked
    pauses: int

    @property
    def missing(self) -> bool:
        """Not kept at all."""
        return self.met_at is None

    @property
    def reason(self) -> str:
        """In official words, what is known first; 无特殊情形 where the history tells nothing."""
        told = [
            *(["办理结果已提交，正在核查"] if self.submitted else [LACKS_OF[self.kind]] if self.missing else []),
            *([f"曾被退回{self.returns}次"] if self.returns else []),
            *([f"核查未通过{self.send_backs}次"] if self.send_backs else []),
            *([f"已批准延期{self.extensions}次"] if self.extensions else []),
            *([f"曾挂账{self.pauses}次"] if self.pauses else []),
        ]
        return "；".join(told) or "超过时限后完成"


LACKS_OF: Final = {kind: next(text for of, text in LACKS.items() if of.value == kind.value) for kind in RateKind}


def count(work: Work, scope: Scope) -> int:
    """How many rows 明细 has."""
    inner = _query(work, scope).with_only_columns(sa.literal(1)).order_by(None).subquery()
    return work.session.execute(sa.select(sa.func.count()).select_from(inner)).scalar_one()


def voided(work: Work, scope: Scope) -> dict[RateKind, int]:
    """How many promises of each rate fell due but were not owed."""
    rows = owing.rows_of(scope.report)
    query = _narrowed(work, scope, rows, sa.select(rows.promise.kind, sa.func.count().label("number")))
    query = query.where(owing.voided(scope.window, rows.promise)).group_by(rows.promise.kind)
    found = {RateKind(row.kind): row.number for row in work.session.execute(query)}
    return {kind: found.get(kind, 0) for kind in RateKind}


def read(work: Work, scope: Scope) -> Iterator[Item]:
    """The rows, by due time."""
    units = {unit.id: unit.name for unit in work.session.execute(sa.select(Unit.id, Unit.name))}
    categories = category_labels(work)
    for row in work.session.execute(_query(work, scope).execution_options(yield_per=AT_ONCE)):
        yield _item(row, units, categories)


def _query(work: Work, scope: Scope) -> sa.Select[Any]:
    rows, window = owing.rows_of(scope.report), scope.window
    promise, ticket = rows.promise, rows.ticket
    conditions = owing.figures(window, rows)
    frozen = scope.report is not None
    query = sa.select(
        (promise.ticket if frozen else Ticket.number).label("number"),
        (promise.complaint if frozen else Complaint.number).label("complaint"),
        promise.kind,
        promise.round,
        promise.unit_id,
        promise.unit_path,
        promise.started_at,
        promise.due_at,
        promise.original_due_at,
        sa.case((promise.met_at <= window.cut_off, promise.met_at)).label("met_at"),
        promise.extensions,
        rows.direct.label("direct"),
        ticket.category_id,
        ticket.area,
        ticket.channel,
        ticket.source,
        sa.func.coalesce(promise.void_reason, promise.exempt_reason, "").label("why"),
        *(conditions[name].label(name) for name in _FLAGS),
    )
    return _narrowed(work, scope, rows, query).order_by(promise.due_at, rows.id)


def _narrowed(work: Work, scope: Scope, rows: owing.Rows, query: sa.Select[Any]) -> sa.Select[Any]:
    promise = rows.promise
    query = rows.of(query)
    if scope.report is None:
        query = query.outerjoin(Complaint, Complaint.id == Deadline.complaint_id)
    voided = sa.and_(promise.kind.in_(owing.RATED), owing.voided(scope.window, promise))
    query = query.where(sa.or_(*owing.stretches(scope.window, promise), voided), owing.within(work.actor, promise))
    return query if scope.unit_id is None else query.where(owing.in_subtree(scope.unit_id, promise))


def category_labels(work: Work) -> dict[int | None, str]:
    """By id: the code with the name, which is never read as a number."""
    rows = work.session.execute(sa.select(Category.id, Category.code, Category.name)).all()
    return {None: NO_CATEGORY, **{row.id: f"{row.code} {row.name}" for row in rows}}


def _item(row: Any, units: dict[int, str], categories: dict[int | None, str]) -> Item:
    return Item(
        ticket=row.number,
        complaint=row.complaint or "",
        kind=RateKind(row.kind.value),
        round=row.round,
        unit=units[row.unit_id],
        path=f"/{row.unit_path}",
        started_at=row.started_at,
        due_at=row.due_at,
        original_due_at=row.original_due_at,
        met_at=row.met_at,
        standing=_standing(row),
        by_original=("按时" if row.original_on_time else "逾期") if row.original_owed else "",
        extensions=row.extensions,
        direct=row.direct,
        category=categories.get(row.category_id, NO_CATEGORY),
        area=row.area or reporting.NO_AREA,
        channel=reporting.CHANNELS[row.channel.value],
        source=reporting.SOURCES[row.source.value],
        why=_why(row),
    )


def _standing(row: Any) -> str:
    if row.void:
        return VOID
    if row.exempt:
        return EXEMPT
    if not row.owed:
        return MOVED
    if not row.kept:
        return MISSING
    return ON_TIME if row.on_time else LATE


def _why(row: Any) -> str:
    return owing.VOIDED_BY.get(row.why, row.why) if row.void else in_passing(row.why)


def overdue(work: Work, scope: Scope, *, told: int | None = None) -> Iterator[Overdue]:
    """What was not kept, then what was kept too late; of each what is late longest first. `told`: of how many the
    matter is wanted; of all if not said."""
    rows, window = owing.rows_of(scope.report), scope.window
    promise = rows.promise
    conditions = owing.figures(window, rows)
    missing = conditions["missing"]
    query = rows.of(
        sa.select(
            Ticket,
            promise.kind,
            promise.unit_path,
            promise.due_at,
            sa.case((missing, None), else_=promise.met_at).label("met_at"),
            sa.and_(promise.offered_at <= window.cut_off, promise.met_at.is_(None)).label("submitted"),
            promise.extensions,
            Unit.name.label("unit"),
            visible(work.actor).label("open"),
            *(_steps(name, window) for name in _CAUSES),
        )
    ).join(Unit, Unit.id == promise.unit_id)
    query = query.where(
        promise.kind.in_(owing.RATED), sa.or_(missing, conditions["late"]), owing.within(work.actor, promise)
    )
    if scope.unit_id is not None:
        query = query.where(owing.in_subtree(scope.unit_id, promise))
    query = query.order_by(sa.case((missing, 0), else_=1), promise.due_at, rows.id)
    found = iter(work.session.execute(query.execution_options(yield_per=AT_ONCE)))
    if told is not None:
        yield from _overdue(work, list(islice(found, told)))
        yield from (_late(row, "") for row in found)
        return
    while batch := list(islice(found, AT_ONCE)):
        yield from _overdue(work, batch)


def _steps(name: str, window: Window) -> sa.Label[int]:
    """How often the ticket took one of the steps by the cut-off."""
    counted = (
        sa.select(sa.func.count())
        .select_from(Event)
        .where(Event.ticket_id == Ticket.id, Event.step.in_(_CAUSES[name]), Event.happened_at <= window.cut_off)
    )
    return counted.correlate(Ticket).scalar_subquery().label(name)


def _overdue(work: Work, rows: Sequence[Any]) -> Iterator[Overdue]:
    read_ahead(work, (row.Ticket for row in rows))
    for row in rows:
        yield _late(row, passing(work, row.Ticket)(row.Ticket.matter) if row.open else "")


def _late(row: Any, matter: str) -> Overdue:
    return Overdue(
        ticket=row.Ticket.number,
        matter=matter,
        kind=RateKind(row.kind.value),
        unit=row.unit,
        path=f"/{row.unit_path}",
        due_at=row.due_at,
        met_at=row.met_at,
        submitted=bool(row.submitted),
        extensions=row.extensions,
        returns=row.returns,
        send_backs=row.send_backs,
        pauses=row.pauses,
    )

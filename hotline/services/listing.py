"""The promises behind a figure: exactly those that it counts, what is missing first, then late, then on time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import sqlalchemy as sa

from hotline.domain.errors import Invalid
from hotline.domain.rates import Month, Window
from hotline.domain.texts import clean
from hotline.models import Complaint, Deadline, DeadlineKind, MonthlyReportItem, Ticket, Unit
from hotline.services import frozen, owing, paging, reporting
from hotline.services.covering import in_passing, passing, read_ahead
from hotline.services.paging import FIRST, Place
from hotline.services.scoping import visible
from hotline.services.work import Work

MOST = 200  # on one page
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
KINDS = tuple(kind.value for kind in DeadlineKind)
LACKS = {
    DeadlineKind.ACCEPT: "尚未受理",
    DeadlineKind.DISPATCH: "尚未交办",
    DeadlineKind.SIGN: "尚未签收",
    DeadlineKind.HANDLE: "尚未处理",
    DeadlineKind.CHECK: "尚未核查",
    DeadlineKind.REPLY: "尚未答复到诉求人",
    DeadlineKind.SURVEY: "尚未回访",
    DeadlineKind.CLOSE: "尚未办结",
    DeadlineKind.EXPLAIN: "尚未书面说明",
}
STANDINGS = ("missing", "late", "on_time")  # the order of the list
LABELS = {"missing": "未完成", "late": "逾期完成", "on_time": "按时完成", "void": "不计入", "exempt": "免于考核"}


@dataclass(frozen=True)
class Asked:
    """Which figure of which line of the report. `None` asks for all; category 0 and an empty area for what has none."""

    kind: str
    figure: str = "owed"
    unit_id: int | None = None
    category_id: int | None = None
    area: str | None = None
    channel: str | None = None
    source: str | None = None
    direct: bool | None = None
    version: int | None = None  # of a frozen month: the newest if not said


@dataclass(frozen=True)
class Item:
    """One promise. `ticket_open`: whether the actor may open the ticket; its matter is empty if not."""

    deadline_id: int
    ticket: str
    complaint: str | None
    matter: str
    ticket_open: bool
    kind: DeadlineKind
    round: int
    unit_id: int
    unit: str
    started_at: datetime
    due_at: datetime
    original_due_at: datetime
    offered_at: datetime | None
    met_at: datetime | None
    extensions: int
    direct: bool
    standing: str  # missing, late, on_time, void or exempt
    why: str  # not owed

    @property
    def label(self) -> str:
        """How it stands, in Chinese."""
        return LABELS[self.standing]

    @property
    def lacks(self) -> str:
        """What is missing, in a few words; empty when nothing is."""
        if self.standing != "missing":
            return ""
        if self.offered_at is not None and self.met_at is None:
            return "已提交，待核查"
        return LACKS[self.kind]

    def as_dict(self, zone: tzinfo) -> dict[str, Any]:
        """For JSON; times are city time with their offset."""

        def city(moment: datetime | None) -> str | None:
            return None if moment is None else moment.astimezone(zone).isoformat()

        return {
            "deadline_id": self.deadline_id,
            "ticket": self.ticket,
            "complaint": self.complaint,
            "matter": self.matter,
            "ticket_open": self.ticket_open,
            "kind": self.kind.value,
            "round": self.round,
            "unit_id": self.unit_id,
            "unit": self.unit,
            "started_at": city(self.started_at),
            "due_at": city(self.due_at),
            "original_due_at": city(self.original_due_at),
            "offered_at": city(self.offered_at),
            "met_at": city(self.met_at),
            "extensions": self.extensions,
            "direct": self.direct,
            "standing": self.standing,
            "standing_text": self.label,
            "lacks": self.lacks,
            "why": self.why,
        }


@dataclass(frozen=True)
class Page:
    """A stretch of the list; `after` asks for the next one, `before` for the one above, None where there is none.

    `astray` as in `paging.Stretch`. `total`: how many there are in all, as the figure says.
    """

    month: Month
    items: Sequence[Item]
    before: str | None
    after: str | None
    astray: bool
    total: int

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        zone = self.month.zone
        return {"month": str(self.month), "items": [item.as_dict(zone) for item in self.items], "after": self.after}


def items(work: Work, month: str, asked: Asked, *, place: Place[str] = FIRST, limit: int = 50) -> Page:
    """The promises that the figure counts, of those in the actor's subtree.

    Raises MonthError, Invalid for a word or a place that is not known, NotFound for a unit that is not the actor's to
    see.
    """
    month_asked = Month.parse(month, work.rules.zone)
    window = month_asked.seen_at(work.now)
    report = frozen.find(work, month, asked.version)
    rows = owing.rows_of(report)
    if asked.unit_id is not None:
        reporting.chosen(reporting.overseen(work), asked.unit_id)
    size = max(1, min(limit, MOST))
    rank = _rank(window, rows.promise)
    query = _query(work, rows).add_columns(rank.label("rank")).where(*_conditions(work, window, rows, asked))
    all_of_them = query.with_only_columns(rows.id).subquery()
    total = work.session.execute(sa.select(sa.func.count()).select_from(all_of_them)).scalar_one()
    found_rows = work.session.execute(_at_place(query, (rank, rows.promise.due_at, rows.id), place).limit(size + 1))
    found = paging.cut(found_rows.all(), place, size, _place)
    read_ahead(work, (row.Ticket for row in found))
    told = [_item(work, row) for row in found]
    return Page(month_asked, told, found.before, found.after, found.astray, total)


def _at_place(query: sa.Select[Any], order: tuple[Any, ...], place: Place[str]) -> sa.Select[Any]:
    """Read from the place on: downwards, or upwards on the way back."""
    here = sa.tuple_(*order)
    if place.before is not None:
        return query.where(here < _read_place(place.before)).order_by(*(part.desc() for part in order))
    if place.after is not None:
        query = query.where(here > _read_place(place.after))
    return query.order_by(*order)


def _query(work: Work, rows: owing.Rows) -> sa.Select[Any]:
    promise = rows.promise
    number = Complaint.number if rows.report_id is None else MonthlyReportItem.complaint
    query = sa.select(
        promise,
        Ticket,
        rows.id.label("deadline_id"),
        number.label("complaint"),
        visible(work.actor).label("ticket_open"),
        Unit.name.label("unit"),
        rows.direct.label("direct"),
    )
    query = rows.of(query).join(Unit, Unit.id == promise.unit_id)
    return query.outerjoin(Complaint, Complaint.id == Deadline.complaint_id) if rows.report_id is None else query


def _conditions(work: Work, window: Window, rows: owing.Rows, asked: Asked) -> list[owing.Condition]:
    conditions = owing.figures(window, rows)
    faults = {}
    if asked.kind not in KINDS:
        faults["kind"] = f"没有这一项：请选择 {'、'.join(KINDS)} 之一。"
    if asked.figure not in conditions:
        faults["figure"] = f"没有这个数字：请选择 {'、'.join(conditions)} 之一。"
    if asked.channel is not None and asked.channel not in reporting.CHANNELS:
        faults["channel"] = f"没有这个渠道：请选择 {'、'.join(reporting.CHANNELS)} 之一。"
    if asked.source is not None and asked.source not in reporting.SOURCES:
        faults["source"] = f"没有这个来源：请选择 {'、'.join(reporting.SOURCES)} 之一。"
    if faults:
        raise Invalid(faults)
    promise, ticket = rows.promise, rows.ticket
    found = [promise.kind == asked.kind, conditions[asked.figure], owing.within(work.actor, promise)]
    if asked.unit_id is not None:
        found.append(owing.in_subtree(asked.unit_id, promise))
    if asked.category_id is not None:
        wanted = None if asked.category_id == reporting.UNCATEGORISED else asked.category_id
        found.append(ticket.category_id.is_not_distinct_from(wanted))
    area = None if asked.area is None else clean(asked.area)  # as it was stored
    found += [
        column == value
        for column, value in ((ticket.area, area), (ticket.channel, asked.channel), (ticket.source, asked.source))
        if value is not None
    ]
    if asked.direct is not None:
        found.append(rows.direct.is_(asked.direct))
    return found


def _rank(window: Window, of: Any) -> sa.ColumnElement[int]:
    missing = sa.func.coalesce(of.met_at > window.cut_off, True)
    return sa.case((missing, 0), (of.met_at > of.due_at, 1), else_=2)


def _item(work: Work, row: Any) -> Item:
    promise: Deadline | MonthlyReportItem = row[0]
    return Item(
        deadline_id=row.deadline_id,
        ticket=row.Ticket.number,
        complaint=row.complaint,
        matter=passing(work, row.Ticket)(row.Ticket.matter) if row.ticket_open else "",
        ticket_open=row.ticket_open,
        kind=promise.kind,
        round=promise.round,
        unit_id=promise.unit_id,
        unit=row.unit,
        started_at=promise.started_at,
        due_at=promise.due_at,
        original_due_at=promise.original_due_at,
        offered_at=promise.offered_at,
        met_at=promise.met_at,
        extensions=promise.extensions,
        direct=row.direct,
        standing=_standing(promise, row.rank),
        why=_why(promise),
    )


def _standing(promise: Deadline | MonthlyReportItem, rank: int) -> str:
    if promise.void_at is not None:
        return "void"
    return "exempt" if promise.exempt_at is not None else STANDINGS[rank]


def _why(promise: Deadline | MonthlyReportItem) -> str:
    if promise.void_reason is not None:
        return owing.VOIDED_BY.get(promise.void_reason, promise.void_reason)
    return in_passing(promise.exempt_reason or "")


def _place(row: Any) -> str:
    return f"{row.rank}-{(row[0].due_at - _EPOCH) // timedelta(microseconds=1)}-{row.deadline_id}"


def _read_place(text: str) -> sa.Tuple:
    match = re.fullmatch(r"([0-2])-(\d{1,17})-(\d{1,18})", text, re.ASCII)
    if match is None:
        raise Invalid({"after": "翻页位置无效，请从第一页重新打开。"})
    rank, microseconds, deadline_id = (int(part) for part in match.groups())
    due_at = _EPOCH + timedelta(microseconds=microseconds)
    return sa.tuple_(sa.literal(rank), sa.literal(due_at), sa.literal(deadline_id))

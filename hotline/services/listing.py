"""The promises behind a figure: exactly those that it counts, what is missing first, then late, then on time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import sqlalchemy as sa

from hotline.domain.errors import Invalid
from hotline.domain.rates import Month, RateKind, Window
from hotline.domain.texts import clean
from hotline.models import Complaint, Deadline, Ticket, Unit
from hotline.services import owing, paging, reporting
from hotline.services.covering import in_passing, passing, read_ahead
from hotline.services.paging import FIRST, Place
from hotline.services.scoping import visible
from hotline.services.work import Work

MOST = 200  # on one page
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
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


@dataclass(frozen=True)
class Item:
    """One promise. `ticket_open`: whether the actor may open the ticket; its matter is empty if not."""

    deadline_id: int
    ticket: str
    complaint: str | None
    matter: str
    ticket_open: bool
    kind: RateKind
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
        return {"handle": "尚未处理", "reply": "尚未答复到诉求人", "close": "尚未办结"}[self.kind.value]

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
    if asked.unit_id is not None:
        reporting.chosen(reporting.overseen(work), asked.unit_id)
    size = max(1, min(limit, MOST))
    rank = _rank(window)
    query = _query(work, window).add_columns(rank.label("rank")).where(*_conditions(work, window, asked))
    all_of_them = query.with_only_columns(Deadline.id).subquery()
    total = work.session.execute(sa.select(sa.func.count()).select_from(all_of_them)).scalar_one()
    rows = work.session.execute(_at_place(query, (rank, Deadline.due_at, Deadline.id), place).limit(size + 1)).all()
    found = paging.cut(rows, place, size, _place)
    read_ahead(work, (row.Ticket for row in found))
    told = [_item(work, row, window) for row in found]
    return Page(month_asked, told, found.before, found.after, found.astray, total)


def _at_place(query: sa.Select[Any], order: tuple[Any, ...], place: Place[str]) -> sa.Select[Any]:
    """Read from the place on: downwards, or upwards on the way back."""
    here = sa.tuple_(*order)
    if place.before is not None:
        return query.where(here < _read_place(place.before)).order_by(*(part.desc() for part in order))
    if place.after is not None:
        query = query.where(here > _read_place(place.after))
    return query.order_by(*order)


def _query(work: Work, window: Window) -> sa.Select[Any]:
    return (
        sa.select(
            Deadline,
            Ticket,
            Complaint.number.label("complaint"),
            visible(work.actor).label("ticket_open"),
            Unit.name.label("unit"),
            owing.DIRECT.label("direct"),
        )
        .join(Ticket, Ticket.id == Deadline.ticket_id)
        .join(Unit, Unit.id == Deadline.unit_id)
        .outerjoin(Complaint, Complaint.id == Deadline.complaint_id)
    )


def _conditions(work: Work, window: Window, asked: Asked) -> list[owing.Condition]:
    conditions = owing.figures(window)
    faults = {}
    if asked.kind not in owing.RATED:
        faults["kind"] = f"没有这一项：请选择 {'、'.join(owing.RATED)} 之一。"
    if asked.figure not in conditions:
        faults["figure"] = f"没有这个数字：请选择 {'、'.join(conditions)} 之一。"
    if asked.channel is not None and asked.channel not in reporting.CHANNELS:
        faults["channel"] = f"没有这个渠道：请选择 {'、'.join(reporting.CHANNELS)} 之一。"
    if asked.source is not None and asked.source not in reporting.SOURCES:
        faults["source"] = f"没有这个来源：请选择 {'、'.join(reporting.SOURCES)} 之一。"
    if faults:
        raise Invalid(faults)
    found = [Deadline.kind == asked.kind, conditions[asked.figure], owing.within(work.actor)]
    if asked.unit_id is not None:
        found.append(owing.in_subtree(asked.unit_id))
    if asked.category_id is not None:
        wanted = None if asked.category_id == reporting.UNCATEGORISED else asked.category_id
        found.append(Ticket.category_id.is_not_distinct_from(wanted))
    area = None if asked.area is None else clean(asked.area)  # as it was stored
    found += [
        column == value
        for column, value in ((Ticket.area, area), (Ticket.channel, asked.channel), (Ticket.source, asked.source))
        if value is not None
    ]
    if asked.direct is not None:
        found.append(owing.DIRECT.is_(asked.direct))
    return found


def _rank(window: Window) -> sa.ColumnElement[int]:
    missing = sa.func.coalesce(Deadline.met_at > window.cut_off, True)
    return sa.case((missing, 0), (Deadline.met_at > Deadline.due_at, 1), else_=2)


def _item(work: Work, row: Any, window: Window) -> Item:
    deadline: Deadline = row.Deadline
    return Item(
        deadline_id=deadline.id,
        ticket=row.Ticket.number,
        complaint=row.complaint,
        matter=passing(work, row.Ticket)(row.Ticket.matter) if row.ticket_open else "",
        ticket_open=row.ticket_open,
        kind=RateKind(deadline.kind),
        round=deadline.round,
        unit_id=deadline.unit_id,
        unit=row.unit,
        started_at=deadline.started_at,
        due_at=deadline.due_at,
        original_due_at=deadline.original_due_at,
        offered_at=deadline.offered_at,
        met_at=deadline.met_at,
        extensions=deadline.extensions,
        direct=row.direct,
        standing=_standing(deadline, window, row.rank),
        why=_why(deadline),
    )


def _standing(deadline: Deadline, window: Window, rank: int) -> str:
    if deadline.void_at is not None:
        return "void"
    return "exempt" if deadline.exempt_at is not None else STANDINGS[rank]


def _why(deadline: Deadline) -> str:
    if deadline.void_reason is not None:
        return owing.VOIDED_BY.get(deadline.void_reason, deadline.void_reason)
    return in_passing(deadline.exempt_reason or "")


def _place(row: Any) -> str:
    deadline: Deadline = row.Deadline
    return f"{row.rank}-{(deadline.due_at - _EPOCH) // timedelta(microseconds=1)}-{deadline.id}"


def _read_place(text: str) -> sa.Tuple:
    match = re.fullmatch(r"([0-2])-(\d{1,17})-(\d{1,18})", text, re.ASCII)
    if match is None:
        raise Invalid({"after": "翻页位置无效，请从第一页重新打开。"})
    rank, microseconds, deadline_id = (int(part) for part in match.groups())
    due_at = _EPOCH + timedelta(microseconds=microseconds)
    return sa.tuple_(sa.literal(rank), sa.literal(due_at), sa.literal(deadline_id))

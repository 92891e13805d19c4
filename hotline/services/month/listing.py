"""The promises behind a figure: exactly those that it counts, what is missing first, then late, then on time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from hotline.domain.rates import Month
from hotline.models import Complaint, Deadline, DeadlineKind, MonthlyReportItem, Ticket, Unit
from hotline.services import paging
from hotline.services.covering import in_passing, passing, read_ahead
from hotline.services.month import frozen, mending, owing, picking, placing, reporting
from hotline.services.month.mending import LACKS, Hand
from hotline.services.month.picking import Asked
from hotline.services.paging import FIRST, Place
from hotline.services.scoping import visible
from hotline.services.work import Work

__all__ = ["LACKS", "Asked", "Item", "Page", "count", "items", "longest_missing", "stream"]

MOST: Final = 200  # on one page
BATCH: Final = 500  # of a stream, read together
STANDINGS: Final = ("missing", "late", "on_time")  # the order of the list
LABELS: Final = {
    "missing": "未完成",
    "late": "逾期完成",
    "on_time": "按时完成",
    "void": "不计入",
    "exempt": "免于考核",
}
Holder, Centre = aliased(Unit), aliased(Unit)


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
    reasons: Sequence[str]  # that it took long: returned, extended, checked late …
    hand: Hand | None  # who can still mend it, for what is missing

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
            "reasons": list(self.reasons),
            "next": self.hand and self.hand.as_dict(),
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
    version: int | None  # of the frozen report that they are of

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        zone = self.month.zone
        return {
            "month": str(self.month),
            "version": self.version,
            "total": self.total,
            "items": [item.as_dict(zone) for item in self.items],
            "after": self.after,
        }


def items(work: Work, month: str, asked: Asked, *, place: Place[str] = FIRST, limit: int = 50) -> Page:
    """The promises that the figure counts, of those in the actor's subtree.

    Raises MonthError, Invalid for a word or a place that is not known, NotFound for a unit that is not the actor's to
    see and for a version that is not there.
    """
    of = _Of(work, month, asked)
    size = max(1, min(limit, MOST))
    found = paging.cut(work.session.execute(of.sorted(place).limit(size + 1)).all(), place, size, _place)
    told = list(of.in_turn([row.id for row in found]))
    version = of.report.version if of.report else None
    return Page(of.month, told, found.before, found.after, found.astray, of.count(), version)


def count(work: Work, month: str, asked: Asked) -> int:
    """How many there are, as the figure says. Raises as `items`."""
    return _Of(work, month, asked).count()


def longest_missing(
    work: Work, month: str, *, unit_id: int | None = None, version: int | None = None, limit: int = 5
) -> list[Item]:
    """The first of what is missing of the three rates, the longest overdue on top. Raises as `items`."""
    asked = Asked(owing.RATED[0], "missing", unit_id=unit_id, sort="due", version=version)
    of = _Of(work, month, asked, owing.RATED)
    return list(of.in_turn(work.session.scalars(of.sorted(FIRST).limit(limit)).all()))


def stream(work: Work, month: str, asked: Asked) -> Iterator[Item]:
    """All of them in the same order, read some hundred at a time; which they are is settled at the beginning.

    Raises as `items`, at once.
    """
    return _Of(work, month, asked).stream()


class _Of:
    """A list that was asked for: of which month as whom, by which report. `kinds`: of all these instead of the one."""

    def __init__(self, work: Work, month: str, asked: Asked, kinds: Sequence[str] = ()) -> None:
        self.work = work
        self.month = Month.parse(month, work.rules.zone)
        self.window = self.month.seen_at(work.now)
        self.report = frozen.find(work, month, asked.version)
        self.rows = owing.rows_of(self.report)
        if asked.unit_id is not None:
            reporting.chosen(reporting.overseen(work), asked.unit_id)
        self.asked = asked
        self.chosen = picking.chosen(work, self.window, self.rows, asked)

    def count(self) -> int:
        """How many they are."""
        return self.work.session.execute(sa.select(sa.func.count()).select_from(self.chosen)).scalar_one()

    def sorted(self, place: Place[str]) -> sa.Select[*tuple[Any, ...]]:
        """Which they are in the order of the list, from that place on, with what the place of each is made of."""
        by = (self.chosen.c.group, self.chosen.c.due_at, self.chosen.c.id)
        sort, groups = self.asked.sort, placing.ANY if self.asked.sort == "unit" else "[0-2]"
        return placing.at(sa.select(*self.chosen.c), by, place, falling=sort == "newest", groups=groups)

    def stream(self) -> Iterator[Item]:
        """All of them; memory stays flat however many there are."""
        which = self.sorted(FIRST).with_only_columns(self.chosen.c.id).execution_options(yield_per=BATCH)
        for ids in self.work.session.scalars(which).partitions():
            yield from self.in_turn(ids)

    def query(self) -> sa.Select[*tuple[Any, ...]]:
        """The promises with what is shown of them; `now` is each as it stands in the tables today."""
        rows, promise = self.rows, self.rows.promise
        is_frozen = self.report is not None
        query = rows.of(
            sa.select(
                promise,
                Ticket,
                rows.id.label("deadline_id"),
                (MonthlyReportItem.complaint if is_frozen else Complaint.number).label("complaint"),
                visible(self.work.actor).label("ticket_open"),
                Unit.name.label("unit"),
                rows.direct.label("direct"),
                picking.rank(self.window, promise).label("rank"),
                Deadline.id.label("now_id"),
                Holder.name.label("holder"),
                Centre.name.label("centre"),
                sa.and_(Complaint.answered_at.is_not(None), Complaint.reached_at.is_(None)).label("answered"),
            )
        ).join(Unit, Unit.id == promise.unit_id)
        if is_frozen:
            query = query.outerjoin(Deadline, Deadline.id == MonthlyReportItem.deadline_id)
        return (
            query.outerjoin(Complaint, Complaint.id == Deadline.complaint_id)
            .join(Holder, Holder.id == Ticket.unit_id)
            .join(Centre, Centre.id == Ticket.centre_id)
        )

    def in_turn(self, ids: Sequence[int]) -> Iterator[Item]:
        """The promises of these ids in this order."""
        for begin in range(0, len(ids), BATCH):
            some = ids[begin : begin + BATCH]
            rows = self.work.session.execute(self.query().where(self.rows.id.in_(some))).all()
            told = {item.deadline_id: item for item in self.items(rows)}
            yield from (told[each] for each in some if each in told)

    def items(self, rows: Iterable[Any]) -> list[Item]:
        """What is told of these, in a fixed number of statements."""
        found = list(rows)
        read_ahead(self.work, (row.Ticket for row in found))
        slow = [row for row in found if row.ticket_open and _standing(row[0], row.rank) in ("missing", "late")]
        reasons = mending.reasons(self.work, {row.Ticket.id for row in slow})
        now = self._now(row.now_id for row in slow)
        return [self._item(row, reasons, now) for row in found]

    def _now(self, ids: Iterable[int | None]) -> dict[int, Deadline]:
        wanted = {each for each in ids if each is not None}
        if not wanted:
            return {}
        return {each.id: each for each in self.work.session.scalars(sa.select(Deadline).where(Deadline.id.in_(wanted)))}

    def _item(self, row: Any, reasons: mending.Reasons, now: dict[int, Deadline]) -> Item:
        promise: Deadline | MonthlyReportItem = row[0]
        standing = _standing(promise, row.rank)
        is_slow = row.ticket_open and standing in ("missing", "late")
        return Item(
            deadline_id=row.deadline_id,
            ticket=row.Ticket.number,
            complaint=row.complaint,
            matter=passing(self.work, row.Ticket)(row.Ticket.matter) if row.ticket_open else "",
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
            standing=standing,
            why=_why(promise),
            reasons=[*_again(promise.round), *reasons.get((row.Ticket.id, promise.round), ())] if is_slow else [],
            hand=self._hand(row, now.get(row.now_id)) if is_slow and standing == "missing" else None,
        )

    def _hand(self, row: Any, now: Deadline | None) -> Hand | None:
        if now is None:
            return None
        names = {"holder": row.holder, "centre": row.centre, "answered": bool(row.answered)}
        return mending.hand(self.work, now, row.Ticket, window=self.window, frozen=self.report is not None, **names)


def _again(round_: int) -> list[str]:
    return [f"第{round_}轮办理"] if round_ > 1 else []


def _standing(promise: Deadline | MonthlyReportItem, rank: int) -> str:
    if promise.void_at is not None:
        return "void"
    return "exempt" if promise.exempt_at is not None else STANDINGS[rank]


def _why(promise: Deadline | MonthlyReportItem) -> str:
    if promise.void_reason is not None:
        return owing.VOIDED_BY.get(promise.void_reason, promise.void_reason)
    return in_passing(promise.exempt_reason or "")


def _place(row: Any) -> str:
    return placing.text_of(row.group, row.due_at, row.id)

"""What was owed in a month, in SQL: the twin of `hotline.domain.rates`, for figures, lists and the export alike.

The same rule counts what stands in the tables now and what a frozen report has kept: `Rows` says which.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from hotline.domain.actors import TICKET_ROLES, Actor
from hotline.domain.rates import RateKind, Window
from hotline.models import Deadline, MonthlyReport, MonthlyReportItem, Ticket
from hotline.services.scoping import not_named, sees_all

Condition = sa.ColumnElement[bool]
Column = InstrumentedAttribute[datetime]

#: Why a promise is void, in Chinese. 收回 is the dispatcher's, 撤回 the citizen's: the history tells which.
VOIDED_BY = {
    "declined": "不予受理",
    "voided": "作废",
    "withdrawn": "已收回或撤回",
    "merged": "已并案",
    "returned": "已退回",
    "transferred": "已转下级单位",
}
RATED = tuple(kind.value for kind in RateKind)


@dataclass(frozen=True)
class Rows:
    """Which promises are counted: those that stand in the tables now, or the items of a frozen report."""

    report_id: int | None = None

    @property
    def promise(self) -> Any:
        """The table with their times."""
        return Deadline if self.report_id is None else MonthlyReportItem

    @property
    def ticket(self) -> Any:
        """The table that tells category, area, channel and source."""
        return Ticket if self.report_id is None else MonthlyReportItem

    @property
    def id(self) -> Any:
        """The promise's own id."""
        return Deadline.id if self.report_id is None else MonthlyReportItem.deadline_id

    @property
    def direct(self) -> Any:
        """Whether the centre answered itself."""
        return self.promise.direct

    def of(self, query: sa.Select[Any], *, with_tickets: bool = True) -> sa.Select[Any]:
        """The query read from these promises, each with its ticket if it looks at that."""
        promise = self.promise
        query = query.select_from(promise)
        query = query.join(Ticket, Ticket.id == promise.ticket_id) if with_tickets else query
        return query if self.report_id is None else query.where(MonthlyReportItem.report_id == self.report_id)


LIVE = Rows()


def rows_of(report: MonthlyReport | None) -> Rows:
    """The items of that report; without one, what stands in the tables now."""
    return LIVE if report is None else Rows(report.id)


def taken_in(window: Window, due_at: Column, of: Any = Deadline) -> Condition:
    """`Window.takes_in`: due in the month, or due before and carried over. Each arm is an index's own condition."""
    if not window.begun:
        return sa.false()
    before = due_at <= window.begins
    return sa.or_(
        sa.and_(due_at > window.begins, due_at <= window.cut_off),
        sa.and_(before, of.met_at.is_(None)),
        sa.and_(before, of.met_at > window.begins, of.met_at > due_at),
    )


@lru_cache(maxsize=64)
def figures(window: Window, rows: Rows = LIVE) -> Mapping[str, Condition]:
    """`rates.FIGURES`, by the same names, and `void`: what fell due in the month but is not owed.

    Put together once for all lists of a month.
    """
    of = rows.promise
    taken, original = taken_in(window, of.due_at, of), taken_in(window, of.original_due_at, of)
    standing, counted = of.void_at.is_(None), of.exempt_at.is_(None)
    owed = sa.and_(standing, counted, taken)
    owed_originally = sa.and_(standing, counted, original)
    seen = sa.func.coalesce(of.met_at <= window.cut_off, False)
    by_name = {
        "owed": owed,
        "kept": sa.and_(owed, seen),
        "missing": sa.and_(owed, sa.not_(seen)),
        "on_time": sa.and_(owed, of.met_at <= of.due_at),
        "late": sa.and_(owed, seen, of.met_at > of.due_at),
        "on_original": sa.and_(owed, of.met_at <= of.original_due_at),
        "extended": sa.and_(owed, of.extensions > 0),
        "exempt": sa.and_(standing, of.exempt_at.is_not(None), taken),
        "original_owed": owed_originally,
        "original_on_time": sa.and_(owed_originally, of.met_at <= of.original_due_at),
        "void": voided(window, of),
    }
    return MappingProxyType(by_name)


def voided(window: Window, of: Any = Deadline) -> Condition:
    """Fell due in the month, but declined, voided, withdrawn, merged, returned or transferred."""
    return sa.and_(of.void_at.is_not(None), of.due_at > window.begins, of.due_at <= window.cut_off)


def moved_on(window: Window, of: Any = Deadline) -> Condition:
    """Owed by its original due time, but extended beyond the cut-off: counted only in `original_…`."""
    return sa.and_(
        of.extensions > 0,
        of.due_at > window.cut_off,
        taken_in(window, of.original_due_at, of),
        of.void_at.is_(None),
    )


def stretches(window: Window, of: Any = Deadline, kinds: Sequence[str] = RATED) -> Sequence[Condition]:
    """Every row that one of the figures counts, each once: in parts that an index of the table answers by itself."""
    if not window.begun:
        return (sa.false(),)
    before = of.due_at <= window.begins
    parts = (
        sa.and_(of.due_at > window.begins, of.due_at <= window.cut_off),
        sa.and_(before, of.met_at.is_(None)),
        sa.and_(before, of.met_at > window.begins, of.met_at > of.due_at),
        moved_on(window, of),
    )
    return tuple(sa.and_(of.kind.in_(kinds), of.void_at.is_(None), part) for part in parts)


def parts(figure: str, kind: str, window: Window, rows: Rows = LIVE) -> Sequence[Condition]:
    """The promises of a kind that a figure counts, each once: again in parts that an index answers by itself."""
    of, condition = rows.promise, figures(window, rows)[figure]
    if figure == "void":
        return (sa.and_(of.kind == kind, condition),)
    standing = sa.and_(of.kind == kind, of.void_at.is_(None), of.exempt_at.is_(None), of.due_at <= window.cut_off)
    if figure == "missing" and window.begun:
        return (
            sa.and_(standing, of.met_at.is_(None)),
            sa.and_(standing, of.met_at > window.cut_off, of.met_at > of.due_at),
        )
    if figure == "late" and window.begun:
        return (sa.and_(standing, of.met_at > window.begins, of.met_at <= window.cut_off, of.met_at > of.due_at),)
    return tuple(sa.and_(each, condition) for each in stretches(window, of, (kind,)))


def marks(window: Window, of: Any = Deadline) -> Mapping[str, Condition]:
    """`rates.Marks` of a row that is not void, by the same names."""
    return {
        "taken": of.due_at <= window.cut_off,
        "originally": sa.or_(of.original_due_at > window.begins, of.met_at.is_(None), of.met_at > window.begins),
        "exempt": of.exempt_at.is_not(None),
        "seen": of.met_at <= window.cut_off,
        "on_time": of.met_at <= of.due_at,
        "on_original": of.met_at <= of.original_due_at,
        "extended": of.extensions > 0,
    }


def within(actor: Actor, of: Any = Deadline) -> Condition:
    """Promises owed in the actor's subtree, each by the unit's place when it fell due; the system sees all, and who
    reads no tickets none.

    What a complaint says about a unit is kept from it also as a number (信访条例 第三十条).
    """
    if sees_all(actor):
        return sa.true()
    return sa.and_(below(actor, of), not_named(actor)) if actor.unit_path else sa.false()


def below(actor: Actor, of: Any = Deadline) -> Condition:
    """The same but for what names the unit, which only the ticket tells."""
    if not actor.unit_path or not actor.is_any(TICKET_ROLES):
        return sa.false()
    return of.unit_path.startswith(actor.unit_path)


def in_subtree(unit_id: int, of: Any = Deadline) -> Condition:
    """Owed by the unit or by one that stood below it then."""
    return sa.func.strpos(sa.literal("/") + of.unit_path, f"/{unit_id}/") > 0


def lineage(unit_path: str) -> list[int]:
    """The units from the root down to the one that owes, as they stood then."""
    return [int(part) for part in unit_path.strip("/").split("/")]

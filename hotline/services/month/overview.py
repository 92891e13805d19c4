"""A month with all that is counted of it: at once where that is quick, else as a worker has last counted it.

A large city's month is millions of promises, which take a minute: nobody's browser waits for that, and no process that
answers people does it. Who sees the same of a month shares what was counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from hotline.domain.actors import Actor
from hotline.domain.rates import Month
from hotline.models import Deadline, DeadlineKind, MonthCount, MonthlyReport
from hotline.services.month import comparing, figures, frozen, indicating, indicator_figures, monthly_figures
from hotline.services.month import reporting as rates
from hotline.services.month.comparing import Other
from hotline.services.month.figures import MonthFigures
from hotline.services.month.indicator_figures import Indicators
from hotline.services.scoping import sees_all
from hotline.services.work import Work
from hotline.services.writing_files import actor_of

AT_ONCE: Final = 20_000  # tickets to be handled in the month and the weeks before: they are counted within a second
FRESH: Final = timedelta(minutes=10)
FRESH_FROZEN: Final = timedelta(days=1)  # what a frozen month is compared with may change
KEPT: Final = timedelta(days=2)  # after it was last asked for
_WEEKS_BEFORE: Final = timedelta(days=31)  # the month before is counted, too


@dataclass(frozen=True)
class Overview:
    """`indicators` is None, and the breakdowns of `figures` and `others` are empty, while it is counted for the first
    time, or where it could not be counted. `counted_at`: when, if not just now. `waiting`: it is being counted."""

    figures: MonthFigures
    indicators: Indicators | None
    others: Sequence[Other]
    counted_at: datetime | None = None
    waiting: bool = False


def look(work: Work, month: str, *, unit_id: int | None = None, version: int | None = None) -> Overview:
    """The month (`2026-10`) in the actor's subtree, or in that of one of its units; the work is asked for where it is
    to be counted behind the reader.

    Raises MonthError, and NotFound for a unit that is not there or not the actor's to see, and for such a version.
    """
    if not is_large(work, month, unit_id):
        return _count(work, month, unit_id, version)
    asked, report = Month.parse(month, work.rules.zone), frozen.find(work, month, version)
    row = _row(work, asked, report, unit_id)
    found = _read(work, row, asked, report)
    if found is None:
        found = Overview(rates.rates(work, month, unit_id=unit_id, version=version), None, ())
    is_of_before = found.indicators is None and bool(row.figures)  # before a new figure was there
    return replace(found, waiting=_is_waiting(work, row, FRESH if report is None else FRESH_FROZEN, now=is_of_before))


def is_large(work: Work, month: str, unit_id: int | None = None) -> bool:
    """Whether counting the month would keep its reader waiting. Raises as `look`."""
    window = Month.parse(month, work.rules.zone).seen_at(work.now)
    units = rates.overseen(work)
    top = rates.chosen(units, unit_id) or (units[0] if units else None)
    if top is None:
        return False
    due = sa.select(sa.literal(1)).where(
        Deadline.kind == DeadlineKind.HANDLE,
        Deadline.due_at > window.begins - _WEEKS_BEFORE,
        Deadline.due_at <= window.cut_off,
    )
    if top.parent_id is not None:
        due = due.where(Deadline.unit_path.startswith(top.path))
    counted = sa.select(sa.func.count()).select_from(due.limit(AT_ONCE + 1).subquery())
    return (work.session.scalar(counted) or 0) > AT_ONCE


def _count(work: Work, month: str, unit_id: int | None, version: int | None) -> Overview:
    found = rates.monthly(work, month, unit_id=unit_id, version=version)
    told = indicating.of_month(work, month, unit_id=unit_id, version=version)
    return Overview(found, told, comparing.others(work, found.month, unit_id))


def _row(work: Work, asked: Month, report: MonthlyReport | None, unit_id: int | None) -> MonthCount:
    """What was counted for those who see the same, made when it is asked for the first time."""
    assert work.actor.staff_id is not None
    key = {
        "month": asked.first_day,
        "version": report.version if report else 0,
        "unit_path": work.actor.unit_path,
        "sees_all": sees_all(work.actor),
        "unit_id": unit_id or 0,
    }
    given = {**key, "staff_id": work.actor.staff_id, "asked_at": work.now}
    statement = sa.dialects.postgresql.insert(MonthCount).values(given).on_conflict_do_nothing()
    if work.session.scalar(statement.returning(MonthCount.id)) is not None:
        _ring(work)
    return work.session.scalars(sa.select(MonthCount).filter_by(**key)).one()


def _is_waiting(work: Work, row: MonthCount, fresh: timedelta, *, now: bool) -> bool:
    """Whether it is being counted, or is to be from now on: what was counted is old, or of no use any more (`now`).
    Who counts it holds the row."""
    if row.counted_at is None or row.asked_at > row.counted_at:
        return True
    if not now and work.now - row.counted_at < fresh:
        return False
    free = sa.select(MonthCount).where(MonthCount.id == row.id).with_for_update(skip_locked=True)
    if work.session.scalar(free) is not None:
        row.asked_at, row.staff_id = work.now, work.actor.staff_id or row.staff_id
        _ring(work)
    return True


def _ring(work: Work) -> None:
    work.ring("count")


def _read(work: Work, row: MonthCount, asked: Month, report: MonthlyReport | None) -> Overview | None:
    """None where it has not been counted, could not be, or was before a new figure was there."""
    if row.counted_at is None or not row.figures:
        return None
    within = {"unit_id": row.unit_id} if row.unit_id else {}
    window = asked.seen_at(row.counted_at)
    found = figures.read(row.figures["rates"], asked, window, report, within)
    told = indicator_figures.read(row.figures["indicators"], asked, window, report, within)
    if found is None or told is None:
        return None
    others = [Other.read(each, work.rules.zone) for each in row.figures["others"]]
    return Overview(found, told, others, row.counted_at)


def waits(work: Work) -> bool:
    """Whether a month is to be counted. What nobody has asked for any more is forgotten."""
    work.session.execute(sa.delete(MonthCount).where(MonthCount.asked_at < work.now - KEPT))
    return bool(work.session.scalar(sa.select(_waiting().exists())))


def claim(work: Work) -> tuple[MonthCount, Actor] | None:
    """The one that waits longest, held until the transaction ends, and with whose rights it is counted; None if there
    is none. What its reader may not see any more is forgotten."""
    row = work.session.scalar(_waiting().order_by(MonthCount.asked_at).limit(1).with_for_update(skip_locked=True))
    if row is None:
        return None
    actor = actor_of(work, row.staff_id)
    if actor is None or (actor.unit_path, sees_all(actor)) != (row.unit_path, row.sees_all):
        work.session.delete(row)
        work.session.flush()
        return claim(work)
    return row, actor


def count(work: Work, row: MonthCount) -> dict[str, Any]:
    """What is to be kept of it, counted in the name of its reader. Raises NotFound where the unit is not his."""
    month = Month.of_day(row.month, work.rules.zone)
    told = _count(work, str(month), row.unit_id or None, row.version or None)
    assert told.indicators is not None
    others = [other.as_dict() for other in told.others]
    return {**monthly_figures.told(told.figures, told.indicators), "others": others}


def _waiting() -> sa.Select[MonthCount]:
    never = MonthCount.counted_at.is_(None)
    return sa.select(MonthCount).where(sa.or_(never, MonthCount.asked_at > MonthCount.counted_at))

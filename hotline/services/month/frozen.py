"""冻结的月报, read: which versions of a month there are, and the one that counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from hotline.domain.errors import NotFound
from hotline.domain.rates import Month
from hotline.models import MonthlyReport, ReportState
from hotline.services.scoping import sees_all
from hotline.services.work import Work


def find(work: Work, month: str, version: int | None = None) -> MonthlyReport | None:
    """That version of the month (`2026-10`), the newest if none is said; None while the month is not frozen.

    Raises MonthError, and NotFound for a version that is not there.
    """
    found = versions(work, month)
    if version is None:
        return found[-1] if found else None
    report = next((each for each in found if each.version == version), None)
    if report is None:
        raise NotFound("没有这个月的这一版月报，请从月报页重新打开。")
    return report


def counted(work: Work, month: str, version: int | None) -> int | None:
    """The version that is read where this one is asked for; None while the month is not frozen. Raises as `find`."""
    report = find(work, month, version)
    return None if report is None else report.version


def figures(work: Work, report: MonthlyReport | None, unit_id: int | None = None) -> Mapping[str, Any]:
    """What the report has kept of its figures for who asks for the whole and sees all of it; empty for others, whose
    figures are counted from its items."""
    return report.figures if report is not None and unit_id is None and sees_all(work.actor) else {}


def claimed_at(work: Work, month: Month) -> datetime | None:
    """Since when a version of the month is being counted; None if none is."""
    counting = MonthlyReport.month == month.first_day, MonthlyReport.state == ReportState.COUNTING
    return work.session.scalar(sa.select(MonthlyReport.claimed_at).where(*counting).limit(1))


def versions(work: Work, month: str) -> Sequence[MonthlyReport]:
    """All frozen versions of the month, the first one first. Raises MonthError."""
    asked = Month.parse(month, work.rules.zone)
    query = sa.select(MonthlyReport).where(
        MonthlyReport.month == asked.first_day, MonthlyReport.state == ReportState.FROZEN
    )
    return work.session.scalars(query.order_by(MonthlyReport.version)).all()

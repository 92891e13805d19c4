"""Freezing months of the tests' city, as the worker does it, and looking at what was kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from hotline.domain.actors import SYSTEM
from hotline.models import MonthlyReport, MonthlyReportItem
from hotline.services.month import freezing, sealing, verifying
from hotline.services.month.verifying import Verdict
from tests.city import City


def freeze(city: City, month: str = "2026-10", not_before: datetime | None = None) -> MonthlyReport:
    """Claim the month and count it. `not_before`: the clock is turned on to then, if it is behind."""
    city.now = max(city.now, not_before or city.now)
    with city.work() as work:
        assert freezing.claim(work, month)
    return count(city)


def restate(city: City, month: str = "2026-10", reason: str = "漏登了两件核查", who: str = "sven") -> MonthlyReport:
    """The next version, as somebody asks for it."""
    with city.work(who) as work:
        freezing.restate(work, month, reason)
    return count(city)


def count(city: City) -> MonthlyReport:
    """Count what was claimed."""
    with city.work() as work:
        claimed = freezing.waiting(work)
    assert claimed is not None
    with city.office.still(SYSTEM, city.now) as work:
        report = freezing.count(work, claimed)
    assert report is not None
    return report


def items(city: City, report: MonthlyReport, *conditions: Any) -> list[MonthlyReportItem]:
    """The items of that report, in the order of their promises."""
    query = sa.select(MonthlyReportItem).where(MonthlyReportItem.report_id == report.id, *conditions)
    return city.rows(query)


def sealed(city: City, report: MonthlyReport) -> bytes:
    """The whole text that was sealed."""
    with city.work() as work:
        return b"".join(sealing.text(work, report))


def verified(city: City) -> list[Verdict]:
    """What is found of every frozen version, in the order of the chain."""
    with city.work() as work:
        return [verifying.verify(work, report) for report in verifying.reports(work)]

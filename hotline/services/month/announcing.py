"""公布月报: the frozen months for everybody, as their reports have kept them: no person, no ticket.

Nothing is counted again. What is told: the three rates of the whole city and of the units right below its top, which
version it is, when it was frozen, its checksum and the one that it is chained to, and why it was restated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from hotline.domain.errors import NotFound, say
from hotline.domain.rates import Month, MonthError, RateKind
from hotline.models import MonthlyReport
from hotline.services.covering import in_passing
from hotline.services.month import frozen, trending
from hotline.services.month.tallying import Rate
from hotline.services.work import Work

MOST: Final = 120  # months of the list: ten years
NO_MONTH: Final = say("没有公布这个月的三率。月报每月初冻结，冻结以后在这里公布。")
_BELOW_TOP: Final = 1  # the depth of a unit right below the city's


@dataclass(frozen=True)
class Version:
    """One version of a month. `reason`: of a restatement (更正), with what looks like a person's data covered."""

    number: int
    frozen_at: datetime
    checksum: str
    previous_checksum: str
    reason: str


@dataclass(frozen=True)
class OfUnit:
    """A unit with all below it, by the name that it had when the month was frozen."""

    name: str
    rates: Sequence[Rate]


@dataclass(frozen=True)
class Announced:
    """A frozen month: this version of it, and all that there are, the first one first."""

    month: str  # 2026-10
    version: Version
    versions: Sequence[Version]
    rates: Sequence[Rate]
    units: Sequence[OfUnit]

    @property
    def newest(self) -> bool:
        """Whether no later version stands in its place."""
        return self.version.number == self.versions[-1].number


@dataclass(frozen=True)
class Line:
    """A frozen month of the list, as its newest version has it."""

    month: str
    version: int
    frozen_at: datetime
    rates: Sequence[Rate]


def months(work: Work) -> list[Line]:
    """All frozen months, the newest first, in one statement."""
    columns = [
        MonthlyReport.month,
        MonthlyReport.version,
        MonthlyReport.frozen_at,
        MonthlyReport.figures["rates"]["rates"].label("rates"),
    ]
    kept = trending.newest(columns).subquery()
    rows = work.session.execute(sa.select(kept).order_by(kept.c.month.desc()).limit(MOST))
    return [Line(f"{row.month:%Y-%m}", row.version, row.frozen_at, _rates(row.rates)) for row in rows]


def find(work: Work, month: str, version: int | None = None) -> Announced:
    """That version of a frozen month (`2026-10`), the newest if none is said. Raises NotFound."""
    try:
        asked = Month.parse(month, work.rules.zone)
        known = frozen.versions(work, str(asked))
    except MonthError:
        known = ()
    report = next((each for each in reversed(known) if version in (None, each.version)), None)
    if report is None:
        raise NotFound(NO_MONTH)
    figures = report.figures["rates"]
    return Announced(
        str(asked), _version(report), [_version(each) for each in known], _rates(figures["rates"]), _units(figures)
    )


def _version(report: MonthlyReport) -> Version:
    assert report.frozen_at is not None
    reason = in_passing(report.reason)
    return Version(report.version, report.frozen_at, report.checksum, report.previous_checksum, reason)


def _units(figures: Mapping[str, Any]) -> list[OfUnit]:
    """Those of which something was owed."""
    units = (
        OfUnit(str(line["name"]), _rates(line["rates"])) for line in figures["units"] if line["depth"] == _BELOW_TOP
    )
    return [unit for unit in units if any(rate.owed for rate in unit.rates)]


def _rates(kept: Iterable[Mapping[str, Any]]) -> list[Rate]:
    return [Rate(RateKind(line["kind"]), line["owed"], line["kept"], line["on_time"]) for line in kept]

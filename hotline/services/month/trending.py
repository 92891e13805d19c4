"""走势: the three rates of the months before, as their frozen reports have kept them. Nothing is counted again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONPATH, distinct_on

from hotline.domain.rates import Month, RateKind
from hotline.models import MonthlyReport, ReportState
from hotline.services.work import Work

MONTHS: Final = 12  # the running one among them

Counts = Mapping[str, int]


@dataclass(frozen=True)
class Point:
    """One month of one unit with all below it: how much was owed and kept of each rate. None: it is not frozen."""

    month: Month
    rates: Mapping[RateKind, Counts] | None


def before(work: Work, last: Month, unit_id: int | None) -> list[Point]:
    """The `MONTHS` - 1 months before `last`, oldest first, of the unit as the newest version of each report has it;
    without one, of the whole city. A unit that a report does not name has nothing there. Of those before the first
    frozen one only the last is told."""
    months = [last.turned(-back) for back in range(MONTHS - 1, 0, -1)]
    kept = {row.month: row.rates for row in work.session.execute(_kept(months, unit_id))}
    points = [Point(month, _rates(kept.get(month.first_day))) for month in months]
    first = next((place for place, point in enumerate(points) if point.rates is not None), len(points))
    return points[max(0, first - 1) :]


def newest(columns: Sequence[Any]) -> sa.Select[Any]:
    """Those columns of the newest frozen version of each month."""
    return (
        sa.select(*columns)
        .where(MonthlyReport.state == ReportState.FROZEN)
        .ext(distinct_on(MonthlyReport.month))
        .order_by(MonthlyReport.month, MonthlyReport.version.desc())
    )


def _kept(months: Sequence[Month], unit_id: int | None) -> sa.Select[Any]:
    whole = MonthlyReport.figures["rates"]["rates"]
    rates = whole if unit_id is None else _of_unit(unit_id)
    return newest([MonthlyReport.month, rates.label("rates")]).where(
        MonthlyReport.month.in_([month.first_day for month in months])
    )


def _of_unit(unit_id: int) -> sa.ColumnElement[Any]:
    path = sa.cast(f"$.rates.units[*] ? (@.id == {int(unit_id)}).rates", JSONPATH)
    return sa.func.jsonb_path_query_first(MonthlyReport.figures, path, type_=MonthlyReport.figures.type)


def _rates(kept: Any) -> Mapping[RateKind, Counts] | None:
    return dict(_each(kept)) if kept else None


def _each(kept: Sequence[Mapping[str, Any]]) -> Iterator[tuple[RateKind, Counts]]:
    for line in kept:
        yield RateKind(line["kind"]), {"owed": line["owed"], "kept": line["kept"]}

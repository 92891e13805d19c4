"""指标: everything that the month counts besides the three rates, of a subtree and by unit, category, area, channel and
source (domain/indicators.py; docs/rates.md explains each to an auditor).

The number of statements does not depend on the size. What stands now and what a frozen report has kept are counted by
the same code; a person sees the figures of the own subtree, without what complaints say about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import sqlalchemy as sa

from hotline.domain.indicators import INDICATORS, Indicator
from hotline.domain.rates import FIGURES, Month
from hotline.models import MonthlyReport
from hotline.services.month import ageing, cases, dividing, frozen, indicator_figures, lines, owing, reporting, spending
from hotline.services.month.counting import Counting, read
from hotline.services.month.indicator_figures import Hot, Indicators, Line, Shares, share_of
from hotline.services.work import Work

HOT = 10  # groups that are shown
KINDS = ("accept", "dispatch", "sign", "handle", "check")
_DIMENSIONS = ("unit_path", "category_id", "area", "channel", "source")
_COUNTED, _BEGUN = 1, 2  # bits of the sort of a case

Counts = dict[tuple[str, str], int]  # by kind of promise and figure, or by sort of case and what is counted of it
Row = sa.RowMapping


def of_month(work: Work, month: str, *, unit_id: int | None = None, version: int | None = None) -> Indicators:
    """The indicators of a month (`2026-10`) in the actor's subtree, or in that of one of its units: of a frozen month
    as the given version of it has kept them, or the newest.

    Raises MonthError, and NotFound for a unit that is not there or not the actor's to see, and for such a version.
    """
    asked, report = Month.parse(month, work.rules.zone), frozen.find(work, month, version)
    told = frozen.figures(work, report, unit_id).get("indicators", {})
    kept = indicator_figures.read(told, asked, asked.seen_at(work.now), report, {})
    return kept or counted(work, asked, report, unit_id=unit_id)


def counted(work: Work, asked: Month, report: MonthlyReport | None = None, *, unit_id: int | None = None) -> Indicators:
    """The same over what that report has kept; without one, over what stands now."""
    window = asked.seen_at(work.now)
    units = reporting.overseen(work)
    top = units[0] if units and unit_id is None else reporting.chosen(units, unit_id)
    below = [unit for unit in units if top and unit.path.startswith(top.path)]
    counting, found = Counting(work, window, owing.rows_of(report), unit_id), cases.cases_of(report)
    promised = _promises(counting, _DIMENSIONS)
    told = _cases(counting, found, (*_DIMENSIONS, "day"), ("category_id", "area"))
    by = {name: [*promised[name], *told[name]] for name in _DIMENSIONS}
    within: Mapping[str, str | int] = {} if unit_id is None else {"unit_id": unit_id}
    days, before = dividing.days(counting, asked, _received(told["day"]))
    names = lines.categories(work)
    scope = _sum(by["unit_path"])
    return Indicators(
        asked,
        window,
        about=lines.about(top) if top else {},
        scope=_shares(scope, within),
        units=_lines(lines.by_unit(by["unit_path"], below)),
        categories=_lines(lines.by_category(by["category_id"], names, within)),
        areas=_lines(lines.by_word(by["area"], "areas", {"": reporting.NO_AREA}, within)),
        channels=_lines(lines.by_word(by["channel"], "channels", reporting.CHANNELS, within)),
        sources=_lines(lines.by_word(by["source"], "sources", reporting.SOURCES, within)),
        received=_whole(INDICATORS["repeat_rate"], scope),
        times=spending.times(counting),
        unit_times=spending.times_of_units(counting, [unit.id for unit in below[1:]]),
        days=days,
        weeks=dividing.weeks(days),
        before=before,
        ages=ageing.ages(counting),
        hot=_hot(told["category_id area"], names),
        report=report,
    )


def shares(work: Work, asked: Month, report: MonthlyReport | None = None, *, unit_id: int | None = None) -> Shares:
    """`counted(...).scope` alone, for a month that this one is compared with. Raises NotFound as that does."""
    reporting.chosen(reporting.overseen(work), unit_id)
    counting = Counting(work, asked.seen_at(work.now), owing.rows_of(report), unit_id)
    rows = [*_promises(counting, ("unit_path",))["unit_path"]]
    rows += _cases(counting, cases.cases_of(report), ("unit_path",))["unit_path"]
    return _shares(_sum(rows), {} if unit_id is None else {"unit_id": unit_id})


def _promises(counting: Counting, dimensions: Sequence[str]) -> dict[str, list[Row]]:
    """How many promises of each kind and sort there are, by each dimension.

    By unit they are found in the index of the promises, without a look at the tickets.
    """
    stages = replace(counting, kinds=KINDS)
    found: dict[str, list[Row]] = {}
    for names in (("unit_path",), tuple(name for name in dimensions if name != "unit_path")):
        if names:
            of = stages.every(*names)
            query = sa.select(of.c.kind.label("what"), of.c.sort, *(of.c[name] for name in names))
            found |= _grouped(counting.work, query, [(name,) for name in names])
    return found


def _cases(
    counting: Counting, found: cases.Cases, dimensions: Sequence[str], *more: tuple[str, ...]
) -> dict[str, list[Row]]:
    """The same for cases: a sort is whether they are in the numerator, and whether they began in the month."""
    work, window = counting.work, counting.window
    of = found.of(work, window)
    sort = sa.case((of.c.counted, _COUNTED), else_=0) + sa.case((of.c.at > window.begins, _BEGUN), else_=0)
    columns = [dividing.day_of(work, of.c.at).label("day") if name == "day" else of.c[name] for name in dimensions]
    query = sa.select(of.c.sort.label("what"), sort.label("sort"), *columns)
    by = [*((name,) for name in dimensions), *more]
    return _grouped(work, cases.scoped(work, query.select_from(of), of, counting.unit_id), by)


def _received(rows: Sequence[Row]) -> dict[date, int]:
    """How many complaints were received on each city day."""
    told: dict[date, int] = {}
    for row in rows:
        if row["what"] == "repeat":
            told[row["day"]] = told.get(row["day"], 0) + row["number"]
    return told


def _grouped(work: Work, query: sa.Select[Any], by: Sequence[tuple[str, ...]]) -> dict[str, list[Row]]:
    """How many rows there are by `what`, `sort` and each of these, under the joined names, in one scan."""
    each = query.subquery()
    names = list(dict.fromkeys(name for group in by for name in group))
    counting = sa.select(
        sa.func.grouping(*(each.c[name] for name in names)).label("left_out"),
        *each.c,
        sa.func.count().label("number"),
    ).group_by(
        sa.func.grouping_sets(*(sa.tuple_(each.c.what, each.c.sort, *(each.c[name] for name in group)) for group in by))
    )
    grouped: dict[str, list[Row]] = {" ".join(group): [] for group in by}
    key = {_left_out(group, names): " ".join(group) for group in by}
    # PostgreSQL expects many groups, for which it would sort all rows again and again; there are few.
    work.session.execute(sa.text("SET LOCAL work_mem = '128MB'"))
    for row in work.session.execute(counting).mappings():
        grouped[key[row["left_out"]]].append(row)
    work.session.execute(sa.text("SET LOCAL work_mem TO DEFAULT"))
    return grouped


def _left_out(group: Iterable[str], names: Sequence[str]) -> int:
    """What GROUPING() says of a row that is grouped by these: a bit for each name that is not among them."""
    return sum(1 << place for place, name in enumerate(reversed(names)) if name not in set(group))


def _sum(rows: Iterable[Row]) -> Counts:
    """How many there are of each kind of promise by the figures that count them, and of each sort of case."""
    told: Counts = {}
    for row in rows:
        what = getattr(row["what"], "value", row["what"])
        for name in _named(what, row["sort"]):
            told[what, name] = told.get((what, name), 0) + row["number"]
    return told


@cache
def _named(what: str, sort: int) -> Sequence[str]:
    """What counts those of a sort."""
    if what in cases.INDICATED:
        return ["owed", *(name for name, bit in (("counted", _COUNTED), ("begun", _BEGUN)) if sort & bit)]
    marks, _ = read(sort)
    return [name for name, belongs in FIGURES.items() if belongs(marks)]


def _whole(indicator: Indicator, told: Counts) -> int:
    return told.get((indicator.over or indicator.sort, "owed"), 0)


def _part(indicator: Indicator, told: Counts) -> int:
    counted = told.get((indicator.sort, indicator.part or "counted"), 0)
    return counted if indicator.counted else told.get((indicator.sort, "owed"), 0) - counted


def _shares(told: Counts, asked_by: Mapping[str, str | int]) -> Shares:
    return {
        key: share_of(indicator, _part(indicator, told), _whole(indicator, told), asked_by)
        for key, indicator in INDICATORS.items()
    }


def _lines(found: Iterable[lines.Line]) -> list[Line]:
    return [(about, _shares(_sum(rows), asked_by)) for about, asked_by, rows in found]


def _hot(rows: Sequence[Row], names: lines.Categories) -> list[Hot]:
    """Of what was complained of most: a kind of matter in an area; what was not filed yet is no kind."""
    groups: dict[tuple[int, str], list[Row]] = {}
    for row in rows:
        if row["what"] == "repeat" and row["category_id"] is not None:
            groups.setdefault((row["category_id"], row["area"]), []).append(row)
    told = []
    for (category_id, area), found in groups.items():
        counts = _sum(found)
        name = names[category_id]["name"]
        told.append(Hot(category_id, name, area, counts["repeat", "owed"], counts.get(("repeat", "counted"), 0)))
    return sorted(told, key=lambda hot: (-hot.received, hot.category_id, hot.area))[:HOT]

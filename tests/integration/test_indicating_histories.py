"""指标: over months in which everything happens, what PostgreSQL counts and lists is what plain Python counts from the
rows one by one; and what a report has kept is counted by the same code to the same figures.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from hotline.domain.rates import FIGURES, Month, Promise, RateKind, marks
from hotline.models import (
    Deadline,
    MonthlyReport,
    MonthlyReportCase,
    MonthlyReportItem,
    ReportState,
)
from hotline.services.month import cases, itemising, keeping
from hotline.services.month.ageing import BANDS
from hotline.services.month.cases import INDICATED
from hotline.services.month.indicator_figures import Shares
from tests import indicator_recount, lively
from tests.city import ZONE, City, at
from tests.indicator_recount import KINDS, Counted, read, shares, spent
from tests.indicator_scatter import scatter
from tests.indicators import indicators, listed

DIMENSIONS = {"categories": "category_id", "areas": "area", "channels": "channel", "sources": "source"}


def test_scattered_rows_are_counted_as_they_are_one_by_one(city: City) -> None:
    """Times on both sides of every boundary, by a microsecond."""
    scatter(city, 3)
    for now in ("2026-10-15 12:00", "2026-12-24 09:00"):
        city.now = at(now)
        for month in ("2026-09", "2026-10", "2026-11"):
            rows = _compare(city, month)
            _compare_times_and_days(city, month)
            if month == "2026-10":
                assert {row.what for row in rows} == {*INDICATED, *KINDS}
                _lists_hold_what_is_counted(city, month, rows)
    _a_report_is_counted_alike(city, "2026-10")


def test_a_history_is_counted_as_its_rows_are_one_by_one(city: City) -> None:
    """Joined, transferred, taken back, paused, reworked, in a tree that changes."""
    city.now = at("2026-08-17 09:00")
    lively.play(city, 2, tickets=8, days=45)
    for month in ("2026-08", "2026-09"):
        _compare(city, month)
    _compare_times_and_days(city, "2026-09")


def _compare(city: City, month: str) -> list[Counted]:
    window = Month.parse(month, ZONE).seen_at(city.now)
    books = read(city, window)
    rows = indicator_recount.everything(books)
    with city.work() as work:
        found = work.session.execute(cases.cases(work, window)).all()
    assert Counter(
        (row.sort, row.ref_id, row.unit_path, row.counted, row.value, row.at, row.channel.value) for row in found
    ) == Counter(
        (row.what, row.id, row.unit_path, "counted" in row.names, row.value, row.at, row.channel)
        for row in rows
        if row.what in INDICATED
    ), month
    report = indicators(city, month)
    assert _plain(report.scope) == shares(rows), month
    for about, line in report.units:
        assert _plain(line) == shares([row for row in rows if str(about["id"]) in row.unit_path.split("/")]), about
    for name, column in DIMENSIONS.items():
        for about, line in getattr(report, name):
            value = about["id"] if name == "categories" else about["value"]
            assert _plain(line) == shares([row for row in rows if getattr(row, column) == value]), (name, about)
        assert (
            sum(line["accept_on_time"].whole for _, line in getattr(report, name))
            == report.scope["accept_on_time"].whole
        )
    return rows


def _plain(line: Shares) -> dict[str, tuple[int, int]]:
    return {key: (share.part, share.whole) for key, share in line.items()}


def _compare_times_and_days(city: City, month: str) -> None:
    window = Month.parse(month, ZONE).seen_at(city.now)
    report = indicators(city, month)
    promises = [(row, _figures(row, window)) for row in city.rows(sa.select(Deadline))]
    for kind, told in report.times.items():
        hours = [
            max((row.met_at - row.started_at).total_seconds() / 3600, 0.0)
            for row, names in promises
            if row.kind is kind and "kept" in names
        ]
        assert (told.count, told.median_hours) == (len(hours), round(spent(hours)[0], 2) if hours else None)
        if hours:
            assert told.p90_hours == pytest.approx(spent(hours)[1], abs=0.006)
            assert told.mean_hours == pytest.approx(spent(hours)[2], abs=0.006)
    for rate in RateKind:
        of_kind = [(row, names) for row, names in promises if row.kind.value == rate.value]
        for day in [*report.days, report.before]:
            on_it = [names for row, names in of_kind if _day(row, window) == day.first]
            assert day.rates[rate] == {name: len([each for each in on_it if name in each]) for name in day.rates[rate]}
        for name in ("owed", "kept", "on_time"):
            weeks = sum(week.rates[rate][name] for week in [*report.weeks, report.before])
            assert weeks == sum(name in names for _, names in of_kind)
        missing = [window.cut_off - row.due_at for row, names in of_kind if "missing" in names]
        for band in BANDS:
            over, until = timedelta(days=band.over or -1), timedelta(days=band.until or 9999)
            assert report.ages[rate][band.key] == sum(over < age <= until for age in missing), band
    assert report.received == sum(day.received for day in report.days) == sum(week.received for week in report.weeks)


def _figures(row: Deadline, window: Any) -> set[str]:
    void, exempt = row.void_at is not None, row.exempt_at is not None
    promise = Promise(row.due_at, row.original_due_at, row.met_at, row.extensions, void, exempt)
    return {name for name, belongs in FIGURES.items() if belongs(marks(promise, window))}


def _day(row: Deadline, window: Any) -> Any:
    if row.due_at <= window.begins:
        return None
    return (row.due_at - timedelta(microseconds=1)).astimezone(ZONE).date()


def _lists_hold_what_is_counted(city: City, month: str, rows: list[Counted]) -> None:
    for sort in INDICATED:
        for counted in (True, False, None):
            found = listed(city, sort, month, counted=counted, size=15)
            expected = [row.id for row in rows if row.what == sort and counted in (None, "counted" in row.names)]
            assert sorted(case.ref_id for case in found) == sorted(expected), (sort, counted)
            ranks = [case.counted for case in found]
            assert ranks == sorted(ranks, reverse=sort in ("rework", "repeat", "pause"))


def _a_report_is_counted_alike(city: City, month: str) -> None:
    live, lists = indicators(city, month), {sort: listed(city, sort, month) for sort in INDICATED}
    with city.work() as work:
        report = MonthlyReport(
            month=live.month.first_day,
            version=1,
            state=ReportState.FROZEN,
            ends_at=live.month.ends,
            claimed_at=work.now,
        )
        work.session.add(report)
        work.session.flush()
        keeping.keep(work, MonthlyReportItem, report, itemising.standing(work, live.window))
        keeping.keep(work, MonthlyReportCase, report, cases.cases(work, live.window))
    frozen = indicators(city, month)
    assert frozen.report is not None
    assert {**frozen.as_dict(), "version": None} == live.as_dict()
    assert {sort: listed(city, sort, month) for sort in INDICATED} == lists

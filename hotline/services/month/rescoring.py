"""得分的核验: the scores that a frozen month has kept, of units and of points, counted again from what it has kept.

The scheme is the one that stands in the report, and so are the boards and the register: what is in force today is not
asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import sqlalchemy as sa

from hotline.domain.rates import Month
from hotline.models import MonthlyReport, Unit
from hotline.services.month import point_ranking, ranking
from hotline.services.work import Work

#: Of whom or what, as it is kept, and as it is counted again: `Difference` without its sort.
Found = tuple[str, str, str]
Lines = Mapping[str, Mapping[str, Any]]

_ABSENT: Final = "没有这一项"
_PRESENT: Final = "有这一项"
_UNREADABLE: Final = (LookupError, TypeError, ValueError)  # somebody has been at it


def units(work: Work, report: MonthlyReport) -> Iterator[Found]:
    """What differs in 考核排名, unit by unit and line by line."""
    kept = report.figures.get(ranking.KEPT, {})
    try:
        read = ranking.read(kept, Month.of_day(report.month, work.rules.zone), report)
    except _UNREADABLE:
        yield "考核排名", "", "封存的内容读不出来"
        return
    yield from _scheme("考核排名", kept["scheme"], read.scheme.checksum)
    found, left_out = ranking.recounted(_then(work, report), read, report)
    again = found.as_dict()
    for was, now in zip(kept["boards"], again["boards"], strict=True):
        yield from _all(was["units"], now["units"])
        yield from _ends(was["name"], was, now)
    if kept["own"] is not None:
        yield from _one(kept["own"], again["own"])
    names = sa.select(Unit.name).where(Unit.id.in_(left_out)).order_by(Unit.id)
    yield from ((name, _ABSENT, _PRESENT) for name in work.session.scalars(names))


def points(work: Work, report: MonthlyReport) -> Iterator[Found]:
    """What differs in 点位月评, point by point and line by line."""
    kept = report.figures.get(point_ranking.KEPT, {})
    try:
        read = point_ranking.read(kept, Month.of_day(report.month, work.rules.zone), report)
    except _UNREADABLE:
        yield "点位月评", "", "封存的内容读不出来"
        return
    yield from _scheme("点位月评", kept["scheme"], read.scheme.checksum)
    again = point_ranking.recounted(_then(work, report), read, report).as_dict()
    yield from _all(kept["points"], again["points"])
    yield from _ends("点位", kept, again)


def _then(work: Work, report: MonthlyReport) -> Work:
    """As when it was frozen: a month that is over, whatever the clock says now."""
    return replace(work, now=report.frozen_at or work.now)


def _scheme(of: str, kept: Mapping[str, Any], checksum: str) -> Iterator[Found]:
    if kept["checksum"] != checksum:
        yield f"{of} 方案“{kept['name']}”", kept["checksum"], checksum


def _all(kept: Sequence[Mapping[str, Any]], again: Sequence[Mapping[str, Any]]) -> Iterator[Found]:
    by_id = {each["id"]: each for each in again}
    for each in kept:
        yield from _one(each, by_id[each["id"]])


def _one(kept: Mapping[str, Any], again: Mapping[str, Any]) -> Iterator[Found]:
    """Its lines first: they say why the whole differs."""
    was, now = _lines(kept), _lines(again)
    for name in [*was, *(name for name in now if name not in was)]:
        yield from _differing(f"{kept['name']} {name}", was.get(name, {}), now.get(name, {}))
    whole = [{name: value for name, value in each.items() if name != "lines"} for each in (kept, again)]
    yield from _differing(kept["name"], *whole)


def _lines(kept: Mapping[str, Any]) -> Lines:
    return {line["name"]: line for line in kept["lines"]}


def _differing(of: str, was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Found]:
    names = [name for name in {**was, **now} if was.get(name) != now.get(name)]
    if names:
        kept, again = (" ".join(f"{name}={each.get(name)}" for name in names) for each in (was, now))
        yield of, kept, again


def _ends(of: str, kept: Mapping[str, Any], again: Mapping[str, Any]) -> Iterator[Found]:
    """Who is named best and worst; in which order does not matter where they are equal."""
    for name, label in (("best", "十佳"), ("worst", "十差")):
        if sorted(kept[name]) != sorted(again[name]):
            yield f"{of} {label}", str(sorted(kept[name])), str(sorted(again[name]))

"""核验: whether a frozen month is still what it was, and whether it was right: the seal, the sums, the scores, the
promises as they were known then, and the history that bears them out. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from hotline.domain.rates import Month
from hotline.models import (
    KIND_LABELS,
    DeadlineKind,
    MonthlyReport,
    MonthlyReportCase,
    MonthlyReportItem,
    ReportState,
)
from hotline.services.month import bearing_out, itemising, monthly_figures, rescoring, rewinding, sealing, witnessing
from hotline.services.work import Work

MOST: Final = 20  # differences of a sort that are named one by one

#: What an item is compared in. A category's code is what it was called then; the rest is what was promised and done.
_COMPARED: Final = tuple(name for name in sealing.ITEMS if name not in ("deadline_id", "category_code"))

#: What fails, in Chinese.
SEAL, CHAIN, FIGURE, SCORE, ITEM, EVENT = "校验码", "链", "数字", "得分", "时限", "台账"
_ABSENT: Final = ("没有这一项", "有这一项")


@dataclass(frozen=True)
class Difference:
    """Something that is not as it has to be. `where` is a figure's way or a ticket's number."""

    sort: str
    where: str
    was: str  # as it stands in the frozen report; empty where `found` says it all
    found: str  # as it is found now

    def __str__(self) -> str:
        what = f"{self.sort} {self.where}".rstrip()
        return f"{what}：月报为 {self.was}，复核为 {self.found}" if self.was else f"{what}：{self.found}"


@dataclass(frozen=True)
class Verdict:
    """What became of one version of one month."""

    month: str
    version: int
    checksum: str
    items: int
    differences: Sequence[Difference]


def reports(work: Work, month: str | None = None) -> Sequence[MonthlyReport]:
    """The frozen versions, of that month or of all, in the order of the chain. Raises MonthError."""
    query = sa.select(MonthlyReport).where(MonthlyReport.state == ReportState.FROZEN)
    if month is not None:
        query = query.where(MonthlyReport.month == Month.parse(month, work.rules.zone).first_day)
    return work.session.scalars(query.order_by(MonthlyReport.month, MonthlyReport.version)).all()


def report(work: Work, report_id: int) -> MonthlyReport:
    """One of them by its id."""
    return work.session.get_one(MonthlyReport, report_id)


def verify(work: Work, report: MonthlyReport, told: Callable[[str], None] = lambda _: None) -> Verdict:
    """One version, all of it. `told` hears what is looked at next, in Chinese."""
    looks = (
        (SEAL, _sealed),
        (CHAIN, _chained),
        (FIGURE, _summed),
        (SCORE, _scored),
        (ITEM, _promised),
        (EVENT, _borne_out),
    )
    found: list[Difference] = []
    for sort, look in looks:
        told(sort)
        found += look(work, report)
    return Verdict(f"{report.month:%Y-%m}", report.version, report.checksum, report.items, found)


def _sealed(work: Work, report: MonthlyReport) -> Iterator[Difference]:
    """The stored rows give the checksum again."""
    found = sealing.checksum(work, report)
    if found != report.checksum:
        yield Difference(SEAL, "", report.checksum or "空", found)
    for name, table in (("items", MonthlyReportItem), ("cases", MonthlyReportCase)):
        rows = work.session.scalar(sa.select(sa.func.count()).where(table.report_id == report.id))
        if rows != getattr(report, name):
            yield Difference(SEAL, "行数", str(getattr(report, name)), str(rows))


def _chained(work: Work, report: MonthlyReport) -> Iterator[Difference]:
    """It names the checksum of the version before it, or of one of the month before it; only the first has none."""
    others = sa.select(MonthlyReport).where(MonthlyReport.state == ReportState.FROZEN, MonthlyReport.id != report.id)
    if report.version > 1:
        before = others.where(MonthlyReport.month == report.month, MonthlyReport.version == report.version - 1)
    else:
        month = Month.of_day(report.month, work.rules.zone).turned(-1)
        before = others.where(MonthlyReport.month == month.first_day)
    links = [each.checksum for each in work.session.scalars(before)]
    earlier = work.session.scalar(others.where(MonthlyReport.month < report.month).limit(1))
    if not links and report.version == 1 and earlier is None:
        links = [""]
    if report.previous_checksum not in links:
        yield Difference(CHAIN, "上一份", report.previous_checksum or "空", "、".join(links) or "没有这一份")


def _summed(work: Work, report: MonthlyReport) -> Iterator[Difference]:
    """Counted again from the kept items and cases."""
    month = Month.of_day(report.month, work.rules.zone)
    recounted = monthly_figures.recounted(work, month, report)
    counted = monthly_figures.flat(recounted)
    kept = monthly_figures.flat({name: report.figures.get(name, {}) for name in recounted})
    names = sorted(kept.keys() | counted.keys(), key=_whole_first)
    differing = [name for name in names if kept.get(name, 0) != counted.get(name, 0)]
    yield from _named(
        FIGURE, (Difference(FIGURE, name, str(kept.get(name, 0)), str(counted.get(name, 0))) for name in differing)
    )


def _whole_first(name: str) -> tuple[bool, bool, bool, str]:
    return not name.startswith("rates.rates."), not name.startswith("rates.units."), name.startswith("ind"), name


def _scored(work: Work, report: MonthlyReport) -> Iterator[Difference]:
    """Of units and of points, from the same, by the scheme that the report has kept."""
    for found in (rescoring.units(work, report), rescoring.points(work, report)):
        yield from _named(SCORE, (Difference(SCORE, *each) for each in found))


def _promised(work: Work, report: MonthlyReport) -> Iterator[Difference]:
    """Taken again from the promises as they were known then."""
    yield from _named(ITEM, (_difference(row) for row in work.session.execute(differing_items(work, report))))


def differing_items(work: Work, report: MonthlyReport) -> sa.Select[Any]:
    """Items that are not what the promises give: `kept` and `taken` as JSON, one of them empty where it is missing."""
    month = Month.of_day(report.month, work.rules.zone)
    promise, ticket = rewinding.promises(report), rewinding.tickets(report)
    taken = itemising.items(month.seen_at(report.ends_at), promise, ticket).cte("taken")
    kept = sa.select(MonthlyReportItem).where(MonthlyReportItem.report_id == report.id).cte("kept")
    both = sa.join(kept, taken, kept.c.deadline_id == taken.c.deadline_id, full=True)
    differ = sa.tuple_(*(kept.c[name] for name in _COMPARED)).is_distinct_from(
        sa.tuple_(*(taken.c[name] for name in _COMPARED))
    )
    return (
        sa.select(
            sa.func.coalesce(kept.c.deadline_id, taken.c.deadline_id).label("deadline_id"),
            sa.func.to_jsonb(sa.literal_column("kept")).label("kept"),
            sa.func.to_jsonb(sa.literal_column("taken")).label("taken"),
        )
        .select_from(both)
        .where(differ)
        .order_by("deadline_id")
        .limit(MOST + 1)
    )


def _difference(row: Any) -> Difference:
    one = row.kept or row.taken
    where = f"{one['ticket']} 的{KIND_LABELS[DeadlineKind(one['kind'])]}时限 {row.deadline_id}"
    if row.kept is None or row.taken is None:
        return Difference(ITEM, where, _ABSENT[row.kept is not None], _ABSENT[row.taken is not None])
    names = [name for name in _COMPARED if row.kept[name] != row.taken[name]]
    kept, taken = (" ".join(f"{name}={side[name]}" for name in names) for side in (row.kept, row.taken))
    return Difference(ITEM, where, kept, taken)


def _borne_out(work: Work, report: MonthlyReport) -> Iterator[Difference]:
    """For what was kept there is the line of the history that says so; and no order, card or sample was left out."""
    yield from _named(EVENT, (_unsaid(work, row) for row in bearing_out.missing(work, report)))
    unsaid, unkept = witnessing.unsaid(work, report), witnessing.unkept(work, report)
    yield from _named(EVENT, (_watched(work, row, _ABSENT[1], "没有记下这件事") for row in unsaid))
    yield from _named(EVENT, (_watched(work, row, *_ABSENT) for row in unkept))


def _unsaid(work: Work, row: Any) -> Difference:
    where = f"{row.ticket} 的{KIND_LABELS[row.kind]}时限 {row.deadline_id}"
    return Difference(EVENT, where, f"{_city(work, row.met_at)} 兑现", "没有记下这件事")


def _watched(work: Work, row: Any, was: str, found: str) -> Difference:
    where = f"{row.ticket} 的{witnessing.LABELS[row.sort]}（{_city(work, row.at)}）"
    return Difference(EVENT, where, was, found)


def _named(sort: str, differences: Iterator[Difference]) -> Iterator[Difference]:
    """Not more than can be read."""
    for place, difference in enumerate(differences):
        if place == MOST:
            yield _more(sort)
            return
        yield difference


def _more(sort: str) -> Difference:
    return Difference(sort, "", "", f"除以上{MOST}处外，还有不一致的")


def _city(work: Work, moment: datetime) -> str:
    return moment.astimezone(work.rules.zone).strftime("%Y-%m-%d %H:%M:%S")

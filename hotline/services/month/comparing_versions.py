"""更正对照: what differs between two versions of a frozen month, figure by figure and promise by promise, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from hotline.domain.errors import NotFound
from hotline.domain.rates import FIGURES, Month, RateKind
from hotline.models import DeadlineKind, MonthlyReport, MonthlyReportItem
from hotline.services.month import frozen, owing, reporting
from hotline.services.month.figures import Group
from hotline.services.work import Work

MOST: Final = 1000  # promises that are named one by one

#: What is compared, with the words for it; the first that differs is the reason that is told.
_WHY: Final = {
    "void_at": "不再计算",
    "exempt_at": "申诉成立，不计入",
    "met_at": "兑现时间",
    "extensions": "延期",
    "due_at": "到期时间",
    "original_due_at": "原到期时间",
    "unit_id": "责任单位",
    "unit_path": "单位隶属",
    "direct": "直接答复",
    "category_id": "类别",
    "area": "区域",
    "channel": "渠道",
    "source": "来源",
    "urgency": "紧急程度",
    "ticket_id": "所属工单",
    "round": "轮次",
    "started_at": "起算时间",
}


@dataclass(frozen=True)
class FigureChange:
    """One figure of one of the three rates, of the whole (`unit_id` None) or of a unit."""

    kind: RateKind
    figure: str
    unit_id: int | None
    unit: str
    before: int
    after: int


@dataclass(frozen=True)
class ItemChange:
    """One promise. `how`: came, went or changed; `why` is Chinese. Before and after by the names of the columns."""

    deadline_id: int
    ticket: str
    kind: DeadlineKind
    unit_id: int
    how: str
    why: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(frozen=True)
class Comparison:
    """Of two versions; `total` promises differ, of which the first are told."""

    month: str
    before: MonthlyReport
    after: MonthlyReport
    figures: Sequence[FigureChange]
    items: Sequence[ItemChange]
    total: int


def compare(work: Work, month: str, version: int, with_version: int | None = None) -> Comparison:
    """That version with an earlier one, the one before it if none is said; as far as the actor may see them.

    Raises MonthError, and NotFound for a version that is not there.
    """
    after = _found(work, month, version)
    before = _found(work, month, version - 1 if with_version is None else with_version)
    rows = work.session.execute(_differing(work, before, after).limit(MOST)).all()
    items = [_item(row, before) for row in rows]
    total = rows[0].total if rows else 0
    return Comparison(month, before, after, _figures(work, month, before, after), items, total)


def _found(work: Work, month: str, version: int) -> MonthlyReport:
    report = frozen.find(work, month, version)
    if report is None:
        raise NotFound("这个月还没有冻结，没有可以对照的版本。")
    return report


def _figures(work: Work, month: str, before: MonthlyReport, after: MonthlyReport) -> list[FigureChange]:
    asked = Month.parse(month, work.rules.zone)
    old, new = (reporting.by_units(work, asked, report) for report in (before, after))
    found = _changes(old.scope, new.scope, None)
    former = {group.about["id"]: group for group in old.units}
    for group in new.units:
        found += _changes(former.get(group.about["id"]), group, group.about["id"])
    return found


def _changes(old: Group | None, new: Group, unit_id: int | None) -> list[FigureChange]:
    found = []
    for kind, tally in new.tallies.items():
        for figure in FIGURES:
            was, now = (old.tallies[kind].all[figure] if old is not None else 0), tally.all[figure]
            if was != now:
                found.append(FigureChange(kind, figure, unit_id, new.about.get("name", ""), was, now))
    return found


def _differing(work: Work, before: MonthlyReport, after: MonthlyReport) -> sa.Select[Any]:
    old, new = (_items(work, report, name) for report, name in ((before, "old"), (after, "new")))
    both = sa.join(old, new, old.c.deadline_id == new.c.deadline_id, full=True)
    differ = sa.tuple_(*(old.c[name] for name in _WHY)).is_distinct_from(sa.tuple_(*(new.c[name] for name in _WHY)))
    deadline_id = sa.func.coalesce(old.c.deadline_id, new.c.deadline_id)
    return (
        sa.select(
            deadline_id.label("deadline_id"),
            sa.func.to_jsonb(sa.literal_column("old")).label("old"),
            sa.func.to_jsonb(sa.literal_column("new")).label("new"),
            sa.func.count().over().label("total"),
        )
        .select_from(both)
        .where(differ)
        .order_by(deadline_id)
    )


def _items(work: Work, report: MonthlyReport, name: str) -> sa.Subquery:
    query = owing.rows_of(report).of(sa.select(*MonthlyReportItem.__table__.c))
    return query.where(owing.within(work.actor, MonthlyReportItem)).subquery(name)


def _item(row: Any, before: MonthlyReport) -> ItemChange:
    one = row.new or row.old
    names = [name for name in _WHY if (row.old or {}).get(name) != (row.new or {}).get(name)]
    how = "changed" if row.old and row.new else "came" if row.new else "went"
    return ItemChange(
        deadline_id=row.deadline_id,
        ticket=one["ticket"],
        kind=DeadlineKind(one["kind"]),
        unit_id=one["unit_id"],
        how=how,
        why=_why(row, how, names, before),
        before={name: row.old[name] for name in names} if row.old else {},
        after={name: row.new[name] for name in names} if row.new else {},
    )


def _why(row: Any, how: str, names: Sequence[str], before: MonthlyReport) -> str:
    if how == "came":
        return "冻结后补录" if row.deadline_id > before.known["deadline"] else "到期时间移入本月，或重新计入"
    if how == "went":
        return "到期时间移出本月，或已不再属于本月"
    if "void_at" in names:
        reason = row.new["void_reason"]
        return f"不再计算：{owing.VOIDED_BY.get(reason, reason)}" if reason else "恢复计算"
    if "met_at" in names:
        return _when_met(row.old["met_at"], row.new["met_at"])
    return "；".join(_WHY[name] if name == "exempt_at" else f"{_WHY[name]}有变" for name in names)


def _when_met(old: str | None, new: str | None) -> str:
    if old is None:
        return "冻结后确认已兑现"
    return "兑现已撤销" if new is None else "兑现时间有变"

"""考核: the month's rates, live, whole and by unit, category, area, channel and source (design §5).

As many statements whatever the size: whether the month is frozen, the units, what was owed by unit, the same by the
other dimensions, the categories. A person sees the figures of the own subtree; every figure opens its promises
(`listing`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import sqlalchemy as sa

from hotline.domain.actors import ActorKind
from hotline.domain.errors import NotFound
from hotline.domain.rates import FIGURES, Month, RateKind
from hotline.models import MonthlyReport, Unit
from hotline.services.month import counting, figures, frozen, lines, owing
from hotline.services.month.counting import Counting
from hotline.services.month.figures import Group, MonthFigures, Tallies, Tally
from hotline.services.work import Work

NO_AREA = "未填写"
CHANNELS = {"web": "网站", "sms": "短信", "phone": "电话", "staff": "工作人员录入", "api": "接口"}
SOURCES = {
    "citizen": "市民",
    "leader": "领导批示",
    "petition": "信访转办",
    "media": "媒体监督",
    "opinion": "网络舆情",
    "inspection": "督查巡查",
}
_DIMENSIONS = ("category_id", "area", "channel", "source")
_PROMISES = sa.func.count().label("promises")

Row = sa.RowMapping
Parameters = Mapping[str, str | int]


def monthly(work: Work, month: str, *, unit_id: int | None = None, version: int | None = None) -> MonthFigures:
    """The rates of a month (`2026-10`) in the actor's subtree, or in that of one of its units: of a frozen month as
    the given version of it has kept them, or the newest.

    Raises MonthError, and NotFound for a unit that is not there or not the actor's to see, and for such a version.
    """
    asked, report = Month.parse(month, work.rules.zone), frozen.find(work, month, version)
    return _kept(work, asked, report, unit_id) or counted(work, asked, report, unit_id=unit_id)


def rates(work: Work, month: str, *, unit_id: int | None = None, version: int | None = None) -> MonthFigures:
    """The same without the breakdowns that need the tickets: whole and by unit. Raises as `monthly`."""
    asked, report = Month.parse(month, work.rules.zone), frozen.find(work, month, version)
    return _kept(work, asked, report, unit_id) or by_units(work, asked, report, unit_id=unit_id)


def _kept(work: Work, asked: Month, report: MonthlyReport | None, unit_id: int | None) -> MonthFigures | None:
    told = frozen.figures(work, report, unit_id).get("rates", {})
    return figures.read(told, asked, asked.seen_at(work.now), report, {})


def counted(
    work: Work, asked: Month, report: MonthlyReport | None = None, *, unit_id: int | None = None
) -> MonthFigures:
    """The same over the items of that report; without one, over the promises as they stand now."""
    found = by_units(work, asked, report, unit_id=unit_id)
    rows = _by_dimension(work, Counting(work, found.window, owing.rows_of(report), unit_id))
    within = found.scope.asked_by
    return replace(
        found,
        categories=_groups(lines.by_category(rows["category_id"], lines.categories(work), within)),
        areas=_groups(lines.by_word(rows["area"], "areas", {"": NO_AREA}, within)),
        channels=_groups(lines.by_word(rows["channel"], "channels", CHANNELS, within)),
        sources=_groups(lines.by_word(rows["source"], "sources", SOURCES, within)),
    )


def by_units(
    work: Work, asked: Month, report: MonthlyReport | None = None, *, unit_id: int | None = None
) -> MonthFigures:
    """The same whole and by unit only, which is found in the index of the promises without a look at the tickets.

    Raises NotFound for a unit that is not there or not the actor's to see.
    """
    window = asked.seen_at(work.now)
    units = overseen(work)
    top = units[0] if units and unit_id is None else chosen(units, unit_id)
    rows = _by_path(work, Counting(work, window, owing.rows_of(report), unit_id))
    within: Parameters = {} if unit_id is None else {"unit_id": unit_id}
    return MonthFigures(
        asked,
        window,
        scope=Group(lines.about(top), within, _tallies(rows)) if top else Group({}, {}, _tallies(())),
        units=_groups(lines.by_unit(rows, [unit for unit in units if top and unit.path.startswith(top.path)])),
        report=report,
    )


def overseen(work: Work) -> list[Unit]:
    """The units whose figures the actor may see, in the order of the tree; the first is the top of them."""
    path = work.rules.root.path if work.actor.kind is ActorKind.SYSTEM else work.actor.unit_path
    if not path:
        return []
    order = sa.func.string_to_array(sa.func.rtrim(Unit.path, "/"), "/").cast(sa.ARRAY(sa.BigInteger))
    return list(work.session.scalars(sa.select(Unit).where(Unit.path.startswith(path)).order_by(order)))


def chosen(units: Sequence[Unit], unit_id: int | None) -> Unit | None:
    """The one that was asked for, if any. Raises NotFound when it is not among these."""
    if unit_id is None:
        return None
    found = next((unit for unit in units if unit.id == unit_id), None)
    if found is None:
        raise NotFound("没有找到这个单位，请重新选择。")
    return found


def _by_path(work: Work, asked: Counting) -> Sequence[Row]:
    every = asked.every("unit_path")
    of = (every.c.kind, every.c.sort, every.c.unit_path)
    return work.session.execute(sa.select(*of, _PROMISES).group_by(*of)).mappings().all()


def _by_dimension(work: Work, asked: Counting) -> Mapping[str, Sequence[Row]]:
    """How many promises of each sort there are, by each dimension: counted by all of them together, then rolled up."""
    every = asked.every(*_DIMENSIONS)
    together = sa.select(*every.c, _PROMISES).group_by(*every.c).subquery()
    dimension = sa.case(
        *((sa.func.grouping(together.c[name]) == 0, name) for name in _DIMENSIONS[1:]), else_=_DIMENSIONS[0]
    )
    query = sa.select(
        together.c.kind,
        together.c.sort,
        dimension.label("dimension"),
        *(together.c[name] for name in _DIMENSIONS),
        sa.cast(sa.func.sum(together.c.promises), sa.BigInteger).label("promises"),
    ).group_by(
        sa.func.grouping_sets(*(sa.tuple_(together.c.kind, together.c.sort, together.c[name]) for name in _DIMENSIONS))
    )
    grouped: dict[str, list[Row]] = {name: [] for name in _DIMENSIONS}
    # PostgreSQL expects few of them and would sort, where a million are counted ten times as quickly unsorted.
    work.session.execute(sa.text("SET LOCAL enable_sort = off"))
    for row in work.session.execute(query).mappings():
        grouped[row["dimension"]].append(row)
    work.session.execute(sa.text("SET LOCAL enable_sort = on"))
    return grouped


def _tallies(rows: Iterable[Row]) -> Tallies:
    tallies = {kind: Tally() for kind in RateKind}
    for row in rows:
        marks, direct = counting.read(row["sort"])
        counts = {name: row["promises"] * belongs(marks) for name, belongs in FIGURES.items()}
        tallies[RateKind(row["kind"])].add(counts, direct=direct)
    return tallies


def _groups(found: Iterable[lines.Line]) -> list[Group]:
    return [Group(about, asked_by, _tallies(rows)) for about, asked_by, rows in found]

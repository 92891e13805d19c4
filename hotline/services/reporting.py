"""考核: the month's rates, live, whole and by unit, category, area, channel and source (design §5).

Three statements whatever the size: the units, one grouped scan of what was owed, the categories. A person sees the
figures of the own subtree; every figure opens its promises (`listing`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import add
from typing import Any

import sqlalchemy as sa

from hotline.domain.actors import ActorKind
from hotline.domain.errors import NotFound
from hotline.domain.rates import FIGURES, Month, RateKind, Window
from hotline.models import Category, MonthlyReport, Unit
from hotline.services import frozen, owing
from hotline.services.figures import Group, MonthFigures, Tallies, Tally
from hotline.services.work import Work

UNCATEGORISED = 0  # asks for what has no category yet
NO_CATEGORY, NO_AREA = "未分类", "未填写"
CHANNELS = {"web": "网站", "sms": "短信", "phone": "电话", "staff": "工作人员录入", "api": "接口"}
SOURCES = {
    "citizen": "市民",
    "leader": "领导批示",
    "petition": "信访转办",
    "media": "媒体监督",
    "opinion": "网络舆情",
    "inspection": "督查巡查",
}
_DIRECT = "direct"
_BITS = (*FIGURES, _DIRECT)
_DIMENSIONS = ("unit_path", "category_id", "area", "channel", "source")

Row = sa.RowMapping
Parameters = Mapping[str, str | int]


def monthly(work: Work, month: str, *, unit_id: int | None = None, version: int | None = None) -> MonthFigures:
    """The rates of a month (`2026-10`) in the actor's subtree, or in that of one of its units: of a frozen month as
    the given version of it has kept them, or the newest.

    Raises MonthError, and NotFound for a unit that is not there or not the actor's to see, and for such a version.
    """
    return counted(work, Month.parse(month, work.rules.zone), frozen.find(work, month, version), unit_id=unit_id)


def counted(
    work: Work, asked: Month, report: MonthlyReport | None = None, *, unit_id: int | None = None
) -> MonthFigures:
    """The same over the items of that report; without one, over the promises as they stand now."""
    window = asked.seen_at(work.now)
    units = overseen(work)
    top = units[0] if units and unit_id is None else chosen(units, unit_id)
    rows = _grouped(work, window, owing.rows_of(report), unit_id)
    within: Parameters = {} if unit_id is None else {"unit_id": unit_id}
    return MonthFigures(
        asked,
        window,
        scope=Group(_about(top), within, _tallies(rows["unit_path"])) if top else Group({}, {}, _tallies(())),
        units=_by_unit(rows["unit_path"], [unit for unit in units if top and unit.path.startswith(top.path)]),
        categories=_by_category(work, rows["category_id"], within),
        areas=_by_word(rows["area"], "area", {"": NO_AREA}, within),
        channels=_by_word(rows["channel"], "channel", CHANNELS, within),
        sources=_by_word(rows["source"], "source", SOURCES, within),
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


def _grouped(work: Work, window: Window, promises: owing.Rows, unit_id: int | None) -> dict[str, list[Row]]:
    """How many promises of each sort there are, by each dimension, in one scan.

    A sort is a kind with the figures that count it, as bits: so that these are worked out once for each promise, and
    not once for each figure and dimension.
    """
    # OFFSET 0 keeps PostgreSQL from working out the sorts anew for each grouping, and from sorting by them.
    owed = _owed(work, window, promises, unit_id).offset(0).subquery()
    dimension = sa.case(
        *((sa.func.grouping(owed.c[name]) == 0, name) for name in _DIMENSIONS[1:]), else_=_DIMENSIONS[0]
    )
    query = sa.select(
        owed.c.kind,
        owed.c.sort,
        dimension.label("dimension"),
        *(owed.c[name] for name in _DIMENSIONS),
        sa.func.count().label("promises"),
    ).group_by(sa.func.grouping_sets(*(sa.tuple_(owed.c.kind, owed.c.sort, owed.c[name]) for name in _DIMENSIONS)))
    grouped: dict[str, list[Row]] = {name: [] for name in _DIMENSIONS}
    for row in work.session.execute(query).mappings():
        grouped[row["dimension"]].append(row)
    return grouped


def _owed(work: Work, window: Window, promises: owing.Rows, unit_id: int | None) -> sa.Select[Any]:
    promise, ticket = promises.promise, promises.ticket
    conditions = {**owing.figures(window, promises), _DIRECT: promises.direct}
    bits = [sa.case((conditions[name], 1 << place), else_=0) for place, name in enumerate(_BITS)]
    query = promises.of(
        sa.select(
            promise.kind,
            promise.unit_path,
            ticket.category_id,
            ticket.area,
            ticket.channel,
            ticket.source,
            reduce(add, bits).label("sort"),
        )
    ).where(owing.all_of(window, promise), owing.within(work.actor, promise))
    return query if unit_id is None else query.where(owing.in_subtree(unit_id, promise))


def _tallies(rows: Iterable[Row]) -> Tallies:
    tallies = {kind: Tally() for kind in RateKind}
    for row in rows:
        counts = {name: row["promises"] * (row["sort"] >> place & 1) for place, name in enumerate(_BITS)}
        tallies[RateKind(row["kind"])].add(counts, direct=bool(counts[_DIRECT]))
    return tallies


def _by_unit(rows: Sequence[Row], units: Sequence[Unit]) -> list[Group]:
    """Each unit with everything below it. One that is closed is shown for as long as it owes something."""
    below: dict[int, list[Row]] = {unit.id: [] for unit in units}
    for row in rows:
        for unit_id in owing.lineage(row["unit_path"]):
            if unit_id in below:
                below[unit_id].append(row)
    return [
        Group(_about(unit), {"unit_id": unit.id}, _tallies(below[unit.id]))
        for unit in units
        if unit.active or below[unit.id]
    ]


def _about(unit: Unit) -> dict[str, Any]:
    depth = unit.path.count("/") - 1
    return {"id": unit.id, "key": unit.key, "name": unit.name, "path": unit.path, "depth": depth}


def _by_category(work: Work, rows: Sequence[Row], within: Parameters) -> list[Group]:
    known = work.session.execute(sa.select(Category.id, Category.code, Category.name, Category.parent_name)).all()
    about: dict[int, dict[str, Any]] = {
        row.id: {"id": row.id, "code": row.code, "name": row.name, "parent": row.parent_name} for row in known
    }
    about[UNCATEGORISED] = {"id": None, "code": None, "name": NO_CATEGORY, "parent": None}
    groups = [
        Group(about[category_id], {**within, "category_id": category_id}, _tallies(found))
        for category_id, found in _split(rows, "category_id", UNCATEGORISED).items()
    ]
    return sorted(groups, key=lambda group: (group.about["code"] is None, group.about["code"]))


def _by_word(rows: Sequence[Row], name: str, labels: Mapping[str, str], within: Parameters) -> list[Group]:
    return [
        Group({"value": word, "name": labels.get(word, word)}, {**within, name: word}, _tallies(found))
        for word, found in sorted(_split(rows, name, "").items())
    ]


def _split(rows: Sequence[Row], name: str, empty: Any) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = {}
    for row in rows:
        value = row[name]
        found.setdefault(empty if value is None else getattr(value, "value", value), []).append(row)
    return found

"""考核: the month's rates, live, whole and by unit, category, area, channel and source (design §5).

Three statements whatever the size: one grouped scan of what was owed, the units, the categories. A person sees the
figures of the own subtree; each figure opens its promises (`listing`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa

from hotline.domain.errors import NotFound
from hotline.domain.rates import FIGURES, Month, RateKind, Window, percentage, percentage_text
from hotline.models import Category, Deadline, Ticket, Unit
from hotline.services import owing
from hotline.services.work import Work

UNCATEGORISED = 0  # in an address, for what has no category yet
DIMENSIONS = ("unit_path", "category_id", "area", "channel", "source")
CHANNELS = {"web": "网站", "sms": "短信", "phone": "电话", "staff": "工作人员录入", "api": "接口"}
SOURCES = {
    "citizen": "市民",
    "leader": "领导批示",
    "petition": "信访转办",
    "media": "媒体监督",
    "opinion": "网络舆情",
    "inspection": "督查巡查",
}


@dataclass
class Tally:
    """Counts of one kind, by the names of `rates.FIGURES`; those of direct answers apart."""

    all: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FIGURES, 0))
    direct: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FIGURES, 0))

    def add(self, counts: Mapping[str, int], direct: bool) -> None:
        """Count these in."""
        for name in FIGURES:
            self.all[name] += counts[name]
            if direct:
                self.direct[name] += counts[name]

    @property
    def without_direct(self) -> dict[str, int]:
        """What is left when the tickets that the centre answered itself are not counted at all."""
        return {name: self.all[name] - self.direct[name] for name in FIGURES}


Tallies = dict[RateKind, Tally]


@dataclass(frozen=True)
class Group:
    """One line of a breakdown: what it is called, how it is asked for, and its three tallies."""

    about: dict[str, Any]  # id, key, code, name, path, depth: as the dimension has them
    asked_by: dict[str, str | int]  # as parameters of the list behind its figures
    tallies: Tallies


@dataclass(frozen=True)
class MonthFigures:
    """The rates of one month as they stand at the cut-off, for one subtree of units."""

    month: Month
    window: Window
    scope: Group
    units: Sequence[Group]
    categories: Sequence[Group]
    areas: Sequence[Group]
    channels: Sequence[Group]
    sources: Sequence[Group]

    @property
    def provisional(self) -> bool:
        """Whether the month is still running, or has not begun."""
        return self.window.cut_off < self.month.ends

    def as_dict(self) -> dict[str, Any]:
        """The JSON of `/api/v1/reports/monthly/YYYY-MM`; documented in docs/rates.md."""
        return {
            "month": str(self.month),
            "previous": str(self.month.turned(-1)),
            "next": str(self.month.turned(1)),
            "from": self._city(self.month.begins),
            "to": self._city(self.month.ends),
            "cut_off": self._city(self.window.cut_off),
            "zone": str(self.month.zone),
            "provisional": self.provisional,
            "scope": self.scope.about,
            "rates": self._rates(self.scope),
            "units": [group.about | {"rates": self._rates(group)} for group in self.units],
            "categories": [group.about | {"rates": self._rates(group)} for group in self.categories],
            "areas": [group.about | {"rates": self._rates(group)} for group in self.areas],
            "channels": [group.about | {"rates": self._rates(group)} for group in self.channels],
            "sources": [group.about | {"rates": self._rates(group)} for group in self.sources],
        }

    def _city(self, moment: datetime) -> str:
        return moment.astimezone(self.month.zone).isoformat()

    def _rates(self, group: Group) -> list[dict[str, Any]]:
        return [self._rate(kind, tally, group.asked_by) for kind, tally in group.tallies.items()]

    def _rate(self, kind: RateKind, tally: Tally, asked_by: Mapping[str, str | int]) -> dict[str, Any]:
        asked = urlencode({"kind": kind.value, **asked_by})
        return {
            "kind": kind.value,
            "name": kind.label,
            **shares(tally.all),
            "without_direct": shares(tally.without_direct),
            "items": f"/api/v1/reports/monthly/{self.month}/items?{asked}",
        }


def shares(counts: Mapping[str, int]) -> dict[str, Any]:
    """The counts with their percentages: strings of two places, null where nothing is owed."""
    owed, kept, on_time = counts["owed"], counts["kept"], counts["on_time"]
    original_owed, original_on_time = counts["original_owed"], counts["original_on_time"]
    return {
        **{name: counts[name] for name in FIGURES if not name.startswith("original_")},
        "rate": percentage(kept, owed),
        "rate_text": percentage_text(kept, owed),
        "on_time_rate": percentage(on_time, owed),
        "on_time_rate_text": percentage_text(on_time, owed),
        "on_original_rate": percentage(counts["on_original"], owed),
        "original": {
            "owed": original_owed,
            "on_time": original_on_time,
            "rate": percentage(original_on_time, original_owed),
            "rate_text": percentage_text(original_on_time, original_owed),
        },
    }


def monthly(work: Work, month: str, *, unit_id: int | None = None) -> MonthFigures:
    """The rates of a month (`2026-10`) in the actor's subtree, or in that of one of its units.

    Raises MonthError, and NotFound for a unit that is not there or not the actor's to see.
    """
    asked = Month.parse(month, work.rules.zone)
    window = asked.seen_at(work.now)
    units = {unit.id: unit for unit in work.session.scalars(sa.select(Unit).where(overseen(work)).order_by(Unit.path))}
    if unit_id is not None and unit_id not in units:
        raise NotFound("没有找到这个单位。")
    rows = work.session.execute(_grouped(work, window, unit_id)).mappings().all()
    by = {name: [row for row in rows if row["dimension"] == name] for name in DIMENSIONS}
    names = {row.id: row for row in work.session.execute(sa.select(Category.id, Category.code, Category.name))}
    return MonthFigures(
        asked,
        window,
        scope=_scope(work, by["unit_path"], units.get(unit_id) if unit_id else None),
        units=_by_unit(by["unit_path"], units, unit_id),
        categories=_by_category(by["category_id"], names),
        areas=_by_word(by["area"], "area", {"": "未填写"}),
        channels=_by_word(by["channel"], "channel", CHANNELS),
        sources=_by_word(by["source"], "source", SOURCES),
    )


def overseen(work: Work) -> sa.ColumnElement[bool]:
    """Units whose figures the actor may ask for."""
    path = work.actor.unit_path if work.actor.kind is not ActorKind.SYSTEM else work.rules.root.path
    return Unit.path.startswith(path) if path else sa.false()


def _grouped(work: Work, window: Window, unit_id: int | None) -> sa.Select[Any]:
    """Every figure of every kind, with and without direct answers, by each dimension, in one scan."""
    counted = owing.figures(window)
    rows = (
        sa.select(
            Deadline.kind,
            Deadline.unit_path,
            Ticket.category_id,
            Ticket.area,
            Ticket.channel,
            Ticket.source,
            owing.DIRECT.label("direct"),
            *(counted[name].label(name) for name in FIGURES),
        )
        .join(Ticket, Ticket.id == Deadline.ticket_id)
        .where(owing.all_of(window, owing.RATED), owing.within(work.actor))
    )
    if unit_id is not None:
        rows = rows.where(owing.in_subtree(unit_id))
    owed = rows.subquery()
    sets = [sa.tuple_(owed.c.kind, owed.c.direct, owed.c[name]) for name in DIMENSIONS]
    dimension = sa.case(
        *((sa.func.grouping(owed.c[name]) == 0, sa.literal(name)) for name in DIMENSIONS), else_=sa.literal("")
    )
    return sa.select(
        owed.c.kind,
        owed.c.direct,
        dimension.label("dimension"),
        *(owed.c[name] for name in DIMENSIONS),
        *(sa.func.count().filter(owed.c[name]).label(name) for name in FIGURES),
    ).group_by(sa.func.grouping_sets(*sets))


def _tallies(rows: Iterable[Mapping[str, Any]]) -> Tallies:
    tallies = {kind: Tally() for kind in RateKind}
    for row in rows:
        tallies[RateKind(row["kind"])].add(row, row["direct"])
    return tallies


def _scope(work: Work, rows: Sequence[Mapping[str, Any]], unit: Unit | None) -> Group:
    if unit is None:
        return Group({"unit_id": work.actor.unit_id}, {}, _tallies(rows))
    return Group({"unit_id": unit.id}, {"unit_id": unit.id}, _tallies(rows))

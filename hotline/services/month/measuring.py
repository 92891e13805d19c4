"""What scores are made of (`domain/score_facts.py`), counted for a month: by the places of units, or by points.

A statement each for promises and cases, and only for those that a scheme asks for. A frozen month is read from what its
report has kept. Nobody counts what `owing.within` keeps back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import sqlalchemy as sa

from hotline.domain.indicators import INDICATORS, Basis
from hotline.domain.rates import FIGURES, Month, RateKind, Window
from hotline.domain.score_facts import CENTS, LISTED, PROMISES, RATED, URGENT, WHOLES, Facts, Measured
from hotline.domain.scoring import Scheme
from hotline.models import MonthlyReport, Urgency
from hotline.services.month import owing
from hotline.services.month.cases import Cases, cases_of, scoped
from hotline.services.month.counting import Counting, read
from hotline.services.work import Work

_DAY: Final = 86_400
_ONE: Final = Fraction(1)

Found = dict[Any, dict[str, Measured]]  # by place in the tree, or by point


@dataclass(frozen=True)
class Measuring:
    """What a scheme looks at, in which month. `at`: tickets at points (columns `ticket_id` and `point_id`), by which
    is counted then; without it, by the place of the unit that owes. `also`: facts that are told besides."""

    work: Work
    month: Month
    scheme: Scheme
    report: MonthlyReport | None = None
    at: sa.Subquery | None = None
    also: frozenset[str] = frozenset()

    @property
    def wanted(self) -> frozenset[str]:
        """The facts that are counted."""
        return self.scheme.wanted | self.also

    @property
    def window(self) -> Window:
        """As far as the month can be told."""
        return self.month.seen_at(self.work.now)

    def facts(self) -> dict[Any, Facts]:
        """By place in the tree, or by point."""
        found: Found = {}
        if self.window.begun:
            for count in (_promises, _cases):
                for key, name, measured in count(self):
                    of = found.setdefault(key, {})
                    of[name] = of[name] + measured if name in of else measured
        return {key: Facts(by_name) for key, by_name in found.items()}

    def wants(self, names: Iterable[str]) -> bool:
        """Whether one of them is wanted."""
        return not self.wanted.isdisjoint(names)

    def by(self, rows: Any) -> Any:
        """What is counted by: a column."""
        return rows.unit_path if self.at is None else self.at.c.point_id

    def placed(self, query: sa.Select[Any], ticket_id: Any) -> sa.Select[Any]:
        """The query over what happened at points alone, where these are counted by."""
        return query if self.at is None else query.join(self.at, self.at.c.ticket_id == ticket_id)


Told = Iterable[tuple[Any, str, Measured]]


def _promises(asked: Measuring) -> Told:
    kinds = {_kind_of(name) for name in asked.wanted if name in PROMISES}
    kinds |= {each.sort for each in _indicators(asked, Basis.PROMISES)}
    kinds |= {each.over for each in _indicators(asked, Basis.CASES) if each.over}
    kinds |= {RateKind.HANDLE.value} if asked.wants(["mean_days"]) else set()
    if not kinds:
        return
    for row in asked.work.session.execute(_owed(asked, kinds)):
        marks, _ = read(row.sort)
        counts = {name: row.promises * belongs(marks) for name, belongs in FIGURES.items()}
        yield from ((row.by, *told) for told in _told(asked, row, counts))


def _told(asked: Measuring, row: Any, counts: Mapping[str, int]) -> Iterable[tuple[str, Measured]]:
    """The facts that promises of one sort belong to."""
    kind = getattr(row.kind, "value", row.kind)
    for name in asked.wanted:
        if name in PROMISES and _kind_of(name) == kind and (row.urgent or not name.startswith(URGENT)):
            figure = name.rpartition(".")[2]
            yield name, _measured(counts[figure], counts[WHOLES.get(figure, "owed")], row.source)
    for name, each in RATED.items():
        if name not in asked.wanted:
            continue
        if each.basis is Basis.PROMISES and each.sort == kind:
            yield name, _measured(counts[each.part], counts["owed"], row.source)
        elif each.basis is Basis.CASES and each.over == kind:
            yield name, Measured(whole=Fraction(counts["owed"]))
    if kind == RateKind.HANDLE and counts["kept"] and "mean_days" in asked.wanted:
        yield "mean_days", Measured(Fraction(row.seconds or 0) / _DAY, Fraction(counts["kept"]))


def _owed(asked: Measuring, kinds: Collection[str]) -> sa.Select[Any]:
    """How many promises of each sort (`counting`). Of the tickets only what the scheme asks for is looked up."""
    urgent = any(name.startswith(URGENT) for name in asked.wanted)
    timed = "mean_days" in asked.wanted
    wanted = {"source": asked.scheme.weighs_promises, "met_at": timed, "started_at": timed}
    wanted |= {"unit_path": asked.at is None, "ticket_id": asked.at is not None, "urgency": urgent}
    rows = owing.rows_of(asked.report)
    every = Counting(asked.work, asked.window, rows, kinds=sorted(kinds)).every(
        *(name for name in wanted if wanted[name])
    )
    columns = [
        every.c.kind,
        every.c.sort,
        asked.by(every.c).label("by"),
        (every.c.source if wanted["source"] else sa.literal("")).label("source"),
        (every.c.urgency == Urgency.URGENT if urgent else sa.false()).label("urgent"),
        ((every.c.met_at - every.c.started_at) if timed else sa.null()).label("took"),
    ]
    found = asked.placed(sa.select(*columns).select_from(every), every.c.get("ticket_id")).subquery()
    of = [found.c[name] for name in ("kind", "sort", "by", "source", "urgent")]
    seconds = sa.func.sum(sa.func.extract("epoch", found.c.took)) if timed else sa.literal(0)
    return sa.select(*of, sa.func.count().label("promises"), seconds.label("seconds")).group_by(*of)


def _cases(asked: Measuring) -> Told:
    """Of each ticket how many there are, then how many tickets have so many; every deduction is one of its own."""
    indicators = _indicators(asked, Basis.CASES)
    sorts = {each.sort for each in indicators} | {sort for name, sort in _COUNTED.items() if name in asked.wanted}
    if not sorts:
        return
    kept: Cases = cases_of(asked.report)
    cases = kept.of(asked.work, asked.window, sorted(sorts))
    of = (cases.c.sort.label("sort"), asked.by(cases.c).label("by"), cases.c.source.label("source"))
    lost = sa.case((cases.c.sort == "deduction", cases.c.value), else_=0).label("lost")
    thing = sa.case((cases.c.sort == "deduction", cases.c.ref_id), else_=cases.c.ticket_id).label("thing")
    part = sa.func.count().filter(cases.c.counted).label("part")
    single = sa.select(*of, lost, thing, sa.func.count().label("whole"), part).select_from(cases)
    single = scoped(asked.work, asked.placed(single, cases.c.ticket_id), cases).group_by(*of, lost, thing)
    things = single.subquery()
    by = (things.c.sort, things.c.by, things.c.source, things.c.part, things.c.lost)
    whole, count = sa.func.sum(things.c.whole).label("whole"), sa.func.count().label("things")
    for row in asked.work.session.execute(sa.select(*by, whole, count).group_by(*by)):
        yield from ((row.by, *told) for told in _told_of_cases(asked, row))


#: Amounts that are read off cases: what was received, and single things that can be taken off for.
_COUNTED: Final = {
    "received": "repeat",
    "repeats": "repeat",
    "reworks": "rework",
    **{name: listed.sort for name, listed in LISTED.items()},
}


def _told_of_cases(asked: Measuring, row: Any) -> Iterable[tuple[str, Measured]]:
    source, part, whole = _word(row.source), Fraction(row.part * row.things), Fraction(row.whole)
    each_of = Fraction(row.lost, CENTS) if row.sort == "deduction" else Fraction(row.part)
    events = {source: {each_of: row.things}} if each_of else {}
    for name, sort in _COUNTED.items():
        if sort == row.sort and name in asked.wanted:
            yield name, Measured(whole) if name == "received" else Measured(each_of * row.things, None, events)
    for each in _indicators(asked, Basis.CASES):
        if each.sort == row.sort:
            counted = part if each.counted else whole - part
            yield each.key, Measured(counted, Fraction(0) if each.over else whole, _once(counted, source))


def _indicators(asked: Measuring, basis: Basis) -> list[Any]:
    return [INDICATORS[name] for name in RATED if name in asked.wanted and INDICATORS[name].basis is basis]


def _kind_of(name: str) -> str:
    return name.removeprefix(URGENT).partition(".")[0]


def _measured(part: int, whole: int | None, source: Any) -> Measured:
    events = _once(Fraction(int(part)), _word(source))
    return Measured(Fraction(int(part)), None if whole is None else Fraction(whole), events)


def _once(count: Fraction, source: str) -> dict[str, dict[Fraction, int]]:
    """So many single things, each a case of its own."""
    return {source: {_ONE: int(count)}} if count else {}


def _word(source: Any) -> str:
    return str(getattr(source, "value", source))

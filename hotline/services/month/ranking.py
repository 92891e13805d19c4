"""考核排名: every unit's score of a month with its lines, ranked among its peers: units of one kind below one unit.

A frozen month is scored by the scheme that it was frozen with. Who sees the whole city reads its scores as they were
kept; a unit's people count them again from the items that they may see, so that each number stays the length of its
list. As many statements whatever the size.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from hotline.domain.errors import NotFound
from hotline.domain.rates import Month
from hotline.domain.score_facts import Facts, together
from hotline.domain.score_terms import number
from hotline.domain.scoring import Scheme, Score, ranks
from hotline.models import MonthlyReport, ReportState, Unit, UnitKind
from hotline.services.month import frozen, owing, reporting, schemes
from hotline.services.month.measuring import Measuring
from hotline.services.scoping import sees_all
from hotline.services.work import Work

KEPT: Final = "score"  # its name among the figures of a frozen report
KINDS: Final = {"centre": "中心", "county_centre": "区县", "department": "部门", "station": "站所"}
CARDS: Final = ("yellow", "red", "exposure", "deduction")  # shown beside every score
_ORDER: Final = ("department", "county_centre", "station", "centre")


@dataclass(frozen=True)
class Placed:
    """A unit with its score. `rank` is empty for one that is not ranked, and `apart` says why. `cards`: of the month,
    by level, and what the ladder takes off for them (`deduction`)."""

    id: int
    key: str
    name: str
    score: Score
    rank: int | None = None
    apart: str = ""
    cards: Mapping[str, Fraction] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        about = {"id": self.id, "key": self.key, "name": self.name, "rank": self.rank, "apart": self.apart}
        cards = {level: number(count) for level, count in self.cards.items()}
        return about | self.score.as_dict() | {"cards": cards}


@dataclass(frozen=True)
class Board:
    """Peers, the best first, then those that are not ranked. `best` and `worst` are 十佳 and 十差, by their ids."""

    key: str
    name: str
    units: Sequence[Placed]
    best: Sequence[int]
    worst: Sequence[int]

    @property
    def ranked(self) -> int:
        """How many have a rank."""
        return sum(unit.rank is not None for unit in self.units)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        units = [unit.as_dict() for unit in self.units]
        return {"key": self.key, "name": self.name, "best": [*self.best], "worst": [*self.worst], "units": units}


@dataclass(frozen=True)
class Ranking:
    """A month's boards. `own` is the reader's top unit where it has no peers here. `before`: where each unit stood in
    the month before, by id."""

    month: Month
    scheme: Scheme
    boards: Sequence[Board]
    report: MonthlyReport | None = None
    own: Placed | None = None
    before: Mapping[int, Placed] = field(default_factory=dict)

    def unit(self, unit_id: int) -> tuple[Placed, Board | None]:
        """A unit with the board it stands on. Raises NotFound for one that is not here."""
        for board in self.boards:
            for placed in board.units:
                if placed.id == unit_id:
                    return placed, board
        if self.own is not None and self.own.id == unit_id:
            return self.own, None
        raise NotFound("没有找到这个单位，请从排名页重新选择。")

    def as_dict(self) -> dict[str, Any]:
        """For JSON, as it is kept with a frozen month."""
        own = self.own and self.own.as_dict()
        return {"scheme": self.scheme.as_dict(), "boards": [board.as_dict() for board in self.boards], "own": own}


def ranked(work: Work, month: str, *, version: int | None = None) -> Ranking:
    """The ranking of a month (`2026-10`) in the actor's subtree, with that of the month before.

    Raises MonthError, and NotFound for a version that is not there.
    """
    asked = Month.parse(month, work.rules.zone)
    units = reporting.overseen(work)
    found = _of(work, asked, frozen.find(work, month, version), units)
    earlier = asked.turned(-1)
    before = _of(work, earlier, frozen.find(work, str(earlier)), units)
    own = [] if before.own is None else [before.own]
    stood = {placed.id: placed for board in before.boards for placed in board.units} | {each.id: each for each in own}
    return Ranking(asked, found.scheme, found.boards, found.report, found.own, stood)


def foreseen(work: Work, month: Month, scheme: Scheme) -> Ranking:
    """What the month's ranking would be under that scheme, counted as it stands."""
    return _counted(work, month, None, scheme, reporting.overseen(work))


def of_report(work: Work, month: Month, report: MonthlyReport) -> Ranking:
    """The ranking of the whole city counted from the items of that report: by the scheme that it, or an earlier version
    of its month, was scored by, else by the one in force."""
    return _counted(work, month, report, _scheme_of(work, report), reporting.overseen(work))


def recounted(work: Work, kept: Ranking, report: MonthlyReport) -> tuple[Ranking, Sequence[int]]:
    """The boards that a report has kept with all scores and ranks counted again from its items and cases, by the scheme
    that it has kept; and the ids of units that should stand in it and do not."""
    listed = [unit for board in kept.boards for unit in board.units] + ([kept.own] if kept.own else [])
    facts = _facts(work, kept.month, report, kept.scheme)
    by_id = _by_unit(facts, listed)
    again = {unit.id: _scored(kept.scheme, unit, by_id[unit.id]) for unit in listed}
    boards = [
        _board(kept.scheme, board.key, board.name, [again[unit.id] for unit in board.units]) for board in kept.boards
    ]
    own = None if kept.own is None else again[kept.own.id]
    return replace(kept, boards=boards, own=own), _left_out(facts, again, kept.scheme)


def _left_out(facts: Mapping[str, Facts], placed: Collection[int], scheme: Scheme) -> list[int]:
    below: dict[int, list[Facts]] = {}
    for path, found in facts.items():
        for unit_id in owing.lineage(path):
            if unit_id not in placed:
                below.setdefault(unit_id, []).append(found)
    return sorted(unit_id for unit_id, parts in below.items() if scheme.score(together(parts)).cases)


def history(work: Work, unit_id: int, last: Month, months: int = 12) -> list[tuple[Month, Placed]]:
    """Where the unit stood in the months up to that one that are frozen, as they were published; the newest first.

    The unit must be one that the actor may see: ask `Ranking.unit` first.
    """
    theirs = sa.func.jsonb_path_query_first(
        MonthlyReport.figures,
        sa.literal_column(f"'$.{KEPT}.boards[*].units[*] ? (@.id == $id)'::jsonpath"),
        sa.func.jsonb_build_object("id", unit_id),
    )
    query = (
        sa.select(MonthlyReport.month, theirs.label("placed"))
        .ext(distinct_on(MonthlyReport.month))
        .where(
            MonthlyReport.state == ReportState.FROZEN,
            MonthlyReport.month <= last.first_day,
            MonthlyReport.month > last.turned(-months).first_day,
        )
        .order_by(MonthlyReport.month.desc(), MonthlyReport.version.desc())
    )
    found = work.session.execute(query).all()
    return [(Month.of_day(row.month, last.zone), _placed(row.placed, ())) for row in found if row.placed]


def _of(work: Work, month: Month, report: MonthlyReport | None, units: Sequence[Unit]) -> Ranking:
    if report is None:
        return _counted(work, month, None, schemes.in_force(work), units)
    kept = _kept(work, report) if sees_all(work.actor) else None
    return _counted(work, month, report, _scheme_of(work, report), units) if kept is None else read(kept, month, report)


def _counted(work: Work, month: Month, report: MonthlyReport | None, scheme: Scheme, units: Sequence[Unit]) -> Ranking:
    facts = _by_unit(_facts(work, month, report, scheme), units)
    placed = [_scored(scheme, unit, facts[unit.id]) for unit in units]
    # A unit that is closed is shown for as long as it has something to be scored by.
    shown = {each.id: each for each, unit in zip(placed, units, strict=True) if unit.active or each.score.cases}
    boards = _boards(scheme, units, shown)
    return Ranking(month, scheme, boards, report, placed[0] if placed else None)


def _facts(work: Work, month: Month, report: MonthlyReport | None, scheme: Scheme) -> Mapping[str, Facts]:
    """By the places of units; of the cards also what the scheme does not ask for."""
    also = frozenset(f"card.{level}" for level in CARDS)
    return Measuring(work, month, scheme, report, also=also).facts()


def _scored(scheme: Scheme, unit: Unit | Placed, facts: Facts) -> Placed:
    cards = {level: facts[f"card.{level}"].part for level in CARDS}
    return Placed(unit.id, unit.key, unit.name, scheme.score(facts, unit.key), cards=cards)


def _by_unit(facts: Mapping[str, Facts], units: Sequence[Unit | Placed]) -> dict[int, Facts]:
    """Each unit's with everything below it, as they stood then."""
    below: dict[int, list[Facts]] = {unit.id: [] for unit in units}
    for path, found in facts.items():
        for unit_id in owing.lineage(path):
            if unit_id in below:
                below[unit_id].append(found)
    return {unit_id: together(parts) for unit_id, parts in below.items()}


def _boards(scheme: Scheme, units: Sequence[Unit], placed: Mapping[int, Placed]) -> list[Board]:
    """Departments before counties before stations, from the top of the tree down."""
    names, tops = {unit.id: unit.name for unit in units}, units[:1]
    peers = [unit for unit in units[1:] if unit.id in placed and unit.parent_id in names]
    by_board = sorted(peers, key=lambda unit: (_depth(unit), _ORDER.index(unit.kind), unit.parent_id))
    boards = []
    for (_, kind, parent_id), found in groupby(by_board, key=lambda unit: (_depth(unit), unit.kind, unit.parent_id)):
        of_all = any(top.id == parent_id and top.parent_id is None for top in tops)
        name = f"市级{KINDS[kind]}" if of_all and kind is UnitKind.DEPARTMENT else KINDS[kind]
        name = name if of_all else f"{names[parent_id]} · {KINDS[kind]}"
        boards.append(_board(scheme, f"{parent_id}-{kind.value}", name, [placed[unit.id] for unit in found]))
    return boards


def _depth(unit: Unit) -> int:
    return unit.path.count("/")


def _board(scheme: Scheme, key: str, name: str, units: Sequence[Placed]) -> Board:
    standing = [in_order(unit, scheme) for unit in units]
    scores = {unit.id: unit.score.total for unit in standing if not unit.apart and unit.score.total is not None}
    order = ranks(scores)
    found = [replace(unit, rank=order.get(unit.id)) for unit in standing]
    found.sort(key=lambda unit: (unit.rank is None, unit.rank or 0, -unit.score.cases, unit.name))
    best, worst = ends(scores, scheme.shown)
    return Board(key, name, found, best, worst)


def in_order(placed: Placed, scheme: Scheme) -> Placed:
    """Why it is not ranked, if it is not."""
    if placed.score.total is None:
        return replace(placed, apart="没有可计的数据")
    if placed.score.cases < scheme.minimum:
        few = f"{placed.score.cases} 件，不足 {scheme.minimum} 件"
        return replace(placed, apart=few)
    return placed


def ends(scores: Mapping[int, Decimal], shown: int) -> tuple[list[int], list[int]]:
    """十佳 and 十差: as many from either end, with all of the same score as the last of them; nobody is on both, and
    where all are alike nobody is the worst."""
    order = sorted(scores, key=lambda each: -scores[each])
    most = min(shown, max(len(order) // 2, 1))
    if not order:
        return [], []
    best = [each for each in order if scores[each] >= scores[order[most - 1]]]
    worst = [each for each in reversed(order) if scores[each] <= scores[order[-most]] and each not in best]
    return best, worst


def _kept(work: Work, report: MonthlyReport) -> Mapping[str, Any] | None:
    query = sa.select(MonthlyReport.figures[KEPT]).where(MonthlyReport.id == report.id)
    kept: Mapping[str, Any] | None = work.session.scalar(query)
    return kept


def _scheme_of(work: Work, report: MonthlyReport) -> Scheme:
    return schemes.of_report(work, report, KEPT) or schemes.in_force(work)


def read(kept: Mapping[str, Any], month: Month, report: MonthlyReport | None = None) -> Ranking:
    """What `Ranking.as_dict` has kept."""
    scheme = Scheme.from_mapping(kept["scheme"]["key"], kept["scheme"]["mapping"])
    boards = [
        Board(
            each["key"],
            each["name"],
            [_placed(unit, scheme.grades) for unit in each["units"]],
            each["best"],
            each["worst"],
        )
        for each in kept["boards"]
    ]
    own = None if kept["own"] is None else _placed(kept["own"], scheme.grades)
    return Ranking(month, scheme, boards, report, own)


def _placed(kept: Mapping[str, Any], grades: Sequence[Any]) -> Placed:
    score = Score.from_dict(kept, grades)
    cards = {level: Fraction(count) for level, count in kept.get("cards", {}).items()}
    return Placed(kept["id"], kept["key"], kept["name"], score, kept["rank"], kept["apart"], cards)

"""What a month on paper is made of, read once: its figures, those of the months it is compared with, indicators,
ranking, and what was late. The same rights and the same frozen report for all of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from hotline.domain.rates import Month, RateKind
from hotline.services.month import cases, frozen, indicating, ranking, reporting
from hotline.services.month.figures import Group, MonthFigures, Tally
from hotline.services.month.indicator_figures import Indicators
from hotline.services.month.papers import items
from hotline.services.month.papers.items import Scope
from hotline.services.month.ranking import Board, Ranking
from hotline.services.work import Work

BACK: Final = 6  # months that the trend shows, this one included


@dataclass(frozen=True)
class Material:
    """One month of one subtree of units, as it was read."""

    month: Month
    figures: MonthFigures
    before: Sequence[MonthFigures]  # the months before, the oldest first; without those in which nothing was owed
    year_before: MonthFigures | None
    indicators: Indicators
    ranking: Ranking
    received_before: int  # in the month before
    whole_city: bool
    voided: Mapping[RateKind, int]  # fell due but were not owed
    rows: int  # of 明细

    @property
    def scope(self) -> Scope:
        """Which promises these are the figures of."""
        unit_id = self.figures.scope.asked_by.get("unit_id")
        return Scope(self.figures.window, self.figures.report, None if unit_id is None else int(unit_id))

    @property
    def last(self) -> MonthFigures | None:
        """The month before, if anything was owed in it."""
        last = self.before[-1] if self.before else None
        return last if last and str(last.month) == str(self.month.turned(-1)) else None

    @property
    def checksum(self) -> str:
        """Of the frozen report; empty while the month is not frozen."""
        return self.figures.report.checksum if self.figures.report else ""

    @property
    def version(self) -> int | None:
        """Of the frozen report."""
        return self.figures.report.version if self.figures.report else None

    @property
    def name(self) -> str:
        """Whose month it is."""
        return str(self.figures.scope.about.get("name", ""))

    @property
    def members(self) -> list[Group]:
        """The units right below the one at the top, each with all below it, and what the top owes itself (本级): they
        add up to the whole. Those of which something was owed."""
        below = self._below
        own = _less(self.figures.scope, below) if below else self.figures.scope
        return [group for group in (*below, own) if group.tallies and owes(group)]

    @property
    def _below(self) -> list[Group]:
        depth = int(self.figures.scope.about.get("depth", 0))
        return [group for group in self.figures.units if int(group.about["depth"]) == depth + 1]

    @property
    def boards(self) -> list[Board]:
        """The rankings among the units below the one at the top."""
        below = {int(group.about["id"]) for group in self.figures.units[1:]}
        return [board for board in self.ranking.boards if below.issuperset(unit.id for unit in board.units)]

    @property
    def boards_below(self) -> list[Board]:
        """The same among the units right below it."""
        below = {int(group.about["id"]) for group in self._below}
        return [board for board in self.boards if below.issuperset(unit.id for unit in board.units)]


def _less(whole: Group, parts: Sequence[Group]) -> Group:
    """What the top owes itself."""
    tallies = {}
    for kind, of in whole.tallies.items():
        below = [part.tallies[kind].all for part in parts]
        rest = {name: number - sum(each[name] for each in below) for name, number in of.all.items()}
        tallies[kind] = Tally(rest)
    return Group({**whole.about, "name": f"{whole.about['name']}（本级）"}, whole.asked_by, tallies)


def owes(group: Group) -> bool:
    """Whether anything was owed in it."""
    return any(tally.all["owed"] for tally in group.tallies.values())


def gather(work: Work, month: str, *, unit_id: int | None = None, version: int | None = None) -> Material:
    """Read the month (`2026-10`). Raises MonthError, NotFound as `reporting.monthly`."""
    figures = reporting.monthly(work, month, unit_id=unit_id, version=version)
    asked = figures.month
    earlier = [_earlier(work, asked.turned(-back), unit_id) for back in range(BACK - 1, 0, -1)]
    root, scope = work.rules.root, Scope(figures.window, figures.report, unit_id)
    return Material(
        asked,
        figures,
        before=[each for each in earlier if each is not None],
        year_before=_earlier(work, asked.turned(-12), unit_id),
        indicators=indicating.of_month(work, month, unit_id=unit_id, version=version),
        received_before=_received(work, asked.turned(-1), unit_id),
        ranking=ranking.ranked(work, month, version=version),
        whole_city=figures.scope.about.get("id") == root.id,
        voided=items.voided(work, scope),
        rows=items.count(work, scope),
    )


def _earlier(work: Work, month: Month, unit_id: int | None) -> MonthFigures | None:
    """None where nothing was owed."""
    if month.ends > work.now:
        return None
    figures = reporting.rates(work, str(month), unit_id=unit_id)
    return figures if figures.scope.tallies and owes(figures.scope) else None


def _received(work: Work, month: Month, unit_id: int | None) -> int:
    """How many complaints; 0 also where the month was before the beginning."""
    window, found = month.seen_at(work.now), cases.cases_of(frozen.find(work, str(month)))
    received = found.of(work, window, ("repeat",))
    counting = sa.select(sa.func.count()).select_from(received)
    return work.session.execute(cases.scoped(work, counting, received, unit_id)).scalar_one()


def tally(figures: MonthFigures, kind: RateKind) -> dict[str, int]:
    """The counts of a rate, whole."""
    return figures.scope.tallies[kind].all

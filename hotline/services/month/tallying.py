"""公布三率: the whole city's rates of this month to date and of the month before, for everybody (docs/rates.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hotline.domain.actors import SYSTEM
from hotline.domain.errors import Said, say
from hotline.domain.rates import Month, RateKind, percentage, percentage_text
from hotline.services.month import reporting
from hotline.services.month.figures import MonthFigures
from hotline.services.work import Work

NAMES = {RateKind.HANDLE: say("处理率"), RateKind.REPLY: say("回复率"), RateKind.CLOSE: say("办结率")}
DEFINITIONS = {
    RateKind.HANDLE: say("到期应处理的承诺中，已处理并核查通过的占多少。"),
    RateKind.REPLY: say("到期应答复的诉求中，答复已到达诉求人的占多少。"),
    RateKind.CLOSE: say("到期应办结的诉求中，已办结的占多少。"),
}


@dataclass(frozen=True)
class Rate:
    """One of the three: how many were owed, kept, and kept in time."""

    kind: RateKind
    owed: int
    kept: int
    on_time: int

    @property
    def name(self) -> Said:
        """In Chinese, translatable."""
        return NAMES[self.kind]

    @property
    def definition(self) -> Said:
        """What it says, in a sentence."""
        return DEFINITIONS[self.kind]

    @property
    def missing(self) -> int:
        """Owed and not kept."""
        return self.owed - self.kept

    @property
    def share(self) -> str | None:
        """`99.33`; 100.00 only when nothing is missing; None when nothing is owed."""
        return percentage(self.kept, self.owed)

    @property
    def share_text(self) -> str:
        """`99.33 %` or `—`."""
        return percentage_text(self.kept, self.owed)

    @property
    def on_time_share_text(self) -> str:
        """The same as it is printed."""
        return percentage_text(self.on_time, self.owed)

    @property
    def on_time_share(self) -> str | None:
        """Of what was owed, kept by the due time."""
        return percentage(self.on_time, self.owed)


@dataclass(frozen=True)
class MonthRates:
    """One month's rates, counted up to `until`; `running` while the month is not over."""

    month: str  # 2026-10
    until: datetime
    running: bool
    rates: Sequence[Rate]


def city_rates(work: Work) -> list[MonthRates]:
    """This month to date, and the month before, of the whole city: the same figures as the month page."""
    of_city = work.act_as(SYSTEM)
    this = reporting.rates(of_city, str(Month.of(work.now, work.rules.zone)))
    return [_rates(this), _rates(reporting.rates(of_city, str(this.month.turned(-1))))]


def _rates(figures: MonthFigures) -> MonthRates:
    counts = {kind: tally.all for kind, tally in figures.scope.tallies.items()}
    rates = [Rate(kind, of["owed"], of["kept"], of["on_time"]) for kind, of in counts.items()]
    return MonthRates(str(figures.month), figures.window.cut_off, figures.provisional, rates)

"""月内预计: where a rate of the month that still runs will end if nothing more is done, and the best it can still be.

What is owed by the end M1 is what `rates` would count at M1 with nothing more met: due until M1, or carried over. Late
ones can still be kept for the rate (met by M1), never for the on-time rate. What arrives or is extended from now on is
in neither: nobody knows it yet. A due time that a pause has moved out of the month is not owed in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from hotline.domain.rates import Promise, Window, marks, percentage_text


@dataclass(frozen=True, slots=True)
class Open:
    """A promise with the moment at which a result was handed in for it, while that waits for its check."""

    promise: Promise
    offered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Marks:
    """What is asked of one promise in a month that runs; every figure follows from it."""

    owed: bool
    kept: bool
    on_time: bool
    past_due: bool
    offered: bool
    handed_in: bool  # by the due time: the check may still say that it was in time


def stand(each: Open, month: Window, now: datetime) -> Marks:
    """How the promise stands at that moment. `month` is the whole month, its cut-off M1; `now` lies in it."""
    promise, offered = each.promise, each.offered_at
    rated = marks(promise, month)
    return Marks(
        owed=rated.owed,
        kept=rated.seen,
        on_time=rated.on_time,
        past_due=promise.due_at < now,
        offered=offered is not None,
        handed_in=offered is not None and offered <= promise.due_at,
    )


def _is_missing(marks: Marks) -> bool:
    return marks.owed and not marks.kept


def _is_gone(marks: Marks) -> bool:
    """Lost for the on-time rate: done late, or past due and not handed in by then."""
    return marks.owed and (not marks.on_time if marks.kept else marks.past_due and not marks.handed_in)


#: What can be counted of a kind, and listed, by name.
FIGURES: Mapping[str, Callable[[Marks], bool]] = {
    "owed": lambda m: m.owed,
    "kept": lambda m: m.owed and m.kept,
    "on_time": lambda m: m.owed and m.on_time,
    "missing": _is_missing,
    "over": lambda m: _is_missing(m) and m.past_due,
    "ahead": lambda m: _is_missing(m) and not m.past_due,
    "offered": lambda m: _is_missing(m) and m.offered,
    "gone": _is_gone,
    "reachable": lambda m: m.owed and not _is_gone(m),
}


@dataclass(frozen=True, slots=True)
class Foresight:
    """One rate of the running month, of the whole or of a unit."""

    owed: int = 0
    kept: int = 0
    on_time: int = 0
    over: int = 0  # of what is missing, past due already
    offered: int = 0  # of what is missing, handed in and waiting for the check
    gone: int = 0  # late already, done since or not

    def __post_init__(self) -> None:
        if not (0 <= self.on_time <= self.kept <= self.owed and 0 <= self.gone <= self.owed - self.on_time):
            raise ValueError(f"no such standing: {self}")

    def __add__(self, other: Foresight) -> Foresight:
        return Foresight(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    @property
    def missing(self) -> int:
        """To be done for 100 %."""
        return self.owed - self.kept

    @property
    def reachable(self) -> int:
        """On time, or still to be had in time."""
        return self.owed - self.gone

    @property
    def forecast(self) -> str:
        """The rate at the month's end if nothing more is done: `97.30 %`, or a dash when nothing is owed."""
        return percentage_text(self.kept, self.owed)

    @property
    def on_time_forecast(self) -> str:
        """The on-time rate if nothing more is done."""
        return percentage_text(self.on_time, self.owed)

    @property
    def on_time_best(self) -> str:
        """The on-time rate if everything that can be is done in time."""
        return percentage_text(self.reachable, self.owed)


def foresee(promises: Iterable[Open], month: Window, now: datetime) -> Foresight:
    """The standing of promises of one kind; the month and the moment as in `stand`."""
    counts = dict.fromkeys(Foresight.__slots__, 0)
    for each in promises:
        standing = stand(each, month, now)
        for name in counts:
            counts[name] += FIGURES[name](standing)
    return Foresight(**counts)


def outlook(standing: Foresight) -> str:
    """Where the rate will end, as a sentence without the rate's name."""
    if not standing.owed:
        return "本月没有到期的。"
    if not standing.missing:
        return "已经全部完成，月底前没有要做的了。"
    share = f"{standing.forecast}（{standing.kept}/{standing.owed}）"
    waiting = f"其中 {standing.offered} 件已经提交，待核查。" if standing.offered else ""
    return f"若到月底什么都不做：{share}；做完这 {standing.missing} 件，就是 100 %。{waiting}"


def on_time_outlook(standing: Foresight) -> str:
    """The same of the on-time rate, which late ones are lost for; nothing where nothing is owed."""
    if not standing.owed:
        return ""
    if not standing.gone:
        return "按时率也还能到 100 %。" if standing.missing else "而且全部按时。"
    best = f"{standing.on_time_best}（{standing.reachable}/{standing.owed}）"
    ends = "最多还能到" if standing.reachable > standing.on_time else "就是"
    return f"已有 {standing.gone} 件逾期，按时率{ends} {best}。"

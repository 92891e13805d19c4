"""三率: what was owed in a month and what share of it was kept (design §5, and nowhere else).

A month is (M0, M1] in city time: what ends on the 31st at 24:00 belongs to it. It is looked at from the cut-off
T = min(now, M1). What is counted is promises, each once; everything follows from their times, never from whether a job
ran. `hotline.services.month.owing` says the same in SQL; a test holds the two equal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from hotline.domain.errors import Invalid

NOTHING_OWED = "—"
FIRST_YEAR, LAST_YEAR = 1950, 2199


class RateKind(StrEnum):
    """The three kinds of promise that the city answers for in public."""

    HANDLE = "handle"  # 处理率
    REPLY = "reply"  # 回复率
    CLOSE = "close"  # 办结率

    @property
    def label(self) -> str:
        """The rate in Chinese."""
        return {"handle": "处理率", "reply": "回复率", "close": "办结率"}[self.value]


class MonthError(Invalid, ValueError):
    """Not a month that can be reported on."""

    code = "month"

    def __init__(self, text: str) -> None:
        super().__init__({"month": f"看不懂的月份“{text[:20]}”，应写作“2026-10”。"})


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the city's clock. `begins` and `ends` are aware UTC; the first is outside, the last inside."""

    year: int
    number: int
    zone: tzinfo

    @classmethod
    def parse(cls, text: str, zone: tzinfo) -> Month:
        """Read `2026-10`. Raises MonthError."""
        match = re.fullmatch(r"(\d{4})-(\d{2})", text, re.ASCII)
        year, number = (int(part) for part in match.groups()) if match else (0, 0)
        if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= number <= 12):
            raise MonthError(text)
        return cls(year, number, zone)

    @classmethod
    def of(cls, moment: datetime, zone: tzinfo) -> Month:
        """The one in which the city's clock stands at that moment, which is aware."""
        return cls.of_day(moment.astimezone(zone).date(), zone)

    @classmethod
    def of_day(cls, day: date, zone: tzinfo) -> Month:
        """The one that a city day lies in."""
        return cls(day.year, day.month, zone)

    @property
    def begins(self) -> datetime:
        """M0."""
        return datetime(self.year, self.number, 1, tzinfo=self.zone).astimezone(UTC)

    @property
    def ends(self) -> datetime:
        """M1."""
        return self.turned(1).begins

    @property
    def first_day(self) -> date:
        """By which it is kept."""
        return date(self.year, self.number, 1)

    def turned(self, months: int) -> Month:
        """So many months later, or earlier."""
        years, number = divmod(self.number - 1 + months, 12)
        return Month(self.year + years, number + 1, self.zone)

    def seen_at(self, now: datetime) -> Window:
        """The month as far as it can be told at that moment."""
        return Window(self.begins, min(now, self.ends))

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"


@dataclass(frozen=True, slots=True)
class Window:
    """M0 and T. Before the month has begun nothing is owed in it yet."""

    begins: datetime
    cut_off: datetime

    @property
    def begun(self) -> bool:
        return self.cut_off > self.begins

    def takes_in(self, due_at: datetime, met_at: datetime | None) -> bool:
        """Due in the month, or due before and carried over until it is met."""
        if due_at > self.begins:
            return due_at <= self.cut_off
        return self.begun and (met_at is None or met_at > self.begins)

    def has_seen(self, moment: datetime | None) -> bool:
        """Whether it has happened by the cut-off."""
        return moment is not None and moment <= self.cut_off


@dataclass(frozen=True, slots=True)
class Promise:
    """What the figures look at. Times are aware; `met_at` stays empty while a submission waits for its check."""

    due_at: datetime
    original_due_at: datetime  # without extensions; pauses move both
    met_at: datetime | None = None
    extensions: int = 0
    void: bool = False  # declined, voided, withdrawn, merged, returned, transferred: not owed
    exempt: bool = False  # an upheld appeal: not owed, and shown apart


class Marks(NamedTuple):
    """What is asked of one promise in one window; every figure follows from it. A void promise has none."""

    taken: bool  # due in the month, or carried over
    originally: bool  # the same as if nobody had been given more time: an extension moves nothing out of it
    exempt: bool
    seen: bool  # kept by the cut-off
    on_time: bool
    on_original: bool  # kept by the original due time
    extended: bool

    @property
    def owed(self) -> bool:
        """It is in the denominator."""
        return self.taken and not self.exempt

    @property
    def owed_originally(self) -> bool:
        """It is in the denominator on original due times."""
        return self.originally and not self.exempt


def marks(promise: Promise, window: Window) -> Marks:
    """How the promise stands in the window."""
    met, standing = promise.met_at, not promise.void
    return Marks(
        taken=standing and window.takes_in(promise.due_at, met),
        originally=standing and window.takes_in(promise.original_due_at, met),
        exempt=promise.exempt,
        seen=window.has_seen(met),
        on_time=met is not None and met <= promise.due_at,
        on_original=met is not None and met <= promise.original_due_at,
        extended=promise.extensions > 0,
    )


#: What can be counted of a kind in a month, and listed: every figure opens exactly its promises.
FIGURES: Mapping[str, Callable[[Marks], bool]] = {
    "owed": lambda m: m.owed,
    "kept": lambda m: m.owed and m.seen,
    "missing": lambda m: m.owed and not m.seen,
    "on_time": lambda m: m.owed and m.on_time,
    "late": lambda m: m.owed and m.seen and not m.on_time,
    "on_original": lambda m: m.owed and m.on_original,
    "extended": lambda m: m.owed and m.extended,
    "exempt": lambda m: m.taken and m.exempt,
    "original_owed": lambda m: m.owed_originally,
    "original_on_time": lambda m: m.owed_originally and m.on_original,
}


def count(promises: Iterable[Promise], window: Window) -> dict[str, int]:
    """Every figure over these promises, which are of one kind."""
    counts = dict.fromkeys(FIGURES, 0)
    for promise in promises:
        standing = marks(promise, window)
        for name, belongs in FIGURES.items():
            counts[name] += belongs(standing)
    return counts


def percentage(kept: int, owed: int) -> str | None:
    """`99.33`: two places, half up; 100.00 only when nothing is missing (rules §14). None when nothing is owed.

    Raises ValueError for more kept than owed.
    """
    if not 0 <= kept <= owed:
        raise ValueError(f"{kept} of {owed} is not a share")
    if owed == 0:
        return None
    hundredths = int(Fraction(10_000 * kept, owed) + Fraction(1, 2))
    if kept < owed:
        hundredths = min(hundredths, 9_999)
    return f"{hundredths // 100}.{hundredths % 100:02}"


def percentage_text(kept: int, owed: int) -> str:
    """`99.33 %`, or a dash when nothing is owed: never 100 % of nothing."""
    share = percentage(kept, owed)
    return NOTHING_OWED if share is None else f"{share} %"

"""留存期限: how long a person's data is kept after the matter has ended (个人信息保护法 19, 47).

Periods are counted in city days: what ended on 3 May is kept to the end of the same day so many months later.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from hotline.domain.policy_rules import SOURCES

#: What a city must set. The first three are classes of complaints, the next two lie beside complaints; the last one is
#: the staff's own.
PETITION, REPORT, ORDINARY = "petition", "report", "ordinary"
CALLS, MESSAGES = "calls", "messages"
BRIEFS = "briefs"
CLASSES = (PETITION, REPORT, ORDINARY, CALLS, MESSAGES, BRIEFS)
_KEEP = re.compile(r"([1-9][0-9]{0,4}) (day|month|year)s?", re.ASCII)
_UNITS = {"day": "天", "month": "个月", "year": "年"}
_A_DAY = date(2025, 3, 1)
_MOST = {"day": 36_500, "month": 1200, "year": 100}


class RetentionError(ValueError):
    """The periods cannot be used. `reasons` names every fault, in Chinese."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = tuple(reasons)


@dataclass(frozen=True)
class Period:
    """So many days, months or years after the city day of `ended`."""

    amount: int
    unit: str

    @classmethod
    def parse(cls, text: str) -> Period:
        """From "3 years". Raises ValueError."""
        match = _KEEP.fullmatch(text)
        if match is None or int(match[1]) > _MOST[match[2]]:
            raise ValueError('应为数量加单位，例如 "3 years"、"6 months"、"90 days"，最长100年')
        return cls(int(match[1]), match[2])

    def label(self, language: str = "zh") -> str:
        """3年, 6个月; "3 years" in English."""
        if language == "zh":
            return f"{self.amount}{_UNITS[self.unit]}"
        return f"{self.amount} {self.unit}{'s' if self.amount > 1 else ''}"

    def __str__(self) -> str:
        return self.label("en")

    def is_shorter(self, other: Period) -> bool:
        """Counted from a day in a year without 29 February: 12 months are a year, and 365 days are no less."""
        return self.last_day(_A_DAY) < other.last_day(_A_DAY)

    def last_day(self, ended: date) -> date:
        """The last day on which the data is kept; a day that the month lacks is the first of the next one."""
        if self.unit == "day":
            return ended + timedelta(days=self.amount)
        year, month = self._shifted(ended, 1)
        if ended.day > calendar.monthrange(year, month)[1]:
            return date(year + month // 12, month % 12 + 1, 1)
        return date(year, month, ended.day)

    def ended_before(self, today: date) -> date:
        """What ended before this day is kept no longer: exactly that whose last day is over today."""
        yesterday = today - timedelta(days=1)
        if self.unit == "day":
            return today - timedelta(days=self.amount)
        year, month = self._shifted(yesterday, -1)
        return date(year, month, min(yesterday.day, calendar.monthrange(year, month)[1])) + timedelta(days=1)

    def _shifted(self, day: date, way: int) -> tuple[int, int]:
        months = day.year * 12 + day.month - 1 + way * self.amount * (12 if self.unit == "year" else 1)
        return months // 12, months % 12 + 1


@dataclass(frozen=True)
class Kept:
    """One class: how long, and what it is in words."""

    name: str
    period: Period
    labels: Mapping[str, str]
    sources: frozenset[str]
    least: Period | None = None  # never shorter
    ground: str = ""  # where that is laid down

    def label(self, language: str = "zh") -> str:
        """What is kept so long."""
        return self.labels.get(language, self.labels["zh"])

    def check(self, period: Period) -> None:
        """Raises ValueError for less than the least."""
        if self.least is not None and period.is_shorter(self.least):
            ground = f"（{self.ground}）" if self.ground else ""
            raise ValueError(f"不能短于{self.least.label()}{ground}")


class Retention:
    """All classes of a city."""

    def __init__(self, classes: Sequence[Kept]) -> None:
        """In the order in which citizens read them."""
        self.classes = tuple(classes)
        self._by_name = {each.name: each for each in classes}

    @property
    def of_citizens(self) -> tuple[Kept, ...]:
        """Those that citizens are told of: what is kept of them."""
        return tuple(each for each in self.classes if each.name != BRIEFS)

    def __getitem__(self, name: str) -> Kept:
        """The class of that name; KeyError if there is none."""
        return self._by_name[name]

    def class_of(self, source: str, *, confidential: bool, report: bool) -> Kept:
        """Which class a complaint is of. The files of a petition are kept as the law on archives says, also reports."""
        if source in self[PETITION].sources:
            return self[PETITION]
        return self[REPORT if confidential or report else ORDINARY]

    def with_periods(self, keeps: Mapping[str, str]) -> Retention:
        """The same classes with other periods: "3 years" by name. A class that is not named stays as it is.

        Raises RetentionError naming every fault.
        """
        faults: list[str] = []
        changed = []
        for each in self.classes:
            period = each.period
            try:
                if each.name in keeps:
                    period = Period.parse(keeps[each.name])
                    each.check(period)
            except ValueError as fault:
                faults.append(f"{each.label()}：{fault}。")
            changed.append(replace(each, period=period))
        if faults:
            raise RetentionError(faults)
        return Retention(changed)

    def erased_after(self, kept: Kept, ended: datetime, zone: tzinfo) -> datetime:
        """The moment from which it is erased: the midnight in `zone` that ends the last day."""
        return _midnight(kept.period.last_day(ended.astimezone(zone).date()) + timedelta(days=1), zone)

    def cutoff(self, name: str, now: datetime, zone: tzinfo) -> datetime:
        """What of that class ended before this moment is erased at `now`."""
        return _midnight(self[name].period.ended_before(now.astimezone(zone).date()), zone)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone)


def read_retention(mapping: Mapping[str, Any]) -> Retention:
    """The periods of a TOML file. Raises RetentionError naming every fault."""
    faults = [f"没有名为“{name}”的类别。" for name in mapping if name not in CLASSES]
    faults += [f"缺少 [{name}]。" for name in CLASSES if name not in mapping]
    classes = [_kept(name, row, faults) for name, row in mapping.items() if name in CLASSES]
    if faults:
        raise RetentionError(faults)
    return Retention(classes)


def _kept(name: str, row: Any, faults: list[str]) -> Kept:
    row = row if isinstance(row, dict) else {}
    period = Period(1, "day")
    try:
        period = Period.parse(str(row.get("keep", "")))
    except ValueError as fault:
        faults.append(f"[{name}] keep {fault}。")
    labels = row.get("label")
    if not isinstance(labels, dict) or not labels.get("zh"):
        faults.append(f"[{name}] label 缺少中文（zh）。")
        labels = {"zh": ""}
    named = frozenset(row.get("sources", ()))
    if unknown := sorted(named - SOURCES.keys()):
        faults.append(f"[{name}] sources 中没有这样的来源：{'、'.join(map(str, unknown))}。")
    kept = Kept(name, period, labels, named, _least(name, row, faults), str(row.get("ground", "")))
    try:
        kept.check(period)
    except ValueError as fault:
        faults.append(f"[{name}] keep {fault}。")
    return kept


def _least(name: str, row: Mapping[str, Any], faults: list[str]) -> Period | None:
    if "least" not in row:
        return None
    try:
        return Period.parse(str(row["least"]))
    except ValueError as fault:
        faults.append(f"[{name}] least {fault}。")
        return None

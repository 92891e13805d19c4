"""Reading tables that an administrator wrote: every fault is named at once, by its place in the file, in Chinese.

A faulty entry is replaced by a harmless stand-in so that reading can go on; whoever reads raises in the end, when
`faults` is not empty. Entries that nobody asked for are faults too: a misspelt key would otherwise go unnoticed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from hotline.domain.limits import Limit, LimitError, LimitUnit

STAND_IN = Limit(1, LimitUnit.NATURAL_DAYS)


class Reading:
    """One table being read. `path` is its place in the file, as in `sources.opinion.urgent`."""

    def __init__(self, value: object, path: str = "", faults: list[str] | None = None) -> None:
        self.faults: list[str] = [] if faults is None else faults
        self.path = path
        self._table: Mapping[str, object] = {}
        self._asked: set[str] = set()
        if isinstance(value, Mapping):
            self._table = value
        else:
            self.fault("", "应为一组设置")

    def __contains__(self, key: str) -> bool:
        return key in self._table

    def __iter__(self) -> Iterator[str]:
        return iter(self._table)

    def place(self, key: str) -> str:
        """Where an entry stands, from the top of the file."""
        return ".".join(part for part in (self.path, key) if part) or "文件"

    def fault(self, key: str, text: str) -> None:
        """Note what is wrong with an entry."""
        self.faults.append(f"{self.place(key)}：{text}。")

    def get(self, key: str) -> object | None:
        """The raw entry; a missing one is a fault and gives None."""
        self._asked.add(key)
        if key not in self._table:
            self.fault(key, "缺少该项")
        return self._table.get(key)

    def table(self, key: str) -> Reading:
        """A table inside this one. A missing or wrong one is one fault and reads as empty without more."""
        value = self.get(key)
        if isinstance(value, Mapping):
            return Reading(value, self.place(key), self.faults)
        if key in self._table:
            self.fault(key, "应为一组设置")
        return Reading({}, self.place(key), [])

    def tables(self, key: str) -> list[Reading]:
        """A list of tables, each named by its number from 1."""
        value = self.get(key)
        if not isinstance(value, list | tuple):
            if key in self._table:
                self.fault(key, "应为若干组设置")
            return []
        return [Reading(item, f"{self.place(key)}[{number}]", self.faults) for number, item in enumerate(value, 1)]

    def limit(self, key: str, units: Collection[LimitUnit] = tuple(LimitUnit)) -> Limit:
        """A length such as "3 working_days", in one of the units."""
        value = self.get(key)
        if key not in self._table:
            return STAND_IN
        try:
            limit = Limit.parse(str(value))
        except LimitError as error:
            self.fault(key, str(error))
            return STAND_IN
        if limit.unit not in units:
            self.fault(key, f"“{value}”的单位应为 {'、'.join(unit.value for unit in units)}")
        return limit

    def limit_or_none(self, key: str) -> Limit | None:
        """A length that may be left out."""
        return self.limit(key) if key in self._table else None

    def whole(self, key: str, *, least: int, most: int) -> int:
        """A whole number within bounds, both included."""
        value = self.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        if key in self._table:
            self.fault(key, f"“{value}”应为 {least} 至 {most} 之间的整数")
        return least

    def points(self, key: str) -> Decimal:
        """A number of points, zero or more. Read by its spelling, so that 0.2 stays 0.2."""
        value = self.get(key)
        try:
            points = Decimal(str(value))
        except InvalidOperation:
            points = Decimal("NaN")
        if points.is_finite() and points >= 0:
            return points
        if key in self._table:
            self.fault(key, f"“{value}”应为不小于 0 的数")
        return Decimal(0)

    def share(self, key: str) -> Fraction:
        """A share of a whole: at least 0, less than 1."""
        value = self.get(key)
        try:
            share = Fraction(str(value))
        except (ValueError, ZeroDivisionError):
            share = Fraction(-1)
        if 0 <= share < 1:
            return share
        if key in self._table:
            self.fault(key, f"“{value}”应为不小于 0、小于 1 的数，如 0.8")
        return Fraction(0)

    def text(self, key: str) -> str:
        """A text that says something."""
        value = self.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if key in self._table:
            self.fault(key, "应为文字，且不能为空")
        return ""

    def words(self, key: str, allowed: Collection[str]) -> tuple[str, ...]:
        """A list of known words, each once, in the order of the file."""
        value = self.get(key)
        if not isinstance(value, list | tuple) or not all(isinstance(word, str) for word in value):
            if key in self._table:
                self.fault(key, "应为一组词")
            return ()
        for word in value:
            if word not in allowed:
                self.fault(key, f"不认识“{word}”，可用的有 {'、'.join(allowed)}")
        if len(set(value)) < len(value):
            self.fault(key, "有重复的词")
        return tuple(value)

    def day(self, key: str) -> date:
        """A calendar day: a TOML date, or its ISO spelling as JSON keeps it."""
        value = self.get(key)
        if isinstance(value, date):
            return date(value.year, value.month, value.day)
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            if key in self._table:
                self.fault(key, f"“{value}”不是日期，应写作 2026-01-01")
            return date.min

    def close(self) -> None:
        """Name the entries that nobody asked for."""
        for key in self._table:
            if key not in self._asked:
                self.fault(key, "不认识该项，请检查拼写")

"""工作日历: which days are worked, and when the office is open (design §4, rules §8).

Hours are what the clock on the city's wall shows; moments are aware UTC. Where that clock jumps (daylight saving), a
reading of it still stands for exactly one moment, so that intervals keep their order: a reading that occurs twice is
the first of the two, one that is skipped is the moment of the jump.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import lru_cache

from hotline.domain.calendar_facts import CalendarError, CalendarFacts, read_facts
from hotline.domain.office_hours import Hours, Week, normal_hours
from hotline.domain.stretches import Stretches, merge

__all__ = ["Calendar", "CalendarError", "DayKind"]

_DAYS_KEPT = 2048  # open times remembered by each calendar: nearly six years of days
_ALL_DAY: Hours = ((0, 24 * 60),)
_SECOND = timedelta(seconds=1)


class DayKind(StrEnum):
    """What a date is in the calendar."""

    WORKING = "working"  # 工作日
    MAKEUP = "makeup"  # 调休上班
    DAY_OFF = "day_off"  # 休息日
    HOLIDAY = "holiday"  # 节假日

    @property
    def label(self) -> str:
        """The kind in Chinese."""
        return _LABELS[self]


_LABELS = {
    DayKind.WORKING: "工作日",
    DayKind.MAKEUP: "调休上班",
    DayKind.DAY_OFF: "休息日",
    DayKind.HOLIDAY: "节假日",
}


@dataclass(frozen=True, eq=False)
class Calendar:
    """A working calendar. Never changes; two are equal only if they are the same object, so it is a cheap cache key.

    A make-up day goes before a holiday, a holiday before the hours of the week. A year for which the calendar holds no
    date at all keeps its statutory days and its week-ends, and is provisional.
    """

    facts: CalendarFacts
    _open: Callable[[date], Stretches] = field(init=False, repr=False)
    _day: Callable[[date], Stretches] = field(init=False, repr=False)
    _noted_years: frozenset[int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        dates = [*self.facts.holidays, *self.facts.makeup_days]
        object.__setattr__(self, "_noted_years", frozenset(day.year for day in dates))
        object.__setattr__(self, "_open", lru_cache(_DAYS_KEPT)(self._find_open_intervals))
        object.__setattr__(self, "_day", lru_cache(_DAYS_KEPT)(self._find_whole_day))

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> Calendar:
        """Read a calendar in the shape of `calendar_facts`. Raises CalendarError with every fault."""
        return cls(read_facts(mapping))

    @property
    def zone(self) -> tzinfo:
        """The time zone of the city's clock."""
        return self.facts.zone

    @property
    def always_open(self) -> bool:
        """Whether every minute of every day is open."""
        return self.facts.always_open

    def date_of(self, moment: datetime) -> date:
        """The date in the city at an aware moment."""
        return moment.astimezone(self.facts.zone).date()

    def start_of_day(self, day: date) -> datetime:
        """The first moment of a date in the city, as UTC; where midnight is skipped, the moment of the jump."""
        return self._moment(day, 0)

    def open_intervals(self, day: date) -> Stretches:
        """When the office is open on a date, as UTC moments in their order; empty on a day off."""
        return self._open(day)

    def whole_day(self, day: date) -> Stretches:
        """A date from midnight to midnight as UTC moments, 23 or 25 hours where the clock jumps.

        Empty for a date that a city skipped when it moved across the date line.
        """
        return self._day(day)

    def is_working_day(self, day: date) -> bool:
        """Whether the office is open at all on a date."""
        return bool(self._open(day))

    def is_provisional(self, year: int) -> bool:
        """Whether the days off of a year are reckoned, for want of an official notice."""
        facts = self.facts
        if facts.always_open or not (self._noted_years or facts.statutory_days):
            return False
        return year in facts.provisional_years or year not in self._noted_years

    def kind_of(self, day: date) -> DayKind:
        """What the date is; a weekday without hours is a day off."""
        if self.facts.always_open:
            return DayKind.WORKING
        if day in self.facts.makeup_days:
            return DayKind.MAKEUP
        if self._is_holiday(day):
            return DayKind.HOLIDAY
        return DayKind.WORKING if self._week_on(day)[day.weekday()] else DayKind.DAY_OFF

    def holiday_name(self, day: date) -> str:
        """The name of the holiday, "" where none is known."""
        return self.facts.holidays.get(day, "")

    def _find_open_intervals(self, day: date) -> Stretches:
        return merge((self._moment(day, opening), self._moment(day, closing)) for opening, closing in self._hours(day))

    def _find_whole_day(self, day: date) -> Stretches:
        return merge([(self._moment(day, 0), self._moment(day, 24 * 60))])

    def _hours(self, day: date) -> Hours:
        facts = self.facts
        if facts.always_open:
            return _ALL_DAY
        if day in facts.makeup_days:
            return facts.makeup_days[day] or self._normal_hours(day)
        return () if self._is_holiday(day) else self._week_on(day)[day.weekday()]

    def _is_holiday(self, day: date) -> bool:
        if day in self.facts.holidays:
            return True
        return (day.month, day.day) in self.facts.statutory_days and day.year not in self._noted_years

    def _normal_hours(self, day: date) -> Hours:
        """Those of the week then in force; of another week of the calendar where that one has none."""
        weeks = (self._week_on(day), self.facts.week, *(season.week for season in self.facts.seasons))
        return next(filter(None, map(normal_hours, weeks)), ())

    def _week_on(self, day: date) -> Week:
        for season in self.facts.seasons:
            if season.covers(day):
                return season.week
        return self.facts.week

    def _moment(self, day: date, minute: int) -> datetime:
        """The first moment at which the city's clock shows a minute of a date, or has jumped over it."""
        zone = self.facts.zone
        wall = datetime.combine(day, time.min, zone) + timedelta(minutes=minute)
        moment = wall.astimezone(UTC)
        if moment.astimezone(zone) == wall:
            return moment
        before = wall.replace(fold=1).astimezone(UTC)
        jumped = moment.astimezone(zone).utcoffset()
        while moment - before > _SECOND:
            middle = before + (moment - before) // 2 // _SECOND * _SECOND
            if middle.astimezone(zone).utcoffset() == jumped:
                moment = middle
            else:
                before = middle
        return moment

"""A second, naive way of counting for the tests: minute by minute, asking the clock on the wall each time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Wall:
    """The calendar of a mapping, read in the plainest way; for hours without seasons, and whole minutes."""

    def __init__(self, mapping: dict) -> None:
        self.mapping = mapping
        self.zone = ZoneInfo(mapping["timezone"])

    def is_open(self, minute: datetime) -> bool:
        local = minute.astimezone(self.zone)
        day, shown = local.date().isoformat(), f"{local:%H:%M}"
        if self.mapping.get("always_open"):
            return True
        if day in self.mapping["makeup_days"]:
            hours = self.mapping["makeup_days"][day] or next(
                filter(None, (self.mapping["hours"].get(name, []) for name in WEEKDAYS))
            )
        elif day in self.mapping["holidays"]:
            hours = []
        else:
            hours = self.mapping["hours"].get(WEEKDAYS[local.weekday()], [])
        return any(opening <= shown < closing for opening, closing in hours)

    def minutes_of(self, day: date) -> list[datetime]:
        """All minutes of a date, as UTC."""
        begin = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=30)
        near = (begin + n * MINUTE for n in range(60 * 60 + 24 * 60))
        return [minute for minute in near if minute.astimezone(self.zone).date() == day]


def runs(minute: datetime, pauses: list) -> bool:
    return not any(begin <= minute < end for begin, end in pauses)


def minutes_from(start: datetime) -> Iterator[datetime]:
    minute = start.astimezone(UTC)
    while True:
        yield minute
        minute += MINUTE


def naive_due_by_minutes(wall: Wall, start: datetime, minutes: int, pauses: list, *, always: bool) -> datetime:
    for minute in minutes_from(start):
        if (always or wall.is_open(minute)) and runs(minute, pauses):
            minutes -= 1
            if minutes == 0:
                return minute + MINUTE
    raise AssertionError


def naive_due_by_days(wall: Wall, start: datetime, days: int, pauses: list, *, natural: bool) -> datetime:
    day, counted = start.astimezone(wall.zone).date(), Fraction()
    while True:
        day += timedelta(days=1)
        time = [minute for minute in wall.minutes_of(day) if natural or wall.is_open(minute)]
        ran = [minute for minute in time if runs(minute, pauses)]
        if not time:
            continue
        counted += Fraction(len(ran), len(time))
        if counted >= days and runs(time[-1], pauses):
            return time[-1] + MINUTE


def naive_elapsed(wall: Wall, start: datetime, until: datetime, pauses: list) -> int:
    spent = 0
    for minute in minutes_from(start):
        if minute >= until:
            return spent
        spent += wall.is_open(minute) and runs(minute, pauses)
    raise AssertionError

"""办公时间: the open intervals of a day, and of a week as in `{ mon = [["08:00", "12:00"], ["14:00", "18:00"]] }`."""

from __future__ import annotations

import re
from itertools import pairwise

from hotline.domain.reading import Reading

Hours = tuple[tuple[int, int], ...]  # opening and closing in minutes of the day, sorted, apart from each other
Week = tuple[Hours, ...]  # Monday first

CLOSED_WEEK: Week = ((),) * 7
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def read_week(table: Reading) -> Week:
    """A table of weekdays, mon to sun; one that is left out is closed. Faults go to the table."""
    week = tuple(read_hours(table, name) if name in table else () for name in _WEEKDAYS)
    table.close()
    return week


def read_hours(table: Reading, key: str) -> Hours:
    """The open intervals of a day; touching ones are joined."""
    value = table.get(key)
    if not isinstance(value, list | tuple):
        table.fault(key, '应为若干时段，如 [["08:00", "12:00"], ["14:00", "18:00"]]')
        return ()
    intervals = sorted(interval for item in value if (interval := _interval(table, key, item)))
    for (_, closing), (opening, _) in pairwise(intervals):
        if opening < closing:
            table.fault(key, f"时段重叠：{_clock(opening)} 早于上一时段的 {_clock(closing)}")
    joined: list[tuple[int, int]] = []
    for opening, closing in intervals:
        touching = joined and joined[-1][1] == opening
        joined.append((joined.pop()[0] if touching else opening, closing))
    return tuple(joined)


def _interval(table: Reading, key: str, item: object) -> tuple[int, int] | None:
    if not isinstance(item, list | tuple) or len(item) != 2:
        table.fault(key, f"时段应为上班和下班两个时刻，而不是“{short(item)}”")
        return None
    minutes = [_minute(text) for text in item]
    for text, minute in zip(item, minutes, strict=True):
        if minute is None:
            table.fault(key, f"“{short(text)}”不是时刻，应在 00:00 至 24:00 之间")
    opening, closing = minutes
    if opening is None or closing is None:
        return None
    if closing <= opening:
        table.fault(key, f"下班 {item[1]} 不晚于上班 {item[0]}")
        return None
    return opening, closing


def _minute(text: object) -> int | None:
    match = re.fullmatch(r"(\d{1,2}):([0-5]\d)", text, re.ASCII) if isinstance(text, str) else None
    if match is None:
        return None
    minute = int(match[1]) * 60 + int(match[2])
    return minute if minute <= 24 * 60 else None


def normal_hours(week: Week) -> Hours:
    """The hours of a normal working day: those of the first open weekday from Monday; () if there is none."""
    return next((hours for hours in week if hours), ())


def short(value: object) -> str:
    """What was typed, cut so that it fits in a message."""
    text = str(value)
    return text if len(text) <= 40 else text[:40] + "…"


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"

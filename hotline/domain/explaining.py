"""为何是这个时限: how a due time was counted, day by day (design §4), for the screen, the citizen and `./run due`.

The due times come from `deadlines`; here is only what lies between a start and them, so the two cannot disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from hotline.domain.calendar import Calendar, DayKind
from hotline.domain.deadlines import (
    checked_utc,
    counted_from,
    due_at,
    extend,
    extended_from,
    merge_pauses,
    time_of_day,
)
from hotline.domain.limits import Limit, LimitUnit
from hotline.domain.stretches import Stretch, Stretches, total, within, without

_WEEKDAYS = "一二三四五六日"
_DAY = timedelta(days=1)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class DayLine:
    """What one date gave to the count. Moments are UTC; `days` is set for day units only."""

    day: date
    kind: DayKind
    holiday: str  # its name, if known
    provisional: bool  # the year has no official notice yet
    counted: Stretches
    paused: timedelta  # time that would have counted, had the clock not stood still
    days: Fraction | None  # the share of the day that counted
    skipped: str  # why nothing was counted, "" where something was

    @property
    def minutes(self) -> Fraction:
        """How many minutes the clock ran."""
        return Fraction(total(self.counted) // _MICROSECOND, 60_000_000)


@dataclass(frozen=True)
class Stage:
    """The count from a start to a due time: of the original limit, or of one extension."""

    label: str
    due_at: datetime
    lines: tuple[DayLine, ...]


@dataclass(frozen=True)
class Explanation:
    """How a due time came about. `calendar` gives the zone in which it is told."""

    calendar: Calendar
    start: datetime
    limit: Limit
    pauses: Stretches
    stages: tuple[Stage, ...]

    @property
    def due_at(self) -> datetime:
        """The due time after all extensions."""
        return self.stages[-1].due_at

    @property
    def first_counted_at(self) -> datetime:
        """The first moment that counted."""
        return next(line.counted[0][0] for line in self.stages[0].lines if line.counted)

    @property
    def warnings(self) -> list[str]:
        """What may still change: years whose days off are reckoned."""
        years = {line.day.year for stage in self.stages for line in stage.lines if line.provisional}
        return [
            f"{year} 年放假安排尚无正式通知，暂按法定节日和周末推算；通知录入后将重新计算。" for year in sorted(years)
        ]

    def as_dict(self) -> dict[str, Any]:
        """The same as JSON values; times in ISO 8601 with the city's offset."""
        return {
            "start": self._iso(self.start),
            "limit": str(self.limit),
            "limit_label": self.limit.label,
            "first_counted_at": self._iso(self.first_counted_at),
            "due_at": self._iso(self.due_at),
            "pauses": self._intervals(self.pauses),
            "stages": [
                {
                    "label": stage.label,
                    "due_at": self._iso(stage.due_at),
                    "days": [self._line_as_dict(line) for line in stage.lines],
                }
                for stage in self.stages
            ],
            "warnings": self.warnings,
        }

    def as_text(self) -> str:
        """The same in Chinese, the due time first."""
        head = [
            f"到期时间：{end_text(self.calendar, self.due_at)}",
            f"起算时间：{clock_text(self.calendar, self.start)}",
            f"时限：{self.limit.label}" + (f"，延期 {len(self.stages) - 1} 次" if len(self.stages) > 1 else ""),
            f"开始计时：{clock_text(self.calendar, self.first_counted_at)}",
            *(f"挂账：{clock_text(self.calendar, one)} 至 {end_text(self.calendar, two)}" for one, two in self.pauses),
        ]
        body = []
        for stage in self.stages:
            body += ["", f"{stage.label}，至 {end_text(self.calendar, stage.due_at)}："]
            body += day_texts(self.calendar, stage.lines)
        return "\n".join([*head, *(f"注意：{warning}" for warning in self.warnings), *body])

    def _line_as_dict(self, line: DayLine) -> dict[str, Any]:
        return {
            "date": line.day.isoformat(),
            "weekday": _WEEKDAYS[line.day.weekday()],
            "kind": line.kind.value,
            "kind_label": line.kind.label,
            "holiday": line.holiday or None,
            "provisional": line.provisional,
            "intervals": self._intervals(line.counted),
            "counted_minutes": _number(line.minutes),
            "counted_days": None if line.days is None else _number(line.days),
            "paused_minutes": _number(Fraction(line.paused // _MICROSECOND, 60_000_000)),
            "skipped": line.skipped or None,
        }

    def _intervals(self, stretches: Stretches) -> list[list[str]]:
        return [[self._iso(begin), self._iso(end)] for begin, end in stretches]

    def _iso(self, moment: datetime) -> str:
        return moment.astimezone(self.calendar.zone).isoformat()


def explain(
    calendar: Calendar,
    start: datetime,
    limit: Limit,
    pauses: Sequence[Stretch] = (),
    extensions: int = 0,
    adds: Limit | None = None,
) -> Explanation:
    """Why a promise is due when `due_at` says so. Takes and raises the same.

    `adds`: what one extension adds where that is not the limit once more (信访).
    """
    start, paused = checked_utc(start), merge_pauses(pauses)
    stages: list[Stage] = []
    for number in range(extensions + 1):
        length = limit
        if number:
            length = adds or limit
            due = extend(calendar, stages[-1].due_at, length, paused)
            told_from = begin = extended_from(calendar, stages[-1].due_at, length)
        else:
            due = due_at(calendar, start, limit, paused)
            told_from, begin = start, counted_from(calendar, start, limit)
        lines = day_lines(calendar, told_from, begin, due, length.unit, paused)
        stages.append(Stage(f"第 {number} 次延期" if number else "原时限", due, lines))
    return Explanation(calendar, start, limit, paused, tuple(stages))


def day_lines(
    calendar: Calendar, told_from: datetime, begin: datetime, end: datetime, unit: LimitUnit, paused: Stretches
) -> tuple[DayLine, ...]:
    """What each date from that of `told_from` on gave to a count that ran from `begin` to `end`, all UTC."""
    lines = []
    day, last = calendar.date_of(told_from), calendar.date_of(end - _MICROSECOND)
    while day <= last:
        lines.append(_day_line(calendar, day, begin, end, unit, paused))
        day += _DAY
    return tuple(lines)


def _day_line(
    calendar: Calendar, day: date, begin: datetime, end: datetime, unit: LimitUnit, paused: Stretches
) -> DayLine:
    time = time_of_day(calendar, day, unit)
    offered = within(time, begin, end)
    counted = without(offered, paused)
    return DayLine(
        day=day,
        kind=calendar.kind_of(day),
        holiday=calendar.holiday_name(day),
        provisional=unit.is_office and calendar.is_provisional(day.year),
        counted=counted,
        paused=total(offered) - total(counted),
        days=Fraction(total(counted) // _MICROSECOND, total(time) // _MICROSECOND or 1) if unit.is_days else None,
        skipped="" if counted else _reason(calendar, day, begin, time, offered),
    )


def _reason(calendar: Calendar, day: date, begin: datetime, time: Stretches, offered: Stretches) -> str:
    if offered:
        return "挂账，不计"
    if calendar.start_of_day(day + _DAY) <= begin:
        return "收到当日，不计"
    if not time:
        return "不上班，不计"
    return "不在办公时间，不计"


def day_texts(calendar: Calendar, lines: Sequence[DayLine]) -> list[str]:
    """Lines of a count for reading, with the running sum."""
    texts, sum_of_days, sum_of_minutes = [], Fraction(), Fraction()
    for line in lines:
        sum_of_days += line.days or 0
        sum_of_minutes += line.minutes
        kind = f"{line.kind.label}（{line.holiday}）" if line.holiday else line.kind.label
        when = f"  {line.day} 周{_WEEKDAYS[line.day.weekday()]} {kind}{'（推算）' if line.provisional else ''}"
        if not line.counted:
            texts.append(f"{when}：{line.skipped}")
            continue
        hours = "、".join(_interval_text(calendar, line.day, stretch) for stretch in line.counted)
        if line.days is None:
            count = f"计 {_amount(line.minutes)} 分钟，累计 {_amount(sum_of_minutes)} 分钟"
        else:
            count = f"计 {_amount(line.days)} 日，累计 {_amount(sum_of_days)} 日"
        stood = f"（挂账 {_amount(Fraction(line.paused // _MICROSECOND, 60_000_000))} 分钟）" if line.paused else ""
        texts.append(f"{when}：{hours}，{count}{stood}")
    return texts


def clock_text(calendar: Calendar, moment: datetime) -> str:
    """A moment as the city writes it: 2026-02-25 18:00（周三）."""
    local = moment.astimezone(calendar.zone)
    return f"{local.date()} {_clock(local)}（周{_WEEKDAYS[local.weekday()]}）"


def end_text(calendar: Calendar, moment: datetime) -> str:
    """The moment at which something ends: midnight is the 24:00 of the day that is over."""
    day = calendar.date_of(moment - _MICROSECOND)
    if moment != calendar.start_of_day(day + _DAY):
        return clock_text(calendar, moment)
    return f"{day} 24:00（周{_WEEKDAYS[day.weekday()]}）"


def _interval_text(calendar: Calendar, day: date, stretch: Stretch) -> str:
    begin, end = (moment.astimezone(calendar.zone) for moment in stretch)
    closing = "24:00" if stretch[1] == calendar.start_of_day(day + _DAY) else _clock(end)
    return f"{_clock(begin)}–{closing}"


def _clock(local: datetime) -> str:
    return local.strftime("%H:%M:%S" if local.second or local.microsecond else "%H:%M")


def _number(value: Fraction) -> int | float:
    return value.numerator if value.denominator == 1 else float(value)


def _amount(value: Fraction) -> str:
    return f"{float(value):.4f}".rstrip("0").rstrip(".")

"""时限的推算: from a start and a limit to the moment a promise is due, and back (design §4, rules §6).

All moments are aware; answers are UTC. What is met exactly when due is on time.

- Urgent units run always, in real time. Office minutes and hours run while the office is open: what arrives outside of
  that starts at the next office minute, and a budget that runs out exactly at closing time is due at closing time.
- Day units: day 1 is the first working day (natural day) after the calendar day of receipt in the city, whatever the
  hour, also when that was a day off. The last day ends at its close of office, a natural day at 24:00. Half a day ends
  when half of that day's time has gone by.
- A pause stops the clock. In day units a day then counts as the share of its time during which the clock ran. A limit
  of whole days ends at the close of the day in which the shares reach it; if the clock stands still at that close, at
  the close of the next day on which it does not. A pause that begins when the time is up changes nothing.
- An extension adds the limit once more from where the promise was due.

Raises DeadlineError where there is no answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from math import ceil

from hotline.domain.calendar import Calendar
from hotline.domain.errors import HotlineError
from hotline.domain.limits import Limit, LimitUnit
from hotline.domain.stretches import Stretch, Stretches, merge, moment_after, total, within, without

FIRST_YEAR, LAST_YEAR = 1900, 9998  # between these no change of zone can leave the range of datetime
_BEGINNING = datetime(FIRST_YEAR - 1, 1, 1, tzinfo=UTC)
_END = datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC)
_LONGEST_CLOSURE = 3660  # days without an open minute after which no further one is looked for
_LONGEST_COUNT = 200 * 366  # days counted at most, so that an absurd limit is refused within a second
_OUT_OF_REACH = f"推算不出：在 200 年（每天 24 小时计时的单位为 {LAST_YEAR} 年）以内没有足够的时间，请检查时限和日历"
_DAY = timedelta(days=1)
_MICROSECOND = timedelta(microseconds=1)


class DeadlineError(HotlineError, ValueError):
    """The question has no answer: a time without zone, a pause that ends before it begins, a due time out of reach."""

    code = "deadline"


def due_at(
    calendar: Calendar, start: datetime, limit: Limit, pauses: Sequence[Stretch] = (), extensions: int = 0
) -> datetime:
    """When a promise that starts at `start` is due. Pauses may overlap and come in any order."""
    start = checked_utc(start)
    paused = merge_pauses(pauses) if pauses else ()
    if limit.unit.is_days and not paused:
        due = _plain_days_are_up(calendar, calendar.date_of(start), limit)
    else:
        due = _is_up(calendar, counted_from(calendar, start, limit), limit, paused)
    for _ in range(extensions):
        due = _is_up(calendar, extended_from(calendar, due, limit), limit, paused)
    return due


def extend(calendar: Calendar, due: datetime, limit: Limit, pauses: Sequence[Stretch] = ()) -> datetime:
    """When a promise is due that was due at `due` and got its original limit once more."""
    return _is_up(calendar, extended_from(calendar, checked_utc(due), limit), limit, merge_pauses(pauses))


def start_before(calendar: Calendar, end: datetime, limit: Limit) -> datetime:
    """The latest start whose limit has run out by `end`, to the microsecond.

    In day units that is the last moment of a calendar day, since every hour of a day gives the same due time.
    """
    end = checked_utc(end)
    if limit.unit.is_days:
        return calendar.start_of_day(_last_receipt(calendar, end, limit) + _DAY) - _MICROSECOND
    left = limit.span
    for time in _time_back_from(calendar, end, limit.unit):
        for opening, closing in reversed(within(time, _BEGINNING, end)):
            if left <= closing - opening:
                return closing - left
            left -= closing - opening
    raise DeadlineError(_OUT_OF_REACH)


def elapsed(calendar: Calendar, start: datetime, until: datetime, pauses: Sequence[Stretch] = ()) -> timedelta:
    """The open time between two moments without the pauses; real time on a calendar that is always open."""
    start, until = checked_utc(start), checked_utc(until)
    if until < start:
        raise DeadlineError("截止时间早于起算时间，无法计算用时")
    paused = merge_pauses(pauses)
    if calendar.always_open:
        return total(without(((start, until),), paused))
    first, last = calendar.date_of(start), calendar.date_of(until) + _DAY  # a clock may be set back over midnight
    if (last - first).days > _LONGEST_COUNT:
        raise DeadlineError("起止时间相隔过长，无法计算用时")
    spent = timedelta()
    for number in range((last - first).days + 1):
        time = calendar.open_intervals(first + number * _DAY)
        spent += total(without(within(time, start, until), paused))
    return spent


def elapsed_minutes(
    calendar: Calendar, start: datetime, until: datetime, pauses: Sequence[Stretch] = ()
) -> int | float:
    """`elapsed` in minutes; an int where it is whole."""
    minutes, rest = divmod(elapsed(calendar, start, until, pauses), timedelta(minutes=1))
    return minutes + rest / timedelta(minutes=1) if rest else minutes


def checked_utc(moment: datetime) -> datetime:
    """The same moment in UTC. Raises DeadlineError if it has no zone or lies in a year that cannot be counted."""
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise DeadlineError(f"{moment.year} 年超出可计算的范围（{FIRST_YEAR} 至 {LAST_YEAR} 年）")
    if moment.utcoffset() is None:
        raise DeadlineError("时间必须带时区")
    return moment.astimezone(UTC)


def merge_pauses(pauses: Sequence[Stretch]) -> Stretches:
    """Pauses in their order, without overlap. Raises DeadlineError for one that ends before it begins."""
    checked = [(checked_utc(begin), checked_utc(end)) for begin, end in pauses]
    if any(end < begin for begin, end in checked):
        raise DeadlineError("挂账的恢复时间早于开始时间")
    return merge(checked)


def counted_from(calendar: Calendar, start: datetime, limit: Limit) -> datetime:
    """From when time may count: for day units the midnight after the day of receipt, for the others at once."""
    return calendar.start_of_day(calendar.date_of(start) + _DAY) if limit.unit.is_days else start


def extended_from(calendar: Calendar, due: datetime, limit: Limit) -> datetime:
    """From when an extension counts: whole days from the midnight after the day that was the last, others at once."""
    if limit.unit.is_days and limit.amount.denominator == 1:
        return calendar.start_of_day(calendar.date_of(due - _MICROSECOND) + _DAY)
    return due


def time_of_day(calendar: Calendar, day: date, unit: LimitUnit) -> Stretches:
    """The time of a date that a unit can count: its office hours, or all of it."""
    return calendar.open_intervals(day) if unit.is_office else calendar.whole_day(day)


def _is_up(calendar: Calendar, begin: datetime, limit: Limit, paused: Stretches) -> datetime:
    """When a limit has run out whose time counts from `begin`."""
    if limit.unit.is_days:
        return _days_are_up(calendar, begin, limit, paused)
    left = limit.span
    for time in _time_from(calendar, begin, limit.unit):
        for opening, closing in without(time, paused) if paused else time:
            if closing > begin:
                available = closing - (opening if opening > begin else begin)
                if left <= available:
                    return closing - available + left
                left -= available
    raise DeadlineError(_OUT_OF_REACH)


@lru_cache(maxsize=8192)
def _plain_days_are_up(calendar: Calendar, received: date, limit: Limit) -> datetime:
    """What most promises ask: all that arrives on one day is due together."""
    return _days_are_up(calendar, calendar.start_of_day(received + _DAY), limit, ())


def _days_are_up(calendar: Calendar, begin: datetime, limit: Limit, paused: Stretches) -> datetime:
    whole = limit.amount.denominator == 1
    left: Fraction | int = limit.amount.numerator if whole else limit.amount
    standing = merge([(_BEGINNING, begin), *paused])
    for time in _days_with_time(calendar, calendar.date_of(begin), limit.unit):
        running = without(time, standing)
        share = 1 if running == time else Fraction(total(running) // _MICROSECOND, total(time) // _MICROSECOND)
        if share < left:
            left -= share
        elif not whole:
            return moment_after(running, ceil(left * (total(time) // _MICROSECOND)) * _MICROSECOND)
        elif running and running[-1][1] == time[-1][1]:
            return time[-1][1]
        else:
            left = 0  # used up, but the clock stands still at this close of office
    raise DeadlineError(_OUT_OF_REACH)


def _last_receipt(calendar: Calendar, end: datetime, limit: Limit) -> date:
    """The last day of receipt whose limit in day units has run out by `end`, found by halving."""
    late = calendar.date_of(end)  # what arrives on this day is due later
    step = _DAY
    early = late - step
    while _plain_days_are_up(calendar, early, limit) > end:
        late, step = early, 2 * step
        early = max(early - step, _BEGINNING.date())
        if late == early:
            raise DeadlineError(_OUT_OF_REACH)
    while late - early > _DAY:
        middle = early + (late - early) // 2
        if _plain_days_are_up(calendar, middle, limit) > end:
            late = middle
        else:
            early = middle
    return early


def _time_from(calendar: Calendar, begin: datetime, unit: LimitUnit) -> Iterator[Stretches]:
    """The time that a unit of minutes or hours can count, from the day of `begin` on."""
    if calendar.always_open or not unit.is_office:
        return iter([((begin, _END),)])
    return _days_with_time(calendar, calendar.date_of(begin), unit)


def _time_back_from(calendar: Calendar, end: datetime, unit: LimitUnit) -> Iterator[Stretches]:
    """The same backwards from the day of `end`."""
    if calendar.always_open or not unit.is_office:
        return iter([((_BEGINNING, end),)])
    return _days_with_time(calendar, calendar.date_of(end) + _DAY, unit, -_DAY)  # a clock may be set back over midnight


def _days_with_time(calendar: Calendar, first: date, unit: LimitUnit, step: timedelta = _DAY) -> Iterator[Stretches]:
    """The time of each date that has any, from `first` on. Ends where no further date is in reach."""
    day, empty = first, 0
    for _ in range(_LONGEST_COUNT):
        time = time_of_day(calendar, day, unit)
        if time:
            empty = 0
            yield time
        else:
            empty += 1
        day += step
        if empty > _LONGEST_CLOSURE or not FIRST_YEAR <= day.year <= LAST_YEAR:
            return

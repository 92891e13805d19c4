"""Adding and comparing limits without a calendar, as a policy must before any moment is known.

Within one clock (`pace`) this is exact. Between clocks it is nominal: a week of seven days has five working days of
eight hours, so that 1 working day = 8 office hours = 7/5 natural days. Nominal lengths only choose between limits;
no due time is ever computed from them.
"""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from math import floor

from hotline.domain.limits import Limit, LimitUnit


class Pace(StrEnum):
    """By which clock a matter is handled; the steps around the handling follow it."""

    URGENT = "urgent"  # 紧急工作时: danger, runs day and night
    OFFICE = "office"  # 工作时: the same day
    WORKING = "working"  # 工作日
    NATURAL = "natural"  # 自然日


UNITS = {
    Pace.URGENT: (LimitUnit.URGENT_MINUTES, LimitUnit.URGENT_HOURS),
    Pace.OFFICE: (LimitUnit.OFFICE_MINUTES, LimitUnit.OFFICE_HOURS),
    Pace.WORKING: (LimitUnit.WORKING_DAYS,),
    Pace.NATURAL: (LimitUnit.NATURAL_DAYS,),
}
_PACES = {unit: pace for pace, units in UNITS.items() for unit in units}

_NOMINAL_MINUTES = {
    LimitUnit.URGENT_MINUTES: Fraction(1),
    LimitUnit.URGENT_HOURS: Fraction(60),
    LimitUnit.OFFICE_MINUTES: Fraction(7 * 24, 5 * 8),
    LimitUnit.OFFICE_HOURS: Fraction(60 * 7 * 24, 5 * 8),
    LimitUnit.WORKING_DAYS: Fraction(60 * 7 * 24, 5),
    LimitUnit.NATURAL_DAYS: Fraction(60 * 24),
}
_IN_MINUTES = {
    LimitUnit.URGENT_HOURS: LimitUnit.URGENT_MINUTES,
    LimitUnit.OFFICE_HOURS: LimitUnit.OFFICE_MINUTES,
}
_IN_HOURS = {minutes: hours for hours, minutes in _IN_MINUTES.items()}
_HALF_A_DAY = {
    LimitUnit.WORKING_DAYS: Limit(4, LimitUnit.OFFICE_HOURS),
    LimitUnit.NATURAL_DAYS: Limit(12, LimitUnit.URGENT_HOURS),
}


def pace_of(limit: Limit) -> Pace:
    """The clock of a limit."""
    return _PACES[limit.unit]


def nominal_minutes(limit: Limit) -> Fraction:
    """About how long a limit is, in minutes of natural time."""
    return limit.amount * _NOMINAL_MINUTES[limit.unit]


def shorter(limit: Limit, other: Limit) -> Limit:
    """The nominally shorter of two limits; of equal ones the first."""
    return other if nominal_minutes(other) < nominal_minutes(limit) else limit


@lru_cache(maxsize=1024)
def plus(limit: Limit, more: Limit) -> Limit:
    """The sum of two limits of one pace. Raises ValueError for two clocks, whose sum is not a limit."""
    if limit.unit is more.unit:
        return Limit(limit.amount + more.amount, limit.unit)
    if pace_of(limit) is not pace_of(more):
        raise ValueError(f"{limit} and {more} run by different clocks")
    minutes, unit = _in_minutes(limit), _IN_MINUTES.get(limit.unit, limit.unit)
    total = minutes + _in_minutes(more)
    return Limit(total, unit) if total % 60 else Limit(total / 60, _IN_HOURS[unit])


def on_the_clock_of(limit: Limit, other: Limit) -> Limit:
    """The limit, tightened so that it never ends later than it did and runs when `other` runs.

    What must be done day and night does not wait for Monday because its standard is written in office hours: on an
    urgent clock 4 office hours are 4 hours and 2 days are 48 hours; on a natural one, working days are natural days.
    """
    if pace_of(other) not in (Pace.URGENT, Pace.NATURAL):
        return limit
    if limit.unit is LimitUnit.OFFICE_MINUTES:
        return Limit(limit.amount, LimitUnit.URGENT_MINUTES)
    if limit.unit is LimitUnit.OFFICE_HOURS:
        return Limit(limit.amount, LimitUnit.URGENT_HOURS)
    if pace_of(other) is Pace.URGENT and limit.unit.is_days:
        return Limit(limit.amount * 24, LimitUnit.URGENT_HOURS)
    if limit.unit is LimitUnit.WORKING_DAYS:
        return Limit(limit.amount, LimitUnit.NATURAL_DAYS)
    return limit


@lru_cache(maxsize=1024)
def part_of(limit: Limit, share: Fraction) -> Limit | None:
    """The first `share` of a limit, for a warning: whole minutes or whole days, None if nothing is left of it.

    Days are counted from the day after receipt, so that a part of a single day has no meaning there: of one day, the
    part is half a day of open time from the start, which ends before the day does.
    """
    if limit.unit.is_days:
        days = floor(limit.amount * share)
        return Limit(days, limit.unit) if days else _HALF_A_DAY[limit.unit]
    minutes = floor(_in_minutes(limit) * share)
    return Limit(minutes, _IN_MINUTES.get(limit.unit, limit.unit)) if minutes else None


def _in_minutes(limit: Limit) -> Fraction:
    return limit.amount * 60 if limit.unit in _IN_MINUTES else limit.amount

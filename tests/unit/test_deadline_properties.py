"""What holds for every calendar, start, limit and pause, checked against counting minute by minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.domain.calendar import Calendar
from hotline.domain.deadlines import DeadlineError, due_at, elapsed, elapsed_minutes, extend, start_before
from hotline.domain.explaining import explain
from hotline.domain.limits import Limit, LimitUnit
from tests.unit.office_minutes import (
    MINUTE,
    WEEKDAYS,
    Wall,
    naive_due_by_days,
    naive_due_by_minutes,
    naive_elapsed,
)

TICK = timedelta(microseconds=1)

# The clock is changed in New York on 2026-03-08 and 2026-11-01, in Santiago (at midnight) on 2026-04-05 and 2026-09-06.
ZONES = ("Asia/Shanghai", "America/New_York", "America/Santiago", "Europe/London", "Australia/Lord_Howe")
STARTS = tuple(date(2026, month, day) for month, day in [(2, 12), (3, 6), (4, 2), (9, 3), (10, 22), (10, 30)])

quarters = st.integers(12, 96).map(lambda n: f"{n // 4:02}:{n % 4 * 15:02}")  # from 03:00: no clock is changed then
hours = st.one_of(
    st.sampled_from([[], [["00:00", "24:00"]], [["08:00", "12:00"], ["14:00", "18:00"]]]),
    st.lists(quarters, min_size=2, max_size=4, unique=True).map(
        lambda marks: [list(pair) for pair in zip(sorted(marks)[::2], sorted(marks)[1::2], strict=False)]
    ),
)


@st.composite
def calendars(draw: st.DrawFn, beginning: date) -> dict:
    near = st.integers(0, 12).map(lambda n: (beginning + timedelta(days=n)).isoformat())
    week = {name: draw(hours) for name in WEEKDAYS}
    week[draw(st.sampled_from(WEEKDAYS))] = [["08:00", "12:00"], ["14:00", "18:00"]]
    holidays = draw(st.sets(near, max_size=4))
    makeup = draw(st.dictionaries(near.filter(lambda day: day not in holidays), hours, max_size=2))
    return {
        "timezone": draw(st.sampled_from(ZONES)),
        "hours": week,
        "holidays": sorted(holidays),
        "makeup_days": makeup,
        "always_open": draw(st.sampled_from([False, False, False, True])),
    }


@st.composite
def cases(draw: st.DrawFn) -> tuple[dict, datetime, list]:
    """A calendar, a start on a whole minute, and pauses."""
    beginning = draw(st.sampled_from(STARTS))
    midnight = datetime(beginning.year, beginning.month, beginning.day, tzinfo=UTC)
    moments = st.integers(0, 8 * 24 * 4).map(lambda n: midnight + n * 15 * MINUTE)
    pauses = [tuple(sorted(pair)) for pair in draw(st.lists(st.tuples(moments, moments), max_size=3))]
    start = midnight + draw(st.integers(0, 4 * 24 * 60)) * MINUTE
    return draw(calendars(beginning)), start, pauses


units = st.sampled_from(LimitUnit)
amounts = st.fractions(min_value=Fraction(1, 7), max_value=9, max_denominator=8)


@settings(max_examples=60, deadline=None)
@given(cases(), st.integers(1, 1500), st.sampled_from([LimitUnit.OFFICE_MINUTES, LimitUnit.URGENT_MINUTES]))
def test_minutes_are_those_that_the_wall_clock_counts(case: tuple, amount: int, unit: LimitUnit) -> None:
    mapping, start, pauses = case
    always = unit is LimitUnit.URGENT_MINUTES
    expected = naive_due_by_minutes(Wall(mapping), start, amount, pauses, always=always)
    assert due_at(Calendar.from_mapping(mapping), start, Limit(amount, unit), pauses) == expected


@settings(max_examples=40, deadline=None)
@given(cases(), st.integers(1, 5), st.sampled_from([LimitUnit.WORKING_DAYS, LimitUnit.NATURAL_DAYS]))
def test_days_are_those_that_the_wall_clock_counts(case: tuple, amount: int, unit: LimitUnit) -> None:
    mapping, start, pauses = case
    natural = unit is LimitUnit.NATURAL_DAYS
    expected = naive_due_by_days(Wall(mapping), start, amount, pauses, natural=natural)
    assert due_at(Calendar.from_mapping(mapping), start, Limit(amount, unit), pauses) == expected


@settings(max_examples=60, deadline=None)
@given(cases(), st.integers(0, 6 * 24 * 60))
def test_elapsed_minutes_are_those_that_the_wall_clock_counts(case: tuple, length: int) -> None:
    mapping, start, pauses = case
    until = start + length * MINUTE
    expected = naive_elapsed(Wall(mapping), start, until, pauses)
    assert elapsed_minutes(Calendar.from_mapping(mapping), start, until, pauses) == expected


@settings(max_examples=150, deadline=None)
@given(cases(), amounts, units, st.integers(0, 2))
def test_the_explanation_is_the_same_arithmetic(
    case: tuple, amount: Fraction, unit: LimitUnit, extensions: int
) -> None:
    mapping, start, pauses = case
    calendar, limit = Calendar.from_mapping(mapping), Limit(amount, unit)
    told = explain(calendar, start, limit, pauses, extensions)
    assert told.due_at == due_at(calendar, start, limit, pauses, extensions)
    for stage in told.stages:
        if not unit.is_days:
            assert sum(line.minutes for line in stage.lines) * 60_000_000 == limit.span // TICK
        elif not pauses and amount.denominator == 1:
            assert sum(line.days or 0 for line in stage.lines) == amount
        elif amount.denominator == 1:
            assert sum(line.days or 0 for line in stage.lines) >= amount
        else:
            counted = sum(line.days or 0 for line in stage.lines)
            assert amount <= counted < amount + Fraction(len(stage.lines), 60_000_000)


@settings(max_examples=100, deadline=None)
@given(cases(), amounts, units)
def test_what_the_explanation_counts_is_open_and_not_paused(case: tuple, amount: Fraction, unit: LimitUnit) -> None:
    mapping, start, pauses = case
    calendar = Calendar.from_mapping(mapping)
    wall = Wall(mapping)
    told = explain(calendar, start, Limit(amount, unit), pauses)
    counted = [stretch for line in told.stages[0].lines for stretch in line.counted]
    assert counted == sorted(counted)
    for begin, end in counted:
        assert start <= begin < end <= told.due_at
        assert all(end <= paused or resumed <= begin for paused, resumed in pauses if paused < resumed)
        if unit.is_office:
            assert wall.is_open(begin)
            assert wall.is_open(end - TICK)


@given(cases(), amounts, units, st.integers(1, 5000))
def test_who_comes_later_is_never_due_earlier(case: tuple, amount: Fraction, unit: LimitUnit, later: int) -> None:
    mapping, start, pauses = case
    calendar, limit = Calendar.from_mapping(mapping), Limit(amount, unit)
    assert due_at(calendar, start, limit, pauses) <= due_at(calendar, start + later * MINUTE, limit, pauses)


@given(cases(), amounts, amounts, units)
def test_a_longer_limit_is_never_due_earlier(case: tuple, one: Fraction, other: Fraction, unit: LimitUnit) -> None:
    mapping, start, _ = case
    calendar = Calendar.from_mapping(mapping)
    short, long = sorted([one, other])
    assert due_at(calendar, start, Limit(short, unit)) <= due_at(calendar, start, Limit(long, unit))


@given(cases(), amounts, units)
def test_a_pause_never_makes_it_due_earlier(case: tuple, amount: Fraction, unit: LimitUnit) -> None:
    mapping, start, pauses = case
    calendar, limit = Calendar.from_mapping(mapping), Limit(amount, unit)
    for number in range(len(pauses)):
        assert due_at(calendar, start, limit, pauses[:number]) <= due_at(calendar, start, limit, pauses[: number + 1])


@given(cases(), amounts, units, st.integers(0, 3000))
def test_a_pause_after_the_due_time_changes_nothing(case: tuple, amount: Fraction, unit: LimitUnit, gap: int) -> None:
    mapping, start, pauses = case
    calendar, limit = Calendar.from_mapping(mapping), Limit(amount, unit)
    due = due_at(calendar, start, limit, pauses)
    late = (due + gap * MINUTE, due + (gap + 600) * MINUTE)
    assert due_at(calendar, start, limit, [late, *pauses]) == due


@given(cases(), amounts, units)
def test_an_extension_is_the_limit_once_more(case: tuple, amount: Fraction, unit: LimitUnit) -> None:
    """Without a pause twice the limit and one extension are the same; to the tick that rounding up may cost."""
    mapping, start, _ = case
    calendar, limit = Calendar.from_mapping(mapping), Limit(amount, unit)
    extended = due_at(calendar, start, limit, extensions=1)
    assert extended == extend(calendar, due_at(calendar, start, limit), limit)
    if amount.denominator == 1:
        assert extended == due_at(calendar, start, Limit(2 * amount, unit))


@given(cases(), amounts, st.sampled_from([unit for unit in LimitUnit if not unit.is_days]))
def test_the_time_to_the_due_moment_is_the_limit(case: tuple, amount: Fraction, unit: LimitUnit) -> None:
    mapping, start, pauses = case
    calendar, limit = Calendar.from_mapping(mapping), Limit(amount, unit)
    due = due_at(calendar, start, limit, pauses)
    if unit.is_office or calendar.always_open:
        assert elapsed(calendar, start, due, pauses) == limit.span
    assert due_at(calendar, start, limit) == due_at(calendar, start, limit, [(start - MINUTE, start)])


@given(cases(), st.integers(0, 4000), st.integers(0, 4000))
def test_elapsed_time_adds_up(case: tuple, first: int, second: int) -> None:
    mapping, start, pauses = case
    calendar = Calendar.from_mapping(mapping)
    middle = start + first * MINUTE
    end = middle + second * MINUTE
    parts = elapsed(calendar, start, middle, pauses) + elapsed(calendar, middle, end, pauses)
    assert parts == elapsed(calendar, start, end, pauses)


@given(cases(), amounts, units)
def test_the_start_before_is_the_latest_in_time(case: tuple, amount: Fraction, unit: LimitUnit) -> None:
    mapping, end, _ = case
    calendar, limit = Calendar.from_mapping(mapping), Limit(amount, unit)
    latest = start_before(calendar, end, limit)
    assert due_at(calendar, latest, limit) <= end < due_at(calendar, latest + TICK, limit)
    due = due_at(calendar, end, limit)
    assert due_at(calendar, start_before(calendar, due, limit), limit) == due


@given(cases(), units)
def test_a_pause_that_ends_before_it_begins_is_refused(case: tuple, unit: LimitUnit) -> None:
    mapping, start, _ = case
    with pytest.raises(DeadlineError):
        due_at(Calendar.from_mapping(mapping), start, Limit(1, unit), [(start, start - MINUTE)])

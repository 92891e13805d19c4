"""The project's calendar against the maintained list of the State Council's notices, day by day."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar

from config.calendars import load_china

FIRST, LAST = date(2010, 1, 1), date(2026, 12, 31)  # what the list covers, from the first year that we hold


def test_every_day_is_a_working_day_where_the_notices_say_so() -> None:
    calendar = load_china()
    days = [FIRST + timedelta(days=offset) for offset in range((LAST - FIRST).days + 1)]
    wrong = [day for day in days if calendar.is_working_day(day) != chinese_calendar.is_workday(day)]
    assert wrong == []


def test_years_without_a_notice_are_provisional_and_never_crash() -> None:
    calendar = load_china()
    assert not any(calendar.is_provisional(year) for year in range(FIRST.year, LAST.year + 1))
    for year in (1999, 2027, 2028, 2050):
        assert calendar.is_provisional(year)
        assert not calendar.is_working_day(date(year, 10, 1))

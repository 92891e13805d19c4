"""时限的推算, by hand: what the regulation says, one line a case. City time unless a zone is given."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from config.calendars import load_china
from hotline.domain.calendar import Calendar
from hotline.domain.deadlines import DeadlineError, due_at, elapsed_minutes, extend, start_before
from hotline.domain.explaining import explain
from hotline.domain.limits import Limit

OFFICE = [["08:00", "12:00"], ["14:00", "18:00"]]
WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), OFFICE)
SUMMER = [["08:00", "12:00"], ["15:00", "18:30"]]
CHINA = load_china()
NEW_YORK = Calendar.from_mapping({"timezone": "America/New_York", "hours": WEEK})
SEASONAL = Calendar.from_mapping(
    {"hours": WEEK, "seasons": [{"from": "05-01", "to": "09-30", "hours": dict.fromkeys(WEEK, SUMMER)}]}
)
ROUND_THE_CLOCK = Calendar.from_mapping({"always_open": True})


def at(calendar: Calendar, text: str) -> datetime:
    """A time in the calendar's city, or with its own offset, as UTC."""
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=calendar.zone)).astimezone(UTC)


def told(calendar: Calendar, moment: datetime) -> str:
    """A moment as the city's clock shows it."""
    return moment.astimezone(calendar.zone).isoformat(timespec="minutes")[:16]


def pauses_of(calendar: Calendar, *pauses: tuple[str, str]) -> list[tuple[datetime, datetime]]:
    return [(at(calendar, begin), at(calendar, end)) for begin, end in pauses]


# 2026: 02-13 is a Friday, 02-14 a make-up day, 02-15 to 02-23 the Spring Festival, 02-28 a make-up day.
# 09-25 to 09-27 Mid-Autumn, 10-01 to 10-07 National Day, 10-10 a make-up Saturday.
CHINESE = [
    # day units: day 1 is the first working day after the day of receipt, whatever the hour
    ("2026-03-09T00:00", "1 working_days", "2026-03-10T18:00"),
    ("2026-03-09T23:59", "1 working_days", "2026-03-10T18:00"),
    ("2026-03-09T08:00", "3 working_days", "2026-03-12T18:00"),
    ("2026-03-06T17:00", "1 working_days", "2026-03-09T18:00"),  # Friday → Monday
    ("2026-03-07T12:00", "1 working_days", "2026-03-09T18:00"),  # received on a day off
    ("2026-03-08T12:00", "1 working_days", "2026-03-09T18:00"),
    ("2026-02-13T17:00", "1 working_days", "2026-02-14T18:00"),  # the make-up Saturday works
    ("2026-02-13T17:00", "3 working_days", "2026-02-25T18:00"),
    ("2026-02-14T08:00", "1 working_days", "2026-02-24T18:00"),
    ("2026-02-18T08:00", "5 working_days", "2026-02-28T18:00"),  # … 24, 25, 26, 27 and the make-up 28th
    ("2026-10-08T09:00", "2 working_days", "2026-10-10T18:00"),  # make-up day in October
    ("2026-09-30T09:00", "1 working_days", "2026-10-08T18:00"),
    ("2026-12-31T09:00", "1 working_days", "2027-01-04T18:00"),  # 2027 is provisional: 01-01 and the week-end
    ("2024-02-28T09:00", "2 working_days", "2024-03-01T18:00"),  # the 29th is a day of a leap year
    ("2028-02-28T09:00", "2 working_days", "2028-03-01T18:00"),  # also of a year without a notice
    ("2030-09-30T09:00", "1 working_days", "2030-10-04T18:00"),  # unknown year: statutory days and week-ends
    # parts of a day
    ("2026-03-09T10:00", "0.5 working_days", "2026-03-10T12:00"),
    ("2026-03-09T10:00", "1.5 working_days", "2026-03-11T12:00"),
    ("2026-03-09T10:00", "1/8 working_days", "2026-03-10T09:00"),
    ("2026-03-09T10:00", "0.5 natural_days", "2026-03-10T12:00"),
    # natural days: 24:00 of the last
    ("2026-02-13T17:00", "1 natural_days", "2026-02-15T00:00"),
    ("2026-02-13T00:00", "15 natural_days", "2026-03-01T00:00"),
    ("2024-02-28T12:00", "2 natural_days", "2024-03-02T00:00"),
    ("2026-02-28T12:00", "2 natural_days", "2026-03-03T00:00"),
    # office time: out of hours it starts at the next office minute
    ("2026-03-09T09:00", "30 office_minutes", "2026-03-09T09:30"),
    ("2026-03-09T11:50", "30 office_minutes", "2026-03-09T14:20"),  # lunch
    ("2026-03-09T12:00", "30 office_minutes", "2026-03-09T14:30"),  # at the minute of closing
    ("2026-03-09T13:00", "30 office_minutes", "2026-03-09T14:30"),
    ("2026-03-09T07:00", "30 office_minutes", "2026-03-09T08:30"),
    ("2026-03-09T18:00", "30 office_minutes", "2026-03-10T08:30"),
    ("2026-03-06T19:00", "4 office_hours", "2026-03-09T12:00"),  # Friday evening
    ("2026-03-09T08:00", "4 office_hours", "2026-03-09T12:00"),  # exactly at closing: due then
    ("2026-03-09T08:00", "8 office_hours", "2026-03-09T18:00"),
    ("2026-03-09T10:00", "8 office_hours", "2026-03-10T10:00"),
    ("2026-03-06T17:00", "8 office_hours", "2026-03-09T17:00"),  # over the week-end
    ("2026-02-13T17:00", "10 office_hours", "2026-02-24T09:00"),  # 1 h, the make-up day, 1 h after the festival
    ("2026-03-09T09:00", "1.5 office_hours", "2026-03-09T10:30"),
    ("2026-03-09T09:00", "1/3 office_hours", "2026-03-09T09:20"),
    # urgent time never stops
    ("2026-02-16T23:30", "2 urgent_hours", "2026-02-17T01:30"),
    ("2026-02-16T23:30", "45 urgent_minutes", "2026-02-17T00:15"),
    ("2026-02-16T23:30", "0.5 urgent_hours", "2026-02-17T00:00"),
]


@pytest.mark.parametrize(("start", "limit", "due"), CHINESE)
def test_due_in_china(start: str, limit: str, due: str) -> None:
    assert told(CHINA, due_at(CHINA, at(CHINA, start), Limit.parse(limit))) == due


@pytest.mark.parametrize(
    ("start", "limit", "due"),
    [
        ("2026-04-30T16:00", "4 office_hours", "2026-05-01T10:00"),  # 2 h in winter hours, 2 h in summer hours
        ("2026-04-30T16:00", "8 office_hours", "2026-05-01T17:00"),
        ("2026-04-30T16:00", "9.5 office_hours", "2026-05-01T18:30"),  # closes later in summer
        ("2026-04-29T16:00", "2 working_days", "2026-05-01T18:30"),
        ("2026-09-30T17:30", "2 office_hours", "2026-10-01T09:00"),
        ("2026-09-30T10:00", "1 working_days", "2026-10-01T18:00"),
    ],
)
def test_due_where_the_season_changes(start: str, limit: str, due: str) -> None:
    assert told(SEASONAL, due_at(SEASONAL, at(SEASONAL, start), Limit.parse(limit))) == due


@pytest.mark.parametrize(
    ("start", "limit", "due"),
    [
        # spring: 2026-03-08 02:00 → 03:00
        ("2026-03-07T23:00", "4 urgent_hours", "2026-03-08T04:00"),
        ("2026-03-06T17:00", "2 office_hours", "2026-03-09T09:00"),  # office hours do not see it
        ("2026-03-06T17:00", "1 working_days", "2026-03-09T18:00"),
        ("2026-03-07T12:00", "1 natural_days", "2026-03-09T00:00"),  # a day of 23 hours
        ("2026-03-07T12:00", "0.5 natural_days", "2026-03-08T12:30"),  # half of 23 hours, in real time
        # autumn: 2026-11-01 02:00 → 01:00
        ("2026-10-31T23:00", "4 urgent_hours", "2026-11-01T02:00"),
        ("2026-11-01T01:30-04:00", "1 urgent_hours", "2026-11-01T01:30"),  # the second 01:30
        ("2026-10-30T17:00", "2 office_hours", "2026-11-02T09:00"),
        ("2026-10-31T12:00", "1 natural_days", "2026-11-02T00:00"),
    ],
)
def test_due_where_the_clock_is_changed(start: str, limit: str, due: str) -> None:
    assert told(NEW_YORK, due_at(NEW_YORK, at(NEW_YORK, start), Limit.parse(limit))) == due


def test_a_clock_that_is_set_back_over_midnight_hides_no_office_time() -> None:
    """In St John's, on 2010-11-07 at 00:01 it became 23:01 of the day before once more."""
    all_week = {name: [["00:00", "24:00"]] for name in (*WEEK, "sat", "sun")}
    city = Calendar.from_mapping({"timezone": "America/St_Johns", "hours": all_week})
    again = at(city, "2010-11-06T23:30-03:30")
    assert start_before(city, again, Limit.parse("1 office_hours")) == again - timedelta(hours=1)
    assert due_at(city, again, Limit.parse("1 office_hours")) == again + timedelta(hours=1)
    assert elapsed_minutes(city, again - timedelta(hours=1), again) == 60


def test_where_every_minute_is_open_office_time_is_real_time() -> None:
    start = at(ROUND_THE_CLOCK, "2026-10-01T23:30")
    assert due_at(ROUND_THE_CLOCK, start, Limit.parse("2 office_hours")) == start + timedelta(hours=2)
    assert told(ROUND_THE_CLOCK, due_at(ROUND_THE_CLOCK, start, Limit.parse("2 working_days"))) == "2026-10-04T00:00"
    assert elapsed_minutes(ROUND_THE_CLOCK, start, start + timedelta(days=365)) == 365 * 1440


# Monday 2026-03-09 to Monday 16: an ordinary week.
PAUSED = [
    ("3 working_days", [("2026-03-11T10:00", "2026-03-13T10:00")], "2026-03-16T18:00"),
    ("3 working_days", [("2026-03-11T00:00", "2026-03-12T00:00")], "2026-03-13T18:00"),
    ("3 working_days", [("2026-03-11T18:00", "2026-03-12T08:00")], "2026-03-12T18:00"),  # a night costs nothing
    ("3 working_days", [("2026-03-11T12:00", "2026-03-11T14:00")], "2026-03-12T18:00"),  # nor does lunch
    ("3 working_days", [("2026-03-09T10:00", "2026-03-09T17:00")], "2026-03-12T18:00"),  # nor the day of receipt
    ("3 working_days", [("2026-03-12T18:00", "2026-03-20T18:00")], "2026-03-12T18:00"),  # begins when time is up
    ("3 working_days", [("2026-03-10T10:00", "2026-03-10T11:00")], "2026-03-13T18:00"),  # 2 7/8 by Thursday's close
    ("1 working_days", [("2026-03-10T14:00", "2026-03-11T12:00")], "2026-03-11T18:00"),  # half of each day
    ("1 working_days", [("2026-03-10T08:00", "2026-03-10T12:00"), ("2026-03-11T15:00", "2026-03-12T09:00")],
     "2026-03-12T18:00"),  # used up on Wednesday, but no close of office while the clock ran
    ("1.5 working_days", [("2026-03-10T14:00", "2026-03-11T14:00")], "2026-03-12T12:00"),
    ("2 natural_days", [("2026-03-10T00:00", "2026-03-10T12:00")], "2026-03-13T00:00"),
    ("1.5 natural_days", [("2026-03-10T06:00", "2026-03-10T18:00")], "2026-03-12T00:00"),
    ("4 office_hours", [("2026-03-09T11:00", "2026-03-09T15:00")], "2026-03-09T18:00"),  # two of its hours were lunch
    ("4 office_hours", [("2026-03-09T10:00", "2026-03-09T10:30"), ("2026-03-09T10:15", "2026-03-09T11:00")],
     "2026-03-09T17:00"),  # overlapping: counted once
    ("4 office_hours", [("2026-03-10T09:00", "2026-03-10T09:00")], "2026-03-09T16:00"),  # empty
    ("4 office_hours", [("2026-03-09T08:00", "2026-03-09T14:00")], "2026-03-09T18:00"),  # paused from the start
    ("2 urgent_hours", [("2026-03-09T11:00", "2026-03-09T23:00")], "2026-03-10T00:00"),
    ("2 urgent_hours", [("2026-03-09T12:00", "2026-03-09T23:00")], "2026-03-09T12:00"),  # begins when time is up
]  # fmt: skip


@pytest.mark.parametrize(("limit", "pauses", "due"), PAUSED)
def test_due_after_pauses(limit: str, pauses: list, due: str) -> None:
    start = at(CHINA, "2026-03-09T10:00")
    assert told(CHINA, due_at(CHINA, start, Limit.parse(limit), pauses_of(CHINA, *pauses))) == due
    assert told(CHINA, due_at(CHINA, start, Limit.parse(limit), pauses_of(CHINA, *reversed(pauses)))) == due


@pytest.mark.parametrize(
    ("limit", "due", "extended"),
    [
        ("3 working_days", "2026-03-12T18:00", "2026-03-17T18:00"),
        ("4 office_hours", "2026-03-09T16:00", "2026-03-10T10:00"),
        ("2 natural_days", "2026-03-12T00:00", "2026-03-14T00:00"),  # 24:00 belongs to the day that ends
        ("1.5 working_days", "2026-03-11T12:00", "2026-03-12T18:00"),  # three days in all
        ("2 urgent_hours", "2026-03-09T12:00", "2026-03-09T14:00"),
    ],
)
def test_an_extension_adds_the_limit_once_more(limit: str, due: str, extended: str) -> None:
    start = at(CHINA, "2026-03-09T10:00")
    assert told(CHINA, due_at(CHINA, start, Limit.parse(limit))) == due
    assert told(CHINA, extend(CHINA, at(CHINA, due), Limit.parse(limit))) == extended
    assert told(CHINA, due_at(CHINA, start, Limit.parse(limit), extensions=1)) == extended


@pytest.mark.parametrize(
    ("end", "limit", "start"),
    [
        ("2026-03-09T18:00", "4 office_hours", "2026-03-09T14:00"),  # 12:00 would do, 14:00 is the latest
        ("2026-03-10T09:00", "4 office_hours", "2026-03-09T15:00"),
        ("2026-03-09T09:00", "4 office_hours", "2026-03-06T15:00"),  # over the week-end
        ("2026-03-08T12:00", "4 office_hours", "2026-03-06T14:00"),  # from a Sunday
        ("2026-02-24T09:00", "10 office_hours", "2026-02-13T17:00"),  # over the Spring Festival
        ("2026-03-09T09:00", "4 urgent_hours", "2026-03-09T05:00"),
        ("2026-03-12T18:00", "3 working_days", "2026-03-09T23:59"),
        ("2026-03-12T17:59", "3 working_days", "2026-03-08T23:59"),  # Thursday is not over
        ("2026-03-13T00:00", "3 natural_days", "2026-03-09T23:59"),
    ],
)
def test_backwards(end: str, limit: str, start: str) -> None:
    assert told(CHINA, start_before(CHINA, at(CHINA, end), Limit.parse(limit))) == start


@pytest.mark.parametrize(
    ("start", "until", "minutes"),
    [
        ("2026-03-09T10:00", "2026-03-09T10:00", 0),
        ("2026-03-09T10:00", "2026-03-09T15:00", 180),
        ("2026-03-09T12:00", "2026-03-09T14:00", 0),
        ("2026-03-06T17:00", "2026-03-09T09:00", 120),
        ("2026-02-13T17:00", "2026-02-24T09:00", 600),
        ("2026-01-01T00:00", "2027-01-01T00:00", 248 * 480),  # 261 weekdays − 19 of them off + 6 make-up days
        ("2026-03-09T10:00", "2026-03-09T10:00:30", 0.5),
    ],
)
def test_elapsed_office_minutes(start: str, until: str, minutes: float) -> None:
    assert elapsed_minutes(CHINA, at(CHINA, start), at(CHINA, until)) == minutes


def test_elapsed_time_without_its_pauses() -> None:
    pauses = pauses_of(CHINA, ("2026-03-09T11:00", "2026-03-09T15:00"), ("2026-03-09T14:30", "2026-03-09T16:00"))
    assert elapsed_minutes(CHINA, at(CHINA, "2026-03-09T10:00"), at(CHINA, "2026-03-09T18:00"), pauses) == 180


def test_an_explanation_tells_every_day() -> None:
    why = explain(CHINA, at(CHINA, "2026-02-13T17:00"), Limit.parse("3 working_days"))
    lines = {line.day.isoformat(): line for line in why.stages[0].lines}
    assert len(lines) == 13
    assert [day for day, line in lines.items() if line.counted] == ["2026-02-14", "2026-02-24", "2026-02-25"]
    assert lines["2026-02-13"].skipped == "收到当日，不计"
    assert (lines["2026-02-14"].kind.label, lines["2026-02-17"].holiday) == ("调休上班", "春节")
    assert told(CHINA, why.first_counted_at) == "2026-02-14T08:00"
    assert why.warnings == []


def test_an_explanation_warns_of_a_year_without_a_notice() -> None:
    start = at(CHINA, "2027-12-29T09:00")
    (first, second) = explain(CHINA, start, Limit.parse("5 working_days")).warnings
    assert first.startswith("2027 年")
    assert second.startswith("2028 年")
    assert explain(CHINA, start, Limit.parse("5 natural_days")).warnings == []


# --- questions without an answer


def only(**entries: Any) -> Calendar:
    return Calendar.from_mapping({"hours": {}, **entries})


@pytest.mark.parametrize(
    "limit",
    ["1000000000 urgent_minutes", "60000000 urgent_hours", "1000000000 office_minutes", "60000000 office_hours",
     "2000000 working_days", "2000000 natural_days"],
)  # fmt: skip
def test_what_is_out_of_reach_is_refused_and_not_counted_for_ever(limit: str) -> None:
    with pytest.raises(DeadlineError, match="推算不出"):
        due_at(CHINA, at(CHINA, "9500-03-09T10:00"), Limit.parse(limit))
    with pytest.raises(DeadlineError, match="推算不出"):
        start_before(CHINA, at(CHINA, "1901-03-09T10:00"), Limit.parse(limit))


@pytest.mark.parametrize("limit", ["2 working_days", "5 office_hours"])
def test_a_calendar_that_never_opens_again_gives_no_due_time(limit: str) -> None:
    last_day = only(makeup_days={"2026-10-10": [["08:00", "12:00"]]})
    with pytest.raises(DeadlineError, match="推算不出"):
        due_at(last_day, at(last_day, "2026-10-09T10:00"), Limit.parse(limit))
    assert elapsed_minutes(last_day, at(last_day, "2026-10-09T10:00"), at(last_day, "2030-01-01T00:00")) == 240


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(DeadlineError, match="时区"):
        due_at(CHINA, datetime(2026, 3, 9, 10), Limit.parse("1 working_days"))  # noqa: DTZ001
    with pytest.raises(DeadlineError, match="时区"):
        explain(CHINA, datetime(2026, 3, 9, 10), Limit.parse("1 working_days"))  # noqa: DTZ001


@pytest.mark.parametrize("zone", [UTC, ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")])
def test_the_ends_of_time_are_refused(zone: Any) -> None:
    for moment in (datetime.min.replace(tzinfo=zone), datetime.max.replace(tzinfo=zone)):
        with pytest.raises(DeadlineError, match="超出"):
            due_at(CHINA, moment, Limit.parse("1 natural_days"))


@pytest.mark.parametrize("limit", ["3 natural_days", "3 working_days", "72 urgent_hours", "24 office_hours"])
def test_the_last_year_that_can_be_counted(limit: str) -> None:
    with pytest.raises(DeadlineError, match="推算不出"):
        due_at(CHINA, at(CHINA, "9998-12-30T10:00"), Limit.parse(limit))


def test_time_does_not_run_backwards() -> None:
    with pytest.raises(DeadlineError, match="早于"):
        elapsed_minutes(CHINA, at(CHINA, "2026-03-09T10:00"), at(CHINA, "2026-03-09T09:59"))

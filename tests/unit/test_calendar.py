"""工作日历: what is worked when, and which calendars are refused."""

from __future__ import annotations

import csv
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from config.calendars import CHINA, load_calendar, load_china, read_mapping
from hotline.domain.calendar import Calendar, CalendarError, DayKind

OFFICE = [["08:00", "12:00"], ["14:00", "18:00"]]
WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), OFFICE)
OFFICIAL = Path(__file__).parents[3] / "shared" / "domain" / "holidays_cn.csv"


def calendar(**entries: Any) -> Calendar:
    return Calendar.from_mapping({"timezone": "Asia/Shanghai", "hours": WEEK, **entries})


def hours_on(cal: Calendar, day: str) -> list[str]:
    """The open intervals of a date as the wall clock shows them."""
    stretches = cal.open_intervals(date.fromisoformat(day))
    spans = [[moment.astimezone(cal.zone) for moment in stretch] for stretch in stretches]
    return [f"{begin:%H:%M}-{end:%H:%M}" for begin, end in spans]


# --- what is open when


def test_split_hours_and_week_ends() -> None:
    assert hours_on(calendar(), "2026-03-06") == ["08:00-12:00", "14:00-18:00"]
    assert hours_on(calendar(), "2026-03-07") == []


def test_moments_are_utc() -> None:
    opening = calendar().open_intervals(date(2026, 3, 6))[0][0]
    assert opening == datetime(2026, 3, 6, 0, 0, tzinfo=UTC)
    assert opening.tzinfo is UTC


def test_unsorted_and_touching_hours_are_put_in_order() -> None:
    cal = calendar(hours={"mon": [["13:00", "17:00"], ["12:00", "13:00"], ["08:00", "11:00"]]})
    assert hours_on(cal, "2026-03-02") == ["08:00-11:00", "12:00-17:00"]


def test_a_season_has_a_week_of_its_own() -> None:
    summer = {"from": "05-01", "to": "09-30", "hours": {"mon": [["08:30", "12:00"]]}}
    cal = calendar(seasons=[summer])
    assert hours_on(cal, "2026-04-27") == ["08:00-12:00", "14:00-18:00"]
    assert hours_on(cal, "2026-05-04") == ["08:30-12:00"]
    assert hours_on(cal, "2026-05-05") == []
    assert hours_on(cal, "2026-09-28") == ["08:30-12:00"]
    assert hours_on(cal, "2026-10-05") == ["08:00-12:00", "14:00-18:00"]


def test_a_season_may_wrap_the_year_end() -> None:
    cal = calendar(seasons=[{"from": "11-01", "to": "02-29", "hours": {"mon": [["09:00", "17:00"]]}}])
    for day in ("2025-12-29", "2026-01-05", "2028-02-28"):
        assert hours_on(cal, day) == ["09:00-17:00"]
    assert hours_on(cal, "2026-03-02") == ["08:00-12:00", "14:00-18:00"]
    assert hours_on(cal, "2028-02-29") == []  # a Tuesday of the season


@pytest.mark.parametrize("makeup", [["2026-02-14"], {"2026-02-14": None}, {"2026-02-14": []}])
def test_a_makeup_day_without_hours_takes_those_of_a_normal_working_day(makeup: object) -> None:
    assert hours_on(calendar(makeup_days=makeup), "2026-02-14") == ["08:00-12:00", "14:00-18:00"]


def test_a_makeup_day_takes_the_first_open_weekday_of_its_season() -> None:
    season = {"from": "02-01", "to": "02-28", "hours": {"tue": [["09:00", "10:00"]], "sat": [["11:00", "12:00"]]}}
    cal = calendar(seasons=[season], makeup_days=["2026-02-14", "2026-03-14"])
    assert hours_on(cal, "2026-02-14") == ["09:00-10:00"]
    assert hours_on(cal, "2026-03-14") == ["08:00-12:00", "14:00-18:00"]


def test_a_makeup_day_may_have_hours_of_its_own() -> None:
    cal = calendar(makeup_days={"2026-10-10": [["08:00", "12:00"]]}, holidays=["2026-10-01"])
    assert hours_on(cal, "2026-10-10") == ["08:00-12:00"]
    assert hours_on(cal, "2026-10-01") == []
    kinds = [cal.kind_of(date(2026, 10, day)) for day in (1, 2, 3, 10)]
    assert kinds == [DayKind.HOLIDAY, DayKind.WORKING, DayKind.DAY_OFF, DayKind.MAKEUP]


def test_always_open() -> None:
    cal = Calendar.from_mapping({"always_open": True, "holidays": ["2026-10-01"]})
    begin, end = cal.open_intervals(date(2026, 10, 1))[0]
    assert end - begin == timedelta(days=1)
    assert cal.is_working_day(date(2026, 10, 4))
    assert not cal.is_provisional(2031)


def test_24_00_is_a_closing_time() -> None:
    cal = calendar(hours={"sun": [["00:00", "24:00"]]})
    assert cal.open_intervals(date(2026, 3, 8)) == cal.whole_day(date(2026, 3, 8))


@pytest.mark.parametrize(
    ("zone", "day", "length"),
    [
        ("America/New_York", "2026-03-08", 23),
        ("America/New_York", "2026-11-01", 25),
        ("America/Santiago", "2026-09-06", 23),  # midnight itself is skipped
        ("America/Santiago", "2026-04-04", 25),
        ("America/Havana", "2026-11-01", 25),  # midnight happens twice
        ("Australia/Lord_Howe", "2026-10-04", 23.5),
        ("Pacific/Apia", "2011-12-30", 0),  # a day that Samoa never had
        ("Asia/Shanghai", "2026-03-08", 24),
    ],
)
def test_days_are_as_long_as_the_clock_makes_them(zone: str, day: str, length: float) -> None:
    cal = calendar(timezone=zone)
    spans = cal.whole_day(date.fromisoformat(day))
    assert sum((end - begin for begin, end in spans), timedelta()) == timedelta(hours=length)


@pytest.mark.parametrize(
    ("hours", "shown", "minutes"),
    [
        ([["02:30", "05:00"]], ["03:00-05:00"], 120),
        ([["01:00", "02:30"]], ["01:00-03:00"], 60),  # the clock jumps from 02:00, when it is still open
        ([["01:00", "02:15"], ["02:30", "03:15"]], ["01:00-03:15"], 75),
        ([["02:15", "02:45"]], [], 0),
    ],
)
def test_an_hour_that_is_skipped_passes_in_no_time(hours: list, shown: list[str], minutes: int) -> None:
    cal = calendar(timezone="America/New_York", hours={"sun": hours})
    assert hours_on(cal, "2026-03-08") == shown
    spans = cal.open_intervals(date(2026, 3, 8))
    assert sum((end - begin for begin, end in spans), timedelta()) == timedelta(minutes=minutes)


# --- years and notices


def test_a_year_without_dates_is_provisional_and_keeps_its_statutory_days() -> None:
    cal = calendar(holidays=["2026-10-01"], statutory_days=["01-01", "10-01"])
    assert [year for year in range(2024, 2030) if not cal.is_provisional(year)] == [2026]
    assert not cal.is_working_day(date(2029, 10, 1))
    assert cal.is_working_day(date(2026, 1, 1))  # the notice for 2026 did not say so


def test_a_year_may_be_marked_provisional_though_it_has_dates() -> None:
    cal = calendar(holidays=["2026-10-01", "2027-10-01"], provisional_years=[2027])
    assert [cal.is_provisional(year) for year in (2026, 2027)] == [False, True]


def test_a_calendar_that_knows_no_holidays_at_all_waits_for_no_notice() -> None:
    assert not calendar().is_provisional(2031)


def test_the_calendar_of_china() -> None:
    china = load_china()
    assert [year for year in range(2005, 2035) if not china.is_provisional(year)] == list(range(2010, 2027))
    assert china.holiday_name(date(2026, 2, 17)) == "春节"
    assert hours_on(china, "2026-02-14") == ["08:00-12:00", "14:00-18:00"]
    assert not china.is_working_day(date(2031, 10, 1))
    assert china.is_working_day(date(9998, 10, 15))


@pytest.mark.skipif(not OFFICIAL.exists(), reason="the list of official days off is not beside this checkout")
def test_the_calendar_of_china_is_the_official_one() -> None:
    china = load_china()
    listed = {}
    with OFFICIAL.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            listed[date.fromisoformat(row["date"])] = row["type"]
            assert china.is_provisional(int(row["date"][:4])) == (row["status"] != "官方")
    day = min(listed)
    while day.year < 2028:
        works = listed.get(day, "休" if day.weekday() >= 5 else "班") == "班"
        assert china.is_working_day(day) == works, day
        day += timedelta(days=1)


# --- refused


@pytest.mark.parametrize(
    ("entries", "reasons"),
    [
        ({"hours": {"mon": [["12:00", "08:00"]]}}, ["hours.mon：下班 08:00 不晚于上班 12:00"]),
        ({"hours": {"mon": [["08:00", "08:00"]]}}, ["hours.mon：下班 08:00 不晚于上班 08:00"]),
        ({"hours": {"mon": [["08:00", "12:00"], ["11:00", "13:00"]]}}, ["hours.mon：时段重叠"]),
        ({"hours": {"mon": [["08:00", "25:00"]]}}, ["“25:00”不是时刻"]),
        ({"hours": {"mon": [["08:00", "24:01"]]}}, ["“24:01”不是时刻"]),
        ({"hours": {"mon": [["08:60", "12:00"]]}}, ["“08:60”不是时刻"]),
        ({"hours": {"mon": [[8, 12]]}}, ["“8”不是时刻", "“12”不是时刻"]),
        ({"hours": {"mon": ["08:00", "12:00"]}}, ["hours.mon：时段应为", "hours.mon：时段应为"]),
        ({"hours": {"mon": "08:00-12:00"}}, ["hours.mon：应为若干时段"]),
        ({"hours": {"monday": OFFICE}}, ["hours.monday：不认识该项"]),
        ({"hours": {"7": OFFICE, "mon": OFFICE}}, ["hours.7：不认识该项"]),
        ({"hours": {}}, ["没有任何办公时间"]),
        ({"hours": {"mon": []}}, ["没有任何办公时间"]),
        ({"hours": {}, "makeup_days": ["2026-02-14"]}, ["没有任何办公时间", "2026-02-14 没有写上班时段"]),
        ({"hours": None}, ["hours：应为一组设置"]),
        ({"timezone": "Asia/Shangai"}, ["未知的时区"]),
        ({"timezone": "../etc/passwd"}, ["未知的时区"]),
        ({"timezone": ""}, ["未知的时区"]),
        ({"timezone": 8}, ["未知的时区"]),
        ({"holidays": ["2026-02-30"]}, ["“2026-02-30”不是日期"]),
        ({"holidays": ["20261001", 5, None]}, ["不是日期"] * 3),
        ({"holidays": "2026-10-01"}, ["holidays：应为若干日期"]),
        ({"makeup_days": {"2026-13-01": OFFICE}}, ["“2026-13-01”不是日期"]),
        ({"makeup_days": {"2026-10-10": [["12:00", "08:00"]]}}, ["makeup_days.2026-10-10：下班"]),
        ({"holidays": ["2026-10-10"], "makeup_days": ["2026-10-10"]}, ["2026-10-10 同时列为节假日"]),
        ({"seasons": [{"from": "05-01", "to": "09-31", "hours": WEEK}]}, ["seasons[1].to：“09-31”不是月日"]),
        ({"seasons": [{"from": "05-01", "hours": WEEK}]}, ["seasons[1].to：缺少该项"]),
        ({"seasons": [{"from": "05-01", "to": "09-30"}]}, ["seasons[1].hours：缺少该项"]),
        (
            {
                "seasons": [
                    {"from": "11-01", "to": "03-15", "hours": WEEK},
                    {"from": "03-15", "to": "05-01", "hours": WEEK},
                ]
            },
            ["seasons[2]：与前面的季节（11-01 至 03-15）重叠"],
        ),
        ({"seasons": [{"from": "01-01", "to": "12-31", "hours": {}}]}, ["没有任何办公时间"]),
        ({"always_open": "yes"}, ["always_open：应为 true 或 false"]),
        ({"provisional_years": ["2027"]}, ["provisional_years：应为若干年份"]),
        ({"statutory_days": ["13-01"]}, ["“13-01”不是月日"]),
        ({"holliday": []}, ["holliday：不认识该项"]),
        (
            {"timezone": "Mars", "hours": {"mon": [["12:00", "08:00"]]}, "holidays": ["x"], "zzz": 1},
            ["timezone", "hours.mon", "holidays", "zzz"],
        ),
    ],
)
def test_nonsense_is_refused_with_every_reason(entries: dict, reasons: list[str]) -> None:
    with pytest.raises(CalendarError) as refused:
        calendar(**entries)
    assert len(refused.value.reasons) == len(reasons)
    for reason, expected in zip(refused.value.reasons, reasons, strict=True):
        assert expected in reason


@pytest.mark.parametrize("value", [None, [], "calendar", 5])
def test_what_is_no_calendar_at_all_is_refused(value: Any) -> None:
    with pytest.raises(CalendarError):
        Calendar.from_mapping(value)


# --- files


def test_a_calendar_is_read_from_toml_and_json_alike(tmp_path: Path) -> None:
    mapping = {"timezone": "Asia/Shanghai", "hours": WEEK, "holidays": ["2026-10-01"]}
    (tmp_path / "city.json").write_text(json.dumps(mapping), encoding="utf-8-sig")
    rows = "\n".join(f'{name} = [["08:00", "12:00"], ["14:00", "18:00"]]' for name in WEEK)
    (tmp_path / "city.toml").write_text(f"holidays = [2026-10-01]\n[hours]\n{rows}\n", encoding="utf-8")
    facts = [load_calendar(tmp_path / name).facts for name in ("city.json", "city.toml")]
    assert facts[0] == facts[1]


def test_the_calendar_of_china_can_be_stored_as_json() -> None:
    mapping = read_mapping(CHINA)
    assert Calendar.from_mapping(json.loads(json.dumps(mapping))).facts == load_china().facts


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("broken.toml", b"hours = [", "不是有效的"),
        ("broken.json", b'{"hours": ', "不是有效的"),
        ("gbk.toml", "# 日历".encode("gb18030"), "不是有效的"),
        ("years.toml", b'years = "nowhere"', "没有年度文件"),
        ("years2.toml", b"years = 5", "years"),
    ],
)
def test_a_broken_file_is_refused(tmp_path: Path, name: str, content: bytes, why: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CalendarError, match=why):
        load_calendar(tmp_path / name)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CalendarError, match="读不到"):
        load_calendar(tmp_path / "none.toml")


def test_a_years_file_says_whether_it_is_official(tmp_path: Path) -> None:
    (tmp_path / "years").mkdir()
    (tmp_path / "years" / "2026.toml").write_text('status = "sure"\nholiday = []\n', encoding="utf-8")
    (tmp_path / "city.toml").write_text('years = "years"\n[hours]\nmon = [["08:00", "12:00"]]\n', encoding="utf-8")
    with pytest.raises(CalendarError) as refused:
        load_calendar(tmp_path / "city.toml")
    assert len(refused.value.reasons) == 2

"""What an administrator says about office time, read from TOML or JSON with every fault named at once (design §4).

    timezone    = "Asia/Shanghai"                                        # the default
    hours       = { mon = [["08:00", "12:00"], ["14:00", "18:00"]], … }  # a weekday left out is closed
    seasons     = [{ from = "05-01", to = "09-30", hours = { … } }]      # with a week of their own; may wrap the year
    holidays    = ["2026-10-01", …]                                      # or { "2026-10-01" = "国庆节", … }
    makeup_days = { "2026-10-10" = [["08:00", "12:00"]], … }             # or ["2026-10-10", …]
    always_open = false                                                  # true: every minute of every day is open
    statutory_days    = ["01-01", …]           # holidays of every year for which no date is given
    provisional_years = [2027]                 # years whose dates stand above, but without an official notice
    notices           = { 2026 = "国办发明电〔2025〕7号" }  # by which notice the dates of a year stand above

A make-up day without hours (`[]`, null, or in a list) takes those of a normal working day: of the first open weekday
from Monday in the week then in force.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import combinations
from zoneinfo import ZoneInfo

from hotline.domain.errors import HotlineError
from hotline.domain.office_hours import CLOSED_WEEK, Hours, Week, normal_hours, read_hours, read_week, short
from hotline.domain.reading import Reading

MonthDay = tuple[int, int]

DEFAULT_ZONE = "Asia/Shanghai"
_LEAP_YEAR = [date(2024, 1, 1) + timedelta(days=n) for n in range(366)]


class CalendarError(HotlineError, ValueError):
    """The calendar cannot be used; `reasons` names every fault, in Chinese, by its place."""

    code = "calendar"

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("".join(reasons))
        self.reasons = reasons


@dataclass(frozen=True)
class Season:
    """A part of every year, both ends included, with a week of its own. `first` after `last` wraps the year end."""

    first: MonthDay
    last: MonthDay
    week: Week

    def covers(self, day: date) -> bool:
        """Whether the day lies in this season, whatever the year."""
        here = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= here <= self.last
        return here >= self.first or here <= self.last


@dataclass(frozen=True)
class CalendarFacts:
    """A calendar as it was written down, checked. `holidays` gives names ("" where none was given)."""

    zone: tzinfo
    week: Week
    seasons: tuple[Season, ...]
    holidays: Mapping[date, str]
    makeup_days: Mapping[date, Hours]  # () stands for the hours of a normal working day
    statutory_days: frozenset[MonthDay]
    provisional_years: frozenset[int]
    always_open: bool
    notices: Mapping[int, str]


def read_facts(mapping: object) -> CalendarFacts:
    """Read and check a calendar. Raises CalendarError with all that is wrong."""
    top = Reading(mapping)
    facts = CalendarFacts(
        zone=_zone(top),
        week=read_week(top.table("hours")) if "hours" in top else CLOSED_WEEK,
        seasons=_seasons(top),
        holidays=_holidays(top),
        makeup_days=_makeup_days(top),
        statutory_days=frozenset(_month_days(top, "statutory_days")),
        provisional_years=frozenset(_years(top, "provisional_years")),
        always_open=_flag(top, "always_open"),
        notices=_notices(top),
    )
    top.close()
    for day in sorted(facts.holidays.keys() & facts.makeup_days.keys()):
        top.fault("makeup_days", f"{day} 同时列为节假日")
    if not top.faults:
        _check_open(top, facts)
    if top.faults:
        raise CalendarError(top.faults)
    return facts


def read_zone(mapping: object) -> tzinfo:
    """City time alone, of a calendar. Raises CalendarError when there is no such zone."""
    top = Reading(mapping)
    zone = _zone(top)
    if top.faults:
        raise CalendarError(top.faults)
    return zone


def _zone(top: Reading) -> tzinfo:
    name = top.get("timezone") if "timezone" in top else DEFAULT_ZONE
    try:
        return ZoneInfo(name)  # type: ignore[arg-type]  # whatever was written; it says so itself
    except (LookupError, ValueError, TypeError, AttributeError, OSError):
        top.fault("timezone", f"未知的时区“{short(name)}”，应写作 Asia/Shanghai 这样的名称（本机须有时区数据 tzdata）")
        return UTC


def _seasons(top: Reading) -> tuple[Season, ...]:
    seasons = []
    for table in top.tables("seasons") if "seasons" in top else ():
        first, last = (_month_day(table, key, table.get(key)) for key in ("from", "to"))
        week = read_week(table.table("hours"))
        table.close()
        if first and last:
            seasons.append((table.path, Season(first, last, week)))
    for (_, one), (place, other) in combinations(seasons, 2):
        if any(one.covers(day) and other.covers(day) for day in _LEAP_YEAR):
            top.faults.append(f"{place}：与前面的季节（{_span(one)}）重叠。")
    return tuple(season for _, season in seasons)


def _holidays(top: Reading) -> dict[date, str]:
    value = top.get("holidays") if "holidays" in top else ()
    if isinstance(value, Mapping):
        table = top.table("holidays")
        names = {key: table.text(key) for key in value}
    elif isinstance(value, list | tuple):
        names = {key: "" for key in value if _hashable(top, "holidays", key)}
    else:
        top.fault("holidays", '应为若干日期，如 ["2026-10-01"]')
        return {}
    return {day: name for key, name in names.items() if (day := _day(top, "holidays", key))}


def _makeup_days(top: Reading) -> dict[date, Hours]:
    value = top.get("makeup_days") if "makeup_days" in top else ()
    hours: dict[object, Hours]
    if isinstance(value, Mapping):
        table = top.table("makeup_days")
        hours = {key: read_hours(table, key) if value[key] is not None else () for key in value}
    elif isinstance(value, list | tuple):
        hours = {key: () for key in value if _hashable(top, "makeup_days", key)}
    else:
        top.fault("makeup_days", '应为日期和上班时段，如 {"2026-10-10": [["08:00", "12:00"]]}')
        return {}
    return {day: open_ for key, open_ in hours.items() if (day := _day(top, "makeup_days", key))}


def _hashable(top: Reading, key: str, value: object) -> bool:
    if isinstance(value, str | date):
        return True
    top.fault(key, f"“{short(value)}”不是日期，应写作 2026-10-01")
    return False


def _day(top: Reading, key: str, value: object) -> date | None:
    """A date: its ISO spelling, or as TOML has it."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
            return date.fromisoformat(value)
    except ValueError:
        pass
    top.fault(key, f"“{short(value)}”不是日期，应写作 2026-10-01")
    return None


def _month_days(top: Reading, key: str) -> list[MonthDay]:
    value = top.get(key) if key in top else ()
    if not isinstance(value, list | tuple):
        top.fault(key, '应为若干月日，如 ["10-01"]')
        return []
    return [found for item in value if (found := _month_day(top, key, item))]


def _month_day(table: Reading, key: str, value: object) -> MonthDay | None:
    try:
        if isinstance(value, str) and re.fullmatch(r"\d{2}-\d{2}", value, re.ASCII):
            day = date.fromisoformat(f"2024-{value}")
            return day.month, day.day
    except ValueError:
        pass
    if key in table:
        table.fault(key, f"“{short(value)}”不是月日，应写作 05-01")
    return None


def _years(top: Reading, key: str) -> list[int]:
    value = top.get(key) if key in top else ()
    if isinstance(value, list | tuple) and all(type(year) is int for year in value):
        return list(value)
    top.fault(key, "应为若干年份，如 [2027]")
    return []


def _notices(top: Reading) -> dict[int, str]:
    value = top.get("notices") if "notices" in top else {}
    if not isinstance(value, Mapping) or not all(
        re.fullmatch(r"\d{4}", str(year), re.ASCII) and isinstance(said, str) for year, said in value.items()
    ):
        top.fault("notices", '应为年份和文号，如 { 2026 = "国办发明电〔2025〕7号" }')
        return {}
    return {int(year): said for year, said in value.items()}


def _flag(top: Reading, key: str) -> bool:
    value = top.get(key) if key in top else False
    if isinstance(value, bool):
        return value
    top.fault(key, "应为 true 或 false")
    return False


def _check_open(top: Reading, facts: CalendarFacts) -> None:
    """Refuse a calendar without any open hour, and a make-up day for which no hours can be found."""
    if facts.always_open:
        return
    weeks = [season.week for season in facts.seasons]
    if any(not any(season.covers(day) for season in facts.seasons) for day in _LEAP_YEAR):
        weeks.append(facts.week)
    if any(map(normal_hours, weeks)):
        return
    if not any(facts.makeup_days.values()):
        top.fault("hours", "没有任何办公时间")
    for day in (day for day, hours in facts.makeup_days.items() if not hours):
        top.fault("makeup_days", f"{day} 没有写上班时段，而日历里也没有正常工作日可以参照")


def _span(season: Season) -> str:
    return "{:02}-{:02} 至 {:02}-{:02}".format(*season.first, *season.last)

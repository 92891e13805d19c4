"""The day of a festival by which people date things: 国庆那会儿, 过年的时候, 中秋前后."""

from __future__ import annotations

import re
from datetime import date, timedelta

#: Month and day of spring, dragon-boat and mid-autumn festival by the lunar calendar; an unknown year has none.
_LUNAR = {
    2019: ("0205", "0607", "0913"),
    2020: ("0125", "0625", "1001"),
    2021: ("0212", "0614", "0921"),
    2022: ("0201", "0603", "0910"),
    2023: ("0122", "0622", "0929"),
    2024: ("0210", "0610", "0917"),
    2025: ("0129", "0531", "1006"),
    2026: ("0217", "0619", "0925"),
    2027: ("0206", "0609", "0915"),
    2028: ("0126", "0528", "1003"),
    2029: ("0213", "0616", "0922"),
    2030: ("0203", "0605", "0912"),
}
_SOLAR = {"元旦": (1, 1), "清明": (4, 5), "五一": (5, 1), "劳动节": (5, 1), "国庆": (10, 1), "十一": (10, 1)}
_SPRING = {
    "春节": 0,
    "过年": 0,
    "大年初一": 0,
    "年初一": 0,
    "除夕": -1,
    "大年三十": -1,
    "年三十": -1,
    "元宵": 14,
    "正月十五": 14,
}
FESTIVAL = re.compile(
    "(?P<year>今|去|前)?年?(?P<feast>元旦|清明|五一|劳动节|国庆|十一(?=假期|长假|那会|放假|期间|前后)|春节|过年|"
    "大?年初一|除夕|大?年三十|元宵|正月十五|端午|中秋)"
    "(?![\\u4e00-\\u9fff]{0,2}[路街巷村桥园区]|大道|广场)节?(?:假期|长假|放假|那会儿?|那阵子?|那时候?|那几天|"
    "的?时候|期间|前后|过后|当天|后|前)?"
)


def festival_day(match: re.Match[str], today: date) -> date | None:
    """The day of the festival that `FESTIVAL` found, the last one up to `today`; None for a year that is not known."""
    back = {"今": 0, "去": 1, "前": 2}.get(match["year"] or "")
    years = [today.year - back] if back is not None else [today.year, today.year - 1]
    days = [day for year in years if (day := _day_in(match["feast"], year)) is not None and day <= today]
    return days[0] if days else None


def statutory_days(year: int) -> dict[date, str]:
    """法定节日 of a year, before any notice (全国年节及纪念日放假办法, 2024). Those by the moon only where known."""
    ranges = [("元旦", date(year, 1, 1), 1), ("劳动节", date(year, 5, 1), 2), ("国庆节", date(year, 10, 1), 3)]
    ranges.append(("清明节", _clear_and_bright(year), 1))
    if year in _LUNAR:
        spring, boats, autumn = (date(year, int(each[:2]), int(each[2:])) for each in _LUNAR[year])
        ranges += [("春节", spring - timedelta(days=1), 4), ("端午节", boats, 1), ("中秋节", autumn, 1)]
    days = {first + timedelta(days=each): name for name, first, length in ranges for each in range(length)}
    return dict(sorted(days.items()))


def _clear_and_bright(year: int) -> date:
    """清明 of the years 2000 to 2099, by the usual reckoning of the solar term."""
    short = year % 100
    return date(year, 4, int(short * 0.2422 + 4.81) - short // 4)


def _day_in(feast: str, year: int) -> date | None:
    if feast in _SOLAR:
        return date(year, *_SOLAR[feast])
    if year not in _LUNAR:
        return None
    spring, boats, autumn = (date(year, int(each[:2]), int(each[2:])) for each in _LUNAR[year])
    return {"端午": boats, "中秋": autumn}.get(feast) or spring + timedelta(days=_SPRING[feast])

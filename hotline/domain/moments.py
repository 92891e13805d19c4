"""When something happened, as people say it, counted from the moment of the call: 昨晚十点多, 上个礼拜三, 半个月了.

Values are ISO 8601: a day (2026-03-04) where only the day is sure, a time with zone where the hour was said.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from hotline.domain.spoken import NUMERAL, number_of


@dataclass(frozen=True, slots=True)
class Moment:
    """`value` is None where the words do not say when ("好久了"); `said` is `text[start:end]` as it was spoken."""

    value: str | None
    said: str
    start: int
    end: int
    confidence: float


_DAYS_BACK = {"大前": 3, "前": 2, "昨": 1, "今": 0, "当": 0}
_PARTS_OF_DAY = "凌晨|清晨|清早|大清早|一大早|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|夜间|半夜|深夜|后半夜|早|晚|夜"
_N = NUMERAL + "{1,4}"
_CLOCK = (
    rf"(?P<hour>[0-9０-９零一二两三四五六七八九十]{{1,3}})(?:[点时](?:钟)?(?P<minute>半|"
    rf"一刻|三刻|{_N}分?(?![天个月年点号多])|(?!\S)|))|(?P<hh>[01]?\d|2[0-3])[:：](?P<mm>[0-5]\d)"
)
_AT = (
    rf"(?:的|\s)?(?:大概|大约|差不多)?(?P<part>{_PARTS_OF_DAY})?(?:的|\s)?(?:大概|"
    rf"大约|差不多)?(?:{_CLOCK})?(?P<about>多|左右|来钟|过)?"
)

_DAY_WORD = re.compile(rf"(?P<day>大前|前|昨|今)(?:天|日|儿个?)?(?P<night>晚上?|夜里?|早上?)?{_AT}")
_WEEKDAY = re.compile(
    rf"(?P<back>上上个?|上个?|这个?|本)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])(?![天个]){_AT}"
)
_DATE = re.compile(
    rf"(?:(?P<year>20\d\d|二[零〇]二[零〇一二三四五六七八九]|今|去|前)年)?(?:的)?(?:(?P<month>{_N})月份?(?:"
    rf"的)?|(?P<back>上上|上|这|本)个?月(?:的)?)(?:(?P<dom>{_N})(?:号|日)(?!楼|院|"
    rf"线))?{_AT}"
)
_AGO = re.compile(
    rf"(?P<amount>半|{_N})(?P<more>多)?个?(?P<half>半)?(?P<more2>多)?(?P<unit>分钟|"
    rf"小时|钟头|天|礼拜|星期|周|月|年)(?P<more3>多|左右)?(?P<half2>半)?(?:以|之)?(?P<tail>前|"
    rf"了|来)"
)
_YEAR = re.compile(r"(?P<year>今|去|前)年(?P<part>年初|年底|初|底|春天|夏天|秋天|冬天)?")
_VAGUE = re.compile(
    r"好[几多]?(?:天|个?月|年|个?星期|个?礼拜|长时间|久)了?|很久了?|[几数](?:天|"
    r"个月|年|个星期|个礼拜)了|一段时间了?|前几天|最近(?:几天|这几天)?|这几天|前段时间"
)
_NOW = re.compile(r"刚刚|刚才|现在|目前|这会儿|此刻|正在")
_CLOCK_ONLY = re.compile(rf"(?P<part>{_PARTS_OF_DAY})?(?:大概|大约|差不多)?(?:{_CLOCK})(?P<about>多|左右|来钟|过)?")

_HABIT = re.compile(
    r"(?:每天|每晚|天天|每到|每周末?|每个月?|隔三差五|三天两头|经常|老是|总是|一直|"
    r"整天|整晚|整夜|一到(?:晚上|夜里|下雨|周末)|一下雨)"
    r"(?:[^，,。！？!?；;\n]{0,14}(?:点|时|半|夜|晚上|早上|凌晨|下雨|下雨天)(?:以后|之后|左右|多)?)?"
)


def habit_of(text: str) -> tuple[str, int] | None:
    """How often, in the speaker's words (每天晚上十点以后, 隔三差五), and where they start."""
    match = _HABIT.search(text)
    return (match.group(), match.start()) if match else None


def moments_of(text: str, called_at: datetime, zone: tzinfo) -> list[Moment]:
    """Every moment told in `text`, in its order, none of them after the call. `called_at` must be aware."""
    if called_at.tzinfo is None:
        raise ValueError("called_at must carry a time zone")
    reader = _Reader(called_at.astimezone(zone))
    found: list[Moment] = []
    habits = [match.span() for match in _HABIT.finditer(text)]
    for pattern, read in reader.forms():
        for match in pattern.finditer(text):
            start, end = match.span()
            taken = [(m.start, m.end) for m in found] + habits
            if end == start or any(a < end and start < b for a, b in taken):
                continue
            value, confidence = read(match)
            if value is not None or pattern is _VAGUE:
                found.append(Moment(value, match.group().strip(), start, end, confidence))
    return sorted(found, key=lambda moment: moment.start)


Reading = tuple[str | None, float]


class _Reader:
    """Turns matches into values relative to one call."""

    def __init__(self, called: datetime) -> None:
        self.called = called
        self.today = called.date()

    def forms(self) -> tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Reading]], ...]:
        """The ways of saying it; what comes first wins where two overlap."""
        return (
            (_VAGUE, lambda match: (None, 0.3)),
            (_AGO, self._ago),
            (_DAY_WORD, self._day_word),
            (_WEEKDAY, self._weekday),
            (_DATE, self._date),
            (_YEAR, self._year),
            (_NOW, lambda match: (self.today.isoformat(), 0.7)),
            (_CLOCK_ONLY, self._clock_only),
        )

    def _day_word(self, match: re.Match[str]) -> Reading:
        if match.group() in ("前", "今", "昨", "大前"):
            return None, 0.0
        day = self.today - timedelta(days=_DAYS_BACK[match["day"]])
        return self._at(day, match, match["part"] or match["night"])

    def _weekday(self, match: re.Match[str]) -> Reading:
        wanted = "一二三四五六日天".index(match["weekday"]) % 7 if match["weekday"] != "天" else 6
        monday = self.today - timedelta(days=self.today.weekday())
        back = match["back"] or ""
        if back.startswith("上"):
            day = monday - timedelta(weeks=back.count("上")) + timedelta(days=wanted)
            return self._at(day, match, match["part"])
        day = monday + timedelta(days=wanted)
        if not back and day > self.today:
            day -= timedelta(weeks=1)
        value, confidence = self._at(day, match, match["part"])
        return value, confidence if back else min(confidence, 0.8)

    def _date(self, match: re.Match[str]) -> Reading:
        month_start = self._month(match)
        if month_start is None:
            return None, 0.0
        if match["dom"] is None:
            return month_start.strftime("%Y-%m"), 0.8
        day = _date_of(month_start.year, month_start.month, number_of(match["dom"]))
        if day is None:
            return None, 0.0
        if day > self.today and match["year"] is None and match["back"] is None:
            day = _date_of(day.year - 1, day.month, day.day)
        return self._at(day, match, match["part"]) if day else (None, 0.0)

    def _month(self, match: re.Match[str]) -> date | None:
        first = self.today.replace(day=1)
        if match["back"]:
            for _ in range(match["back"].count("上")):
                first = (first - timedelta(days=1)).replace(day=1)
            return first
        month = number_of(match["month"])
        year = self._year_of(match["year"])
        if match["year"] is None and month is not None and month > self.today.month:
            year -= 1
        return _date_of(year, month, 1)

    def _year_of(self, word: str | None) -> int:
        if word in (None, "今"):
            return self.today.year
        if word in ("去", "前"):
            return self.today.year - (1 if word == "去" else 2)
        return number_of(word) or self.today.year

    def _year(self, match: re.Match[str]) -> Reading:
        return str(self._year_of(match["year"])), 0.6

    def _ago(self, match: re.Match[str]) -> Reading:
        amount = 0.5 if match["amount"] == "半" else number_of(match["amount"])
        unit, tail = match["unit"], match["tail"]
        if not amount or amount > 100_000 or (tail == "来" and not match.group().endswith(("以来", "来"))):
            return None, 0.0
        if match["half"] or match["half2"]:
            amount += 0.5
        inexact = any(match[name] for name in ("more", "more2", "more3"))
        confidence = 0.6 if inexact else 0.8
        if unit in ("分钟", "小时", "钟头"):
            moment = self.called - timedelta(minutes=amount * (1 if unit == "分钟" else 60))
            return moment.isoformat(timespec="minutes"), confidence
        return self._days_ago(amount, unit), confidence

    def _days_ago(self, amount: float, unit: str) -> str | None:
        days = {"天": 1, "礼拜": 7, "星期": 7, "周": 7, "月": 30, "年": 365}[unit]
        if unit in ("月", "年") and amount == int(amount):
            months = int(amount) * (12 if unit == "年" else 1)
            return _months_back(self.today, months)
        if amount * days > 365 * 100:
            return None
        return (self.today - timedelta(days=round(amount * days))).isoformat()

    def _clock_only(self, match: re.Match[str]) -> Reading:
        value, confidence = self._at(self.today, match, match["part"])
        return value, min(confidence, 0.6)

    def _at(self, day: date, match: re.Match[str], part: str | None) -> Reading:
        """The day with the clock time said, if any; the small hours of "last night" belong to the next day."""
        hour_words = match["hour"] or match["hh"]
        if hour_words is None:
            return (day.isoformat(), 0.9) if day <= self.today else (None, 0.0)
        hour, minute = number_of(hour_words), _minute_of(match["minute"] or match["mm"])
        if hour is None or minute is None or hour > 24:
            return None, 0.0
        shift, hour = _twenty_four(hour, part or "")
        moment = datetime.combine(day, time(hour % 24, minute), self.called.tzinfo) + timedelta(days=shift + hour // 24)
        if moment > self.called:
            return None, 0.0
        sure = (bool(part) or hour >= 12) and not shift  # "昨天半夜两点" may be either night
        return moment.isoformat(timespec="minutes"), (0.9 if sure else 0.6) - (0.1 if match["about"] else 0)


def _twenty_four(hour: int, part: str) -> tuple[int, int]:
    """(days to add, hour of 24) for an hour said with a part of the day."""
    if part in ("下午", "傍晚") and hour < 12:
        return 0, hour + 12
    if part in ("晚上", "晚", "夜里", "夜间", "夜", "半夜", "深夜"):
        if hour == 12:
            return 1, 0
        return (1, hour) if hour < 5 else (0, hour + 12 if hour < 12 else hour)
    if part == "中午" and hour < 3:
        return 0, hour + 12
    return 0, hour


def _minute_of(words: str | None) -> int | None:
    if not words:
        return 0
    if words in ("半", "一刻", "三刻"):
        return {"半": 30, "一刻": 15, "三刻": 45}[words]
    minute = number_of(words.removesuffix("分"))
    return minute if minute is not None and minute < 60 else None


def _months_back(day: date, months: int) -> str | None:
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    for dom in range(day.day, 27, -1) if day.day > 28 else (day.day,):
        if (found := _date_of(year, month + 1, dom)) is not None:
            return found.isoformat()
    return None


def _date_of(year: int, month: int | None, day: int | None) -> date | None:
    try:
        return date(year, month or 0, day or 0)
    except ValueError:
        return None

"""When something happened, as people say it, counted from the moment of the call: 昨晚十点多, 上个礼拜三, 半个月了.

Values are ISO 8601: a day (2026-03-04) where only the day is sure, a time with zone where the hour was said.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from hotline.domain.festivals import FESTIVAL, festival_day
from hotline.domain.habits import habits_in
from hotline.domain.spoken import NUMERAL, number_of


@dataclass(frozen=True, slots=True)
class Moment:
    """`value` is None where the words do not say when ("好久了"); `said` is `text[start:end]` as it was spoken.
    `bare`: an hour alone, or 现在; it tells since when only in answer to that question."""

    value: str | None
    said: str
    start: int
    end: int
    confidence: float
    bare: bool = False


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

_DAY_WORD = re.compile(
    rf"(?:(?P<day>大前|前|昨|今)(?:(?:天|日|儿个?)|(?<=[昨今])个|(?=[晚夜早晨])(?<=[昨今])))(?P<night>晚上?|夜里?|"
    rf"早上?|晨)?{_AT}"
)
_WEEKDAY = re.compile(
    rf"(?P<back>上上个?|上个?|这个?|本)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])(?![天个]){_AT}"
)
_DATE = re.compile(
    rf"(?:(?P<year>20\d\d|二[零〇]二[零〇一二三四五六七八九]|今|去|前)年)?(?:的)?(?:(?P<month>{_N})月份?(?:"
    rf"的)?|(?P<back>上上|上|这|本)个?月(?:的)?)(?:(?P<dom>{_N})(?:号|日)(?!楼|院|"
    rf"线))?{_AT}"
)
_LASTED = "已经|都|有|快|将近|差不多|大概|持续|连续|(?<=[停堆坏吵闹漏堵响停亮修放占等修干])了"
_AGO = re.compile(
    rf"(?P<lead>{_LASTED})?(?P<inexact>大|小|将近|快|差不多|"
    rf"大概)?(?<![年0-9０-９零〇一二两三四五六七八九十百千])(?P<amount>半|[一二三四五六七八九两]?十几|俩|仨|个把|"
    rf"{_N})(?P<more>多|来)?个?(?P<half>半)?(?P<more2>多|来)?"
    rf"(?P<unit>分钟|小时|钟头|天|礼拜|星期|周(?![一二三四五六日末])|月(?![0-9一二三四五六七八九十]|份)|"
    rf"年(?![0-9一二三四五六七八九十级代]))"
    rf"(?P<more3>多|左右)?(?P<half2>半)?(?:以|之)?(?P<tail>前|了|来|吧)?"
    r"(?![内后底]|[以之][内后]|一[次趟回]|工作|到|半)"
)
_NEARLY = ("快", "将近", "差不多", "大概")
_NTH_DAY = re.compile(
    "(?:今天|今儿个?)?(?:都|已经|是|就){0,3}第(?P<nth>[0-9一二两三四五六七八九十]{1,3})天了?(?![^，。]{0,3}(?:就|才))"
)
_RANGE = re.compile("([一二两三四五六七八九])([二三四五六七八九])$")
_YEAR = re.compile(
    r"(?P<year>今|去|前)年(?P<part>年初|年底|初|底|春天|夏天|秋天|冬天)?|(?P<written>20\d\d|"
    r"二[零〇]二[零〇一二三四五六七八九])年(?![0-9一二三四五六七八九十])|"
    r"(?<![0-9一二三四五六七八九十零〇])(?P<short>[12]\d|二[零一二三四五六七八九])年(?=[就的底初春夏秋冬下上交入开])"
)
_VAGUE = re.compile(
    r"好[几多]?(?:天|个?月|年|个?星期|个?礼拜|长时间|久)了?|很久了?|(?<!十)[几数](?:天|"
    r"个月|年|个星期|个礼拜)了|一段时间了?|前[几两]天|头[几两]天|最近(?:几天|这几天)?|"
    r"[这近][几两]天|[前这]段时间|前阵子?|这阵子?|近期|[上这]个?(?:周|星期|礼拜)(?![一二三四五六日天末])|"
    r"一?入[夏冬秋春](?:以来|之后|以后)?|开春(?:以来|以后)?|一直以来"
)
_JUST = re.compile(r"刚刚|刚才|刚(?=[爆坏断塌倒掉漏停着开])|就在刚")
_NOW = re.compile(r"现在|目前|这会儿|此刻|正在")
_WEEKEND = re.compile(r"(?P<back>上上个?|上个?|这个?|本)(?:周|星期|礼拜)末")
_CLOCK_ONLY = re.compile(rf"(?P<part>{_PARTS_OF_DAY})?(?:大概|大约|差不多)?(?:{_CLOCK})(?P<about>多|左右|来钟|过)?")


def moments_of(text: str, called_at: datetime, zone: tzinfo) -> list[Moment]:
    """Every moment told in `text`, in its order, none of them after the call. `called_at` must be aware."""
    if called_at.tzinfo is None:
        raise ValueError("called_at must carry a time zone")
    reader = _Reader(called_at.astimezone(zone))
    found: list[Moment] = []
    habits = habits_in(text)
    for pattern, read in reader.forms():
        for match in pattern.finditer(text):
            start, end = match.span()
            taken = [(m.start, m.end) for m in found] + habits
            if end == start or any(a < end and start < b for a, b in taken):
                continue
            value, confidence = read(match)
            if value is not None or pattern is _VAGUE:
                bare = pattern in (_CLOCK_ONLY, _NOW)
                found.append(Moment(value, match.group().strip(), start, end, confidence, bare))
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
            (_NTH_DAY, self._nth_day),
            (_AGO, self._ago),
            (_DAY_WORD, self._day_word),
            (_WEEKDAY, self._weekday),
            (_WEEKEND, self._weekend),
            (FESTIVAL, self._festival),
            (_DATE, self._date),
            (_YEAR, self._year),
            (_JUST, lambda match: (self.today.isoformat(), 0.8)),
            (_NOW, lambda match: (self.today.isoformat(), 0.7)),
            (_CLOCK_ONLY, self._clock_only),
        )

    def _day_word(self, match: re.Match[str]) -> Reading:
        if match.group() in ("前", "今", "昨", "大前"):
            return None, 0.0
        day = self.today - timedelta(days=_DAYS_BACK[match["day"]])
        return self._at(day, match, match["part"] or match["night"])

    def _nth_day(self, match: re.Match[str]) -> Reading:
        """今天第四天: today is one of them."""
        nth = number_of(match["nth"])
        return ((self.today - timedelta(days=nth - 1)).isoformat(), 0.9) if nth else (None, 0.0)

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

    def _weekend(self, match: re.Match[str]) -> Reading:
        saturday = self.today - timedelta(days=self.today.weekday() - 5) - timedelta(weeks=match["back"].count("上"))
        return (saturday.isoformat(), 0.6) if saturday <= self.today else (None, 0.0)

    def _festival(self, match: re.Match[str]) -> Reading:
        day = festival_day(match, self.today)
        return (day.isoformat(), 0.6) if day else (None, 0.0)

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
        if match["written"] or match["short"]:
            year = number_of(match["written"] or match["short"]) or 0
            year += 2000 if match["short"] else 0
            return (str(year), 0.6) if 1990 <= year <= self.today.year else (None, 0.0)
        return str(self._year_of(match["year"])), 0.6

    def _ago(self, match: re.Match[str]) -> Reading:
        unit, tail = match["unit"], match["tail"]
        if not (match["lead"] or tail) or (tail == "来" and not match.group().endswith(("以来", "来"))):
            return None, 0.0
        amount, inexact = _amount_of(match["amount"])
        if not amount or amount > 100_000:
            return None, 0.0
        if match["half"] or match["half2"]:
            amount += 0.5
        inexact = (
            inexact or any(match[name] for name in ("more", "more2", "more3", "inexact")) or match["lead"] in _NEARLY
        )
        confidence = 0.6 if inexact else 0.8
        if unit in ("分钟", "小时", "钟头"):
            moment = self.called - timedelta(minutes=amount * (1 if unit == "分钟" else 60))
            return moment.isoformat(timespec="minutes"), confidence
        value = self._days_ago(amount, unit)
        if value and inexact and unit in ("月", "年"):
            value = value[:4] if unit == "年" and amount >= 1 else value[:7]  # 两三年了 tells no day
        return value, confidence

    def _days_ago(self, amount: float, unit: str) -> str | None:
        days = {"天": 1, "礼拜": 7, "星期": 7, "周": 7, "月": 30, "年": 365}[unit]
        if unit in ("月", "年") and amount == int(amount):
            months = int(amount) * (12 if unit == "年" else 1)
            return _months_back(self.today, months)
        if amount * days > 365 * 100:
            return None
        return (self.today - timedelta(days=round(amount * days))).isoformat()

    def _clock_only(self, match: re.Match[str]) -> Reading:
        """Today; without a part of the day the later of two that are past: at a quarter past two 两点钟 is 14:00."""
        for part in (match["part"],) if match["part"] else ("下午", ""):
            value, confidence = self._at(self.today, match, part)
            if value is not None:
                return value, min(confidence, 0.6)
        return None, 0.0

    def _at(self, day: date, match: re.Match[str], part: str | None) -> Reading:
        """The day with the clock time said, if any; the small hours of "last night" belong to the next day."""
        hour_words = match["hour"] or match["hh"]
        if hour_words is None:
            return (day.isoformat(), 0.9) if day <= self.today else (None, 0.0)
        hour, minute = _hour_of(hour_words), _minute_of(match["minute"] or match["mm"])
        if hour is None or minute is None or hour > 24:
            return None, 0.0
        shift, hour = _twenty_four(hour, part or "")
        moment = datetime.combine(day, time(hour % 24, minute), self.called.tzinfo) + timedelta(days=shift + hour // 24)
        if moment > self.called:
            return None, 0.0
        sure = (bool(part) or hour >= 12) and not shift  # "昨天半夜两点" may be either night
        return moment.isoformat(timespec="minutes"), (0.9 if sure else 0.6) - (0.1 if match["about"] else 0)


def _amount_of(words: str) -> tuple[float | None, bool]:
    """(how many, whether it is only about so many): 半, 俩, 两三, 十几, 个把."""
    if words in ("半", "俩", "仨", "个把"):
        return {"半": 0.5, "俩": 2.0, "仨": 3.0, "个把": 1.0}[words], words == "个把"
    if words.endswith("几"):
        return number_of(words[:-1]), True
    if match := _RANGE.search(words):
        return number_of(words[: match.start() + 1]), True
    return number_of(words), False


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


def _hour_of(words: str) -> int | None:
    """Of 三四点 and 十一二点 the earlier."""
    if (
        len(words) > 1
        and (match := _RANGE.search(words))
        and number_of(match.group(2)) == (number_of(match.group(1)) or 0) + 1
    ):
        return number_of(words[:-1])
    return number_of(words)


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

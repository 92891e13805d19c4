"""放假通知: the State Council's notice on the holidays of a year, read into days. A proposal: a person looks at it.

    二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。

Whatever does not fit together (a weekday that the date does not have, another number of days) is a doubt, not an error.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

LONGEST = 5000  # characters of a notice
_MOST_DAYS = 31  # of one holiday
_NUMBER = re.compile(r"国办发明电[〔\[(](\d{4})[〕\])](\d{1,3})号")
_DAY = (
    r"(?:(?P<{0}year>\d{{4}})年)?(?:(?P<{0}month>\d{{1,2}})月)?(?P<{0}day>\d{{1,2}})日"
    r"(?:\((?P<{0}note>[^()]{{0,24}})\))?"
)
_SPAN = re.compile(_DAY.format("a") + "(?:(?:至|到|-|—|~)" + _DAY.format("b") + ")?")
_TITLE = re.compile(r"(?:[一二三四五六七八九十]{1,3}、)?([\u4e00-\u9fff、]{1,16}):")
_COUNT = re.compile(r"共(\d{1,2})天")
_WEEKDAY = re.compile("(?:周|星期)([一二三四五六日天])")
_WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
_SENTENCE = re.compile("[。;\n]")


@dataclass(frozen=True)
class HolidayNotice:
    """What was read: days off with the name of their holiday, make-up days, and what somebody has to look at."""

    number: str = ""
    holidays: Mapping[date, str] = field(default_factory=dict)
    makeup_days: frozenset[date] = frozenset()
    doubts: tuple[str, ...] = ()


def read_notice(text: str, year: int) -> HolidayNotice:
    """Read the words of a notice for that year. Days of another year are left out, with a doubt that names them."""
    plain = re.sub("[^\\S\n]", "", unicodedata.normalize("NFKC", text[:LONGEST]))
    number = _NUMBER.search(plain)
    reader = _Reader(year)
    for sentence in _SENTENCE.split(plain):
        reader.take(sentence)
    return HolidayNotice(
        number=f"国办发明电〔{number[1]}〕{number[2]}号" if number else "",
        holidays=dict(sorted(reader.holidays.items())),
        makeup_days=frozenset(reader.makeup_days - reader.holidays.keys()),
        doubts=tuple(dict.fromkeys(reader.all_doubts())),
    )


class _Reader:
    """The notice sentence by sentence; a holiday's name holds until the next one."""

    def __init__(self, year: int) -> None:
        self.year = year
        self.holidays: dict[date, str] = {}
        self.makeup_days: set[date] = set()
        self._name = ""
        self._doubts: list[str] = []

    def take(self, sentence: str) -> None:
        """Days off, days worked, or neither."""
        title = _TITLE.match(sentence)
        if title:
            self._name = title[1]
        if "上班" in sentence:
            self.makeup_days.update(day for days in self._spans(sentence) for day in days)
        elif "放假" in sentence:
            spans = list(self._spans(sentence))
            self._check_count(sentence, sum(map(len, spans)))
            days = [day for days in spans for day in days if self._is_of_year(day)]
            self.holidays |= dict.fromkeys(days, self._name or "节假日")

    def all_doubts(self) -> Iterator[str]:
        """With those that show only in the end."""
        yield from self._doubts
        if not self.holidays and not self.makeup_days:
            yield "没有读到放假日期，请检查粘贴的内容，或直接在下面的日历上选择。"
        for day in sorted(self.makeup_days & self.holidays.keys()):
            yield f"{_said(day)}既写放假又写上班，先按放假。"
        for day in sorted(self.makeup_days - self.holidays.keys()):
            if day.weekday() < 5:
                yield f"调休上班的{_said(day)}本来就是工作日。"

    def _spans(self, sentence: str) -> Iterator[list[date]]:
        month = 0
        for match in _SPAN.finditer(sentence):
            if not match["amonth"] and not month:
                continue
            first = self._date(match["ayear"], match["amonth"] or str(month), match["aday"], match["anote"])
            if first is None:
                continue
            month = first.month
            if match["bday"] is None:
                yield [first] if self._is_of_year(first, told="放假" not in sentence) else []
                continue
            last = self._date(match["byear"] or "", match["bmonth"] or str(month), match["bday"], match["bnote"])
            if last is None:
                continue
            length = (last - first).days + 1
            if not 1 <= length <= _MOST_DAYS:
                self._doubts.append(f"“{match[0]}”前后颠倒或过长，没有采用。")
                continue
            month = last.month
            yield [first + timedelta(days=each) for each in range(length)]

    def _date(self, year: str | None, month: str, day: str, note: str | None) -> date | None:
        try:
            found = date(int(year) if year else self.year, int(month), int(day))
        except ValueError:
            self._doubts.append(f"没有“{month}月{day}日”这一天，没有采用。")
            return None
        weekday = _WEEKDAY.search(note or "")
        if weekday and _WEEKDAYS[weekday[1]] != found.weekday():
            self._doubts.append(f"{found.year}年{_said(found)}不是周{weekday[1]}，请核对年份和日期。")
        return found

    def _is_of_year(self, day: date, *, told: bool = True) -> bool:
        if day.year != self.year and told:
            self._doubts.append(f"{day.year}年{_said(day)}不在{self.year}年，没有采用；请到该年的日历录入。")
        return day.year == self.year

    def _check_count(self, sentence: str, days: int) -> None:
        told = _COUNT.search(sentence)
        if told and int(told[1]) != days:
            self._doubts.append(f"{self._name}写明共{told[1]}天，读到的是{days}天，请核对。")


def _said(day: date) -> str:
    return f"{day.month}月{day.day}日"

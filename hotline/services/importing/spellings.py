"""How cells of older systems are written: times, limits, channels, sources, urgencies, numbers.

Each reader returns the value or raises `Misspelt` with what is wrong and what to write instead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import TypeVar

from hotline.domain.errors import HotlineError
from hotline.domain.limits import Limit, LimitError, LimitUnit
from hotline.models import Channel, Source, Urgency

Word = TypeVar("Word")


class Misspelt(HotlineError):
    """A cell that cannot be used."""

    code = "misspelt"


CHANNELS = {
    Channel.WEB: ("网站", "网络", "网页", "网上", "微信", "公众号", "APP"),
    Channel.SMS: ("短信",),
    Channel.PHONE: ("电话", "来电", "热线", "12319", "12345"),
    Channel.STAFF: ("工作人员录入", "人工录入", "窗口", "来访", "来信"),
    Channel.API: ("接口", "系统对接"),
}
SOURCES = {
    Source.CITIZEN: ("市民", "群众", "公众"),
    Source.LEADER: ("领导批示", "领导交办"),
    Source.PETITION: ("信访转办", "信访"),
    Source.MEDIA: ("媒体监督", "媒体曝光", "媒体"),
    Source.OPINION: ("网络舆情", "舆情"),
    Source.INSPECTION: ("督查巡查", "督查", "巡查"),
}
URGENCIES = {
    Urgency.NORMAL: ("一般", "普通", "正常"),
    Urgency.URGENT: ("紧急", "加急", "特急"),
}


def read_word(text: str, words: Mapping[Word, tuple[str, ...]]) -> Word:
    """A word of a closed list, in English or in one of its Chinese spellings."""
    typed = unicodedata.normalize("NFKC", text).strip().casefold()
    for word, spellings in words.items():
        if typed == str(word) or typed in (spelling.casefold() for spelling in spellings):
            return word
    known = "、".join(spellings[0] for spellings in words.values())
    raise Misspelt(f"不认识“{short(text)}”，请写 {known} 之一")


def short(text: str) -> str:
    """What was written, as far as a message can hold it."""
    return text if len(text) <= 30 else f"{text[:29]}…"


_TIME = re.compile(
    r"(?P<year>\d{4})(?:[-/.]|年)(?P<month>\d{1,2})(?:[-/.]|月)(?P<day>\d{1,2})日?"
    r"(?:(?:T|\s+|(?<=日))(?P<hour>\d{1,2})(?::|时|点)(?P<minute>\d{1,2})(?:分(?!\d))?"
    r"(?:[:分](?P<second>\d{1,2})(?:\.\d{1,9})?秒?)?"
    r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)
_TIME_EXAMPLE = "请写作“2026-10-12 09:00”"
_FIRST_YEAR = 1990


def read_time(text: str, zone: tzinfo) -> datetime:
    """A moment as UTC, to the second: 2026-10-12 09:00[:30], 2026/10/12 9:00, 2026年10月12日9时00分, ISO 8601.

    Without a zone of its own it is read in `zone`. 24:00 is the next midnight. A day alone is refused: whether a
    promise was kept can hang on the hour, and the hour is not ours to invent.
    """
    match = _TIME.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if match is None:
        raise Misspelt(f"看不懂时间“{short(text)}”，{_TIME_EXAMPLE}")
    if match["hour"] is None:
        raise Misspelt(f"“{short(text)}”只有日期，没有时刻，{_TIME_EXAMPLE}")
    year, month, day, hour, minute = (int(match[part]) for part in ("year", "month", "day", "hour", "minute"))
    second = int(match["second"] or 0)
    try:
        midnight = hour == 24 and minute == second == 0
        moment = datetime(year, month, day, 0 if midnight else hour, minute, second, tzinfo=_zone(match["zone"], zone))
        moment = (moment + timedelta(days=midnight)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Misspelt(f"没有“{short(text)}”这个时间，请核对年月日时分") from None
    if moment.year < _FIRST_YEAR:
        raise Misspelt(f"“{short(text)}”早于 {_FIRST_YEAR} 年，请核对年份")
    return moment


def _zone(written: str | None, zone: tzinfo) -> tzinfo:
    if written is None:
        return zone
    if written == "Z":
        return UTC
    digits = written[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if written[0] == "-" else offset)


#: Short spellings of the city manuals (rules §6: 运城's own reading; 信访条例's 日 is a natural day).
_UNITS = {
    "天": LimitUnit.WORKING_DAYS,
    "小时": LimitUnit.OFFICE_HOURS,
    "分钟": LimitUnit.OFFICE_MINUTES,
    "紧急工作日": LimitUnit.NATURAL_DAYS,
    "日": LimitUnit.NATURAL_DAYS,
}
_SHORT_LIMIT = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)\s*个?(" + "|".join(_UNITS) + ")", re.ASCII)


def read_limit(text: str) -> Limit:
    """`5 working_days`, 13个工作日, 2紧急工作时, 5天 (working days), 4小时 (office hours), 15日 (natural days)."""
    written = unicodedata.normalize("NFKC", text).strip()
    try:
        if match := _SHORT_LIMIT.fullmatch(written):
            return Limit.parse(f"{match[1]} {_UNITS[match[2]]}")
        return Limit.parse(written)
    except LimitError as fault:
        raise Misspelt(f"{fault.message}；请写作“5天”“4小时”“2紧急工作时”“13个工作日”或“5 working_days”") from None


_NUMBER = re.compile(r"[\w(\[〔（][\w.()\[\]〔〕（）-]{0,39}")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+\d+", re.ASCII | re.IGNORECASE)


def read_number(text: str) -> str:
    """A ticket's number in the older system; it becomes part of an address."""
    refuse_scientific(text)
    if not _NUMBER.fullmatch(text):
        raise Misspelt(f"“{short(text)}”不能作编号，请只用文字、数字和 - _ . ( )，不超过40个字符，不含空格和斜线")
    return text


def refuse_scientific(text: str) -> None:
    """A spreadsheet rounds long numbers away; what is gone cannot be read."""
    if _SCIENTIFIC.fullmatch(text):
        raise Misspelt(f"“{text}”被表格软件改成了科学计数法，末几位已丢失；请把该列设为“文本”后重新导出")

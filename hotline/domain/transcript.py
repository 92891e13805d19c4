"""Reading plain dialogue: speaker marks, times, lines without either. Who is who is settled in `speakers`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from hotline.domain.speakers import is_voice, settle_speakers, side_of
from hotline.domain.turns import CITIZEN, OPERATOR, UNKNOWN, Turn, Utterance

__all__ = ["CITIZEN", "OPERATOR", "UNKNOWN", "Turn", "Utterance", "read_dialogue", "settle_speakers", "split_label"]

_STAMP = r"(?:\d{1,3}:)?\d{1,3}[:：]\d{2}(?:[.,]\d{1,3})?"
_STAMP_ALONE = r"(?:\d{4}[-/]\d{1,2}[-/]\d{1,2}[ T])?" + _STAMP
_TIME = rf"[\[（(【<]\s*(?:{_STAMP_ALONE})(?:\s*(?:-->|→|[-–—~至到])\s*{_STAMP})?\s*[\]）)】>]"
_LEADING = re.compile(rf"^\s*(?P<time>{_TIME}|{_STAMP_ALONE}(?=\s))?\s*")
_LABEL = re.compile(
    rf"(?P<label>[^\s:：，,。！？!?；;\[\]（）()【】<>]{{1,10}}(?:\s?[0-9A-Za-z]{{1,6}})?)\s*(?P<time>{_TIME}"
    rf")?\s*(?:(?<!\d)[:：]|[:：](?!\d\d))\s*"
)
_BRACKETED = re.compile(r"[\[【<（(](?P<label>[^\s:：\]】>）)]{1,12})[\]】>）)]\s*[:：]?\s*")
_HEADER = re.compile(
    rf"(?P<label>[^\s:：，,。！？!?]{{1,10}}(?:\s[0-9A-Za-z]{{1,3}})?)\s+(?P<time>{_TIME}|{_STAMP_ALONE})\s*$"
)
_TRAILING = re.compile(rf"\s*(?P<time>{_TIME})\s*$")
_TIMES = re.compile(_STAMP)
_NOT_A_SPEAKER = re.compile(
    "(?:.{0,4})(?:地址|地点|位置|电话|手机|号码|姓名|时间|日期|内容|备注|问题|事项|"
    "编号|工单|类型|类别|主题|标题|诉求|诉求内容|结果|回复|答复|处理|注意|说明|"
    "例如|比如|如下|一是|二是|网址|https?|邮箱)"
)


def read_dialogue(text: str) -> list[Turn]:
    """Turns of a plain dialogue, one or more lines each; lines keep their number in the source."""
    lines = text.split("\n")
    names = _recurring_names(lines)
    utterances: list[Utterance] = []
    label: str | None = None
    times: tuple[int | None, int | None] = (None, None)
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        read = _read_line(line, names)
        if read.label is not None:
            label, times = read.label, read.times
        elif read.times[0] is not None:
            times = read.times
        if read.text:
            utterances.append(Utterance(label, read.text, number, *times))
            times = (None, None)
    return settle_speakers(utterances)


@dataclass(frozen=True, slots=True)
class _Line:
    label: str | None
    text: str
    times: tuple[int | None, int | None]


def _read_line(line: str, names: frozenset[str]) -> _Line:
    leading = _LEADING.match(line)
    stamp, rest = (leading["time"], line[leading.end() :]) if leading else (None, line)
    header = _HEADER.fullmatch(rest)
    if header and _is_label(header["label"], names):
        return _Line(header["label"], "", _read_times(header["time"]))
    label, rest, label_stamp = split_label(rest, names)
    stamp = stamp or label_stamp
    if stamp is None and (trailing := _TRAILING.search(rest)):
        stamp, rest = trailing["time"], rest[: trailing.start()]
    if label is None and leading and leading["time"] and leading["time"][0] not in "[（(【<":
        return _Line(None, line.strip(), (None, None))  # "12:30 我看到 …" is speech, not a stamp
    return _Line(label, rest.strip(), _read_times(stamp))


def split_label(text: str, names: frozenset[str] = frozenset()) -> tuple[str | None, str, str | None]:
    """(speaker mark or None, the text without it, the time written beside the mark)."""
    for pattern in (_LABEL, _BRACKETED):
        match = pattern.match(text)
        if match and _is_label(match["label"], names):
            return match["label"], text[match.end() :], match.groupdict().get("time")
    return None, text, None


def _is_label(label: str, names: frozenset[str]) -> bool:
    return side_of(label) is not None or is_voice(label) or label in names


def _recurring_names(lines: Sequence[str]) -> frozenset[str]:
    """Marks that no list knows (two persons' names): they count when at least two of them recur."""
    counted: Counter[str] = Counter()
    for line in lines:
        leading = _LEADING.match(line)
        match = _LABEL.match(line, leading.end() if leading else 0)
        if match and len(match["label"]) <= 6 and not _NOT_A_SPEAKER.fullmatch(match["label"]):
            counted[match["label"]] += 1
    recurring = frozenset(label for label, count in counted.items() if count >= 2)
    return recurring if len(recurring) >= 2 else frozenset()


def _read_times(stamp: str | None) -> tuple[int | None, int | None]:
    found = [_milliseconds(match.group()) for match in _TIMES.finditer(stamp or "")][:2]
    start, end, *_ = [*found, None, None]
    return start, end


def _milliseconds(stamp: str) -> int:
    clock, _, fraction = stamp.replace("：", ":").replace(",", ".").partition(".")
    seconds = 0
    for part in clock.split(":"):
        seconds = seconds * 60 + int(part)
    return seconds * 1000 + int((fraction + "000")[:3])

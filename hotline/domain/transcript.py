"""A call as turns: who said what, in which line of the source. Reading plain dialogue, and settling who is who.

Marks that name a side (坐席, 市民, Agent …) are believed. Marks that only tell voices apart (A/B, 1/2, SPEAKER_00, a
person's name) and missing marks are settled by what is said: a hot-line's opening and its questions give it away.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

OPERATOR, CITIZEN, UNKNOWN = "operator", "citizen", "unknown"


@dataclass(frozen=True, slots=True)
class Utterance:
    """What a source gives: `label` is its speaker mark, or None. `line` and times as in `Turn`."""

    label: str | None
    text: str
    line: int
    start_ms: int | None = None
    end_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One stretch of speech. `line`: 1-based line of plain text, or number of the cue or segment in subtitles and JSON.
    Times are milliseconds from the start of the recording."""

    speaker: str
    text: str
    line: int
    start_ms: int | None = None
    end_ms: int | None = None


_OPERATOR_MARK = (
    "坐席员?|座席员?|话务员?|客服(?:人员|代表)?|接线员|接话员|受理员|接听员|接待员|"
    "工作人员|值班(?:人员|员)|平台|热线|人工|机器人|"
    "12319|12345|agent|operator|advisor|representative|staff|bot|system|ivr"
)
_CITIZEN_MARK = (
    "市民|来电人|来电者|来电|来话人|客户|群众|居民|村民|诉求人|投诉人|举报人|反映人|"
    "求助人|咨询人|用户|业主|住户|顾客|"
    "customer|caller|citizen|client|user|[\u4e00-\u9fff]{1,3}(?:先生|女士|小姐|大爷|大妈|阿姨)"
)
_VOICE_MARK = (
    "[ABCDabcdＡＢＣＤ甲乙丙丁]|[0-9]{1,2}|说话人?\\s?[0-9A-Za-z一二三四]{1,2}|"
    "发言人\\s?[0-9A-Za-z一二三四]{1,2}|讲话人\\s?[0-9一二三四]{1,2}|"
    "speaker[\\s_-]?[0-9A-Za-z]{1,2}|spk[\\s_-]?[0-9]{1,2}|声道\\s?[0-9一二左右]|"
    "channel[\\s_-]?[0-9]|ch[_-]?[0-9]|左声道|右声道"
)
_OPERATOR_LABEL = re.compile(rf"(?:{_OPERATOR_MARK})[\s_-]?(?:[0-9A-Za-z]{{1,8}}号?)?", re.IGNORECASE)
_CITIZEN_LABEL = re.compile(rf"(?:{_CITIZEN_MARK})[\s_-]?[0-9A-Za-z]{{0,2}}", re.IGNORECASE)
_VOICE_LABEL = re.compile(_VOICE_MARK, re.IGNORECASE)

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
    return side_of(label) is not None or _VOICE_LABEL.fullmatch(label) is not None or label in names


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


def side_of(label: str) -> str | None:
    """The side that a mark names by itself; None for a mark that only tells voices apart."""
    if _OPERATOR_LABEL.fullmatch(label.strip()):
        return OPERATOR
    if _CITIZEN_LABEL.fullmatch(label.strip()):
        return CITIZEN
    return None


# What only one side says; the number is how much it weighs.
_OPERATOR_SIGNS = (
    (
        3,
        re.compile(
            r"12319|12345|(?:很|非常)高兴(?:为您|能为您)?服务|请问有什么(?:可以|能)?帮|(?:有什么|"
            r"需要)(?:可以|能)?(?:帮您|为您)|工号|感谢您的来电|祝您(?:生活|愉快)|满意度评价|"
            r"热线(?:，|,|。)?您好"
        ),
    ),
    (
        2,
        re.compile(
            r"请问您?(?:贵姓|怎么称呼|的|具体|是|在|现在|需要|还有)|您贵姓|怎么称呼|您的(?:联系|"
            r"电话|姓名|问题|诉求|来电|情况)|(?:跟|和|与)您(?:核实|确认|核对)|(?:已经?)?(?:帮|"
            r"给|为)您(?:记录|登记|转|反映|核实|查|派)|记录(?:下来|一下|好)|请(?:您)?(?:稍等|"
            r"讲|说|保持电话)|方便(?:留|提供|说)|工作日内|回复您|联系您|需要(?:为您)?(?:保密|"
            r"回复)吗"
        ),
    ),
    (1, re.compile(r"您(?:说|看|反映|那边|这边|方便)|(?:对吗|是吗|是吧)[？?。]?$|请问")),
)
_CITIZEN_SIGNS = (
    (
        3,
        re.compile(
            r"我(?:要|想)(?:投诉|反映|举报|咨询|问|建议|求助)|我(?:来)?(?:反映|投诉)(?:一下|"
            r"个)|我姓|免贵|我(?:叫|是)[^，。]{0,8}(?:业主|居民|住户|村民)|我的?(?:电话|"
            r"手机)号?码?是"
        ),
    ),
    (
        2,
        re.compile(
            r"我们?(?:家|小区|这(?:儿|边|里|栋|条)|楼|村)|你们(?:赶紧|快|管|能不能|什么时候|"
            r"到底|来)|扰民|没(?:有)?人管|吵得|睡不着|(?:都)?(?:好几|[一二三四五六七八九十半]个?多?)(?:天|"
            r"个月|年|个星期|个礼拜)了|麻烦(?:你们|您|你)|能不能(?:派|来|给|帮)"
        ),
    ),
    (1, re.compile(r"坏了|不亮|堵了|太吵|太臭|漏水|噪音|垃圾|喂[，,]?|谢谢(?:你|您)")),
)


def _lean(text: str) -> int:
    """Above zero: sounds like the operator; below: like the citizen."""
    operator = sum(weight for weight, sign in _OPERATOR_SIGNS if sign.search(text))
    return operator - sum(weight for weight, sign in _CITIZEN_SIGNS if sign.search(text))


def settle_speakers(utterances: Iterable[Utterance]) -> list[Turn]:
    """Turns with their side: by mark where it names one, by what is said where it does not, else unknown."""
    spoken = [utterance for utterance in utterances if utterance.text.strip()]
    labels = {utterance.label for utterance in spoken if utterance.label is not None}
    if labels:
        sides = _settle_labels(spoken, labels)
        speakers = [sides.get(utterance.label, UNKNOWN) if utterance.label else UNKNOWN for utterance in spoken]
    else:
        speakers = _settle_unmarked([utterance.text for utterance in spoken])
    return [
        Turn(speaker, utterance.text, utterance.line, utterance.start_ms, utterance.end_ms)
        for speaker, utterance in zip(speakers, spoken, strict=True)
    ]


def _settle_labels(spoken: Sequence[Utterance], labels: set[str]) -> dict[str | None, str]:
    sides: dict[str | None, str] = {label: side for label in labels if (side := side_of(label)) is not None}
    voices = sorted(labels - set(sides))
    if not voices:
        return sides
    leans: dict[str, int] = defaultdict(int)
    for utterance in spoken:
        if utterance.label in voices:
            leans[str(utterance.label)] += _lean(utterance.text)
    if len(voices) == 1 and len(set(sides.values())) == 1:
        return sides | {voices[0]: CITIZEN if OPERATOR in sides.values() else OPERATOR}
    return sides | _settle_voices(voices, leans)


def _settle_voices(voices: Sequence[str], leans: dict[str, int]) -> dict[str | None, str]:
    ranked = sorted(voices, key=lambda voice: -leans[voice])
    if len(voices) == 2 and leans[ranked[0]] != leans[ranked[1]]:
        return {ranked[0]: OPERATOR, ranked[1]: CITIZEN}
    if {voice.upper() for voice in voices} == {"A", "B"}:
        return {voice: OPERATOR if voice.upper() == "A" else CITIZEN for voice in voices}  # the usual transcription
    return {voice: OPERATOR if leans[voice] > 0 else CITIZEN if leans[voice] < 0 else UNKNOWN for voice in voices}


def _settle_unmarked(texts: Sequence[str]) -> list[str]:
    """Without any mark: take turns strictly if what is said agrees with that, else line by line."""
    leans = [_lean(text) for text in texts]
    agree = sum(lean if index % 2 == 0 else -lean for index, lean in enumerate(leans))
    weight = sum(abs(lean) for lean in leans)
    if len(texts) >= 2 and weight and abs(agree) >= 0.8 * weight and min(leans) < 0 < max(leans):
        even, odd = (OPERATOR, CITIZEN) if agree > 0 else (CITIZEN, OPERATOR)
        return [odd if index % 2 else even for index in range(len(texts))]
    return [OPERATOR if lean > 0 else CITIZEN if lean < 0 else UNKNOWN for lean in leans]

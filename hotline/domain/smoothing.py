"""Speech without what is only in the way: fillers, words said twice, endings that a recogniser spelt wrong.

What is left knows where it came from, so that the line can be lit up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_GAP = "[，,、…. ]"
#: 嗯，呃，那个， …: with the pause behind them. A 那个 before a pause says nothing either.
_FILLERS = (
    re.compile(
        rf"(?:(?<=^)|(?<={_GAP})|(?<=。))(?:嗯{{1,9}}|呃{{1,9}}|额{{1,9}}|啊{{1,9}}|哦{{1,9}}|唉|诶|那个什么|"
        rf"什么来着|叫什么来着|怎么说呢|就是说|"
        rf"那个|这个|就是|我想想|我看看|等等|等一下|反正){_GAP}{{1,6}}"
    ),
    re.compile(rf"(?:那个|这个)(?={_GAP})"),
    re.compile("(?<=[\u4e00-\u9fff0-9])[啊呀嘞哈嘛噻咧哩咯](?=[，,、])"),
    re.compile(r"(?<=[\u4e00-\u9fff])(?:嗯|呃){1,4}(?=[\u4e00-\u9fff])"),
)
_TWICE = (
    re.compile(
        rf"(?![零〇幺一二两三四五六七八九十百]|(?<=不)是{_GAP})([\u4e00-\u9fff][\u4e00-\u9fffA-Za-z0-9]{{0,7}}){_GAP}{{1,6}}(?=\1)"
    ),
    re.compile(r"([\u4e00-\u9fff]{2,4})(?=\1)"),
)
_NUMBER = "[0-9A-Za-z零〇一二两三四五六七八九十百]{1,6}"
#: A door put right in the same breath: 七号楼，哦不，十七号楼 is 十七号楼.
_TAKEN_BACK = re.compile(
    rf"{_NUMBER}(?P<unit>号楼|号院|号|栋|幢|座|单元|楼|层|室|弄|期|区)(?:[，,、。. ]|…){{0,3}}[哦啊呃噢哎嗯]?"
    rf"(?:不对|不是|说错了|错了|记错了|不){{1,3}}[，,、。 啊哦]{{0,3}}(?:应该)?是?(?={_NUMBER}(?P=unit))"
)
_NUMERAL = "[0-9一二三四五六七八九十百]"
#: (what was heard, the one character of it that is wrong, the right one)
_MISHEARD = (
    (re.compile("交([差插岔])口"), "叉"),
    (re.compile("小([曲去取驱])(?=[里的门内楼，,东西南北0-9一二三四五六七八九十])(?<![大多])"), "区"),
    (re.compile(f"(?<={_NUMERAL})([动洞冻])(?=(?:楼|[0-9一二三四五六七八九十]))"), "栋"),
    (re.compile("单([员圆源])(?=[0-9一二三四五六七八九，,。的楼门]|$)"), "元"),
    (
        re.compile(
            f"(?<=[\u4e00-\u9fff]{{2}})([录陆露鹿璐])(?=[和跟与][\u4e00-\u9fff]{{2,3}}[路街]|的?交叉口|的?路口|"
            f"口[，,那的]|{_NUMERAL}{{1,5}}号)"
        ),
        "路",
    ),
    (re.compile("(?<=[\u4e00-\u9fff]{2})([接阶])(?=的?交叉口|的?路口)"), "街"),
)


@dataclass(frozen=True, slots=True)
class Smooth:
    """`text`, of which character i stood at `origins[i]` of what was spoken."""

    text: str
    origins: tuple[int, ...]
    spoken: str

    def said(self, start: int, end: int) -> str:
        """The words as they were spoken from which `text[start:end]` came."""
        if start >= end:
            return ""
        return self.spoken[self.origins[start] : self.origins[end - 1] + 1]


def smooth(spoken: str) -> Smooth:
    """`spoken` without fillers and stammering. Numbers said twice in a row are left alone."""
    text, origins = spoken, list(range(len(spoken)))
    for pattern in (*_FILLERS, *_TWICE, _TAKEN_BACK):
        text, origins = _drop(pattern, text, origins)
    for misheard, right in _MISHEARD:
        text = misheard.sub(lambda match, right=right: _put(match, right), text)  # type: ignore[misc]
    return Smooth(text, tuple(origins), spoken)


def _put(match: re.Match[str], right: str) -> str:
    start, end = match.start(1) - match.start(), match.end(1) - match.start()
    return match.group()[:start] + right + match.group()[end:]


def _drop(pattern: re.Pattern[str], text: str, origins: list[int]) -> tuple[str, list[int]]:
    kept: list[str] = []
    places: list[int] = []
    last = 0
    for match in pattern.finditer(text):
        kept.append(text[last : match.start()])
        places.extend(origins[last : match.start()])
        last = match.end()
    if not last:
        return text, origins
    kept.append(text[last:])
    places.extend(origins[last:])
    return "".join(kept), places

"""A stretch of a road by its two ends: 从纺织厂到三中那一截, 南沙桥到漪水桥之间, 新华书店和工商银行中间.

The ends need not be names that are known for places: what stands between 从 and 到 is one, unless it is a time, a price
or somebody (从早上六点到九点, 从我家到单位).
"""

from __future__ import annotations

import re

from hotline.domain.place_words import LEAD
from hotline.domain.spans import Found

_NAME = "[^，,。；;！!？?、\\s从到至和与跟同]"
_THERE = "(?:那儿|这儿|那边|这边|那里|这里|开始|起|出来)?"
_MARK = "(?:的|这|那|这个|那个)?(?:之间|中间|当中|一?[段截](?:路面?|距离)?(?!时|子|日)|路段)"
_FROM = re.compile(
    f"从(?P<one>{_NAME}{{2,10}}?){_THERE}[，,]?(?:一直|往[东西南北]|直|再|走){{0,3}}(?:到|至)(?P<other>{_NAME}{{2,10}}?){_THERE}"
    f"(?P<mark>{_MARK}|的(?=[路巷这那])|(?=[，,。；;！!？?\\s]|$|[全都]))"
)
_BETWEEN = re.compile(
    f"(?P<one>{_NAME}{{2,12}})(?P<and>[到至和与跟同])(?P<other>{_NAME}{{2,10}}?){_THERE}(?P<mark>{_MARK})"
)
_NO_SPOT = re.compile(
    "车道|[左右][边侧]|[点月年周天日早晚夜元块分秒我你他她了吗呢的没不就都]|礼拜|星期|现在|今|昨|以前|小时|[头尾脚]$|^[大小前后上下里外]$|^家|单位$|"
    "^公司|^这|^那|^[0-9零一二三四五六七八九十百]{1,6}[号个]?$"
)
_SPOT = re.compile("[路街巷桥道口门站店场厂院所楼馆校学中行局庙寺塔园区村庄镇厦闸坝河湖城苑亭里坊府号栋座东西南北]$")


def sections_of(text: str) -> list[Found]:
    """Each stretch with its two ends, in order; a 从 before it and a 那一截 behind it belong to it."""
    found: list[Found] = []
    at = 0
    while match := _FROM.search(text, at):
        at = match.start() + 1
        if _are_ends(match["one"], match["other"], marked=bool(match["mark"])):
            found.append(Found(match.group(), match.start(), match.end(), 0.6))
            at = match.end()
    for match in _BETWEEN.finditer(text):
        leads = [lead.end() for lead in LEAD.finditer(text, match.start("one"), match.end("one") - 2)]
        start = leads[-1] if leads else match.start("one")
        if _are_ends(text[start : match.end("one")], match["other"], marked=True):
            found.append(Found(text[start : match.end()], start, match.end(), 0.6))
    apart: list[Found] = []
    for each in sorted(found, key=lambda each: each.start):
        if not apart or each.start >= apart[-1].end:
            apart.append(each)
    return apart


def _are_ends(one: str, other: str, *, marked: bool) -> bool:
    if any(len(end) < 2 or _NO_SPOT.search(end) for end in (one, other)):
        return False
    spots = sum(_SPOT.search(end) is not None for end in (one, other))
    return spots == 2 or (spots == 1 and marked)


_WRITTEN = re.compile(
    f"从?(?P<one>{_NAME}{{2,12}}?){_THERE}[，,]?(?:一直|往[东西南北]|直|再|走){{0,3}}(?P<to>[到至])(?P<other>{_NAME}{{2,10}}?){_THERE}"
    f"(?P<mark>{_MARK})?$"
)


def as_section(place: str) -> str:
    """A stretch as it stands on a form: 纺织厂到三中之间 for 从纺织厂到三中那一截; any other place as it is."""
    match = _WRITTEN.search(place)
    if match is None:
        return place
    mark = "之间" if match["mark"] else ""
    return f"{place[: match.start()]}{match['one']}{match['to']}{match['other']}{mark}"

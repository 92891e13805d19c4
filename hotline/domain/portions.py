"""Which part of a place is meant: a door of a road, a block, a phase or a half of an estate.

What names another part of the same place is another matter: the lift of block 3 is not that of block 7. Who only says
where he lives does not tell where it happened.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum


class Portion(StrEnum):
    """What kind of part."""

    DOOR = "door"  # 号, 弄: of a road
    BLOCK = "block"  # 栋, 幢, 座, 号楼
    PHASE = "phase"  # 期
    HALF = "half"  # 东区, A区: of an estate


Portions = Mapping[Portion, frozenset[str]]  # by kind the numbers or letters that are named

MOST_OF_A_RANGE = 40  # blocks between two that are named as "from – to"

_DIGITS = "[0-9]{1,4}"
_HAN = "[一二三四五六七八九十]{1,3}"
_LIST = rf"{_DIGITS}(?:[、,和及与至到~-]{_DIGITS}){{0,9}}"
_NO_MEASURE = "(?!楼|居民|住宅|房|建筑|别墅|高层)"  # 三栋楼 are three of them
_BLOCK = rf"({_LIST}|[a-h])[栋幢座]|(?<![0-9路街巷弄道])({_LIST}|[a-h])号楼|"
_BLOCK += rf"({_HAN})号楼|(?<!第)(?!一)({_HAN})[栋幢]{_NO_MEASURE}"
_PHASE = rf"(?<![学长分前后早中晚])([0-9]{{1,2}}|{_HAN})期(?!间|待|望|限)"
_HALF = r"(?:[园苑里庄湾府居庭邸寓村郡]|新城|小区|社区)的? ?([东西南北中]|[a-h][0-9]?|[一二三四五六七八九])区"
_NO_DATE = "(?!线|晚|早|夜|[上下中]午|凌晨|开始|起|到|左右)"
_DOOR = rf"([0-9]{{1,5}}) ?(?:号{_NO_DATE}|弄)"  # 香溪路12号楼下 is below number 12, 3号楼 without a road a block

_PATTERNS = {
    Portion.BLOCK: re.compile(_BLOCK),
    Portion.PHASE: re.compile(_PHASE),
    Portion.HALF: re.compile(_HALF),
}
_DOOR_OF_A_PLACE = re.compile(rf"{_DOOR}(?!楼)|(?:[路街巷弄道]|胡同) ?{_DOOR}")
_DOOR_IN_A_TEXT = re.compile(rf"(?:[路街巷弄道]|胡同) ?{_DOOR}")
_LIVES = re.compile("住|我家|我们是|我是|本人")
_DWELLERS = re.compile("的?(?:业主|居民|住户|[0-9]{1,4}[室户房])")
_BEFORE, _BEHIND = 6, 8  # characters around a block in which somebody says that he lives there
_RANGE = re.compile("[至到~-]")
_NUMBER = re.compile("[0-9]{1,4}")
_ONE_TO_TEN = {han: str(number) for number, han in enumerate("一二三四五六七八九十", 1)}


def portions_of(place: str, text: str) -> Portions:
    """The parts that are named in the place, and in the first words of the text. Both plain: NFKC, small letters."""
    found: dict[Portion, set[str]] = {}
    for words, door, is_place in ((place, _DOOR_OF_A_PLACE, True), (text, _DOOR_IN_A_TEXT, False)):
        for match in door.finditer(words):
            found.setdefault(Portion.DOOR, set()).add(match[match.lastindex or 0].lstrip("0"))
        for kind, pattern in _PATTERNS.items():
            for match in pattern.finditer(words):
                if is_place or kind is not Portion.BLOCK or not _is_home(words, match):
                    found.setdefault(kind, set()).update(_each(match[match.lastindex or 0]))
    return {kind: frozenset(named) for kind, named in found.items()}


def differ(one: Portions, other: Portions, *kinds: Portion) -> bool:
    """Whether both name parts of one of these kinds, and none in common."""
    return any(kind in one and kind in other and not one[kind] & other[kind] for kind in kinds)


def _is_home(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - _BEFORE) : match.start()]
    return bool(_LIVES.search(before) or _DWELLERS.match(text, match.end(), match.end() + _BEHIND))


def _each(named: str) -> list[str]:
    """3、5 are two blocks, 3至5 three; 三 is 3, 十二 is 12."""
    numbers = _NUMBER.findall(named)
    if len(numbers) == 2 and _RANGE.search(named):
        first, last = map(int, numbers)
        if 0 <= last - first <= MOST_OF_A_RANGE:
            return [str(each) for each in range(first, last + 1)]
    return [number.lstrip("0") for number in numbers] if numbers and named[0].isdigit() else [_plain(named)]


def _plain(han: str) -> str:
    if han in _ONE_TO_TEN:
        return _ONE_TO_TEN[han]
    if han.startswith("十"):
        return "1" + _ONE_TO_TEN.get(han[1:], han[1:])
    return han

"""门牌: the door somebody lives behind, as people write it. A building or a street number is a place, not a person."""

from __future__ import annotations

import re
from collections.abc import Iterator

_N = "[0-9零〇一二两三四五六七八九十]"
_BUILDING = rf"(?:[A-Za-z]|{_N}{{1,4}})[号#]?(?:楼|栋|幢|座|#)"
_UNIT = rf"(?:{_N}{{1,3}}|[甲乙丙丁东西])(?:单元|门|-)"
_ROOM = rf"(?:{_N}{{3,4}}(?:号?[室房]|号)?|{_N}{{1,2}}号?[室房])"
_NO_ROOM = "(?![0-9年月日元人户家多余几平米栋幢-])"  # 5栋500米, 68栋5000余户

#: 3号楼2单元501室, 三号楼二单元五零一, A座1203, 2单元501, 5栋301, 3-2-501, 5#1-301.
_DOOR = re.compile(
    rf"{_BUILDING}[ -]?(?:{_UNIT}[ ,，]?)?(?:{_N}{{1,3}}[楼层][ ,，]?)?{_ROOM}{_NO_ROOM}"
    rf"|{_N}{{1,3}}单元[ ,，]?(?:{_N}{{1,3}}[楼层][ ,，]?)?{_ROOM}{_NO_ROOM}"
    r"|(?<![0-9-])[0-9]{1,3}-[0-9]{1,2}-[0-9]{3,4}(?![0-9-])"
    rf"|(?<![0-9])[0-9]{{3,4}}号?[室房](?![屋产价租型间地东贷内外])"
)
#: 我家住 … 501, 本人在 … 3楼: the writer's own, with the building.
_OWN = re.compile(
    r"(?:(?:我家?|本人|我们家)(?:就)?(?:住在?|在|是)|住(?:在|的是)?)[^，,。；;！!？?\n]{0,24}?"
    rf"((?:{_BUILDING})?(?:{_UNIT})?(?:{_N}{{1,3}}[楼层])?{_N}{{2,4}}(?:号房|室|户|房|号)|(?:{_BUILDING}|{_UNIT})+{_N}{{2,4}})"
    r"(?![0-9年月日元人多平米路街巷弄])"
)


def find_doors(text: str) -> Iterator[tuple[int, int]]:
    """Every door of a home, with its building where that is said."""
    return (match.span() for match in _DOOR.finditer(text))


def find_own_doors(text: str) -> Iterator[tuple[int, int]]:
    """Only the writer's own."""
    return (match.span(1) for match in _OWN.finditer(text))

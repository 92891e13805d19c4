"""What a matter is found by again: names of places as most people write them, marks (`hotline/domain/marks.py`), and a
spot on the map as the square that it lies in.

A square is told from a name by its "@", the bare name of a community by its "~", a mark by its ":" after one character.
Positions are degrees, WGS 84.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache
from math import cos, floor, radians

SQUARES = 200  # to a degree: one is 556 metres high
METRES_OF_A_DEGREE = 111_320  # of latitude
LEAST_OF_A_NAME = 3  # characters that are left of a community's name without its kind: 伊景园滨河 of 伊景园滨河苑
NAMED = "~"

_DOTS = re.compile(r"[\s·•・．.。\-－—–_]")
#: 滨河苑, 滨河花园 and 滨河小区 are one to most people; 滨河新城 and 滨河广场 are others.
_KIND_OF_COMMUNITY = re.compile("(?:小区|社区|花园|花苑|家园|公寓|嘉园|佳苑|雅苑|名苑|豪庭|华庭|苑){1,3}$")


def clues_of(
    place_keys: Collection[str], latitude: float | None, longitude: float | None, marks: Collection[str] = ()
) -> list[str]:
    """All keys of one matter, each once, in order."""
    keys = set(marks)
    for name in place_keys:
        keys.add(folded(name))
        keys.add(bare(name))
    if latitude is not None and longitude is not None:
        keys.add(square_of(latitude, longitude))
    return sorted(keys - {""})


@lru_cache(maxsize=4096)
def folded(name: str) -> str:
    """伊景园·滨河苑, 伊景园.滨河苑 and 伊景园滨河苑 are one name; Ａ１栋 is a1栋."""
    return _DOTS.sub("", unicodedata.normalize("NFKC", name).casefold())


@lru_cache(maxsize=4096)
def bare(name: str) -> str:
    """A community by what it is called without its kind, marked with "~"; empty where too little would be left."""
    plain = folded(name)
    stem = _KIND_OF_COMMUNITY.sub("", plain)
    return stem + NAMED if LEAST_OF_A_NAME <= len(stem) < len(plain) else ""


def square_of(latitude: float, longitude: float) -> str:
    """The square that a position lies in."""
    return _square(floor(latitude * SQUARES), floor(longitude * SQUARES))


def squares_around(latitude: float, longitude: float, metres: float) -> list[str]:
    """All squares that come within so many metres: six to twelve of them in China for 500. Degrees of longitude shrink
    to the poles, where nobody lives; what is counted there ends at a hundredth of their width at the equator."""
    high = metres / METRES_OF_A_DEGREE
    wide = high / max(cos(radians(latitude)), 0.01)
    rows = range(floor((latitude - high) * SQUARES), floor((latitude + high) * SQUARES) + 1)
    columns = range(floor((longitude - wide) * SQUARES), floor((longitude + wide) * SQUARES) + 1)
    return [_square(row, column) for row in rows for column in columns]


def _square(row: int, column: int) -> str:
    return f"@{row}:{column}"

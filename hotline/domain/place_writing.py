"""A place as it stands on a form, and two tellings of one place put together.

Without 那个 and commas, numbers of doors in digits, no word twice: 纺织路77号院3号楼2单元.
"""

from __future__ import annotations

import re

from hotline.domain.place_words import FACILITY
from hotline.domain.sections import as_section
from hotline.domain.spoken import number_of

_PAUSES = re.compile("的?[，,、。\\s](?:就是|就在|也就是|就|在|是)?")
_POINTING = re.compile(
    "的?(?:那个|这个|那条|这条|那一?个)|的(?=[正斜]?对面|旁|门口|[后前]面|附近|[东南西北])|(?<=[路街道巷])[上里](?=的?[\u4e00-\u9fff]{2})的?"
)
_SPOKEN_NUMBER = re.compile(
    "(?<![路街巷负第0-9一二三四五六七八九十百零])(?P<number>[零〇一二两三四五六七八九十百]{1,7})(?=来?米|号|弄|栋|幢|座|"
    "楼|单元|室|队|层|网格|排|户|区[0-9一二三四五六七八九十])"
    "|(?<=[路街巷道])(?P<house>[零〇一二两三四五六七八九十百]{1,7})(?=号|弄)"
    "|(?<=[元栋座楼幢号])(?P<room>[零〇一二三四五六七八九]{3,4})(?=室|$)"
)
_ABOUT = re.compile("(?<=[0-9])来(?=米)")
_TWICE = re.compile("村(?=村[东南西北口头])")
_SOFT_ENDING = re.compile("(?<=[过边面角头口前])儿(?![童子园])")  # 对过儿
_LONGEST = 60  # characters; who tells more than that of one place tells of several
_FEWEST = 2  # characters that two tellings have in common where one goes on with the other


def as_written(place: str) -> str:
    """A place as it stands on a form: 纺织路77号院3号楼2单元 for "纺织路，那个七十七号院，三号楼二单元"."""
    plain = _POINTING.sub("", _PAUSES.sub("", place))
    plain = _ABOUT.sub("", _SPOKEN_NUMBER.sub(_digits, as_section(plain)))
    return _TWICE.sub("", _SOFT_ENDING.sub("", plain)).replace("口子", "口")


def _digits(match: re.Match[str]) -> str:
    number = number_of(match.group())
    return match.group() if number is None else str(number)


def with_more(place: str, more: str) -> str:
    """A place and what makes it more exact: 御景湾8栋 and 8栋2401 are 御景湾8栋2401.

    What stands there is told again with it (人民公园厕所, 湖心亭旁边), and so it is left out.
    """
    for length in range(min(len(place), len(more)), 0, -1):
        if place.endswith(more[:length]):
            return place + more[length:]
    return place if len(place) + len(more) > _LONGEST else _FACILITY_LAST.sub("", place) + more


_FACILITY_LAST = re.compile(f"(?<=[\u4e00-\u9fff]{{3}})(?:{FACILITY.pattern})$")


def united(wider: str, narrower: str) -> str | None:
    """老城区西门里大街 and 西门里大街文庙对面 as one; None where the one does not go on with the other."""
    for length in range(min(len(wider), len(narrower)), _FEWEST, -1):
        if wider.endswith(narrower[:length]):
            return wider + narrower[length:]
    return None


_AND = str.maketrans("跟同与、", "和和和和")


def contains(place: str, part: str) -> bool:
    """Whether a place says all that another does, whichever "and" joins a crossing."""
    return part.translate(_AND) in place.translate(_AND)

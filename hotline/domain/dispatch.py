"""派单目录: which unit leads for what kind of matter where, as a city has written it down. The more specific line wins.

A line may name a category (a leaf like R0603, or a whole parent like R06), words of which one must be said, and an
area; what it does not name is any. What a line names must hold, with one exception: where a complaint does not tell
its area at all, lines for single areas are still offered, behind the others, and say so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from hotline.domain.limits import Limit

#: How much each named condition counts: any two sums differ, so that the order never hangs on chance.
LEAF, WORDS, AREA, PARENT = 8, 7, 6, 4
MOST = LEAF + WORDS + AREA
UNKNOWN_AREA = 0.5  # of its score keeps a line whose area the complaint does not tell

_LEAF_DIGITS = 2  # what a leaf's code has more than its parent's, in all trees (`config/categories`)
_KINDS = "(?:街道办事处|街道办|街道|开发区|高新区|新区|社区|[市县区旗镇乡村])"
_KIND_OF_AREA = re.compile(f"{_KINDS}$")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. `category` is the code of a leaf or of a parent; "A+B" among the words: both must be said."""

    id: int
    lead: int
    category: str = ""
    words: tuple[str, ...] = ()
    area: str = ""
    assists: tuple[int, ...] = ()
    limit: Limit | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Complained:
    """What lines are held against. `code` with its `name` and `parent` is the category, empty where there is none."""

    text: str
    code: str = ""
    name: str = ""
    parent: str = ""
    area: str = ""
    place: str = ""

    @property
    def tells_area(self) -> bool:
        """Whether anything says where in the city it is."""
        return bool(self.area.strip() or self.place.strip())


@dataclass(frozen=True, slots=True)
class Match:
    """A line that fits: `score` from above 0 to 1, and in Chinese what it fits by."""

    entry: Entry
    score: float
    because: str


def parent_of(code: str) -> str:
    """The code of the parent category: R06 of R0603."""
    return code[:-_LEAF_DIGITS]


def matches(entries: Iterable[Entry], complained: Complained) -> list[Match]:
    """The lines that fit, the most specific first, of equals the older one; for each lead unit only its best."""
    found = [match for entry in entries if (match := _match(entry, complained))]
    found.sort(key=lambda match: (-match.score, match.entry.id))
    best: dict[int, Match] = {}
    for match in found:
        best.setdefault(match.entry.lead, match)
    return list(best.values())


def _match(entry: Entry, complained: Complained) -> Match | None:
    worth, told, share = 0, [], 1.0
    if entry.category:
        if entry.category == complained.code:
            worth, told = LEAF, [f"类别“{complained.name}”"]
        elif entry.category == parent_of(complained.code):
            worth, told = PARENT, [f"大类“{complained.parent}”"]
        else:
            return None
    if entry.words:
        said = [word for word in entry.words if _is_said(word, complained.text)]
        if not said:
            return None
        worth += WORDS
        told.append(f"说到“{max(said, key=len)}”")
    if entry.area:
        if is_in(entry.area, complained):
            worth += AREA
            told.append(f"位于{entry.area}")
        elif complained.tells_area:
            return None
        else:
            share = UNKNOWN_AREA
            told.append(f"只管{entry.area}，本件没有写明区域")
    return Match(entry, share * worth / MOST, "，".join(told)) if worth else None


def _is_said(word: str, text: str) -> bool:
    plain = _plain(text)
    return all(part and part in plain for part in parts_of(word))


def parts_of(word: str) -> list[str]:
    """What must be said for one word of a line: 夜市 and 油烟 of "夜市+油烟". An empty part would always be said."""
    return [part.strip() for part in _plain(word).split("+")]


def is_in(area: str, complained: Complained) -> bool:
    """Whether the complaint lies in an area. 东城 and 东城区 are one in the field for it, 东区 and 东县 two; a place
    names it whole."""
    wanted, given, place = _plain(area), _plain(complained.area), _plain(complained.place)
    if not wanted:
        return False
    return wanted in given or wanted in place or (core(wanted) == core(given) and "" in (_kind(wanted), _kind(given)))


def core(area: str) -> str:
    """The name without what kind of area it is: 东 of 东区, 柳浪 of 柳浪街道."""
    name = _plain(area)
    return _KIND_OF_AREA.sub("", name) or name


def is_named_after(area: str, name: str) -> bool:
    """Whether a unit bears the area's name. One character alone, as the 东 of 东区, is too little."""
    return (len(core(area)) > 1 and _calls(area).search(name) is not None) or (
        len(_plain(area)) > 1 and _plain(area) in name
    )


def _calls(area: str) -> re.Pattern[str]:
    """The area's name, not with another kind than its own: what is called 东县 is not 东区's."""
    kind = _kind(area)
    return re.compile(re.escape(core(area)) + (f"(?:{re.escape(kind)}|(?!{_KINDS}))" if kind else ""))


def _kind(area: str) -> str:
    return _plain(area)[len(core(area)) :]


def stations(area: str, parent: str, names: Sequence[tuple[int, str]]) -> list[int]:
    """Which of a department's stations is the area's, by its name: of 市政处 the 市政处东站 for 东区. All that fit.

    What a station's name begins with as its department's does (`parent`) tells nothing; behind it one character does.
    """
    wanted, found = _calls(area) if area.strip() else None, []
    for unit, name in names:
        alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(parent, name, strict=False)))
        own = name[alike:]
        if is_named_after(area, own) or (wanted and wanted.match(own)):
            found.append(unit)
    return found


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()

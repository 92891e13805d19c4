"""How alike two matters are: what is said, where it is, what kind it is, how far apart in time.

Matter and place must both agree. By the place alone 209 unrelated messages were once put together; by the words alone
every dark lamp of the city is the same one. Where no place is named, the same shop, number plate or policy stands for
it. What comes out is a hint to a person, who decides. The figures are in docs/understanding.md.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from math import asin, cos, fsum, radians, sin, sqrt
from operator import add

from hotline.domain.clues import bare, folded
from hotline.domain.common_words import COMMON, EMPTY, in_one_word
from hotline.domain.errors import Said, say
from hotline.domain.in_common import words_of
from hotline.domain.marks import PLATE, SHOP, TOPIC
from hotline.domain.portions import Portion, Portions, differ, portions_of

Position = tuple[float, float]  # latitude, longitude in degrees, WGS 84

EARTH = 6_371_000.0  # metres, mean radius
SAME_SPOT, TOO_FAR = 100, 500  # metres: as good as the same place, and no longer the same matter
STEP = 50  # metres in which a distance is told: nobody knows it better, and nobody is to find a door by it
#: The score from which on somebody is asked whether it is the same; and from which on staff are told that it very
#: probably is. Pairs of all voted messages: from 0.5 on precision 1.00, recall 0.84; from 0.63 on 1.00 and 0.77. Of 60
#: pairs told among other messages 44 were right, of the 38 from 0.63 on 35 (docs/understanding.md, with what was seen
#: before).
ENOUGH, LIKELY = 0.5, 0.63
FADES_FROM, FADES_TO, FADED = 7, 60, 0.8  # days apart, and what is left of the score then
LOOKED_THROUGH = 360  # characters of a long story
LOOKED_AT = 12  # of those weighed, the likeliest are looked at closely
FIRST_WORDS = 60  # characters in which most people have said what it is about
#: A pair of characters in common counts 1 if both say it first, so much if one does, or if none; the latter together.
ONE_FIRST, LATER, LATER_MOST = 0.5, 0.1, 1.0
SAYS_ALL = 3.5  # so much in common, and two stories tell of the same, however long they are …
SAYS_LITTLE = 3.0  # … or so much, if one of them says no more
SAME_KIND = 0.32  # what being of one category counts; the words count the rest
ON_THE_SPOT = 0.5  # what it counts at the least within `SAME_SPOT`

#: How far two matters agree in place: at a junction or in one community; in a name that is almost the same; on one
#: road, which is long; by a shop or a plate; by two words of policy; by nothing but the same caller.
TWO_NAMES, ONE_NAME, ALMOST, ONE_ROAD = 1.0, 0.8, 0.7, 0.15
ONE_MARK, TOPICS = 0.9, 0.8
LEAST_ALMOST = 4  # characters of a name that may be written otherwise

_ROAD = re.compile("[路街道巷桥线]$|高速$|胡同$")
#: Of these there are several, and each stands on a road of its own.
_CHAIN = re.compile("(?:超市|商场|便利店|药店|药房|银行|支行|酒店|宾馆|营业厅|加油站|加气站|充电站|驿站|网点|餐厅|店)$")
#: Half a sentence that ends like a name, and what stands in every street: no place that two matters could share.
_NO_PLACE = re.compile(
    "严重|影响|未经|违建|违[规法]|修建|搬迁|.建[设立一].{2}|要求|请求|恳请|举报|投诉|噪[音声]|[大小]型|[这那该此某]|一[个座家]|想买|购买|^想|"
    "加快|倡导|[为让把]|政府|市委|公积金|不动产|^[a-zA-Z][0-9]*+[市县区].$|"
    "^(?:居民[楼区]|.{0,4}(?:搅拌[站厂]|水泥厂|工地|停车场|幼儿园|垃圾站|商品房)|(?:旁|边|我|[大小新老]|中心|临时).?|"
    "(?:.?个|几.{0,6}|安置|住宅|导致|所在|居住|附近|周边|各个?|[老本全旧新]|高档|封闭)小区|中小学|.{2}新区|"
    "(?:实验|配套|公立|民办|私立|普通|重点|中心|附属|第.)(?:学校|小学|中学|医院|幼儿园)|.{0,2}[工产]业园)$"
)
_KIND_OF_SHOP = r"(?:[^\W\d_]{0,6}?(?:店|馆|城|厅|吧|楼|公司|集团|ktv))?"
#: By these one half of an estate is told from the other.
_TELLS_APART = re.compile("[东南西北中上下前后左右新老大小一二三四五六七八九十0-9a-z]")


@dataclass(frozen=True, slots=True)
class Matter:
    """What is compared. `place_keys`: its roads and communities; `categories`: those it has or probably has; `marks`:
    as `hotline/domain/marks.py` makes them."""

    text: str
    place: str = ""
    place_keys: Collection[str] = ()
    position: Position | None = None
    categories: Collection[int] = ()
    received_at: datetime | None = None
    marks: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Likeness:
    """`score`: 0 to 1. `metres` only where both positions are known, `place` only where both name it; `marks` and
    `kind`: what else agrees; `days` apart, where both times are known. `at_best`: the score if they are of one kind."""

    score: float
    metres: int | None
    place: str
    words: tuple[str, ...]
    marks: tuple[str, ...] = ()
    kind: bool = False
    days: float | None = None
    at_best: float = 0.0

    @property
    def is_open(self) -> bool:
        """Whether it would be more alike if both were of one kind."""
        return self.score < self.at_best

    @property
    def because(self) -> Said:
        """Where and in which words they agree, for the one who decides."""
        words = "、".join(self.words)
        if self.metres is not None:
            if words:
                return say("相距约{metres}米，都说到“{words}”。", metres=self.metres, words=words)
            return say("相距约{metres}米，是同一类问题。", metres=self.metres)
        if words:
            return say("都在{place}，都说到“{words}”。", place=self.place, words=words)
        return say("都在{place}，是同一类问题。", place=self.place)


class _Words:
    """What a matter says of what it is about, made ready."""

    __slots__ = ("pairs", "text", "whole", "worth", "written")

    def __init__(self, matter: Matter, names: Iterable[str]) -> None:
        self.text = _without_marks(_plain(matter.text[:LOOKED_THROUGH]), matter.marks)
        self.whole = f"{self.text}\n{_plain(matter.place)}"
        self.written = sorted({_plain(matter.place), *map(_plain_name, names)} - {""}, key=len)
        self.pairs = _pairs(_pieces(self.text, self.written[::-1]))
        self.worth = fsum(LATER if later else 1.0 for later in self.pairs.values())


class Reading:
    """A matter made ready, to be held against many. Its words are looked at only where the places agree."""

    __slots__ = ("_portions", "_words", "marks", "matter", "names", "roads")

    def __init__(self, matter: Matter) -> None:
        self.matter = matter
        self.names = {folded(key): key for key in matter.place_keys if not _is_no_place(key)}
        self.roads = {name for name in self.names if _is_road(name)}
        self.marks = frozenset(matter.marks)
        self._portions: Portions | None = None
        self._words: _Words | None = None

    @property
    def portions(self) -> Portions:
        """Made ready when they are asked for."""
        if self._portions is None:
            self._portions = portions_of(_plain(self.matter.place), _plain(self.matter.text[:FIRST_WORDS]))
        return self._portions

    @property
    def words(self) -> _Words:
        """Made ready when they are asked for."""
        if self._words is None:
            self._words = _Words(self.matter, self.names.values())
        return self._words


@lru_cache(maxsize=4096)
def _is_no_place(name: str) -> bool:
    return _NO_PLACE.search(name) is not None


@lru_cache(maxsize=4096)
def _is_road(name: str) -> bool:
    return _ROAD.search(name) is not None


def _without_marks(text: str, marks: Collection[str]) -> str:
    """Who it is does not tell what it is about: without number plates, and names of shops with their kind."""
    for mark in marks:
        name = mark[len(SHOP) :].casefold()
        if mark.startswith(SHOP) and name in text:
            text = re.sub(re.escape(name) + _KIND_OF_SHOP, " ", text)
        elif mark.startswith(PLATE):
            text = re.sub(f"{name[0]} ?{name[1]}", " ", text)
    return text


def _pieces(text: str, places: Sequence[str]) -> list[tuple[bool, str]]:
    """What the text says without its places and what everybody says; and whether each piece comes only later."""
    first, rest = text[:FIRST_WORDS], text[FIRST_WORDS:]
    for place in places:
        first, rest = first.replace(place, " "), rest.replace(place, " ")
    return [
        (later, piece)
        for later, part in ((False, first), (True, rest))
        for piece in EMPTY.sub(" ", in_one_word(part)).split()
        if len(piece) > 1
    ]


def _pairs(pieces: Sequence[tuple[bool, str]]) -> dict[str, bool]:
    """Each telling pair of characters, and whether it comes only later."""
    found: dict[str, bool] = {}
    for later, piece in pieces:
        for pair in map(add, piece, piece[1:]):
            if pair not in COMMON:
                found.setdefault(pair, later)
    return found


def compare(one: Matter, other: Matter) -> Likeness:
    """How alike they are. Nothing is alike without a place in common (or what stands for it), nor by it alone."""
    return weigh(Reading(one), Reading(other), kind=bool(set(one.categories) & set(other.categories)))


def likest(
    one: Reading, others: Sequence[tuple[Reading, bool]], is_of_its_kind: Callable[[int], bool]
) -> list[tuple[int, Likeness]]:
    """Those of `others` (each with whether the same person said it) that are alike enough, by index, best first.

    `is_of_its_kind` is asked by index, and only of the likeliest whose words leave it open (else `kind` is false): to
    guess a category takes longer than all the rest.
    """
    rough = [(index, _weigh(one, other, same)) for index, (other, same) in enumerate(others)]
    likely = sorted((each for each in rough if each[1].at_best >= ENOUGH), key=lambda each: -each[1].at_best)
    weighed = [
        (index, replace(each, score=each.at_best, kind=True) if each.is_open and is_of_its_kind(index) else each)
        for index, each in likely[:LOOKED_AT]
    ]
    told = [(index, _with_words(each, one, others[index][0])) for index, each in weighed if each.score >= ENOUGH]
    return sorted((each for each in told if each[1].score >= ENOUGH), key=lambda each: -each[1].score)


def weigh(one: Reading, other: Reading, *, same_caller: bool = False, kind: bool = False) -> Likeness:
    """The same of matters that were made ready. `same_caller`: one person said both; `kind`: they are of one category.
    Their `categories` are not looked at."""
    found = _weigh(one, other, same_caller)
    return _with_words(replace(found, score=found.at_best, kind=True) if kind else found, one, other)


def _with_words(likeness: Likeness, one: Reading, other: Reading) -> Likeness:
    """The words that both say, as `one` says them: found out for what is shown only. Where no whole word is left that
    could be told, and it is of no known kind, they are not alike."""
    if not likeness.at_best:
        return likeness
    common = _pairs_in_common(one.words, other.words)
    words = words_of(one.words.text, common, one.words.written[::-1])
    return replace(likeness, words=words, score=likeness.score if words or likeness.kind else 0.0)


def _weigh(one: Reading, other: Reading, same_caller: bool) -> Likeness:
    mine, theirs = one.matter, other.matter
    metres = (
        None if mine.position is None or theirs.position is None else metres_between(mine.position, theirs.position)
    )
    shared = _names_in_common(one, other)
    marks = sorted(one.marks & other.marks)
    where = _alike_in_place(one, other, metres, shared)
    where = max(where, _alike_in_marks(one, other, marks, elsewhere=metres is not None and where == 0))
    if same_caller and not (one.names and other.names and not shared) and (metres is None or where):
        where = max(where, ONE_NAME)
    days = _days(mine.received_at, theirs.received_at)
    fresh = _freshness(days)
    score = at_best = 0.0
    if sqrt(where) * fresh >= ENOUGH:  # else no words make it enough
        what = _alike_in_words(one.words, other.words)
        on_the_spot = metres is not None and metres <= SAME_SPOT
        of_one_kind = max(SAME_KIND + (1 - SAME_KIND) * what, ON_THE_SPOT if on_the_spot else 0)
        score, at_best = (round(sqrt(where * each) * fresh, 3) for each in (what, of_one_kind))
    return Likeness(
        score=score,
        metres=None if metres is None else _about(metres),
        place="、".join([name for name, _ in shared][:2]),
        words=(),
        marks=tuple(marks),
        days=days,
        at_best=at_best,
    )


def metres_between(one: Position, other: Position) -> float:
    """The way as the crow flies, by the haversine formula, in metres; half a per cent is right anywhere on Earth."""
    (lat1, lon1), (lat2, lon2) = ((radians(x), radians(y)) for x, y in (one, other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH * asin(min(1.0, sqrt(half)))


def _about(metres: float) -> int:
    return max(STEP, round(metres / STEP) * STEP)


def _names_in_common(one: Reading, other: Reading) -> list[tuple[str, float]]:
    """The names that both have, longest first, and how far they agree: 1, or less for what is written otherwise. A name
    that is part of another one in common is not told again."""
    found = dict.fromkeys(one.names.keys() & other.names.keys(), 1.0)
    for mine in one.names.keys() - found.keys():
        for theirs in other.names.keys() - found.keys():
            if _is_almost(mine, theirs):
                found[min(mine, theirs, key=lambda name: (len(name), name))] = ALMOST
    longest = sorted(found, key=lambda name: (-len(name), name))
    whole = [name for name in longest if not any(name in other for other in longest if name != other)]
    shown = {**other.names, **one.names}
    return sorted(((shown[name], found[name]) for name in whole), key=lambda each: -each[1])


def _is_almost(one: str, other: str) -> bool:
    """伊景园滨河苑 and 伊景园滨河花园, 李丽发新城 and 丽发新城, 万家丽苑 and 万佳丽苑; never 东苑 and 西苑."""
    if _ROAD.search(one) or _ROAD.search(other):
        return False
    if (stem := bare(one)) and stem == bare(other):
        return True
    short, long = sorted((one, other), key=len)
    if len(short) < LEAST_ALMOST:
        return False
    if len(short) < len(long):
        return long.endswith(short)
    differing = [pair for pair in zip(one, other, strict=True) if pair[0] != pair[1]]
    return len(differing) == 1 and not any(_TELLS_APART.fullmatch(char) for char in differing[0])


def _alike_in_place(one: Reading, other: Reading, metres: float | None, shared: Sequence[tuple[str, float]]) -> float:
    """By distance where both are on the map, else by names; but of one place two parts that are told apart are two."""
    if metres is not None:
        where = min(1.0, max(0.0, (TOO_FAR - metres) / (TOO_FAR - SAME_SPOT)))
    else:
        where = _alike_in_names(one, other, shared)
    if where <= ONE_ROAD or not one.portions:
        return where
    told_apart = _OF_AN_ESTATE if metres is not None else tuple(Portion)
    return ONE_ROAD if differ(one.portions, other.portions, *told_apart) else where


_OF_AN_ESTATE = (Portion.BLOCK, Portion.PHASE, Portion.HALF)


def _alike_in_names(one: Reading, other: Reading, shared: Sequence[tuple[str, float]]) -> float:
    """Two in common are a junction, one may be a long road."""
    agreed = [name for name, agrees in shared if agrees == 1]
    if len(agreed) > 1:
        return TWO_NAMES
    almost = ALMOST if len(agreed) < len(shared) else 0.0
    if not agreed:
        return almost
    if _CHAIN.search(agreed[0]) and _on_other_roads(one, other):
        return ONE_ROAD
    named = min(len(one.names), len(other.names))
    alone = named == 1 or not _ROAD.search(agreed[0])  # two junctions of one road are two
    return ONE_NAME if alone else max(almost, ONE_ROAD)


def _on_other_roads(one: Reading, other: Reading) -> bool:
    return bool(one.roads and other.roads) and not one.roads & other.roads


def _alike_in_marks(one: Reading, other: Reading, marks: Iterable[str], *, elsewhere: bool) -> float:
    """A car is found again anywhere; a shop has branches, and a policy holds in the whole city."""
    kinds = [mark[: len(PLATE)] for mark in marks]
    if PLATE in kinds:
        return ONE_MARK
    if elsewhere:
        return 0.0
    if SHOP in kinds:
        return ONE_ROAD if _on_other_roads(one, other) else ONE_MARK
    topics = [sum(mark.startswith(TOPIC) for mark in reading.marks) for reading in (one, other)]
    told = kinds.count(TOPIC)
    return TOPICS if told > 1 and told >= min(topics) / 2 else 0.0


def _alike_in_words(one: _Words, other: _Words) -> float:
    """How much of the matter the words in common tell, 0 to 1. What was said first counts most."""
    common = _pairs_in_common(one, other)
    later = fsum(LATER for pair in common if one.pairs[pair] and other.pairs[pair])
    told = min(later, LATER_MOST) + fsum(
        ONE_FIRST if one.pairs[pair] or other.pairs[pair] else 1.0
        for pair in common
        if not (one.pairs[pair] and other.pairs[pair])
    )
    return min(1.0, told / min(max(min(one.worth, other.worth), SAYS_LITTLE), SAYS_ALL))


def _pairs_in_common(one: _Words, other: _Words) -> Set[str]:
    """Places that both name tell where it is, not what."""
    common = one.pairs.keys() & other.pairs.keys()
    for place in (*one.written, *other.written) if common else ():
        if place in one.whole and place in other.whole:
            common -= set(map(add, place, place[1:]))
    return common


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


@lru_cache(maxsize=4096)
def _plain_name(name: str) -> str:
    return _plain(name)


def _days(one: datetime | None, other: datetime | None) -> float | None:
    return None if one is None or other is None else abs(one - other).total_seconds() / 86400


def _freshness(days: float | None) -> float:
    """1 within a week, then slowly less: what is still open after two months may well be the same."""
    if days is None:
        return 1.0
    return 1.0 - (1 - FADED) * min(1.0, max(0.0, (days - FADES_FROM) / (FADES_TO - FADES_FROM)))

"""How alike two matters are: what is said, where it is, what kind it is, how far apart in time.

Matter and place must both agree. By the place alone 209 unrelated messages were once put together; by the words alone
every dark lamp of the city is the same one. What comes out is a hint to a person, who decides.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import asin, cos, radians, sin, sqrt

from hotline.domain.errors import Said, say

Position = tuple[float, float]  # latitude, longitude in degrees, WGS 84

EARTH = 6_371_000.0  # metres, mean radius
SAME_SPOT, TOO_FAR = 100, 500  # metres: as good as the same place, and no longer the same matter
STEP = 50  # metres in which a distance is told: nobody knows it better, and nobody is to find a door by it
ENOUGH = 0.44  # the score from which on somebody is asked whether it is the same
FADES_FROM, FADES_TO, FADED = 7, 60, 0.8  # days apart, and what is left of the score then

# What everybody says, whatever the matter is.
_EMPTY = re.compile(
    r"[\W_\d]+|(?<![一-鿿])口|尊敬的|领导|您好|你好|我们?|你们?|他们?|这边|那边|这里|那里|这个|那个|反映|投诉|举报|问题|情况|希望|请|谢谢|"
    "有关|部门|处理|解决|尽快|一直|已经|现在|目前|今天|昨天|晚上|每天|多次|附近|门口|旁边|对面|路口|市民|居民|"
    "[的了是在有和与就都也还很把被让给着过吗呢吧啊]"
)
_ROAD = re.compile("[路街道巷桥线]$|高速$|胡同$")
_DOOR = re.compile(r"(\d+)\s*(?:号|弄|栋|幢|座)")


@dataclass(frozen=True, slots=True)
class Matter:
    """What is compared. `place_keys`: its roads and communities; `categories`: those it has or probably has."""

    text: str
    place: str = ""
    place_keys: Collection[str] = ()
    position: Position | None = None
    categories: Collection[int] = ()
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Likeness:
    """`score`: 0 to 1. `metres` only where both positions are known, `place` only where both name it."""

    score: float
    metres: int | None
    place: str
    words: tuple[str, ...]

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


def compare(one: Matter, other: Matter) -> Likeness:
    """How alike they are. Nothing is alike without a place in common, nor by the place alone."""
    metres = None if one.position is None or other.position is None else metres_between(one.position, other.position)
    shared = sorted(set(one.place_keys) & set(other.place_keys), key=lambda key: (-len(key), key))
    where = _alike_in_place(one, other, metres, shared)
    common, what = _alike_in_words(one, other)
    if set(one.categories) & set(other.categories):
        what = 0.5 + what / 2
    score = sqrt(where * what) * _freshness(one.received_at, other.received_at)
    named = [key for key in shared if not any(key in longer for longer in shared if longer != key)]
    return Likeness(round(score, 3), None if metres is None else _about(metres), "、".join(named[:2]), common)


def metres_between(one: Position, other: Position) -> float:
    """The way as the crow flies, by the haversine formula, in metres; half a per cent is right anywhere on Earth."""
    (lat1, lon1), (lat2, lon2) = ((radians(x), radians(y)) for x, y in (one, other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH * asin(min(1.0, sqrt(half)))


def _about(metres: float) -> int:
    return max(STEP, round(metres / STEP) * STEP)


def _alike_in_place(one: Matter, other: Matter, metres: float | None, shared: Sequence[str]) -> float:
    """By distance where both are on the map, else by names: two in common are a junction, one may be a long road."""
    if metres is not None:
        return min(1.0, max(0.0, (TOO_FAR - metres) / (TOO_FAR - SAME_SPOT)))
    if not shared:
        return 0.0
    doors = [set(_DOOR.findall(unicodedata.normalize("NFKC", each.place))) for each in (one, other)]
    if all(doors) and not doors[0] & doors[1]:
        return 0.15
    if len(shared) > 1:
        return 1.0
    named = min(len(set(one.place_keys)), len(set(other.place_keys)))
    return 0.8 if named == 1 or not _ROAD.search(shared[0]) else 0.15  # two junctions of one road are two places


def _alike_in_words(one: Matter, other: Matter) -> tuple[tuple[str, ...], float]:
    """The words in common, and their share of what the shorter one says about the matter itself, 0 to 1."""
    said = [_said(one, other), _said(other, one)]
    pairs = [{piece[i : i + 2] for piece in pieces for i in range(len(piece) - 1)} for pieces in said]
    common, fewest = pairs[0] & pairs[1], min(map(len, pairs))
    return _joined(said[0], common), len(common) / max(fewest, 3) if common else 0.0


def _said(matter: Matter, other: Matter) -> list[str]:
    """The pieces of the text that tell the matter: without the places that both name, and what everybody says."""
    text, theirs = _plain(matter.text), _plain(f"{other.text}\n{other.place}")
    places = {_plain(place) for place in (matter.place, other.place, *matter.place_keys, *other.place_keys)}
    for place in sorted(places - {""}, key=lambda place: (-len(place), place)):
        if place in theirs:
            text = text.replace(place, " ")
    return [piece for piece in _EMPTY.sub(" ", text).split() if len(piece) > 1]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _joined(pieces: list[str], common: set[str]) -> tuple[str, ...]:
    """The pairs in common as the words that they make in the text, longest first, three at most."""
    found: set[str] = set()
    for piece in pieces:
        word = ""
        for index in range(len(piece) - 1):
            if piece[index : index + 2] in common:
                word = word + piece[index + 1] if word else piece[index : index + 2]
            else:
                found.add(word)
                word = ""
        found.add(word)
    return tuple(sorted(found - {""}, key=lambda word: (-len(word), word))[:3])


def _freshness(one: datetime | None, other: datetime | None) -> float:
    """1 within a week, then slowly less: what is still open after two months may well be the same."""
    if one is None or other is None:
        return 1.0
    days = abs(one - other).total_seconds() / 86400
    return 1.0 - (1 - FADED) * min(1.0, max(0.0, (days - FADES_FROM) / (FADES_TO - FADES_FROM)))

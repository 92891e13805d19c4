"""What a model is learned from and tried on: samples apart in time, without copies of the same words on both sides."""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from hotline.domain.guessing import Subject

HELD_BACK = 0.2  # of the samples, the newest: by them it is decided
FEWEST_EXAMPLES = 8  # of a label, or it is not learned
FEWEST_VOICES = 5  # people who have nothing to do with each other, or a word is not learned
HALF_SAY_AT = 300  # tickets from which on what was learned may count more than the words of the standard

_SHINGLE = 4  # characters
_SKETCH = 12  # smallest hashes of a text; two texts that share none have less than a third in common
_LOOKED_AT = 12  # texts of one hash that a further one is compared with
COPIED = 0.6  # of all their shingles that two texts share: they are one text with a word changed
_SIGNS = re.compile(r"[\W\d_]+")


@dataclass(frozen=True, slots=True)
class Sample:
    """One ticket as somebody decided it. `voice`: who speaks, one number for all that belong together."""

    text: str
    label: str
    voice: int = 0
    tokens: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lesson:
    """Oldest first. `copies`: for each of `samples` the number of the group of like texts that it belongs to.
    `subjects`: what is suggested by words alone, empty for units. `in_use`: the adopted body."""

    samples: Sequence[Sample]
    copies: Sequence[int]
    held_back: Sequence[Sample]
    subjects: Sequence[Subject] = ()
    in_use: bytes | None = None

    @property
    def most_say(self) -> float:
        """How much a model may count beside the words at most: more with more tickets."""
        return len(self.samples) / (len(self.samples) + HALF_SAY_AT)


@dataclass(frozen=True, slots=True)
class Trained:
    """A body, and at which place each held-back ticket's label stood: 0 is first, None is not among the first three."""

    body: bytes
    places: Sequence[int | None]
    before: Sequence[int | None]


def apart(samples: Sequence[Sample], copies: Sequence[int], share: float) -> tuple[list[Sample], list[Sample]]:
    """To learn from, and the newest `share` (0 to 1) to be tried on, without what is a copy of something older.

    `samples`: oldest first. `copies`: for each the number of the group of like texts that it belongs to.
    """
    cut = len(samples) - round(len(samples) * share)
    known = set(copies[:cut])
    held_back: list[Sample] = []
    for sample, group in zip(samples[cut:], copies[cut:], strict=True):
        if group not in known:  # of copies among the newest one is enough
            known.add(group)
            held_back.append(sample)
    return list(samples[:cut]), held_back


def copies_among(texts: Sequence[str]) -> list[int]:
    """For each text the number of the first that says nearly the same: joined complaints, chain letters, retries."""
    groups = Groups(len(texts))
    shingled = [_shingles(text) for text in texts]
    seen: dict[int, list[int]] = defaultdict(list)
    for index, mine in enumerate(shingled):
        for mark in sorted(mine)[:_SKETCH]:
            for other in seen[mark]:
                if groups.of(other) != groups.of(index) and _share(mine, shingled[other]) >= COPIED:
                    groups.join(other, index)
            if len(seen[mark]) < _LOOKED_AT:
                seen[mark].append(index)
    return [groups.of(index) for index in range(len(texts))]


def voices_of(copies: Sequence[int], callers: Sequence[Hashable | None]) -> list[int]:
    """For each sample who speaks: the same caller, and who sends the same text, is one voice. None: nobody knows; as
    all of those may be one person who writes again and again, they count as one."""
    groups = Groups(len(copies))
    first: dict[Hashable | None, int] = {}
    for index, (copy, caller) in enumerate(zip(copies, callers, strict=True)):
        groups.join(copy, index)
        groups.join(first.setdefault(caller, index), index)
    return [groups.of(index) for index in range(len(copies))]


class Groups:
    """Who belongs together, directly or through others. A group goes by its first member."""

    def __init__(self, many: int) -> None:
        self._first = list(range(many))

    def of(self, one: int) -> int:
        """The group's number."""
        while self._first[one] != one:
            self._first[one] = self._first[self._first[one]]
            one = self._first[one]
        return one

    def join(self, one: int, other: int) -> None:
        """They belong together."""
        first, second = sorted((self.of(one), self.of(other)))
        self._first[second] = first


def _shingles(text: str) -> frozenset[int]:
    """By a hash that is the same in every process. What is shorter than a shingle is one itself."""
    plain = _SIGNS.sub("", unicodedata.normalize("NFKC", text).casefold())
    many = max(1, len(plain) - _SHINGLE + 1)
    return frozenset(zlib.crc32(plain[at : at + _SHINGLE].encode()) for at in range(many))


def _share(one: frozenset[int], other: frozenset[int]) -> float:
    return len(one & other) / len(one | other)

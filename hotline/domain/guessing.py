"""What kind of matter a text probably tells of, by the words found in it. A suggestion, with the words that led to it.

A category is known by its own name and parts of it, by what people call it (`config/categories/words.toml`: nobody
says 夜间施工噪声, they say 半夜打桩睡不着) and, more faintly, by what the case standards of the street say of the like.
A word that many categories share tells little, a long one tells much.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import fsum, log

LOOKED_THROUGH = 2000  # characters: who writes more repeats himself
FIRST_WORDS = 80  # characters in which most people have said what it is about; what comes later counts half
NEAR = 12  # characters at most between the two of a pair like "施工+睡不着"
LEAST = 1.5  # a lower score is chance: less than one telling word of two characters
OF_BEST = 0.35  # what falls so far behind the best is not worth a line

#: How much each character of a word counts, by where the word comes from.
SAID, STREET, PARENT, PART = 1.0, 0.5, 0.5, 0.25

_BETWEEN = re.compile(r"[\W\d_]+|[及和或的等]")


@dataclass(frozen=True, slots=True)
class Words:
    """What people call one category. `said`: in their words, "A+B" for two that stand near each other in one sentence;
    `street`: codes of the street categories whose names and conditions speak of the like."""

    said: tuple[str, ...] = ()
    street: tuple[str, ...] = ()


_Word = tuple[Sequence[str], Sequence[tuple[int, float]]]  # its one or two parts; subjects by index, with its weight

Vocabulary = Mapping[str, Words]  # by the category's code


@dataclass(frozen=True, slots=True)
class Subject:
    """A category that can be suggested. `street` and `conditions`: of the street categories that are like it."""

    id: int
    code: str
    name: str
    parent: str
    said: tuple[str, ...] = ()
    street: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Guess:
    """A subject, how much speaks for it, and the words of the text that do: the longest three."""

    subject: Subject
    score: float
    words: tuple[str, ...]


@dataclass(slots=True)
class _Found:
    """What speaks for one subject. A character of the text counts once, by the best word that it is part of."""

    worth: dict[int, float] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)

    def add(self, at: int, word: str, weight: float) -> None:
        for place in range(at, at + len(word)):
            self.worth[place] = max(self.worth.get(place, 0.0), weight)
        if weight > PART:  # half a word means nothing to who reads it
            self.words.add(word)


class Guesser:
    """The subjects of a city, made ready once; a guess then takes a millisecond or two."""

    def __init__(self, subjects: Sequence[Subject]) -> None:
        self._subjects = tuple(subjects)
        weights: dict[str, dict[int, float]] = defaultdict(dict)
        for index, subject in enumerate(self._subjects):
            for word, weight in _words_of(subject):
                weights[word][index] = max(weights[word].get(index, 0.0), weight)
        many = len(self._subjects) + 1
        self._by_beginning: dict[str, list[_Word]] = defaultdict(list)
        for word, among in weights.items():
            rarity = log(many / len(among)) / log(many)
            parts = word.split("+")
            weighed = [(index, weight * rarity) for index, weight in among.items()]
            self._by_beginning[parts[0][:2]].append((parts, weighed))

    def guess(self, text: str, most: int = 3) -> list[Guess]:
        """The likeliest subjects, best first; none where nothing speaks for any."""
        plain = _plain(text[:LOOKED_THROUGH])
        found: dict[int, _Found] = defaultdict(_Found)
        for parts, among in self._words_that_begin_in(plain):
            for at, word in _places(parts, plain):
                early = 1.0 if at < FIRST_WORDS else 0.5
                for index, weight in among:
                    found[index].add(at, word, weight * early)
        scores = {index: fsum(each.worth.values()) for index, each in found.items()}
        enough = max(LEAST, OF_BEST * max(scores.values(), default=0.0))
        best = sorted((index for index in scores if scores[index] >= enough), key=lambda index: (-scores[index], index))
        return [
            Guess(self._subjects[index], round(scores[index], 2), _longest(found[index].words)) for index in best[:most]
        ]

    def _words_that_begin_in(self, text: str) -> Iterator[_Word]:
        beginnings = {*text, *(text[index : index + 2] for index in range(len(text) - 1))}
        for beginning in beginnings & self._by_beginning.keys():
            yield from self._by_beginning[beginning]


def _words_of(subject: Subject) -> Iterator[tuple[str, float]]:
    for said in subject.said:
        yield _plain(said), SAID
    for source, weight in (((subject.name,), SAID), (subject.street, STREET), ((subject.parent,), PARENT)):
        for piece in _pieces(source):
            yield piece, weight
    for piece in _pieces((subject.name, *subject.street)):
        for index in range(len(piece) - 1):
            yield piece[index : index + 2], PART
    for piece in _pieces(subject.conditions):
        if len(piece) <= 6:
            yield piece, PART


def _pieces(texts: Sequence[str]) -> list[str]:
    return [piece for text in texts for piece in _BETWEEN.split(_plain(text)) if len(piece) > 1]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _places(parts: Sequence[str], text: str) -> list[tuple[int, str]]:
    """Where a word stands first, or where its two halves do near each other in one sentence; empty if nowhere."""
    at = text.find(parts[0])
    if at < 0 or len(parts) == 1:
        return [] if at < 0 else [(at, parts[0])]
    one, other = parts
    while at >= 0:
        before, end = max(0, at - NEAR - len(other)), at + len(one)
        near = text.find(other, before, end + NEAR + len(other))
        if near >= 0 and not re.search(r"[。！？!?；;\n]", text[min(at, near) : max(at, near)]):
            return [(at, one), (near, other)]
        at = text.find(one, end)
    return []


def _longest(words: set[str]) -> tuple[str, ...]:
    """Without those that stand inside another one."""
    whole = [word for word in words if not any(word in other for other in words if other != word)]
    return tuple(sorted(whole, key=lambda word: (-len(word), word))[:3])

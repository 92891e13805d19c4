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
TIMES = 4  # that a word is looked for in one text
NEAR = 12  # characters at most between the two of a pair like "施工+睡不着"
LEAST = 1.2  # a lower score is chance: less than one telling word of two characters
OF_BEST = 0.35  # what falls so far behind the best is not worth a line

STEEP = 2.0  # how much likelier the better one is

#: How much each character of a word counts, by where the word comes from.
SAID, STREET, PARENT, PART = 1.0, 0.5, 0.5, 0.25
HALF = 0.4  # a word of a pair that stands alone
PAIRED = 0.5  # a word that many share tells at least so much where another one stands beside it

#: What everybody says of anything: in a pair it tells something, alone nothing.
_EVERYDAY = frozenset(
    re.findall(
        r"\w+",
        "谢谢 感谢 处理 希望 建议 电话 什么 什么时候 怎么 领导 多次 没用 晚上 每天 几天 有人 没人 家里 屋里"
        " 门口 楼下 楼上 小区 路上 路边 解决 投诉 反映 问题 一直 今天 昨天 孩子 老人 老板 公司 单位 单子"
        " 几个月 半年 一年 一个月 不管 不理 没来 不来 没有 安全 危险 影响 打不通 没动静 客服 修好 还没 没修"
        " 不修 短信 微信 消息 说好 政府 街道 社区 师傅 工作人员 能不能 是不是 可以 应该 时候",
    )
)
_SENTENCE_END = re.compile(r"[。！？!?；;\n]")
_BETWEEN = re.compile(r"[\W\d_]+|[及和或的等]")


@dataclass(frozen=True, slots=True)
class Words:
    """What people call one category. `said`: in their words, "A+B" for two that stand near each other in one sentence,
    "A|B+C|D" for one of the first and one of the second; `street`: codes of the street categories whose names and
    conditions speak of the like."""

    said: tuple[str, ...] = ()
    street: tuple[str, ...] = ()


_Place = tuple[int, str]  # of a word in a text

Vocabulary = Mapping[str, Words]  # by the category's code


@dataclass(frozen=True, slots=True)
class Subject:
    """A category that can be suggested. `street` and `conditions`: of the street categories that are like it, whose
    codes, its own among them, are `like`."""

    id: int
    code: str
    name: str
    parent: str
    said: tuple[str, ...] = ()
    street: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    like: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Guess:
    """A subject, how much speaks for it, and the words of the text that do: the longest three."""

    subject: Subject
    score: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Clue:
    """A word, or a pair of two that must stand near each other; `among`: subjects by index, each with its weight."""

    is_pair: bool
    rarity: float
    among: Sequence[tuple[int, float]]


@dataclass(slots=True)
class _Found:
    """What speaks for one subject. A character of the text counts once, by the best word that it is part of."""

    worth: dict[int, float] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)

    def add(self, at: int, word: str, weight: float, *, is_word: bool) -> None:
        for place in range(at, at + len(word)):
            self.worth[place] = max(self.worth.get(place, 0.0), weight)
        if is_word:  # half a word means nothing to who reads it
            self.words.add(word)


class Look:
    """What a text tells of the subjects."""

    def __init__(self, subjects: Sequence[Subject], found: Mapping[int, _Found]) -> None:
        self._subjects, self._found = subjects, found
        self._scores = {index: fsum(each.worth.values()) for index, each in found.items()}

    def guesses(self, most: int = 3) -> list[Guess]:
        """The likeliest, best first, without what is chance."""
        enough = max(LEAST, OF_BEST * max(self._scores.values(), default=0.0))
        likely = [index for index, score in self._scores.items() if score >= enough and self._found[index].words]
        return [
            Guess(self._subjects[index], round(self._scores[index], 2), _longest(self._found[index].words))
            for index in sorted(likely, key=lambda index: (-self._scores[index], index))[:most]
        ]

    def shares(self) -> dict[str, float]:
        """How likely each subject is, by its id in words; what is missing to 1 is that it is none of them."""
        raised = {str(self._subjects[index].id): score**STEEP for index, score in self._scores.items()}
        whole = LEAST**STEEP + fsum(raised.values())
        return {label: each / whole for label, each in raised.items()}


class Guesser:
    """The subjects of a city, made ready once; a guess then takes a millisecond or two."""

    def __init__(self, subjects: Sequence[Subject]) -> None:
        self._subjects = tuple(subjects)
        weights: dict[str, dict[int, float]] = defaultdict(dict)
        for index, subject in enumerate(self._subjects):
            for word, weight in _words_of(subject):
                weights[word][index] = max(weights[word].get(index, 0.0), weight)
        many = len(self._subjects)
        self._rarity = {word: _rarity(shared, many) for word, shared in _shared(weights).items()}
        self._clues: list[_Clue] = []
        self._clues_with: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._by_beginning: dict[str, set[str]] = defaultdict(set)
        for word, among in weights.items():
            parts = [part.split("|") for part in word.split("+")]
            for side, part in enumerate(parts):
                for each in part:
                    self._clues_with[each].append((len(self._clues), side))
                    self._by_beginning[each[:2]].add(each)
            self._clues.append(_Clue(len(parts) == 2, _rarity(_equal(among), many), list(among.items())))

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """Between which it guesses."""
        return self._subjects

    def guess(self, text: str, most: int = 3) -> list[Guess]:
        """The likeliest subjects, best first; none where nothing speaks for any."""
        return self.look(text).guesses(most)

    def look(self, text: str) -> Look:
        """All that anything in the text speaks for."""
        plain = _plain(text[:LOOKED_THROUGH])
        found: dict[int, _Found] = defaultdict(_Found)
        for number, places in self._clues_in(plain).items():
            clue = self._clues[number]
            for at, word in _near(places, plain) if clue.is_pair else places[0]:
                early = 1.0 if at < FIRST_WORDS else 0.5
                told = max(PAIRED, self._rarity[word]) if clue.is_pair else clue.rarity
                for index, weight in clue.among:
                    found[index].add(at, word, weight * told * early, is_word=weight > PART)
        return Look(self._subjects, found)

    def _clues_in(self, text: str) -> dict[int, tuple[list[_Place], list[_Place]]]:
        """By clue, where its one side stands and where the other."""
        beginnings = {*text, *(text[index : index + 2] for index in range(len(text) - 1))}
        found: dict[int, tuple[list[_Place], list[_Place]]] = defaultdict(lambda: ([], []))
        for beginning in beginnings & self._by_beginning.keys():
            for word in self._by_beginning[beginning]:
                if places := _places(word, text):
                    for number, side in self._clues_with[word]:
                        found[number][side].extend(places)
        return found


def nearest(text: str, conditions: Sequence[str]) -> int | None:
    """Which of these 立案条件 speaks most of what the text does, by its place; None if none speaks of the like."""
    said = _pairs(text)
    shared = [len(said & _pairs(condition)) for condition in conditions]
    best = max(range(len(shared)), key=lambda place: (shared[place], -len(conditions[place])), default=None)
    return best if best is not None and shared[best] else None


def _pairs(text: str) -> set[str]:
    return {piece[at : at + 2] for piece in _pieces((text,)) for at in range(len(piece) - 1)}


def _shared(weights: Mapping[str, Mapping[int, float]]) -> dict[str, int]:
    """Of how many subjects each word is a clue, alone or with another one."""
    among: dict[str, set[int]] = defaultdict(set)
    for clue, subjects in weights.items():
        for word in re.split(r"[+|]", clue):
            among[word] |= subjects.keys()
    return {word: len(subjects) for word, subjects in among.items()}


def _equal(among: Mapping[int, float]) -> int:
    """How many subjects a clue is one to as much as to the one that it is most to."""
    most = max(among.values())
    return sum(weight == most for weight in among.values())


def _rarity(shared: int, many: int) -> float:
    """How much a word tells that so many of the subjects share, 0 to 1: a clue to a single one everything."""
    return log((many + 1) / shared) / log(many + 1)


def _words_of(subject: Subject) -> Iterator[tuple[str, float]]:
    for said in subject.said:
        words = re.split(r"[+|]", _plain(said))
        yield from [(_plain(said), SAID)] if "+" in said else [(word, SAID) for word in words]
        yield from ((word, HALF) for word in words if len(word) > 1 and word not in _EVERYDAY)
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


def _places(word: str, text: str) -> list[_Place]:
    """Where it stands: nobody says anything more than a few times before it is clear."""
    found: list[_Place] = []
    at = text.find(word)
    while at >= 0 and len(found) < TIMES:
        found.append((at, word))
        at = text.find(word, at + len(word))
    return found


def _near(places: tuple[list[_Place], list[_Place]], text: str) -> Iterator[_Place]:
    """Those of both sides that stand near one of the other in one sentence."""
    for one in places[0]:
        for other in places[1]:
            (first, before), (second, _) = sorted((one, other))
            gap = second - first - len(before)
            if 0 <= gap <= NEAR and not _SENTENCE_END.search(text, first, second):
                yield from (one, other)


def _longest(words: set[str]) -> tuple[str, ...]:
    """Without those that stand inside another one; a single character only where there is nothing longer."""
    telling = {word for word in words if len(word) > 1} or words
    whole = [word for word in telling if not any(word in other for other in telling if other != word)]
    return tuple(sorted(whole, key=lambda word: (-len(word), word))[:3])

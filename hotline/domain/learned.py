"""What was learned from the city's own decisions: which pieces of words spoke for which label, and how much.

A model is a linear one over pieces of one to four characters, weighed by how rare they are. Its body is compact, holds
no sentence and nobody's own words (`services.learning` sees to that), and is read here with the standard library
alone: whoever suggests needs no library of the one who trains. `features_of` is what both of them read a text by.
"""

from __future__ import annotations

import json
import re
import struct
import sys
import unicodedata
import zlib
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import exp, fsum, log, sqrt

LONGEST_PIECE = 4  # characters
LOOKED_THROUGH = 600  # characters of a text
REST = ""  # the label of all that had too few examples to be learned
MARK = "="  # begins a feature that is no word: =area:东县
MARK_TIMES = 20  # a token counts as if it were said so often, or it would be lost among the words of a long text
MOST_WORDS = 3
ENOUGH_OF_BEST = 0.4  # of the worth of the best character: below it a word says too little to be shown

_COVERED = re.compile(r"\[[^\[\]\n]{1,4}已隐去\]")
_BETWEEN = re.compile(r"[^a-z\u3400-\u9fff]+")
_MAGIC = b"HLM1"
_SCALE = 32_000  # the largest weight as an integer


class BodyError(ValueError):
    """These bytes are no model of this version."""


@dataclass(frozen=True, slots=True)
class Contents:
    """A model as it is written down. `weights`: for each feature its weight for labels, by their place in `labels`.

    `tickets`: how many of each label it was learned from. `sharpness`: makes scores into shares that come true as
    often as they say. `say`: 0 to 1, how much it counts beside the words of the category standard.
    """

    labels: Sequence[str]
    tickets: Sequence[int]
    features: Sequence[str]
    rarity: Sequence[float]
    weights: Sequence[Mapping[int, float]]
    bias: Sequence[float]
    sharpness: float = 1.0
    say: float = 1.0


def features_of(text: str, tokens: Sequence[str] = ()) -> Counter[str]:
    """The pieces of a text with how often each stands there; what was covered in it, numbers and signs divide."""
    found = Counter(piece for length in range(1, LONGEST_PIECE + 1) for piece in pieces_of(text, length))
    for token in tokens:
        found[MARK + token] = MARK_TIMES
    return found


def pieces_of(text: str, length: int) -> Iterator[str]:
    """Those of so many characters, in their order."""
    for run in _plain(text).split():
        yield from (run[at : at + length] for at in range(len(run) - length + 1))


def times(count: int) -> float:
    """What a feature counts that stands there so often: the tenth time tells less than the first."""
    return 1.0 + log(count)


def pack(contents: Contents) -> bytes:
    """The body to be stored."""
    largest = max((abs(weight) for row in contents.weights for weight in row.values()), default=1.0) or 1.0
    ends, places, values = array("I"), array("H"), array("h")
    for row in contents.weights:
        for label, weight in sorted(row.items()):
            if value := round(weight / largest * _SCALE):
                places.append(label)
                values.append(value)
        ends.append(len(places))
    head = json.dumps(
        {
            "labels": list(contents.labels),
            "tickets": list(contents.tickets),
            "bias": list(contents.bias),
            "largest": largest,
            "sharpness": contents.sharpness,
            "say": contents.say,
            "features": list(contents.features),
        },
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()
    columns = [_bytes(each) for each in (array("f", contents.rarity), ends, places, values)]
    sizes = struct.pack("<5I", len(head), *map(len, columns))
    return _MAGIC + zlib.compress(b"".join((sizes, head, *columns)), 9)


class Learned:
    """A model that was read. Read once in a process; a text of 200 characters then takes a few milliseconds."""

    def __init__(self, body: bytes) -> None:
        """Raises BodyError."""
        if body[: len(_MAGIC)] != _MAGIC:
            raise BodyError("不是本版本的学习结果")
        try:
            plain = zlib.decompress(body[len(_MAGIC) :])
        except zlib.error as error:
            raise BodyError("学习结果已损坏") from error
        sizes = struct.unpack_from("<5I", plain)
        at = struct.calcsize("<5I")
        parts = []
        for size in sizes:
            parts.append(plain[at : at + size])
            at += size
        head = json.loads(parts[0])
        self.labels: list[str] = head["labels"]
        self.tickets: dict[str, int] = dict(zip(head["labels"], head["tickets"], strict=True))
        self.sharpness: float = head["sharpness"]
        self.say: float = head["say"]
        self._bias: list[float] = head["bias"]
        self._unit: float = head["largest"] / _SCALE
        self._place = {feature: place for place, feature in enumerate(head["features"])}
        self._rarity, self._ends = _array("f", parts[1]), _array("I", parts[2])
        self._labels, self._weights = _array("H", parts[3]), _array("h", parts[4])

    @property
    def features(self) -> Sequence[str]:
        """All pieces of words and tokens that it knows."""
        return list(self._place)

    def hear(self, text: str, tokens: Sequence[str] = ()) -> Heard:
        """What it makes of a text."""
        known = {
            self._place[feature]: times(count) * self._rarity[self._place[feature]]
            for feature, count in features_of(text, tokens).items()
            if feature in self._place
        }
        length = sqrt(fsum(value * value for value in known.values())) or 1.0
        return Heard(self, text, {place: value / length for place, value in known.items()})

    def decide(self, known: Mapping[int, float]) -> list[float]:
        """The score of each label: the weights of what is there, and what each begins with."""
        sums = [0.0] * len(self.labels)
        labels, weights, ends = self._labels, self._weights, self._ends
        for place, value in known.items():
            for index in range(ends[place - 1] if place else 0, ends[place]):
                sums[labels[index]] += value * weights[index]
        return [bias + self._unit * each for bias, each in zip(self._bias, sums, strict=True)]

    def speaks_for(self, known: Mapping[int, float], label: str) -> dict[str, float]:
        """The features that are there and speak for a label, with how much."""
        wanted = self.labels.index(label)
        found: dict[str, float] = {}
        for place, value in known.items():
            for index in range(self._ends[place - 1] if place else 0, self._ends[place]):
                if self._labels[index] == wanted and self._weights[index] > 0:
                    found[self._names[place]] = value * self._weights[index]
        return found

    @cached_property
    def _names(self) -> list[str]:
        return list(self._place)


class Heard:
    """One text as a model heard it."""

    def __init__(self, learned: Learned, text: str, known: Mapping[int, float]) -> None:
        self._learned, self._text, self._known = learned, text, known

    @property
    def scores(self) -> list[float]:
        """The score of each label, as the model that was trained gives it."""
        return self._learned.decide(self._known)

    def shares(self, sharpness: float | None = None) -> dict[str, float]:
        """How likely each label is; together 1."""
        sharp = self._learned.sharpness if sharpness is None else sharpness
        scores = self.scores
        best = max(scores)
        raised = [exp(sharp * (score - best)) for score in scores]
        whole = fsum(raised)
        return {label: each / whole for label, each in zip(self._learned.labels, raised, strict=True)}

    def words(self, label: str) -> tuple[str, ...]:
        """The words of the text that spoke for the label, what says most first: its pieces put together again."""
        pieces = self._learned.speaks_for(self._known, label)
        plain = _plain(self._text)
        worth = [0.0] * len(plain)
        for piece, value in pieces.items():
            if len(piece) < 2 or piece.startswith(MARK):
                continue
            at = plain.find(piece)
            while at >= 0:
                for place in range(at, at + len(piece)):
                    worth[place] += value
                at = plain.find(piece, at + 1)
        return _stretches(plain, worth)


def _stretches(plain: str, worth: Sequence[float]) -> tuple[str, ...]:
    enough = ENOUGH_OF_BEST * max(worth, default=0.0)
    found: dict[str, float] = {}
    at = 0
    while enough and at < len(plain):
        end = at
        while end < len(plain) and worth[end] >= enough and plain[end] != " ":
            end += 1
        if end - at >= 2:
            found[plain[at:end]] = max(found.get(plain[at:end], 0.0), *worth[at:end])
        at = end + 1
    whole = [word for word in found if not any(word in other for other in found if other != word)]
    return tuple(sorted(whole, key=lambda word: (-found[word], word))[:MOST_WORDS])


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", _COVERED.sub(" ", text[:LOOKED_THROUGH])).casefold()
    return _BETWEEN.sub(" ", folded)


def _bytes(column: array[int] | array[float]) -> bytes:
    """Least byte first, on any machine."""
    if sys.byteorder == "big":
        column.byteswap()
    return column.tobytes()


def _array(kind: str, content: bytes) -> array[int]:
    column: array[int] = array(kind, content)
    if sys.byteorder == "big":
        column.byteswap()
    return column

"""Whether a text speaks of something: a thing and what is wrong with it, close together in one sentence.

What is plainly denied ("没有燃气泄漏，只是问问", "不是要自杀") is not spoken of; a question ("是不是漏电",
"不是漏电吗") denies nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple, Protocol


class Wanted(Protocol):
    """One of `things` and one of `troubles` within `reach` characters of one sentence; with no troubles a thing alone
    is enough. What stands in `unless` counts for neither: 曝光台 is no 曝光. There `…` stands for a few characters of
    one clause: "一旦…火灾" is a warning of fire."""

    @property
    def things(self) -> tuple[str, ...]: ...
    @property
    def troubles(self) -> tuple[str, ...]: ...
    @property
    def reach(self) -> int: ...
    @property
    def unless(self) -> tuple[str, ...]: ...


class Mention(NamedTuple):
    """The words found ("燃气…漏"), the sentence as it was said, and its line in the text, counted from 0."""

    words: str
    said: str
    line: int


_SENTENCE = re.compile(r"[^。！？!?；;\n]++")
#: Not 没有发现: who says that the porter did not notice somebody trapped denies nothing.
_NOT = (
    r"(?<![有是])(?:未发现|(?:没有|没|未|不会|不是|并非|并无|无|不存在)"
    r"(?:发生|出现|造成|再|任何|什么|想要|想|要|打算)?|不打算|从未|从来没有?)"
)
_NO = r"\b(?:no|not|without|never)(?: sign of| signs of)?(?: an?| any)? "
_DENIED = re.compile(f"(?:{_NOT}|{_NO})$")
_LOOKED_BACK = 20  # characters: "without any signs of a "
_DOUBTED = re.compile(r"[^，,]{0,60}?(?:[吗么吧嘛](?=[，,\s]|$)|就是)")  # 不是漏电吗, 不是漏电就是短路


def find(text: str, wanted: Wanted) -> Mention | None:
    """The first sentence of the text that speaks of it."""
    small = text.casefold()
    if not _has_one_of(wanted.things, small) or (wanted.troubles and not _has_one_of(wanted.troubles, small)):
        return None
    for match in _SENTENCE.finditer(text):
        words = words_in(match.group(), wanted)
        if words is not None:
            return Mention(words, match.group().strip(), text.count("\n", 0, match.start()))
    return None


def _has_one_of(words: Iterable[str], small: str) -> bool:
    """Most texts speak of nothing that is looked for, and each is asked about a hundred things."""
    for word in words:  # noqa: SIM110 - twice as quick as any()
        if word in small:
            return True
    return False


def words_in(sentence: str, wanted: Wanted) -> str | None:
    """The words by which the sentence speaks of it; None where it does not."""
    sentence = _without_denials(wanted, _without(wanted.unless, sentence.casefold()))
    for thing in wanted.things:
        for start in _positions(thing, sentence):
            if not wanted.troubles:
                return thing
            near = sentence[max(0, start - wanted.reach) : start + len(thing) + wanted.reach]
            trouble = next((word for word in wanted.troubles if any(True for _ in _positions(word, near))), None)
            if trouble is not None:
                return f"{thing}…{trouble}"
    return None


def _without(words: tuple[str, ...], sentence: str) -> str:
    """The rest at its old distances."""
    return _spared(words).sub(lambda match: "，" * len(match.group()), sentence) if words else sentence


@cache
def _spared(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word).replace("…", r"[^，,]{0,10}?") for word in words))


def _without_denials(wanted: Wanted, sentence: str) -> str:
    """Of "没有燃气泄漏，只是问燃气费" what is left when the denial is struck out, at its old distances."""
    if not wanted.troubles:
        return sentence
    return _denials(wanted.things, wanted.troubles).sub(lambda match: "，" * len(match.group()), sentence)


@cache
def _denials(things: tuple[str, ...], troubles: tuple[str, ...]) -> re.Pattern[str]:
    thing, trouble = ("|".join(map(re.escape, sorted(words, key=len, reverse=True))) for words in (things, troubles))
    between = r"(?:的|有|发生|出现|s? (?:is |was |has )?)?"
    return re.compile(rf"(?:{_NOT}|{_NO})(?:(?:{thing}){between})?(?:{trouble})(?!{_DOUBTED.pattern})")


def _positions(word: str, text: str) -> Iterable[int]:
    """Where `word` stands in `text` without being denied ("没有漏电"); "tree" does not stand in "street"."""
    start = text.find(word)
    while start >= 0:
        inside = word.isascii() and start > 0 and text[start - 1].isascii() and text[start - 1].isalpha()
        if not inside and not _is_denied(text, start, start + len(word)):
            yield start
        start = text.find(word, start + 1)


def _is_denied(text: str, start: int, end: int) -> bool:
    denied = _DENIED.search(text[max(0, start - _LOOKED_BACK) : start])
    return denied is not None and _DOUBTED.match(text, end) is None

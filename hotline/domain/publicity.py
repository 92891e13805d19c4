"""公开: how much of a ticket a stranger may see. One choice of the city, for the public page and the words of hints."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

_APART = 12  # characters at most between the parts of "孩子…被打"
_WORD = re.compile(r"[\u4e00-\u9fffA-Za-z0-9…]{2,30}")


class Publicity(StrEnum):
    """`HOTLINE_PUBLIC`."""

    OFF = "off"  # nothing
    REDACTED = "redacted"  # what a machine has redacted, unless a person has hidden it
    REVIEWED = "reviewed"  # only what a person has looked at and released


class WithheldError(ValueError):
    """The list cannot be used. `reasons` names every fault, in Chinese."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = tuple(reasons)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is spoken of in these words is nobody's business but theirs. `…` stands for a few characters between."""

    reason: str
    words: tuple[str, ...]

    @property
    def pattern(self) -> str:
        """A regular expression that Python and PostgreSQL read alike."""
        return "|".join(word.replace("…", f"[^。！？]{{0,{_APART}}}") for word in self.words)


@dataclass(frozen=True, slots=True)
class Withheld:
    """What is never shown to strangers in any mode, besides what is confidential: data of the city."""

    subjects: tuple[Subject, ...] = ()
    sources: frozenset[str] = frozenset()  # leader, petition …
    categories: frozenset[str] = frozenset()  # by code

    @property
    def pattern(self) -> str:
        """All subjects in one expression; empty where there is none."""
        return "|".join(subject.pattern for subject in self.subjects)

    def reason(self, text: str) -> str:
        """The first subject that the text is about; empty for none."""
        return next((subject.reason for subject in self.subjects if re.search(subject.pattern, text)), "")

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> Withheld:
        """Read `sources`, `categories` and `[[subject]]` with `reason` and `words`. Raises WithheldError."""
        faults = [f"不认识“{key}”，可用的有 subject、sources、categories。" for key in mapping if key not in _KEYS]
        rows = mapping.get("subject", [])
        subjects = tuple(_subject(row, place, faults) for place, row in enumerate(_rows(rows, faults), 1))
        sources, categories = (frozenset(_words(mapping, name, name, faults)) for name in ("sources", "categories"))
        if faults:
            raise WithheldError(faults)
        return cls(subjects, sources, categories)


_KEYS = ("subject", "sources", "categories")


def _rows(rows: object, faults: list[str]) -> list[Any]:
    if isinstance(rows, list):
        return rows
    faults.append("subject 应写作若干个 [[subject]]。")
    return []


def _subject(row: object, place: int, faults: list[str]) -> Subject:
    table = row if isinstance(row, dict) else {}
    reason = table.get("reason")
    if not isinstance(reason, str) or not reason.strip():
        faults.append(f"第{place}个 subject：请写明 reason，例如“未成年人”。")
    words = _words(table, "words", f"第{place}个 subject 的 words", faults)
    for word in words:
        if not _WORD.fullmatch(word) or not all(word.split("…")):
            faults.append(f"第{place}个 subject：“{word}”应为两个以上的汉字、字母或数字，“…”表示中间可隔几个字。")
    return Subject(str(reason or "").strip(), words)


def _words(table: Mapping[str, Any], name: str, shown: str, faults: list[str]) -> tuple[str, ...]:
    words = table.get(name, [])
    if isinstance(words, list) and all(isinstance(word, str) and word for word in words):
        return tuple(words)
    faults.append(f'{shown} 应为一组词，例如 ["甲", "乙"]。')
    return ()

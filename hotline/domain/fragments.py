"""Words made ready for being found by any part of them: Chinese has no blanks between words, and whoever searches does
not know how the other one has put it.

A text is folded to its letters and digits; what is sought is found where its folded form stands in the folded text. To
get there fast, texts are entered under every two characters that follow each other (`hotline.models.found_words`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

MOST: Final = 8  # terms of one search
_DIGIT = re.compile("[0-9]")
BREAK: Final = "\n"  # between two texts, and where something is covered: nothing is found across it


def fold(text: str) -> str:
    """Letters and digits alone, in one width and case: 「晋Ａ·１２ c」 is 晋a12c."""
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())


def fold_all(texts: Iterable[str], most: int) -> str:
    """Several texts as one, each in its line; what stands in one before is left out. At most so many characters."""
    lines: list[str] = []
    length = 0
    for text in texts:
        for line in text.split(BREAK):
            folded = fold(line)[: most - length]
            if folded and not any(folded in before for before in lines):
                lines.append(folded)
                length += len(folded) + 1
    return BREAK.join(lines)


@dataclass(frozen=True)
class Term:
    """What stood between two blanks: as it was typed, and folded."""

    typed: str
    folded: str


def terms(text: str) -> Sequence[Term]:
    """What a text is searched by; each must be found. What has neither letters nor digits is none."""
    found = {folded: Term(typed, folded) for typed in text.split() if (folded := fold(typed))}
    return list(found.values())[:MOST]


def pairs(term: str) -> Sequence[str]:
    """Every two characters that follow each other, and every three with a digit among them; a single one by itself."""
    twos = [term[at : at + 2] for at in range(max(1, len(term) - 1))]
    threes = [term[at : at + 3] for at in range(len(term) - 2)]
    return list(dict.fromkeys([*twos, *(three for three in threes if _DIGIT.search(three))]))

"""Cuts a text without blanks into words of a vocabulary: the likeliest row of them (Viterbi over single words)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import log

LONGEST = 8  # characters of a word that is looked for
UNKNOWN = -16.0  # the log of how likely a character is that belongs to no word
OFTEN = 2  # a long word that was seen once is chance


class Cutter:
    """Made from texts whose words have blanks between them."""

    def __init__(self, texts: Sequence[str]) -> None:
        counted = Counter(word for text in texts for word in text.split())
        total = counted.total()
        self._likely = {word: log(count / total) for word, count in counted.items() if count >= OFTEN or len(word) <= 2}

    def cut(self, text: str) -> str:
        """The words with blanks between them, without what no word is known for."""
        best, back = [0.0], [0]
        for end in range(1, len(text) + 1):
            ways = [(best[end - 1] + UNKNOWN, end - 1)]
            for start in range(max(0, end - LONGEST), end):
                likely = self._likely.get(text[start:end])
                if likely is not None:
                    ways.append((best[start] + likely, start))
            score, start = max(ways)
            best.append(score)
            back.append(start)
        return " ".join(word for word in self._walk_back(text, back) if word in self._likely)

    @staticmethod
    def _walk_back(text: str, back: Sequence[int]) -> list[str]:
        words, end = [], len(text)
        while end:
            words.append(text[back[end] : end])
            end = back[end]
        return words[::-1]

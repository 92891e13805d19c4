"""Which rows of one file are messages of the other: rows have lost stop words and punctuation, nothing is numbered.

A row is a message when at least half of its characters stand in the message in the same order, word by word, each word
within reach of the one before. Of 8,613 rows only 17 lie between 0.4 and 0.5 and 29 between 0.5 and 0.95: it hardly
matters where the border is, and those of one label and another one are treated alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.sparse.csgraph import connected_components
from sklearn.feature_extraction.text import TfidfVectorizer

SAME = 0.5  # share of characters
REACH = 80  # characters: what may have been left out between two words that stay
CANDIDATES = 5  # messages that a row is held against, by pairs of characters in common
COPY = 0.7  # cosine of pairs of characters


def match(rows: Sequence[Sequence[str]], messages: Sequence[str]) -> list[int | None]:
    """For each row of words the place of the message that it is, or None."""
    pairs = TfidfVectorizer(analyzer="char", ngram_range=(2, 2), sublinear_tf=True, dtype=np.float32)
    alike = (pairs.fit_transform("".join(row) for row in rows) @ pairs.transform(messages).T).tocsr()
    return [_message_of(row, messages, alike[number]) for number, row in enumerate(rows)]


def _message_of(row: Sequence[str], messages: Sequence[str], alike: Any) -> int | None:
    nearest = alike.indices[np.argsort(-alike.data)[:CANDIDATES]]
    shares = [(share_in_order(row, messages[place]), int(place)) for place in nearest]
    share, place = max(shares, default=(0.0, 0))
    return place if share >= SAME else None


def share_in_order(words: Sequence[str], message: str) -> float:
    """The share of the words' characters that stand in the message in this order."""
    at = found = 0
    for word in words:
        place = message.find(word, at, at + REACH)
        if place >= 0:
            found += len(word)
            at = place + len(word)
    return found / max(1, sum(map(len, words)))


def groups_of_copies(texts: Sequence[str]) -> Any:
    """A number for each text, the same for those that are nearly the same text."""
    pairs = TfidfVectorizer(analyzer="char", ngram_range=(2, 2), sublinear_tf=True, dtype=np.float32)
    weights = pairs.fit_transform(text.replace(" ", "") for text in texts)
    alike = (weights @ weights.T).tocsr()
    alike.data = (alike.data >= COPY).astype(np.int8)
    alike.eliminate_zeros()
    return connected_components(alike, directed=False)[1]

"""The words that two texts share, as one of them wrote them: for the one who is to believe it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from itertools import pairwise

from hotline.domain.common_words import EMPTY, synonyms

MOST = 3
LEAST = 2  # characters of a word

#: With these no word begins: scraps of 3号楼一层, 我们的, 停着.
_NO_BEGINNING = re.compile(
    "[号栋幢座层户室们的得着过个些等及或被把将就才也都又还很太最边了吗呢吧啊且并而与和是在从于其此该某]|楼(?=[一二三四五六七八九十])"
)
_NO_END = re.compile(
    "[一二三四五六七八九十很太最不没又再还也都就才只被把将从于给让使其此该某每各第与和或及等的得着了过吗这那我你他们是在有]"
)


def words_of(text: str, common: Set[str], places: Sequence[str]) -> tuple[str, ...]:
    """What the text says in the pairs of characters `common`, longest first, three at most. The text is plain (NFKC,
    small letters); pairs are those of its words as `common_words.in_one_word` makes them; `places` are no words."""
    for place in places:
        text = text.replace(place, " " * len(place))
    read = [*_read(text)]
    plain = "".join(char for char, _, _ in read)
    found = {_trimmed(text[read[first][1] : read[last][2]]) for first, last in _runs(plain, common)}
    longest = sorted(found, key=lambda word: (-len(word), word))
    whole = [word for word in longest if not any(word in other for other in longest if other != word)]
    return tuple(word for word in whole if len(word) >= LEAST)[:MOST]


def _read(text: str) -> Iterable[tuple[str, int, int]]:
    """Each character as it is compared, and from where to where it stands for the text."""
    end = 0
    for match, word in synonyms(text):
        yield from ((text[at], at, at + 1) for at in range(end, match.start()))
        yield from ((char, match.start(), match.end()) for char in word)
        end = match.end()
    yield from ((text[at], at, at + 1) for at in range(end, len(text)))


def _runs(plain: str, common: Set[str]) -> Iterable[tuple[int, int]]:
    """First and last character of each stretch of common pairs, none over what everybody says."""
    start = 0
    for end, after in [*(match.span() for match in EMPTY.finditer(plain)), (len(plain), len(plain))]:
        first = None
        for left, right in pairwise(range(start, end)):
            if plain[left : right + 1] in common:
                first = left if first is None else first
            elif first is not None:
                yield first, left
                first = None
        if first is not None:
            yield first, end - 1
        start = after


def _trimmed(word: str) -> str:
    """From where a word may begin to where one may end."""
    while word and (_NO_BEGINNING.match(word)):
        word = word[1:]
    while word and _NO_END.fullmatch(word[-1]):
        word = word[:-1]
    return word.strip()

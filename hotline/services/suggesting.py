"""类别建议: what a citizen can choose from, and what the words of a complaint point to. Suggested, never decided."""

from __future__ import annotations

from dataclasses import dataclass

from hotline.domain.errors import Said, say
from hotline.domain.guessing import Guess
from hotline.services.work import Work

MOST = 3


@dataclass(frozen=True)
class Suggestion:
    """A category that may fit. `because` tells which words led to it."""

    category_id: int
    code: str
    name: str
    parent: str
    because: Said


def categories(work: Work, text: str, most: int = MOST) -> list[Suggestion]:
    """The likeliest categories of a text, best first, `most` at most; none where its words point to none."""
    return [_suggest(guess) for guess in work.rules.guesser.guess(text, most)]


def choices(work: Work) -> list[tuple[str, list[tuple[int, str]]]]:
    """All that can be chosen: each parent's name with its categories (id, name), in the order of the tree."""
    tree: dict[str, list[tuple[int, str]]] = {}
    for subject in work.rules.subjects:
        tree.setdefault(subject.parent, []).append((subject.id, subject.name))
    return list(tree.items())


def _suggest(guess: Guess) -> Suggestion:
    subject = guess.subject
    because = say("您写到了“{words}”。", words="、".join(guess.words))
    return Suggestion(subject.id, subject.code, subject.name, subject.parent, because)

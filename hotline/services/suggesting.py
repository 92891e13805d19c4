"""类别建议: what a citizen can choose from, and what the words of a complaint point to. Suggested, never decided.

What staff are told of why stands in `reasoning`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hotline.domain.advising import MOST, Advice
from hotline.domain.errors import Said, say
from hotline.domain.guessing import Subject
from hotline.services.reasoning import Reasoned, for_staff
from hotline.services.work import Work

__all__ = ["Reasoned", "Suggestion", "categories", "choices", "for_staff"]


@dataclass(frozen=True)
class Suggestion:
    """A category that may fit. `because` tells which words led to it."""

    category_id: int
    code: str
    name: str
    parent: str
    because: Said


def categories(work: Work, text: str, place: str = "", most: int = MOST) -> list[Suggestion]:
    """The likeliest categories of a text, best first, `most` at most; none where its words point to none."""
    subjects = _subjects(work)
    advised = work.rules.advisor.advise(text, len(subjects), place)
    return [_suggest(subjects[each.category_id], each) for each in advised if each.category_id in subjects][:most]


def choices(work: Work) -> list[tuple[str, list[tuple[int, str]]]]:
    """All that can be chosen: each parent's name with its categories (id, name), in the order of the tree."""
    tree: dict[str, list[tuple[int, str]]] = {}
    for subject in work.rules.subjects:
        tree.setdefault(subject.parent, []).append((subject.id, subject.name))
    return list(tree.items())


def _subjects(work: Work) -> Mapping[int, Subject]:
    return {subject.id: subject for subject in work.rules.subjects}


def _suggest(subject: Subject, advice: Advice) -> Suggestion:
    because = say("您写到了“{words}”。", words="、".join(advice.words or advice.learned))
    return Suggestion(subject.id, subject.code, subject.name, subject.parent, because)

"""热点: whether more is heard of a matter than usual, and which of many overlapping groups tell of the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from math import sqrt
from statistics import median

from hotline.domain.clues import NAMED

LEAST = 3  # complaints within seven days; 金牛区 counts repeats from the third at one point
BEYOND_CHANCE = 2.0  # standard deviations of a count that comes as it pleases (Poisson)
MOSTLY = 0.6  # so much of a group in a larger one, and it tells of the same

Position = tuple[float, float]  # latitude, longitude, degrees, WGS 84


@dataclass(frozen=True, slots=True)
class Group:
    """Tickets of one kind of matter at one place: a name or a mark (`hotline/domain/clues.py`)."""

    key: str
    kind: int | None
    tickets: Sequence[int]  # newest first

    @property
    def place(self) -> str:
        """As it is told: without the sign of what kind of clue it is."""
        return self.key.removesuffix(NAMED).partition(":")[2] or self.key.removesuffix(NAMED)


def is_rising(this_week: int, usual: float) -> bool:
    """More than usual, and by more than chance: three of what never comes, nine where four are usual.

    `usual`: complaints a week in the weeks before.
    """
    return this_week >= LEAST and this_week - usual >= BEYOND_CHANCE * sqrt(max(usual, 1.0))


def distinct(groups: Iterable[Group]) -> list[Group]:
    """Without those that lie mostly in a larger one of the same kind; the largest first, of equals the longest name."""
    kept: list[tuple[Group, Set[int]]] = []
    for group in sorted(groups, key=lambda group: (-len(group.tickets), -len(group.place), group.key)):
        mine = set(group.tickets)
        if not any(other.kind == group.kind and len(mine & theirs) >= MOSTLY * len(mine) for other, theirs in kept):
            kept.append((group, mine))
    return [group for group, _ in kept]


def commonest(words: Iterable[Sequence[str]], most: int = 4) -> list[str]:
    """The words that most of the tickets have in common, each ticket's counted once."""
    counts: dict[str, int] = {}
    for each in words:
        for word in dict.fromkeys(each):
            counts[word] = counts.get(word, 0) + 1
    return sorted(counts, key=lambda word: (-counts[word], -len(word), word))[:most]


def middle(tickets: Iterable[int], positions: Mapping[int, Position]) -> Position | None:
    """Where most of them are; None where none is on the map."""
    known = [positions[each] for each in tickets if each in positions]
    if not known:
        return None
    return median(latitude for latitude, _ in known), median(longitude for _, longitude in known)

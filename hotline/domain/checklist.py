"""提交前自查: what a unit is asked before it submits its result, by what the matter is about. Data, not code.

Nothing of it keeps anybody from submitting; what was not ticked is told to the person who checks.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

CLOSING = "{closing}"  # in a text: the 结案条件 of the ticket's case condition


@dataclass(frozen=True, slots=True)
class Point:
    """One question. `groups`: the 大类 it is asked for, by their names; empty for all. `photo`: it is no question but
    answered by the pictures that come with the result, `before` or `after`. A text with `CLOSING` is asked where the
    ticket has one."""

    code: str
    text: str
    groups: tuple[str, ...] = ()
    photo: str | None = None


@dataclass(frozen=True, slots=True)
class Checklist:
    """The city's questions, in their order."""

    points: Sequence[Point] = ()

    def about(self, group: str | None, closing: str | None) -> list[Point]:
        """Those for a matter of this 大类, with what is demanded before it may be closed written into them."""
        of_group = (point for point in self.points if not point.groups or group in point.groups)
        demanded = closing or ""
        return [
            Point(point.code, point.text.replace(CLOSING, demanded), point.groups, point.photo)
            for point in of_group
            if demanded or CLOSING not in point.text
        ]


@dataclass(frozen=True, slots=True)
class Answered:
    """What was ticked and what was not, in the words that were asked."""

    checked: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()


def answer(points: Sequence[Point], ticked: Collection[str], photos: Collection[str]) -> Answered:
    """`ticked`: codes; one that is not asked for counts for nothing. `photos`: what the pictures show."""
    done = {point.code: point.photo in photos if point.photo else point.code in ticked for point in points}
    return Answered(
        tuple(point.text for point in points if done[point.code]),
        tuple(point.text for point in points if not done[point.code]),
    )

"""Stretches of time: pairs of aware UTC moments, from the first to just before the second."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

Stretch = tuple[datetime, datetime]
Stretches = tuple[Stretch, ...]


def merge(stretches: Iterable[Stretch]) -> Stretches:
    """The same time as sorted stretches that neither overlap nor touch; empty ones fall away."""
    merged: list[Stretch] = []
    for begin, end in sorted(stretches):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif begin < end:
            merged.append((begin, end))
    return tuple(merged)


def within(stretches: Sequence[Stretch], begin: datetime, end: datetime) -> Stretches:
    """What of the stretches lies between two moments."""
    return tuple((max(one, begin), min(other, end)) for one, other in stretches if one < end and begin < other)


def without(stretches: Sequence[Stretch], taken: Sequence[Stretch]) -> Stretches:
    """What is left of sorted stretches when the merged stretches `taken` are cut out."""
    left = []
    for begin, end in stretches:
        for cut, resumed in taken:
            if cut >= end:
                break
            if resumed > begin:
                if cut > begin:
                    left.append((begin, cut))
                begin = resumed  # noqa: PLW2901  # what is left of this stretch begins there
        if begin < end:
            left.append((begin, end))
    return tuple(left)


def total(stretches: Iterable[Stretch]) -> timedelta:
    """How long they are together."""
    return sum((end - begin for begin, end in stretches), timedelta())


def moment_after(stretches: Sequence[Stretch], running: timedelta) -> datetime:
    """When so much of the stretches has gone by: at the end of one rather than at the beginning of the next.

    `running` is above zero. Raises ValueError if the stretches are not long enough.
    """
    for begin, end in stretches:
        if running <= end - begin:
            return begin + running
        running -= end - begin
    raise ValueError("not enough time in these stretches")

"""What a map shows at first: where most of its points lie. What lies far from them is a matter of moving the map."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from statistics import median

Position = tuple[float, float]  # latitude, longitude (degrees, WGS 84)

FAR = 3  # times as far from the middle as nine tenths of the points reach
AT_LEAST = 0.02  # degrees of latitude, about 2 km: nothing nearer than that is far


def extent(positions: Sequence[Position]) -> tuple[Position, Position] | None:
    """The south-western and the north-eastern corner; None without points.

    At most a tenth of the points, or one of fewer than ten, lies outside, and only what is far from all the others:
    one wrong position would shrink the whole city to a dot.
    """
    if not positions:
        return None
    middle = (median(latitude for latitude, _ in positions), median(longitude for _, longitude in positions))
    nearest = sorted(_distance(middle, each) for each in positions)
    spared = max(1, len(positions) // 10) if len(positions) > 2 else 0
    reach = max(FAR * nearest[-1 - spared], AT_LEAST)
    inside = [each for each in positions if _distance(middle, each) <= reach]
    return _corner(min, inside), _corner(max, inside)


def is_inside(position: Position, corners: tuple[Position, Position]) -> bool:
    """Whether the map shows it at first."""
    return all(low <= at <= high for low, at, high in zip(corners[0], position, corners[1], strict=True))


def _distance(one: Position, other: Position) -> float:
    """In degrees of latitude, as if the earth were flat: good enough for what is near and what is far."""
    east = (other[1] - one[1]) * math.cos(math.radians(one[0]))
    return math.hypot(other[0] - one[0], east)


def _corner(of: Callable[[Iterable[float]], float], positions: Sequence[Position]) -> Position:
    return of(latitude for latitude, _ in positions), of(longitude for _, longitude in positions)

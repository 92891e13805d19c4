"""What a matter is found by again: names of places as they are, a spot on the map as the square that it lies in.

A square is told from a name by its "@". Positions are degrees, WGS 84.
"""

from __future__ import annotations

from collections.abc import Collection
from math import floor

SQUARES = 200  # to a degree: one is 556 metres high


def clues_of(place_keys: Collection[str], latitude: float | None, longitude: float | None) -> list[str]:
    """All keys of one matter, each once, in order."""
    keys = set(place_keys)
    if latitude is not None and longitude is not None:
        keys.add(square_of(latitude, longitude))
    return sorted(keys)


def square_of(latitude: float, longitude: float) -> str:
    """The square that a position lies in."""
    return _square(floor(latitude * SQUARES), floor(longitude * SQUARES))


def _square(row: int, column: int) -> str:
    return f"@{row}:{column}"

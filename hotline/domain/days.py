"""Which days somebody may name: those that a moment can be made of in any zone, with room to count on from them."""

from __future__ import annotations

from datetime import date
from typing import Final

FIRST_YEAR: Final = 1980  # no hotline has files before
LAST_YEAR: Final = 2200
TOO_FAR: Final = f"日期请填写{FIRST_YEAR}年至{LAST_YEAR}年之间的一天。"


def is_countable(day: date) -> bool:
    """Whether the day, or the day of a moment, lies within these years."""
    return FIRST_YEAR <= day.year <= LAST_YEAR

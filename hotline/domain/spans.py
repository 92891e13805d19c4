"""What was found in a text, and where: so that a form can light up the words it was filled from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Found:
    """`value` was read from `text[start:end]`; `confidence` is between 0 and 1."""

    value: str
    start: int
    end: int
    confidence: float = 1.0

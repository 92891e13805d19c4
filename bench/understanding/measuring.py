"""The measurements, each a module of its own; `product` alone knows what the hotline's functions are called."""

from __future__ import annotations

from collections.abc import Callable

from bench.table import Line
from bench.understanding import calls, guesses, labels, matters, replies, speed
from bench.understanding.asking import Asked

PARTS: dict[str, tuple[str, Callable[[Asked], list[Line]]]] = {
    "calls": ("来电草稿", calls.measure),
    "guesses": ("类别建议", guesses.measure),
    "labels": ("七类标签", labels.measure),
    "replies": ("答复核查", replies.measure),
    "matters": ("同一事项", matters.measure),
    "speed": ("速度", speed.measure),
}


def measure(_ground: object, *, quick: bool) -> list[Line]:
    """All parts. None of them needs the city of the bench."""
    return [line for _, part in PARTS.values() for line in part(Asked(quick=quick))]

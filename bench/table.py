"""The lines of the result, for the terminal and for docs/performance.md."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

HEADINGS = ("项目", "本系统", "对照", "比值", "目标", "结论")


@dataclass(frozen=True)
class Line:
    """One figure beside its limit. `met` is None where no goal was set, or none can be judged (`--quick`)."""

    what: str
    figure: str
    beside: str = ""
    ratio: str = ""
    goal: str = ""
    met: bool | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        """As printed."""
        verdict = "" if self.met is None else "达到" if self.met else "未达到"
        return (self.what, self.figure, self.beside, self.ratio, self.goal, verdict)


def as_text(lines: Sequence[Line]) -> str:
    """Columns for the terminal, where a Chinese character is two wide."""
    rows = [HEADINGS, *(line.cells for line in lines)]
    widths = [max(_width(row[column]) for row in rows) for column in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def as_markdown(lines: Sequence[Line]) -> str:
    """A table for the document."""
    rows = [HEADINGS, ("---",) * len(HEADINGS), *(line.cells for line in lines)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)

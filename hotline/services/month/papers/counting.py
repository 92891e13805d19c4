"""The formulas that count 明细 again: COUNTIFS over its columns, on as many sheets as it takes.

A table of a long month would be counted for minutes whenever the workbook is opened: beyond `LIVE` cells looked at, its
lines are the numbers of the report, and only its total is counted again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hotline.domain.rates import RateKind
from hotline.services.month.papers.cells import Formula, Value, letter, share
from hotline.services.month.papers.items import LATE, MISSING, ON_TIME

NAMES: Final = {RateKind.HANDLE: "处理", RateKind.REPLY: "回复", RateKind.CLOSE: "办结"}
HEADINGS: Final = ("应完成", "按时完成", "逾期完成", "未完成", "完成率", "按时率")
STANDINGS: Final = (ON_TIME, LATE, MISSING)
LIVE: Final = 30_000_000  # rows of 明细 times formulas of a table
#: The columns of 明细 that are counted by.
KIND, PATH, DUE, STANDING, ORIGINAL, EXTENDED, DIRECT = "C", "F", "H", "K", "L", "M", "N"
CATEGORY, AREA, CHANNEL, SOURCE = "O", "P", "Q", "R"

Condition = tuple[str, str]  # a column of 明细, and a criterion as it stands in a formula


def equals(cell: str) -> str:
    """The criterion: as that cell, letter by letter."""
    return f'"="&{cell}'


@dataclass(frozen=True)
class Counting:
    """Where the rows of 明细 stand: the names of its sheets, each with its last row."""

    sheets: Sequence[tuple[str, int]]

    @property
    def rows(self) -> int:
        """Of all its sheets, without their headings."""
        return sum(last - 1 for _, last in self.sheets)

    def counts(self, *conditions: Condition) -> str:
        """How many rows meet all the conditions, as a part of a formula."""
        parts = []
        for name, last in self.sheets:
            ranges = (f"{name}!${column}$2:${column}${max(last, 2)},{criterion}" for column, criterion in conditions)
            parts.append(f"COUNTIFS({','.join(ranges)})")
        return "+".join(parts)

    def is_live(self, lines: int) -> bool:
        """Whether a table of so many lines is counted again line by line."""
        return self.rows * lines * len(STANDINGS) * len(NAMES) <= LIVE

    def six(
        self, row: int, column: int, kind: RateKind, counts: Mapping[str, int], conditions: Sequence[Condition] | None
    ) -> list[Value]:
        """The cells of HEADINGS for one kind, the first one in that column; without conditions, the report's numbers.

        `counts` has owed, kept and on_time.
        """
        on_time, late = counts["on_time"], counts["kept"] - counts["on_time"]
        numbers = dict(zip(STANDINGS, (on_time, late, counts["owed"] - counts["kept"]), strict=True))
        cells: list[Value] = [
            number
            if conditions is None
            else Formula(f"={self.counts((KIND, text(NAMES[kind])), (STANDING, text(standing)), *conditions)}", number)
            for standing, number in numbers.items()
        ]
        return [*sums(row, column, counts)[:1], *cells, *sums(row, column, counts)[1:]]


def sums(row: int, column: int, counts: Mapping[str, int]) -> list[Value]:
    """应完成, 完成率 and 按时率 from the three cells between them."""
    owed, on_time, late, missing = (f"{letter(column + place)}{row}" for place in range(4))
    return [
        Formula(f"=SUM({on_time}:{missing})", counts["owed"]),
        share(f"({on_time}+{late})", owed, (counts["kept"], counts["owed"])),
        share(on_time, owed, (counts["on_time"], counts["owed"])),
    ]


def total(row: int, column: int, first: int, counts: Mapping[str, int]) -> list[Value]:
    """The cells of HEADINGS as the sum of the lines above, from the row `first` on."""
    on_time, late = counts["on_time"], counts["kept"] - counts["on_time"]
    added: list[Value] = []
    for place, number in enumerate((on_time, late, counts["owed"] - counts["kept"]), 1):
        at = letter(column + place)
        added.append(Formula(f"=SUM({at}{first}:{at}{row - 1})", number))
    calculated = sums(row, column, counts)
    return [*calculated[:1], *added, *calculated[1:]]


def text(word: str) -> str:
    """A criterion as it stands in a formula."""
    return f'"{word}"'

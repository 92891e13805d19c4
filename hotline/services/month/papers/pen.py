"""What a circular is written with: the city's sentences filled in, and headings, tables and pictures numbered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from hotline.domain.circular import percent
from hotline.domain.dates import spoken
from hotline.domain.rates import RateKind, percentage
from hotline.services.month.figures import Group
from hotline.services.month.papers.blocks import Heading, Paragraph
from hotline.services.month.papers.material import Material
from hotline.services.work import Work

VERBS: Final = {RateKind.HANDLE: "处理", RateKind.REPLY: "回复", RateKind.CLOSE: "办结"}
NAMED: Final = 5  # units at either end of a ranking, matters of which many complained
_CHINESE: Final = "一二三四五六七八九十"


@dataclass
class Pen:
    """One circular's; what it numbers is numbered as it comes."""

    work: Work
    material: Material
    numbers: dict[str, int] = field(default_factory=dict)

    @property
    def month(self) -> str:
        """2026年10月."""
        return f"{self.material.month.year}年{self.material.month.number}月"

    @property
    def scope(self) -> str:
        """全市, or the unit's name."""
        return "全市" if self.material.whole_city else self.material.name

    @property
    def cut_off(self) -> str:
        """Until when is counted."""
        return spoken(self.material.figures.window.cut_off, self.work.rules.zone)

    def write(self, key: str, **fields: object) -> str:
        """The sentence with its fields filled in; empty where the city says nothing there."""
        return self.work.circular.write(key, **fields)

    def said(self, key: str, **fields: object) -> Iterator[Paragraph]:
        """The sentence as a paragraph, unless the city says nothing there."""
        if text := self.write(key, **fields):
            yield Paragraph(text)

    def heading(self, key: str) -> Heading:
        """一、…."""
        self.numbers["（"] = 0
        return Heading(f"{self._next('、')}、{self.write(key)}")

    def sub(self, key: str) -> Heading:
        """（一）…."""
        return Heading(f"（{self._next('（')}）{self.write(key)}", 2)

    def caption(self, sort: str, key: str, **fields: object) -> str:
        """表1　…, 图1　…."""
        self.numbers[sort] = self.numbers.get(sort, 0) + 1
        return f"{sort}{self.numbers[sort]}　{self.write(key, **fields)}"

    def _next(self, of: str) -> str:
        self.numbers[of] = self.numbers.get(of, 0) + 1
        return _CHINESE[self.numbers[of] - 1]


def missing(group: Group) -> dict[RateKind, int]:
    """How many are not done, of each kind."""
    return {kind: tally.all["missing"] for kind, tally in group.tallies.items()}


def rate_of(group: Group, kind: RateKind) -> str | None:
    """As it is printed, without the sign; None where nothing was owed."""
    counts = group.tallies[kind].all
    return percentage(counts["kept"], counts["owed"])


def names(groups: Sequence[Group]) -> str:
    """甲、乙."""
    return "、".join(str(group.about["name"]) for group in groups)


def line(name: str, counts: Mapping[str, int]) -> list[str]:
    """A line of a table: owed, kept, missing, and the two shares."""
    owed = counts["owed"]
    numbers = [str(counts[figure]) for figure in ("owed", "kept", "missing")]
    return [name, *numbers, percent(percentage(counts["kept"], owed)), percent(percentage(counts["on_time"], owed))]

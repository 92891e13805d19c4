"""What a circular is made of, for paper and page alike: headings, paragraphs, tables and pictures in their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

TREND, UNITS = "trend", "units"


@dataclass(frozen=True)
class Heading:
    """`level` 1: 一、 level 2: （一）."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """Running text."""

    text: str


@dataclass(frozen=True)
class Table:
    """With its caption; `widths` are shares of the width of the page, `note` stands below."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]
    note: str = ""


@dataclass(frozen=True)
class Picture:
    """A chart (TREND or UNITS) with its caption."""

    caption: str
    chart: str


Block = Heading | Paragraph | Table | Picture


@dataclass(frozen=True)
class Circular:
    """The whole letter. `to` and `cc` are as they were typed; `signer` is empty where nobody is to be named."""

    agency: str
    number: str
    signer: str
    title: str
    to: str
    blocks: Sequence[Block]
    appendix: Table | None
    dated: date
    cc: str
    foot: str  # which month and version it is of, with the checksum

"""导出清单: the promises behind a figure as rows of a file, exactly those of the list and in its order."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from hotline.models import KIND_LABELS
from hotline.services.month import asked_items, frozen, listing
from hotline.services.month.listing import Asked, Item
from hotline.services.tabulating import Cell, Headings, Sheet
from hotline.services.work import Work

TITLE: Final = "清单"
HEADINGS: Final[Headings] = (
    ("编号", 16),
    ("诉求编号", 18),
    ("事项", 44),
    ("责任单位", 20),
    ("承诺", 8),
    ("轮次", 6),
    ("结果", 10),
    ("还差什么、不计的原因", 24),
    ("为什么慢", 30),
    ("谁能补", 22),
    ("下一步", 20),
    ("补了算什么", 30),
    ("起算时间", 18),
    ("到期时间", 18),
    ("原到期时间", 18),
    ("完成时间", 18),
    ("延期次数", 10),
    ("当场答复", 10),
)


def query(work: Work, month: str, asked: Asked) -> str:
    """The list in words: of a frozen month that version which it is now, also if it is restated meanwhile."""
    return asked_items.write(month, replace(asked, version=frozen.counted(work, month, asked.version)))


def sheet_of(work: Work, query: str) -> Sheet:
    """The list that such words ask for. Raises as `listing.items`, at once."""
    given = asked_items.fields(query)
    items = listing.stream(work, given[asked_items.MONTH], asked_items.read(given))
    return Sheet(TITLE, HEADINGS, map(_cells, items))


def _cells(item: Item) -> list[Cell]:
    """A line of the sheet; moments are aware. What the reader may not open is told without its words."""
    hand = item.hand
    return [
        item.ticket,
        item.complaint or "",
        item.matter,
        item.unit,
        KIND_LABELS[item.kind],
        item.round,
        item.label,
        item.lacks or item.why,
        "、".join(item.reasons),
        hand.who if hand else "",
        hand.what if hand else "",
        hand.chance if hand else "",
        item.started_at,
        item.due_at,
        item.original_due_at,
        item.met_at,
        item.extensions,
        "是" if item.direct else "",
    ]

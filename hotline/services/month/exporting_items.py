"""导出清单: the promises behind a figure as rows of a file, exactly those of the list and in its order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from hotline.models import KIND_LABELS, ExportForm, ExportState, ListExport
from hotline.services import writing_files
from hotline.services.exporting_lists import SHELF
from hotline.services.month import asked_items, listing
from hotline.services.month.listing import Asked, Item
from hotline.services.tabulating import Cell
from hotline.services.work import Work

TITLE: Final = "清单"
HEADINGS: Final[Sequence[tuple[str, int]]] = (
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


def rows(work: Work, month: str, asked: Asked) -> Iterator[list[Cell]]:
    """Raises as `listing.items`, at once."""
    return (cells(item) for item in listing.stream(work, month, asked))


def cells(item: Item) -> list[Cell]:
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


def ask(work: Work, month: str, asked: Asked, form: ExportForm) -> ListExport:
    """Have a long list written by a worker; the same that waits already is not asked for twice.

    Raises Refused while too many of this person's are waiting.
    """
    query = asked_items.write(month, asked)
    found = SHELF.same(work, lambda each: (each.query, each.form) == (query, form))
    if found is not None:
        return found
    assert work.actor.staff_id is not None
    export = ListExport(
        token=writing_files.new_token(),
        staff_id=work.actor.staff_id,
        query=query,
        columns=[],
        form=form,
        state=ExportState.QUEUED,
        asked_at=work.now,
    )
    work.session.add(export)
    work.session.flush()
    work.ring("export")
    return export


def of_query(work: Work, query: str) -> Iterator[list[Cell]]:
    """The rows that a query of `asked_items.write` asks for."""
    given = asked_items.fields(query)
    return rows(work, given[asked_items.MONTH], asked_items.read(given))

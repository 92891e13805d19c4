"""导出列表: a worker writes the long ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from hotline.models import ListExport
from hotline.services import asked, exporting_lists, sheets, tabulating
from hotline.services.exporting_lists import BATCH, SHELF, TITLE, TOO_LONG
from hotline.services.month import asked_items, exporting_items
from hotline.services.tabulating import Cell
from hotline.services.work import Work
from workers.shift import Shift
from workers.writers import Hold, Unwritten, Writer


def begin(shift: Shift) -> int:
    """See that lists are written if any wait."""
    return WRITER.begin(shift, write_alone)


def write_all(shift: Shift) -> int:
    """Write what waits here and now; how many there were."""
    return WRITER.write_all(shift)


def write_alone() -> None:
    """The process that writes them."""
    WRITER.write_alone()


def _fill(shift: Shift, hold: Hold[ListExport], made: Path) -> None:
    """The rows as they are read, with a sign of life after each batch, and while the file is packed."""
    actor, export = hold.claim.actor, hold.claim.row
    assert actor is not None
    written = 0
    with shift.office.work(actor, shift.clock()) as work:
        title, headings, rows = _sheet(work, export)
        with sheets.writing(made, export.form, title, headings, work.rules.zone, hold.live) as add:
            for row in islice(rows, sheets.MOST_ROWS + 1):
                add(row)
                written += 1
                if written % BATCH == 0:
                    hold.tell(written)
    if written > sheets.MOST_ROWS:
        raise Unwritten(TOO_LONG)
    hold.written = written


def _sheet(work: Work, export: ListExport) -> tuple[str, Sequence[tuple[str, int]], Iterator[list[Cell]]]:
    """A list of tickets, or one behind a figure of a month: its title, its headings, its rows."""
    if asked_items.is_of_month(export.query):
        return exporting_items.TITLE, exporting_items.HEADINGS, exporting_items.of_query(work, export.query)
    columns = tabulating.chosen(export.columns)
    return TITLE, tabulating.headings(columns), exporting_lists.rows(work, asked.read(export.query), columns)


WRITER = Writer("exports", SHELF, _fill)

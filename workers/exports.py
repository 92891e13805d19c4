"""导出列表: a worker writes the long ones."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from hotline.domain.errors import HotlineError
from hotline.models import ExportForm, ListExport
from hotline.services import exporting_lists, sheets
from hotline.services.exporting_lists import BATCH, SHELF, TOO_LONG
from hotline.services.tabulating import Sheet
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
    most = sheets.MOST_ROWS if export.form is ExportForm.XLSX else None
    written = 0
    with shift.office.work(actor, shift.clock()) as work:
        sheet = _sheet(work, export)
        with sheets.writing(made, export.form, sheet.title, sheet.headings, work.rules.zone, hold.live) as add:
            for row in islice(sheet.rows, most and most + 1):
                add(row)
                written += 1
                if written % BATCH == 0:
                    hold.tell(written)
    if most is not None and written > most:
        raise Unwritten(TOO_LONG)
    hold.written = written


def _sheet(work: Work, export: ListExport) -> Sheet:
    """Raises Unwritten where there is none for who asked any more: the unit is not his, the version is gone."""
    try:
        return exporting_lists.sheet_of(work, export.query, export.columns)
    except HotlineError as fault:
        raise Unwritten(fault.message) from fault


WRITER = Writer("exports", SHELF, _fill)

"""导出列表: a list as its reader sees it, into a file. A short one at once; a long one by a worker, with its progress
(`writing_files`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from hotline.models import ExportForm, ExportState, ListExport
from hotline.services import asked, desk, sheets, tabulating, writing_files
from hotline.services.work import Work
from hotline.services.writing_files import TRIES, Shelf

AT_ONCE: Final = desk.MOST  # lines that are written while the reader waits
BATCH: Final = 500  # lines that are covered, written and told of together
TOLD: Final = timedelta(days=30)  # what was looked for is forgotten
TITLE: Final = "工单"
GONE: Final = "没有找到这个导出文件。文件保留七天，请重新导出。"
GIVEN_UP: Final = f"写文件{TRIES}次都中断了，没有完成。请缩小范围后重新导出；仍不成功请联系管理员。"
TOO_LONG: Final = f"超过{sheets.MOST_ROWS}件，一个文件放不下，请缩小范围后重新导出。"

SHELF: Final = Shelf(ListExport, "exports", TOLD, GONE, GIVEN_UP)


def rows(work: Work, search: desk.Search, columns: Sequence[str]) -> Iterator[list[tabulating.Cell]]:
    """The lines of a sheet, read from the database as they are asked for."""
    lines = iter(desk.stream(work, search))
    while batch := list(islice(lines, BATCH)):
        for read in tabulating.read(work, batch, columns):
            yield tabulating.cells(read, columns)


def write_now(work: Work, search: desk.Search, columns: Sequence[str], form: ExportForm, path: Path) -> None:
    """A short list into the file, while its reader waits; what comes beyond `AT_ONCE` meanwhile stays away."""
    with sheets.writing(path, form, TITLE, tabulating.headings(columns), work.rules.zone) as add:
        for row in islice(rows(work, search, columns), AT_ONCE):
            add(row)


def ask(work: Work, search: desk.Search, columns: Sequence[str], form: ExportForm) -> ListExport:
    """Have a long list written. The same that waits already is not asked for twice: a double click is one.

    Raises Refused while too many of this person's are waiting.
    """
    wanted = (asked.write(search), list(columns), form)
    found = SHELF.same(work, lambda each: (each.query, each.columns, each.form) == wanted)
    if found is not None:
        return found
    assert work.actor.staff_id is not None
    query, names, _ = wanted
    export = ListExport(
        token=writing_files.new_token(),
        staff_id=work.actor.staff_id,
        query=query,
        columns=names,
        form=form,
        state=ExportState.QUEUED,
        asked_at=work.now,
    )
    work.session.add(export)
    work.session.flush()
    work.ring("export")
    return export

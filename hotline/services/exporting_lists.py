"""导出: a list as its reader sees it, into a file. A short one at once; a long one by a worker, with its progress
(`writing_files`).

Which list it is its query says: one of tickets (`asked`), or one of a month (`month.asked_items`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Final

from hotline.models import ExportForm, ExportState, ListExport
from hotline.services import asked, desk, sheets, tabulating, writing_files
from hotline.services.month import asked_items, exporting, exporting_cases, exporting_items
from hotline.services.tabulating import Sheet
from hotline.services.work import Work
from hotline.services.writing_files import TRIES, Shelf

AT_ONCE: Final = desk.MOST  # lines that are written while the reader waits
BATCH: Final = 500  # lines that are covered, written and told of together
TOLD: Final = timedelta(days=30)  # what was looked for is forgotten
TITLE: Final = "工单"
GONE: Final = "没有找到这个导出文件。文件保留七天，请重新导出。"
GIVEN_UP: Final = f"写文件{TRIES}次都中断了，没有完成。请缩小范围后重新导出；仍不成功请联系管理员。"
TOO_LONG: Final = f"超过{sheets.MOST_ROWS}件，一个Excel文件放不下，请缩小范围或改用CSV后重新导出。"

SHELF: Final = Shelf(ListExport, "exports", TOLD, GONE, GIVEN_UP)


#: By the word that names a list of a month, what makes its sheet of the query.
_OF_MONTH: Final[Mapping[str, Callable[[Work, str], Sheet]]] = MappingProxyType(
    {
        asked_items.PROMISES: exporting_items.sheet_of,
        asked_items.CASES: exporting_cases.sheet_of,
        asked_items.WHOLE: exporting.sheet_of,
    }
)


def ask(work: Work, query: str, form: ExportForm, columns: Sequence[str] = ()) -> ListExport:
    """Have a long list written. The same that waits already is not asked for twice: a double click is one.

    `columns`: of a list of tickets; one of a month has its own. Raises Refused while too many of this person's are
    waiting.
    """
    names = list(columns)
    found = SHELF.same(work, lambda each: (each.query, each.columns, each.form) == (query, names, form))
    if found is not None:
        return found
    assert work.actor.staff_id is not None
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


def write_now(work: Work, query: str, form: ExportForm, columns: Sequence[str], path: Path) -> None:
    """A short list into the file, while its reader waits; what comes beyond `AT_ONCE` meanwhile stays away."""
    sheet = sheet_of(work, query, columns)
    with sheets.writing(path, form, sheet.title, sheet.headings, work.rules.zone) as add:
        for row in islice(sheet.rows, AT_ONCE):
            add(row)


def sheet_of(work: Work, query: str, columns: Sequence[str] = ()) -> Sheet:
    """The list that the query asks for, as the actor may read it now. Raises as reading the list itself."""
    if asked_items.is_of_month(query):
        return _OF_MONTH[asked_items.fields(query)[asked_items.LIST]](work, query)
    names = tabulating.chosen(columns)
    return Sheet(TITLE, tabulating.headings(names), rows(work, asked.read(query), names))


def rows(work: Work, search: desk.Search, columns: Sequence[str]) -> Iterator[list[tabulating.Cell]]:
    """The lines of a sheet of tickets, read from the database as they are asked for."""
    lines = iter(desk.stream(work, search))
    while batch := list(islice(lines, BATCH)):
        for read in tabulating.read(work, batch, columns):
            yield tabulating.cells(read, columns)

"""Sheets: rows into an Excel workbook or a CSV file, one after the other, with memory that does not grow.

No text becomes a formula (`exporting.safe`), numbers are numbers, moments are the city's time.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from hotline.models import ExportForm
from hotline.services.exporting import safe
from hotline.services.tabulating import Cell

Add = Callable[[Sequence[Cell]], None]
MOST_ROWS: Final = 1_048_575  # that Excel can hold under one heading
LONGEST: Final = 32_000  # characters that a cell of Excel takes
MOMENT: Final = "yyyy-mm-dd hh:mm"
MEDIA: Final = {
    ExportForm.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportForm.CSV: "text/csv; charset=utf-8",
}


@contextmanager
def writing(
    path: Path, form: ExportForm, title: str, headings: Sequence[tuple[str, int]], zone: tzinfo
) -> Iterator[Add]:
    """A function that adds a row. The file is whole when the block ends; when it raises there is none to be used."""
    write = _workbook if form is ExportForm.XLSX else _csv
    with write(path, title, headings, zone) as add:
        yield add


@contextmanager
def _workbook(path: Path, title: str, headings: Sequence[tuple[str, int]], zone: tzinfo) -> Iterator[Add]:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for place, (_, width) in enumerate(headings, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    rows = 1

    def cell(value: Cell) -> object:
        if isinstance(value, datetime):
            made = WriteOnlyCell(sheet, value.astimezone(zone).replace(tzinfo=None))
            made.number_format = MOMENT
            return made
        if isinstance(value, str):
            return safe(ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST])
        return value

    def add(row: Sequence[Cell]) -> None:
        nonlocal rows
        sheet.append([cell(value) for value in row])
        rows += 1

    head = []
    for heading, _ in headings:
        made = WriteOnlyCell(sheet, safe(heading))
        made.font = Font(bold=True)
        head.append(made)
    sheet.append(head)
    yield add
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(headings))}{rows}"
    book.save(path)


@contextmanager
def _csv(path: Path, title: str, headings: Sequence[tuple[str, int]], zone: tzinfo) -> Iterator[Add]:
    """With the mark at its beginning by which Excel knows UTF-8."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([safe(heading) for heading, _ in headings])

        def text(value: Cell) -> str | int:
            if isinstance(value, datetime):
                return f"{value.astimezone(zone):%Y-%m-%d %H:%M}"
            return safe(value) if isinstance(value, str) else "" if value is None else value

        yield lambda row: writer.writerow([text(value) for value in row])

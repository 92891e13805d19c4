"""Sheets: rows into an Excel workbook or a CSV file, one after the other, with memory that does not grow.

No text becomes a formula (`exporting.safe`), numbers are numbers, moments are the city's time.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, tzinfo
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from hotline.models import ExportForm
from hotline.services.month.exporting import safe
from hotline.services.tabulating import Cell

Add = Callable[[Sequence[Cell]], None]
MOST_ROWS: Final = 1_048_575  # that Excel can hold under one heading
LONGEST: Final = 32_000  # characters that a cell of Excel takes
MOMENT: Final = "yyyy-mm-dd hh:mm"
MEDIA: Final = {
    ExportForm.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportForm.CSV: "text/csv; charset=utf-8",
}


class _Told(io.BufferedWriter):
    """A file that says of each piece that it is being written."""

    def __init__(self, path: Path, tell: Callable[[], None]) -> None:
        super().__init__(io.FileIO(path, "w"))
        self._tell = tell

    def write(self, data: Any, /) -> int:
        self._tell()
        return super().write(data)


def excel() -> ModuleType:
    """The library, loaded when the first workbook is read or written: it brings NumPy along where that is installed,
    and neither the web server nor the workers are to hold that from their start."""
    return import_module("openpyxl")


def nobody() -> None:
    """Nobody is told."""


def telling(path: Path, tell: Callable[[], None]) -> io.BufferedWriter:
    """The file to be written; `tell` is called for each piece."""
    return _Told(path, tell)


@contextmanager
def writing(
    path: Path,
    form: ExportForm,
    title: str,
    headings: Sequence[tuple[str, int]],
    zone: tzinfo,
    tell: Callable[[], None] = nobody,
) -> Iterator[Add]:
    """A function that adds a row. The file is whole when the block ends; when it raises there is none to be used.

    A long workbook is packed when all rows are there; `tell` is called again and again meanwhile.
    """
    if form is ExportForm.XLSX:
        with _workbook(path, title, headings, zone, tell) as add:
            yield add
    else:
        with _csv(path, headings, zone) as add:
            yield add


@contextmanager
def _workbook(
    path: Path, title: str, headings: Sequence[tuple[str, int]], zone: tzinfo, tell: Callable[[], None]
) -> Iterator[Add]:
    library = excel()
    made_of, font = library.cell.WriteOnlyCell, library.styles.Font(bold=True)
    book = library.Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for place, (_, width) in enumerate(headings, 1):
        sheet.column_dimensions[library.utils.get_column_letter(place)].width = width
    rows = 1

    def cell(value: Cell) -> object:
        if isinstance(value, datetime):
            made = made_of(sheet, value.astimezone(zone).replace(tzinfo=None))
            made.number_format = MOMENT
            return made
        if isinstance(value, str):
            return safe(library.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST])
        return value

    def add(row: Sequence[Cell]) -> None:
        nonlocal rows
        sheet.append([cell(value) for value in row])
        rows += 1

    head = []
    for heading, _ in headings:
        made = made_of(sheet, safe(heading))
        made.font = font
        head.append(made)
    sheet.append(head)
    try:
        yield add
    except BaseException:
        sheet.close()  # what is left open half way complains when it is cleared away
        sheet._writer.cleanup()
        raise
    sheet.auto_filter.ref = f"A1:{library.utils.get_column_letter(len(headings))}{rows}"
    with _Told(path, tell) as file:
        book.save(file)


@contextmanager
def _csv(path: Path, headings: Sequence[tuple[str, int]], zone: tzinfo) -> Iterator[Add]:
    """With the mark at its beginning by which Excel knows UTF-8."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([safe(heading) for heading, _ in headings])

        def text(value: Cell) -> str | int | Decimal:
            if isinstance(value, datetime):
                return f"{value.astimezone(zone):%Y-%m-%d %H:%M}"
            return safe(value) if isinstance(value, str) else "" if value is None else value

        yield lambda row: writer.writerow([text(value) for value in row])

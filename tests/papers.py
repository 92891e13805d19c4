"""A month of the tests' city that has been lived, and what is written of it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook

from hotline.services.month.papers import book, letter
from hotline.services.month.papers.material import Material, gather
from tests import histories
from tests.city import City, at

MONTH = "2026-10"
GIVEN = {
    "agency": "合肥市城市管理局",
    "number": "合城管〔2026〕12号",
    "to": "各区县城市管理局，局属各单位",
    "cc": "市政府办公室",
}


def live(city: City) -> None:
    """Two months of work, until the third of the next one."""
    city.now = at("2026-09-10 09:00")
    histories.play(city, 7, tickets=18, days=45)
    city.now = at("2026-11-03 09:00")


def write(city: City, who: str, form: str, path: Path, **more: Any) -> Material:
    """The month on paper, as that person has it."""
    with city.work(who) as work:
        material = gather(work, MONTH, **more)
        of = book if form == "xlsx" else letter
        of.write(work, material, GIVEN, path, lambda *told: None, lambda: None)
        return material


def cells(book: Workbook) -> dict[tuple[str, str], Any]:
    """Every cell of a workbook that holds anything."""
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


def without_values(path: Path, bare: Path) -> None:
    """The same workbook with nothing but its formulas, so that who opens it must work them out."""
    load_workbook(io.BytesIO(path.read_bytes())).save(bare)

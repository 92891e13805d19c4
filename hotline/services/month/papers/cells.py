"""Cells of the workbook: words that become no formula, formulas with the value they are to give, widths and print.

openpyxl streams the rows and computes nothing; readers that do not either (previews, protected view) show the value
that was written beside a formula, so each formula brings the one that the report has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Any, Final

from lxml import etree

from hotline.domain.rates import NOTHING_OWED, percentage
from hotline.services.month.exporting import safe
from hotline.services.month.papers.rows import Plain, Rows
from hotline.services.sheets import LONGEST, MOMENT, excel

PERCENT, DAY = "0.00%", "yyyy-mm-dd"
FONT: Final = "宋体"
_BLUE, _GREY, _WHITE = "FF1F4E79", "FFD9E2EC", "FFFFFFFF"
_NOT_EXCELS = re.compile(r"[~*?]")  # in a criterion they stand for other letters
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@dataclass(frozen=True)
class Formula:
    """`=…`, what it gives, and how that is shown."""

    text: str
    value: float | str
    shown: str = "General"


Value = str | int | float | datetime | date | Formula | None


def share(part: str, whole: str, counts: tuple[int, int]) -> Formula:
    """`part` of `whole`, which are cells or sums of cells: rounded half up to two places, a dash where nothing is
    owed, and 100.00 % only when nothing is missing (rules §14). Whole numbers are divided, so that halves are exact."""
    kept, owed = counts
    text = f'=IF({whole}=0,"{NOTHING_OWED}",IF({part}<{whole},MIN(9999,ROUND({part}*10000/{whole},0)),10000)/10000)'
    told = percentage(kept, owed)
    return Formula(text, NOTHING_OWED if told is None else round(float(told) / 100, 4), PERCENT)


def words(text: str) -> str:
    """What a criterion of COUNTIFS finds as it stands: never a formula, no letter that stands for others."""
    plain = excel().cell.cell.ILLEGAL_CHARACTERS_RE.sub("", text)[:LONGEST]
    plain = _NOT_EXCELS.sub(lambda found: {"~": "～", "*": "＊", "?": "？"}[found.group()], plain)
    return f"'{plain}" if plain.startswith("#") else safe(plain)


def letter(column: int) -> str:
    """1 → A."""
    return str(excel().utils.get_column_letter(column))


class Sheet:
    """A sheet that is written row by row, from above."""

    def __init__(self, book: Book, made: Any, widths: Sequence[int], frozen: str) -> None:
        self.book, self.name, self.widths = book, made.title, widths
        self.rows = 0
        self.values: dict[str, float | str] = {}  # of the formulas, by cell
        self._sheet = made
        self._many: Rows | None = None
        self._sheet.freeze_panes = frozen
        for place, width in enumerate(widths, 1):
            self._sheet.column_dimensions[letter(place)].width = width
        _for_paper(self._sheet, book.head, book.foot)

    def title(self, text: str, note: str = "") -> None:
        """Over the whole width; the note below it."""
        for line, style in ((text, "题"), (note, "注")):
            if line or style == "题":
                self.row([line], style)
                self._sheet.merged_cells.add(f"A{self.rows}:{letter(len(self.widths))}{self.rows}")

    def head(self, names: Sequence[str]) -> None:
        """A row of headings."""
        self.row(list(names), "头")

    def merge(self, first: int, last: int) -> None:
        """Columns of the row written last, into one cell."""
        self._sheet.merged_cells.add(f"{letter(first)}{self.rows}:{letter(last)}{self.rows}")

    def row(self, values: Sequence[Value], style: str = "文") -> None:
        """The next row; moments are the city's time."""
        self.rows += 1
        self._sheet.append([self._cell(value, place, style) for place, value in enumerate(values, 1)])

    def rows_of(self, lines: Iterator[Sequence[Plain]], moments: Sequence[int]) -> Iterator[int]:
        """Many plain rows, words already made safe: numbers of rows as they are written. `moments`: which columns,
        from 0, hold moments of the city's time, without their zone. No other row comes after them."""
        plain = self._made("", None, "行").style_id
        styles = dict.fromkeys(moments, self._made("", MOMENT, "行").style_id)
        self._many = Rows([letter(place) for place in range(1, len(self.widths) + 1)], styles, plain)
        for line in lines:
            self.rows += 1
            self._many.add(self.rows, line)
            yield self.rows

    def filter(self, columns: int) -> None:
        """Arrows in the first row to choose by."""
        self._sheet.auto_filter.ref = f"A1:{letter(columns)}{max(self.rows, 1)}"

    def repeat(self, rows: str) -> None:
        """Rows (`1:4`) that stand on every page on paper."""
        self._sheet.print_title_rows = rows

    def chart(self, chart: Any, place: str) -> None:
        """A chart with its left upper corner in that cell."""
        self._sheet.add_chart(chart, place)

    def reference(self, column: int, first: int, last: int) -> Any:
        """Cells of one column, for a chart."""
        return excel().chart.Reference(self._sheet, min_col=column, min_row=first, max_row=last)

    def close(self) -> None:
        """No more rows: the values of the formulas are put beside them."""
        self._sheet.close()
        made = Path(self._sheet._writer.out)
        if self.values:
            _put_values(made, self.values)
        if self._many is not None:
            self._many.put_into(made)

    def drop(self) -> None:
        """It is not wanted any more: what was written of it is removed."""
        if not self._sheet.closed:
            self._sheet.close()
        if self._many is not None:
            self._many.drop()
        with suppress(FileNotFoundError):  # packed already
            self._sheet._writer.cleanup()

    def _cell(self, value: Value, place: int, style: str) -> Any:
        shown = None
        if isinstance(value, Formula):
            self.values[f"{letter(place)}{self.rows}"] = value.value
            shown, value = value.shown, value.text
        elif isinstance(value, datetime):
            shown, value = MOMENT, value.astimezone(self.book.zone).replace(tzinfo=None)
        elif isinstance(value, date):
            shown = DAY
        elif isinstance(value, float):
            shown = "0.0"
        elif isinstance(value, str):
            value = words(value)
        return self._made(value, shown, style)

    def _made(self, value: Any, shown: str | None, style: str = "文") -> Any:
        cell = excel().cell.WriteOnlyCell(self._sheet, value)
        cell.style = style
        if shown is not None:
            cell.number_format = shown
        return cell


class Book:
    """A workbook in the making. `head` and `foot` stand on every page on paper."""

    def __init__(self, zone: tzinfo, head: str, foot: str) -> None:
        self.zone, self.head, self.foot = zone, head, foot
        self.made = excel().Workbook(write_only=True)
        for style in _styles():
            self.made.add_named_style(style)
        self.sheets: list[Sheet] = []
        self._in_front = 0

    def sheet(self, name: str, widths: Sequence[int], *, frozen: str, last: bool = False) -> Sheet:
        """The next sheet, in front of those that were made to stand `last`; `frozen`: the first cell that moves when
        it is scrolled."""
        made = self.made.create_sheet(name, len(self.sheets) if last else self._in_front)
        self._in_front += not last
        self.sheets.append(Sheet(self, made, widths, frozen))
        return self.sheets[-1]

    def save(self, file: Any) -> None:
        """Pack it."""
        for sheet in self.sheets:
            sheet.close()
        self.made.save(file)
        self.sheets = []

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *fault: object) -> None:
        for sheet in self.sheets:
            sheet.drop()


def _styles() -> Iterator[Any]:
    of = excel().styles
    thin = of.Side(style="thin", color=_GREY)
    box = of.Border(left=thin, right=thin, top=thin, bottom=thin)
    middle = of.Alignment(vertical="center", wrap_text=True)
    centre = of.Alignment(horizontal="center", vertical="center", wrap_text=True)

    def named(name: str, **more: Any) -> Any:
        return of.NamedStyle(name, **more)

    fill = of.PatternFill("solid", fgColor=_BLUE)
    yield named("题", font=of.Font(FONT, 16, bold=True), alignment=centre)
    yield named("注", font=of.Font(FONT, 10, color="FF595959"), alignment=middle)
    yield named("头", font=of.Font(FONT, 10, bold=True, color=_WHITE), fill=fill, alignment=centre, border=box)
    yield named("行", font=of.Font(FONT, 10))
    yield named("文", font=of.Font(FONT, 10), alignment=middle, border=box)
    total = of.PatternFill("solid", fgColor=_GREY)
    yield named("合", font=of.Font(FONT, 10, bold=True), fill=total, alignment=middle, border=box)


def _for_paper(sheet: Any, head: str, foot: str) -> None:
    """A4 across, as wide as the page, with what it is at its head and the checksum at its foot."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = excel().worksheet.properties.PageSetupProperties(fitToPage=True)
    sheet.oddHeader.left.text = head.replace("&", "&&")
    sheet.oddFooter.left.text = foot.replace("&", "&&")
    sheet.oddFooter.right.text = "第 &P 页　共 &N 页"


def _put_values(path: Path, values: dict[str, float | str]) -> None:
    """Into a finished sheet, which openpyxl leaves without them."""
    tree = etree.parse(str(path))
    for cell in tree.iter(f"{{{_MAIN}}}c"):
        if (value := values.get(cell.get("r", ""))) is not None:
            if isinstance(value, str):
                cell.set("t", "str")
            found = cell.find(f"{{{_MAIN}}}v")
            assert found is not None
            found.text = str(value)
    tree.write(str(path), encoding="utf-8", xml_declaration=True)

"""通报 as a Word document, in the form of an official letter (GB/T 9704: 版头, 红线, 标题, 主送, 正文, 落款, 版记).

Lengths are those of the standard: A4, 22 lines of 28 characters; 三号仿宋 for the text. Which fonts a machine has is
its own affair: Word takes the nearest.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from hotline.services.month.papers import charts, telling
from hotline.services.month.papers.blocks import TREND, Circular, Heading, Paragraph, Picture, Table
from hotline.services.month.papers.material import Material
from hotline.services.sheets import telling as told_file
from hotline.services.work import Work

Tell = Callable[[str, int, int | None], None]
TITLE_FONT, TEXT, HEAD, SUB, PLAIN = "方正小标宋简体", "仿宋", "黑体", "楷体", "宋体"
RED: Final = "C00000"
_SIZES: Final = {"mark": 40, "title": 22, "text": 16, "note": 14, "caption": 12, "cell": 10.5, "small": 9}  # points
_LINE: Final = 28  # points from one line to the next
_TEXT_WIDTH: Final = 156  # mm
_W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def write(
    work: Work, material: Material, given: Mapping[str, str], made: Path, tell: Tell, live: Callable[[], None]
) -> None:
    """The circular into the file. `tell` hears of each stage, `live` while it is packed."""
    tell("撰写正文", 0, 3)
    circular = telling.tell(work, material, given)
    tell("绘制图表", 1, 3)
    pictures = {block.chart: _draw(block.chart, material) for block in circular.blocks if isinstance(block, Picture)}
    tell("排版", 2, 3)
    document = _Letter(circular, pictures).document
    with told_file(made, live) as file:
        document.save(file)
    tell("保存文件", 3, 3)


def _draw(chart: str, material: Material) -> bytes:
    if chart == TREND:
        return charts.trend([*material.before, material.figures])
    return charts.units(material.members)


def _docx() -> ModuleType:
    """The library, loaded when the first letter is written."""
    return import_module("docx")


def _of(name: str) -> Any:
    return import_module(f"docx.{name}")


class _Letter:
    """The document, written from above."""

    def __init__(self, circular: Circular, pictures: Mapping[str, bytes]) -> None:
        self.document = _docx().Document()
        self.mm, self.pt = _of("shared").Mm, _of("shared").Pt
        self.align = _of("enum.text").WD_ALIGN_PARAGRAPH
        self._page(circular)
        self._masthead(circular)
        self._line(circular.title, TITLE_FONT, "title", self.align.CENTER, before=28, after=28)
        self._line(f"{circular.to}：", TEXT, "text")
        for block in circular.blocks:
            self._block(block, pictures)
        self._closing(circular)
        if circular.appendix is not None:
            self._appendix(circular.appendix)
        self._record(circular)

    def _page(self, circular: Circular) -> None:
        section = self.document.sections[0]
        section.page_width, section.page_height = self.mm(210), self.mm(297)
        section.top_margin, section.bottom_margin = self.mm(37), self.mm(35)
        section.left_margin, section.right_margin = self.mm(28), self.mm(26)
        section.footer_distance = self.mm(28)
        normal = self.document.styles["Normal"]
        normal.font.size = self.pt(_SIZES["text"])
        self._fonts(normal.element.get_or_add_rPr(), TEXT)
        properties = self.document.core_properties
        properties.title, properties.author, properties.comments = circular.title, circular.agency, circular.foot
        self.document.settings.odd_and_even_pages_header_footer = True
        self._number(section.footer, self.align.RIGHT)
        self._number(section.even_page_footer, self.align.LEFT)

    def _number(self, footer: Any, side: Any) -> None:
        """— 1 —, one character from the margin."""
        paragraph = footer.paragraphs[0]
        paragraph.alignment = side
        edge = paragraph.paragraph_format
        edge.left_indent = edge.right_indent = self.pt(_SIZES["note"])
        self._run(paragraph, "— ", PLAIN, "note")
        for sort, text in (("begin", ""), ("", "PAGE"), ("end", "")):
            run = self._run(paragraph, "", PLAIN, "note")
            if sort:
                self._element(run._r, "w:fldChar", {"w:fldCharType": sort})
            else:
                self._element(run._r, "w:instrText", {}).text = text
        self._run(paragraph, " —", PLAIN, "note")

    def _masthead(self, circular: Circular) -> None:
        """版头: the agency in red, number and signer, the red line."""
        size = min(_SIZES["mark"], _TEXT_WIDTH * 72 / 25.4 / max(len(circular.agency) + 2, 1))
        mark = self._line("", TITLE_FONT, "mark", self.align.CENTER, before=12, after=24, exactly=False)
        run = self._run(mark, f"{circular.agency}文件" if circular.number else circular.agency, TITLE_FONT, "mark", RED)
        run.font.size = self.pt(size)
        line = self._line("", TEXT, "text", self.align.LEFT if circular.signer else self.align.CENTER, after=6)
        if circular.signer:
            stops = line.paragraph_format.tab_stops  # one character from either edge; the line below is not moved in
            stops.add_tab_stop(self.mm(_TEXT_WIDTH) - self.pt(_SIZES["text"]), _of("enum.text").WD_TAB_ALIGNMENT.RIGHT)
            self._run(line, f"　{circular.number}\t签发人：", TEXT, "text")
            self._run(line, circular.signer, SUB, "text")
        else:
            self._run(line, circular.number, TEXT, "text")
        self._border(line, "bottom", RED, 18)

    def _block(self, block: Heading | Paragraph | Table | Picture, pictures: Mapping[str, bytes]) -> None:
        if isinstance(block, Heading):
            made = self._line(block.text, HEAD if block.level == 1 else SUB, "text", indent=2)
            made.paragraph_format.keep_with_next = True
        elif isinstance(block, Paragraph):
            self._line(block.text, TEXT, "text", self.align.JUSTIFY, indent=2)
        elif isinstance(block, Table):
            caption = self._line(block.caption, HEAD, "caption", self.align.CENTER, before=6, exactly=False)
            caption.paragraph_format.keep_with_next = True
            self._table(block, "cell")
            self._line("", TEXT, "small", exactly=False)
        else:
            held = self._line("", TEXT, "text", self.align.CENTER, before=6, exactly=False)
            held.paragraph_format.keep_with_next = True
            held.add_run().add_picture(io.BytesIO(pictures[block.chart]), width=self.mm(_TEXT_WIDTH))
            self._line(block.caption, HEAD, "caption", self.align.CENTER, after=6, exactly=False)

    def _table(self, block: Table, size: str) -> None:
        table = self.document.add_table(rows=0, cols=len(block.head), style="Table Grid")
        table.autofit = False
        table.alignment = _of("enum.table").WD_TABLE_ALIGNMENT.CENTER
        whole = sum(block.widths)
        widths = [self.mm(_TEXT_WIDTH * width / whole) for width in block.widths]
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        for place, row in enumerate((block.head, *block.rows)):
            cells = self._row(table, repeated=place == 0)
            for column, (cell, text) in enumerate(zip(cells, row, strict=True)):
                cell.width = widths[column]
                paragraph = cell.paragraphs[0]
                paragraph.alignment = self.align.CENTER if place == 0 or _is_short(text) else self.align.LEFT
                self._run(paragraph, text, HEAD if place == 0 else PLAIN, size)

    def _row(self, table: Any, *, repeated: bool) -> Sequence[Any]:
        """A row that stays on one page; the first one stands on every page."""
        row = table.add_row()
        properties = row._tr.get_or_add_trPr()
        self._element(properties, "w:cantSplit", {})
        if repeated:
            self._element(properties, "w:tblHeader", {})
        cells: Sequence[Any] = row.cells
        return cells

    def _closing(self, circular: Circular) -> None:
        """附件说明, 机关 and 成文日期."""
        if circular.appendix is not None:
            self._line("", TEXT, "text")
            self._line(f"附件：{circular.appendix.caption}", TEXT, "text", indent=2)
        self._line("", TEXT, "text")
        dated = f"{circular.dated.year}年{circular.dated.month}月{circular.dated.day}日"
        wide = (len(dated) + 6) / 2  # its digits are half as wide
        right = max(2.0, 4 + (wide - len(circular.agency)) / 2)
        for text, indent in ((circular.agency, right), (dated, 4.0)):
            line = self._line(text, TEXT, "text", self.align.RIGHT)
            line.paragraph_format.right_indent = self.pt(_SIZES["text"] * indent)
            line.paragraph_format.keep_with_next = text == circular.agency

    def _appendix(self, table: Table) -> None:
        self.document.add_page_break()
        self._line("附件", HEAD, "text")
        self._line(table.caption, TITLE_FONT, "title", self.align.CENTER, before=14, after=14)
        self._table(table, "small")
        if table.note:
            self._line(table.note, TEXT, "note", before=6, indent=2)

    def _record(self, circular: Circular) -> None:
        """版记: who gets a copy, who has printed it when, and of which report it is."""
        self._line("", TEXT, "note")
        dated = f"{circular.dated.year}年{circular.dated.month}月{circular.dated.day}日印发"
        lines = [f"抄送：{circular.cc.rstrip('。')}。"] if circular.cc else []
        lines += [f"{circular.agency}\t{dated}", f"数据来源：{circular.foot}"]
        for place, text in enumerate(lines):
            size = "small" if text.startswith("数据来源") else "note"
            line = self._line(text, TEXT, size, exactly=False)
            line.paragraph_format.left_indent = line.paragraph_format.right_indent = self.pt(_SIZES["note"])
            stops = line.paragraph_format.tab_stops
            stops.add_tab_stop(self.mm(_TEXT_WIDTH) - self.pt(_SIZES["note"]), _of("enum.text").WD_TAB_ALIGNMENT.RIGHT)
            line.paragraph_format.keep_with_next = place < len(lines) - 1
            if size == "note":
                self._border(line, "top", "000000", 6)
        self._border(line, "top", "000000", 6)

    def _line(
        self,
        text: str,
        font: str,
        size: str,
        side: Any = None,
        *,
        indent: int = 0,
        before: int = 0,
        after: int = 0,
        exactly: bool = True,
    ) -> Any:
        """A paragraph; `indent`: of its first line, in characters."""
        paragraph = self.document.add_paragraph()
        paragraph.alignment = side
        shape = paragraph.paragraph_format
        shape.space_before, shape.space_after = self.pt(before), self.pt(after)
        shape.widow_control = True
        if exactly:
            shape.line_spacing = self.pt(max(_LINE, _SIZES[size] * 1.4))
        if indent:
            shape.first_line_indent = self.pt(_SIZES[size] * indent)
        if text:
            self._run(paragraph, text, font, size)
        return paragraph

    def _run(self, paragraph: Any, text: str, font: str, size: str, colour: str | None = None) -> Any:
        run = paragraph.add_run(text)
        run.font.size = self.pt(_SIZES[size])
        self._fonts(run._r.get_or_add_rPr(), font)
        if colour:
            run.font.color.rgb = _of("shared").RGBColor.from_string(colour)
        return run

    def _fonts(self, properties: Any, font: str) -> None:
        """Digits in the same font as the words around them, as the standard has it for Chinese text."""
        fonts = properties.get_or_add_rFonts()
        for name in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.set(f"{{{_W}}}{name}", font)

    def _border(self, paragraph: Any, edge: str, colour: str, eighths: int) -> None:
        """A line above or below the paragraph, as thick as so many eighths of a point."""
        borders = self._element(paragraph._p.get_or_add_pPr(), "w:pBdr", {})
        self._element(
            borders, f"w:{edge}", {"w:val": "single", "w:sz": str(eighths), "w:space": "4", "w:color": colour}
        )

    def _element(self, parent: Any, name: str, attributes: Mapping[str, str]) -> Any:
        made = _of("oxml").OxmlElement(name)
        for attribute, value in attributes.items():
            made.set(_of("oxml.ns").qn(attribute), value)
        parent.append(made)
        return made


def _is_short(text: str) -> bool:
    """What stands in the middle of its cell."""
    return len(text) <= 8

"""单位人员表: an Excel workbook with two sheets, read into rows; the empty one to fill in; a list written out.

Nothing here knows what is right: see `enrolling`.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from hotline.domain.errors import Invalid
from hotline.domain.texts import clean
from hotline.services.sheets import excel

UNITS: Final = "单位"
PEOPLE: Final = "人员"
UNIT_HEADS: Final = ("代号", "名称", "性质", "上级", "负责人", "负责人电话", "值班电话")
PERSON_HEADS: Final = ("账号", "姓名", "单位", "角色")
NEEDED: Final = {UNITS: ("名称", "性质", "上级"), PEOPLE: PERSON_HEADS}
MOST: Final = 1000  # rows of a sheet
LARGEST: Final = 2 * 1024 * 1024  # bytes of the file
UNPACKED: Final = 40 * 1024 * 1024  # bytes of what is packed in it: an office document is a packed archive
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTH = 18


@dataclass(frozen=True)
class Row:
    """A line of a sheet: `place` is its number as Excel shows it."""

    sheet: str
    place: int
    values: dict[str, str]


def read(data: bytes) -> list[Row]:
    """The rows of both sheets, blank lines left out. Raises Invalid for what is no such workbook."""
    if len(data) > LARGEST:
        raise Invalid({"file": f"文件超过{LARGEST // 1024 // 1024} MB，请分成几个文件导入。"})
    with opened(data, "不是 Excel 工作簿（.xlsx），或文件已损坏。请下载模板填写，旧的 .xls 请另存为 .xlsx。") as book:
        rows = [row for name in (UNITS, PEOPLE) if name in book.sheetnames for row in _rows(name, book[name])]
    if not rows:
        raise Invalid({"file": f"没有读到内容。工作表应名为“{UNITS}”“{PEOPLE}”，第一行是模板里的表头。"})
    return rows


@contextmanager
def opened(data: bytes, told: str) -> Iterator[Any]:
    """A workbook that somebody has sent; its cells are read one by one, within the block. Raises Invalid: `told`
    wherever the library stumbles, for it has no one word for what can be broken in a file."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(each.file_size for each in packed.infolist()) > UNPACKED:
                raise Invalid({"file": "文件内容过大，请删除多余的工作表后重试。"})
        yield excel().load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except Invalid:
        raise
    except Exception as fault:
        raise Invalid({"file": told}) from fault


def template(units: Iterable[Sequence[str]], kinds: Iterable[str], roles: Iterable[str]) -> bytes:
    """The workbook to fill in; the city's units stand on a third sheet, to be referred to."""
    book = excel().Workbook()
    book.remove(book.active)
    _sheet(book, UNITS, UNIT_HEADS, [])
    _sheet(book, PEOPLE, PERSON_HEADS, [])
    _sheet(
        book,
        "说明",
        ("项目", "说明"),
        [
            ("性质", "、".join(kinds)),
            ("上级", "已有单位或本表单位的代号；名称不重复的也可以写名称"),
            ("单位", "同上"),
            ("角色", "、".join(roles) + "；几个用顿号隔开"),
            ("代号", "小写字母、数字和连字符；可以不填"),
            ("账号", "字母和数字，全市不重复"),
        ],
    )
    _sheet(book, "已有单位", ("代号", "名称"), units)
    return _written(book)


def written(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """One sheet."""
    book = excel().Workbook()
    book.remove(book.active)
    _sheet(book, title, heads, rows)
    return _written(book)


def _rows(name: str, sheet: Any) -> list[Row]:
    lines = sheet.iter_rows(values_only=True)
    heads = [_text(value) for value in next(lines, ())]
    missing = [head for head in NEEDED[name] if head not in heads]
    found: list[Row] = []
    for place, line in enumerate(lines, 2):
        values = {head: _text(value) for head, value in zip(heads, line, strict=False) if head}
        if not any(values.values()):
            continue
        if missing:
            raise Invalid({"file": f"工作表“{name}”缺少“{'”“'.join(missing)}”一列，请按模板的表头填写。"})
        if len(found) == MOST:
            raise Invalid({"file": f"工作表“{name}”超过{MOST}行，请分成几个文件导入。"})
        found.append(Row(name, place, values))
    return found


def _text(value: Any) -> str:
    """A cell as it is read: a whole number without the point that Excel puts in."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return clean(str(value)).strip()


def _sheet(book: Any, title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    sheet = book.create_sheet(title)
    for place, line in enumerate([heads, *rows], 1):
        for column, text in enumerate(line, 1):
            cell = sheet.cell(place, column, text)
            cell.data_type = "s"  # a text that begins with = is no formula
            cell.number_format = "@"
            cell.font = excel().styles.Font(bold=place == 1)
    for column in range(1, len(heads) + 1):
        sheet.column_dimensions[chr(ord("A") + column - 1)].width = _WIDTH
    sheet.freeze_panes = "A2"


def _written(book: Any) -> bytes:
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()

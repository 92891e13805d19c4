"""表格读取: the lines of a file that somebody has filled in, CSV or Excel, by the heads of its columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hotline.domain.errors import Invalid
from hotline.domain.texts import clean
from hotline.services.roster import LARGEST, opened

MOST: Final = 5000  # lines
_EXCEL = b"PK\x03\x04"
_NEITHER = "不是 Excel 工作簿（.xlsx）或 CSV 文件，或文件已损坏。请下载模板填写。"


@dataclass(frozen=True)
class Line:
    """`place` is its number as a spreadsheet shows it."""

    place: int
    values: dict[str, str]


def read(data: bytes, needed: Sequence[str]) -> list[Line]:
    """The lines of the first sheet, blank ones left out. Raises Invalid (`file`) for what cannot be read."""
    if len(data) > LARGEST:
        raise Invalid({"file": f"文件超过{LARGEST // 1024 // 1024} MB，请分成几个文件导入。"})
    rows = iter(_excel(data) if data.startswith(_EXCEL) else _csv(data))
    heads = [_text(value) for value in next(rows, ())]
    if missing := [head for head in needed if head not in heads]:
        raise Invalid({"file": f"缺少“{'”“'.join(missing)}”一列，请按模板的表头填写。"})
    found: list[Line] = []
    for place, row in enumerate(rows, 2):
        values = {head: _text(value) for head, value in zip(heads, row, strict=False) if head}
        if not any(values.values()):
            continue
        if len(found) == MOST:
            raise Invalid({"file": f"超过{MOST}行，请分成几个文件导入。"})
        found.append(Line(place, values))
    if not found:
        raise Invalid({"file": "没有读到内容，请按模板填写后重新选择。"})
    return found


def _excel(data: bytes) -> Iterator[Sequence[Any]]:
    with opened(data, _NEITHER) as book:
        yield from book[book.sheetnames[0]].iter_rows(values_only=True)


def _csv(data: bytes) -> Iterable[Sequence[str]]:
    for encoding in ("utf-8-sig", "gb18030"):  # the second is what Excel writes in China
        try:
            return list(csv.reader(io.StringIO(data.decode(encoding)), strict=True))
        except (UnicodeDecodeError, csv.Error):
            continue
    raise Invalid({"file": _NEITHER})


def _text(value: Any) -> str:
    """A cell as it is read: a whole number without the point that Excel puts in."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return clean(str(value)).strip()

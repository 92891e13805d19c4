"""CSV → rows, with every fault named by its line. Nothing is imported as long as there is one."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field, fields

from hotline.services.importing.columns import BY_NAME, read_header
from hotline.services.importing.rows import Fault, Known, Row, RowReader
from hotline.services.importing.spellings import Misspelt

_LARGEST_CELL = 1_000_000  # characters; an unclosed quotation mark swallows what follows it


@dataclass
class Reading:
    """A file as it was understood: rows in the order of their arrival, or the faults that stand against it."""

    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    repeated: int = 0  # rows that say the same as an earlier one
    ignored: tuple[str, ...] = ()


def decode(data: bytes) -> str:
    """UTF-8 with or without byte order mark, else GB18030 (and so GBK, GB2312). Raises Misspelt for anything else."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Misspelt("文件是 UTF-16 编码，请另存为“CSV UTF-8（逗号分隔）”")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Misspelt("文件既不是 UTF-8 也不是 GB18030 编码，请另存为“CSV UTF-8（逗号分隔）”")


def read(text: str, known: Known) -> Reading:
    """All rows of a file; where there are faults, all of them."""
    result = Reading()
    records = _records(text, result.faults)
    line, cells = next(records, (1, []))
    header = read_header(cells)
    result.ignored = header.ignored
    if header.faults:
        hint = "；文件应以逗号分隔" if len(cells) < 2 else ""
        result.faults += [Fault(line, "表头", fault + hint) for fault in header.faults]
        return result
    rows = (RowReader(line, cells, header, known, result.faults).read() for line, cells in records)
    result.rows, result.repeated = _without_repeats(rows, result.faults)
    result.rows.sort(key=lambda row: (row.received_at, row.line))
    result.faults.sort(key=lambda fault: fault.line)
    return result


def _records(text: str, faults: list[Fault]) -> Iterator[tuple[int, list[str]]]:
    """The lines that are not blank, each with its number in the file, where a row may take several."""
    former = csv.field_size_limit(_LARGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        faults.append(Fault(line, "", f"引号不成对，或单元格过长，其后的内容无法读取（{error}）"))
    finally:
        csv.field_size_limit(former)


def _without_repeats(rows: Iterator[Row | None], faults: list[Fault]) -> tuple[list[Row], int]:
    """Each ticket once. Rows that say the same are one; one number, or one complaint, with two histories is a fault."""
    first: dict[str, Row] = {}
    repeated = 0
    for row in rows:
        if row is None:
            continue
        known = first.setdefault(row.key, row)
        if known is row:
            continue
        differing = [
            BY_NAME[_COLUMN_OF.get(each.name, each.name)].heading
            for each in fields(Row)
            if each.name != "line" and getattr(row, each.name) != getattr(known, each.name)
        ]
        if differing:
            same = f"编号“{row.number}”" if row.number else "内容、到达时间、地点和诉求人"
            faults.append(Fault(row.line, "", f"{same}与第 {known.line} 行相同，{'、'.join(differing)}却不同"))
        repeated += 1
    return list(first.values()), repeated


_COLUMN_OF = {"category_id": "category", "unit_id": "unit"}

"""Reads the category trees.

`gbt30428.csv`: street matters (部件, 事件), 221 leaves in the numbering of GB/T 30428.2-2013 with the extensions of one
published city (运城; its own numbers run down from 99; `level` tells 国标小类 from 城市扩展). The letter before the
digits, B or S, is ours. 31 numbers were inferred from their neighbours (`unverified`): compare with the standard.

Trap: 大类 04 / 05 are 突发事件 / 街面秩序 in CJ/T 214-2007, but 街面秩序 / 突发事件 here. Import older data by name or
by a mapping, never by the digits; scheme and version are therefore stored with each category.

`requests.csv`: what people ask for beyond the street (night noise, property management, heating, wages …), a tree made
for this project. A ticket has one request category and, if it is a street matter, one case category.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

from hotline.domain.categories import Category

HERE = Path(__file__).parent
FILES = ("gbt30428.csv", "requests.csv")
COLUMNS = tuple(field.name for field in fields(Category))


class CategoriesError(ValueError):
    """A category file cannot be used. `reasons` names every faulty line, in Chinese."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = tuple(reasons)


def load_categories(paths: Iterable[Path] | None = None) -> list[Category]:
    """The leaves of all trees, in the order of the files. Raises CategoriesError naming all faults, OSError."""
    faults: list[str] = []
    categories: list[Category] = []
    for path in paths or [HERE / name for name in FILES]:
        categories += _load(path, faults)
    if faults:
        raise CategoriesError(faults)
    return categories


def _load(path: Path, faults: list[str]) -> list[Category]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            missing = [column for column in COLUMNS if column not in (rows.fieldnames or ())]
            if missing:
                faults.append(f"{path.name}：缺少列 {'、'.join(missing)}。")
                return []
            return _read(path.name, rows, faults)
    except UnicodeDecodeError as error:
        faults.append(f"{path.name}：不是 UTF-8 编码，请另存为 UTF-8（{error.reason}）。")
        return []


def _read(name: str, rows: csv.DictReader[str], faults: list[str]) -> list[Category]:
    categories: list[Category] = []
    seen: set[tuple[str, str, str]] = set()
    for row in rows:
        values = {column: (row[column] or "").strip() for column in COLUMNS}
        key = values["scheme"], values["version"], values["code"]
        if empty := [column for column, value in values.items() if not value]:
            faults.append(f"{name} 第 {rows.line_num} 行：{'、'.join(empty)} 不能为空。")
        elif key in seen:
            faults.append(f"{name} 第 {rows.line_num} 行：代码 {values['code']} 重复。")
        else:
            seen.add(key)
            categories.append(Category(**values))
    return categories

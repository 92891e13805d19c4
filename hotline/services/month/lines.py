"""The lines of a breakdown, of rates and of indicators alike: by unit with everything below it, by category, by a word.

A line is what it is about, how the lists behind its figures are asked for, and the rows that are counted in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from hotline.models import Category, Unit
from hotline.services.month import owing
from hotline.services.month.figures import LINES, asked_by
from hotline.services.work import Work

NO_CATEGORY: Final = "未分类"

Row = sa.RowMapping
Parameters = Mapping[str, str | int]
Categories = Mapping[int | None, dict[str, Any]]
Line = tuple[dict[str, Any], Parameters, Sequence[Row]]


def about(unit: Unit) -> dict[str, Any]:
    """What is told of a unit with its line."""
    depth = unit.path.count("/") - 1
    return {"id": unit.id, "key": unit.key, "name": unit.name, "path": unit.path, "depth": depth}


def by_unit(rows: Sequence[Row], units: Sequence[Unit]) -> Iterator[Line]:
    """Each unit with everything below it, by `unit_path`. One that is closed is shown for as long as there is something
    to count."""
    below: dict[int, list[Row]] = {unit.id: [] for unit in units}
    for row in rows:
        for unit_id in owing.lineage(row["unit_path"]):
            if unit_id in below:
                below[unit_id].append(row)
    for unit in units:
        if unit.active or below[unit.id]:
            yield about(unit), asked_by("units", {"id": unit.id}, {}), below[unit.id]


def categories(work: Work) -> Categories:
    """What is told of each category, by its id; under None of what has none."""
    known = work.session.execute(sa.select(Category.id, Category.code, Category.name, Category.parent_name))
    return {
        None: {"id": None, "code": None, "name": NO_CATEGORY, "parent": None},
        **{row.id: {"id": row.id, "code": row.code, "name": row.name, "parent": row.parent_name} for row in known},
    }


def by_category(rows: Sequence[Row], names: Categories, within: Parameters) -> Iterator[Line]:
    """By the codes of the categories; what has none at the end."""
    found = _split(rows, "category_id")
    for id in sorted(found, key=lambda id: (id is None, names[id]["code"])):
        yield names[id], asked_by("categories", names[id], within), found[id]


def by_word(rows: Sequence[Row], lines: str, labels: Mapping[str, str], within: Parameters) -> Iterator[Line]:
    """By area, channel or source: `lines` is one of `figures.LINES`; what has no label is told by the word itself."""
    for word, found in sorted(_split(rows, LINES[lines]).items()):
        told = {"value": word, "name": labels.get(word, word)}
        yield told, asked_by(lines, told, within), found


def _split(rows: Sequence[Row], name: str) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = {}
    for row in rows:
        found.setdefault(getattr(row[name], "value", row[name]), []).append(row)
    return found

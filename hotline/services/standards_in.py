"""立案条件 from a form or a file: checked, by the line, before they go into the draft of the policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import sqlalchemy as sa

from hotline.domain.errors import Invalid
from hotline.domain.limits import Limit, LimitError
from hotline.domain.policy_fields import HOW
from hotline.domain.texts import clean
from hotline.models import Category
from hotline.services.amending import Standard
from hotline.services.sheet_reading import Line
from hotline.services.work import Work

NEEDED: Final = ("category_code", "number", "condition", "closing", "limit")
LONGEST: Final = 500
MOST: Final = 99  # conditions of a category


@dataclass
class Checked:
    """What a file says; with faults, by the line's number, nothing of it is taken."""

    standards: list[Standard] = field(default_factory=list)
    faults: dict[int, str] = field(default_factory=dict)


def check(values: Mapping[str, str], category_id: int | None) -> Standard:
    """One condition as it was written; `category_id` is None where no category has that code. Raises Invalid."""
    faults = {}
    if category_id is None:
        faults["category"] = "请填写在用类别的代码，例如：B0137。"
    number = values.get("number", "").strip()
    if not (number.isascii() and number.isdecimal() and len(number) < 3 and 1 <= int(number) <= MOST):
        faults["number"] = f"序号应为1到{MOST}的整数。"
    for name, label in (("condition", "立案条件"), ("closing", "结案条件")):
        said = clean(values.get(name, "")).strip()
        if not said or len(said) > LONGEST:
            faults[name] = f"请填写{label}，{LONGEST}字以内。"
    limit = None
    try:
        limit = Limit.parse(values.get("limit", ""))
    except LimitError:
        faults["limit"] = f"处理时限：{HOW}"
    if faults or limit is None or category_id is None:
        raise Invalid(faults)
    condition, closing = (clean(values[name]).strip() for name in ("condition", "closing"))
    return Standard(category_id, int(number), condition, closing, str(limit))


def read(work: Work, lines: Sequence[Line]) -> Checked:
    """The lines of a file with the columns of `case_standards.csv`."""
    ids = dict(work.session.execute(sa.select(Category.code, Category.id).where(Category.active)).all())
    found, seen = Checked(), dict[tuple[int, int], int]()
    for line in lines:
        code = line.values["category_code"]
        if code not in ids:
            found.faults[line.place] = f"没有代码为“{code}”的类别。"
            continue
        try:
            standard = check(line.values, ids[code])
        except Invalid as error:
            found.faults[line.place] = "".join(error.fields.values())
            continue
        key = standard.category_id, standard.number
        if key in seen:
            found.faults[line.place] = f"与第{seen[key]}行重复。"
        seen[key] = line.place
        found.standards.append(standard)
    return found

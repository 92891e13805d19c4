"""派单目录 as it is kept: read, checked, changed line by line, replaced as a whole by the city's file, written out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hotline.domain.actors import Role
from hotline.domain.dispatch import Entry, parent_of, parts_of
from hotline.domain.errors import Invalid, NotAllowed, NotFound
from hotline.domain.limits import Limit, LimitError
from hotline.models import Category, DispatchRule, Unit
from hotline.services.work import Work

KEEPERS = frozenset({Role.ADMINISTRATOR, Role.DISPATCHER})
FIELDS = ("category", "words", "area", "lead", "assist", "limit", "note")
LONGEST = 200  # characters of a note or an area
MOST_WORDS = 50


@dataclass(frozen=True)
class Line:
    """A line as somebody wrote it; units by id. Empty `category`, `words` and `area` mean any, but not all three."""

    lead_id: int
    category: str = ""
    words: tuple[str, ...] = ()
    area: str = ""
    assist_ids: tuple[int, ...] = ()
    limit: str = ""
    note: str = ""


def entries(work: Work, codes: Iterable[str]) -> dict[str, list[Entry]]:
    """The lines that can concern a category (its code, empty for none): its own, its parent's, those of any. For all
    these categories in one statement."""
    wanted = {code: {"", code, parent_of(code)} for code in codes}
    query = sa.select(DispatchRule).where(DispatchRule.category_code.in_(set().union(*wanted.values())))
    found = [_entry(row) for row in work.session.scalars(query.order_by(DispatchRule.id))]
    return {code: [entry for entry in found if entry.category in mine] for code, mine in wanted.items()}


def _entry(row: DispatchRule) -> Entry:
    return Entry(
        id=row.id,
        lead=row.lead_id,
        category=row.category_code,
        words=tuple(row.words),
        area=row.area,
        assists=tuple(row.assist_ids),
        limit=Limit.parse(row.limit_text) if row.limit_text else None,
        note=row.note,
    )


def is_empty(work: Work) -> bool:
    """Whether the city has no catalogue yet."""
    return not work.session.scalar(sa.select(sa.exists().select_from(DispatchRule)))


def lines(work: Work, *, category: str = "", unit_id: int | None = None) -> Sequence[DispatchRule]:
    """The lines whose lead unit lies in the actor's subtree, in the order of the file. `category`: a code, with all
    below it. `unit_id`: who leads or assists. Raises NotAllowed."""
    _check_role(work)
    query = _theirs(work).order_by(DispatchRule.position, DispatchRule.id)
    if category:
        query = query.where(DispatchRule.category_code.startswith(category, autoescape=True))
    if unit_id is not None:
        query = query.where(sa.or_(DispatchRule.lead_id == unit_id, DispatchRule.assist_ids.contains([unit_id])))
    return work.session.scalars(query).all()


def line(work: Work, line_id: int) -> DispatchRule:
    """One of them. Raises NotFound for what is not theirs."""
    _check_role(work)
    found = work.session.scalar(_theirs(work).where(DispatchRule.id == line_id))
    if found is None:
        raise NotFound("没有找到这一条，可能已被删除。")
    return found


def add(work: Work, wanted: Line) -> DispatchRule:
    """A new line, behind all others. Raises Invalid, NotAllowed."""
    _check_role(work)
    _check(work, wanted)
    last = work.session.scalar(sa.select(sa.func.max(DispatchRule.position))) or 0
    row = DispatchRule(position=last + 1, **_values(wanted))
    work.session.add(row)
    work.session.flush()
    return row


def change(work: Work, line_id: int, wanted: Line) -> DispatchRule:
    """The line as it is wanted now. Raises Invalid, NotFound, NotAllowed."""
    row = line(work, line_id)
    _check(work, wanted)
    for name, value in _values(wanted).items():
        setattr(row, name, value)
    work.session.flush()
    return row


def remove(work: Work, line_id: int) -> Line:
    """The line is gone; what it said is returned, so that it can be offered again. Raises NotFound, NotAllowed."""
    row = line(work, line_id)
    work.session.delete(row)
    return as_line(row)


def as_line(row: DispatchRule) -> Line:
    """The row as it was written."""
    return Line(
        lead_id=row.lead_id,
        category=row.category_code,
        words=tuple(row.words),
        area=row.area,
        assist_ids=tuple(row.assist_ids),
        limit=row.limit_text or "",
        note=row.note,
    )


def replace(session: Session, rows: Sequence[Mapping[str, Any]]) -> int:
    """The whole catalogue from the `[[dispatch]]` tables of a city's file (docs/city.md); how many lines.

    Raises Invalid naming every faulty line, and then nothing is changed.
    """
    if not isinstance(rows, list) or not all(isinstance(values, Mapping) for values in rows):
        raise Invalid({"dispatch": "派单目录的每一条应写作 [[dispatch]]，两层方括号。"})
    units = {unit.key: unit for unit in session.scalars(sa.select(Unit))}
    codes = codes_of(session)
    faults: dict[str, str] = {}
    read = []
    for place, values in enumerate(rows, 1):
        wanted, told = _read(values, units, codes)
        if told:
            faults[f"dispatch {place}"] = f"第{place}条派单目录：{'；'.join(told)}。"
        read.append(wanted)
    if faults:
        raise Invalid(faults)
    session.execute(sa.delete(DispatchRule))
    session.add_all(DispatchRule(position=place, **_values(wanted)) for place, wanted in enumerate(read, 1))
    session.flush()
    return len(read)


def written(work: Work) -> str:
    """The lines as `[[dispatch]]` tables, to be edited and loaded again: of this actor's subtree. Raises NotAllowed."""
    keys = dict(work.session.execute(sa.select(Unit.id, Unit.key)).all())
    return "\n".join(_table(row, keys) for row in lines(work))


def codes_of(session: Session) -> set[str]:
    """The codes that a line may name: all categories in use and their parents."""
    leaves = set(session.scalars(sa.select(Category.code).where(Category.active)))
    return leaves | {parent_of(code) for code in leaves}


def _check_role(work: Work) -> None:
    if not work.actor.is_any(KEEPERS):
        raise NotAllowed("派单目录由管理员和派单员维护。")


def _theirs(work: Work) -> sa.Select[DispatchRule]:
    in_subtree = Unit.path.startswith(work.actor.unit_path)
    return sa.select(DispatchRule).join(Unit, Unit.id == DispatchRule.lead_id).where(in_subtree)


def _check(work: Work, wanted: Line) -> None:
    """Raises Invalid with a sentence for each field. Units must lie in the actor's subtree."""
    faults = _faults(wanted, codes_of(work.session))
    known = set(
        work.session.scalars(
            sa.select(Unit.id).where(
                Unit.id.in_([wanted.lead_id, *wanted.assist_ids]), Unit.active,
                Unit.path.startswith(work.actor.unit_path), Unit.parent_id.is_not(None),
            )
        )
    )  # fmt: skip
    if wanted.lead_id not in known:
        faults["lead_id"] = "请选择主办单位；市级中心不能作主办单位。"
    if not set(wanted.assist_ids) <= known:
        faults["assist_ids"] = "所选协办单位不存在或已停用，请重新选择。"
    elif wanted.lead_id in wanted.assist_ids:
        faults["assist_ids"] = "主办单位不必再选为协办单位。"
    if faults:
        raise Invalid(faults)


def _faults(wanted: Line, codes: set[str]) -> dict[str, str]:
    """What is wrong with a line apart from its units, by field."""
    faults: dict[str, str] = {}
    if wanted.category and wanted.category not in codes:
        faults["category"] = f"没有类别代码“{wanted.category}”，请用大类（如 R06）或小类（如 R0603）的代码"
    if not (wanted.category or wanted.words or wanted.area):
        faults["category"] = "类别、词语、区域至少写一项"
    if len(wanted.words) > MOST_WORDS or any(len(word) > LONGEST for word in wanted.words):
        faults["words"] = f"词语最多{MOST_WORDS}个"
    elif torn := next((word for word in wanted.words if not all(parts_of(word))), None):
        faults["words"] = f"词语“{torn}”不完整：“+”前后都要写词，中间不空格，例如“夜市+油烟”"
    for name, value in (("area", wanted.area), ("note", wanted.note)):
        if len(value) > LONGEST:
            faults[name] = f"内容过长，请控制在{LONGEST}字以内"
    if wanted.limit:
        try:
            Limit.parse(wanted.limit)
        except LimitError as error:
            faults["limit"] = str(error)
    return faults


def _values(wanted: Line) -> dict[str, Any]:
    return {
        "category_code": wanted.category,
        "words": list(wanted.words),
        "area": wanted.area,
        "lead_id": wanted.lead_id,
        "assist_ids": list(dict.fromkeys(wanted.assist_ids)),
        "limit_text": str(Limit.parse(wanted.limit)) if wanted.limit else None,
        "note": wanted.note,
    }


def _read(values: Mapping[str, Any], units: Mapping[str, Unit], codes: set[str]) -> tuple[Line, list[str]]:
    """A table of the file as a line, and every fault in it."""
    told = [f"没有“{name}”这一项" for name in values if name not in FIELDS]
    told += [f"{name} 应为文字" for name in FIELDS if name not in _LISTS and not isinstance(values.get(name, ""), str)]
    told += [f'{name} 应为文字的列表，如 ["…"]' for name in _LISTS if not _is_words(values.get(name, []))]
    if told:
        return Line(0), told
    lead, assist = values.get("lead", ""), values.get("assist", [])
    told += [fault for key in (lead, *assist) if key and (fault := _unfit(key, units.get(key)))]
    if not lead:
        told.append("缺少主办单位 lead")
    elif lead in assist:
        told.append("主办单位不必再写为协办单位")
    texts = {name: values.get(name, "").strip() for name in ("category", "area", "limit", "note")}
    wanted = Line(
        lead_id=units[lead].id if lead in units else 0,
        words=_tidied(values.get("words", [])),
        assist_ids=tuple(units[key].id for key in assist if key in units),
        **texts,
    )
    return wanted, told + list(_faults(wanted, codes).values())


def _unfit(key: str, unit: Unit | None) -> str | None:
    """Why a line of the file cannot name this unit; the same that the page refuses."""
    if unit is None:
        return f"单位“{key}”不存在"
    if not unit.active:
        return f"单位“{key}”（{unit.name}）已停用"
    return f"“{key}”（{unit.name}）是市级中心，不能作主办或协办单位" if unit.parent_id is None else None


_LISTS = ("words", "assist")


def _is_words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _tidied(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.strip() for word in words if word.strip()))


def _table(row: DispatchRule, keys: Mapping[int, str]) -> str:
    values: dict[str, Any] = {
        "category": row.category_code,
        "words": row.words,
        "area": row.area,
        "lead": keys[row.lead_id],
        "assist": [keys[each] for each in row.assist_ids if each in keys],
        "limit": row.limit_text or "",
        "note": row.note,
    }
    told = [f"{name} = {_toml(value)}" for name, value in values.items() if value]
    return "\n".join(["[[dispatch]]", *told]) + "\n"


def _toml(value: str | list[str]) -> str:
    """Of texts and lists of texts JSON is TOML, but for one character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")

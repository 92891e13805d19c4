"""点位和点长: the register of places that must be up to standard, each with the person in charge and the unit.

Kept by supervisors and administrators for the units of their subtree; every change is recorded and can be taken back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import sqlalchemy as sa

from hotline.domain.actors import TICKET_ROLES, Actor, ActorKind, Role
from hotline.domain.errors import Invalid, NotAllowed, NotFound, Refused
from hotline.models import Point, Unit
from hotline.services import changing
from hotline.services.sheet_reading import Line, read
from hotline.services.work import Work

SUBJECT: Final = "point"
KEEPERS: Final = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
READERS: Final = TICKET_ROLES | KEEPERS
LONGEST: Final = 60  # characters of one field
MOST_WORDS: Final = 20
#: What a register in a spreadsheet is headed by; those that must be there first.
HEADS: Final = {
    "点位": "name",
    "点长": "chief",
    "单位": "unit",
    "类型": "kind",
    "区域": "area",
    "别名": "words",
    "职务": "office",
}
_NEEDED: Final = ("点位", "点长", "单位")
_BETWEEN: Final = re.compile(r"[、，,;；\s]+")


@dataclass(frozen=True)
class Wanted:
    """A point as somebody wrote it. `words`: other names that its place goes by."""

    name: str
    chief: str
    unit_id: int
    kind: str = ""
    area: str = ""
    words: tuple[str, ...] = ()
    office: str = ""


def may_keep(actor: Actor) -> bool:
    """Whether the register is this person's to change."""
    return actor.is_any(KEEPERS)


def listed(work: Work, *, closed: bool = False) -> Sequence[tuple[Point, Unit]]:
    """The points whose unit lies in the actor's subtree, by name; those that are closed too if asked for."""
    query = sa.select(Point, Unit).join(Unit, Unit.id == Point.unit_id).where(theirs(work.actor))
    query = query if closed else query.where(Point.active)
    return [(row[0], row[1]) for row in work.session.execute(query.order_by(Point.active.desc(), Point.name, Point.id))]


def find(work: Work, point_id: int) -> Point:
    """One of them. Raises NotFound for what is not the actor's to see."""
    query = sa.select(Point).join(Unit, Unit.id == Point.unit_id).where(Point.id == point_id, theirs(work.actor))
    point = work.session.scalar(query)
    if point is None:
        raise NotFound("没有找到这个点位，请从点位页重新选择。")
    return point


def name_of(work: Work, point_id: int) -> str:
    """What it is called today; empty for what is not the actor's to see."""
    query = sa.select(Point.name).join(Unit, Unit.id == Point.unit_id)
    return work.session.scalar(query.where(Point.id == point_id, theirs(work.actor))) or ""


def theirs(actor: Actor) -> sa.ColumnElement[bool]:
    """Points of the actor's subtree; the system sees all."""
    if actor.kind is ActorKind.SYSTEM:
        return sa.true()
    return Unit.path.startswith(actor.unit_path) if actor.unit_path else sa.false()


def is_theirs(actor: Actor, unit_path: str) -> bool:
    """The same of a unit by its place in the tree."""
    return actor.kind is ActorKind.SYSTEM or bool(actor.unit_path and unit_path.startswith(actor.unit_path))


def words_in(text: str) -> tuple[str, ...]:
    """The names in one field: `中心菜场、农贸街`."""
    return tuple(dict.fromkeys(word for word in _BETWEEN.split(text.strip()) if word))


def add(work: Work, wanted: Wanted) -> Point:
    """A new point. Raises Invalid, NotAllowed."""
    _check_keeper(work)
    unit = _checked(work, wanted, None)
    point = Point(created_at=work.now, active=True, **_columns(wanted))
    work.session.add(point)
    work.session.flush()
    changing.record(work, SUBJECT, point.id, point.name, None, _values(point), unit.path)
    return point


def change(work: Work, point_id: int, wanted: Wanted) -> bool:
    """As it is wanted now; whether that changes anything. Raises Invalid, NotFound, NotAllowed."""
    _check_keeper(work)
    point = _held(work, find(work, point_id).id)
    before = _values(point)
    unit = _checked(work, wanted, point)
    for name, value in _columns(wanted).items():
        setattr(point, name, value)
    work.session.flush()
    return changing.record(work, SUBJECT, point.id, point.name, before, _values(point), unit.path) is not None


def close(work: Work, point_id: int, *, active: bool = False) -> bool:
    """Take it out of the ranking, or back in. Raises NotFound, NotAllowed, Refused where the name is taken again."""
    _check_keeper(work)
    point = _held(work, find(work, point_id).id)
    before = _values(point)
    if active and _named(work, point.name, point):
        raise Refused("已有同名的点位，请先修改名称。", code="name_taken")
    point.active = active
    work.session.flush()
    path = work.session.get_one(Unit, point.unit_id).path
    return changing.record(work, SUBJECT, point.id, point.name, before, _values(point), path) is not None


def take_in(work: Work, data: bytes) -> tuple[int, int]:
    """The register from a spreadsheet (Excel or CSV): how many are new, and how many were changed. A point is known by
    its name. Raises Invalid naming every faulty line, and then nothing is changed."""
    _check_keeper(work)
    lines = read(data, _NEEDED)
    units = _units_by_word(work)
    points = {point.name: point for point, _ in listed(work)}
    faults: list[str] = []
    wanted = []
    seen: set[str] = set()
    for line in lines:
        each, told = _wanted_in(line, units, seen)
        faults += [f"第{line.place}行：{fault}" for fault in told]
        wanted.append(each)
    if faults:
        more = f"；另有{len(faults) - 10}处" if len(faults) > 10 else ""
        raise Invalid({"file": "；".join(faults[:10]) + more + "。改好后请重新选择文件。"})
    added = changed = 0
    for each in wanted:
        if each.name in points:
            changed += change(work, points[each.name].id, each)
        else:
            add(work, each)
            added += 1
    return added, changed


def _wanted_in(line: Line, units: Mapping[str, int], seen: set[str]) -> tuple[Wanted, list[str]]:
    values = {name: line.values.get(head, "") for head, name in HEADS.items()}
    words, unit = words_in(values.pop("words")), values.pop("unit")
    wanted = Wanted(unit_id=units.get(unit, 0), words=words, **values)
    told = list(_faults(wanted).values())
    if not wanted.unit_id:
        told.append(f"没有单位“{unit}”，或不在您管理的范围内" if unit else "没有写单位")
    if wanted.name in seen:
        told.append(f"“{wanted.name}”在文件中重复")
    seen.add(wanted.name)
    return wanted, [each.removesuffix("。") for each in told]


def _units_by_word(work: Work) -> dict[str, int]:
    """The units of the actor's subtree by name and by key."""
    query = sa.select(Unit.id, Unit.name, Unit.key).where(Unit.active, Unit.path.startswith(work.actor.unit_path))
    rows = work.session.execute(query).all()
    return {row.name: row.id for row in rows} | {row.key: row.id for row in rows}


def _check_keeper(work: Work) -> None:
    if not may_keep(work.actor):
        raise NotAllowed("点位由督办员和管理员维护。")


def _checked(work: Work, wanted: Wanted, point: Point | None) -> Unit:
    """The unit. Raises Invalid with a sentence for each field."""
    faults = _faults(wanted)
    query = sa.select(Unit).where(Unit.id == wanted.unit_id, Unit.active, Unit.path.startswith(work.actor.unit_path))
    unit = work.session.scalar(query)
    if unit is None:
        faults["unit_id"] = "请选择负责的单位。"
    if "name" not in faults and (point is None or point.active) and _named(work, wanted.name, point):
        faults["name"] = "已有同名的点位，请换一个名称，或修改原来的点位。"
    if faults or unit is None:
        raise Invalid(faults)
    return unit


def _faults(wanted: Wanted) -> dict[str, str]:
    faults = {}
    if len(wanted.name) < 2:
        faults["name"] = "请填写点位名称，至少两个字，例如：中心农贸市场。"
    if not wanted.chief:
        faults["chief"] = "请填写点长姓名。"
    for name in ("name", "chief", "kind", "area", "office"):
        if len(getattr(wanted, name)) > LONGEST:
            faults[name] = f"内容过长，请控制在{LONGEST}字以内。"
    if len(wanted.words) > MOST_WORDS or any(len(word) > LONGEST for word in wanted.words):
        faults["words"] = f"别名最多{MOST_WORDS}个，每个{LONGEST}字以内。"
    elif any(len(word) < 2 for word in wanted.words):
        faults["words"] = "别名至少两个字，例如：中心菜场。"
    return faults


def _named(work: Work, name: str, point: Point | None) -> bool:
    """Whether another point in use has the name."""
    taken = sa.select(Point.id).where(Point.name == name, Point.active)
    return any(each != (point.id if point else None) for each in work.session.scalars(taken))


def _held(work: Work, point_id: int) -> Point:
    query = sa.select(Point).where(Point.id == point_id).with_for_update()
    return work.session.scalars(query.execution_options(populate_existing=True)).one()


def _columns(wanted: Wanted) -> dict[str, Any]:
    return asdict(wanted) | {"words": list(wanted.words)}


def _values(point: Point) -> dict[str, Any]:
    return {name: getattr(point, name) for name in FIELDS}


def _read(work: Work, subject_id: str) -> Mapping[str, Any] | None:
    point = work.session.get(Point, int(subject_id))
    return None if point is None else _values(_held(work, point.id))


def _put(work: Work, subject_id: str, values: Mapping[str, Any] | None) -> None:
    """What was added is closed, not removed: months that it was ranked in still name it."""
    point = _held(work, int(subject_id))
    for name, value in (values or {"active": False}).items():
        setattr(point, name, value)
    if point.active and _named(work, point.name, point):
        raise Refused("已有同名的点位，不能撤销，请直接修改。", code="not_undoable")
    work.session.flush()


FIELDS: Final[Mapping[str, str]] = {
    "name": "点位",
    "kind": "类型",
    "area": "区域",
    "words": "别名",
    "unit_id": "单位",
    "chief": "点长",
    "office": "职务",
    "active": "在用",
}
_UNDOES: Final[Iterable[changing.Kind]] = (changing.Kind.ADDED, changing.Kind.CHANGED)
changing.know(changing.Subject(SUBJECT, "点位", FIELDS, _read, _put, frozenset(_UNDOES)))

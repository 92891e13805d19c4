"""单位: the tree as administrators keep it — add, correct, move, close. Each change is written down, and can be undone.

What moves with a unit, and what stays as it was, is decided in docs/decisions/0014-a-unit-moves.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from hotline.domain.actors import Role
from hotline.domain.errors import Invalid, NotAllowed, NotFound, Refused
from hotline.domain.texts import clean
from hotline.models import Assignment, Staff, Ticket, Unit, UnitKind
from hotline.services import changing, lacking, moving, overlapping, scoping
from hotline.services.lacking import Lack
from hotline.services.work import Work

SUBJECT: Final = "unit"
LONGEST = 60  # characters of a name
SHOWN = 20  # tickets that are named where a unit cannot be closed
_KEY = re.compile(r"[a-z][a-z0-9-]{1,39}")


@dataclass(frozen=True)
class Wanted:
    """A unit as somebody has written it down. `key` is its name in files; made up where it is empty."""

    name: str
    kind: UnitKind
    parent_id: int | None
    head_name: str = ""
    head_phone: str = ""
    duty_phone: str = ""
    key: str = ""


@dataclass(frozen=True)
class Node:
    """A unit in the tree. `people`: who can log in there; `turns`: what it has in hand, the units below not counted."""

    unit: Unit
    depth: int
    people: int
    turns: int


@dataclass(frozen=True)
class Standing:
    """What stands in the way of closing a unit: open work (`numbers`: the first of `tickets`), units below, people."""

    tickets: int
    numbers: Sequence[str]
    below: Sequence[str]
    people: Sequence[str]

    @property
    def told(self) -> str:
        """What has to be done first; empty where nothing has."""
        ways = []
        if self.tickets:
            ways.append(f"还有{self.tickets}件工单在办，请先办结或改交其他单位")
        if self.below:
            ways.append(f"下级单位“{'”“'.join(self.below[:3])}”还在用，请先停用或移走")
        if self.people:
            ways.append(f"还有{len(self.people)}名人员（{'、'.join(self.people[:3])}），请先调到其他单位或停用")
        return "；".join(ways)


def check_role(work: Work) -> None:
    """Raises NotAllowed for whoever is no administrator."""
    if Role.ADMINISTRATOR not in work.actor.roles or not work.actor.unit_path:
        raise NotAllowed("单位和人员由管理员维护。")


def tree(work: Work, lack: Lack | None = None) -> list[Node]:
    """The actor's subtree in its order, or those of it that `lack` something. Three queries, however many units."""
    check_role(work)
    path = work.actor.unit_path
    wanted = lacking.units(work, lack) if lack else ()
    units = work.session.scalars(sa.select(Unit).where(Unit.path.startswith(path), *wanted)).all()
    people = _counted(work, sa.select(Staff.unit_id, sa.func.count()).where(Staff.active).group_by(Staff.unit_id))
    turns = _counted(
        work,
        sa.select(Assignment.unit_id, sa.func.count())
        .where(Assignment.ended_at.is_(None), Assignment.unit_path.startswith(path))
        .group_by(Assignment.unit_id),
    )
    top = path.count("/")
    ordered = sorted(units, key=lambda unit: [int(part) for part in unit.path.strip("/").split("/")])
    return [Node(unit, unit.path.count("/") - top, people.get(unit.id, 0), turns.get(unit.id, 0)) for unit in ordered]


def find(work: Work, unit_id: int, *, lock: bool = False) -> Unit:
    """A unit of the actor's subtree. Raises NotFound for what is not theirs."""
    check_role(work)
    query = sa.select(Unit).where(Unit.id == unit_id, Unit.path.startswith(work.actor.unit_path))
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    unit = work.session.scalar(query)
    if unit is None:
        raise NotFound("没有找到这个单位。")
    return unit


def add(work: Work, wanted: Wanted) -> Unit:
    """A new unit below one of the actor's. Raises Invalid."""
    check_role(work)
    work.session.execute(moving.HOLD)
    wanted = _cleaned(wanted)
    parent = _parent(work, wanted.parent_id)
    faults = _faults(work, wanted, parent, None)
    if parent is None:
        faults["parent_id"] = "请选择上级单位。"
    if faults or parent is None:
        raise Invalid(faults)
    unit_id = work.session.execute(sa.text("SELECT nextval(pg_get_serial_sequence('unit', 'id'))")).scalar_one()
    unit = Unit(id=unit_id, path=f"{parent.path}{unit_id}/", active=True, key=wanted.key or f"u{unit_id}")
    _write(unit, wanted)
    work.session.add(unit)
    work.session.flush()
    changing.record(work, SUBJECT, unit.id, unit.name, None, values_of(unit) | {"code": unit.key}, unit.path)
    return unit


def change(work: Work, unit_id: int, wanted: Wanted, seen: str) -> Unit:
    """Correct name, kind, head and telephones, and move it if the parent is another one. `seen`:
    `overlapping.seen_as` of the values that were before him.

    Raises Invalid, NotFound, Refused where somebody else has changed the same meanwhile.
    """
    work.session.execute(moving.HOLD)
    unit = find(work, unit_id, lock=True)
    before = values_of(unit)
    wanted = _checked(work, unit, _cleaned(wanted))
    overlapping.check(work, SUBJECT, unit_id, seen, before, _values(wanted))
    _change(work, unit, wanted)
    changing.record(work, SUBJECT, unit.id, unit.name, before, values_of(unit), unit.path)
    return unit


def close(work: Work, unit_id: int) -> Unit:
    """停用: nothing is assigned to it any more. Raises Refused while it has open work, units below or people."""
    work.session.execute(moving.HOLD)
    unit = find(work, unit_id, lock=True)
    _close(work, unit)
    changing.record(work, SUBJECT, unit.id, unit.name, {"active": True}, {"active": False}, unit.path)
    return unit


def reopen(work: Work, unit_id: int) -> Unit:
    """恢复使用. Raises Refused where its parent is closed."""
    work.session.execute(moving.HOLD)
    unit = find(work, unit_id, lock=True)
    _reopen(work, unit)
    changing.record(work, SUBJECT, unit.id, unit.name, {"active": False}, {"active": True}, unit.path)
    return unit


def standing(work: Work, unit: Unit) -> Standing:
    """What stands in the way of closing it."""
    at_work = sa.exists().where(
        Assignment.ticket_id == Ticket.id, Assignment.unit_id == unit.id, Assignment.ended_at.is_(None)
    )
    held = sa.and_(Ticket.ended_at.is_(None), sa.or_(Ticket.unit_id == unit.id, Ticket.centre_id == unit.id))
    of_unit = sa.select(Ticket).where(sa.or_(at_work, held))
    named = of_unit.with_only_columns(Ticket.number).where(scoping.not_named(work.actor))
    session = work.session
    return Standing(
        tickets=session.scalar(sa.select(sa.func.count()).select_from(of_unit.subquery())) or 0,
        numbers=list(session.scalars(named.order_by(Ticket.id).limit(SHOWN))),
        below=list(session.scalars(sa.select(Unit.name).where(Unit.parent_id == unit.id, Unit.active))),
        people=list(session.scalars(sa.select(Staff.name).where(Staff.unit_id == unit.id, Staff.active))),
    )


def values_of(unit: Unit) -> dict[str, Any]:
    """What the record of changes keeps of a unit."""
    return {name: getattr(unit, name) for name in FIELDS if name != "code"}


def _counted(work: Work, query: sa.Select[int, int]) -> dict[int, int]:
    return dict(work.session.execute(query).all())


def _checked(work: Work, unit: Unit, wanted: Wanted) -> Wanted:
    """What can be written; the top stays what and where it is. Raises Invalid."""
    if unit.parent_id is None:
        wanted = replace(wanted, parent_id=None, kind=UnitKind.CENTRE)
    moved = wanted.parent_id != unit.parent_id
    parent = _parent(work, wanted.parent_id) if moved else work.session.get(Unit, unit.parent_id or 0)
    faults = _faults(work, wanted, parent, unit)
    if moved and parent is None:
        faults["parent_id"] = "请选择上级单位。"
    elif moved and unit.path == work.actor.unit_path:
        faults["parent_id"] = "本单位在上级的位置由上级管理员调整。"
    if faults:
        raise Invalid(faults)
    return wanted


def _change(work: Work, unit: Unit, wanted: Wanted) -> None:
    moved = wanted.parent_id != unit.parent_id
    _write(unit, wanted)
    work.session.flush()
    if moved:
        parent = work.session.get_one(Unit, wanted.parent_id)
        moving.move(work, unit, f"{parent.path}{unit.id}/")


def _parent(work: Work, parent_id: int | None) -> Unit | None:
    """An open unit of the actor's subtree."""
    if parent_id is None:
        return None
    return work.session.scalar(
        sa.select(Unit).where(Unit.id == parent_id, Unit.active, Unit.path.startswith(work.actor.unit_path))
    )


def _faults(work: Work, wanted: Wanted, parent: Unit | None, unit: Unit | None) -> dict[str, str]:
    faults: dict[str, str] = {}
    if not wanted.name or len(wanted.name) > LONGEST:
        faults["name"] = f"请填写单位名称，{LONGEST}字以内。"
    elif parent is not None and _is_taken(work, wanted.name, parent, unit):
        faults["name"] = f"“{parent.name}”下面已有“{wanted.name}”，请换一个名称。"
    for name in CONTACTS:
        if len(getattr(wanted, name)) > LONGEST:
            faults[name] = f"内容过长，请控制在{LONGEST}字以内。"
    if parent is not None:
        faults |= _misplaced(wanted.kind, parent, unit)
    if wanted.key and unit is None:
        if not _KEY.fullmatch(wanted.key):
            faults["key"] = "代号用小写字母、数字和连字符，字母开头，2到40个字符。"
        elif work.session.scalar(sa.select(Unit.id).where(Unit.key == wanted.key)) is not None:
            faults["key"] = f"代号“{wanted.key}”已被使用，请换一个。"
    return faults


def _misplaced(kind: UnitKind, parent: Unit, unit: Unit | None) -> dict[str, str]:
    """Where a unit of that kind cannot stand."""
    if unit is not None and parent.path.startswith(unit.path):
        return {"parent_id": "不能移到自己或自己的下级下面。"}
    if kind is UnitKind.CENTRE:
        return {"kind": "市级中心只有一个，请选择其他性质。"}
    if kind is UnitKind.COUNTY_CENTRE and parent.kind is not UnitKind.CENTRE:
        return {"kind": "区县中心只能设在市级中心下面。"}
    if parent.kind is UnitKind.STATION:
        return {"parent_id": "站所下面不再设单位，请选择其他上级。"}
    return {}


def _is_taken(work: Work, name: str, parent: Unit, unit: Unit | None) -> bool:
    same = sa.select(Unit.id).where(Unit.parent_id == parent.id, Unit.name == name, Unit.active)
    if unit is not None:
        same = same.where(Unit.id != unit.id)
    return work.session.scalar(same) is not None


def _values(wanted: Wanted) -> dict[str, Any]:
    contacts = {name: getattr(wanted, name) or None for name in CONTACTS}
    return {"name": wanted.name, "kind": wanted.kind, "parent_id": wanted.parent_id, **contacts}


def _write(unit: Unit, wanted: Wanted) -> None:
    for name, value in _values(wanted).items():
        setattr(unit, name, value)


def _cleaned(wanted: Wanted) -> Wanted:
    texts = {name: clean(getattr(wanted, name)).strip() for name in ("name", *CONTACTS, "key")}
    return replace(wanted, **texts)  # type: ignore[arg-type]


def _close(work: Work, unit: Unit) -> None:
    if unit.path == work.actor.unit_path:
        raise Refused("不能停用自己所在的单位。", code="own_unit")
    told = standing(work, unit).told
    if told:
        raise Refused(f"“{unit.name}”暂时不能停用：{told}。", code="unit_busy")
    unit.active = False
    work.session.flush()


def _reopen(work: Work, unit: Unit) -> None:
    parent = work.session.get(Unit, unit.parent_id or 0)
    if parent is not None and not parent.active:
        raise Refused(f"请先恢复它的上级“{parent.name}”。", code="parent_closed")
    unit.active = True
    work.session.flush()


def _read(work: Work, subject_id: str) -> Mapping[str, Any] | None:
    work.session.execute(moving.HOLD)
    try:
        unit = find(work, int(subject_id), lock=True)
    except NotFound:
        return None
    return values_of(unit) | {"code": unit.key}


def _put(work: Work, subject_id: str, values: Mapping[str, Any] | None) -> None:
    """Take a change back through the same rules; a unit that was added goes, as long as nothing hangs on it."""
    unit = find(work, int(subject_id), lock=True)
    if values is None:
        _remove(work, unit)
        return
    texts = {name: values.get(name, getattr(unit, name)) or "" for name in ("name", *CONTACTS)}
    kind, parent_id = UnitKind(values.get("kind", unit.kind)), values.get("parent_id", unit.parent_id)
    try:
        wanted = _checked(work, unit, Wanted(kind=kind, parent_id=parent_id, **texts))
    except Invalid as error:
        raise Refused(f"不能撤销：{error.message}", code="not_undoable") from error
    _change(work, unit, wanted)
    if values.get("active", unit.active) != unit.active:
        (_reopen if values["active"] else _close)(work, unit)


def _remove(work: Work, unit: Unit) -> None:
    try:
        with work.session.begin_nested():
            work.session.delete(unit)
    except IntegrityError as error:
        raise Refused(f"“{unit.name}”已经有人员、工单或下级单位，不能撤销，请改用“停用”。", code="in_use") from error


CONTACTS = ("head_name", "head_phone", "duty_phone")
FIELDS = {
    "name": "名称",
    "code": "代号",
    "kind": "性质",
    "parent_id": "上级单位",
    "head_name": "负责人",
    "head_phone": "负责人电话",
    "duty_phone": "值班电话",
    "active": "在用",
}
changing.know(
    changing.Subject(SUBJECT, "单位", FIELDS, _read, _put, frozenset({changing.Kind.ADDED, changing.Kind.CHANGED}))
)

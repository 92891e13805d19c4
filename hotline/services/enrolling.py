"""导入单位和人员: every fault by its line, nothing written until there is none, then all or nothing.

What is new is added; a unit or a person that is there already is a fault: corrections are made on their own pages.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from hotline.domain.actors import Role
from hotline.domain.errors import Invalid
from hotline.models import Unit, UnitKind
from hotline.services import organising, staffing
from hotline.services.organising import check_role
from hotline.services.roster import PEOPLE, UNITS, Row
from hotline.services.work import Work

_BETWEEN = re.compile(r"[、，,;；/\s]+")  # roles in a cell


@dataclass(frozen=True)
class Fault:
    """What is wrong in a line, and what to do."""

    sheet: str
    place: int
    told: str


@dataclass(frozen=True)
class Invited:
    """Somebody who was added; `key` opens the invitation."""

    login: str
    name: str
    unit: str
    key: str


@dataclass(frozen=True)
class Words:
    """How kinds and roles are called in the file."""

    kinds: Mapping[str, UnitKind]
    roles: Mapping[str, Role]


@dataclass
class Enrolled:
    """What became of a file. With faults nothing is."""

    units: int = 0
    people: list[Invited] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def enrol(work: Work, rows: Sequence[Row], words: Words) -> Enrolled:
    """Add what the rows say, in the caller's transaction: he rolls back where there are faults, or to preview only.

    Each line is tried by itself, so that all faults are found at once.
    """
    check_role(work)
    run = _Run(work, words)
    for row in _parents_first([row for row in rows if row.sheet == UNITS]):
        run.take(row, run.add_unit)
    for row in rows:
        if row.sheet == PEOPLE:
            run.take(row, run.add_person)
    run.done.faults.sort(key=lambda fault: (fault.sheet != UNITS, fault.place))
    return run.done


class _Run:
    """One file on its way in."""

    def __init__(self, work: Work, words: Words) -> None:
        self.work = work
        self.words = words
        self.done = Enrolled()
        self._by_key: dict[str, Unit] = {}
        self._by_name: dict[str, list[Unit]] = defaultdict(list)
        self._failed: set[str] = set()  # units of the file that have faults of their own
        self._logins = Counter[str]()
        path = work.actor.unit_path
        for unit in work.session.scalars(sa.select(Unit).where(Unit.active, Unit.path.startswith(path))):
            self._know(unit)

    def take(self, row: Row, add: Callable[[Row], None]) -> None:
        """One line under a savepoint."""
        try:
            with self.work.session.begin_nested():
                add(row)
        except Invalid as error:
            if row.sheet == UNITS:
                self._failed |= {row.values.get("代号", ""), row.values.get("名称", "")} - {""}
            self.done.faults.append(Fault(row.sheet, row.place, "".join(error.fields.values())))

    def add_unit(self, row: Row) -> None:
        """Raises Invalid."""
        values = row.values
        faults: dict[str, str] = {}
        kind = self.words.kinds.get(values.get("性质", ""))
        if kind is None:
            faults["kind"] = f"没有性质“{values.get('性质', '')}”，可用的有{'、'.join(self.words.kinds)}。"
        parent, fault = self._unit(values.get("上级", ""), "上级")
        if fault:
            faults["parent_id"] = fault
        if faults or kind is None or parent is None:
            raise Invalid(faults)
        wanted = organising.Wanted(
            name=values.get("名称", ""),
            kind=kind,
            parent_id=parent.id,
            head_name=values.get("负责人", ""),
            head_phone=values.get("负责人电话", ""),
            duty_phone=values.get("值班电话", ""),
            key=values.get("代号", ""),
        )
        self._know(organising.add(self.work, wanted))
        self.done.units += 1

    def add_person(self, row: Row) -> None:
        """Raises Invalid."""
        values = row.values
        faults: dict[str, str] = {}
        unit, fault = self._unit(values.get("单位", ""), "单位")
        if fault:
            faults["unit_id"] = fault
        names = [name for name in _BETWEEN.split(values.get("角色", "")) if name]
        unknown = [name for name in names if name not in self.words.roles]
        if unknown:
            faults["roles"] = f"没有角色“{'、'.join(unknown)}”，可用的有{'、'.join(self.words.roles)}。"
        login = values.get("账号", "")
        self._logins[login.lower()] += 1
        if self._logins[login.lower()] > 1:
            faults["login"] = f"账号“{login}”在本表中重复。"
        if faults or unit is None:
            raise Invalid(faults)
        roles = tuple(self.words.roles[name] for name in names)
        staff, key = staffing.add(self.work, staffing.Wanted(login, values.get("姓名", ""), unit.id, roles))
        self.done.people.append(Invited(staff.login, staff.name, unit.name, key))

    def _know(self, unit: Unit) -> None:
        self._by_key[unit.key] = unit
        self._by_name[unit.name].append(unit)

    def _unit(self, said: str, what: str) -> tuple[Unit | None, str]:
        """The unit of that key or name, or what is wrong with it."""
        found = [self._by_key[said]] if said in self._by_key else self._by_name.get(said, [])
        if len(found) == 1:
            return found[0], ""
        if not said:
            return None, f"请填写{what}。"
        if len(found) > 1:
            return None, f"有{len(found)}个单位都叫“{said}”，请改写代号。"
        if said in self._failed:
            return None, f"{what}“{said}”所在的行有错，请先改好。"
        return None, f"没有{what}“{said}”，请写已有单位或本表单位的代号或名称。"


def _parents_first(rows: Sequence[Row]) -> list[Row]:
    """In an order in which each unit's parent has come before it; a circle is left as it stands, and is a fault."""
    waiting, ordered = list(rows), []
    while waiting:
        own = {name for row in waiting for name in (row.values.get("代号", ""), row.values.get("名称", "")) if name}
        ready = [row for row in waiting if row.values.get("上级", "") not in own] or waiting
        ordered += ready
        waiting = [row for row in waiting if row not in ready]
    return ordered

"""人员: who works where in which roles, as administrators keep it. Each change is written down.

Nobody can lock himself or the city out: the last administrator of the city centre stays one. What an administrator
gives, he gives within his own subtree; nobody gives roles to himself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import sqlalchemy as sa

from hotline.domain.actors import STAFF_ROLES, Role
from hotline.domain.errors import Invalid, NotFound, Refused
from hotline.domain.texts import clean
from hotline.models import Assignment, Staff, Ticket, Unit
from hotline.services import changing, entering, inviting, lacking, overlapping
from hotline.services.organising import check_role
from hotline.services.paging import FIRST, Place, Stretch, cut, newest_first
from hotline.services.scoping import not_named
from hotline.services.work import Work

SUBJECT: Final = "staff"
PAGE = 50
LONGEST_NAME = 30
SHOWN = 20  # tickets that are named beside a person
_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{1,63}")
_LOCK = sa.text("SELECT pg_advisory_xact_lock(hashtext('administrators'))")


@dataclass(frozen=True)
class Wanted:
    """A person as somebody has written him down."""

    login: str
    name: str
    unit_id: int | None
    roles: tuple[Role, ...]


@dataclass(frozen=True)
class Sought:
    """What is looked for: a part of the name or log-in, a unit with all below it or `alone`, a role, people in use or
    locked, those who have `never` logged in."""

    text: str = ""
    unit_id: int | None = None
    role: Role | None = None
    active: bool | None = None
    alone: bool = False
    never: bool = False


@dataclass(frozen=True)
class Person:
    """Somebody with his unit."""

    staff: Staff
    unit: Unit


@dataclass(frozen=True)
class InHand:
    """The open work that is in a person's own name; `numbers`: the first of it."""

    tickets: int
    numbers: Sequence[str]


def browse(work: Work, sought: Sought, place: Place[int] = FIRST, size: int = PAGE) -> Stretch[Person, int]:
    """The people of the actor's subtree, who was added last comes first."""
    check_role(work)
    query = sa.select(Staff, Unit).join(Unit, Unit.id == Staff.unit_id).where(*_conditions(work, sought))
    rows = work.session.execute(newest_first(query, Staff.id, place, size)).all()
    return cut([Person(staff, unit) for staff, unit in rows], place, size, lambda person: person.staff.id)


def find(work: Work, staff_id: int, *, lock: bool = False) -> Person:
    """Somebody of the actor's subtree. Raises NotFound for who is not."""
    check_role(work)
    query = (
        sa.select(Staff, Unit)
        .join(Unit, Unit.id == Staff.unit_id)
        .where(Staff.id == staff_id, Unit.path.startswith(work.actor.unit_path))
    )
    if lock:
        query = query.with_for_update(key_share=True, of=Staff).execution_options(populate_existing=True)
    row = work.session.execute(query).one_or_none()
    if row is None:
        raise NotFound("没有找到这名人员。")
    return Person(*row)


def add(work: Work, wanted: Wanted) -> tuple[Staff, str]:
    """A new person, and the key of the invitation with which the first password is set: told once. Raises Invalid."""
    check_role(work)
    wanted = _cleaned(wanted)
    unit = _unit(work, wanted.unit_id)
    faults = _faults(wanted, unit)
    if "login" not in faults and _is_taken(work, wanted.login):
        faults["login"] = f"账号“{wanted.login}”已被使用，请换一个。"
    if faults or unit is None:
        raise Invalid(faults)
    staff = Staff(
        login=wanted.login,
        name=wanted.name,
        unit_id=unit.id,
        roles=[role.value for role in wanted.roles],
        password_hash=inviting.NO_PASSWORD,
        created_at=work.now,
        active=True,
    )
    work.session.add(staff)
    work.session.flush()
    changing.record(work, SUBJECT, staff.id, staff.name, None, values_of(staff) | {"login": staff.login}, unit.path)
    return staff, inviting.invite(work, staff)


def change(work: Work, staff_id: int, wanted: Wanted, seen: str) -> Staff:
    """Correct name, unit and roles; the log-in stays. `seen`: `overlapping.seen_as` of the values that were before him.

    Raises Invalid, NotFound, Refused where somebody else has changed the same meanwhile.
    """
    work.session.execute(_LOCK)
    person = find(work, staff_id, lock=True)
    before = values_of(person.staff)
    wanted = _cleaned(replace(wanted, login=person.staff.login))
    _check(work, person, wanted)
    overlapping.check(work, SUBJECT, staff_id, seen, before, _values(wanted))
    _write(work, person.staff, wanted)
    _record(work, person.staff, before)
    return person.staff


def lock(work: Work, staff_id: int) -> Staff:
    """停用: logged out at once, and kept out. Raises Refused for oneself and for the last administrator."""
    return _switch(work, staff_id, False)


def unlock(work: Work, staff_id: int) -> Staff:
    """恢复使用, with the count of wrong passwords at its beginning."""
    return _switch(work, staff_id, True)


def in_hand(work: Work, staff_id: int) -> InHand:
    """The open work that stays with a person who is locked, until somebody hands it over."""
    held = (
        sa.select(Ticket)
        .join(Assignment, Assignment.ticket_id == Ticket.id)
        .where(Assignment.handler_id == staff_id, Assignment.ended_at.is_(None))
    )
    numbers = held.with_only_columns(Ticket.number).where(not_named(work.actor)).order_by(Ticket.id).limit(SHOWN)
    count = work.session.scalar(sa.select(sa.func.count()).select_from(held.subquery())) or 0
    return InHand(count, list(work.session.scalars(numbers)))


def values_of(staff: Staff) -> dict[str, Any]:
    """What the record of changes keeps of a person; the log-in beside it when he is added."""
    return {"name": staff.name, "unit_id": staff.unit_id, "roles": list(staff.roles), "active": staff.active}


def _conditions(work: Work, sought: Sought) -> list[sa.ColumnElement[bool]]:
    conditions = [Unit.path.startswith(work.actor.unit_path)]
    if sought.text:
        text = sought.text.strip()
        conditions.append(
            sa.or_(
                Staff.name.contains(text, autoescape=True),
                sa.func.lower(Staff.login).contains(text.lower(), autoescape=True),
            )
        )
    if sought.unit_id is not None:
        unit = sa.select(Unit.path).where(Unit.id == sought.unit_id).scalar_subquery()
        alone = Unit.id == sought.unit_id
        conditions.append(alone if sought.alone else sa.func.starts_with(Unit.path, unit))
    if sought.never:
        conditions += lacking.never_in(work)
    if sought.role is not None:
        conditions.append(Staff.roles.contains([sought.role.value]))
    if sought.active is not None:
        conditions.append(Staff.active == sought.active)
    return conditions


def _switch(work: Work, staff_id: int, active: bool) -> Staff:
    work.session.execute(_LOCK)
    person = find(work, staff_id, lock=True)
    before = values_of(person.staff)
    _set_active(work, person, active)
    _record(work, person.staff, before)
    return person.staff


def _set_active(work: Work, person: Person, active: bool) -> None:
    staff = person.staff
    if not active:
        if staff.id == work.actor.staff_id:
            raise Refused("不能停用自己的账号，请由其他管理员操作。", code="own_account")
        _keep_an_administrator(work, person)
        staff.session_epoch += 1
    elif not person.unit.active:
        raise Refused(f"“{person.unit.name}”已停用，请先把{staff.name}调到其他单位。", code="unit_closed")
    staff.active = active
    entering.open_again(staff)
    work.session.flush()


def _check(work: Work, person: Person, wanted: Wanted) -> None:
    """Raises Invalid."""
    staff = person.staff
    moved = wanted.unit_id != staff.unit_id
    unit = _unit(work, wanted.unit_id) if moved else person.unit
    faults = _faults(wanted, unit)
    if staff.id == work.actor.staff_id:
        faults |= _own_faults(staff, wanted, moved)
    if faults or unit is None:
        raise Invalid(faults)
    if Role.ADMINISTRATOR not in wanted.roles or unit.parent_id is not None:
        try:
            _keep_an_administrator(work, person)
        except Refused as error:
            raise Invalid({"roles": error.message}) from error


def _values(wanted: Wanted) -> dict[str, Any]:
    return {"name": wanted.name, "unit_id": wanted.unit_id, "roles": [role.value for role in wanted.roles]}


def _write(work: Work, staff: Staff, wanted: Wanted) -> None:
    for name, value in _values(wanted).items():
        setattr(staff, name, value)
    work.session.flush()


def _own_faults(staff: Staff, wanted: Wanted, moved: bool) -> dict[str, str]:
    """What nobody does to himself."""
    faults = {}
    if moved:
        faults["unit_id"] = "不能调动自己，请由其他管理员操作。"
    if {role.value for role in wanted.roles} - set(staff.roles):
        faults["roles"] = "不能给自己增加角色，请由其他管理员操作。"
    elif Role.ADMINISTRATOR not in wanted.roles:
        faults["roles"] = "不能取消自己的管理员角色，请由其他管理员操作。"
    return faults


def _keep_an_administrator(work: Work, person: Person) -> None:
    """Raises Refused if nobody else can administer the whole city. One after the other: the caller holds `_LOCK`."""
    staff = person.staff
    if person.unit.parent_id is not None or not staff.active or Role.ADMINISTRATOR.value not in staff.roles:
        return
    others = (
        sa.select(Staff.id)
        .join(Unit, Unit.id == Staff.unit_id)
        .where(
            Unit.parent_id.is_(None),
            Staff.active,
            Staff.roles.contains([Role.ADMINISTRATOR.value]),
            Staff.id != staff.id,
        )
    )
    if work.session.scalar(others.limit(1)) is None:
        raise Refused(f"{staff.name}是市级中心唯一的管理员，请先指定另一名管理员。", code="last_administrator")


def _unit(work: Work, unit_id: int | None) -> Unit | None:
    """An open unit of the actor's subtree."""
    if unit_id is None:
        return None
    return work.session.scalar(
        sa.select(Unit).where(Unit.id == unit_id, Unit.active, Unit.path.startswith(work.actor.unit_path))
    )


def _faults(wanted: Wanted, unit: Unit | None) -> dict[str, str]:
    faults: dict[str, str] = {}
    if not _LOGIN.fullmatch(wanted.login):
        faults["login"] = "账号用字母、数字和 . _ - @，2到64个字符。"
    if not wanted.name or len(wanted.name) > LONGEST_NAME:
        faults["name"] = f"请填写姓名，{LONGEST_NAME}字以内。"
    if unit is None:
        faults["unit_id"] = "请选择本单位或下级的在用单位。"
    if not wanted.roles or not set(wanted.roles) <= set(STAFF_ROLES):
        faults["roles"] = "请至少选择一个角色。"
    return faults


def _is_taken(work: Work, login: str) -> bool:
    """Log-ins that differ by case only would be taken for one another."""
    taken = sa.select(Staff.id).where(sa.func.lower(Staff.login) == login.lower())
    return work.session.scalar(taken) is not None


def _cleaned(wanted: Wanted) -> Wanted:
    """Roles in the order of the chain, each once."""
    roles = tuple(role for role in STAFF_ROLES if role in wanted.roles)
    return replace(wanted, login=clean(wanted.login).strip(), name=clean(wanted.name).strip(), roles=roles)


def _record(work: Work, staff: Staff, before: Mapping[str, Any]) -> None:
    path = work.session.scalar(sa.select(Unit.path).where(Unit.id == staff.unit_id)) or ""
    changing.record(work, SUBJECT, staff.id, staff.name, before, values_of(staff), path)


def _read(work: Work, subject_id: str) -> Mapping[str, Any] | None:
    work.session.execute(_LOCK)
    try:
        person = find(work, int(subject_id), lock=True)
    except NotFound:
        return None
    return values_of(person.staff)


def _put(work: Work, subject_id: str, values: Mapping[str, Any] | None) -> None:
    """Take a change back through the same rules."""
    person = find(work, int(subject_id), lock=True)
    staff, values = person.staff, values or {}
    wanted = Wanted(
        login=staff.login,
        name=values.get("name", staff.name),
        unit_id=values.get("unit_id", staff.unit_id),
        roles=tuple(Role(role) for role in values.get("roles", staff.roles)),
    )
    try:
        _check(work, person, wanted)
    except Invalid as error:
        raise Refused(f"不能撤销：{error.message}", code="not_undoable") from error
    _write(work, staff, wanted)
    if values.get("active", staff.active) != staff.active:
        _set_active(work, person, values["active"])


FIELDS = {"name": "姓名", "login": "账号", "unit_id": "单位", "roles": "角色", "active": "在用"}
changing.know(changing.Subject(SUBJECT, "人员", FIELDS, _read, _put))

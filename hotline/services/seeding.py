"""What a city starts with: rules, categories and case standards from the project's files, its own units and people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from hotline.domain.actors import STAFF_ROLES
from hotline.domain.categories import Category as CategoryRow
from hotline.domain.errors import Invalid
from hotline.domain.policy import Policy
from hotline.domain.standards import CaseStandard as StandardRow
from hotline.models import CaseStandard, Category, Staff, Unit, UnitKind
from hotline.services import rulebook

ROOT_KEY = "center"


def seed_rules(
    session: Session,
    *,
    policy: Policy,
    calendar: Mapping[str, Any],
    categories: Iterable[CategoryRow],
    standards: Sequence[StandardRow],
    now: datetime,
) -> bool:
    """Put the rules in force; what is there already stays. True if the calendar is a new version.

    Safe to run at every start, and by two at once: one waits for the other.
    """
    session.execute(sa.text("SELECT pg_advisory_xact_lock(12319)"))
    rulebook.store_categories(session, [_category(row) for row in categories])
    version = rulebook.store_policy(session, policy, now)
    _store_standards(session, version.id, standards)
    if rulebook.is_entered(session):  # what people have entered by the official notice is not put back by a file
        return False
    _, changed = rulebook.store_calendar(session, calendar, now)
    return changed


def _category(row: CategoryRow) -> dict[str, Any]:
    values = asdict(row)
    return {
        "scheme": values["scheme"],
        "scheme_version": values["version"],
        **{name: values[name] for name in ("code", "name", "kind", "parent_name", "confidence")},
    }


def _store_standards(session: Session, policy_id: int, standards: Sequence[StandardRow]) -> None:
    if session.scalar(sa.select(sa.exists().where(CaseStandard.policy_version_id == policy_id))):
        return
    ids = dict(session.execute(sa.select(Category.code, Category.id)).all())
    session.add_all(
        CaseStandard(
            policy_version_id=policy_id,
            category_id=ids[row.category_code],
            number=row.number,
            condition=row.condition,
            closing=row.closing,
            limit_text=str(row.limit),
        )
        for row in standards
    )
    session.flush()


def store_units(session: Session, units: Sequence[Mapping[str, Any]]) -> dict[str, Unit]:
    """Add or correct units, parents before children; returns all by key.

    Each has `key`, `name`, `kind`, and except for the one centre `parent` (a key); `head`, `duty_phone` if known.
    Raises Invalid naming every faulty unit. A unit is never moved in the tree by this: its history hangs on its place.
    """
    known = {unit.key: unit for unit in session.scalars(sa.select(Unit))}
    _check_units(units, known)
    for values in units:
        unit = known.get(values["key"])
        if unit is None:
            unit = _new_unit(session, values, known)
            known[unit.key] = unit
        unit.name = values["name"]
        unit.head_name = values.get("head")
        unit.duty_phone = values.get("duty_phone")
    session.flush()
    return known


def _check_units(units: Sequence[Mapping[str, Any]], known: Mapping[str, Unit]) -> None:
    faults: dict[str, str] = {}
    seen = set(known)
    for place, values in enumerate(units, 1):
        key = values.get("key")
        if not key or not values.get("name"):
            faults[f"unit {place}"] = f"第{place}个单位缺少 key 或 name。"
        elif values.get("kind") not in list(UnitKind):
            faults[key] = f"单位“{values['name']}”的 kind 应为 {'、'.join(UnitKind)} 之一。"
        elif values["kind"] != UnitKind.CENTRE and values.get("parent") not in seen:
            faults[key] = f"单位“{values['name']}”的上级“{values.get('parent')}”不存在或写在其后。"
        elif values["kind"] == UnitKind.CENTRE and key != ROOT_KEY:
            faults[key] = f"市级中心只有一个，其 key 应为“{ROOT_KEY}”。"
        seen.add(str(key))
    if faults:
        raise Invalid(faults)


def _new_unit(session: Session, values: Mapping[str, Any], known: Mapping[str, Unit]) -> Unit:
    parent = known[values["parent"]] if values.get("parent") else None
    unit_id = session.execute(sa.text("SELECT nextval(pg_get_serial_sequence('unit', 'id'))")).scalar_one()
    unit = Unit(
        id=unit_id,
        key=values["key"],
        name=values["name"],
        kind=UnitKind(values["kind"]),
        parent_id=parent.id if parent else None,
        path=f"{parent.path if parent else ''}{unit_id}/",
    )
    session.add(unit)
    session.flush()
    return unit


def store_staff(session: Session, people: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Add people, or correct name, unit and roles of those whose log-in is there; passwords are only set for new ones.

    Each has `login`, `name`, `unit` (a key), `roles`, `password`, and `must_change` where that password is good for the
    first log-in only. Raises Invalid naming every faulty person.
    """
    units = {unit.key: unit.id for unit in session.scalars(sa.select(Unit))}
    faults = {
        person.get("login", f"staff {place}"): f"第{place}个人员的单位或角色不存在。"
        for place, person in enumerate(people, 1)
        if person.get("unit") not in units
        or not set(person.get("roles", ())) <= set(STAFF_ROLES)
        or not person["roles"]
    }
    if faults:
        raise Invalid(faults)
    known = {row.login: row for row in session.scalars(sa.select(Staff))}
    hashes: dict[str, str] = {}
    for person in people:
        row = known.get(person["login"])
        if row is None:
            password = person["password"]
            if password not in hashes:
                hashes[password] = hash_password(password)
            row = Staff(login=person["login"], password_hash=hashes[password], created_at=now)
            row.must_change_password = person.get("must_change", False)
            session.add(row)
        row.name, row.unit_id, row.roles = person["name"], units[person["unit"]], list(person["roles"])
    session.flush()


def hash_password(password: str) -> str:
    """argon2id with the library's current parameters."""
    return PasswordHasher().hash(password)

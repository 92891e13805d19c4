"""What the city's rules are, to be read: units and people, policy, calendar and categories in force."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import render_template, url_for

from hotline.domain.actors import Role
from hotline.models import CalendarVersion, CaseStandard, Category, PolicyVersion, Staff, Unit
from hotline.services.work import Work
from hotline.web.door import work
from hotline.web.staff import words

YEARS_AHEAD = 2


def units() -> str:
    """GET /desk/units: the tree with the people in it, for the administrator."""
    with work() as unit:
        return render_template("staff/units.html", units=_tree(unit))


def rules() -> str:
    """GET /desk/rules: which policy, calendar and categories are in force, for everybody."""
    with work() as unit:
        return render_template("staff/rules.html", **_rules(unit))


def _tree(work: Work) -> list[dict[str, Any]]:
    path = work.actor.unit_path
    found = list(work.session.scalars(sa.select(Unit).where(Unit.path.startswith(path)).order_by(Unit.path)))
    people: dict[int, list[Staff]] = {}
    of_units = sa.select(Staff).where(Staff.unit_id.in_([each.id for each in found])).order_by(Staff.id)
    for person in work.session.scalars(of_units):
        people.setdefault(person.unit_id, []).append(person)
    top = path.count("/")
    return [
        {
            "name": each.name,
            "depth": each.path.count("/") - top,
            "kind_label": words.UNIT_KINDS[each.kind],
            "head": each.head_name,
            "duty_phone": each.duty_phone,
            "active": each.active,
            "people": [_person(person) for person in people.get(each.id, [])],
        }
        for each in found
    ]


def _person(person: Staff) -> dict[str, Any]:
    roles = words.roles(frozenset(Role(role) for role in person.roles))
    return {"name": person.name, "login": person.login, "roles": roles, "active": person.active}


def _rules(work: Work) -> dict[str, Any]:
    policy_id, policy = work.rules.policy_at(work.now)
    session, calendar = work.session, work.rules.calendar
    stored = session.get_one(PolicyVersion, policy_id)
    entered = session.get_one(CalendarVersion, work.rules.calendar_id)
    today = work.now.astimezone(work.rules.zone).date()
    standards = session.scalar(
        sa.select(sa.func.count()).select_from(CaseStandard).where(CaseStandard.policy_version_id == policy_id)
    )
    schemes = session.execute(
        sa.select(Category.scheme, Category.scheme_version, sa.func.count())
        .where(Category.active)
        .group_by(Category.scheme, Category.scheme_version)
        .order_by(Category.scheme)
    ).all()
    return {
        "policy": {
            "version": policy.version,
            "effective_from": policy.effective_from,
            "stored_at": stored.created_at,
            "checksum": stored.checksum,
            "standards": standards,
        },
        "later": [each for _, each in work.rules.policies if each.effective_from > today],
        "ladder": [
            {
                "name": rung.name,
                "after": f"超期{rung.after.label}后" if rung.after else "到期时",
                "demand": rung.demand,
                "explain": rung.explain.label if rung.explain else None,
                "copies": "、".join(words.COPIES.get(each, each) for each in rung.copies),
            }
            for rung in policy.ladder
        ],
        "calendar": {"stored_at": entered.created_at, "checksum": entered.checksum, "zone": str(calendar.zone)},
        "years": [
            {"year": today.year + ahead, "provisional": calendar.is_provisional(today.year + ahead)}
            for ahead in range(YEARS_AHEAD)
        ],
        "schemes": [
            {"name": words.SCHEMES.get(name, name), "version": version, "count": count}
            for name, version, count in schemes
        ],
        "texts_url": url_for("staff.texts"),
    }

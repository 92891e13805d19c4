"""What ids and codes mean: units, the people below the asker, categories with their case standards."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from hotline.domain.errors import NotFound
from hotline.models import CaseStandard, Category, Staff, Unit
from hotline.services.tracing import unit_dict
from hotline.services.viewing import category_dict, standard_dict
from hotline.web import door
from hotline.web.api.answers import CategoryLine, Person, UnitLine
from hotline.web.api.parsing import Blueprint

blueprint = Blueprint("lists", "单位与类别")


@blueprint.route("/units")
@blueprint.response(200, UnitLine(many=True))
def list_units() -> list[dict[str, Any]]:
    """全部单位，按层级"""
    parent = aliased(Unit)
    query = (
        sa.select(Unit, parent.key)
        .outerjoin(parent, parent.id == Unit.parent_id)
        .where(Unit.active)
        .order_by(Unit.path)
    )
    with door.work() as work:
        return [unit_dict(unit) | {"kind": unit.kind.value, "parent": key} for unit, key in work.session.execute(query)]


@blueprint.route("/units/<key>/people")
@blueprint.response(200, Person(many=True))
def list_people(key: str) -> list[dict[str, Any]]:
    """本单位及下级单位的人员"""
    with door.work() as work:
        unit = work.session.scalar(sa.select(Unit).where(Unit.key == key, Unit.active))
        if unit is None or not work.actor.oversees(unit.path):
            raise NotFound("没有找到这个单位。")
        rows = work.session.execute(
            sa.select(Staff, Unit.name)
            .join(Unit, Unit.id == Staff.unit_id)
            .where(Staff.active, Unit.path.startswith(unit.path))
            .order_by(Unit.path, Staff.id)
        )
        return [{"id": row.id, "name": row.name, "unit": name, "roles": row.roles} for row, name in rows]


@blueprint.route("/categories")
@blueprint.response(200, CategoryLine(many=True))
def list_categories() -> list[dict[str, Any]]:
    """在用的类别，各带现行的立案条件与时限"""
    with door.work() as work:
        policy_id, _ = work.rules.policy_at(work.now)
        standards: dict[int, list[dict[str, Any]]] = {}
        for row in work.session.scalars(
            sa.select(CaseStandard).where(CaseStandard.policy_version_id == policy_id).order_by(CaseStandard.number)
        ):
            standards.setdefault(row.category_id, []).append(standard_dict(row))
        categories = work.session.scalars(sa.select(Category).where(Category.active).order_by(Category.code))
        return [category_dict(row) | {"standards": standards.get(row.id, [])} for row in categories]

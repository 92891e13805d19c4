"""What the people and units of a city lack so that nothing goes quietly wrong: conditions for a count and for the list
that it opens, so that both find the same. Of the actor's subtree."""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from hotline.domain.actors import Role
from hotline.models import Staff, Unit, UnitKind
from hotline.services.work import Work

Conditions = tuple[sa.ColumnElement[bool], ...]


class Lack(StrEnum):
    """What a unit is without."""

    HANDLERS = "handlers"
    PHONE = "phone"


def units(work: Work, lack: Lack) -> Conditions:
    """Of units in use. A station may be served by its department, so only departments lack handlers: where nobody, in
    the unit or below it, is one."""
    below = aliased(Unit)
    somebody = (
        sa.exists()
        .where(Staff.unit_id == below.id, Staff.active, Staff.roles.contains([Role.HANDLER.value]))
        .where(below.path.startswith(Unit.path))
    )
    working = Unit.kind.in_((UnitKind.DEPARTMENT, UnitKind.STATION))
    lacking: dict[Lack, Conditions] = {
        Lack.HANDLERS: (Unit.kind == UnitKind.DEPARTMENT, ~somebody),
        Lack.PHONE: (working, sa.func.coalesce(Unit.duty_phone, "") == ""),
    }
    return (Unit.active.is_(True), Unit.path.startswith(work.actor.unit_path), *lacking[lack])


def never_in(work: Work) -> Conditions:
    """Of `Staff` joined with `Unit`: who may log in and never has."""
    return (Staff.active.is_(True), Staff.last_login_at.is_(None), Unit.path.startswith(work.actor.unit_path))

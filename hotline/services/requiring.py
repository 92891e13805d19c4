"""Whose role must have a second factor: a rule of the city, set by the administrators of its centre."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from hotline.domain.actors import STAFF_ROLES, Role
from hotline.domain.errors import Invalid, NotAllowed
from hotline.models import Setting
from hotline.services import changing, scoping
from hotline.services.entering import SETTING
from hotline.services.work import Work

SUBJECT: Final = "two_factor"
NAME: Final = "登录要求"


def may(work: Work) -> bool:
    """Whether the actor sets it: it holds in the whole city."""
    return Role.ADMINISTRATOR in work.actor.roles and scoping.is_root(work.actor)


def roles(work: Work) -> Sequence[str]:
    """The roles that must, in the order of the chain."""
    row = work.session.get(Setting, SETTING)
    chosen = row.body.get("roles", ()) if row is not None else ()
    return [role.value for role in STAFF_ROLES if role.value in chosen]


def require(work: Work, chosen: Sequence[str]) -> None:
    """These must, and no others, from now on: who has none yet has to log in again. Raises Invalid, NotAllowed."""
    if not may(work):
        raise NotAllowed("登录要求由市级中心的管理员设定。")
    before = _held(work)
    _set(work, chosen)
    changing.record(work, SUBJECT, SETTING, NAME, {"roles": before}, {"roles": list(roles(work))})


def _held(work: Work) -> list[str]:
    """As it stands, and nobody else changes it meanwhile."""
    work.session.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('two_factor'))"))
    return list(roles(work))


def _set(work: Work, chosen: Sequence[str]) -> None:
    if not set(chosen) <= set(STAFF_ROLES):
        raise Invalid({"roles": "请选择列表中的角色。"})
    body = {"roles": [role.value for role in STAFF_ROLES if role.value in chosen]}
    row = work.session.get(Setting, SETTING)
    if row is None:
        row = Setting(name=SETTING)
        work.session.add(row)
    row.body, row.changed_at, row.changed_by_id = body, work.now, work.actor.staff_id
    work.session.flush()


def _put(work: Work, subject_id: str, values: Mapping[str, Any] | None) -> None:
    _set(work, (values or {}).get("roles", ()))


changing.know(
    changing.Subject(
        SUBJECT, "登录要求", {"roles": "必须使用第二重验证的角色"}, lambda work, _: {"roles": _held(work)}, _put
    )
)

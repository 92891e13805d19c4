"""接口令牌: the API clients of a subtree, as its administrators keep them. The token itself: see `clients`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from hotline.domain.errors import Invalid, NotFound
from hotline.domain.texts import clean
from hotline.models import ApiClient, Unit
from hotline.services import changing, clients
from hotline.services.organising import check_role
from hotline.services.work import Work

SUBJECT: Final = "client"
LONGEST: Final = 60  # characters of a name


@dataclass(frozen=True)
class Listed:
    """A client with its unit."""

    client: ApiClient
    unit: Unit


def browse(work: Work) -> list[Listed]:
    """The clients of the actor's subtree, those in use first."""
    check_role(work)
    query = _theirs(work).order_by(ApiClient.active.desc(), ApiClient.name)
    return [Listed(client, unit) for client, unit in work.session.execute(query)]


def issue(work: Work, name: str, unit_id: int | None, roles: Sequence[str]) -> str:
    """A new client of a unit in the actor's subtree; its token, told once. Raises Invalid."""
    check_role(work)
    name = clean(name)
    unit = work.session.scalar(
        sa.select(Unit).where(Unit.id == unit_id, Unit.active, Unit.path.startswith(work.actor.unit_path))
    )
    faults = {}
    if not name or len(name) > LONGEST:
        faults["name"] = f"请填写名称，最多{LONGEST}个字，例如“市政系统”。"
    if unit is None:
        faults["unit_id"] = "请选择本单位或下级的在用单位。"
    if not roles:
        faults["roles"] = "请至少选择一个角色。"
    if faults or unit is None:
        raise Invalid(faults)
    token = clients.create(work.session, name, unit.key, roles, work.now)
    made = work.session.scalars(sa.select(ApiClient).where(ApiClient.token_hash == clients.hash_token(token))).one()
    changing.record(work, SUBJECT, made.id, made.name, None, _values(made), unit.path)
    return token


def switch(work: Work, client_id: int, active: bool) -> ApiClient:
    """停用, or in use again. Raises NotFound."""
    found = _find(work, client_id)
    before = _values(found.client)
    found.client.active = active
    work.session.flush()
    changing.record(work, SUBJECT, client_id, found.client.name, before, _values(found.client), found.unit.path)
    return found.client


def _theirs(work: Work) -> sa.Select[ApiClient, Unit]:
    in_subtree = Unit.path.startswith(work.actor.unit_path)
    return sa.select(ApiClient, Unit).join(Unit, Unit.id == ApiClient.unit_id).where(in_subtree)


def _find(work: Work, client_id: int) -> Listed:
    check_role(work)
    query = _theirs(work).where(ApiClient.id == client_id).with_for_update(key_share=True, of=ApiClient)
    row = work.session.execute(query.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound("没有找到这个接口客户。")
    return Listed(*row)


def _values(client: ApiClient) -> dict[str, Any]:
    return {"name": client.name, "unit_id": client.unit_id, "roles": list(client.roles), "active": client.active}


def _read(work: Work, subject_id: str) -> Mapping[str, Any] | None:
    try:
        return _values(_find(work, int(subject_id)).client)
    except NotFound:
        return None


def _put(work: Work, subject_id: str, values: Mapping[str, Any] | None) -> None:
    """Nothing but its use changes of a client."""
    _find(work, int(subject_id)).client.active = bool((values or {}).get("active"))


FIELDS = {"name": "名称", "unit_id": "单位", "roles": "角色", "active": "在用"}
changing.know(changing.Subject(SUBJECT, "接口令牌", FIELDS, _read, _put))

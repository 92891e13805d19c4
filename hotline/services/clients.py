"""接口客户: machines that may act. A token is told once, when it is made; only its hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hotline.domain.actors import STAFF_ROLES, Actor, ActorKind, Role
from hotline.domain.errors import Invalid
from hotline.domain.texts import clean
from hotline.models import ApiClient, Unit, UnitKind

PREFIX = "hl_"  # so that a token found in a file or a log is known for what it is
NOTED = timedelta(hours=1)  # how often use is noted
CENTRES = (UnitKind.CENTRE, UnitKind.COUNTY_CENTRE)


@dataclass(frozen=True)
class Client:
    """An API client with the centre that takes in what it sends: its own unit, or the next centre above."""

    actor: Actor
    centre: tuple[int, str]


def create(session: Session, name: str, unit_key: str, roles: Iterable[str], now: datetime) -> str:
    """A new client; returns its token, which cannot be shown again.

    Raises Invalid for a name that is taken, a unit or role that is not known.
    """
    name, roles = clean(name).strip(), list(dict.fromkeys(roles))
    unit = session.scalar(sa.select(Unit).where(Unit.key == unit_key, Unit.active))
    faults = {}
    if not name:
        faults["name"] = "请填写名称。"
    elif session.scalar(sa.select(ApiClient.id).where(ApiClient.name == name)) is not None:
        faults["name"] = f"名称“{name}”已被使用，请换一个。"
    if unit is None:
        faults["unit"] = f"没有单位“{unit_key}”，请填写单位的代号。"
    unknown = [role for role in roles if role not in STAFF_ROLES]
    if unknown or not roles:
        known = "、".join(role.value for role in STAFF_ROLES)
        faults["roles"] = f"没有角色“{'、'.join(unknown)}”，可用的有 {known}。"
    if faults or unit is None:
        raise Invalid(faults)
    token = PREFIX + secrets.token_urlsafe(32)
    session.add(
        ApiClient(name=name, token_hash=hash_token(token), unit_id=unit.id, roles=roles, active=True, created_at=now)
    )
    session.flush()
    return token


def hash_token(token: str) -> str:
    """How a token is stored: 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def find(session: Session, token: str, now: datetime) -> Client | None:
    """The active client of this token; that it was used is noted, once an hour."""
    row = session.execute(
        sa.select(ApiClient, Unit)
        .join(Unit, Unit.id == ApiClient.unit_id)
        .where(ApiClient.token_hash == hash_token(token), ApiClient.active, Unit.active)
    ).one_or_none()
    if row is None:
        return None
    client, unit = row
    if client.last_used_at is None or client.last_used_at <= now - NOTED:
        client.last_used_at = now
    roles = frozenset(Role(role) for role in client.roles)
    actor = Actor(ActorKind.CLIENT, client.name, client.id, roles, unit.id, unit.path)
    return Client(actor, centre_above(session, unit.path))


def centre_above(session: Session, unit_path: str) -> tuple[int, str]:
    """Id and path of the centre that a unit belongs to; its own if it is one. The top of the tree always is."""
    lineage = [int(part) for part in unit_path.strip("/").split("/")]
    query = (
        sa.select(Unit.id, Unit.path)
        .where(Unit.id.in_(lineage), sa.or_(Unit.kind.in_(CENTRES), Unit.parent_id.is_(None)))
        .order_by(sa.func.length(Unit.path).desc())
        .limit(1)
    )
    unit_id, path = session.execute(query).one()
    return unit_id, path

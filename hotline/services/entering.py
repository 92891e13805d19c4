"""登录: what is counted and compared when somebody asks to be let in. Time and hashing come in as arguments.

Wrong passwords and wrong codes are counted in the person's row, so that all web processes count together and nobody
has more tries for asking many times at once. What is told to the one who asks is the same for all failures.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hotline.domain.actors import Actor, ActorKind, Role
from hotline.models import Setting, Staff, Unit

TRIES: Final = 10  # wrong ones in a row
SHUT_FOR: Final = timedelta(minutes=15)
SETTING: Final = "two_factor"  # {"roles": […]}: who must have a second factor


@dataclass(frozen=True)
class Known:
    """Who is behind a log-in, with what still stands between him and the desk."""

    actor: Actor
    login: str
    unit_name: str
    epoch: int
    password_hash: str
    must_change: bool
    has_second: bool
    needs_second: bool
    shut: bool


def known(session: Session, condition: sa.ColumnElement[bool], now: datetime) -> Known | None:
    """The active person of a condition on `Staff`. One query."""
    required = sa.select(Setting.body).where(Setting.name == SETTING).scalar_subquery()
    row = session.execute(
        sa.select(Staff, Unit, required).join(Unit, Unit.id == Staff.unit_id).where(condition, Staff.active)
    ).one_or_none()
    if row is None:
        return None
    staff, unit, setting = row
    roles = frozenset(Role(role) for role in staff.roles)
    return Known(
        actor=Actor(ActorKind.STAFF, staff.name, staff.id, roles, unit.id, unit.path),
        login=staff.login,
        unit_name=unit.name,
        epoch=staff.session_epoch,
        password_hash=staff.password_hash,
        must_change=staff.must_change_password,
        has_second=staff.totp_sealed is not None,
        needs_second=not roles.isdisjoint((setting or {}).get("roles", ())),
        shut=staff.locked_until is not None and staff.locked_until > now,
    )


def fail(session: Session, staff_id: int, now: datetime) -> None:
    """One more wrong one; the tenth in a row shuts the log-in for a quarter of an hour, and counting begins anew."""
    last = Staff.failures + 1 >= TRIES
    session.execute(
        sa.update(Staff)
        .where(Staff.id == staff_id, _not_shut(now))
        .values(
            failures=sa.case((last, 0), else_=Staff.failures + 1),
            locked_until=sa.case((last, now + SHUT_FOR), else_=Staff.locked_until),
        ),
        execution_options={"synchronize_session": False},
    )


def is_open(session: Session, staff_id: int, now: datetime) -> bool:
    """Whether the log-in is not shut, also not meanwhile by others who tried."""
    query = sa.select(Staff.id).where(Staff.id == staff_id, Staff.active, _not_shut(now))
    return session.scalar(query) is not None


def enter(session: Session, staff_id: int, now: datetime) -> None:
    """Let in: the count begins anew."""
    session.execute(
        sa.update(Staff).where(Staff.id == staff_id).values(failures=0, locked_until=None, last_login_at=now),
        execution_options={"synchronize_session": False},
    )


def _not_shut(now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(Staff.locked_until.is_(None), Staff.locked_until <= now)

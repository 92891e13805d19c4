"""登录: what is counted and compared when somebody asks to be let in. Time and hashing come in as arguments.

Wrong passwords and wrong codes are counted in the person's row, so that all web processes count together and nobody
has more tries for asking many times at once. What is told to the one who asks is the same for all failures.

Browsers in which this person has been logged in are counted apart (`own`; OWASP, Slow Down Online Guessing Attacks with
Device Cookies): whoever tries from elsewhere shuts elsewhere, and does not keep the person out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

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

    @property
    def lacks_second(self) -> bool:
        """The role must have a second factor, and this person has none yet."""
        return self.needs_second and not self.has_second


def known(session: Session, condition: sa.ColumnElement[bool]) -> Known | None:
    """The active person of a condition on `Staff`. One query."""
    return _as_known(session.execute(_ACTIVE.where(condition)).one_or_none())


def known_by_session(connection: sa.Connection, staff_id: int, epoch: int) -> Known | None:
    """The active person whose sessions are of this epoch; the statement is put together once."""
    return _as_known(connection.execute(_OF_SESSION, {"staff_id": staff_id, "epoch": epoch}).one_or_none())


def _as_known(row: sa.Row[*tuple[Any, ...]] | None) -> Known | None:
    if row is None:
        return None
    roles = frozenset(Role(role) for role in row.roles)
    return Known(
        actor=Actor(ActorKind.STAFF, row.name, row.id, roles, row.unit_id, row.path),
        login=row.login,
        unit_name=row.unit_name,
        epoch=row.session_epoch,
        password_hash=row.password_hash,
        must_change=row.must_change_password,
        has_second=row.has_second,
        needs_second=not roles.isdisjoint((row.setting or {}).get("roles", ())),
    )


#: Every request reads this: not the whole rows.
_READ: Final = (
    *(Staff.id, Staff.name, Staff.login, Staff.roles, Staff.session_epoch, Staff.password_hash),
    *(Staff.must_change_password, Staff.totp_sealed.is_not(None).label("has_second")),
    *(Unit.id.label("unit_id"), Unit.name.label("unit_name"), Unit.path),
)
_REQUIRED: Final = sa.select(Setting.body).where(Setting.name == SETTING).scalar_subquery()
_ACTIVE: Final = sa.select(*_READ, _REQUIRED.label("setting")).join(Unit, Unit.id == Staff.unit_id).where(Staff.active)
_OF_SESSION: Final = _ACTIVE.where(Staff.id == sa.bindparam("staff_id"), Staff.session_epoch == sa.bindparam("epoch"))


def fail(session: Session, staff_id: int, *, now: datetime, own: bool) -> None:
    """One more wrong one; the tenth in a row shuts the log-in for a quarter of an hour, and counting begins anew."""
    failures, until = _counted(own)
    last = failures + 1 >= TRIES
    session.execute(
        sa.update(Staff)
        .where(Staff.id == staff_id, _not_shut(now, own))
        .values(
            {failures: sa.case((last, 0), else_=failures + 1), until: sa.case((last, now + SHUT_FOR), else_=until)}
        ),
        execution_options={"synchronize_session": False},
    )


def is_open(session: Session, staff_id: int, *, now: datetime, own: bool) -> bool:
    """Whether the log-in is not shut, also not meanwhile by others who tried."""
    query = sa.select(Staff.id).where(Staff.id == staff_id, Staff.active, _not_shut(now, own))
    return session.scalar(query) is not None


def enter(session: Session, staff_id: int, *, now: datetime, own: bool) -> None:
    """Let in: the count begins anew."""
    failures, until = _counted(own)
    session.execute(
        sa.update(Staff).where(Staff.id == staff_id).values({failures: 0, until: None, Staff.last_login_at: now}),
        execution_options={"synchronize_session": False},
    )


def open_again(staff: Staff) -> None:
    """What was counted is forgotten."""
    staff.failures, staff.locked_until = 0, None
    staff.own_failures, staff.own_locked_until = 0, None


def is_shut(staff: Staff, now: datetime) -> bool:
    """Whether somebody has tried too often, from wherever."""
    return any(until is not None and until > now for until in (staff.locked_until, staff.own_locked_until))


Counted = tuple[InstrumentedAttribute[int], InstrumentedAttribute[datetime | None]]


def _counted(own: bool) -> Counted:
    return (Staff.own_failures, Staff.own_locked_until) if own else (Staff.failures, Staff.locked_until)


def _not_shut(now: datetime, own: bool) -> sa.ColumnElement[bool]:
    _, until = _counted(own)
    return sa.or_(until.is_(None), until <= now)

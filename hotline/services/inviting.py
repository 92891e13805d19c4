"""密码: set with the key of an invitation, changed with the former one, taken away by an administrator.

Of a key or a password only the hash is kept, and nothing of either is ever written into the record of changes.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hotline.domain import passwords
from hotline.domain.errors import Invalid, NotFound
from hotline.models import Staff, Unit
from hotline.services import changing, entering
from hotline.services.work import Work

SUBJECT: Final = "access"
NO_PASSWORD = "!"  # noqa: S105 - what no password matches
VALID_FOR = timedelta(days=7)  # of an invitation
Check = Callable[[str, str], bool]  # hash, password
Hash = Callable[[str], str]


def invite(work: Work, staff: Staff) -> str:
    """A key with which the person sets a password; a former one is worth nothing any more."""
    key = secrets.token_urlsafe(24)
    staff.invitation_hash = _hash(key)
    staff.invited_until = work.now + VALID_FOR
    work.session.flush()
    return key


def reset(work: Work, staff: Staff) -> str:
    """The password is worth nothing any more, all sessions end; the key of a new invitation."""
    staff.password_hash = NO_PASSWORD
    entering.open_again(staff)
    staff.session_epoch += 1
    note(work, staff, "重置密码，发出新的邀请")
    return invite(work, staff)


def end_sessions(work: Work, staff: Staff) -> None:
    """Whoever is logged in under this name has to log in again."""
    staff.session_epoch += 1
    note(work, staff, "退出全部会话")


def note(work: Work, staff: Staff, what: str) -> None:
    """Write down what was done about somebody's way in."""
    path = work.session.scalar(sa.select(Unit.path).where(Unit.id == staff.unit_id)) or ""
    changing.record(work, SUBJECT, staff.id, staff.name, {}, {"done": what}, path)


def invited(session: Session, key: str, now: datetime) -> Staff:
    """Whose invitation this is. Raises NotFound for one that was used, replaced or is too old."""
    staff = session.scalar(
        sa.select(Staff).where(Staff.invitation_hash == _hash(key), Staff.invited_until > now, Staff.active)
    )
    if staff is None:
        raise NotFound("这个邀请链接已经用过或已过期，请联系本单位管理员重新发送。")
    return staff


def accept(session: Session, key: str, password: str, hash_password: Hash, now: datetime) -> str:
    """Set the password with the key, once; the log-in that it belongs to. Raises Invalid, NotFound."""
    staff = invited(session, key, now)
    _check(staff, password)
    taken = session.scalar(
        sa.update(Staff)
        .where(Staff.id == staff.id, Staff.invitation_hash == _hash(key))
        .values(
            invitation_hash=None,
            invited_until=None,
            password_hash=hash_password(password),
            password_changed_at=now,
            must_change_password=False,
            session_epoch=Staff.session_epoch + 1,
            failures=0,
            locked_until=None,
            own_failures=0,
            own_locked_until=None,
        )
        .returning(Staff.login)
    )
    if taken is None:  # two at once with one key
        raise NotFound("这个邀请链接已经用过，请直接登录。")
    return taken


def replace_password(
    session: Session, staff_id: int, password: str, hash_password: Hash, matches: Check, now: datetime
) -> int:
    """A new password, which is not the former one; all other sessions end. The new epoch. Raises Invalid."""
    staff = session.scalar(sa.select(Staff).where(Staff.id == staff_id).with_for_update(key_share=True))
    if staff is None:
        raise NotFound("没有找到这个账号。")
    _check(staff, password)
    if matches(staff.password_hash, password):
        raise Invalid({"password": "新密码与原密码相同，请换一个。"})
    staff.password_hash = hash_password(password)
    staff.password_changed_at = now
    staff.must_change_password = False
    staff.session_epoch += 1
    staff.invitation_hash, staff.invited_until = None, None
    session.flush()
    return staff.session_epoch


def _check(staff: Staff, password: str) -> None:
    fault = passwords.fault(password, staff.login, staff.name)
    if fault:
        raise Invalid({"password": fault})


def _hash(key: str) -> str:
    """192 random bits need no salt and no slow hash."""
    return hashlib.sha256(key.encode()).hexdigest()


changing.know(changing.Subject(SUBJECT, "登录与密码", {"done": "操作"}))

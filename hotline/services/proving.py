"""第二重验证 (TOTP, RFC 6238): a secret in the person's telephone, ten codes on paper for the day it is lost.

The secret is sealed with the city's keys, recovery codes are kept as hashes. A code works once: the counter it was
made for is compared and kept in one statement, so that of two who send the same code at once one gets in.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import datetime
from typing import Final

import pyotp
import sqlalchemy as sa
from sqlalchemy.orm import Session

from hotline.domain.errors import Invalid, NotFound, Refused
from hotline.models import Staff
from hotline.services import inviting
from hotline.services.entering import known
from hotline.services.vault import Vault
from hotline.services.work import Work

ISSUER: Final = "12319热线"
STEP: Final = 30  # seconds, as every authenticator app takes it
DRIFT: Final = 1  # steps that a telephone's clock may be wrong by, either way
RECOVERY_CODES: Final = 10
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that is misread on paper
_SECRET = re.compile(r"[A-Z2-7]{32}")
_RECOVERY_LENGTH = 10  # about 50 bits
_WRONG = "验证码不对。请看手机上当前显示的6位数字，并确认手机时间是自动校准的。"


def new_secret() -> str:
    """160 random bits in base32."""
    return pyotp.random_base32()


def uri(secret: str, login: str) -> str:
    """What the QR code holds. Raises NotFound for a secret that is not one of ours."""
    _check_secret(secret)
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def begin(work: Work, secret: str, code: str) -> list[str]:
    """Keep a secret whose code was typed rightly; the recovery codes, told once. Raises Invalid, NotFound, Refused."""
    _check_secret(secret)
    staff = _own(work)
    if staff.totp_sealed is not None:
        raise Refused("已经开启了第二重验证。要换手机，请先关闭。", code="second_factor_on")
    counter = _counter(secret, code, work.now)
    if counter is None:
        raise Invalid({"code": _WRONG})
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(_RECOVERY_LENGTH)) for _ in range(RECOVERY_CODES)]
    staff.totp_sealed = work.vault.seal(secret)
    staff.totp_counter = counter
    staff.recovery_hashes = [_hash(each) for each in codes]
    inviting.note(work, staff, "开启第二重验证")
    return [f"{each[:5]}-{each[5:]}" for each in codes]


def take(session: Session, vault: Vault, staff_id: int, code: str, now: datetime) -> bool:
    """Whether the code is right, and used up with that: one of the telephone, or one from the paper."""
    sealed = session.scalar(sa.select(Staff.totp_sealed).where(Staff.id == staff_id, Staff.active))
    if sealed is None:
        return False
    counter = _counter(vault.open(sealed), code, now)
    if counter is not None:
        fresh = sa.or_(Staff.totp_counter.is_(None), Staff.totp_counter < counter)
        statement = sa.update(Staff).where(Staff.id == staff_id, fresh).values(totp_counter=counter)
    else:
        spent = _hash(code)
        statement = (
            sa.update(Staff)
            .where(Staff.id == staff_id, Staff.recovery_hashes.contains([spent]))
            .values(recovery_hashes=sa.func.array_remove(Staff.recovery_hashes, spent))
        )
    taken = session.execute(statement.returning(Staff.id), execution_options={"synchronize_session": False})
    return taken.one_or_none() is not None


def end(work: Work, code: str) -> None:
    """Switch one's own off, with a code. Raises Invalid, and Refused where one's role must have it."""
    staff = _own(work)
    found = known(work.session, Staff.id == staff.id)
    if found is not None and found.needs_second:
        raise Refused("本单位要求该角色使用第二重验证，不能关闭。换手机请由管理员重置。", code="second_factor_needed")
    if not take(work.session, work.vault, staff.id, code, work.now):
        raise Invalid({"code": _WRONG})
    _clear(staff)
    inviting.note(work, staff, "关闭第二重验证")


def reset(work: Work, staff: Staff) -> None:
    """An administrator takes a lost telephone's factor away; all sessions end."""
    if staff.totp_sealed is None:
        raise Refused(f"{staff.name}没有开启第二重验证。", code="no_second_factor")
    _clear(staff)
    staff.session_epoch += 1
    inviting.note(work, staff, "重置第二重验证")


def _check_secret(secret: str) -> None:
    """It has been in a form on its way."""
    if not _SECRET.fullmatch(secret):
        raise NotFound("页面已过期，请重新打开。")


def _own(work: Work) -> Staff:
    staff = work.session.scalar(sa.select(Staff).where(Staff.id == work.actor.staff_id).with_for_update(key_share=True))
    if staff is None:
        raise NotFound("没有找到这个账号。")
    return staff


def _clear(staff: Staff) -> None:
    staff.totp_sealed, staff.totp_counter, staff.recovery_hashes = None, None, []


def _counter(secret: str, code: str, now: datetime) -> int | None:
    """The step that the code was made for; None if for none near `now`."""
    digits = re.sub(r"\s", "", code)
    if not re.fullmatch(r"[0-9]{6}", digits):
        return None
    totp, current = pyotp.TOTP(secret, interval=STEP), int(now.timestamp()) // STEP
    steps = range(current - DRIFT, current + DRIFT + 1)
    return next((step for step in steps if hmac.compare_digest(totp.generate_otp(step), digits)), None)


def _hash(code: str) -> str:
    """As it is typed: case, blanks and hyphens do not matter."""
    return hashlib.sha256(re.sub(r"[\s-]", "", code).lower().encode()).hexdigest()

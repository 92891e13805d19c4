"""Who a session belongs to. Between the right password and the desk it belongs to nobody: see `Entering`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import session
from flask_login import LoginManager, login_user
from flask_login import logout_user as _log_out

from hotline.domain.actors import Actor
from hotline.models import Staff
from hotline.services import entering
from hotline.services.entering import Known
from hotline.services.inviting import NO_PASSWORD
from hotline.web import browsers
from hotline.web.door import now, office

manager = LoginManager()
manager.login_view = "login.show"
manager.login_message = "请先登录。"

PATIENCE: Final = timedelta(minutes=10)  # between the password and the last step
_KEPT = "entering"
_hasher = PasswordHasher()
#: Checked where there is no password, so that the answer takes as long as where there is one. By the library's current
#: parameters; written here, because to make it anew is a tenth of what a start of the web server takes.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$9OoFmkvEmnlX1yKAYlD8iA$BL12qQyuKy98mjwsWYCuSUDz1Ea2zyQr8HV+L2/h6+Y"


class Person:
    """The one who is logged in, as flask-login wants it."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, known: Known) -> None:
        self.actor: Actor = known.actor
        self.login = known.login
        self.unit_name = known.unit_name
        self.epoch = known.epoch

    def get_id(self) -> str:
        """What the session keeps: the person, and the count that ends all sessions when it is raised."""
        return f"{self.actor.id}.{self.epoch}"


@dataclass(frozen=True)
class Entering:
    """Somebody who has given the right password, on his way in. `proved`: the second factor too."""

    known: Known
    proved: bool
    target: str

    @property
    def staff_id(self) -> int:
        """Whose row counts what goes wrong."""
        return int(self.known.actor.id or 0)

    @property
    def next_step(self) -> str | None:
        """The endpoint of what still stands between this person and the desk; None if nothing does."""
        if self.known.has_second and not self.proved:
            return "login.code"
        if self.known.must_change:
            return "login.password"
        if self.known.lacks_second:
            return "login.second_factor"
        return None


@manager.user_loader
def load(kept: str) -> Person | None:
    """The person of the session, if still active: read anew for every request, so that a lock-out holds at once.

    Who must change his password by now, or have a second factor, does that on a new way in.
    """
    staff_id, _, epoch = kept.partition(".")
    if not (staff_id.isdecimal() and epoch.isdecimal()):
        return None
    with office().reading() as connection:
        known = entering.known_by_session(connection, int(staff_id), int(epoch))
    if known is None or known.must_change or known.lacks_second:
        return None
    return Person(known)


def begin(known: Known, target: str) -> Entering:
    """The password was right."""
    session[_KEPT] = {"id": known.actor.id, "epoch": known.epoch, "at": now().timestamp(), "target": target}
    return Entering(known, False, target)


def on_the_way() -> Entering | None:
    """Who is on his way in with this session; nobody after a while, or if the account has changed meanwhile."""
    kept: dict[str, Any] | None = session.get(_KEPT)
    if kept is None or now().timestamp() - kept["at"] > PATIENCE.total_seconds():
        session.pop(_KEPT, None)
        return None
    with office().session() as unit:
        known = entering.known(unit, sa.and_(Staff.id == kept["id"], Staff.session_epoch == kept["epoch"]))
    return Entering(known, kept.get("proved", False), kept["target"]) if known is not None else None


def whose() -> str:
    """Whose way in this session is, to count by; nothing is asked of the database."""
    return str((session.get(_KEPT) or {}).get("id", ""))


def prove() -> None:
    """The second factor was right, too."""
    session[_KEPT] = session[_KEPT] | {"proved": True}


def renew(epoch: int) -> None:
    """The password of who is on his way in was changed by himself: this session goes on, all others end."""
    session[_KEPT] = session[_KEPT] | {"epoch": epoch}


def arrive(known: Known) -> None:
    """Logged in."""
    session.pop(_KEPT, None)
    login_user(Person(known))
    with office().session() as unit:
        entering.enter(unit, int(known.actor.id or 0), now=now(), own=browsers.has_let_in(known))
    browsers.remember(known)


def stay(known: Known) -> None:
    """This session goes on under the account's new epoch."""
    login_user(Person(known))
    browsers.remember(known)


def leave() -> None:
    """Logged out."""
    session.pop(_KEPT, None)
    _log_out()


def matches(known: str, password: str) -> bool:
    """Whether that is the password; where there is none the answer takes as long."""
    try:
        return _hasher.verify(_NOBODY if known == NO_PASSWORD else known, password) and known != NO_PASSWORD
    except (VerificationError, InvalidHashError):
        return False


def hash_password(password: str) -> str:
    """argon2id with the library's current parameters."""
    return _hasher.hash(password)


def nobody(password: str) -> None:
    """Take the time that a check takes."""
    matches(NO_PASSWORD, password)

"""Staff log in with name and password (argon2id). Who logs in stays nobody's guess: one answer for all failures."""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Blueprint, Flask, current_app, redirect, render_template, request, url_for
from flask_login import LoginManager, login_required, login_user, logout_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hotline.domain.actors import Actor, ActorKind, Role
from hotline.models import Staff, Unit
from hotline.web.door import office
from hotline.web.limits import limiter

blueprint = Blueprint("login", __name__)
manager = LoginManager()
manager.login_view = "login.show"
manager.login_message = "请先登录。"

#: A path of ours. Browsers read a backslash as a slash and leave out tabs and ends of line wherever they stand.
_INSIDE = re.compile(r"/(?!/)[^\\\x00-\x20\x7f]*")

_hasher = PasswordHasher()
#: Checked for unknown log-ins, so that the answer takes as long as for known ones.
_NOBODY = _hasher.hash("nobody")


class Person:
    """The one who is logged in, as flask-login wants it."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, actor: Actor, login: str, unit_name: str) -> None:
        self.actor = actor
        self.login = login
        self.unit_name = unit_name

    def get_id(self) -> str:
        """What the session keeps."""
        return str(self.actor.id)


def register(app: Flask) -> None:
    """Log-in pages and the session's owner."""
    manager.init_app(app)
    app.register_blueprint(blueprint)


@manager.user_loader
def load(staff_id: str) -> Person | None:
    """The person of the session, if still active: read anew for every request, so that a lock-out holds at once."""
    with office().session() as session:
        return _person(session, Staff.id == int(staff_id))


@blueprint.get("/login")
def show() -> str:
    """The log-in page; the demo shows its log-ins here, nothing else does."""
    return _page({}, "")


@blueprint.post("/login")
@limiter.limit("10/minute;60/hour")
def enter() -> Response | tuple[str, int]:
    """Log in and go where one was going."""
    login, password = request.form.get("username", "").strip(), request.form.get("password", "")
    with office().session() as session:
        staff = session.scalar(sa.select(Staff).where(Staff.login == login, Staff.active))
        person = _person(session, Staff.login == login) if staff is not None else None
        known = staff.password_hash if staff is not None else _NOBODY
    if not _matches(known, password) or person is None:
        return _page({"form": "账号或密码不对，请重新输入。"}, login), 422
    login_user(person)
    return redirect(_next())


@blueprint.post("/logout")
@login_required
def leave() -> Response:
    """Log out."""
    logout_user()
    return redirect(url_for("login.show"))


def _person(session: Session, condition: sa.ColumnElement[bool]) -> Person | None:
    row = session.execute(
        sa.select(Staff, Unit).join(Unit, Unit.id == Staff.unit_id).where(condition, Staff.active)
    ).one_or_none()
    if row is None:
        return None
    staff, unit = row
    roles = frozenset(Role(role) for role in staff.roles)
    return Person(Actor(ActorKind.STAFF, staff.name, staff.id, roles, unit.id, unit.path), staff.login, unit.name)


def _matches(known: str, password: str) -> bool:
    try:
        return _hasher.verify(known, password)
    except (VerificationError, InvalidHashError):
        return False


def _next() -> str:
    """Only inside this house: no address of another host."""
    target = request.form.get("next", "")
    return target if _INSIDE.fullmatch(target) else url_for("staff.tickets")


def _page(errors: dict[str, str], login: str) -> str:
    demo: list[dict[str, Any]] = current_app.config.get("DEMO_LOGINS", [])
    next_url = request.values.get("next", "")
    return render_template(
        "staff/login.html", next_url=next_url, errors=errors, values={"username": login}, demo_logins=demo
    )

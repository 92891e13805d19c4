"""Staff log in with name and password (argon2id). Who logs in stays nobody's guess: one answer for all failures."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Blueprint, Flask, current_app, redirect, render_template, request, url_for
from flask_login import login_required
from werkzeug.wrappers import Response

from hotline.models import Staff
from hotline.services import entering
from hotline.web import browsers, login_steps, sessions
from hotline.web.door import now, office
from hotline.web.limits import View, against_guessing
from hotline.web.sessions import Entering

blueprint = Blueprint("login", __name__)

#: A path of ours. Browsers read a backslash as a slash and leave out tabs and ends of line wherever they stand.
_INSIDE = re.compile(r"/(?!/)[^\\\x00-\x20\x7f]*")
_WRONG: Final = (
    f"账号或密码不对，请重新输入。连续输错{entering.TRIES}次，账号会锁定"
    f"{int(entering.SHUT_FOR.total_seconds()) // 60}分钟。"
)


_ENDED: Final = "登录已失效，刚才没有提交。请重新登录后再提交。"


def register(app: Flask) -> None:
    """Log-in pages and the session's owner."""
    sessions.manager.init_app(app)
    app.register_blueprint(blueprint)


login_steps.add_to(blueprint)


def _by_name(view: View) -> View:
    return against_guessing(view, _typed_name)


def _typed_name() -> str:
    return request.form.get("username", "").strip()[:64].lower()


@blueprint.get("/login")
def show() -> str:
    """The log-in page; the demo shows its log-ins here, nothing else does."""
    return _page({}, "")


@blueprint.post("/login")
@_by_name
def enter() -> Response | tuple[str, int]:
    """Log in and go where one was going, by way of what this person has to do first."""
    login, password = request.form.get("username", "").strip(), request.form.get("password", "")
    entered = _checked(login, password)
    if entered is None:
        return _page({"form": _WRONG}, login), 422
    return login_steps.go_on(entered)


@blueprint.post("/logout")
@login_required
def leave() -> Response:
    """Log out."""
    sessions.leave()
    return redirect(url_for("login.show"))


@blueprint.after_request
def _never_kept(response: Response) -> Response:
    """No cache keeps a page with a code or a key."""
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _checked(login: str, password: str) -> Entering | None:
    """Who has given the right password, unless the log-in is shut. All failures take the same time."""
    if "\x00" in login:
        return None
    with office().session() as unit:
        known = entering.known(unit, Staff.login == login)
    if known is None:
        sessions.nobody(password)
        return None
    right, own = sessions.matches(known.password_hash, password), browsers.has_let_in(known)
    with office().session() as unit:
        if not right:
            entering.fail(unit, int(known.actor.id or 0), now=now(), own=own)
            return None
        if not entering.is_open(unit, int(known.actor.id or 0), now=now(), own=own):
            return None
    return sessions.begin(known, _next())


def _next() -> str:
    """Only inside this house: no address of another host."""
    target = request.form.get("next", "")
    return target if _INSIDE.fullmatch(target) else url_for("staff.home")


def ended() -> tuple[str, int]:
    """A form of the desk was sent and its session is over: log in, and come back to the page that it stood on."""
    came_from = urlsplit(request.referrer or "")
    here = came_from.netloc == request.host and came_from.path.startswith("/desk/")
    back = came_from._replace(scheme="", netloc="", fragment="").geturl() if here else ""
    return _page({"form": _ENDED}, "", back or url_for("staff.home"), ended=True), 401


def _page(errors: dict[str, str], login: str, next_url: str | None = None, *, ended: bool = False) -> str:
    demo: list[dict[str, Any]] = current_app.config.get("DEMO_LOGINS", [])
    return render_template(
        "staff/login.html",
        action=url_for("login.enter"),
        next_url=request.values.get("next", "") if next_url is None else next_url,
        errors=errors,
        ended=ended,
        values={"username": login},
        demo_logins=demo,
    )

"""Between the password and the desk: the code of the second factor, a password of one's own, a factor where the role
must have one. And the first password of somebody who was invited."""

from __future__ import annotations

import segno
from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hotline.domain.errors import Invalid
from hotline.services import entering, inviting, proving
from hotline.web import browsers, sessions
from hotline.web.door import now, office
from hotline.web.limits import against_guessing, limiter
from hotline.web.sessions import Entering

Answer = str | Response | tuple[str, int]
_LATE = "登录已过时，请重新输入账号和密码。"
_DIFFERENT = "两次输入的密码不一样，请重新输入。"


def add_to(blueprint: Blueprint) -> None:
    """The addresses."""
    for rule, endpoint, method, view in (
        ("/login/code", "code", "GET", code),
        ("/login/code", "give_code", "POST", against_guessing(give_code, sessions.whose)),
        ("/login/password", "password", "GET", password),
        ("/login/password", "change_password", "POST", against_guessing(change_password, sessions.whose)),
        ("/login/second-factor", "second_factor", "GET", second_factor),
        ("/login/second-factor", "begin_second_factor", "POST", against_guessing(begin_second_factor, sessions.whose)),
        ("/login/onward", "onward", "GET", onward),
        ("/invitations/<key>", "invitation", "GET", limiter.limit("30/minute")(invitation)),
        ("/invitations/<key>", "accept", "POST", against_guessing(accept)),
    ):
        blueprint.add_url_rule(rule, endpoint, view, methods=[method])


def go_on(entered: Entering) -> Response:
    """To what this person still has to do; to where he was going, if there is nothing."""
    if entered.next_step is not None:
        return redirect(url_for(entered.next_step), 303)
    sessions.arrive(entered.known)
    return redirect(entered.target)


def onward() -> Response:
    """GET /login/onward: behind a page that had something to read."""
    entered = sessions.on_the_way()
    return go_on(entered) if entered is not None else _late()


def code() -> Answer:
    """GET /login/code."""
    entered = sessions.on_the_way()
    return render_template("staff/code.html", errors={}) if entered is not None else _late()


def give_code() -> Answer:
    """POST /login/code. What is wrong counts as a wrong password does; an account that is shut takes no code."""
    entered = sessions.on_the_way()
    if entered is None:
        return _late()
    own = browsers.has_let_in(entered.known)
    with office().session() as unit:
        right = entering.is_open(unit, entered.staff_id, now=now(), own=own) and proving.take(
            unit, office().vault, entered.staff_id, request.form.get("code", ""), now()
        )
        if not right:
            entering.fail(unit, entered.staff_id, now=now(), own=own)
    if not right:
        errors = {"code": "验证码不对或已经用过。请等手机显示下一组数字后再输入，或输入一个恢复码。"}
        return render_template("staff/code.html", errors=errors), 422
    sessions.prove()
    return onward()


def password() -> Answer:
    """GET /login/password: before anything else, a password that nobody else has seen."""
    entered = _at("login.password")
    return render_template("staff/password.html", **_choosing(entered, {})) if entered is not None else _late()


def change_password() -> Answer:
    """POST /login/password."""
    entered = _at("login.password")
    if entered is None:
        return _late()
    try:
        wanted = chosen_password()
        with office().session() as unit:
            epoch = inviting.replace_password(
                unit, entered.staff_id, wanted, sessions.hash_password, sessions.matches, now()
            )
    except Invalid as error:
        return render_template("staff/password.html", **_choosing(entered, error.fields)), 422
    sessions.renew(epoch)
    return onward()


def second_factor() -> Answer:
    """GET /login/second-factor: the role must have one."""
    entered = _at("login.second_factor")
    if entered is None:
        return _late()
    return render_template("staff/second_factor.html", **enrolment(proving.new_secret(), entered.known.login, {}, True))


def begin_second_factor() -> Answer:
    """POST /login/second-factor: the recovery codes, once."""
    entered = _at("login.second_factor")
    if entered is None:
        return _late()
    secret = request.form.get("secret", "")
    try:
        with office().work(entered.known.actor, now()) as unit:
            codes = proving.begin(unit, secret, request.form.get("code", ""))
    except Invalid as error:
        page = enrolment(secret, entered.known.login, error.fields, True)
        return render_template("staff/second_factor.html", **page), 422
    sessions.prove()
    return render_template("staff/recovery_codes.html", codes=codes, next_url=url_for("login.onward"))


def invitation(key: str) -> Answer:
    """GET /invitations/<key>."""
    with office().session() as unit:
        staff = inviting.invited(unit, key, now())
        return _invitation(staff.name, staff.login, {})


def accept(key: str) -> Answer:
    """POST /invitations/<key>: the first password; then the log-in page."""
    try:
        with office().session() as unit:
            login = inviting.accept(unit, key, chosen_password(), sessions.hash_password, now())
    except Invalid as error:
        with office().session() as unit:
            staff = inviting.invited(unit, key, now())
            return _invitation(staff.name, staff.login, error.fields), 422
    sessions.leave()
    flash(f"密码已设置，请用账号 {login} 登录。", "success")
    return redirect(url_for("login.show"), 303)


def chosen_password() -> str:
    """The new password, typed twice. Raises Invalid."""
    wanted = request.form.get("password", "")
    if wanted != request.form.get("again", ""):
        raise Invalid({"again": _DIFFERENT})
    return wanted


def enrolment(
    secret: str, login: str, errors: dict[str, str], required: bool, *, current: bool = False
) -> dict[str, object]:
    """The context of staff/second_factor.html. `current`: the password is asked for. Raises NotFound for a secret that
    was not made by us."""
    made = segno.make(proving.uri(secret, login), error="m", micro=False)
    qr = made.svg_data_uri(scale=4, dark="#000", light="#fff", border=4)
    grouped = " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))
    shown = {"qr": qr, "secret": secret, "grouped": grouped, "login": login}
    return shown | {"errors": errors, "required": required, "current": current}


def _at(step: str) -> Entering | None:
    """Who is on his way in and has come to this step."""
    entered = sessions.on_the_way()
    return entered if entered is not None and entered.next_step == step else None


def _late() -> Response:
    flash(_LATE, "error")
    return redirect(url_for("login.show"), 303)


def _choosing(entered: Entering, errors: dict[str, str]) -> dict[str, object]:
    return {"login": entered.known.login, "errors": errors, "current": False, "first": True}


def _invitation(name: str, login: str, errors: dict[str, str]) -> str:
    days = inviting.VALID_FOR.days
    return render_template("staff/invitation.html", name=name, login=login, errors=errors, days=days)

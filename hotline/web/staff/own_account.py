"""本人的密码和第二重验证: everybody's own, with the password asked again."""

from __future__ import annotations

import sqlalchemy as sa
from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from hotline.domain.errors import Invalid
from hotline.models import Staff
from hotline.services import entering, inviting, proving
from hotline.services.entering import Known
from hotline.web import sessions
from hotline.web.door import now, office, work
from hotline.web.limits import View, against_guessing
from hotline.web.login_steps import chosen_password, enrolment

Answer = str | Response | tuple[str, int]
_WRONG = "密码不对，请重新输入。"
_SHUT = f"密码连续输错{entering.TRIES}次，暂时锁定，请{int(entering.SHUT_FOR.total_seconds()) // 60}分钟后再试。"


def _guarded(view: View) -> View:
    """Only what is wrong counts, by person: a whole centre that sits behind one address may change its passwords."""
    return against_guessing(view, lambda: str(_own_id()))


def password() -> str:
    """GET /desk/me/password."""
    return _password_page({})


@_guarded
def change_password() -> Answer:
    """POST /desk/me/password: this session goes on, all others end."""
    try:
        _check_own(request.form.get("current", ""), "current")
        wanted = chosen_password()
        with office().session() as unit:
            inviting.replace_password(unit, _own_id(), wanted, sessions.hash_password, sessions.matches, now())
            known = _known(unit)
    except Invalid as error:
        return _password_page(error.fields), 422
    sessions.stay(known)
    flash("密码已修改，在其他设备上的登录已退出。", "success")
    return redirect(url_for("staff.me"), 303)


def second_factor() -> str:
    """GET /desk/me/second-factor: to begin it, or to end it."""
    with office().session() as unit:
        known = _known(unit)
    if known.has_second:
        return _ending_page(known, {})
    return render_template(
        "staff/second_factor.html", **enrolment(proving.new_secret(), known.login, {}, False, current=True)
    )


@_guarded
def begin_second_factor() -> Answer:
    """POST /desk/me/second-factor: with password and code; the recovery codes, once."""
    secret = request.form.get("secret", "")
    try:
        _check_own(request.form.get("password", ""), "password")
        with work() as unit:
            codes = proving.begin(unit, secret, request.form.get("code", ""))
    except Invalid as error:
        page = enrolment(secret, current_user.login, error.fields, False, current=True)
        return render_template("staff/second_factor.html", **page), 422
    return render_template("staff/recovery_codes.html", codes=codes, next_url=url_for("staff.own_second_factor"))


@_guarded
def end_second_factor() -> Answer:
    """POST /desk/me/second-factor/end: with password and code."""
    try:
        _check_own(request.form.get("password", ""), "password")
        with work() as unit:
            proving.end(unit, request.form.get("code", ""))
    except Invalid as error:
        with office().session() as bare:
            if "code" in error.fields:  # its transaction has been rolled back; a wrong code counts as at the log-in
                entering.fail(bare, _own_id(), now=now(), own=True)
            known = _known(bare)
        return _ending_page(known, error.fields), 422
    flash("第二重验证已关闭。", "success")
    return redirect(url_for("staff.me"), 303)


def _own_id() -> int:
    return int(current_user.actor.id)


def _known(session: sa.orm.Session) -> Known:
    known = entering.known(session, Staff.id == _own_id())
    assert known is not None, "who is logged in is there"
    return known


def _check_own(password: str, field: str) -> None:
    """The password again, counted as at the log-in: whoever finds an open desk does not try at leisure.

    Raises Invalid.
    """
    with office().session() as unit:
        known = _known(unit)
    right = sessions.matches(known.password_hash, password)
    with office().session() as unit:
        if not right:
            entering.fail(unit, _own_id(), now=now(), own=True)
        is_open = entering.is_open(unit, _own_id(), now=now(), own=True)
    if not (right and is_open):
        raise Invalid({field: _WRONG if is_open else _SHUT})


def _password_page(errors: dict[str, str]) -> str:
    return render_template("staff/password.html", login=current_user.login, errors=errors, current=True, first=False)


def _ending_page(known: Known, errors: dict[str, str]) -> str:
    with office().session() as unit:
        left = unit.scalar(sa.select(sa.func.cardinality(Staff.recovery_hashes)).where(Staff.id == _own_id()))
    return render_template(
        "staff/own_second_factor.html",
        left=left or 0,
        required=known.needs_second,
        errors=errors,
        end_url=url_for("staff.end_second_factor"),
    )

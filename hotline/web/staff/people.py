"""人员: the list, and each person's page — roles, unit, way in. For administrators, within their own subtree."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from hotline.domain.actors import STAFF_ROLES, Role
from hotline.domain.errors import Invalid, Refused
from hotline.models import Staff
from hotline.services import entering, inviting, overlapping, proving, requiring, staffing
from hotline.services.staffing import Person, Sought, Wanted
from hotline.services.work import Work
from hotline.web.door import office, work
from hotline.web.paging import place_of
from hotline.web.staff import options, rights, stale, words
from hotline.web.staff.units import number

Answer = str | Response | tuple[str, int]
NEVER = "never"
STATES = {"active": "在用", "locked": "已停用", NEVER: "从未登录"}
ASKED = ("text", "unit", "alone", "role", "state")


def show() -> Answer:
    """GET /desk/people: sifted by the query."""
    asked = {name: request.args.get(name, "").strip() for name in ASKED}
    said: dict[str, Any] = {name: value for name, value in asked.items() if value}
    with work() as unit:
        found = staffing.browse(unit, _sought(asked), place_of(request.args))
        if found.astray:
            return redirect(url_for("staff.people", **said), 302)
        return render_template(
            "staff/people.html",
            people=[_listed(person, unit.now) for person in found],
            filters=_filters(unit),
            values=asked,
            sifted=bool(said),
            next_url=url_for("staff.people", **said, after=found.after) if found.after else None,
            prev_url=url_for("staff.people", **said, before=found.before) if found.before else None,
            links={
                "new": url_for("staff.new_person"),
                "import": url_for("staff.import_people"),
                "security": url_for("staff.security"),
            },
        )


def new() -> str:
    """GET /desk/people/new: begun with `unit`."""
    with work() as unit:
        return _new_page(unit, {"unit_id": request.args.get("unit", ""), "roles": []}, {})


def add() -> Answer:
    """POST /desk/people: the link of the invitation is shown in the answer, and never again."""
    try:
        with work() as unit:
            staff, key = staffing.add(unit, _wanted(request.form))
    except Invalid as error:
        with work() as unit:
            return _new_page(unit, _typed_form(), error.fields), 422
    return _invited(staff, key)


def edit(staff_id: int) -> str:
    """GET /desk/people/<id>."""
    with work() as unit:
        person = staffing.find(unit, staff_id)
        return _person_page(unit, person, staffing.values_of(person.staff), {})


def change(staff_id: int) -> Answer:
    """POST /desk/people/<id>."""
    try:
        with work() as unit:
            staffing.change(unit, staff_id, _wanted(request.form), request.form.get("seen", ""))
    except Invalid as error:
        with work() as unit:
            return _person_page(unit, staffing.find(unit, staff_id), _typed_form(), error.fields), 422
    except Refused as error:
        with work() as unit:
            return _person_page(unit, staffing.find(unit, staff_id), _typed_form(), {}, error.message), 409
    flash("已保存。", "success")
    return redirect(url_for("staff.person", staff_id=staff_id), 303)


def lock(staff_id: int) -> Response:
    """POST /desk/people/<id>/lock: what stays with him is told on the page that follows."""
    return _act(staff_id, lambda unit: f"{staffing.lock(unit, staff_id).name}已停用，登录已全部退出。")


def unlock(staff_id: int) -> Response:
    """POST /desk/people/<id>/unlock."""
    return _act(staff_id, lambda unit: f"{staffing.unlock(unit, staff_id).name}已恢复使用。")


def sign_out(staff_id: int) -> Response:
    """POST /desk/people/<id>/sessions."""

    def end(unit: Work) -> str:
        staff = staffing.find(unit, staff_id, lock=True).staff
        inviting.end_sessions(unit, staff)
        return f"{staff.name}在所有设备上的登录都已退出。"

    return _act(staff_id, end)


def reset_second_factor(staff_id: int) -> Response:
    """POST /desk/people/<id>/second-factor."""

    def reset(unit: Work) -> str:
        staff = staffing.find(unit, staff_id, lock=True).staff
        proving.reset(unit, staff)
        return f"{staff.name}的第二重验证已重置，可以只用密码登录并重新开启。"

    return _act(staff_id, reset)


def invite(staff_id: int) -> Answer:
    """POST /desk/people/<id>/invitation: the former password is worth nothing any more; the new link, once."""
    with work() as unit:
        staff = staffing.find(unit, staff_id, lock=True).staff
        key = inviting.reset(unit, staff)
    return _invited(staff, key)


def security() -> str:
    """GET /desk/people/security: whose role must have a second factor."""
    with work() as unit:
        return _security_page(list(requiring.roles(unit)), {})


def require() -> Answer:
    """POST /desk/people/security."""
    asked = request.form.getlist("roles")
    try:
        with work() as unit:
            requiring.require(unit, asked)
    except Invalid as error:
        return _security_page(asked, error.fields), 422
    flash("已保存。还没有开启的，下一次操作时须重新登录并先开启。", "success")
    return redirect(url_for("staff.security"), 303)


def _act(staff_id: int, deed: Any) -> Response:
    try:
        with work() as unit:
            told = deed(unit)
    except Refused as error:
        flash(error.message, "error")
    else:
        flash(told, "success")
    return redirect(url_for("staff.person", staff_id=staff_id), 303)


def _sought(asked: Mapping[str, str]) -> Sought:
    role = Role(asked["role"]) if asked["role"] in list(STAFF_ROLES) else None
    active = {"active": True, "locked": False}.get(asked["state"])
    return Sought(
        asked["text"].replace("\x00", ""),
        number(asked["unit"]),
        role,
        active,
        alone=asked["alone"] == "yes",
        never=asked["state"] == NEVER,
    )


def _wanted(form: MultiDict[str, str]) -> Wanted:
    roles = tuple(Role(role) for role in form.getlist("roles") if role in list(STAFF_ROLES))
    return Wanted(form.get("login", ""), form.get("name", ""), number(form.get("unit_id", "")), roles)


def _typed_form() -> dict[str, Any]:
    return {**request.form.to_dict(), "roles": request.form.getlist("roles")}


def _filters(work: Work) -> list[dict[str, Any]]:
    states = [{"value": value, "label": label} for value, label in STATES.items()]
    units = options.subtree(work)
    return [
        {"name": "text", "label": "姓名或账号", "type": "search"},
        {"name": "unit", "label": "单位（含下级）", "type": "select", "blank": "全部", "options": units},
        {"name": "alone", "label": "不含下级", "type": "checkbox", "value": "yes"},
        {"name": "role", "label": "角色", "type": "select", "blank": "全部", "options": _roles()},
        {"name": "state", "label": "状态", "type": "select", "blank": "全部", "options": states},
    ]


def _roles() -> list[dict[str, str]]:
    return [{"value": role.value, "label": label} for role, label in words.ROLES.items()]


def _fields(work: Work, *, is_new: bool) -> list[dict[str, Any]]:
    login = {
        "name": "login",
        "label": "账号",
        "type": "text",
        "required": True,
        "hint": "字母和数字，例如姓名拼音；以后不能改。",
        "attrs": {"autocapitalize": "none", "autocomplete": "off", "maxlength": 64},
    }
    units = options.subtree(work)
    return [
        *([login] if is_new else []),
        {"name": "name", "label": "姓名", "type": "text", "required": True, "attrs": {"autocomplete": "off"}},
        {"name": "unit_id", "label": "单位", "type": "select", "required": True, "options": units},
        {"name": "roles", "label": "角色", "type": "checkboxes", "required": True, "options": _roles()},
    ]


def _new_page(work: Work, typed: Mapping[str, Any], errors: Mapping[str, str]) -> str:
    return render_template(
        "staff/person_new.html",
        fields=_fields(work, is_new=True),
        values=typed,
        errors=errors,
        action=url_for("staff.add_person"),
        back_url=url_for("staff.people"),
        days=inviting.VALID_FOR.days,
    )


def _person_page(
    work: Work, person: Person, typed: Mapping[str, Any], errors: Mapping[str, str], refusal: str = ""
) -> str:
    staff, held = person.staff, staffing.in_hand(work, person.staff.id)
    fields, now, seen = _fields(work, is_new=False), staffing.values_of(staff), typed.get("seen", "")
    may_see = rights.may(work.actor, "staff.ticket")
    return render_template(
        "staff/person.html",
        person=_listed(person, work.now)
        | {
            "is_self": staff.id == work.actor.staff_id,
            "second_factor": staff.totp_sealed is not None,
            "password_changed_at": staff.password_changed_at,
            "created_at": staff.created_at,
            "invited_until": staff.invited_until if staff.invitation_hash else None,
        },
        fields=fields,
        values=typed,
        errors=errors,
        refusal=refusal,
        differences=stale.compared(fields, overlapping.read(seen), now, typed) if refusal else [],
        seen=seen if errors else overlapping.seen_as(now),
        tickets=held.tickets,
        numbers=[
            {"number": each, "url": url_for("staff.ticket", number=each) if may_see else None} for each in held.numbers
        ],
        links={
            "change": url_for("staff.change_person", staff_id=staff.id),
            **{name: url_for(f"staff.{name}", staff_id=staff.id) for name in _ACTS},
            "changes": url_for("staff.changes", subject=staffing.SUBJECT, subject_id=staff.id),
            "access": url_for("staff.changes", subject=inviting.SUBJECT, subject_id=staff.id),
            "back": url_for("staff.people"),
        },
    )


_ACTS = ("lock_person", "unlock_person", "end_sessions", "invite_person", "reset_second_factor")


def _security_page(roles: list[str], errors: Mapping[str, str]) -> str:
    with work() as unit:
        may_change = requiring.may(unit)
    return render_template(
        "staff/security.html",
        options=_roles(),
        roles=roles,
        errors=errors,
        may_change=may_change,
        action=url_for("staff.require_second_factor"),
        back_url=url_for("staff.people"),
    )


def _invited(staff: Staff, key: str) -> str:
    told = f"请把下面的链接当面或用单位内部的通讯工具交给{staff.name}本人（账号 {staff.login}），由本人设置密码。"
    return render_template(
        "staff/shown_once.html",
        heading=f"{staff.name}的邀请链接",
        intro=told,
        label="邀请链接",
        value=link(key),
        until=staff.invited_until,
        note="遗失的，在人员页面重新生成。",
        done="完成",
        next_url=url_for("staff.person", staff_id=staff.id),
    )


def link(key: str) -> str:
    """The whole address of an invitation."""
    return office().site + url_for("login.invitation", key=key)


def _listed(person: Person, now: datetime) -> dict[str, Any]:
    staff = person.staff
    return {
        "id": staff.id,
        "name": staff.name,
        "login": staff.login,
        "unit": person.unit.name,
        "roles": words.roles(frozenset(Role(role) for role in staff.roles)),
        "active": staff.active,
        "state": _state(staff, now),
        "last_login_at": staff.last_login_at,
        "url": url_for("staff.person", staff_id=staff.id),
    }


def _state(staff: Staff, now: datetime) -> str:
    """What keeps this person out, or nothing."""
    if not staff.active:
        return "已停用"
    if entering.is_shut(staff, now):
        return "密码输错，暂时锁定"
    if staff.password_hash == inviting.NO_PASSWORD:
        return "待设置密码" if staff.invited_until and staff.invited_until > now else "邀请已过期"
    return ""

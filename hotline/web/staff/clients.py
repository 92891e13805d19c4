"""接口令牌: machines that may act in a unit's name. For administrators, within their own subtree."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hotline.domain.actors import Role
from hotline.domain.errors import Invalid
from hotline.services import tokens
from hotline.services.tokens import Listed
from hotline.web.door import work
from hotline.web.staff import options, words
from hotline.web.staff.units import number

Answer = str | Response | tuple[str, int]


def show() -> str:
    """GET /desk/clients."""
    return _page({}, {})


def issue() -> Answer:
    """POST /desk/clients: the token is shown in the answer, and never again."""
    name, roles = request.form.get("name", ""), request.form.getlist("roles")
    try:
        with work() as unit:
            token = tokens.issue(unit, name, number(request.form.get("unit_id", "")), roles)
    except Invalid as error:
        return _page({**request.form.to_dict(), "roles": roles}, error.fields), 422
    return render_template(
        "staff/shown_once.html",
        heading=f"“{name}”的令牌",
        label="令牌",
        value=token,
        note="请现在交给对方系统妥善保存；系统里只留摘要。遗失的，请停用后新增一个。",
        done="已经保存好，完成",
        next_url=url_for("staff.clients"),
    )


def lock(client_id: int) -> Response:
    """POST /desk/clients/<id>/lock."""
    return _switch(client_id, False, "已停用，令牌不再有效。")


def unlock(client_id: int) -> Response:
    """POST /desk/clients/<id>/unlock."""
    return _switch(client_id, True, "已恢复使用。")


def _switch(client_id: int, active: bool, told: str) -> Response:
    with work() as unit:
        name = tokens.switch(unit, client_id, active).name
    flash(f"“{name}”{told}", "success")
    return redirect(url_for("staff.clients"), 303)


def _page(typed: dict[str, Any], errors: dict[str, str]) -> str:
    roles = [{"value": role.value, "label": label} for role, label in words.ROLES.items()]
    with work() as unit:
        hint = "记入台账，例如“市政系统”。"
        fields = [
            {"name": "name", "label": "名称", "type": "text", "required": True, "hint": hint},
            {
                "name": "unit_id",
                "label": "单位",
                "type": "select",
                "required": True,
                "options": options.subtree(unit),
                "hint": "只能看到和办理该单位及其下级的工单。",
            },
            {"name": "roles", "label": "角色", "type": "checkboxes", "required": True, "options": roles},
        ]
        return render_template(
            "staff/clients.html",
            clients=[_shown(each) for each in tokens.browse(unit)],
            fields=fields,
            values=typed,
            errors=errors,
            action=url_for("staff.issue_token"),
        )


def _shown(listed: Listed) -> dict[str, Any]:
    client = listed.client
    noun = "lock" if client.active else "unlock"
    return {
        "name": client.name,
        "unit": listed.unit.name,
        "roles": words.roles(frozenset(Role(role) for role in client.roles)),
        "active": client.active,
        "created_at": client.created_at,
        "last_used_at": client.last_used_at,
        "url": url_for(f"staff.{noun}_client", client_id=client.id),
    }
